"""The panes of the Adverts page: canvas, cards and detail."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.adverts.advert import show_advert
from ui.adverts.canvas import show_canvas
from ui.adverts.cards import find_chosen, list_in_order, show_cards
from ui.adverts.listing import show_unlinked
from ui.adverts.operation import show_none, show_operation
from ui.adverts.screen import AdvertsScreen, open_operation
from ui.components.empty_state import offer_scenario
from ui.shell.layout import fill_pane, scroll_pane, window_pane
from ui.shell.page import Page
from ui.shell.pages import page_path


def show_empty_page(page: Page) -> None:
    """What the page is for, and what to do next."""
    st.text(
        "This page finds job, room, massage and escort adverts that share an author, by their wording and "
        "by the numbers and addresses they share. It shows how they move, and indicators for and against "
        "exploitation. No adverts have been imported yet."
    )
    with st.container(horizontal=True):
        st.page_link(
            page_path("data"),
            label="Import adverts (CSV, JSON lines, Parquet)",
            icon=":material/database:",
            query_params={"tab": "Import adverts"},
        )
        offer_scenario(page)


def show_operations(screen: AdvertsScreen, notes: DeltaGenerator) -> None:
    table = list_in_order(screen)
    chosen = find_chosen(table)
    operation = None if chosen is None else open_operation(screen, chosen)
    ranks = {int(number): rank for rank, number in enumerate(table.operation_id, start=1)}
    with window_pane("canvas"):
        show_canvas(screen, table, operation, notes)
    with window_pane("side"):
        show_cards(screen, table, chosen)
        with fill_pane("detail"):
            if "advert" in st.query_params:
                show_advert(screen, st.query_params["advert"], chosen)
            elif operation is None:
                show_none(screen, chosen)
            else:
                show_operation(screen, operation, ranks.get(operation.number))


def show_unlinked_adverts(screen: AdvertsScreen) -> None:
    with window_pane("canvas"), scroll_pane("canvas"):
        show_unlinked(screen)
    if "advert" in st.query_params:
        with window_pane("side"), fill_pane("detail"):
            show_advert(screen, st.query_params["advert"], None)
