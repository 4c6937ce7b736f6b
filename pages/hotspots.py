"""Hotspots: where, when and how recorded crime gathers, every method on the same filters."""

import streamlit as st

from analytics.hotspots.catalogue import Request
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.findings.followed import FOLLOWED
from analytics.store.areas import list_working_areas
from ui.components.empty_state import show_empty
from ui.components.filters import choose_selection, list_chips, show_chips
from ui.hotspots.answer import find_answer, show_canvas
from ui.hotspots.compare import show_compare
from ui.hotspots.controls import choose_grid, show_present
from ui.hotspots.followed import find_followed
from ui.hotspots.harm import choose_measure
from ui.hotspots.questions import COMPARE, choose_question
from ui.hotspots.screen import make_screen
from ui.hotspots.side import Answer, show_side
from ui.shell.layout import pad_pane, scroll_pane, window_pane
from ui.shell.page import begin
from ui.shell.scope import choose_area

page = begin("Where is crime concentrated, and is it more than chance?", "hotspots")
areas = list_working_areas(page.store)
if areas.empty:
    show_empty(
        page,
        "Here you will see where, when and how recorded crime gathers, test whether it is more than chance, "
        "and save what you find with the rows behind it. It needs recorded crime to speak of.",
    )
    st.stop()
version = page.store.data_version()
notes = st.container(key="notes")
with notes:
    area_id = choose_area(areas)
workspace = open_workspace(page.store, area_id)

with pad_pane("ask", horizontal=True):
    question, method = choose_question(notes)
    active = len(list_chips())
    with st.popover(
        f"Filters · {active}" if active else "Filters", icon=":material/filter_alt:", key="filters"
    ):
        selection = choose_selection(workspace, workspace.extent, notes)
        grid = choose_grid(workspace, notes)
        present = show_present()
    weights = choose_measure(page, workspace.extent)
    with st.container(key="chips", horizontal=True, wrap=False, gap="xsmall"):
        show_chips()

screen = make_screen(
    page,
    version,
    workspace,
    areas.set_index("area_id").name[area_id],
    Request(selection, grid, weights),
    dark=st.context.theme.type == "dark",
)
with window_pane("canvas"):
    if question == COMPARE:
        with scroll_pane("canvas"):
            answer = show_compare(screen)
    elif method is None:
        with notes:
            found = find_followed(screen)
        answer = None if found is None else Answer(FOLLOWED, found)
        show_canvas(screen, answer)
    else:
        screen, answer = find_answer(page, screen, question, method, notes)
        show_canvas(screen, answer)
if answer is not None and not present:
    show_side(screen, answer)
