"""Tasking: from findings to a brief, and the meeting's decision on it."""

import streamlit as st

from analytics.intelligence.findings import list_findings
from ui.evidence import finding_evidence
from ui.page import begin
from ui.tasking import choose_findings, decide, edit_brief, show_brief, show_log, write_profile

page = begin("What should be tasked, by whom, and why?")
if list_findings(page.store).empty:
    st.text(
        "This page turns findings into a problem profile and a one-page brief, and keeps the meeting's decision. "
        "There is no finding yet: choose a cell on Hotspots and save it."
    )
    st.page_link("pages/hotspots.py", label="Open Hotspots", icon=":material/hexagon:")
    st.stop()

findings = choose_findings(page)
for number in findings.finding_id[findings.chosen]:
    if st.toggle(f"Show the rows behind finding {number}", key=f"rows-{number}"):
        finding_evidence(page, int(number))
write_profile(page, findings)
brief = edit_brief(page, findings)
if brief:
    show_brief(page, *brief)
    decide(page, *brief)
show_log(page)
