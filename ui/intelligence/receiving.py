"""Import of STIX 2.1 bundles: checked, shown, and on confirmation saved as a report to be graded."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analytics.exchange import NotStix, ReceivedBundle, read_stix
from analytics.exchange.received import (
    GRADE,
    describe_received_before,
    find_received_before,
    leave_out,
    list_counts,
    list_grades,
    save_received,
)
from analytics.intelligence.reports import find_review_date
from analytics.shared.wording import counted
from analytics.store import read_today
from ui.components.act_buttons import submit_act
from ui.components.text import DAY_INPUT, plain
from ui.intelligence.choices import labels
from ui.shell.page import Page


def receive_stix(page: Page) -> None:
    st.caption(
        "A STIX 2.1 bundle from another force or system is checked and shown before anything is saved. "
        f"Every statement becomes a line graded {GRADE.source}{GRADE.information} until an analyst regrades "
        "it. Its traffic light (TLP) sets the handling, C (S2) where it has none."
    )
    uploaded = st.file_uploader("A STIX 2.1 bundle (JSON)", key="stix_upload")
    if uploaded is None:
        return
    try:
        received = _read(uploaded.getvalue())
    except NotStix as error:
        st.error(plain(error))
        return
    _show(received)
    if received.statements:
        _save(page, received, uploaded.name, uploaded.file_id)
    else:
        st.warning(
            "It makes no statement (no report, note or described object): there is nothing to take in."
        )


@st.cache_data(max_entries=2, show_spinner="Checking the bundle …")
def _read(data: bytes) -> ReceivedBundle:
    return read_stix(data)


def _show(received: ReceivedBundle) -> None:
    """What it holds, what would become a line, and what was refused, as text."""
    st.text(f"Passed the checks: {list_counts(received.counts) or 'no object'}.")
    for note in received.notes:
        st.text(note)
    if received.left_out:
        st.text(f"Left out, for they say nothing of their own: {list_counts(received.left_out)}.")
    if received.custom:
        st.text(
            "Properties that STIX does not know, set aside beside their statement: "
            f"{list_counts(received.custom)}."
        )
    if received.statements:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Line": number,
                        "Says": f"{statement.title}: {statement.text}" if statement.title else statement.text,
                        "Object": statement.kind,
                        "Marked": statement.marking,
                        "Graded": str(statement.grade),
                        "Further properties": statement.further(),
                        "Finding": statement.finding is not None,
                    }
                    for number, statement in enumerate(received.statements, 1)
                ]
            ),
            hide_index=True,
            placeholder="",
            height="auto" if len(received.statements) < 8 else 300,
            alt="What would be taken in, one line a statement",
            column_config={
                "Line": st.column_config.NumberColumn(width=45),
                "Says": st.column_config.TextColumn(width="large"),
                "Finding": st.column_config.CheckboxColumn(
                    help="A finding of another Achilles, which can be saved as one."
                ),
            },
        )
    if received.refused:
        with st.expander(f"Refused: {counted(len(received.refused), 'object')}", icon=":material/warning:"):
            st.dataframe(
                pd.DataFrame(received.refused, columns=["Object", "Why"]),
                hide_index=True,
                placeholder="",
                alt="Objects that were refused, and why",
            )


def _save(page: Page, received: ReceivedBundle, name: str, upload: str) -> None:
    again = False
    if before := find_received_before(page.store, received):
        described = describe_received_before(before, len(received.statements))
        st.info(f"{described}. What is there already is left out.", icon=":material/content_copy:")
        again = st.checkbox("Take it in again, to be graded anew", key=f"stix_again_{upload}")
    kept = received if again else leave_out(received, before)
    if not kept.statements:
        return
    groups, findings = (
        labels("retention_groups", with_code=True),
        sum(s.finding is not None for s in kept.statements),
    )
    with st.form("stix_details"):
        a, b, c = st.columns(3)
        sent_by = a.text_input("Sent by", key=f"stix_sender_{upload}")
        basis = b.text_input("Legal basis", key="stix_basis")
        purpose = c.text_input("Purpose", key="stix_purpose")
        group = a.selectbox(
            "Retention group", list(groups), index=2, format_func=groups.__getitem__, key="stix_group"
        )
        review = b.date_input(
            "Review date",
            None,
            min_value=read_today() + timedelta(days=1),
            max_value=date(2200, 1, 1),
            key="stix_review",
            help="Empty: from the retention group; groups without a period get a year.",
            format=DAY_INPUT,
        )
        keep = findings > 0 and st.checkbox(
            f"Save {counted(findings, 'finding')} of another Achilles as findings too, with low confidence",
            key="stix_findings",
        )
        lines = counted(len(kept.statements), "line")
        st.caption(f"{lines}, graded {list_grades(kept)}.")
        if not submit_act(
            page, "receive", f"Take in {lines}", type="primary", icon=":material/move_to_inbox:"
        ):
            return
    if not (sent_by.strip() and basis.strip() and purpose.strip()):
        st.error("Say who sent it, on what legal basis, and for what purpose.")
        return
    due = review or find_review_date(group, read_today()) or read_today() + timedelta(days=365)
    try:
        number, _ = save_received(
            page.store,
            page.actor,
            received,
            file_name=name,
            sent_by=sent_by.strip(),
            legal_basis=basis.strip(),
            purpose=purpose.strip(),
            retention_group=group,
            review_date=due,
            with_findings=bool(keep),
            again=again,
        )
    except ValueError as error:
        st.error(plain(error))
        return
    st.session_state["report_saved"] = number
    for key in [key for key in st.session_state if str(key).startswith("stix_")]:
        del st.session_state[key]
    st.rerun()
