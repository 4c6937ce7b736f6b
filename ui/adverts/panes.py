"""The panes of the Adverts page: canvas, cards and detail."""

from __future__ import annotations

import streamlit as st

from analytics.adverts.queries import AdvertFilter
from ui.adverts.advert import show_advert
from ui.adverts.canvas import list_all_towns, show_canvas
from ui.adverts.cards import find_chosen, list_in_order, show_cards
from ui.adverts.listing import show_unlinked
from ui.adverts.operation import show_none, show_operation
from ui.adverts.phrase_indicators import takes_long
from ui.adverts.reading import MAXIMUM_CARDS, read_facts, read_order
from ui.adverts.screen import (
    AdvertsScreen,
    collect_names_in,
    count_screen_matching,
    list_screen_operations,
    open_operation,
    read_indicators,
    read_itinerary,
    read_summary,
)
from ui.components.empty_state import offer_ways_in
from ui.shell.layout import choice_notes, fill_pane, scroll_pane, window_pane
from ui.shell.page import Page


def show_empty_page(page: Page) -> None:
    """What the page is for, and what to do next."""
    st.text(
        "This page finds job, room, massage and escort adverts that share an author, by their wording and "
        "by the numbers and addresses they share. It shows how they move, and indicators for and against "
        "exploitation. No adverts have been imported yet."
    )
    offer_ways_in(page, "Import adverts", "Adverts")


def compute_first_cards(page: Page) -> None:
    """Compute, for whoever opens the page next, what it shows without any filter; not where there are so many
    adverts that it asks first."""
    version = page.store.data_version()
    summary = read_summary(page.store, version)
    if not summary.adverts or takes_long(summary.content):
        return
    screen = AdvertsScreen(page, version, summary, read_indicators(), AdvertFilter())
    first = [int(number) for number in read_order(screen).worth.index[:MAXIMUM_CARDS]]
    list_screen_operations(screen)
    count_screen_matching(screen)
    read_facts(screen, first)
    list_all_towns(page.store.path, version)
    if first and (operation := open_operation(screen, first[0])) is not None:
        read_itinerary(screen, operation)
        collect_names_in(screen, first[0])


@st.fragment
def show_operations(screen: AdvertsScreen) -> None:
    """Runs by itself: a choice draws neither the bar nor the filters again."""
    table = list_in_order(screen)
    chosen = find_chosen(table)
    operation = None if chosen is None else open_operation(screen, chosen)
    ranks = {int(number): rank for rank, number in enumerate(table.operation_id, start=1)}
    with window_pane("canvas"):
        show_canvas(screen, table, operation, choice_notes())
    with window_pane("side"):
        show_cards(screen, table, chosen)
        with fill_pane("detail"):
            if "advert" in st.query_params:
                show_advert(screen, st.query_params["advert"], chosen)
            elif operation is None:
                show_none(screen, chosen)
            else:
                show_operation(screen, operation, ranks.get(operation.number))


@st.fragment
def show_unlinked_adverts(screen: AdvertsScreen) -> None:
    with window_pane("canvas"), scroll_pane("canvas"):
        show_unlinked(screen)
    if "advert" in st.query_params:
        with window_pane("side"), fill_pane("detail"):
            show_advert(screen, st.query_params["advert"], None)
