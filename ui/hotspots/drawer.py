"""What the Hotspots page shows of one chosen cell or outline: its make-up, its rows, and what can be done
with it."""

from __future__ import annotations

from collections.abc import Sequence

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
from analytics.hotspots.findings.followed import DRAWN, FOLLOWED, describe_drawn, follow_hotspot
from analytics.hotspots.findings.hotspot_finding import (
    build_cell_finding,
    build_method_finding,
    build_outline_finding,
)
from analytics.hotspots.grid.cells import outline_cells, read_cell_name
from analytics.intelligence.findings import Finding, save_finding
from analytics.shared.wording import counted
from ui.components.evidence import evidence_drawer
from ui.components.text import plain
from ui.hotspots.screen import HotspotScreen
from ui.shell.pages import page_path

_FEW = 10


def show_chosen(screen: HotspotScreen, method: Method, result: Result, chosen: str) -> None:
    """The drawer of one cell ('x3y-4') or outline (its id)."""
    if result.shape == "cells":
        _show_cell(screen, chosen)
    else:
        _show_outline(screen, method, result, chosen)


def save_whole(screen: HotspotScreen, method: Method, result: Result) -> None:
    """The button that saves the whole result as a finding."""
    if st.button("Save as finding", icon=":material/bookmark_add:", key="save_result"):
        _save(
            screen,
            method.name,
            *build_method_finding(screen.workspace, screen.request, method, result, screen.context),
        )
    _said(method.name)


def save_comparison(screen: HotspotScreen, sides: Sequence[Side], result: Result) -> None:
    """The same for two maps side by side."""
    if st.button("Save as finding", icon=":material/bookmark_add:", key="save_result"):
        _save(
            screen,
            COMPARISON.name,
            *build_comparison_finding(screen.workspace, sides, result, screen.context),
        )
    _said(COMPARISON.name)


def _show_cell(screen: HotspotScreen, chosen: str) -> None:
    snapshot = screen.snapshot
    i, j = read_cell_name(chosen)
    cell = snapshot.cells.set_index("id").loc[chosen]
    rows = select_in_cell(screen.selection, screen.grid, i, j)
    (name,) = name_cell_places(screen.workspace, screen.grid, [chosen])
    st.subheader(plain(name))
    left, middle, right = st.columns([2, 2, 3], gap="large")
    _show_count(screen, left, int(cell["count"]), int(cell.before))
    if not snapshot.refusal:
        left.caption(f"Gi\\* z = {cell.z:.2f}, adjusted p = {cell.p_adjusted:.2g}: {cell.confidence}")
    _show_breakdown(screen, middle, rows)
    with right:
        if st.button("Save as finding", type="primary", icon=":material/bookmark_add:", key="save_finding"):
            _save(
                screen,
                chosen,
                *build_cell_finding(screen.workspace, screen.request, snapshot, chosen, screen.context),
            )
        _said(chosen)
        ring = outline_cells(
            screen.workspace.epsg, screen.grid, pd.Series([i]).to_numpy(), pd.Series([j]).to_numpy()
        )[0]
        keep_form(screen, shapely.Polygon(ring), name)
    _show_rows(screen, f"{name}, {screen.area_name}", rows, int(cell["count"]))


def _show_outline(screen: HotspotScreen, method: Method, result: Result, chosen: str) -> None:
    outline = result.table.set_index("id").loc[chosen]
    rows = (
        select_in_outline(screen.selection, outline.geometry, screen.workspace.epsg)
        if result.members is None
        else select_members(screen.selection, result.members[result.members.id == chosen])
    )
    total = int(screen.workspace.engine.run(rows.aggregate(n=rows.count()))["n"][0].as_py())
    st.subheader(plain(outline["name"]))
    left, middle, right = st.columns([2, 2, 3], gap="large")
    _show_count(screen, left, total, int(outline.before) if "before" in outline else None)
    _show_breakdown(screen, middle, rows)
    with right:
        if st.button("Save as finding", type="primary", icon=":material/bookmark_add:", key="save_finding"):
            finding = build_outline_finding(
                screen.workspace, screen.request, method, result, screen.snapshot, chosen, screen.context
            )
            _save(screen, chosen, *finding)
        _said(chosen)
        if method is not FOLLOWED and outline.geometry.geom_type in ("Polygon", "MultiPolygon"):
            keep_form(screen, outline.geometry, str(outline["name"]))
    _show_rows(screen, f"{outline['name']} of {screen.area_name}", rows, total)


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
        if st.button("Save as finding", icon=":material/bookmark_add:", key="save_drawn"):
            finding = build_outline_finding(
                screen.workspace, screen.request, DRAWN, result, screen.snapshot, area.id, screen.context
            )
            _save(screen, area.id, *finding)
    if st.session_state.get("saved_finding", ("", 0))[0] == area.id:
        _said(area.id)


def keep_form(
    screen: HotspotScreen,
    outline: shapely.Geometry,
    name: str,
    *,
    what: str = "this hotspot",
    key: str = "keep",
) -> None:
    """Name an area and follow it from now on."""
    with st.popover(f"Follow {what}", icon=":material/add_location_alt:"), st.form(key, border=False):
        given = st.text_input("Name", name)
        note = st.text_input("Note", placeholder="why you follow it")
        if st.form_submit_button("Follow it"):
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


def _show_count(screen: HotspotScreen, column, count: int, before: int | None) -> None:
    change = count - before if before is not None and screen.reaches_back else None
    column.metric(
        "Incidents here",
        f"{count:,}",
        None if change is None else f"{change:+,} on {screen.selection.compared_with}",
        delta_color="inverse",
    )
    if change is None:
        column.caption("The data do not cover all of the earlier dates.")
    if count < _FEW:
        column.warning(
            f"Fewer than {_FEW} incidents: a single one more or less changes the result.",
            icon=":material/warning:",
        )


def _show_breakdown(screen: HotspotScreen, column, rows: ibis.Table) -> None:
    for name, table in break_down(screen.workspace.engine, rows).items():
        column.dataframe(
            table,
            hide_index=True,
            height="auto" if len(table) < 4 else 150,
            column_config={name: name.capitalize(), "count": "Incidents"},
            alt=f"Incidents by {name}",
        )


def _show_rows(screen: HotspotScreen, what: str, rows: ibis.Table, total: int) -> None:
    engine = screen.workspace.engine
    evidence_drawer(
        screen.page,
        what,
        lambda limit, offset: list_incidents(engine, rows, limit=limit, offset=offset),
        total,
        key="rows",
    )


def _save(screen: HotspotScreen, what: str, finding: Finding, evidence: pa.Table) -> None:
    try:
        number = save_finding(screen.page.store, screen.page.actor, finding, evidence)
    except ValueError as error:
        st.error(str(error))
    else:
        st.session_state["saved_finding"] = (what, number)


def _said(what: str) -> None:
    saved = st.session_state.get("saved_finding", ("", 0))
    if saved[0] == what:
        st.success(f"Saved as finding {saved[1]}, with its evidence.")
        st.page_link(
            page_path("tasking"),
            label="**Draft a tasking brief from it**",
            icon=":material/assignment:",
            query_params={"finding": str(saved[1])},
        )
    else:
        st.caption(
            "A finding records the method, its parameters, the data version and every row behind it. It "
            "says how sure it is and what else would explain it."
        )
