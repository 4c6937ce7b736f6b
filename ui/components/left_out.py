"""Who is left out of a list of targets, in words, and where they are listed for welfare."""

from __future__ import annotations

import streamlit as st

from analytics.intelligence.possible_victims import write_left_out
from ui.shell.pages import page_path


def show_left_out(count: int, key: str, noun: str = "account") -> None:
    """How many of `noun` belong to possible victims, with the link to *Welfare*; nothing where none does."""
    if not count:
        return
    with st.container(horizontal=True, key=f"left_out_{key}"):
        st.caption(write_left_out(count, noun), width="stretch")
        st.page_link(
            page_path("network"),
            label="Welfare",
            icon=":material/volunteer_activism:",
            query_params={"view": "Welfare"},
        )
