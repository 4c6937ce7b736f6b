"""Routes on a map and as a table, the rows behind one, and what is not known."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.figures.world_maps import corridor_map
from analytics.finance.geography import load_positions, locate_corridors
from analytics.oversight.exercise import mark_of_sources
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.strategic.legs import DOMAINS, LINE, NO_TRANSIT, TABLES, THROUGH
from analytics.strategic.picture import StrategicPicture
from analytics.strategic.routes import ENDS, Routes, count_cells, measure_coverage
from analytics.strategic.rows import read_leg_lines, read_leg_rows
from ui.components.choosing import tick_row
from ui.components.evidence import evidence_drawer
from ui.components.exporting import offer_csv
from ui.components.map import show_map
from ui.components.reveal import reveal
from ui.components.text import DAY_FORMAT, plain
from ui.shell.layout import pair
from ui.shell.page import Page

_CHOSEN = "strategic-route-chosen"
_DRAWN = 150  # legs on the map
_Cell = tuple[str, str, str]


def show_routes(page: Page, picture: StrategicPicture) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        staged = st.toggle(
            "Only rows of a recorded stage",
            key="strategic-staged",
            help="Rows that somebody tied to origin, transit or destination of the trade",
        )
        unknown = st.toggle("With ends that are not known", key="strategic-unknown")
    routes = _narrow(picture.routes) if staged else picture.routes
    table = routes.cells if unknown else routes.known
    st.caption(
        f"{counted(len(routes.known), 'route')} between two known places. No route is suspicious by itself: "
        "ordinary life makes most of them. Those of which more domains speak come first."
    )
    if table.empty:
        st.info("No row says from where to where. The table below says what is missing.")
    else:
        left, right = pair("routes", (6, 5))
        with left:
            _draw(page.store, routes)
        with right:
            chosen = _choose(page, table, routes.legs)
        if chosen is not None:
            _show_cell(page, routes, chosen)
    _show_coverage(routes)


def _narrow(routes: Routes) -> Routes:
    legs = routes.legs[routes.legs.stage.notna()]
    return Routes(count_cells(legs), measure_coverage(legs), legs, routes.unplaced)


def _draw(store: Store, routes: Routes) -> None:
    """The routes of which most domains speak, transit by transit; a click chooses one."""
    legs: list[tuple[str, str, int, str, _Cell]] = []
    for row in routes.known.head(_DRAWN).itertuples():
        stops = [
            row.origin,
            *(row.transit.split(THROUGH) if row.transit != NO_TRANSIT else ()),
            row.destination,
        ]
        says = f"{' to '.join(stops)}: {counted(row.rows, 'row')}, {counted(row.domains, 'domain')}"
        cell = (row.origin, row.transit, row.destination)
        legs += [(a, b, row.rows, says, cell) for a, b in zip(stops, stops[1:], strict=False)]
    table = pd.DataFrame(legs, columns=["from", "to", "payments", "description", "cell"])
    found, missing = locate_corridors(table, "place", load_positions(store))
    if found.empty:
        st.caption("There is no map: no position is known of these places.")
        return
    cells = found.cell.tolist()
    show_map(
        corridor_map(
            found.reset_index(drop=True),
            label=f"Map of {counted(len(found), 'leg')} of routes; the table has the same",
            dark=st.context.theme.type == "dark",
        ),
        key="strategic-map",
        on_pick=lambda number: st.session_state.update({_CHOSEN: cells[int(number)]}),
    )
    if missing:
        st.caption(plain(f"Not on the map, because their position is not known: {', '.join(missing[:12])}."))


def _choose(page: Page, table: pd.DataFrame, legs: pd.DataFrame) -> _Cell | None:
    cells: list[_Cell] = list(table[list(ENDS)].itertuples(index=False, name=None))
    shown = table[[*ENDS, *DOMAINS, "best", "domains", "first", "last"]]
    numbers = {name: st.column_config.NumberColumn(name.capitalize(), format="localized") for name in DOMAINS}
    chosen: _Cell | None = tick_row(
        shown,
        cells,
        st.session_state.get(_CHOSEN),
        lambda cell: st.session_state.update({_CHOSEN: cell}),
        key="strategic-routes",
        height=420,
        alt="Routes, those of which most domains speak first",
        column_config={
            "origin": "Origin",
            "transit": "Transit",
            "destination": "Destination",
            "best": st.column_config.TextColumn("Best grade", help="Of its graded lines"),
            "domains": st.column_config.NumberColumn("Domains", help="That speak of the two ends"),
            "first": st.column_config.DatetimeColumn("First", format=DAY_FORMAT),
            "last": st.column_config.DatetimeColumn("Last", format=DAY_FORMAT),
        }
        | numbers,
    )
    mark = mark_of_sources(page.store, sources=legs.source_id[legs.domain != LINE].unique())
    offer_csv(page, "Routes (CSV)", shown, "routes", "export routes", "routes", mark=mark)
    if chosen is None:
        st.caption("Choose a route, here or on the map, to see its rows.")
    return chosen


def _show_cell(page: Page, routes: Routes, cell: _Cell) -> None:
    legs = routes.find_rows(*cell)
    origin, transit, destination = cell
    through = "" if transit == NO_TRANSIT else f" through {transit}"
    what = f"route from {origin} to {destination}{through}"
    st.subheader(plain(what.capitalize() if what.islower() else f"R{what[1:]}"))
    there = [domain for domain in DOMAINS if (legs.domain == domain).any()]
    domain = st.segmented_control("Domain", there, default=there[0], required=True, key="strategic-domain")
    own = legs[legs.domain == domain]
    if domain == LINE:
        lines = read_leg_lines(page.store, own)
        st.dataframe(
            lines,
            hide_index=True,
            alt=f"Graded lines of the {what}",
            column_config={
                "report_id": "Report",
                "line": "Line",
                "sanitised": "What it says",
                "grade": "Grade",
                "observed_on": st.column_config.DateColumn("Observed", format=DAY_FORMAT),
            },
        )
        return
    table = TABLES[domain]
    evidence_drawer(
        page,
        f"{what}, {domain}",
        lambda limit, offset: read_leg_rows(page.store, table, own, limit, offset),
        len(own),
        key=f"strategic-route-{table}",
        table=table,
        revealed=reveal(page, what, key=f"strategic-route-{table}"),
    )


def _show_coverage(routes: Routes) -> None:
    st.subheader("What is not known")
    covered = routes.coverage
    share = covered.share_without_origin
    st.dataframe(
        covered.assign(share_without_origin=[None if pd.isna(part) else 100 * part for part in share]),
        hide_index=True,
        placeholder="no row",
        alt="By domain, how many rows say from where to where",
        column_config={
            "domain": "Domain",
            "rows": st.column_config.NumberColumn("Rows", format="localized"),
            "routes": st.column_config.NumberColumn("Between two places", format="localized"),
            "within": st.column_config.NumberColumn("Within one place", format="localized"),
            "without_origin": st.column_config.NumberColumn("No origin", format="localized"),
            "without_destination": st.column_config.NumberColumn("No destination", format="localized"),
            "share_without_origin": st.column_config.NumberColumn("Share without origin", format="%.0f %%"),
        },
    )
    if routes.gaps:
        st.caption(f"Domains without a row: {', '.join(routes.gaps)}. A gap is no sign that nothing happens.")
    if routes.unplaced:
        named = ", ".join(routes.unplaced[:12])
        st.caption(plain(f"Places of which the sources give no position: {named}."))
