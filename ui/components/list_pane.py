"""The pane of a list beside the canvas; on a narrow window it is a drawer over the canvas."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.shell.layout import fill_pane


def list_pane(name: str) -> DeltaGenerator:
    """The pane of the list called `name`. On a narrow window it is shut until `list_button` opens it, and
    again once anything is chosen: it is open for the link that it was opened on."""
    return fill_pane("list_open" if is_list_open(name) else "list_shut")


def list_button(name: str) -> None:
    """What opens and shuts the drawer; it stands in the head of the detail and shows on a narrow window."""
    with st.container(key="list_button", width="content"):
        st.button(
            "List",
            icon=":material/list:",
            key="toggle_list",
            type="tertiary",
            shortcut="Esc" if is_list_open(name) else None,
            on_click=partial(_toggle, name),
        )


def _toggle(name: str) -> None:
    st.session_state[_key(name)] = None if is_list_open(name) else st.query_params.to_dict()


def is_list_open(name: str) -> bool:
    """Whether the drawer was opened on the link that is on view."""
    return st.session_state.get(_key(name)) == st.query_params.to_dict()


def _key(name: str) -> str:
    return f"{name}-list-opened-on"
