"""The findings a product is drafted from."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.shared.wording import counted
from ui.components.address import change_address
from ui.components.drafts import go_to
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT
from ui.intelligence.cached_findings import read_findings
from ui.shell.page import Page
from ui.tasking.steps import FINDING, FOLLOWED

NEW = 0  # the choice that is no saved profile yet


def restore_choice(findings: pd.DataFrame) -> pd.DataFrame:
    """Every finding, with those ticked earlier, or named in the link, marked in `chosen`."""
    _follow_link(findings)
    ticked = st.session_state.get("findings_ticked", [])
    return findings.assign(chosen=findings.finding_id.isin(ticked))


def _follow_link(findings: pd.DataFrame) -> bool:
    """Tick the finding that the link names: it was opened from one just saved. The link goes on naming it, so
    that Back leads to where it was opened."""
    asked = st.query_params.get(FINDING)
    if asked is None or asked == st.session_state.get(FOLLOWED):
        return False
    st.session_state[FOLLOWED] = asked
    st.session_state["findings_ticked"] = [number for number in findings.finding_id if str(number) == asked]
    go_to("profile", NEW)
    return True


def choose_findings(page: Page) -> pd.DataFrame:
    """Every finding, with those ticked marked in `chosen` and what became of its evidence."""
    findings = read_findings(page)
    findings["evidence"] = [
        counted(rows, "row")
        if available == rows and not changed
        else f"⚠ {available:,} of {counted(rows, 'row')} available, {changed:,} changed"
        for available, rows, changed in zip(
            findings.still_stored, findings.evidence_rows, findings.changed, strict=True
        )
    ]
    key = f"findings-{len(findings)}"  # a new finding moves the rows, so ticks are restored by number
    if _follow_link(findings):
        st.session_state.pop(key, None)
    if key not in st.session_state:
        ticked = st.session_state.get("findings_ticked", [])
        st.session_state["findings_default"] = [
            at for at, number in enumerate(findings.finding_id) if number in ticked
        ]
    event = st.dataframe(
        findings[
            [
                "finding_id",
                "title",
                "confidence",
                "method",
                "period_from",
                "period_to",
                "evidence",
                "created_at",
            ]
        ],
        hide_index=True,
        placeholder="",
        on_select="rerun",
        selection_mode="multi-row",
        key=key,
        selection_default={"selection": {"rows": st.session_state["findings_default"]}},
        column_config={
            "finding_id": st.column_config.NumberColumn("No.", width=50),
            "title": st.column_config.TextColumn("Finding", width=330),
            "confidence": st.column_config.TextColumn("Confidence", width=80),
            "method": st.column_config.TextColumn("Method", width=140),
            "period_from": st.column_config.DateColumn("From", format=DAY_FORMAT),
            "period_to": st.column_config.DateColumn("To", format=DAY_FORMAT),
            "evidence": "Evidence",
            "created_at": st.column_config.DatetimeColumn("Saved (UTC)", format=MOMENT_FORMAT),
        },
        alt="Saved findings, newest first",
    )
    findings["chosen"] = findings.index.isin(event.selection.rows)
    ticked = findings.finding_id[findings.chosen].tolist()
    if ticked and ticked != st.session_state.get("findings_ticked", []):
        go_to("profile", NEW)
    if ticked != st.session_state.get("findings_ticked", ticked) and FINDING in st.query_params:
        change_address(**{FINDING: None})  # it names what was ticked before
    st.session_state["findings_ticked"] = ticked
    return findings
