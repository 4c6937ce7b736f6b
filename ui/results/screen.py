"""The actions with what came of each as a list, and the chosen one's result beside it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from analytics.hotspots.category_harm import harm_in_force
from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.possible_victims import find_protected_nodes
from analytics.shared.wording import counted, write_day
from analytics.tasking.actions import list_actions
from analytics.tasking.effect import JUDGED, NOT_MEASURED, UNJUDGED, Effect, verdict_in_words
from analytics.tasking.exercise import mark_proposals
from analytics.tasking.result_gaps import find_network_gaps, find_place_gaps
from analytics.tasking.results import (
    OUTPUTS,
    NoPlace,
    Target,
    count_weeks,
    findings_of,
    list_results,
    measure,
    measure_connection,
    measure_structure,
)
from ui.components.address import change_address
from ui.components.choosing import chosen_number, say_not_there
from ui.components.exporting import offer_csv
from ui.components.finding_map import find_mapped, show_finding_map
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.text import plain
from ui.results.connection import show_connection
from ui.results.effect import show_early, show_effect, show_verdict
from ui.results.follow_up import ask_gaps, judge_leads, show_result_form
from ui.results.network import show_network
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page
from ui.shell.pages import page_path

_MAP_HEIGHT = 250  # pixels


@st.fragment
def show_results(page: Page) -> None:
    """The list beside the action that the link names, else the first."""
    actions = _list_actions(page)
    if actions.empty:
        st.text(
            "This page shows whether tasked actions worked. Nothing has been tasked yet. Adopt a brief with "
            "an action in the meeting, and return once new records have been imported."
        )
        st.page_link(page_path("tasking"), label="Open Briefs", icon=":material/assignment:")
        return
    asked = chosen_number("action")
    known = set(actions.action_id)
    chosen = int(actions.action_id[0]) if asked is None else asked if asked in known else None
    with window_pane("results"):
        with fill_pane("index"):
            _show_list(page, actions, chosen)
        with fill_pane("reading"):
            if chosen is None:
                with scroll_pane("reading"):
                    say_not_there(f"action {asked}")
            else:
                _show_one(page, chosen, actions.set_index("action_id").loc[chosen])


def _list_actions(page: Page) -> pd.DataFrame:
    """The standing actions with the verdict that was saved, in words, and the outputs that were counted."""
    actions = list_actions(page.store)
    actions = actions[actions.standing].drop(columns=["verdict", "verdict_reason", "outputs"])
    table = actions.merge(list_results(page.store), on="action_id", how="left", suffixes=("", "_result"))
    table["said"] = list(map(verdict_in_words, table.verdict, table.verdict_reason))
    table["done"] = [
        "; ".join(counted(row[name], one, name) for name, one in OUTPUTS.items() if row[name] > 0)
        for row in table.to_dict("records")
    ]
    return table.reset_index(drop=True)


def _show_list(page: Page, actions: pd.DataFrame, chosen: int | None) -> None:
    with pad_pane("list_head"):
        st.markdown(f"**{counted(len(actions), 'action')}** and what came of them")
    with fill_pane("action_list"):
        show_list(
            [_entry(row) for row in actions.itertuples()],
            key="results",
            label="Actions and their results",
            chosen=None if chosen is None else str(chosen),
            on_choose=lambda number: change_address(action=number),
        )
    with pad_pane("list_foot"):
        table = actions.assign(verdict=actions.said).drop(columns=["done", "verdict_reason", "said"])
        marked, mark = mark_proposals(page.store, table)
        offer_csv(page, "Results (CSV)", marked, "results", "export results", "results", mark=mark)


def _entry(row) -> ListEntry:
    verdict = row.verdict if isinstance(row.verdict, str) else NOT_MEASURED
    about = [row.owner, row.agency, f"adopted {write_day(row.adopted_at)}", row.status, row.done]
    return ListEntry(
        str(row.action_id),
        row.description,
        " · ".join(part for part in about if isinstance(part, str) and part),
        marks=[ListMark(verdict, "strong" if verdict in JUDGED else "")],
    )


@st.cache_data(max_entries=32, show_spinner="Comparing with similar places …")
def _measured(
    _page: Page, store: str, action_id: int, data_version: int, actions: int, harm: tuple[str, str] | None
):
    """Also keyed on the number of actions, because a newly tasked place is no longer a control, and on the
    harm weights."""
    return measure(_page.store, action_id)


@st.cache_data(max_entries=32, show_spinner="Comparing with similar networks …")
def _structure(_page: Page, store: str, action_id: int, data_version: int, protected: frozenset[str]):
    return measure_structure(_page.store, action_id)


@st.cache_data(max_entries=32, show_spinner="Reading the network before and after …")
def _measured_connection(
    _page: Page, store: str, action_id: int, data_version: int, protected: frozenset[str]
):
    return measure_connection(_page.store, action_id)


@st.cache_data(max_entries=32, show_spinner=False)
def _weeks(_page: Page, store: str, action_id: int, data_version: int, _target: Target) -> pd.DataFrame:
    return count_weeks(_page.store, _target)


def measure_first(page: Page) -> None:
    """Measure, for whoever opens the page next, the action that it shows without any in the link."""
    actions = _list_actions(page)
    if len(actions):
        with suppress(NoPlace, TooFewData):
            _measure(page, int(actions.action_id[0]))


def _measure(page: Page, action_id: int) -> tuple[Target, Effect]:
    """Raises NoPlace and TooFewData."""
    store = page.store
    number = len(list_actions(store))
    return _measured(page, store.path, action_id, store.data_version(), number, harm_in_force(store))


def _show_one(page: Page, action_id: int, action: pd.Series) -> None:
    """The effect at the place and in the network, the form that saves it, the leads, and open questions."""
    with pad_pane("detail_head", horizontal=True):
        st.header(plain(f"Action {action_id} · {action.description}"))
    with scroll_pane("reading"):
        contact = f"Contact: {action.contact}" if isinstance(action.contact, str) and action.contact else ""
        if isinstance(action.verdict, str):
            contact = " · ".join(filter(None, (contact, f"Saved verdict: {action.said}")))
        if contact:
            st.caption(plain(contact))
        _show_result(page, action_id)


def _show_result(page: Page, action_id: int) -> None:
    store = page.store
    verdict, gaps = NOT_MEASURED, []
    measured: dict[str, Any] = {}
    why_not: Exception | None = None
    try:
        target, effect = _measure(page, action_id)
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
        mapped = find_mapped(store, findings_of(store, action_id).finding_id.tolist())
        said, where = st.columns([1, 1], gap="medium") if mapped else (st.container(), st.container())
        with said:
            show_verdict(effect, target)
        if mapped:
            with where:
                show_finding_map(page, mapped, key="result_map", height=_MAP_HEIGHT, marked=True)
        if effect.verdict == "too early":
            show_early(_weeks(page, store.path, action_id, store.data_version(), target), target)
        else:
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
    connection = _connection(page, action_id)
    if connection:
        measured["structure"] = {
            "verdict": connection.change.verdict,
            "why": connection.change.why,
            "measures": connection.change.measures.to_dict("records"),
        }
        show_connection(page, action_id, connection)
    if why_not and not network and not connection:
        st.warning(plain(why_not), icon=":material/block:")
    show_result_form(page, action_id, verdict, measured)
    judge_leads(page, action_id)
    ask_gaps(page, action_id, gaps)


def _network(page: Page, action_id: int):
    try:
        protected = find_protected_nodes(page.store)
        return _structure(page, page.store.path, action_id, page.store.data_version(), protected)
    except TooFewData as error:
        st.warning(plain(error), icon=":material/block:")
        return None


def _connection(page: Page, action_id: int):
    try:
        protected = find_protected_nodes(page.store)
        return _measured_connection(page, page.store.path, action_id, page.store.data_version(), protected)
    except TooFewData as error:
        st.warning(plain(error), icon=":material/block:")
        return None
