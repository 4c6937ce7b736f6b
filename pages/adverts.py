"""Adverts: which share an author, how they move, which indicators they meet, and who is helped first."""

import streamlit as st

from ui.adverts.controls import OPERATIONS, choose_filter, choose_view
from ui.adverts.indicators import show_indicators
from ui.adverts.judgement import show_judgements
from ui.adverts.panes import show_empty_page, show_operations, show_unlinked_adverts
from ui.adverts.phrase_indicators import ensure_phrase_hits
from ui.adverts.referrals import show_referrals
from ui.adverts.screen import AdvertsScreen, read_indicators, read_summary
from ui.shell.layout import pad_pane, scroll_pane, window_pane
from ui.shell.page import begin

page = begin("Which adverts share an author, and who behind them may need help?", "adverts")
version = page.store.data_version()
summary = read_summary(page.store, version)
if not summary.adverts:
    show_empty_page(page)
    st.stop()

notes = st.container(key="notes")
with pad_pane("ask", horizontal=True):
    view = choose_view(notes)
    chosen = choose_filter(summary, notes)
screen = AdvertsScreen(page, version, summary, read_indicators(), chosen)
with notes:
    if not ensure_phrase_hits(page.store, summary.content, screen.file):
        st.stop()
TABLES = {"Indicators": show_indicators, "Judgements": show_judgements, "Referrals": show_referrals}
if view == OPERATIONS:
    show_operations(screen)
elif view in TABLES:
    with window_pane("canvas"), scroll_pane("canvas"):
        TABLES[view](screen)
else:
    show_unlinked_adverts(screen)
