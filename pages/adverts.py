"""Adverts: which are of one hand, how they move, what speaks for and against exploitation, and who is helped
first."""

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

page = begin("Which adverts are of one hand, and may somebody behind them need help?")
version = page.store.data_version()
held = read_summary(version)
if not held.adverts:
    show_empty()
    st.stop()

show_update(page, held)
view = choose_view()
screen = AdvertsScreen(page, version, held, read_indicators(), choose_filter(held))
if not ensure_phrase_hits(held.content, screen.file):
    st.stop()
if view == "Signs":
    show_indicators(screen)
elif view == "Judgements":
    show_judgements(screen)
elif view == "Referrals":
    show_referrals(screen)
elif view == "Adverts on their own":
    show_unlinked(screen)
else:
    show_operations(screen)
    show_operation(screen)
if "advert" in st.query_params and view in ("Operations", "Adverts on their own"):
    show_advert(screen, st.query_params["advert"])
