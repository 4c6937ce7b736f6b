"""Tasking: from findings to a brief, what it is for, and its outcome."""

import streamlit as st

from ui.components.choosing import open_tabs
from ui.components.evidence import finding_evidence
from ui.intelligence.cached_findings import read_findings
from ui.shell.page import begin
from ui.shell.pages import move_tab, page_path
from ui.tasking.actions import show_actions
from ui.tasking.brief import edit_brief, show_brief, show_rests_on
from ui.tasking.concentration import show_concentration
from ui.tasking.decision import decide, show_log
from ui.tasking.exchange import show_exchange
from ui.tasking.findings import choose_findings
from ui.tasking.operations import show_operations
from ui.tasking.priorities import show_priorities
from ui.tasking.products import show_products
from ui.tasking.profile import write_profile
from ui.tasking.release import show_release

page = begin("What should be tasked, by whom, and why?")
move_tab("Meeting", "meeting")
write, priorities, products, operations, actions = open_tabs(
    ["Write", "Priorities", "Assessments", "Operations", "Actions"],
)
if write.open:
    with write:
        if read_findings(page).empty:
            st.text(
                "Findings become a problem profile and a one-page brief here, and the meeting's decision is "
                "recorded. There is no finding yet. Save one on Hotspots (choose a cell), Adverts or "
                "Money, "
                "or from graded reports on Reports & findings."
            )
            st.page_link(page_path("hotspots"), label="Open Hotspots", icon=":material/hexagon:")
        else:
            findings = choose_findings(page)
            for number in findings.finding_id[findings.chosen]:
                if st.toggle(f"Show the rows behind finding {number}", key=f"rows-{number}"):
                    finding_evidence(page, int(number), key="chosen")
            write_profile(page, findings)
            brief = edit_brief(page, findings)
            if brief:
                show_brief(page, *brief)
                show_rests_on(page, *brief)
                show_release(page, *brief)
                show_exchange(page, *brief)
                decide(page, *brief)
            show_log(page)
if priorities.open:
    with priorities:
        show_priorities(page)
        show_concentration(page)
if products.open:
    with products:
        show_products(page)
if operations.open:
    with operations:
        show_operations(page)
if actions.open:
    with actions:
        show_actions(page)
