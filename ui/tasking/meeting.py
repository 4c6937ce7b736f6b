"""The tasking meeting on screen: earlier actions, the next proposal, and one key for each decision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted, write_day, write_moment
from analytics.tasking.actions import TaskedAction, list_actions
from analytics.tasking.brief import Brief
from analytics.tasking.effect import verdict_in_words
from analytics.tasking.meeting import (
    Meeting,
    MeetingOpen,
    build_minutes_paper,
    close_meeting,
    count_hours_left,
    find_open_meeting,
    list_agenda,
    list_meetings,
    load_draft,
    open_meeting,
    save_draft,
    write_minutes,
)
from analytics.tasking.products import DecidedMeanwhile, list_decisions, load_product, record_decision
from analytics.tasking.readiness import list_missing
from analytics.tasking.sentence_sources import trace_product
from analytics.tasking.strategy import describe_fit, find_strategy_in_force
from ui.components.evidence import log
from ui.components.papers import offer_paper
from ui.components.text import DAY_INPUT, plain
from ui.intelligence.sentences import say_lost
from ui.shell.page import Page
from ui.tasking.actions import ACTION_COLUMNS
from ui.tasking.brief import print_brief
from ui.tasking.readiness import show_readiness

_KEYS = {"adopted": "Adopt", "amended": "Amend", "declined": "Decline", "deferred": "Defer"}
_SHORTCUTS = {"adopted": "Alt+A", "amended": "Alt+M", "declined": "Alt+D", "deferred": "Alt+F"}


def show_meeting(page: Page) -> None:
    meeting = find_open_meeting(page.store)
    if meeting is None:
        _open(page)
    else:
        _run(page, meeting)
    _show_past(page)


def _open(page: Page) -> None:
    waiting = list_agenda(page.store)
    st.text(f"No meeting is open. {counted(len(waiting), 'brief is', 'briefs are')} waiting for a decision.")
    with st.form("open_meeting"):
        chair, hours = st.columns([3, 1])
        who = chair.text_input("Chair (name and role)")
        available = hours.number_input(
            "Officer hours available",
            0.0,
            1e6,
            200.0,
            10.0,
            help="Until the next meeting. Each adopted action uses some of them.",
        )
        present = st.text_input("Also present")
        if st.form_submit_button("Open the meeting", type="primary", icon=":material/groups:"):
            try:
                open_meeting(page.store, page.actor, who, present, available)
            except (ValueError, MeetingOpen) as error:
                st.error(plain(error))
            else:
                st.rerun()


def _run(page: Page, meeting: Meeting) -> None:
    left = count_hours_left(page.store, meeting)
    waiting = list_agenda(page.store)
    heading, hours, ending = st.columns([5, 2, 2], vertical_alignment="center")
    heading.text(
        f"Meeting {meeting.meeting_id}, opened {write_moment(meeting.opened_at)} UTC. Chair: {meeting.chair}."
    )
    hours.metric("Hours left", f"{left:g} of {meeting.hours_available:g}", border=False)
    with ending.popover("Close the meeting", icon=":material/door_front:"):
        st.text(
            f"{counted(len(waiting), 'proposal is', 'proposals are')} still waiting. No decision can be "
            f"recorded in a closed meeting."
        )
        if st.button("Close it now", type="primary"):
            close_meeting(page.store, page.actor, meeting.meeting_id)
            st.rerun()
    _last_actions(page)
    before = st.session_state.get("on_the_table")
    if before is not None and before not in set(waiting.product_id):
        if before != st.session_state.pop("decided_here", None):
            _say_decided(page, before)
        del st.session_state["on_the_table"]
    if waiting.empty:
        st.success("Every brief has its decision.", icon=":material/check:")
        return
    _propose(page, meeting, waiting, left)


def _last_actions(page: Page) -> None:
    actions = list_actions(page.store)
    actions = actions[actions.standing]
    if actions.empty:
        return
    overdue = int(actions.overdue.sum())
    actions = actions.assign(verdict=list(map(verdict_in_words, actions.verdict, actions.verdict_reason)))
    with st.expander(f"Earlier actions · {len(actions)}, {overdue} overdue", expanded=overdue > 0):
        st.dataframe(
            actions[
                [
                    "action_id",
                    "description",
                    "owner",
                    "agency",
                    "contact",
                    "due",
                    "status",
                    "overdue",
                    "verdict",
                    "note",
                ]
            ],
            hide_index=True,
            placeholder="",
            height="auto" if len(actions) < 6 else 210,
            column_config=ACTION_COLUMNS
            | {
                "verdict": st.column_config.TextColumn("Did it work?", width="medium"),
                "note": st.column_config.TextColumn("Outcome", width="large"),
            },
        )


def _propose(page: Page, meeting: Meeting, waiting: pd.DataFrame, left: float) -> None:
    """The chosen proposal beside its printed page, and the decision below it."""
    in_force = find_strategy_in_force(page.store, date.today())
    about = {int(row.product_id): _line(at, row, in_force) for at, row in enumerate(waiting.itertuples(), 1)}
    side, paper = st.columns([2, 3], gap="medium")
    with side:
        chosen = st.radio(
            "Proposals in order of priority", list(about), format_func=about.__getitem__, key="on_the_table"
        )
        row = waiting.set_index("product_id").loc[chosen]
        _decide(page, meeting, chosen, int(row.version), left)
    with paper:
        say_lost(trace_product(page.store, chosen, int(row.version)))
        show_readiness(list_missing(Brief(**load_product(page.store, chosen, int(row.version))["content"])))
        pages = print_brief(page, chosen, int(row.version)).pages
        st.image(pages[0], alt=f"First page of brief {chosen}, version {row.version}")


def _say_decided(page: Page, product: int) -> None:
    """The proposal on this screen was decided on elsewhere."""
    log = list_decisions(page.store, product)
    if log.empty:
        return
    last = log.iloc[0]
    st.warning(
        f"Somebody else has decided on {plain(last.title)} meanwhile: {last.outcome}. Nothing was recorded "
        "from this screen, and your text is saved. Read the decision below. To replace it, supersede it "
        "under 'Write'.",
        icon=":material/sync_problem:",
    )


def _line(at: int, row, in_force) -> str:
    score = (
        "not scored"
        if pd.isna(row.priority)
        else f"priority {row.priority:.0f} ({row.low:.0f} to {row.high:.0f})"
    )
    serves = describe_fit(
        in_force, not pd.isna(row.priority) or row.serves is not None, row.serves, names_it=False
    ).rstrip(".")
    deferred = " · deferred earlier" if row.outcome == "deferred" else ""
    return plain(f"{at}. {row.title} · {score} · {serves}{deferred} · brief {row.product_id}")


def _decide(page: Page, meeting: Meeting, product: int, version: int, left: float) -> None:
    standing = list_decisions(page.store, product)
    standing = standing[standing.standing]
    supersedes = int(standing.decision_id.iloc[0]) if len(standing) else None
    _restore(page, meeting, product)
    saving: dict[str, Any] = {"on_change": _save_typed, "args": (page, meeting, product)}
    reason = st.text_area("Why", key=f"why-{product}", height=68, **saving)
    action = st.text_input("Action, if adopted or amended", key=f"action-{product}", **saving)
    owner, agency = st.columns(2)
    who = owner.text_input("Owner", key=f"owner-{product}", **saving)
    answers = agency.text_input("Agency that answers for it", key=f"agency-{product}", **saving)
    ask_there = st.text_input("Contact there (role, telephone or mail)", key=f"contact-{product}", **saving)
    due, hours = st.columns(2)
    until = due.date_input("Due", key=f"due-{product}", **saving, format=DAY_INPUT)
    takes = hours.number_input("Hours", 0.0, 1e6, step=5.0, key=f"hours-{product}", **saving)
    if takes > left:
        st.warning(f"This needs {counted(takes, 'hour')}; {left:g} left.", icon=":material/hourglass_bottom:")
    if action.strip() and until < date.today():
        st.warning("That date has passed: the action would be overdue at once.", icon=":material/event_busy:")
    outcome = None
    with st.container(horizontal=True):
        for name, label in _KEYS.items():
            if st.button(
                label,
                key=f"decide-{name}-{product}",
                shortcut=_SHORTCUTS[name],
                type="primary" if name == "adopted" else "secondary",
            ):
                outcome = name
    if outcome is None:
        return
    tasked = action.strip() and outcome in ("adopted", "amended")
    try:
        record_decision(
            page.store,
            page.actor,
            product,
            version,
            outcome,
            reason,
            meeting.chair,
            supersedes=supersedes,
            action=TaskedAction(action, who, until, answers, ask_there) if tasked else None,
            hours=takes if tasked else None,
            meeting_id=meeting.meeting_id,
        )
    except (DecidedMeanwhile, ValueError, KeyError) as error:
        st.error(plain(error.args[0]))
    else:
        st.session_state["decided_here"] = product
        st.rerun()


_FIELDS = ("why", "action", "owner", "agency", "contact", "due", "hours")


def _restore(page: Page, meeting: Meeting, product: int) -> None:
    """Begin with what this person typed earlier, in any browser or before the server stopped."""
    if f"why-{product}" in st.session_state:
        return
    draft = load_draft(page.store, page.actor, meeting.meeting_id, product)
    until = str(draft.get("due") or (date.today() + timedelta(days=28)).isoformat())
    empty = {"why": "", "action": "", "owner": "", "agency": "", "contact": "", "hours": 0.0}
    for field, value in (empty | draft | {"due": date.fromisoformat(until)}).items():
        st.session_state[f"{field}-{product}"] = value


def _save_typed(page: Page, meeting: Meeting, product: int) -> None:
    """Save every field when one is left, until the proposal is decided."""
    typed = {field: st.session_state[f"{field}-{product}"] for field in _FIELDS}
    typed["due"] = typed["due"].isoformat()
    save_draft(page.store, page.actor, meeting.meeting_id, product, typed)


def _show_past(page: Page) -> None:
    past = list_meetings(page.store)
    if not past:
        return
    st.subheader("Minutes")
    about = {
        m.meeting_id: f"Meeting {m.meeting_id} · {write_day(m.opened_at)}" + ("" if m.closed_at else ", open")
        for m in past
    }
    number = st.selectbox("Meeting", list(about), format_func=about.__getitem__, width=320)
    meeting = next(meeting for meeting in past if meeting.meeting_id == number)
    text = write_minutes(page.store, meeting)
    for title, body in text.items():
        st.markdown(f"**{title}**")
        st.text(body)
    offer_paper(
        page,
        build_minutes_paper(page.store, meeting),
        f"minutes-{number}",
        f"minutes-{number}",
        "export minutes",
    )
    with st.container(horizontal=True):
        decisions = list_decisions(page.store)
        st.download_button(
            "Decision log (CSV)",
            lambda: safe_csv(decisions),
            "decisions.csv",
            "text/csv",
            icon=":material/download:",
            on_click=log,
            args=(page, "export decisions", "decision log"),
        )
