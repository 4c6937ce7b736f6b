"""A decision in the meeting: what it tasks, why, a confirmation before it is recorded, and taking it back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

from analytics.oversight import may
from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import counted
from analytics.store import read_today
from analytics.tasking.actions import TaskedAction
from analytics.tasking.brief import Brief
from analytics.tasking.meeting import Meeting, count_hours_left, load_draft, save_draft
from analytics.tasking.products import DecidedMeanwhile, list_decisions, record_decision
from ui.components.act_buttons import act_button
from ui.components.text import DAY_INPUT, plain
from ui.shell.page import Page

OUTCOME_LABELS = {"adopted": "Adopt", "amended": "Amend", "declined": "Decline", "deferred": "Defer"}
_FIELDS = ("why", "action", "owner", "agency", "contact", "due", "hours", "beyond")
_TASKING = ("adopted", "amended")
_DAYS_TO_ACT = 28
_LAST = "decided_last"  # in the session: the brief decided on last, and how
DECIDED_HERE = "decided_here"


def ask_fields(page: Page, meeting: Meeting, product: int, brief: Brief, left: float) -> None:
    """Why, and the action; they begin with what this person typed earlier, else with the brief's ask.

    What is typed is stored until the proposal is decided."""
    _restore(page, meeting, product, brief)
    saving: dict[str, Any] = {"on_change": _save_typed, "args": (page, meeting, product)}
    st.text_area("Why", key=f"why-{product}", height=68, **saving)
    action = st.text_input("Action, if adopted or amended", key=f"action-{product}", **saving)
    owner, agency = st.columns(2)
    owner.text_input("Owner", key=f"owner-{product}", **saving)
    agency.text_input("Agency that answers for it", key=f"agency-{product}", **saving)
    st.text_input("Contact there (role, telephone or mail)", key=f"contact-{product}", **saving)
    due, hours = st.columns(2)
    until = due.date_input("Due", key=f"due-{product}", **saving, format=DAY_INPUT)
    takes = hours.number_input("Hours", 0.0, 1e6, step=5.0, format="%g", key=f"hours-{product}", **saving)
    if takes > left:
        st.warning(f"This needs {counted(takes, 'hour')}; {left:g} left.", icon=":material/hourglass_bottom:")
        st.text_input("Why more hours than are left", key=f"beyond-{product}", **saving)
    if action.strip() and isinstance(until, date) and until < read_today():
        st.warning("That date has passed: the action would be overdue at once.", icon=":material/event_busy:")


def record_typed(page: Page, meeting: Meeting, product: int, version: int, outcome: str) -> str:
    """Record the decision with what was typed; returns why it could not be, or ''."""
    typed = _read_typed(product)
    standing = list_decisions(page.store, product)
    standing = standing[standing.standing]
    tasked = typed["action"].strip() and outcome in _TASKING
    try:
        record_decision(
            page.store,
            page.actor,
            product,
            version,
            outcome,
            typed["why"],
            meeting.chair,
            supersedes=int(standing.decision_id.iloc[0]) if len(standing) else None,
            action=TaskedAction(*(typed[field] for field in ("action", "owner", "due", "agency", "contact")))
            if tasked
            else None,
            hours=typed["hours"] if tasked else None,
            beyond_hours=typed["beyond"],
            meeting_id=meeting.meeting_id,
        )
    except (DecidedMeanwhile, ValueError, KeyError) as error:
        return str(error.args[0])
    st.session_state[DECIDED_HERE] = product
    st.session_state[_LAST] = (meeting.meeting_id, product, version, outcome)
    return ""


def confirm_decision(
    page: Page, meeting: Meeting, product: int, version: int, brief: Brief, outcome: str
) -> None:
    """Ask why, and what is tasked; only the button at the end records it."""
    st.subheader(f"{OUTCOME_LABELS[outcome]}: {plain(brief.title)}")
    ask_fields(page, meeting, product, brief, count_hours_left(page.store, meeting))
    if act_button(
        page,
        "record decision",
        f"Record: {outcome}",
        type="primary",
        icon=":material/gavel:",
        shortcut="Ctrl+Enter",
        key="room-record",
    ):
        if refused := record_typed(page, meeting, product, version, outcome):
            st.error(plain(refused))
        else:
            st.rerun()


def offer_undo(page: Page, meeting: Meeting) -> None:
    """Offer to take back what was decided last from this screen, while it stands."""
    number, product, version, outcome = st.session_state.get(_LAST, (None, 0, 0, ""))
    if number != meeting.meeting_id:
        return
    log = list_decisions(page.store, product)
    standing = log[log.standing]
    if standing.empty or standing.outcome.iloc[0] != outcome:
        return
    act_button(
        page,
        "record decision",
        f"Take back: {outcome}",
        icon=":material/undo:",
        key="take-back",
        help=f"{plain(standing.title.iloc[0])}: a deferral supersedes the decision. Both stay in the log, "
        "and the proposal waits again.",
        on_click=_take_back,
        args=(page, meeting, product, version, int(standing.decision_id.iloc[0])),
    )


def _take_back(page: Page, meeting: Meeting, product: int, version: int, decision: int) -> None:
    reason = f"Decision {decision} was taken back in the meeting."
    try:
        record_decision(
            page.store,
            page.actor,
            product,
            version,
            "deferred",
            reason,
            meeting.chair,
            supersedes=decision,
            meeting_id=meeting.meeting_id,
        )
    except (DecidedMeanwhile, KeyError) as error:
        st.toast(plain(error.args[0]), icon=":material/sync_problem:")
    st.session_state.pop(_LAST, None)


def _restore(page: Page, meeting: Meeting, product: int, brief: Brief) -> None:
    """Begin with what this person typed earlier, in any browser or before the server stopped; else with what
    the brief asks for."""
    if f"why-{product}" in st.session_state:
        return
    draft = load_draft(page.store, page.actor, meeting.meeting_id, product)
    asked = {
        field: "" if is_unwritten(text) else text
        for field, text in (
            ("action", brief.action),
            ("owner", brief.owner),
            ("agency", brief.agency),
            ("contact", brief.contact),
        )
    }
    due = brief.due_day() or read_today() + timedelta(days=_DAYS_TO_ACT)
    begun = {
        "why": "",
        "beyond": "",
        **asked,
        "hours": brief.asked_hours() or 0.0,
        "due": due.isoformat(),
    } | draft
    for field, value in (begun | {"due": date.fromisoformat(str(begun["due"]))}).items():
        st.session_state[f"{field}-{product}"] = value


def _save_typed(page: Page, meeting: Meeting, product: int) -> None:
    """Save every field when one is left, until the proposal is decided."""
    typed = _read_typed(product)
    typed["due"] = typed["due"].isoformat()
    if not may(page.actor, "record decision"):
        return
    save_draft(page.store, page.actor, meeting.meeting_id, product, typed)


def _read_typed(product: int) -> dict[str, Any]:
    """What stands in the fields; one that is not drawn is empty."""
    return {field: st.session_state.get(f"{field}-{product}", "") for field in _FIELDS}
