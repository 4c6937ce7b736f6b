"""Adverts: which are of one hand, how they move, what speaks for and against exploitation, and who is helped
first."""

import streamlit as st

from ui.adverts.advert import show_advert
from ui.adverts.controls import choose_filter, choose_view
from ui.adverts.indicators import show_common
from ui.adverts.judgement import show_judgements
from ui.adverts.listing import show_alone, show_operations
from ui.adverts.operation import show_empty, show_operation
from ui.adverts.phrase_indicators import words_ready
from ui.adverts.referrals import show_referrals
from ui.adverts.screen import Screen, held_of, read_indicators
from ui.adverts.update import show_update
from ui.shell.page import begin

page = begin("Which adverts are of one hand, and may somebody behind them need help?")
version = page.store.data_version()
held = held_of(version)
if not held.adverts:
    show_empty()
    st.stop()

show_update(page, held)
view = choose_view()
screen = Screen(page, version, held, read_indicators(), choose_filter(held))
if not words_ready(held.content, screen.file):
    st.stop()
if view == "Signs":
    show_common(screen)
elif view == "Judgements":
    show_judgements(screen)
elif view == "Referrals":
    show_referrals(screen)
elif view == "Adverts on their own":
    show_alone(screen)
else:
    show_operations(screen)
    show_operation(screen)
if "advert" in st.query_params and view in ("Operations", "Adverts on their own"):
    show_advert(screen, st.query_params["advert"])
