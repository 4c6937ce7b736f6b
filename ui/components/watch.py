"""What a page shows of work in the background: its progress, and the button that stops it."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.components.background import Task
from ui.components.link_memory import rerun_page


@st.fragment(run_every=1.0)  # oftener, drawing it takes time from the work it tells of
def watch_task(task: Task[Any], key: str) -> None:
    """The progress of running work, and the button that stops it; runs the page again once it has ended."""
    if task.has_ended:
        rerun_page()
    left, right = st.columns([4, 1.4], vertical_alignment="center")
    left.progress(task.share, f"{task.step} … {'stopping after this step' if task.is_stopping else ''}")
    right.button(
        "Cancel",
        icon=":material/close:",
        on_click=task.cancel,
        disabled=task.is_stopping,
        key=f"cancel-{key}",
        width="stretch",
    )


def current_session() -> str:
    """The name of the session whose script runs; '' outside one."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def is_open_session(session: str) -> bool:
    """Whether the page of a session is still open; taken to be so where no server runs."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session)
