"""Saving what is read in graded reports as a finding."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.intelligence.findings import CONFIDENCE, save_finding
from analytics.intelligence.report_finding import NO_ROWS, build_report_finding, suggest_basis
from analytics.intelligence.reports import Line, load_report
from analytics.oversight.roles import tier_of
from ui.components.act_buttons import submit_act
from ui.components.text import plain
from ui.shell.page import Page
from ui.shell.pages import page_path

_MAXIMUM_OFFERED = 200  # reports whose lines are offered beside those of the one on view


def save_from_reports(page: Page, report_id: int, reports: pd.DataFrame) -> None:
    """The form, with the lines of the report on view chosen and those of the newest others to add."""
    if not tier_of(page.actor).writes:
        return
    with st.expander(
        "Save a finding from this and other reports",
        icon=":material/bookmark_add:",
        key=f"finding-from-reports-{report_id}",
        on_change="rerun",
    ) as shown:
        if not shown.open:
            return
        lines = _lines(page, report_id, reports)
        own = [key for key in lines if key[0] == report_id]
        chosen = st.multiselect(
            "Lines it rests on",
            list(lines),
            own,
            key=f"finding-lines-{report_id}",
            format_func=lambda key: f"{key[0]}.{key[1]} {lines[key].sanitised}",
        )
        with st.form(f"finding-from-{report_id}"):
            title = st.text_input("Title")
            statement = st.text_area("What it says, in a sentence or two", height=80)
            confidence = st.segmented_control(
                "Confidence", CONFIDENCE, default="low", required=True, format_func=str.capitalize
            )
            left, right = st.columns(2)
            basis = left.text_area(
                "What the confidence rests on",
                suggest_basis([lines[key] for key in chosen]) if chosen else "",
                height=90,
            )
            assumptions = right.text_area("Assumptions", "The sources do not know of one another.", height=90)
            if submit_act(
                page, "save finding", "Save as finding", type="primary", icon=":material/bookmark_add:"
            ):
                try:
                    finding = build_report_finding(
                        page.store,
                        chosen,
                        title=title,
                        statement=statement,
                        confidence=confidence,
                        basis=basis,
                        assumptions=assumptions,
                    )
                    st.session_state["finding_from_reports"] = (
                        report_id,
                        save_finding(page.store, page.actor, finding, NO_ROWS, lines=chosen),
                    )
                except (ValueError, KeyError) as error:
                    st.error(plain(error.args[0]))
        saved = st.session_state.get("finding_from_reports", (0, 0))
        if saved[0] == report_id:
            st.success(f"Saved as finding {saved[1]}, with its lines.")
            st.page_link(
                page_path("intelligence"),
                label="Open the finding",
                icon=":material/open_in_new:",
                query_params={"tab": "Findings", "finding": str(saved[1])},
            )


def _lines(page: Page, report_id: int, reports: pd.DataFrame) -> dict[tuple[int, int], Line]:
    """Lines that this role reads, those of the report on view first."""
    tier = tier_of(page.actor)
    numbers = [report_id, *(int(n) for n in reports.report_id if n != report_id)][:_MAXIMUM_OFFERED]
    return {
        (number, at): line
        for number in numbers
        for at, line in enumerate(load_report(page.store, number)[0].lines, 1)
        if line.grade.handling in tier.handling
    }
