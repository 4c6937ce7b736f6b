"""Computing the morning in the background, with the last one on show until the next is there."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics.overview.morning import Morning, read_work_state
from analytics.shared.progress import IsCancelled, Progress
from analytics.store import Store
from ui.components.background import TASKS, Kind, Task, Work
from ui.components.link_memory import rerun_page
from ui.shell.page import Page

ALARM_RATES = {"one a month": 1.0, "two a month": 2.0, "one a week": 365.25 / 12 / 7}  # false alarms a month
ALARMS = "alarms"  # of the link: the rate that is chosen
_SHOWN: dict[tuple[str, int, str], Morning] = {}  # by store, area and alarm rate: the last that was computed


def chosen_rate() -> str:
    """The alarm rate of the link, else the first."""
    asked = st.query_params.get(ALARMS, "")
    return asked if asked in ALARM_RATES else next(iter(ALARM_RATES))


def read_morning(page: Page, area_id: int, today: date) -> tuple[Morning | None, Task[Morning]]:
    """The morning of a working area, and the work on it. While that runs, the one before stays; where there
    was none, what is there so far.

    Work that has begun goes on to its end, also where the data or the unit's work have changed meanwhile;
    only then the next begins. Where several people work at once something changes every few seconds: if each
    change stopped the work before, nobody would see a morning."""
    store, rate = page.store, chosen_rate()
    kind = Kind(("today", store.path), maximum=8)
    asked = (area_id, rate)
    subject = (asked, store.data_version(), read_work_state(store), today)
    task = TASKS.find_running(kind, lambda other: other[0] == asked) or TASKS.find_or_start(
        kind, subject, _work(store, area_id, today, rate)
    )
    if task.has_succeeded:  # also where the state has gone back to one before
        _SHOWN[store.path, area_id, rate] = task.result
    return _SHOWN.get((store.path, area_id, rate)), task


def _work(store: Store, area_id: int, today: date, rate: str) -> Work[Morning]:
    shown = store.path, area_id, rate

    def publish(morning: Morning) -> None:
        _SHOWN.setdefault(shown, morning)

    def work(progress: Progress, cancelled: IsCancelled) -> Morning:
        # Imported in this thread: it brings the app's analyses along, and no first picture should wait.
        from analytics.overview.gather import gather_morning

        morning = gather_morning(store, area_id, today, progress, cancelled, publish, ALARM_RATES[rate])
        _SHOWN[shown] = morning
        return morning

    return work


@st.fragment(run_every=1.0)  # oftener, drawing it takes time from the work it tells of
def watch_morning(page: Page, area_id: int, shown: Morning | None, task: Task[Morning]) -> None:
    """How far the work is; runs the page again once there is more to show."""
    if task.has_ended or _SHOWN.get((page.store.path, area_id, chosen_rate())) is not shown:
        rerun_page()
    st.progress(task.share, f"{task.step} …")
