"""Data: what is held and on what basis; a file in, checked and previewed before anything is written."""

import streamlit as st

from analytics.ingest import list_sources
from ui.components.empty_state import IMPORT_INCIDENTS
from ui.data.sources import show_sources
from ui.data.wizard import REPORTS, show_import
from ui.shell.page import begin

page = begin("What data do we hold, and may we use it?")
sources = list_sources(page.store)
# Asked once a session: tabs start anew when their default changes, and an import would leave its own report.
first_tab = st.session_state.setdefault("first-tab", IMPORT_INCIDENTS if sources.empty else "Sources held")
held, incoming, layers, texts, money, holders, told = st.tabs(
    [
        "Sources held",
        IMPORT_INCIDENTS,
        "Import boundaries",
        "Import adverts",
        "Import transactions",
        "Import accounts",
        "Import reports",
    ],
    key="tab",
    bind="query-params",
    default=first_tab,
)
with held:
    show_sources(page, sources)
for tab, kind in (
    (incoming, "incidents"),
    (layers, "boundaries"),
    (texts, "adverts"),
    (money, "transactions"),
    (holders, "accounts"),
    (told, REPORTS),
):
    with tab:
        show_import(page, kind)
