"""The view of mentions that may be one: the most useful pair first, side by side."""

from __future__ import annotations

import streamlit as st

from analytics.network.entities.judgement import list_review_queue
from ui.network.screen import NetworkScreen
from ui.shell.layout import scroll_pane, window_pane


@st.fragment
def show_review(screen: NetworkScreen) -> None:
    with window_pane("canvas"), scroll_pane("canvas"):
        st.text(f"{len(list_review_queue(screen.page.store)):,} pairs wait.")
