"""Findings: all of them with their rung and the state of their evidence, those that contradict each other,
and one in full."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.intelligence.finding_links import finding_links
from analytics.shared.wording import counted
from ui.components.choosing import change_link, chosen_number, tick_row
from ui.components.text import DAY_FORMAT
from ui.intelligence.affected import show_affected
from ui.intelligence.cached_findings import read_findings, read_ladder, read_proposals
from ui.intelligence.finding import show_finding
from ui.intelligence.related import show_pairs
from ui.shell.page import Page
from ui.shell.pages import find_page, page_path

_COLUMNS = {
    "finding_id": st.column_config.NumberColumn("No.", width=50),
    "title": st.column_config.TextColumn("Finding", width="large"),
    "rung": st.column_config.TextColumn("Rung", help="On the ladder from data to intelligence."),
    "confidence": "Confidence",
    "evidence": "Evidence",
    "others": st.column_config.TextColumn(
        "Others", help="Findings linked by a person: ≠ contradicts, ≈ corroborates it."
    ),
    "method": st.column_config.TextColumn("Method", width=110),
    "period_from": st.column_config.DateColumn("From", format=DAY_FORMAT),
    "period_to": st.column_config.DateColumn("To", format=DAY_FORMAT),
    "version": st.column_config.NumberColumn("Version", width=60),
    "created_by": "By",
}


def show_findings(page: Page) -> None:
    findings = read_findings(page)
    if findings.empty:
        st.text(
            "This role can read no finding yet. A finding states what an analysis shows, with its method, "
            "evidence rows, confidence and other explanations. Save one on Hotspots, "
            "Adverts or Money, or from reports on this page."
        )
        for entry in map(find_page, ("hotspots", "adverts", "finance")):
            st.page_link(page_path(entry.name), label=f"Open {entry.title}", icon=f":material/{entry.icon}:")
        return
    links = finding_links(page.store)
    links = links[
        links.finding_id.isin(findings.finding_id) & links.other_finding_id.isin(findings.finding_id)
    ]
    _show_contradictions(page, findings, links, open_=not st.query_params.get("finding"))
    show_affected(page)
    st.caption(f"{counted(len(findings), 'finding')}, newest first. Choose one to read it.")
    rungs = read_ladder(page).query("kind == 'finding'").set_index("number").rung
    shown = findings.assign(
        rung=findings.finding_id.map(rungs).str.capitalize(),
        evidence=[_evidence(row) for row in findings.itertuples()],
        others=[_others(number, links) for number in findings.finding_id],
    )
    chosen = chosen_number("finding")
    tick_row(
        shown[list(_COLUMNS)],
        findings.finding_id,
        chosen,
        lambda number: change_link(finding=number, version=None),
        placeholder="",
        key="all-findings",
        height="auto" if len(findings) < 8 else 300,
        column_config=_COLUMNS,
        alt="Findings, newest first",
    )
    if chosen is not None and chosen in set(findings.finding_id):
        show_finding(page, chosen, chosen_number("version"), findings)
    elif chosen is not None:
        st.info(f"There is no finding {chosen} that this role reads.")


def _evidence(row) -> str:
    gone = row.evidence_rows - row.still_stored
    if not gone and not row.changed:
        return counted(row.evidence_rows, "row")
    parts = [f"{count:,} {what}" for count, what in ((gone, "removed"), (row.changed, "changed")) if count]
    return f"⚠ {', '.join(parts)} of {row.evidence_rows:,}"


def _others(number: int, links: pd.DataFrame) -> str:
    mine = links[(links.finding_id == number) | (links.other_finding_id == number)]
    marks = {"contradicts": "≠", "corroborates": "≈"}
    ends = [
        f"{marks[row.relation]} {row.other_finding_id if row.finding_id == number else row.finding_id}"
        for row in mine.itertuples()
        if row.relation in marks
    ]
    return ", ".join(ends)


def _show_contradictions(page: Page, findings: pd.DataFrame, links: pd.DataFrame, *, open_: bool) -> None:
    """Contradicting findings side by side, and pairs that a person should look at."""
    against = links[links.relation == "contradicts"]
    proposed = read_proposals(page, findings)
    if len(against):
        with st.expander(
            f"Findings that contradict each other: {len(against)}",
            icon=":material/compare_arrows:",
            expanded=open_,
        ):
            show_pairs(page, against, findings)
    if len(proposed):
        words = f"{counted(len(proposed), 'pair')} to look at: one place and period, or one subject"
        with st.expander(words, icon=":material/troubleshoot:"):
            st.caption(
                "Proposed by rule from what the results say; nothing is linked until a person says so."
            )
            show_pairs(page, proposed.head(20), findings, proposed="all")
