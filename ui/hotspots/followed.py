"""The hotspots that are followed: what fell in each now, before, and over time."""

from __future__ import annotations

import streamlit as st

from analytics.hotspots.catalogue import Measure, Method, Result
from analytics.hotspots.kept import follow, followed_hotspots, retire_hotspot
from ui.hotspots.draw import draw_map
from ui.hotspots.drawer import show_chosen
from ui.hotspots.screen import Screen

_METHOD = Method(
    "followed", "Followed hotspot", "Followed", "What became of the places we follow?", "", lambda *_: None
)  # fmt: skip


def show_followed(screen: Screen, chosen: str | None) -> None:
    hotspots = followed_hotspots(screen.page.store, screen.workspace.area_id)
    if hotspots.empty:
        st.info(
            "No hotspot is followed in this working area yet. Choose a cell or an outline under 'Where' and press "
            "'Follow this hotspot', or draw one with the map's lasso.",
            icon=":material/add_location_alt:",
        )
        return
    table = follow(screen.workspace, screen.request, hotspots, screen.unit)
    harmed = screen.request.harm is not None
    measure = Measure("harm", "harm") if harmed else Measure("count", "incidents")
    result = Result("outlines", table, (), screen.request.words(), measure)
    left, right = st.columns([3, 3], gap="medium")
    with left:
        draw_map(screen, _METHOD, result, chosen)
    with right:
        harm = ["harm", "harm_before"] if harmed else []
        shown = table[["name", "count", "before", *harm, "share", "history", "note", "created_at"]]
        st.dataframe(
            shown, hide_index=True, key="worst", on_select=lambda: _chosen(table), selection_mode="single-row",
            column_config={
                "name": "Hotspot", "count": "Incidents",
                "before": "Compared with" if screen.reaches_back else None,
                "harm": st.column_config.NumberColumn("Harm", format="%.4g"),
                "harm_before": st.column_config.NumberColumn("Harm, compared with", format="%.4g") if screen.reaches_back else None,
                "share": st.column_config.NumberColumn("Share of the selection", format="percent"),
                "history": st.column_config.BarChartColumn(f"A {screen.unit}, all dates"),
                "note": "Note", "created_at": st.column_config.DateColumn("Followed since"),
            },
        )  # fmt: skip
        st.caption(
            "A hotspot is chosen because it was high, so it tends to fall by itself: compare with similar places "
            "before crediting what was done there."
        )
    if chosen in set(table.id):
        show_chosen(screen, _METHOD, result, chosen)
        with st.popover("Stop following", icon=":material/location_off:"):
            st.text("It stays in the store and in the audit trail, but is no longer listed.")
            if st.button("Stop following it", key="retire", type="primary"):
                retire_hotspot(screen.page.store, screen.page.actor, int(chosen))
                st.rerun()


def _chosen(table) -> None:
    rows = st.session_state["worst"].selection.rows
    if rows:
        st.session_state["chosen_cell"] = st.query_params["cell"] = str(table.id.iloc[rows[0]])
