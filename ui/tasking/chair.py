"""The chair's window: the agenda with who proposed what, the hours left, and notes."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.oversight import may
from analytics.shared.wording import write_day
from analytics.tasking.brief import Brief
from analytics.tasking.meeting import (
    Meeting,
    call_proposal,
    count_hours_left,
    describe_order,
    find_open_meeting,
    list_agenda,
    load_room,
    save_notes,
)
from analytics.tasking.products import list_decisions, load_product
from analytics.tasking.readiness import list_missing
from ui.components.choosing import change_link
from ui.components.link_memory import rerun_page
from ui.components.text import plain
from ui.shell.page import Page
from ui.tasking.room import find_on_table


def show_chair(page: Page) -> None:
    """Everything but the notes refreshes by itself."""
    meeting = find_open_meeting(page.store)
    if meeting is None:
        st.text("No meeting is open.")
        st.button("Open a meeting", icon=":material/groups:", on_click=change_link, kwargs={"room": None})
        return
    agenda, side = st.columns([3, 2], gap="large")
    with agenda:
        _show_agenda(page, meeting)
    with side:
        _show_notes(page, meeting)
        _show_decided(page, meeting)


@st.fragment(run_every=2)
def _show_agenda(page: Page, meeting: Meeting) -> None:
    if find_open_meeting(page.store) is None:
        rerun_page()
    waiting = list_agenda(page.store)
    left = count_hours_left(page.store, meeting)
    st.metric("Hours left", f"{left:g} of {meeting.hours_available:g}")
    if waiting.empty:
        st.success("Every proposal has its decision.", icon=":material/check:")
        return
    on_table = find_on_table(page, meeting, waiting)
    st.caption(describe_order(waiting))
    for at, row in enumerate(waiting.itertuples(), 1):
        _show_row(page, meeting, at, row, is_on_table=int(row.product_id) == on_table, left=left)


def _show_row(page: Page, meeting: Meeting, at: int, row, *, is_on_table: bool, left: float) -> None:
    number = int(row.product_id)
    brief = Brief(**load_product(page.store, number, int(row.version))["content"])
    hours, missing = brief.asked_hours(), list_missing(brief)
    score = "not scored" if pd.isna(row.priority) else f"priority {row.priority:.0f}"
    asked = "hours not said" if hours is None else f"{hours:g} hours"
    facts = [
        f"brief {number}",
        f"proposed by {row.created_by}, {write_day(row.created_at)}",
        score,
        asked + (" (more than are left)" if hours is not None and hours > left else ""),
        "ready" if not missing else f"not ready: {'; '.join(missing)}",
    ]
    if row.outcome == "deferred":
        facts.append("deferred earlier")
    with st.container(border=is_on_table, horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown(f"**{at}. {plain(row.title)}**  \n:small[{plain(' · '.join(facts))}]")
        if is_on_table:
            st.badge("On the table", icon=":material/visibility:")
        else:
            st.button(
                "Call it",
                key=f"call-{number}",
                disabled=not may(page.actor, "record decision"),
                on_click=call_proposal,
                args=(page.store, page.actor, meeting.meeting_id, number),
            )


def _show_notes(page: Page, meeting: Meeting) -> None:
    key = f"notes-{meeting.meeting_id}"
    if key not in st.session_state:
        st.session_state[key] = load_room(page.store, meeting.meeting_id).notes
    st.text_area(
        "Notes (not part of the minutes)",
        disabled=not may(page.actor, "record decision"),
        key=key,
        height=220,
        on_change=lambda: save_notes(page.store, page.actor, meeting.meeting_id, st.session_state[key]),
    )


@st.fragment(run_every=2)
def _show_decided(page: Page, meeting: Meeting) -> None:
    log = list_decisions(page.store)
    log = log[log.standing & (log.decided_at >= meeting.opened_at)]
    st.subheader("Decided today")
    if log.empty:
        st.caption("Nothing yet.")
    for row in log.itertuples():
        st.markdown(f"**{row.outcome.capitalize()}** · {plain(row.title)}  \n:small[{plain(row.reason)}]")
