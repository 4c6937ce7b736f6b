"""Long methods: each question is worked on once in a thread, shown with its progress, and can be stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from analytics.hotspots.catalogue import METHODS, Request, Result
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.refusal import TooFewData
from analytics.store import open_store
from ui.work import Progress, Work, start_work, watch_work

_MOST_HELD = 32
_PATIENCE = 0.7  # seconds before the progress is shown: most answers are there by then
_Key = tuple[Path, int, str, Request]


def find_result(store: Path, version: int, method: str, request: Request) -> Result | None:
    """The answer, or None while it is being worked on or after it was stopped. Raises TooFewData."""
    answers, key = _answers(), (store, version, method, request)
    if key not in answers:
        work = _own_work(key)
        work.done.wait(_PATIENCE)
        if not work.done.is_set():
            st.caption("The clock and the trend can be used meanwhile.")
            watch_work(work, "hotspots")
            return None
        if work.failure:
            st.warning(work.failure, icon=":material/block:")
            if st.button("Compute it again", icon=":material/refresh:"):
                del st.session_state["hotspots_work"]
                st.rerun()
            return None
        while len(answers) >= _MOST_HELD:
            answers.pop(next(iter(answers)), None)
        answers[key] = work.result
    answer = answers[key]
    if isinstance(answer, TooFewData):
        raise answer
    return answer


def _own_work(key: _Key) -> Work:
    """This session's work on the question; what it worked on before is stopped."""
    held, work = st.session_state.get("hotspots_work", (None, None))
    if held != key:
        if work is not None:
            work.stop.set()
        work = start_work(f"hotspots {key[2]}", lambda progress, _: _answer(key, progress))
        st.session_state["hotspots_work"] = key, work
    return work


def _answer(key: _Key, progress: Progress) -> Result | TooFewData:
    _, _, method, request = key
    workspace = replace(open_workspace(open_store(), request.selection.area_id), progress=progress)
    try:
        return METHODS[method].run(workspace, request)
    except TooFewData as refusal:
        return refusal


@st.cache_resource
def _answers() -> dict[_Key, Result | TooFewData]:
    return {}
