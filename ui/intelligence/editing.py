"""Editing a finding: another version with its reason; when two people edit at once, the second is warned and
loses nothing."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.intelligence.findings import (
    CONFIDENCE,
    Finding,
    RevisedMeanwhile,
    load_finding,
    revise_finding,
)
from analytics.oversight.roles import tier_of
from analytics.shared.codes import code_table
from ui.components.text import MOMENT_FORMAT, plain
from ui.intelligence.choices import labels
from ui.shell.page import Page


def edit_finding(page: Page, finding_id: int, versions: pd.DataFrame) -> None:
    """The texts of the version this edit began from, the list of versions, and the saving of the next."""
    st.dataframe(
        versions,
        hide_index=True,
        placeholder="",
        alt="Versions of the finding",
        column_config={
            "version": st.column_config.NumberColumn("Version", width=60),
            "title": st.column_config.TextColumn("Title", width="large"),
            "created_by": "By",
            "created_at": st.column_config.DatetimeColumn("Saved (UTC)", format=MOMENT_FORMAT),
            "data_version": "Data version",
            "change_reason": st.column_config.TextColumn("Why", width="medium"),
        },
    )
    if not tier_of(page.actor).writes:
        st.caption("This role reads findings and does not edit them.")
        return
    latest = int(versions.version.max())
    begun, seen = f"edit-from-{finding_id}", f"edit-seen-{finding_id}"
    start = st.session_state.setdefault(begun, latest)
    shown_before = st.session_state.get(seen, start)
    if latest > start:
        newer = versions[versions.version > start]
        newer_versions = "; ".join(
            f"{row.version} by {row.created_by}: {row.change_reason}" for row in newer.itertuples()
        )
        st.warning(
            f"You began from version {start}. Saved meanwhile: {plain(newer_versions)}. Your text is still "
            f"here. Read that version above, then save yours as version {latest + 1}, or start again.",
            icon=":material/group:",
        )
        if st.button(f"Start again from version {latest}", icon=":material/restart_alt:"):
            del st.session_state[begun]
            st.rerun()
    base = load_finding(page.store, finding_id, start)
    edited, why, saved = _form(finding_id, start, latest, base)
    st.session_state[seen] = latest
    if saved:
        try:  # against what was on the screen when the button was pressed, not what has come since
            revise_finding(
                page.store, page.actor, finding_id, edited, latest_seen=shown_before, change_reason=why
            )
        except (RevisedMeanwhile, ValueError) as error:
            st.error(plain(error))
        else:
            for key in (begun, seen):
                st.session_state.pop(key, None)
            st.rerun()


def _form(finding_id: int, start: int, latest: int, base: Finding) -> tuple[Finding, str, bool]:
    key = f"edit-{finding_id}-{start}"
    likely: dict[str | None, str] = {None: "not stated"}
    likely |= {code: f"{label} ({_range(code)})" for code, label in labels("probability_yardstick").items()}
    with st.form(key):
        title = st.text_input("Title", base.title, key=f"{key}-title")
        statement = st.text_area("Statement", base.statement, key=f"{key}-statement", height=110)
        left, right = st.columns(2)
        confidence = left.segmented_control(
            "Confidence",
            CONFIDENCE,
            default=base.confidence,
            required=True,
            key=f"{key}-confidence",
            format_func=str.capitalize,
        )
        likelihood = right.selectbox(
            "How likely",
            list(likely),
            [*likely].index(base.likelihood),
            format_func=likely.__getitem__,
            key=f"{key}-likelihood",
            help="Of what the finding says; apart from the confidence in it.",
        )
        basis = left.text_area(
            "What the confidence rests on", base.confidence_basis, key=f"{key}-basis", height=90
        )
        assumptions = right.text_area("Assumptions", base.assumptions, key=f"{key}-assumptions", height=90)
        alternatives = _edit_alternatives(base, f"{key}-alternatives")
        handling = st.text_input(
            "Handling",
            base.handling,
            key=f"{key}-handling",
            help="'P: …' may be shared; 'C (A1, S2): …' with conditions. It decides who reads the finding, "
            "and binds every product that cites it.",
        )
        why = st.text_input("Reason for the change", key=f"{key}-why")
        saved = st.form_submit_button(f"Save as version {latest + 1}", type="primary", icon=":material/save:")
    edited = replace(
        base,
        title=title.strip(),
        statement=statement.strip(),
        confidence=confidence,
        confidence_basis=basis.strip(),
        assumptions=assumptions.strip(),
        likelihood=likelihood,
        alternatives=alternatives,
        handling=handling.strip() or base.handling,
    )
    return edited, why, saved


def _edit_alternatives(base: Finding, key: str) -> list[dict[str, str]]:
    st.caption("Other explanations, and how to tell. They are weighed under 'What else would explain it'.")
    others = st.data_editor(
        pd.DataFrame(base.alternatives, columns=["explanation", "how to tell"], dtype=object),
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        key=key,
        column_config={
            "explanation": st.column_config.TextColumn("Explanation", width="large"),
            "how to tell": st.column_config.TextColumn("How to tell", width="large"),
        },
    )
    return [
        {name: str(text) for name, text in row.items() if isinstance(text, str) and text.strip()}
        for row in others.to_dict("records")
        if isinstance(row["explanation"], str) and row["explanation"].strip()
    ]


def _range(code: str) -> str:
    more = code_table("probability_yardstick")[code].more
    return f"{more['from']} to {more['to']} %"
