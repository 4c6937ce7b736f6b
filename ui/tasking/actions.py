"""Actions: what is due, what is overdue, and the outcome of each."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.oversight.exercise import mark_name
from analytics.shared.wording import counted
from analytics.tasking.actions import STATUSES, list_action_steps, list_actions, update_action, write_calendar
from analytics.tasking.exercise import mark_proposals
from ui.components.act_buttons import submit_act
from ui.components.audit import log
from ui.components.choosing import choose_row
from ui.components.exporting import download_button, offer_csv
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT, plain
from ui.shell.page import Page

ACTION_COLUMNS: dict[str, ColumnConfig | str | None] = {
    "action_id": st.column_config.NumberColumn("No.", width=50),
    "description": st.column_config.TextColumn("Action", width="medium"),
    "owner": "Owner",
    "agency": "Agency",
    "contact": "Contact",
    "due": st.column_config.DateColumn("Due", format=DAY_FORMAT),
    "status": "Status",
    "overdue": "Overdue",
    "hours": st.column_config.NumberColumn("Hours", format="%g"),
    "note": "Outcome",
    "title": "From brief",
    "standing": st.column_config.CheckboxColumn(
        "In force", help="Off if a later decision superseded the one behind it."
    ),
}


def show_actions(page: Page) -> None:
    actions = list_actions(page.store)
    if actions.empty:
        st.text("No action has been tasked. Adopt or amend a brief with an action, its owner and agency.")
        return
    owners = sorted(actions.owner.unique())
    owner = st.selectbox("Owner", owners, index=None, placeholder="everybody", width=320, key="actions_owner")
    shown = actions[actions.owner == owner] if owner else actions
    st.caption(
        f"{counted(len(shown), 'action')}, {int(shown.overdue.sum())} overdue. Choose one to record a step."
    )
    chosen = choose_row(
        shown[list(ACTION_COLUMNS)],
        shown.action_id,
        placeholder="",
        key="actions",
        column_config=ACTION_COLUMNS,
        alt="Actions, those still to do first, by due date",
    )
    marked, mark = mark_proposals(page.store, shown)
    with st.container(horizontal=True):
        download_button(
            page,
            "export actions",
            "Calendar (iCalendar)",
            lambda: write_calendar(shown, mark),
            mark_name("actions.ics", mark),
            "text/calendar",
            icon=":material/event:",
            on_click=log,
            args=(page, "export actions", "calendar"),
        )
        offer_csv(page, "Actions (CSV)", marked, "actions", "export actions", "table", mark=mark)
    if chosen is not None:
        _record_step(page, shown[shown.action_id == chosen].iloc[0])


def _record_step(page: Page, action) -> None:
    number = int(action.action_id)
    st.markdown(f"**Action {number}: {plain(action.description)}**")
    history = list_action_steps(page.store, number)
    if len(history):
        st.dataframe(
            history,
            hide_index=True,
            placeholder="",
            column_config={
                "status": "Status",
                "note": st.column_config.TextColumn("Outcome", width="large"),
                "recorded_by": "By",
                "recorded_at": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT),
            },
        )
    with st.form(f"step-{number}-{len(history)}"):
        status = st.segmented_control("Status", STATUSES, default=action.status, required=True)
        note = st.text_input("What was done, or why it was not")
        if submit_act(page, "update action", "Record the step", icon=":material/save:"):
            try:
                update_action(page.store, page.actor, number, status, note)
            except ValueError as error:
                st.error(plain(error))
            else:
                st.rerun()
