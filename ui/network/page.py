"""The views of the Network page, side by side, and what it says while there is no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.network.state import NetworkState
from ui.components.address import choose_of_address
from ui.components.empty_state import offer_ways_in
from ui.network.links import show_links
from ui.network.review import show_review
from ui.network.screen import NetworkScreen
from ui.network.structure import show_structure
from ui.network.update import offer_update, show_progress
from ui.network.welfare import show_welfare
from ui.shell.page import Page

LINKS, STRUCTURE, WELFARE, REVIEW = "Links", "Structure", "Welfare", "Review"
# Each view draws the panes below the strip.
VIEWS: Mapping[str, Callable[[NetworkScreen], None]] = {
    LINKS: show_links,
    STRUCTURE: show_structure,
    WELFARE: show_welfare,
    REVIEW: show_review,
}


def choose_view(notes: DeltaGenerator) -> str:
    return choose_of_address("view", "View", tuple(VIEWS), notes=notes)


def show_empty_page(page: Page, state: NetworkState) -> None:
    """What the page is for, and what to do next."""
    st.text(
        "This page shows who is linked to whom: telephones, accounts, people, addresses, vehicles, adverts, "
        "across all imported data. Start from one of them, and follow its links with their evidence."
    )
    if state.has_rows:
        st.text("The imported rows have not been read for this yet.")
        offer_update(page, state)
        show_progress(page, state)
        return
    offer_ways_in(page, "Import accounts, calls, journeys or premises", "Accounts")
