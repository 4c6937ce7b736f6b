"""The register of complaints: the list by deadline, the chosen one with its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analytics.oversight import may
from analytics.oversight.complaints import (
    CLOSED,
    DAYS_TO_ANSWER,
    OPEN,
    Complaint,
    list_complaints,
    save_complaint,
)
from analytics.shared.wording import counted, write_day
from analytics.store import read_today
from ui.components.address import change_address
from ui.components.choosing import chosen_number
from ui.components.exporting import offer_csv
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.text import DAY_INPUT, plain
from ui.oversight.allowed import is_allowed
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page


@st.fragment
def show_complaints(page: Page) -> None:
    """The register beside the chosen complaint, or beside the form of a new one."""
    if not is_allowed(page, "read audit"):
        return
    register = list_complaints(page.store)
    asked = chosen_number("complaint")
    chosen = register[register.complaint_id == asked]
    with window_pane("oversight"):
        with fill_pane("index"):
            with pad_pane("list_head", horizontal=True):
                waiting = int(register.state.isin(OPEN).sum())
                st.markdown(f"**{counted(waiting, 'open complaint')}** of {len(register)}", width="stretch")
                offer_csv(
                    page, "CSV", register, "complaints", "export complaints", "register", type="tertiary"
                )
            with fill_pane("complaint_list"):
                show_list(
                    [_entry(row) for row in register.itertuples()],
                    key="complaints",
                    label="Complaints, open ones first by deadline",
                    chosen=None if chosen.empty else str(asked),
                    on_choose=lambda number: change_address(complaint=number),
                )
        with fill_pane("reading"), scroll_pane("reading"):
            if chosen.empty:
                st.header("Register a complaint")
                _edit(page, None, Complaint(read_today(), "", "", _due(read_today()), ""))
            else:
                row = chosen.iloc[0]
                st.header(f"Complaint {asked}")
                st.caption(
                    plain(f"Version {row.version}, saved by {row.saved_by} on {write_day(row.saved_at)}.")
                )
                _edit(page, asked, _read(row))
                st.button(
                    "Register another",
                    icon=":material/add:",
                    on_click=change_address,
                    kwargs={"complaint": None},
                )


def _entry(row) -> ListEntry:
    late = row.state in OPEN and row.due < read_today()
    marks = [ListMark(row.state, "strong" if row.state in OPEN else "")]
    if late:
        marks.append(ListMark("overdue", "against"))
    about = f"received {write_day(row.received_on)} · due {write_day(row.due)} · {row.owner}"
    return ListEntry(str(row.complaint_id), f"Complaint {row.complaint_id} · {row.about}", about, marks=marks)


def _read(row: pd.Series) -> Complaint:
    return Complaint(
        row.received_on,
        row.complainant,
        row.about,
        row.due,
        row.owner,
        row.state,
        row.outcome,
    )


def _due(received: date) -> date:
    return received + timedelta(days=DAYS_TO_ANSWER)


def _edit(page: Page, number: int | None, complaint: Complaint) -> None:
    permission = may(page.actor, "save complaint")
    if not permission:
        st.caption(plain(permission.why))
    with st.form(f"complaint-{number}", border=False):
        left, right = st.columns(2)
        received = left.date_input("Received on", complaint.received_on, format=DAY_INPUT)
        due = right.date_input("To be answered by", complaint.due, format=DAY_INPUT)
        who = left.text_input("Whose complaint, or its reference", complaint.complainant)
        owner = right.text_input("Who answers for it", complaint.owner)
        about = st.text_area("What it is about", complaint.about, height=100)
        state, outcome = complaint.state, complaint.outcome
        if number is not None:
            states = [*OPEN, *CLOSED]
            state = st.selectbox("State", states, states.index(complaint.state), format_func=str.capitalize)
            outcome = st.text_area("How it ended and why", complaint.outcome, height=80)
        if st.form_submit_button("Save", type="primary", icon=":material/save:", disabled=not permission):
            changed = replace(
                complaint,
                received_on=received,
                due=due,
                complainant=who,
                owner=owner,
                about=about,
                state=state,
                outcome=outcome,
            )
            try:
                saved = save_complaint(page.store, page.actor, changed, number)
            except ValueError as error:
                st.error(plain(error))
            else:
                change_address(complaint=str(saved))
                st.rerun()
