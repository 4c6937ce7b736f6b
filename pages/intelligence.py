"""Intelligence: graded reports, what is collected and what is not, and one search over all of it."""

import streamlit as st

from ui.intelligence.collection import show_collection
from ui.intelligence.entry import enter_report
from ui.intelligence.reports import show_reports
from ui.intelligence.search import show_search
from ui.page import begin

page = begin("What do we know, how well, and what do we not know?")
reports, entry, collection, searching = st.tabs(
    ["Reports", "Enter a report", "Collection", "Search"], key="tab", bind="query-params", on_change="rerun"
)
if reports.open:
    with reports:
        show_reports(page)
if entry.open:
    with entry:
        enter_report(page)
if collection.open:
    with collection:
        show_collection(page)
if searching.open:
    with searching:
        show_search(page)
