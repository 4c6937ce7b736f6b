"""What a page says while nothing is held: what it is for, and the two ways to fill it."""

from __future__ import annotations

import streamlit as st

from ui.shell.page import Page
from ui.shell.pages import page_path

IMPORT = "Import"  # the view of the page Data


def show_empty(page: Page, purpose: str) -> None:
    """`purpose` says what the page answers once it has recorded crime to speak of."""
    st.text(purpose)
    offer_ways_in(page, "Import a crime file", "Incidents")
    st.caption(
        "The invented city is made up for practice: its streets, its recorded crime, the trade that runs "
        "through it, and a unit that works on both. "
        "No place, person or number in it is real. The mark at the head of each page removes it again."
    )


def offer_ways_in(page: Page, label: str, kind: str) -> None:
    """The button that opens the import of a `kind` on the page Data, and the one that loads the invented
    city."""
    with st.container(horizontal=True):
        if st.button(label, type="primary", icon=":material/upload_file:"):
            st.switch_page(page_path("data"), query_params={"tab": IMPORT, "kind": kind})
        offer_scenario(page)


def offer_scenario(page: Page) -> None:
    """The button that fills the store with the invented city and its unit's work."""
    if st.button("Load the invented city", icon=":material/location_city:"):
        # Imported here: it brings all of the app's analyses along, which no first picture should wait for.
        from analytics.training.first_store import fill_store

        bar = st.progress(0.0, "Building the invented city …")

        def show(step: str, share: float, /) -> None:
            bar.progress(min(share, 1.0), f"{step} …")

        fill_store(page.store, page.actor, show)
        st.rerun()
