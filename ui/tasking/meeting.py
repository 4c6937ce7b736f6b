"""The tasking meeting on screen: earlier actions, the next proposal, and one key for each decision."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.shared.wording import counted, write_day, write_moment
from analytics.store import read_today
from analytics.tasking.actions import list_actions
from analytics.tasking.brief import Brief
from analytics.tasking.effect import verdict_in_words
from analytics.tasking.exercise import mark_proposals
from analytics.tasking.meeting import (
    Meeting,
    MeetingOpen,
    build_minutes_paper,
    close_meeting,
    count_hours_left,
    describe_order,
    find_open_meeting,
    list_agenda,
    list_meetings,
    open_meeting,
    write_minutes,
)
from analytics.tasking.products import list_decisions, load_product
from analytics.tasking.readiness import list_missing
from analytics.tasking.sentence_sources import trace_product
from analytics.tasking.strategy import Strategy, describe_fit, find_strategy_in_force
from ui.components.act_buttons import act_button, submit_act
from ui.components.audit import log_once
from ui.components.choosing import change_link
from ui.components.exporting import offer_csv
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.papers import offer_paper
from ui.components.pictures import show_picture
from ui.components.text import plain
from ui.intelligence.sentences import say_lost
from ui.shell.page import Page
from ui.tasking.actions import ACTION_COLUMNS
from ui.tasking.brief import print_brief
from ui.tasking.decide import DECIDED_HERE, OUTCOME_LABELS, ask_fields, offer_undo, record_typed
from ui.tasking.readiness import show_readiness

_ON_THE_TABLE = "on_the_table"  # in the session: the proposal that this screen shows
_LIST_HEIGHT = 236  # pixels
_CARD_HEIGHT = 78
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
            format="%g",
            help="Until the next meeting. Each adopted action uses some of them.",
        )
        present = st.text_input("Also present")
        if submit_act(page, "open meeting", "Open the meeting", type="primary", icon=":material/groups:"):
            try:
                open_meeting(page.store, page.actor, who, present, available)
            except (ValueError, MeetingOpen) as error:
                st.error(plain(error))
            else:
                st.rerun()


def _run(page: Page, meeting: Meeting) -> None:
    left = count_hours_left(page.store, meeting)
    waiting = list_agenda(page.store)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(
            f"Meeting {meeting.meeting_id}, opened {write_moment(meeting.opened_at)} UTC. "
            f"Chair: {meeting.chair}.",
            width="stretch",
        )
        st.markdown(f"**{left:g}** of {meeting.hours_available:g} hours left", width="content")
        st.button(
            "Room mode",
            icon=":material/present_to_all:",
            help="One proposal fills the screen; A, M, D and F decide, the arrows lead on.",
            on_click=change_link,
            kwargs={"room": "1"},
        )
        st.link_button(
            "Chair's window",
            "/meeting?room=chair",
            icon=":material/event_seat:",
            help="The agenda, the hours left and notes in a window of its own.",
        )
        with st.popover("Close the meeting", icon=":material/door_front:"):
            _offer_end(page, meeting, len(waiting))
    offer_undo(page, meeting)
    _last_actions(page)
    before = st.session_state.get(_ON_THE_TABLE)
    if before is not None and before not in set(waiting.product_id):
        if before != st.session_state.pop(DECIDED_HERE, None):
            _say_decided(page, before)
        del st.session_state[_ON_THE_TABLE]
    if waiting.empty:
        st.success("Every brief has its decision.", icon=":material/check:")
        return
    _propose(page, meeting, waiting, left)


def _offer_end(page: Page, meeting: Meeting, waiting: int) -> None:
    st.text(
        f"{counted(waiting, 'proposal is', 'proposals are')} still waiting. No decision can be recorded in a "
        "closed meeting."
    )
    if act_button(page, "close meeting", "Close it now", type="primary"):
        close_meeting(page.store, page.actor, meeting.meeting_id)
        st.rerun()


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
    chosen = st.session_state.setdefault(_ON_THE_TABLE, int(waiting.product_id[0]))
    side, paper = st.columns([2, 3], gap="medium")
    with side:
        _show_agenda(page, waiting, chosen)
        row = waiting.set_index("product_id").loc[chosen]
        _decide(page, meeting, chosen, int(row.version), left)
    with paper:
        say_lost(trace_product(page.store, chosen, int(row.version)))
        show_readiness(list_missing(Brief(**load_product(page.store, chosen, int(row.version))["content"])))
        pages = print_brief(page, chosen, int(row.version)).pages
        show_picture(pages[0], f"First page of brief {chosen}, version {row.version}", "content")


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


def _show_agenda(page: Page, waiting: pd.DataFrame, chosen: int) -> None:
    order = describe_order(waiting)
    in_force = find_strategy_in_force(page.store, read_today())
    st.markdown(f"**{order}**")
    show_list(
        [_entry(at, row, in_force) for at, row in enumerate(waiting.itertuples(), 1)],
        key="agenda",
        label=order,
        chosen=str(chosen),
        on_choose=lambda number: st.session_state.update({_ON_THE_TABLE: int(number)}),
        height=min(_LIST_HEIGHT, _CARD_HEIGHT * len(waiting)),
    )


def _entry(at: int, row, in_force: tuple[int, int, Strategy] | None) -> ListEntry:
    is_scored = not pd.isna(row.priority)
    serves = describe_fit(in_force, is_scored or row.serves is not None, row.serves, names_it=False)
    marks = ((not is_scored, "not scored"), (row.outcome == "deferred", "deferred earlier"))
    return ListEntry(
        str(row.product_id),
        row.title,
        f"{serves.rstrip('.')} · brief {row.product_id}",
        marks=[ListMark(words) for is_so, words in marks if is_so],
        figure=f"{row.priority:.0f}" if is_scored else "",
        beside=f"{row.low:.0f} to {row.high:.0f}" if is_scored else "",
        number=at,
    )


def _decide(page: Page, meeting: Meeting, product: int, version: int, left: float) -> None:
    brief = Brief(**load_product(page.store, product, version)["content"])
    log_once(page, "read product", f"product {product} version {version}")
    ask_fields(page, meeting, product, brief, left)
    outcome = None
    with st.container(horizontal=True):
        for name, label in OUTCOME_LABELS.items():
            if st.button(
                label,
                key=f"decide-{name}-{product}",
                shortcut=_SHORTCUTS[name],
                type="primary" if name == "adopted" else "secondary",
            ):
                outcome = name
    if outcome is None:
        return
    if refused := record_typed(page, meeting, product, version, outcome):
        st.error(plain(refused))
    else:
        st.rerun()


def _show_past(page: Page) -> None:
    past = list_meetings(page.store)
    if not past:
        return
    st.header("Minutes")
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
    marked, mark = mark_proposals(page.store, list_decisions(page.store))
    offer_csv(
        page,
        "Decision log (CSV)",
        marked,
        "decisions",
        "export decisions",
        "decision log",
        mark=mark,
    )
