"""The list of actions with what came of each, and what is shown of the chosen one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from analytics.hotspots.refusal import TooFewData
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted
from analytics.tasking.actions import list_actions
from analytics.tasking.effect import NOT_MEASURED, UNJUDGED, verdict_in_words
from analytics.tasking.result_gaps import find_network_gaps, find_place_gaps
from analytics.tasking.results import (
    OUTPUTS,
    NoPlace,
    harm_in_force,
    list_results,
    measure,
    measure_structure,
)
from ui.components.choosing import change_link, chosen_number, tick_row
from ui.components.evidence import log
from ui.components.text import DAY_FORMAT, plain
from ui.results.effect import show_effect
from ui.results.follow_up import ask_gaps, judge_leads, show_result_form
from ui.results.network import show_network
from ui.shell.page import Page
from ui.shell.pages import page_path

_COLUMNS = {
    "action_id": st.column_config.NumberColumn("No.", width=50),
    "description": st.column_config.TextColumn("Action", width="large"),
    "owner": "Owner",
    "agency": "Agency",
    "contact": "Contact",
    "adopted_at": st.column_config.DatetimeColumn("Adopted (UTC)", format=DAY_FORMAT),
    "status": "Status",
    "verdict": st.column_config.TextColumn("Verdict saved", width="medium"),
    "done": st.column_config.TextColumn("Outputs", width="medium"),
}


_CHOSEN = "result-of-action"


def _asked() -> int | None:
    """The action that the link names, once: from then on the table chooses."""
    number = chosen_number("action")
    if number is not None:
        st.session_state[_CHOSEN] = number
        change_link(action=None)
    return number


def show_results(page: Page) -> int | None:
    """The actions with their results; returns the chosen one, or None where there is none."""
    actions = list_actions(page.store)
    actions = actions[actions.standing].drop(columns=["verdict", "verdict_reason", "outputs"])
    if actions.empty:
        st.text(
            "This page shows whether tasked actions worked. Nothing has been tasked yet. Adopt a brief with "
            "an action in the meeting, and return once new records have been imported."
        )
        st.page_link(page_path("tasking"), label="Open Briefs", icon=":material/assignment:")
        return None
    table = actions.merge(list_results(page.store), on="action_id", how="left", suffixes=("", "_result"))
    table["verdict"] = list(map(verdict_in_words, table.verdict, table.verdict_reason))
    table["done"] = [
        "; ".join(counted(row[name], one, name) for name, one in OUTPUTS.items() if row[name] > 0)
        for row in table.to_dict("records")
    ]
    chosen = _asked() or st.session_state.get(_CHOSEN)
    if chosen not in table.action_id.tolist():
        chosen = int(table.action_id[0])
    tick_row(
        table[
            [
                "action_id",
                "description",
                "owner",
                "agency",
                "contact",
                "adopted_at",
                "status",
                "verdict",
                "done",
            ]
        ],
        table.action_id,
        chosen,
        lambda number: st.session_state.update({_CHOSEN: number}),
        placeholder="",
        key="results",
        column_config=_COLUMNS,
        alt="Actions and their results",
    )
    st.download_button(
        "Results (CSV)",
        lambda: safe_csv(table.drop(columns=["done", "verdict_reason"])),
        "results.csv",
        "text/csv",
        icon=":material/download:",
        on_click=log,
        args=(page, "export results", "results"),
    )
    return chosen


@st.cache_data(max_entries=32, show_spinner="Comparing with similar places …")
def _measured(
    _page: Page, store: str, action_id: int, data_version: int, actions: int, harm: tuple[str, str] | None
):
    """Also keyed on the number of actions, because a newly tasked place is no longer a control, and on the
    harm weights."""
    return measure(_page.store, action_id)


@st.cache_data(max_entries=32, show_spinner="Comparing with similar networks …")
def _structure(_page: Page, store: str, action_id: int, data_version: int):
    return measure_structure(_page.store, action_id)


def show_one(page: Page, action_id: int) -> None:
    """The effect at the place and in the network, the form that saves it, the leads, and open questions."""
    store, actions = page.store, list_actions(page.store)
    st.subheader(plain(f"Action {action_id} · {actions.set_index('action_id').description[action_id]}"))
    verdict, gaps = NOT_MEASURED, []
    measured: dict[str, Any] = {}
    why_not: Exception | None = None
    try:
        target, effect = _measured(
            page, store.path, action_id, store.data_version(), len(actions), harm_in_force(store)
        )
    except NoPlace as error:
        why_not = error
    except TooFewData as error:
        why_not, verdict, measured["why"] = error, UNJUDGED, str(error)
    else:
        verdict, measured["why"] = effect.verdict, effect.why
        measured["place"] = {
            "why": effect.why,
            "parameters": asdict(effect.parameters),
            "baselines": effect.baselines.to_dict("records"),
            "checks": effect.checks.to_dict("records"),
        }
        gaps += find_place_gaps(effect, target.label)
        show_effect(page, effect, target)
    network = _network(page, action_id)
    if network:
        record, change = network
        if verdict in (NOT_MEASURED, UNJUDGED) and change.verdict != NOT_MEASURED:
            verdict, measured["why"] = change.verdict, change.why
        measured["network"] = {
            "why": change.why,
            "turnover": change.turnover.to_dict("records"),
            "structure": change.structure.to_dict("records"),
        }
        gaps += find_network_gaps(change)
        show_network(page, action_id, record, change)
    elif why_not:
        st.warning(plain(why_not), icon=":material/block:")
    show_result_form(page, action_id, verdict, measured)
    judge_leads(page, action_id)
    ask_gaps(page, action_id, gaps)


def _network(page: Page, action_id: int):
    try:
        return _structure(page, page.store.path, action_id, page.store.data_version())
    except TooFewData as error:
        st.warning(plain(error), icon=":material/block:")
        return None
