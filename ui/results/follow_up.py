"""What people add to a measured result: outputs, whether the leads were right, and what to collect next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from analytics.intelligence.requirements import Requirement, save_requirement
from analytics.shared.wording import write_day
from analytics.store import read_today
from analytics.tasking.result_gaps import ResultGap
from analytics.tasking.results import OUTPUTS, findings_of, list_results, save_result
from analytics.tasking.scorecard import LEAD_OUTCOMES, judge_lead, list_lead_outcomes
from ui.components.act_buttons import submit_act
from ui.components.forms import clear_entry, entry_form
from ui.components.text import DAY_INPUT, plain
from ui.shell.page import Page


def show_result_form(page: Page, action_id: int, verdict: str, measured: dict) -> None:
    """Save outputs and the verdict; the form starts from the last version, so that a correction loses no
    count."""
    saved = list_results(page.store).set_index("action_id")
    last = saved.loc[action_id] if action_id in saved.index else None
    with st.form(f"result-{action_id}-{0 if last is None else last.version}"):
        st.markdown("**Save the result**: what was done, in numbers, with the verdict above")
        if last is not None:
            st.caption(
                f"Version {last.version}: {last.verdict}, saved by {plain(last.saved_by)} on "
                f"{write_day(last.saved_at)}. Saving again adds a version."
            )
        columns = st.columns(len(OUTPUTS))
        outputs = {
            name: column.number_input(name.capitalize(), 0, 10**6, 0 if last is None else int(last[name]))
            for name, column in zip(OUTPUTS, columns, strict=True)
        }
        note = st.text_input("Lessons learnt", "" if last is None else last.note)
        if submit_act(page, "save result", "Save result", icon=":material/save:"):
            save_result(page.store, page.actor, action_id, outputs, verdict, measured, note)
            st.rerun()


def judge_leads(page: Page, action_id: int) -> None:
    """Record whether each finding proved right once acted on; the record of its method counts these."""
    findings = findings_of(page.store, action_id)
    if findings.empty:
        return
    outcomes = list_lead_outcomes(page.store).set_index("finding_id")
    with st.expander("Did the leads prove right?", icon=":material/fact_check:"):
        for row in findings.itertuples():
            last = outcomes.loc[row.finding_id] if row.finding_id in outcomes.index else None
            st.markdown(plain(f"Finding {row.finding_id}: {row.title}"))
            if last is not None:
                st.caption(
                    plain(
                        f"{last.outcome.capitalize()}, {last.judged_by} on {write_day(last.judged_at)}: "
                        f"{last.reason}"
                    )
                )
            with entry_form(f"lead-{action_id}-{row.finding_id}", border=False):
                outcome = st.segmented_control(
                    "It proved", LEAD_OUTCOMES, default=last.outcome if last is not None else None
                )
                reason = st.text_input("How do you know?")
                if submit_act(page, "judge lead", "Record", icon=":material/save:"):
                    try:
                        judge_lead(page.store, page.actor, row.finding_id, action_id, outcome or "", reason)
                    except ValueError as error:
                        st.error(plain(error))
                    else:
                        clear_entry(f"lead-{action_id}-{row.finding_id}")
                        st.rerun()


def ask_gaps(page: Page, action_id: int, gaps: Sequence[ResultGap]) -> None:
    """Questions that the result leaves open, each ready to become a requirement with an owner."""
    if not gaps:
        return
    with st.expander(
        f"Open questions for collection: {len(gaps)}",
        icon=":material/help:",
    ):
        for at, gap in enumerate(gaps):
            with st.form(f"gap-{action_id}-{at}", border=False):
                question, owner, due, button = st.columns([5, 2, 2, 1], vertical_alignment="bottom")
                asked = question.text_input(plain(gap.why), gap.question)
                who = owner.text_input("Owner")
                by = due.date_input("By", read_today() + timedelta(days=28), format=DAY_INPUT)
                if submit_act(page, "save requirement", "Ask", place=button):
                    note = f"From the result of action {action_id}. {gap.why}"
                    try:
                        number = save_requirement(
                            page.store, page.actor, Requirement(asked, who, by, domain=gap.domain, note=note)
                        )
                    except ValueError as error:
                        st.error(plain(error))
                    else:
                        st.success(f"Requirement {number} is open: see Collection.")
