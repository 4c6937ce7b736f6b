"""Results: what became of what was tasked, against what would have happened anyway."""

import streamlit as st

from ui.results.scorecard import show_scorecard
from ui.results.screen import show_one, show_results
from ui.shell.page import begin

page = begin("Did it work?")
chosen = show_results(page)
if chosen is None:
    st.stop()
show_one(page, chosen)
show_scorecard(page)
