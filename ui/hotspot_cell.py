"""What the Hotspots page shows of one chosen cell: its rows, its make-up, and saving it as a finding."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.engine import DuckDBEngine
from analytics.hotspots.finding import hotspot_finding
from analytics.hotspots.grid import Grid
from analytics.hotspots.picture import Picture
from analytics.hotspots.rows import cell_breakdown, cell_evidence, cell_incidents, cell_rows
from analytics.hotspots.selection import Selection
from analytics.hotspots.when import trend, week_clock
from analytics.intelligence.findings import save_finding
from ui.evidence import evidence_drawer
from ui.page import Page


def show_cell(
    page: Page, picture: Picture, chosen: str, selection: Selection, grid: Grid, area: pd.Series, unit: str
) -> None:
    """The drawer of one cell ('i_j')."""
    engine = DuckDBEngine(page.store)
    i, j = (int(part) for part in chosen.split("_"))
    cell = picture.cells.set_index("id").loc[chosen]
    breakdown = cell_breakdown(engine, selection, grid, i, j)
    left, middle, right = st.columns([2, 2, 3], gap="large")
    left.metric(
        "Incidents in this cell", f"{int(cell['count']):,}", f"{int(cell.change):+,} on the period before",
        delta_color="inverse",
    )  # fmt: skip
    if not picture.refusal:
        left.caption(
            f"Gi\\* z = {cell.z:.2f}, adjusted p = {cell.p_adjusted:.2g}: {cell.verdict or 'not significant'}"
        )
    if cell["count"] < 10:
        left.warning(
            "Fewer than 10 incidents: one more or less changes the picture.", icon=":material/warning:"
        )
    for column, name in ((middle, "category"), (middle, "place")):
        column.dataframe(breakdown[name], hide_index=True, height=150)
    with right:
        if st.button("Save as finding", type="primary", icon=":material/bookmark_add:", key="save_finding"):
            ever = cell_incidents(selection, grid, i, j, any_period=True)
            finding = hotspot_finding(
                picture, chosen, selection, grid, area_name=area["name"], epsg=int(area.epsg),
                data_version=page.store.data_version(),
                clock=week_clock(engine, cell_incidents(selection, grid, i, j)),
                categories=breakdown["category"], places=breakdown["place"], trend=trend(engine, ever, unit),
            )  # fmt: skip
            number = save_finding(
                page.store, page.actor, finding, cell_evidence(engine, selection, grid, i, j)
            )
            st.session_state["saved_finding"] = (chosen, number)
        if st.session_state.get("saved_finding", ("", 0))[0] == chosen:
            st.success(f"Saved as finding {st.session_state['saved_finding'][1]}, with its evidence.")
            st.page_link(
                "pages/tasking.py", label="Draft a tasking brief from it", icon=":material/assignment:"
            )
        st.caption(
            "A finding keeps the method, its parameters, the data version, every row behind it, how sure it is and "
            "what else would explain it."
        )
    evidence_drawer(
        page, f"cell {chosen} of {area['name']}", cell_rows(engine, selection, grid, i, j), int(cell["count"])
    )
