"""What a page says while nothing is held: what it is for, and the two ways to fill it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from analytics.training import generate, load
from ui.shell.page import Page
from ui.shell.pages import page_path

IMPORT_INCIDENTS = "Import incidents"  # the tab of the Data page


def show_empty(page: Page, purpose: str) -> None:
    """`purpose` says what the page answers once it has recorded crime to speak of."""
    st.text(purpose)
    with st.container(horizontal=True):
        if st.button("Import a crime file", type="primary", icon=":material/upload_file:"):
            st.switch_page(page_path("data"), query_params={"tab": IMPORT_INCIDENTS})
        offer_scenario(page)
    st.caption(
        "The invented city is made up for practice: its streets, its recorded crime and the trade that runs "
        "through it. "
        "No place, person or number in it is real, and it can be removed again on Data."
    )


def offer_scenario(page: Page) -> None:
    """The button that loads the invented city into the store."""
    if st.button("Load the invented city", icon=":material/location_city:"):
        with st.spinner("Building the invented city …"), TemporaryDirectory() as folder:
            generate(1, 1.0, Path(folder))
            load(page.store, Path(folder), page.actor)
        st.rerun()
