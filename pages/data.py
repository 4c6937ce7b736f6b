"""Data: the sources and their legal basis, and the import of files, previewed before anything is written."""

import streamlit as st

from analytics.ingest import list_sources
from ui.components.address import open_tabs
from ui.components.empty_state import IMPORT_INCIDENTS
from ui.data.base_map import show_base_map
from ui.data.sources import show_sources
from ui.data.wizard import REPORTS, show_import
from ui.shell.page import begin

page = begin("What data do we hold, and may we use it?", "data")
sources = list_sources(page.store)
# Asked once a session: tabs start again when their default changes, and the report of an import would vanish.
first_tab = st.session_state.setdefault("first-tab", IMPORT_INCIDENTS if sources.empty else "Sources")
(
    listed,
    incidents,
    boundaries,
    base_map,
    adverts,
    transactions,
    accounts,
    premises,
    journeys,
    communications,
    reports,
) = open_tabs(
    [
        "Sources",
        IMPORT_INCIDENTS,
        "Import boundaries",
        "Base map",
        "Import adverts",
        "Import transactions",
        "Import accounts",
        "Import premises",
        "Import journeys",
        "Import communications",
        "Import reports",
    ],
    default=first_tab,
    former={"Sources held": "Sources"},
)
if listed.open:
    with listed:
        show_sources(page, sources)
if base_map.open:
    with base_map:
        show_base_map(page)
for tab, kind in (
    (incidents, "incidents"),
    (boundaries, "boundaries"),
    (adverts, "adverts"),
    (transactions, "transactions"),
    (accounts, "accounts"),
    (premises, "premises"),
    (journeys, "journeys"),
    (communications, "communications"),
    (reports, REPORTS),
):
    if tab.open:
        with tab:
            show_import(page, kind)
