"""Adverts: which share an author, how they move, which indicators they meet, and who is helped first."""

import streamlit as st

from ui.adverts.advert import show_advert
from ui.adverts.controls import choose_filter, choose_view
from ui.adverts.indicators import show_indicators
from ui.adverts.judgement import show_judgements
from ui.adverts.listing import show_operations, show_unlinked
from ui.adverts.operation import show_empty, show_operation
from ui.adverts.phrase_indicators import ensure_phrase_hits
from ui.adverts.referrals import show_referrals
from ui.adverts.screen import AdvertsScreen, read_indicators, read_summary
from ui.adverts.update import show_update
from ui.shell.page import begin

page = begin("Which adverts share an author, and who behind them may need help?")
version = page.store.data_version()
summary = read_summary(version)
if not summary.adverts:
    show_empty()
    st.stop()

show_update(page, summary)
view = choose_view()
screen = AdvertsScreen(page, version, summary, read_indicators(), choose_filter(summary))
if not ensure_phrase_hits(summary.content, screen.file):
    st.stop()
if view == "Indicators":
    show_indicators(screen)
elif view == "Judgements":
    show_judgements(screen)
elif view == "Referrals":
    show_referrals(screen)
elif view == "Unlinked adverts":
    show_unlinked(screen)
else:
    show_operations(screen)
    show_operation(screen)
if "advert" in st.query_params and view in ("Operations", "Unlinked adverts"):
    show_advert(screen, st.query_params["advert"])
