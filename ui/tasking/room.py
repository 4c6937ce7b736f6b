"""The meeting on the wall: one proposal in large type with its map, the decision keys always in sight."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import streamlit as st

from analytics.oversight import may
from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import write_day
from analytics.tasking.brief import Brief
from analytics.tasking.citations import MARK
from analytics.tasking.exercise import rests_on_exercise
from analytics.tasking.meeting import (
    Meeting,
    call_proposal,
    count_hours_left,
    find_open_meeting,
    list_agenda,
    load_room,
)
from analytics.tasking.products import list_decisions, load_product
from analytics.tasking.readiness import find_missing
from ui.components.audit import log_once
from ui.components.choosing import change_link
from ui.components.finding_map import find_mapped, show_finding_map
from ui.components.fullscreen import offer_full_screen
from ui.components.link_memory import rerun_page
from ui.components.pictures import show_picture
from ui.components.text import plain
from ui.shell.layout import fill_pane, scroll_pane, window_pane
from ui.shell.page import Page
from ui.tasking.brief import print_brief
from ui.tasking.decide import OUTCOME_LABELS, confirm_decision, offer_undo

_STYLE = Path(__file__).with_name("room.css")
_KEYS = {"adopted": "A", "amended": "M", "declined": "D", "deferred": "F"}
_SPACE = re.compile(r"\s+([.,;])")
_SEEN = "room_seen"  # in the session: what this screen last drew of what the screens share


def show_room(page: Page) -> None:
    """The proposal on the table; it follows whatever another screen of the meeting calls or decides."""
    st.html(_STYLE)
    meeting = find_open_meeting(page.store)
    if meeting is None:
        st.header("No meeting is open")
        _offer_way_out("Open a meeting")
        return
    waiting = list_agenda(page.store)
    st.session_state[_SEEN] = read_signature(page, meeting)
    _follow(page, meeting)
    if waiting.empty:
        st.header("Every proposal has its decision")
        offer_undo(page, meeting)
        _offer_way_out("Leave room mode")
        return
    product = find_on_table(page, meeting, waiting)
    row = waiting.set_index("product_id").loc[product]
    brief = Brief(**load_product(page.store, product, int(row.version))["content"])
    log_once(page, "read product", f"product {product} version {row.version}")
    with window_pane("room"):
        _show_place(page, product, int(row.version), brief)
        with scroll_pane("proposal"):
            _show_proposal(page, meeting, waiting, product, brief)
    _show_foot(page, meeting, waiting, product, int(row.version), brief)


def find_on_table(page: Page, meeting: Meeting, waiting: pd.DataFrame) -> int:
    """The proposal that was called, or the first that waits."""
    called = load_room(page.store, meeting.meeting_id).product_id
    listed = waiting.product_id.tolist()
    return called if called is not None and called in listed else int(listed[0])


def read_signature(page: Page, meeting: Meeting) -> tuple[object, ...]:
    """What the screens of a meeting share, to see whether it has changed."""
    room = load_room(page.store, meeting.meeting_id)
    last = list_decisions(page.store).decision_id.max()
    still_open = find_open_meeting(page.store) is not None
    return room.product_id, last if pd.notna(last) else 0, still_open, len(list_agenda(page.store))


@st.fragment(run_every=2)
def _follow(page: Page, meeting: Meeting) -> None:
    """Draw the screen again when another one has called or decided."""
    if read_signature(page, meeting) != st.session_state.get(_SEEN):
        rerun_page()


def _show_place(page: Page, product: int, version: int, brief: Brief) -> None:
    """The map of the first finding that has a place; without one, the brief as it prints."""
    found = find_mapped(page.store, brief.finding_ids)
    if found is None:
        with scroll_pane("picture"):
            pages = print_brief(page, product, version).pages
            show_picture(pages[0], f"First page of brief {product}, version {version}", "stretch")
        return
    with fill_pane("map"):
        show_finding_map(page, found, key="room_map")


def _show_proposal(page: Page, meeting: Meeting, waiting: pd.DataFrame, product: int, brief: Brief) -> None:
    at = waiting.product_id.tolist().index(product)
    row, left = waiting.iloc[at], count_hours_left(page.store, meeting)
    score = "not scored" if pd.isna(row.priority) else f"priority {row.priority:.0f}"
    exercise = "EXERCISE · " if rests_on_exercise(page.store, brief.finding_ids, brief.report_ids) else ""
    st.caption(
        f"{exercise}Proposal {at + 1} of {len(waiting)} · {score} · "
        f"{left:g} of {meeting.hours_available:g} hours left"
    )
    st.header(plain(brief.title))
    with st.container(key="room_ask", gap="small"):
        st.markdown(
            f"**{_said(brief.action)}**"
            if not is_unwritten(brief.action)
            else "*No action is asked for yet.*"
        )
        st.markdown(_describe_ask(brief, left))
    missing = find_missing(brief)
    if missing:
        st.warning(
            f"Not ready: {plain('; '.join(part.words for part in missing))}.",
            icon=":material/pending_actions:",
        )
    for title, text in (
        ("What", brief.what),
        ("Why now", brief.why_now),
        ("When", brief.when),
        ("How sure", brief.how_sure),
        ("Would also be explained by", brief.alternatives),
        ("Risks", brief.risks),
        ("Victims' safety", brief.victims_safety),
    ):
        if not is_unwritten(text):
            st.subheader(title)
            st.markdown(_said(text))


def _describe_ask(brief: Brief, left: float) -> str:
    """Owner, hours against those left, and the day, in a line."""
    hours, due = brief.asked_hours(), brief.due_day()
    over = hours is not None and hours > left
    parts = [
        _said(brief.owner) if not is_unwritten(brief.owner) else "no owner yet",
        "hours not said" if hours is None else f"{hours:g} hours" + (f", of {left:g} left" if over else ""),
        "no day said" if due is None else f"by {write_day(due)}",
    ]
    return " · ".join(parts)


def _said(text: str) -> str:
    """A part of a brief without its marks of sources, line by line."""
    lines = (_SPACE.sub(r"\1", MARK.sub("", line)).strip() for line in text.split("\n"))
    return "  \n".join(plain(line) for line in lines if line)


def _show_foot(
    page: Page, meeting: Meeting, waiting: pd.DataFrame, product: int, version: int, brief: Brief
) -> None:
    listed = waiting.product_id.tolist()
    at = listed.index(product)
    with st.container(key="room_foot", horizontal=True, wrap=False, vertical_alignment="center"):
        for outcome, label in OUTCOME_LABELS.items():
            if st.button(
                label,
                key=f"room-{outcome}",
                shortcut=_KEYS[outcome],
                type="primary" if outcome == "adopted" else "secondary",
            ):
                _confirm(page, meeting, product, version, brief, outcome)
        st.space("stretch")
        offer_undo(page, meeting)
        for label, key, to in (("Previous", "Left", at - 1), ("Next", "Right", at + 1)):
            st.button(
                label,
                key=f"room-{label}",
                shortcut=key,
                disabled=not 0 <= to < len(listed) or not may(page.actor, "record decision"),
                on_click=call_proposal,
                args=(page.store, page.actor, meeting.meeting_id, listed[min(max(to, 0), len(listed) - 1)]),
            )
        offer_full_screen("room_full_screen")
        _offer_way_out("Leave")


def _offer_way_out(label: str) -> None:
    st.button(
        label,
        icon=":material/close_fullscreen:",
        type="tertiary",
        on_click=change_link,
        kwargs={"room": None},
    )


@st.dialog("Record the decision", width="medium")
def _confirm(page: Page, meeting: Meeting, product: int, version: int, brief: Brief, outcome: str) -> None:
    confirm_decision(page, meeting, product, version, brief, outcome)
