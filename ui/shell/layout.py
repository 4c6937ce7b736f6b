"""Panes: where the parts of a page lie in the window. What each kind of pane does is in `shell.css`.

A window lies under the bar and never scrolls. In it stand, from left to right, panes that fill what room is
left, and within these panes that scroll, or that keep their own height."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def window_pane(name: str) -> DeltaGenerator:
    """The window of a page: its panes stand side by side. Open it inside the fragment that fills it."""
    return st.container(key=f"window_{name}", horizontal=True, gap=None, wrap=False)


def fill_pane(name: str) -> DeltaGenerator:
    """A pane that takes the room that is left; a component alone in it is laid over all of it."""
    return st.container(key=f"fill_{name}", gap=None)


def scroll_pane(name: str) -> DeltaGenerator:
    """A pane that takes the room that is left and scrolls by itself."""
    return st.container(key=f"scroll_{name}", gap="small")


def pad_pane(name: str, *, horizontal: bool = False) -> DeltaGenerator:
    """A pane of its content's height: the head or the foot of another, always in sight."""
    return st.container(
        key=f"pad_{name}",
        horizontal=horizontal,
        gap="small",
        vertical_alignment="center" if horizontal else "top",
    )


def pair(name: str, widths: tuple[int, int] = (1, 1)) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Two columns, which stand one below the other in a narrow window."""
    with st.container(key=f"pair_{name}", gap=None):
        return st.columns(widths, gap="medium")


def choice_notes() -> DeltaGenerator:
    """Where a fragment says what it does not find of the link. The notes of the page are not its own: what it
    wrote into them would stay."""
    return st.container(key="notes_of_choice")


_PAGE_WANTED = "page-wanted"


def then_run_page(act: Callable[[], None]) -> Callable[[], None]:
    """`act` as what a widget within a fragment does, where more than the fragment depends on it."""

    def act_and_ask() -> None:
        act()
        st.session_state[_PAGE_WANTED] = True

    return act_and_ask


def run_page_if_wanted() -> None:
    """The first line of a fragment that has such widgets."""
    if st.session_state.pop(_PAGE_WANTED, False):
        st.rerun(scope="app")
