"""Today: what to look at, on the map and in a list; what is out of its band, what waits, what is known."""

import streamlit as st

from analytics.store import read_today
from analytics.store.areas import list_working_areas
from ui.components.empty_state import show_empty
from ui.overview.background import read_morning
from ui.overview.canvas import show_canvas
from ui.overview.cards import show_cards
from ui.overview.first_sight import PURPOSE, show_preview
from ui.overview.strip import STYLE, show_bands_block, show_known_block, show_waiting_block
from ui.shell.layout import fill_pane, scroll_pane, window_pane
from ui.shell.page import begin
from ui.shell.scope import choose_area

page = begin("What needs attention this morning?", "overview")
areas = list_working_areas(page.store)
if areas.empty:
    show_empty(page, PURPOSE)
    show_preview()
    st.stop()

area_id = choose_area(areas)
morning, task = read_morning(page, area_id, read_today())
st.html(STYLE)
with window_pane("today"):
    main, side = st.container(key="fill_today_main", gap=None), fill_pane("today_side")
with side:  # first, as it says what is computed
    show_cards(page, area_id, morning, task)
with main:
    with fill_pane("today_map"):
        if morning is None:
            with st.container(key="today_to_come"):
                st.caption("The map is being drawn.")
        else:
            show_canvas(page, morning, dark=st.context.theme.type == "dark")
    with scroll_pane("today_strip"):
        bands, waiting, known = st.columns([1.2, 0.9, 1.2], gap="medium")
        with bands:
            show_bands_block(morning)
        with waiting:
            show_waiting_block(page, morning)
        with known:
            show_known_block(morning)
