"""Everything that touches one node, on one time line, one map and one table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.figures.event_lanes import event_lanes_chart
from analytics.figures.world_maps import town_map
from analytics.network.links.place_links import is_address
from analytics.network.links.starting_points import DOMAINS
from analytics.oversight.masking import mask, mask_text
from analytics.search.find import open_record
from analytics.shared.currency import written
from analytics.shared.wording import counted
from ui.components.choosing import choose_row
from ui.components.map import show_map
from ui.components.opening import open_link
from ui.components.text import MOMENT_FORMAT
from ui.network.labels import label_nodes
from ui.network.screen import NetworkScreen, is_node_revealed, read_positions

_OTHERS = 3  # that a row names
_TABLES = {**DOMAINS, "incident": "incidents"}


def show_events(screen: NetworkScreen, node: str) -> None:
    revealed = is_node_revealed(node)
    events = _write_events(screen, node, revealed=revealed)
    if events.empty:
        st.text("No imported row touches it.")
        return
    dated = int(events.moment.notna().sum())
    st.caption(
        f"{counted(len(events), 'row')} of {counted(events.lane.nunique(), 'kind')} of data, "
        f"{dated:,} with a time (UTC)."
    )
    if dated:
        st.plotly_chart(
            event_lanes_chart(events, _TABLES["account"], dark=screen.dark),
            key="entity-events",
            config={"displayModeBar": False},
            alt="Rows that touch it, a lane for each kind of data, over time",
        )
    _show_map(screen, events)
    chosen = choose_row(
        events[["moment", "lane", "where", "about", "with"]],
        zip(events.table_name, events.source_id, events.row_number, strict=True),
        key="entity_event_rows",
        placeholder="",
        height=260,
        alt="Rows that touch it, in time",
        column_config={
            "moment": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT, width=130),
            "lane": st.column_config.TextColumn("In", width=100),
            "where": st.column_config.TextColumn("Where", width=170),
            "about": st.column_config.TextColumn("Says", width=200),
            "with": st.column_config.TextColumn("With", width=220),
        },
    )
    if chosen is not None:
        table, source, row = str(chosen[0]), int(chosen[1]), int(chosen[2])
        open_link(open_record(table, source, row), f"Open row {row} of source {source}", key="entity-event")


def _write_events(screen: NetworkScreen, node: str, *, revealed: bool) -> pd.DataFrame:
    """The events with what is shown of them: lane, where, about, with."""
    events = screen.events(node)
    if events.empty:
        return events
    others = {other for row in events.others for other in row}
    labels = label_nodes(screen.describe(sorted(others)), lambda other: revealed or is_node_revealed(other))
    if not revealed:  # a pick-up point may be a home
        hide = [table == "journey" for table in events.table_name]
        events = events.assign(
            **{
                side: events[side].mask(hide, events[side].map(_hide_address))
                for side in ("place", "to_place")
            }
        )
    return events.assign(
        lane=events.table_name.map(_TABLES),
        where=[_write_place(row, revealed) for row in events.itertuples()],
        about=[_write_about(row, revealed) for row in events.itertuples()],
        **{"with": [_write_others(row.others, labels) for row in events.itertuples()]},
    )


def _hide_address(place: object) -> object:
    return mask(place, "address") if isinstance(place, str) and is_address(place) else place


def _write_place(event, revealed: bool) -> str:
    place = event.place if isinstance(event.place, str) else ""
    if event.table_name == "premises" and place and not revealed:
        place = str(mask(place, "address"))
    return f"{place} → {event.to_place}" if isinstance(event.to_place, str) else place


def _write_about(event, revealed: bool) -> str:
    about = event.about if isinstance(event.about, str) else ""
    if not revealed:
        about = mask_text(about)
    if event.amount_minor is not None and event.amount_minor == event.amount_minor:
        amount = f"{written(int(event.amount_minor), event.currency)} {event.currency}"
        return f"{amount} · {about}" if about else amount
    return about


def _write_others(others, labels: dict[str, str]) -> str:
    shown = [labels[other] for other in others if other in labels]
    rest = f" and {len(shown) - _OTHERS} more" if len(shown) > _OTHERS else ""
    return ", ".join(shown[:_OTHERS]) + rest


def _show_map(screen: NetworkScreen, events: pd.DataFrame) -> None:
    """The places of the rows, and the journeys between them."""
    positions = read_positions(screen)
    found: dict[str, tuple[float, float, int]] = {}
    steps = []
    for row in events.itertuples():
        ends = [
            (name, position)
            for name, own in _list_places(row)
            if (position := own or positions.get(name.partition(",")[0].strip().lower())) is not None
        ]
        for name, (lon, lat) in ends:
            found[name] = (lon, lat, found.get(name, (0, 0, 0))[2] + 1)
        if len(ends) == 2:
            steps.append((ends[0][0], ends[1][0]))
    if not found:
        st.caption("None of these rows has a place that is on a map.")
        return
    places = pd.DataFrame(
        [(name, lon, lat, number, False) for name, (lon, lat, number) in found.items()],
        columns=["place", "lon", "lat", "adverts", "is_new"],
    )
    show_map(
        town_map(
            places,
            pd.DataFrame(steps, columns=["origin", "destination"]),
            label=f"Map of {counted(len(places), 'place')} of the rows that touch it; the table lists them",
            dark=screen.dark,
            height=260,
            kinds=("", "places of its rows, by how many"),
        ),
        key="entity_map",
    )


def _list_places(event) -> list[tuple[str, tuple[float, float] | None]]:
    """Each place of a row as it is shown, with the row's own position where it has one."""
    own = (event.lon, event.lat) if event.lon is not None and event.lon == event.lon else None
    if isinstance(event.to_place, str):
        return [(event.place, None), (event.to_place, None)] if isinstance(event.place, str) else []
    return [(event.where or "position of a row", own)] if event.where or own else []
