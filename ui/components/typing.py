"""Fields that answer as one types, and the way to a field: the browser side is `frontend/src/typing.ts`.

Streamlit takes a text area over when it is left. A page that shows at once what is written takes it over
whenever the writer rests."""

from __future__ import annotations

import streamlit as st

from ui.components.browser_side import declare_component

_component = declare_component("typing")
_FOCUS, _TIMES = "typing-focus", "typing-times"


def focus_on(key: str) -> None:
    """Lead to the field of the widget with this key once the page is drawn: for callbacks."""
    st.session_state[_FOCUS] = key
    st.session_state[_TIMES] = st.session_state.get(_TIMES, 0) + 1


def take_over_while_typing(pane: str) -> None:
    """Take over what is typed in the container with the key `pane`, and lead to the field asked for."""
    _component(
        key=f"typing-{pane}",
        data={
            "pane": pane,
            "focus": st.session_state.get(_FOCUS, ""),
            "times": st.session_state.get(_TIMES, 0),
        },
        height="content",
    )
