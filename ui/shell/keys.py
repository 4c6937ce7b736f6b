"""The keys of the whole app, and the list of them that `?` opens.

The browser side is `frontend/src/keys.ts`."""

from __future__ import annotations

import streamlit as st

from ui.components.browser_side import declare_component
from ui.shell.pages import PAGES

_component = declare_component("keys")
_KEYS = (
    ("/ or Ctrl+K", "search everything"),
    ("arrows and Enter", "go through the hits of the search, open one"),
    ("j and k", "next and previous in a list"),
    ("Enter", "open what is chosen in a list"),
    ("Esc", "close what is open"),
    ("s", "save as a finding"),
    ("?", "this list"),
)


@st.fragment
def listen_for_keys() -> None:
    """Runs apart: asking for the list of keys does not draw the page again."""
    with st.container(key="keys_heard"):
        answer = _component(
            key="keys",
            data={
                "search": "st-key-search_room",
                "pages": {page.key: f"st-key-nav_{page.name}" for page in PAGES},
            },
            height="content",
            on_help_change=lambda: None,
        )
    if answer.help:
        _show_keys()


@st.dialog("Keys")
def _show_keys() -> None:
    for title, keys in (
        ("Anywhere", _KEYS),
        ("g, then a letter, opens a page", [(page.key, page.title) for page in PAGES]),
    ):
        st.markdown(f"**{title}**")
        st.table(
            [{"Key": key, "What it does": does} for key, does in keys], border="horizontal", hide_index=True
        )
