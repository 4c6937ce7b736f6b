"""The steps from findings to a brief that is ready, and which of them is on the screen."""

from __future__ import annotations

import streamlit as st

from ui.components.address import change_address, choice_of_address

FINDINGS_STEP, PROFILE_STEP, BRIEF_STEP, READY_STEP = STEPS = (
    "1 Findings",
    "2 Profile",
    "3 Brief",
    "4 Ready",
)
_STEP, _GO, _LAST, _FIRST = "step", "go-step", "last-step", "first-step"
FINDING, FOLLOWED = "finding", "finding-followed"  # in the link; and what the page has taken from it
BRIEF, NAMED_BRIEF = "brief", "brief-in-address"  # the same


def go_to_step(step: str) -> None:
    """Show this step at the next run."""
    st.session_state[_GO] = step


def choose_step() -> str:
    """The step on the screen, as the link says it. A link to a finding or a brief opens its step, and one to
    neither the step that was on the screen last."""
    if f"address-{_STEP}" not in st.session_state:  # the page has just been opened
        st.session_state[_FIRST] = st.session_state.get(_LAST, STEPS[0])
        for taken in (FOLLOWED, NAMED_BRIEF):
            st.session_state.pop(taken, None)
    if asked := st.session_state.pop(_GO, None):
        change_address(**{_STEP: asked})
    link = st.query_params
    usual = PROFILE_STEP if FINDING in link else BRIEF_STEP if BRIEF in link else st.session_state[_FIRST]
    bound = choice_of_address(_STEP, STEPS, usual)
    chosen = str(st.segmented_control("Step", STEPS, required=True, label_visibility="collapsed", **bound))
    st.session_state[_LAST] = chosen
    return chosen
