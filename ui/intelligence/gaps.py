"""A gap of the Achilles grid turned into collection: a requirement, and where it needs officers a proposal
for the meeting."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from analytics.intelligence.collection import draft_gap_question
from analytics.intelligence.requirements import Requirement, save_requirement
from analytics.store import read_today
from analytics.tasking.collection_proposal import propose_collection
from analytics.tasking.strategy import find_strategy_in_force
from ui.components.act_buttons import submit_act
from ui.components.text import DAY_INPUT, plain
from ui.shell.page import Page
from ui.shell.pages import page_path


def ask_for_gap(page: Page, domain: str, stage: str) -> None:
    """The form that asks for what a cell of the grid leaves unknown."""
    st.markdown("**Ask for what it leaves unknown**")
    strategy = find_strategy_in_force(page.store, read_today())
    priorities = [item.title for item in strategy[2].priorities] if strategy else []
    with st.form(f"gap-{domain}-{stage}"):
        question = st.text_area("What is to be found out?", draft_gap_question(domain, stage), height=70)
        serves = st.selectbox(
            "Serves which priority",
            priorities,
            index=None,
            accept_new_options=True,
            placeholder="none",
            help="Of the control strategy in force."
            if strategy
            else "No control strategy is in force: type one, or leave it.",
        )
        left, right = st.columns(2)
        owner = left.text_input("Owner: who finds out")
        due = right.date_input("Due", read_today() + timedelta(days=28), format=DAY_INPUT)
        propose = st.checkbox("Put it before the meeting as a proposal too, for it takes officers' time")
        if submit_act(page, "save requirement", "Ask for it", type="primary", icon=":material/send:"):
            _save(page, Requirement(question, owner, due, serves, stage, domain), propose)
    if saved := st.session_state.get("gap_saved"):
        requirement, proposal = saved
        st.success(
            f"Requirement {requirement} is open"
            + (f", and proposal {proposal} waits for the meeting." if proposal else ".")
        )
        if proposal:
            st.page_link(
                page_path("tasking"),
                label="Complete the proposal on Briefs",
                icon=":material/assignment:",
                query_params={"brief": str(proposal)},
            )


def _save(page: Page, asked: Requirement, propose: bool) -> None:
    try:
        requirement = save_requirement(page.store, page.actor, asked)
        proposal = propose_collection(page.store, page.actor, requirement) if propose else None
    except ValueError as error:
        st.error(plain(error))
        return
    st.session_state["gap_saved"] = (requirement, proposal)
    st.rerun()
