"""The questions that the Hotspots page begins with, and the methods that answer each."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.hotspots.catalogue import GROUPS, METHODS, Method
from ui.components.address import change_address, read_choice

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "Where is most?": ("count", "concentration", "beats", "rates"),
    "More than chance?": ("hotspot-areas", "gi-star", "moran", "risk"),
    "What is new?": ("change", "density-change", "emerging", "before-after"),
    "Where exactly?": ("streets", "density", "clusters", "series", "linked-series", "anchor-area"),
    "When?": ("clock", "trend", "near-repeats"),
    "What next?": ("forecast", "backtest"),
}
COMPARE, FOLLOWED = "Compare", "Followed"
FIRST_METHOD = "count"  # without any in the link
_ASKS = {method: question for question, methods in QUESTIONS.items() for method in methods}


def choose_question(notes: DeltaGenerator) -> tuple[str, Method | None]:
    """One of the questions with the method that answers it, or Compare or Followed with None, as the link
    says: by the method's name, or in links of before by its group and title."""
    view = st.query_params.get("view")
    if view in (COMPARE, FOLLOWED):
        question, method = view, None
    else:
        usual = _method_of_old_link() or FIRST_METHOD
        method = METHODS[read_choice("method", METHODS, usual, notes=notes)]
        question = _ASKS[method.name]
    st.session_state["asked-question"] = question
    st.segmented_control(
        "Question",
        [*QUESTIONS, COMPARE, FOLLOWED],
        key="asked-question",
        required=True,
        label_visibility="collapsed",
        on_change=_take_question,
    )
    return question, method


def choose_method(question: str, method: Method) -> None:
    """The methods that answer a question, by name, with the one in use marked."""
    st.session_state["asked-method"] = method.name
    st.pills(
        "Method",
        QUESTIONS[question],
        format_func=lambda name: METHODS[name].title,
        key="asked-method",
        required=True,
        label_visibility="collapsed",
        on_change=lambda: _open_method(st.session_state["asked-method"]),
    )


def _take_question() -> None:
    question = st.session_state["asked-question"]
    if question in QUESTIONS:
        _open_method(QUESTIONS[question][0])
    else:
        change_address(view=question, method=None)


def _open_method(name: str) -> None:
    old = {key: None for key in st.query_params if key.startswith("method-")}
    change_address(**old, view=None, method=None if name == FIRST_METHOD else name)


def _method_of_old_link() -> str | None:
    """The method that a link of before names: `view` the group, `method-GROUP` the title."""
    group = st.query_params.get("view")
    if group not in GROUPS:
        return None
    names = [name for name, method in METHODS.items() if method.group == group]
    title = st.query_params.get(f"method-{group.lower().replace(' ', '-')}")
    return next((name for name in names if METHODS[name].title == title), names[0])
