"""Network: who is linked to whom across all data, and which mentions are one."""

import streamlit as st

from analytics.network.links.neighbourhood import LinkFilter
from analytics.network.state import read_network_state
from ui.network.filters import choose_link_filter
from ui.network.page import REVIEW, VIEWS, choose_view, show_empty_page
from ui.network.screen import NetworkScreen
from ui.network.update import keep_current, offer_update, show_progress
from ui.shell.layout import pad_pane
from ui.shell.page import begin

page = begin("Who is linked to whom, and how sure is that?", "network")
state = read_network_state(page.store)
if not state.links:
    show_empty_page(page, state)
    st.stop()
keep_current(page, state)
notes = st.container(key="notes")
with pad_pane("ask", horizontal=True):
    view = choose_view(notes)
    chosen = LinkFilter() if view == REVIEW else choose_link_filter(notes)
    offer_update(page, state)
with notes:
    show_progress(page, state)
dark = st.context.theme.type == "dark"
VIEWS[view](NetworkScreen(page, state, page.store.data_version(), chosen, dark))
