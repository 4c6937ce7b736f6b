"""The pane of a list beside the canvas; on a narrow window it is a drawer over the canvas."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.shell.layout import fill_pane


def list_pane(name: str) -> DeltaGenerator:
    """The pane of the list called `name`. On a narrow window it is shut until `list_button` opens it."""
    return fill_pane("list_shut" if _is_shut(name) else "list_open")


def list_button(name: str) -> None:
    """What opens and shuts the drawer; it stands in the head of the detail and shows on a narrow window."""
    with st.container(key="list_button", width="content"):
        st.button(
            "List",
            icon=":material/list:",
            key="toggle_list",
            type="tertiary",
            on_click=set_list_shut,
            args=(name, not _is_shut(name)),
        )


def set_list_shut(name: str, shut: bool = True) -> None:
    st.session_state[_key(name)] = shut


def _is_shut(name: str) -> bool:
    return bool(st.session_state.get(_key(name), True))


def _key(name: str) -> str:
    return f"{name}-list-shut"
