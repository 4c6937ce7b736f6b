"""Responses to choose from, in the draft of a brief: proposals to keep or strike, never facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analytics.intelligence.evidence import list_evidence_tables
from analytics.intelligence.findings import load_finding
from analytics.tasking.responses import (
    KINDS,
    ChosenResponse,
    find_problem_types,
    keep_response,
    list_offered,
    list_warnings,
    read_chosen,
    read_responses,
)
from ui.components.text import plain
from ui.shell.page import Page

_KEEP, _STRIKE = "Keep", "Strike"


def choose_responses(page: Page, name: str, saved: Mapping[str, Any]) -> dict[str, Any]:
    """Offer what fits the findings of a saved brief. Returns `responses` and `struck` as they are to be
    saved: what was chosen stays in the words it was saved with. `name` is the draft's own."""
    state = f"responses-{name}"
    chosen = {response.code: response for response in read_chosen(saved.get("responses", ()))}
    if state not in st.session_state or st.session_state.get(f"forget-{name}"):
        struck = dict.fromkeys(saved.get("struck", ()), _STRIKE)
        st.session_state[state] = struck | dict.fromkeys(chosen, _KEEP)
        for key in [key for key in st.session_state if str(key).startswith(f"response-{name}-")]:
            del st.session_state[key]
    choices: dict[str, str] = st.session_state[state]
    with st.expander(
        "Responses to choose from",
        icon=":material/checklist:",
        key=f"responses-of-{name}",
        on_change="rerun",
    ) as shown:
        if shown.open:
            _offer(page, name, saved["finding_ids"], chosen, choices)
    return {
        "responses": [
            response.model_dump(mode="json") for response in _list_chosen(choices, chosen).values()
        ],
        "struck": sorted(code for code, choice in choices.items() if choice == _STRIKE),
    }


def _list_chosen(
    choices: Mapping[str, str], saved: Mapping[str, ChosenResponse]
) -> dict[str, ChosenResponse]:
    """What is marked as chosen, by code: as it was saved, or as the file has it now."""
    new = [response for response in read_responses().responses if response.is_offered]
    now = {response.code: keep_response(response) for response in new if response.code in choices}
    return {code: response for code, response in {**now, **saved}.items() if choices.get(code) == _KEEP}


def _offer(
    page: Page,
    name: str,
    finding_ids: list[int],
    saved: Mapping[str, ChosenResponse],
    choices: dict[str, str],
) -> None:
    types = read_responses().problem_types
    problems = st.multiselect(
        "Problem types",
        list(types),
        find_problem_types(
            (load_finding(page.store, number), list_evidence_tables(page.store, number))
            for number in finding_ids
        ),
        format_func=lambda code: types[code].label,
        key=f"problem-types-{name}",
        persist_state="session",
    )
    offered = {response.code: keep_response(response) for response in list_offered(problems)}
    chosen = _list_chosen(choices, saved)
    rows = offered | chosen
    undecided = sum(code not in choices for code in rows)
    st.caption(
        f"Tried elsewhere, not facts. {len(chosen)} chosen, {undecided} of {len(rows)} undecided. "
        "What is chosen is printed in the brief with its evidence and source."
    )
    if any(types[code].group != "crime" for code in problems):
        st.caption(plain(read_responses().trade_caution))
    with st.container(height=380 if len(rows) > 5 else "content", border=True):
        heading = ""
        for response in sorted(rows.values(), key=lambda row: KINDS.index(row.kind)):
            if response.kind != heading:
                heading = response.kind
                st.markdown(f"**{heading.capitalize()}**")
            _show_row(name, response, choices)
    if warnings := list_warnings(problems):
        st.warning(
            "Not offered, because it has harmed people or done nothing:\n"
            + "\n".join(f"- {plain(f'{response.what} {response.effect}')}" for response in warnings),
            icon=":material/block:",
        )


def _show_row(name: str, response: ChosenResponse, choices: dict[str, str]) -> None:
    words, choice = st.columns([5, 1], vertical_alignment="center")
    known = f"{response.describe_evidence().capitalize()} · {response.agency} · {_sources(response)}"
    words.markdown(
        f"{plain(response.what)}  \n:small[{plain(known)}]",
        help=plain(
            f"{response.effect} Needs: {response.needs} Risks: {response.risks} "
            f"Measure of success: {'; '.join(response.success)}."
        ),
    )
    key = f"response-{name}-{response.code}"
    if key not in st.session_state:
        st.session_state[key] = choices.get(response.code)
    choice.segmented_control(
        f"{response.what} Keep or strike",
        [_KEEP, _STRIKE],
        key=key,
        label_visibility="collapsed",
        persist_state="session",
        on_change=_record,
        args=(key, response.code, choices),
    )


def _record(key: str, code: str, choices: dict[str, str]) -> None:
    """Take over what was pressed; pressed again, it is undecided."""
    if st.session_state[key] is None:
        choices.pop(code, None)
    else:
        choices[code] = st.session_state[key]


def _sources(response: ChosenResponse) -> str:
    first, more = response.sources[0].partition(" (read ")[0], len(response.sources) - 1
    return f"{first} and {more} more" if more else first
