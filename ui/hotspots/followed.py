"""The hotspots that are followed: what fell in each now, before, and over time."""

from __future__ import annotations

import streamlit as st

from analytics.hotspots.findings.followed import FOLLOWED, describe_followed, list_followed, retire_hotspot
from ui.components.choosing import tick_row
from ui.components.text import DAY_FORMAT, plain
from ui.hotspots.draw import choose_place, chosen_place, draw_map, draw_sides
from ui.hotspots.drawer import show_chosen
from ui.hotspots.exports import show_exports
from ui.hotspots.screen import HotspotScreen


def show_followed(screen: HotspotScreen) -> None:
    hotspots = list_followed(screen.page.store, screen.workspace.area_id)
    if hotspots.empty:
        st.info(
            "No hotspot is followed in this working area yet. Choose a cell or an outline under 'Where' and "
            "press 'Follow this hotspot', or draw an area with the map's box or lasso and press 'Follow the "
            "drawn area'.",
            icon=":material/add_location_alt:",
        )
        return
    result = describe_followed(screen.workspace, screen.request, hotspots, screen.unit)
    chosen = chosen_place(screen, result)
    table, harmed = result.table, screen.request.harm is not None
    about, actions = st.columns([8, 1.2], vertical_alignment="center")
    about.markdown(f"**{plain(FOLLOWED.question)}**")
    with actions.container(horizontal=True, horizontal_alignment="right"):
        show_exports(screen, FOLLOWED, result)
    for sentence in result.says:
        about.caption(plain(sentence))
    map_column, side = st.columns([3, 2], gap="medium")
    with map_column:
        draw_map(screen, FOLLOWED, result, chosen)
    with side:
        draw_sides(screen)
    harm = ["harm", "harm_before"] if harmed else []
    shown = table[["name", "count", "before", *harm, "share", "history", "note", "created_at"]]
    tick_row(
        shown,
        table.id,
        chosen,
        choose_place,
        key="worst",
        column_config={
            "name": "Hotspot",
            "count": "Incidents",
            "before": "Before" if screen.reaches_back else None,
            "harm": st.column_config.NumberColumn("Harm", format="%.4g"),
            "harm_before": st.column_config.NumberColumn("Harm before", format="%.4g")
            if screen.reaches_back
            else None,
            "share": st.column_config.NumberColumn("Share of the selection", format="percent"),
            "history": st.column_config.BarChartColumn(f"A {screen.unit}, all dates", width="large"),
            "note": "Note",
            "created_at": st.column_config.DateColumn("Followed since", format=DAY_FORMAT),
        },
    )
    if chosen is None:
        st.info("Click a hotspot on the map, or choose a row of the table, to see the incidents behind it.")
    else:
        show_chosen(screen, FOLLOWED, result, chosen)
        with st.popover("Stop following", icon=":material/location_off:"):
            st.text("It stays in the store and in the audit trail, but is no longer listed.")
            if st.button("Stop following it", key="retire", type="primary"):
                retire_hotspot(screen.page.store, screen.page.actor, int(chosen))
                st.rerun()
