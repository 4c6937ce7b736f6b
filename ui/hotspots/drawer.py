"""What the Hotspots page shows of one chosen cell or outline: its make-up, its rows, and what can be done
with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import pandas as pd
import pyarrow as pa
import shapely
import streamlit as st

from analytics.hotspots.catalogue import Method, Result
from analytics.hotspots.catalogue.place_names import name_cell_places
from analytics.hotspots.evidence_rows import (
    break_down,
    list_incidents,
    select_in_cell,
    select_in_outline,
    select_members,
)
from analytics.hotspots.findings.comparison import COMPARISON, Side, build_comparison_finding
from analytics.hotspots.findings.followed import (
    DRAWN,
    FOLLOWED,
    describe_drawn,
    follow_hotspot,
    retire_hotspot,
)
from analytics.hotspots.findings.hotspot_finding import (
    build_cell_finding,
    build_method_finding,
    build_outline_finding,
)
from analytics.hotspots.grid.cells import outline_cells, read_cell_name
from analytics.hotspots.methods.time_of_week import count_trend, count_week
from analytics.intelligence.findings import Finding
from analytics.shared.wording import counted
from ui.components.act_buttons import act_button, submit_act
from ui.components.evidence import evidence_drawer
from ui.components.saved_finding import save_as_finding, show_saved_finding
from ui.components.text import plain
from ui.hotspots.draw import draw_times
from ui.hotspots.place_list import say_strength
from ui.hotspots.screen import HotspotScreen
from ui.shell.collecting import collect_place
from ui.shell.layout import pad_pane, scroll_pane

_FEW = 10
_SAVES = (
    "A finding records the method, its parameters, the data version and every row behind it. It says how "
    "sure it is and what else would explain it."
)


def show_chosen(
    screen: HotspotScreen, method: Method, result: Result, chosen: str, *, back: Callable[[], None]
) -> None:
    """The detail of one cell ('x3y-4') or outline (its id): head, body and foot of a pane. `back` draws what
    leads away from it."""
    place = (
        _read_cell(screen, chosen)
        if result.shape == "cells"
        else _read_outline(screen, method, result, chosen)
    )
    with pad_pane("detail_head", horizontal=True):
        st.markdown(f"**{plain(place.name)}**", width="stretch")
        back()
    with scroll_pane("detail"):
        _show_place(screen, place)
    with pad_pane("detail_foot", horizontal=True):
        if act_button(
            screen.page,
            "save finding",
            "Save as finding",
            type="primary",
            key="save_finding",
            shortcut="S",
            help=_SAVES,
        ):
            save_as_finding(screen.page, chosen, *place.build_finding())
        if place.outline is not None:
            keep_form(screen, place.outline, place.name)
            collect_place(screen.page, place.outline, place.name, key="chosen")
        if method is FOLLOWED:
            _retire_form(screen, chosen)
        show_saved_finding(chosen)


def save_whole(screen: HotspotScreen, method: Method, result: Result) -> None:
    """The button that saves the whole result as a finding."""
    if _press_to_save(screen):
        save_as_finding(
            screen.page,
            method.name,
            *build_method_finding(screen.workspace, screen.request, method, result, screen.context),
        )
    show_saved_finding(method.name)


def save_comparison(screen: HotspotScreen, sides: Sequence[Side], result: Result) -> None:
    """The same for two maps side by side."""
    if _press_to_save(screen):
        save_as_finding(
            screen.page,
            COMPARISON.name,
            *build_comparison_finding(screen.workspace, sides, result, screen.context),
        )
    show_saved_finding(COMPARISON.name)


def _press_to_save(screen: HotspotScreen) -> bool:
    return act_button(
        screen.page,
        "save finding",
        "Save as finding",
        icon=":material/bookmark_add:",
        key="save_result",
        help=_SAVES,
    )


@dataclass(frozen=True)
class _Place:
    """One place of a result: its rows, how many there are now and before, how it was judged, and the outline
    by which it can be followed."""

    name: str
    verdict: str
    rows: ibis.Table
    before_after: ibis.Table
    count: int
    before: int | None
    outline: shapely.Geometry | None
    build_finding: Callable[[], tuple[Finding, pa.Table]]


def _read_cell(screen: HotspotScreen, chosen: str) -> _Place:
    snapshot = screen.snapshot
    i, j = read_cell_name(chosen)
    cell = snapshot.cells.set_index("id").loc[chosen]
    (name,) = name_cell_places(screen.workspace, screen.grid, [chosen])
    ring = outline_cells(
        screen.workspace.epsg, screen.grid, pd.Series([i]).to_numpy(), pd.Series([j]).to_numpy()
    )[0]
    verdict = snapshot.refusal
    if not snapshot.refusal:
        verdict = (
            f"{say_strength(cell.p_adjusted, cell.z)}: Gi* z = {cell.z:.2f}, adjusted p = "
            f"{cell.p_adjusted:.2g}, {cell.confidence}."
        )
    return _Place(
        name,
        verdict,
        select_in_cell(screen.selection, screen.grid, i, j),
        select_in_cell(screen.selection, screen.grid, i, j, any_period=True),
        int(cell["count"]),
        int(cell.before),
        shapely.Polygon(ring),
        lambda: build_cell_finding(screen.workspace, screen.request, snapshot, chosen, screen.context),
    )


def _read_outline(screen: HotspotScreen, method: Method, result: Result, chosen: str) -> _Place:
    outline = result.table.set_index("id").loc[chosen]
    epsg = screen.workspace.epsg
    if result.members is None:
        rows = select_in_outline(screen.selection, outline.geometry, epsg)
        before_after = select_in_outline(screen.selection, outline.geometry, epsg, any_period=True)
    else:
        rows = before_after = select_members(screen.selection, result.members[result.members.id == chosen])
    followable = method is not FOLLOWED and outline.geometry.geom_type in ("Polygon", "MultiPolygon")
    return _Place(
        str(outline["name"]),
        _judge(outline),
        rows,
        before_after,
        int(screen.workspace.engine.run(rows.aggregate(n=rows.count()))["n"][0].as_py()),
        int(outline.before) if "before" in outline else None,
        outline.geometry if followable else None,
        lambda: build_outline_finding(
            screen.workspace, screen.request, method, result, screen.snapshot, chosen, screen.context
        ),
    )


def _judge(outline: pd.Series) -> str:
    if "confidence" in outline:
        return f"Beyond chance at {outline.confidence}: z = {outline.z:.2f}."
    return str(outline.get("note") or "")


def _show_place(screen: HotspotScreen, place: _Place) -> None:
    engine = screen.workspace.engine
    if place.verdict:
        st.markdown(plain(place.verdict))
    _show_count(screen, place.count, place.before)
    draw_times(screen, count_week(engine, place.rows), count_trend(engine, place.before_after, screen.unit))
    _show_breakdown(screen, place.rows)
    evidence_drawer(
        screen.page,
        f"{place.name}, {screen.area_name}",
        lambda limit, offset: list_incidents(engine, place.rows, limit=limit, offset=offset),
        place.count,
        key="rows",
    )


def _retire_form(screen: HotspotScreen, chosen: str) -> None:
    with st.popover("Stop following", icon=":material/location_off:"):
        st.text("It stays in the store and in the audit trail, but is no longer listed.")
        if act_button(screen.page, "retire hotspot", "Stop following it", key="retire", type="primary"):
            retire_hotspot(screen.page.store, screen.page.actor, int(chosen))
            st.rerun(scope="app")


def show_drawn(screen: HotspotScreen, outline: shapely.Geometry) -> None:
    """What can be done with the area that was drawn on the map: follow it, save it as a finding."""
    result = describe_drawn(screen.workspace, screen.request, outline, screen.unit)
    area = result.table.iloc[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{plain(area['name'])}**: {counted(int(area['count']), 'incident')}, {area.share:.0%} of the "
            "selection"
        )
        keep_form(screen, outline, str(area["name"]), what="the drawn area", key="keep_drawn")
        collect_place(screen.page, outline, str(area["name"]), key="drawn")
        if act_button(
            screen.page, "save finding", "Save as finding", icon=":material/bookmark_add:", key="save_drawn"
        ):
            finding = build_outline_finding(
                screen.workspace, screen.request, DRAWN, result, screen.snapshot, area.id, screen.context
            )
            save_as_finding(screen.page, area.id, *finding)
    show_saved_finding(area.id)


def keep_form(
    screen: HotspotScreen,
    outline: shapely.Geometry,
    name: str,
    *,
    what: str = "this hotspot",
    key: str = "keep",
) -> None:
    """Name an area and follow it from now on."""
    with st.popover(f"Follow {what}"), st.form(key, border=False):
        given = st.text_input("Name", name)
        note = st.text_input("Note", placeholder="why you follow it")
        if submit_act(screen.page, "keep hotspot", "Follow it"):
            try:
                follow_hotspot(
                    screen.page.store, screen.page.actor, screen.workspace.area_id, given, outline, note
                )
            except ValueError as error:
                st.error(str(error))
            else:
                st.session_state["kept_hotspot"] = outline.wkb
        if st.session_state.get("kept_hotspot") == outline.wkb:
            st.success("Saved. It is listed under 'Followed'.")


def _show_count(screen: HotspotScreen, count: int, before: int | None) -> None:
    change = count - before if before is not None and screen.reaches_back else None
    st.metric(
        "Incidents here",
        f"{count:,}",
        None if change is None else f"{change:+,} on {screen.selection.compared_with}",
        delta_color="inverse",
    )
    if change is None:
        st.caption("The data do not cover all of the earlier dates.")
    if count < _FEW:
        st.warning(
            f"Fewer than {_FEW} incidents: a single one more or less changes the result.",
            icon=":material/warning:",
        )


def _show_breakdown(screen: HotspotScreen, rows: ibis.Table) -> None:
    for name, table in break_down(screen.workspace.engine, rows).items():
        st.dataframe(
            table,
            hide_index=True,
            height="auto" if len(table) < 4 else 150,
            column_config={name: name.capitalize(), "count": "Incidents"},
            alt=f"Incidents by {name}",
        )
