"""Demonstration mode: proactive investigation in seven steps on one screen, with the presenter's notes."""

from __future__ import annotations

import streamlit as st

from ui.components.text import plain
from ui.shell.page import Page
from ui.shell.pages import find_page
from ui.shell.tour import begin_tour, read_tours

_TOUR = "demonstration"


def show_demonstration(page: Page) -> None:
    """What the demonstration shows, and the button that begins it at a step."""
    steps = read_tours()[_TOUR]
    st.text(
        "For one screen and a room. Each step opens a page in the right state; a panel says what to see, and "
        "your notes can be hidden while the room reads it."
    )
    if st.button("Begin", type="primary", icon=":material/slideshow:"):
        begin_tour(page.store, page.actor, _TOUR, 0)
    for number, step in enumerate(steps):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{number + 1}. {plain(step['title'])}** · {plain(find_page(step['page']).title)}")
            if st.button("From here", key=f"demonstrate-{number}", type="tertiary"):
                begin_tour(page.store, page.actor, _TOUR, number)
        st.caption(plain(step.get("notes", "")))
