"""What people add to the measured result: outputs, whether the leads proved right, and what to collect
next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from analytics.intelligence.requirements import Requirement, save_requirement
from analytics.shared.wording import counted
from analytics.tasking.result_gaps import ResultGap
from analytics.tasking.results import OUTPUTS, list_results, save_result
from analytics.tasking.scorecard import LEAD_OUTCOMES, findings_of, judge_lead, list_lead_outcomes
from ui.components.text import plain
from ui.shell.page import Page


def keep_result(page: Page, action_id: int, verdict: str, measured: dict) -> None:
    """The form begins with what was kept last, so that a correction loses no count."""
    kept = list_results(page.store).set_index("action_id")
    last = kept.loc[action_id] if action_id in kept.index else None
    with st.form(f"result-{action_id}-{0 if last is None else last.version}"):
        st.markdown("**Keep the result**: what was done, counted, with the verdict above")
        if last is not None:
            st.caption(
                f"Version {last.version} is kept: {last.verdict}, {plain(last.saved_by)} on "
                f"{last.saved_at:%d %b %Y}. Another adds a version."
            )
        columns = st.columns(len(OUTPUTS))
        outputs = {
            name: column.number_input(name.capitalize(), 0, 10**6, 0 if last is None else int(last[name]))
            for name, column in zip(OUTPUTS, columns, strict=True)
        }
        note = st.text_input("What was learnt", "" if last is None else last.note)
        if st.form_submit_button("Keep it", icon=":material/save:"):
            save_result(page.store, page.actor, action_id, outputs, verdict, measured, note)
            st.rerun()


def judge_leads(page: Page, action_id: int) -> None:
    """Did each finding prove right once acted on? The record of its method rests on it."""
    findings = findings_of(page.store, action_id)
    if findings.empty:
        return
    said = list_lead_outcomes(page.store).set_index("finding_id")
    with st.expander("Did the leads prove right?", icon=":material/fact_check:"):
        for row in findings.itertuples():
            held = said.loc[row.finding_id] if row.finding_id in said.index else None
            st.markdown(plain(f"Finding {row.finding_id}: {row.title}"))
            if held is not None:
                st.caption(
                    plain(
                        f"{held.outcome.capitalize()}, {held.judged_by} on {held.judged_at:%d %b %Y}: "
                        f"{held.reason}"
                    )
                )
            with st.form(f"lead-{action_id}-{row.finding_id}", clear_on_submit=True, border=False):
                outcome = st.segmented_control(
                    "It proved", LEAD_OUTCOMES, default=held.outcome if held is not None else None
                )
                reason = st.text_input("How it is known")
                if st.form_submit_button("Record", icon=":material/save:"):
                    try:
                        judge_lead(page.store, page.actor, row.finding_id, action_id, outcome or "", reason)
                    except ValueError as error:
                        st.error(plain(error))
                    else:
                        st.rerun()


def ask_gaps(page: Page, action_id: int, gaps: Sequence[ResultGap]) -> None:
    """What the result leaves open, each one step from a requirement that somebody owns."""
    if not gaps:
        return
    with st.expander(
        f"Still not known: {counted(len(gaps), 'question')} for collection",
        icon=":material/help:",
    ):
        for at, gap in enumerate(gaps):
            with st.form(f"gap-{action_id}-{at}", border=False):
                question, owner, due, button = st.columns([5, 2, 2, 1], vertical_alignment="bottom")
                asked = question.text_input(plain(gap.why), gap.question)
                who = owner.text_input("Who finds out")
                by = due.date_input("By", date.today() + timedelta(days=28))
                if button.form_submit_button("Ask"):
                    note = f"From the result of action {action_id}. {gap.why}"
                    try:
                        number = save_requirement(
                            page.store, page.actor, Requirement(asked, who, by, domain=gap.domain, note=note)
                        )
                    except ValueError as error:
                        st.error(plain(error))
                    else:
                        st.success(f"Requirement {number} is open: see Intelligence, Collection.")
