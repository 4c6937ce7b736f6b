"""The decision on a brief, and the log of all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import streamlit as st

from analytics.store import read_today
from analytics.tasking.actions import TaskedAction, list_actions
from analytics.tasking.products import OUTCOMES, DecidedMeanwhile, list_decisions, record_decision
from ui.components.act_buttons import submit_act
from ui.components.forms import clear_entry, entry_form
from ui.components.text import DAY_FORMAT, DAY_INPUT, MOMENT_FORMAT
from ui.shell.page import Page

_DECISION_COLUMNS: dict[str, Any] = {
    "decision_id": "No.",
    "product_id": "Brief",
    "product_version": "Version",
    "title": "Title",
    "outcome": "Outcome",
    "reason": "Why",
    "decided_by": "Decided by",
    "decided_at": st.column_config.DatetimeColumn("Decided (UTC)", format=MOMENT_FORMAT),
    "supersedes": "Supersedes",
    "standing": "In force",
}
_ACTION_COLUMNS: dict[str, Any] = {
    "action_id": "No.",
    "description": "Action",
    "owner": "Owner",
    "agency": "Agency",
    "contact": "Contact",
    "due": st.column_config.DateColumn("Due", format=DAY_FORMAT),
    "status": "Status",
    "decision_id": "From decision",
}


def say_standing(page: Page, product: int) -> int | None:
    """Say which decision on a brief is in force; returns its number."""
    decisions = list_decisions(page.store, product)
    standing = decisions[decisions.standing]
    if standing.empty:
        return None
    number = int(standing.decision_id.iloc[0])
    st.info(
        f"Decision {number} is in force: {standing.outcome.iloc[0]}. A new decision supersedes it; both "
        "stay in the log."
    )
    return number


def decide(page: Page, product: int, version: int, supersedes: int | None) -> None:
    """Record what was decided; a decision is superseded, never edited."""
    st.caption(f"On version {version} of brief {product}.")
    with entry_form(f"decision-{product}"):
        outcome = st.segmented_control("Outcome", OUTCOMES, default="adopted", required=True)
        who = st.text_input("Decided by (name and role)")
        reason = st.text_area("Why", height=80)
        description, owner = st.columns([3, 2])
        what = description.text_input("Action (if adopted or amended)")
        who_owns = owner.text_input("Action owner")
        agency, contact, due = st.columns([2, 2, 1])
        answers = agency.text_input("Agency that answers for it")
        ask_there = contact.text_input("Contact there (role, telephone or mail)")
        until = due.date_input(
            "Due", read_today() + timedelta(days=28), min_value=read_today(), format=DAY_INPUT
        )
        if submit_act(page, "record decision", "Record the decision", icon=":material/gavel:"):
            try:
                record_decision(
                    page.store,
                    page.actor,
                    product,
                    version,
                    outcome,
                    reason,
                    who,
                    supersedes=supersedes,
                    action=TaskedAction(what, who_owns, until, answers, ask_there) if what.strip() else None,
                )
            except (DecidedMeanwhile, ValueError) as error:
                st.error(str(error))
            else:
                clear_entry(f"decision-{product}")
                st.rerun()


def show_log(page: Page) -> None:
    """The decision log and the actions."""
    st.subheader("Decision log")
    decisions = list_decisions(page.store)
    if decisions.empty:
        st.caption("No decision has been recorded.")
    else:
        st.dataframe(
            decisions, hide_index=True, placeholder="", column_config=_DECISION_COLUMNS, alt="Decision log"
        )
    actions = list_actions(page.store)
    if len(actions):
        st.subheader("Actions")
        st.dataframe(
            actions[list(_ACTION_COLUMNS)],
            hide_index=True,
            column_config=_ACTION_COLUMNS,
            alt="Actions",
        )
