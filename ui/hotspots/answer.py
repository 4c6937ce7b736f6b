"""What stands on the canvas of the Hotspots page: the method in use, and its map or chart."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.hotspots.catalogue import Method
from analytics.hotspots.refusal import TooFewData
from ui.components.text import plain
from ui.hotspots.controls import choose_options
from ui.hotspots.denominators import load_form
from ui.hotspots.draw import chosen_place, draw_chart, draw_map, draw_more, draw_table
from ui.hotspots.place_list import CHANNEL
from ui.hotspots.questions import choose_method
from ui.hotspots.screen import HotspotScreen
from ui.hotspots.side import Answer
from ui.shell.layout import fill_pane, pad_pane, scroll_pane
from ui.shell.page import Page


def find_answer(
    page: Page, screen: HotspotScreen, question: str, method: Method, notes: DeltaGenerator
) -> tuple[HotspotScreen, Answer]:
    """Draw the choice of the method and of its options, and work out the answer. Returns the screen with
    these options too."""
    workspace = screen.workspace
    with pad_pane("method", horizontal=True):
        choose_method(question, method)
        with st.popover("Options", icon=":material/tune:", key="options"):
            options = choose_options(method, workspace, notes)
            if not options:
                st.caption("This method has no options.")
            st.markdown("**When not to use this**")
            st.text(method.not_when)
        if any(option.name == "target" for option in method.options):
            load_form(page, workspace)
    screen = screen.with_options(options)
    try:
        with notes:
            result = screen.run_long(method.name) if method.long else screen.run(method.name)
    except TooFewData as error:
        notes.warning(plain(error), icon=":material/block:")
        result = None
    if result is None:  # below how far the work is, or why there is none: a pane would lie over that
        notes.markdown(f"**{plain(method.question)}**")
    return screen, Answer(method, result)


def show_canvas(screen: HotspotScreen, answer: Answer | None) -> None:
    """The map over the whole canvas; a chart with its table where the answer is no map."""
    if answer is None or answer.result is None:
        return
    if answer.has_places:
        with fill_pane("canvas"):
            draw_map(screen, answer.method, answer.result, chosen_place(screen, answer.result), CHANNEL)
        return
    with scroll_pane("canvas"):
        st.markdown(f"**{plain(answer.method.question)}**")
        draw_chart(answer.method, answer.result, dark=screen.frame.dark)
        draw_table(answer.result)
        draw_more(answer.result)
