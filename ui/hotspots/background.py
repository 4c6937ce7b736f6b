"""Long methods: each question is worked on once in a thread, shown with its progress, and can be stopped.

The work belongs to the question, not to the session that asked it first: a page that is loaded again, or
another user with the same question, finds the running work and its answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.hotspots.catalogue import METHODS, Request, Result
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.refusal import TooFewData
from analytics.shared.progress import Progress
from analytics.store import open_store
from ui.components.work import Work, start_work, watch_work

_MOST_HELD = 32
_PATIENCE = 0.7  # seconds before the progress is shown: most answers are there by then
_Key = tuple[Path, int, str, Request]


@dataclass
class _Board:
    """Questions that are being worked on or were answered, and which sessions wait for which."""

    works: dict[_Key, Work] = field(default_factory=dict)
    waiting: dict[str, _Key] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def find_result(store: Path, version: int, method: str, request: Request) -> Result | None:
    """The answer, or None while it is being worked on or after it was stopped. Raises TooFewData."""
    key = (store, version, method, request)
    work = _work_on(key)
    work.done.wait(_PATIENCE)
    if not work.done.is_set():
        st.caption(
            "You can use the clock and the trend in the meantime. If you reload the page, this work continues."
        )
        watch_work(work, "hotspots")
        return None
    if work.failure:
        st.warning(work.failure, icon=":material/block:")
        if st.button("Run it again", icon=":material/refresh:"):
            _forget(key)
            st.rerun()
        return None
    if isinstance(work.result, TooFewData):
        raise work.result
    return work.result


def _work_on(key: _Key) -> Work:
    """The work on a question, begun where nobody has. What this session asked before is stopped, unless it is
    answered or another open page waits for it too."""
    board, session = _board(), _session()
    with board.lock:
        before = board.waiting.get(session, key)
        board.waiting[session] = key
        if before != key and before in board.works and not _waited_for(board, before):
            board.works[before].stop.set()
        if (work := board.works.get(key)) and work.stop.is_set() and before != key:
            del board.works[key]  # stopped when all had left it: whoever comes back starts again
        if key not in board.works:
            ended = [asked for asked, work in board.works.items() if work.done.is_set()]
            for asked in ended[: max(0, len(board.works) + 1 - _MOST_HELD)]:
                del board.works[asked]
            board.works[key] = start_work(f"hotspots {key[2]}", lambda progress, _: _answer(key, progress))
        return board.works[key]


def _waited_for(board: _Board, key: _Key) -> bool:
    """Whether an open page waits for it; sessions that ended are forgotten."""
    if runtime.exists():
        open_page = runtime.get_instance().is_active_session
        for session in [name for name in board.waiting if name != _session() and not open_page(name)]:
            del board.waiting[session]
    return key in board.waiting.values()


def _forget(key: _Key) -> None:
    board = _board()
    with board.lock:
        board.works.pop(key, None)


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _answer(key: _Key, progress: Progress) -> Result | TooFewData:
    store, _, method, request = key
    workspace = open_workspace(open_store(store), request.selection.area_id)
    try:
        return METHODS[method].run(workspace, request, progress)
    except TooFewData as refusal:
        return refusal


@st.cache_resource
def _board() -> _Board:
    return _Board()
