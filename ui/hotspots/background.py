"""Long hotspot methods: each question is worked on once, shown with its progress, and can be stopped."""

from __future__ import annotations

import streamlit as st

from analytics.hotspots.catalogue import METHODS, Request, Result
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.refusal import TooFewData
from analytics.shared.progress import IsCancelled, Progress
from analytics.store import open_store
from ui.components.background import TASKS, Kind
from ui.components.watch import current_session, is_open_session, watch_task

_PATIENCE = 0.7  # seconds before the progress is shown: most answers are there by then
_METHODS = Kind("hotspots", refusals=(TooFewData,))


def find_result(store: str, version: int, method: str, request: Request) -> Result | None:
    """The answer, or None while it is being worked on or after it was stopped. Raises TooFewData."""

    def answer(progress: Progress, _: IsCancelled) -> Result:
        workspace = open_workspace(open_store(store), request.selection.area_id)
        return METHODS[method].run(workspace, request, progress)

    subject = (store, version, method, request)
    task = TASKS.ask(_METHODS, subject, answer, session=current_session(), is_open=is_open_session)
    if not task.wait(_PATIENCE):
        st.caption(
            "You can use the clock and the trend in the meantime. "
            "If you reload the page, this work continues."
        )
        watch_task(task, "hotspots")
        return None
    if task.refusal:
        raise task.refusal
    if task.failure:
        st.warning(task.failure, icon=":material/block:")
        if st.button("Run it again", icon=":material/refresh:"):
            TASKS.forget(_METHODS, subject)
            st.rerun()
        return None
    return task.result
