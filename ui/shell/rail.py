"""The rail on the left: every page as an icon, with its name where it is opened."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from analytics.oversight import Actor
from ui.shell.pages import PageEntry, list_open_pages, page_path
from ui.shell.scope import read_scope

_WIDE = "rail-is-wide"


def show_rail(current: PageEntry, actor: Actor) -> None:
    """Links to every page that is open to the actor, with the scope; `current` is the page that is shown."""
    if st.session_state.get("rail-page") != current.name:
        st.session_state["rail-page"] = current.name
        st.session_state[_WIDE] = False
    with st.sidebar:
        _show(current.name, list_open_pages(actor))


@st.fragment
def _show(current: str, listed: tuple[PageEntry, ...]) -> None:
    wide = st.session_state[_WIDE]
    link = read_scope().link()
    with st.container(key="rail_wide" if wide else "rail_narrow", gap=None):
        for group, pages in groupby(listed, key=lambda page: page.group):
            with st.container(key=f"group_{group}", gap=None):
                st.caption(group)
                for page in pages:
                    here = "here" if page.name == current else "elsewhere"
                    with st.container(key=f"place_{here}_{page.name}").container(key=f"nav_{page.name}"):
                        st.page_link(
                            page_path(page.name),
                            label=page.title,
                            icon=f":material/{page.icon}:",
                            width="stretch",
                            query_params=link or None,
                        )
        st.button(
            "Narrow the rail" if wide else "Widen the rail",
            icon=":material/left_panel_close:" if wide else ":material/left_panel_open:",
            key="rail_toggle",
            type="tertiary",
            on_click=_toggle,
        )


def _toggle() -> None:
    st.session_state[_WIDE] = not st.session_state[_WIDE]
