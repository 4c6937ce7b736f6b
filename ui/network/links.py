"""The view of links: nodes to start from, the chart with its table, and the page of one entity."""

from __future__ import annotations

import streamlit as st

from analytics.network.links.starting_points import list_starting_points
from ui.network.screen import NetworkScreen
from ui.shell.layout import scroll_pane, window_pane


@st.fragment
def show_links(screen: NetworkScreen) -> None:
    with window_pane("canvas"), scroll_pane("canvas"):
        st.dataframe(list_starting_points(screen.page.store))
