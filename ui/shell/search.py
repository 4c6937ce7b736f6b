"""The place in the bar where everything is searched."""

from __future__ import annotations

import streamlit as st

from ui.shell.pages import page_path
from ui.shell.scope import read_scope

FIELD = "search_everything"


def search_box() -> None:
    """A line of words or a number; the answer is on the page of reports and findings."""
    st.text_input(
        "Search everything",
        key=FIELD,
        type="search",
        icon=":material/search:",
        placeholder="Search everything   / or Ctrl K",
        label_visibility="collapsed",
    )
    typed = st.session_state[FIELD]
    if typed and typed != st.session_state.get("search-asked"):
        st.session_state["search-asked"] = typed
        st.switch_page(
            page_path("intelligence"), query_params={"tab": "Search", "find": typed} | read_scope().link()
        )
