"""Data: what is held and on what basis; a file in, checked and previewed before anything is written."""

import streamlit as st

from analytics.ingest import list_sources
from ui.data import show_import
from ui.page import begin
from ui.sources import show_sources

page = begin("What data do we hold, and may we use it?")
sources = list_sources(page.store)
held, incoming, layers = st.tabs(
    ["Sources held", "Import incidents", "Import boundaries"], key="tab", bind="query-params"
)
with held:
    show_sources(page, sources)
with incoming:
    show_import(page, "incidents")
with layers:
    show_import(page, "boundaries")
