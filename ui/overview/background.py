"""Computing the morning in the background, with the last one on show until the next is there."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics.overview.morning import Morning, read_work_state
from analytics.shared.progress import IsCancelled, Progress
from analytics.store import Store
from ui.components.background import TASKS, Kind, Task, Work
from ui.shell.page import Page

_SHOWN: dict[tuple[str, int], Morning] = {}  # by store and working area: the last that was computed


def read_morning(page: Page, area_id: int, today: date) -> tuple[Morning | None, Task[Morning]]:
    """The morning of a working area, and the work on it. While that runs, the one before stays; where there
    was none, what is there so far."""
    store = page.store
    kind = Kind(("today", store.path), maximum=8)
    subject = (area_id, store.data_version(), read_work_state(store), today)
    TASKS.discard(kind, lambda other: other[0] == area_id and other != subject)
    task = TASKS.find_or_start(kind, subject, _work(store, area_id, today))
    if task.has_succeeded:
        _SHOWN[store.path, area_id] = task.result
    return _SHOWN.get((store.path, area_id)), task


def _work(store: Store, area_id: int, today: date) -> Work[Morning]:
    def publish(morning: Morning) -> None:
        _SHOWN.setdefault((store.path, area_id), morning)

    def work(progress: Progress, cancelled: IsCancelled) -> Morning:
        # Imported in this thread: it brings the app's analyses along, and no first picture should wait.
        from analytics.overview.gather import gather_morning

        return gather_morning(store, area_id, today, progress, cancelled, publish)

    return work


@st.fragment(run_every=0.4)
def watch_morning(page: Page, area_id: int, shown: Morning | None, task: Task[Morning]) -> None:
    """How far the work is; runs the page again once there is more to show."""
    if task.has_ended or _SHOWN.get((page.store.path, area_id)) is not shown:
        st.rerun()
    st.progress(task.share, f"{task.step} …")
