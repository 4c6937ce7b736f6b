"""Data: the sources and their legal basis, and the import of files, previewed before anything is written."""

import streamlit as st

from analytics.ingest import list_sources
from analytics.ingest.kinds import KINDS
from ui.components.address import change_address, choose_of_address
from ui.components.empty_state import IMPORT
from ui.data.base_map import show_base_map
from ui.data.sources import show_sources
from ui.data.wizard import show_import
from ui.shell.layout import pad_pane, scroll_pane, window_pane
from ui.shell.page import begin

page = begin("What data do we hold, and may we use it?", "data")
SOURCES, BASE_MAP = "Sources", "Base map"
sources = list_sources(page.store)
asked = st.query_params.get("tab", "")
if asked.startswith("Import "):  # a link of when each kind had a tab of its own
    change_address(tab=IMPORT, kind=asked.removeprefix("Import ").capitalize())
# Asked once a session: else a first import's report would vanish, as the page went on to the sources.
first = st.session_state.setdefault("first view of data", IMPORT if sources.empty else SOURCES)
with pad_pane("ask", horizontal=True):
    view = choose_of_address(
        "tab", "View", (SOURCES, IMPORT, BASE_MAP), default=first, former={"Sources held": SOURCES}
    )
with window_pane("data"), scroll_pane("page_view"):
    if view == SOURCES:
        show_sources(page, sources)
    elif view == BASE_MAP:
        show_base_map(page)
    else:
        kinds = [kind.plural.capitalize() for kind in KINDS.values()]
        show_import(page, choose_of_address("kind", "What is imported", kinds, pills=True).lower())
