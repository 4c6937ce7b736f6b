"""The steps from findings to a brief that is ready, and which of them is on the screen."""

from __future__ import annotations

import streamlit as st

from ui.components.choosing import explain_stale_link

FINDINGS_STEP, PROFILE_STEP, BRIEF_STEP, READY_STEP = STEPS = (
    "1 Findings",
    "2 Profile",
    "3 Brief",
    "4 Ready",
)
_KEY, _GO, _LAST = "step", "go-step", "last-step"


def go_to_step(step: str) -> None:
    """Show this step at the next run."""
    st.session_state[_GO] = step


def choose_step() -> str:
    """The step on the screen; it is part of the link. A link to a brief opens its step."""
    if _KEY not in st.session_state and _KEY not in st.query_params:
        former = BRIEF_STEP if "brief" in st.query_params else STEPS[0]
        st.session_state.setdefault(_GO, st.session_state.get(_LAST, former))
    if asked := st.session_state.pop(_GO, None):
        st.session_state[_KEY] = asked
    explain_stale_link(_KEY, STEPS)
    chosen: str | None = st.segmented_control(
        "Step",
        STEPS,
        default=None if _KEY in st.session_state else STEPS[0],
        key=_KEY,
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    st.session_state[_LAST] = chosen or STEPS[0]
    return chosen or STEPS[0]
