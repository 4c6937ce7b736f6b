"""The indicators that are phrases, looked for once in all adverts: at once where there are few, else in the
background with progress and Cancel."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.adverts.indicator_hits import find_phrase_hits
from analytics.adverts.indicators import IndicatorFile
from analytics.shared.progress import IsCancelled, Progress
from analytics.store import Store
from ui.components.background import TASKS, Kind, Task
from ui.components.watch import watch_task

_FEW = 50_000  # adverts that are searched within seconds
_PHRASES = Kind("phrase indicators", maximum=2)


def takes_long(content: tuple[int, int]) -> bool:
    """Whether there are so many adverts that the search runs in the background, with Cancel."""
    return content[0] > _FEW


def ensure_phrase_hits(store: Store, content: tuple[int, int], file: IndicatorFile) -> bool:
    """Whether `read_phrase_hits` has what the page needs; draws the run, or the button that
    starts it, where it has not yet."""
    if not takes_long(content):
        return True
    task = _find_or_start(store, content, file)
    if not task.has_ended:
        watch_task(task, "indicators")
    elif task.failure:
        st.info(task.failure, icon=":material/block:")
        st.button(
            "Look for indicators",
            icon=":material/search:",
            key="look_for_indicators",
            type="primary",
            on_click=_forget,
            args=(store, content, file),
        )
    return task.has_succeeded


def read_phrase_hits(store: Store, content: tuple[int, int], file: IndicatorFile) -> pd.DataFrame:
    """The phrase indicators of all adverts, as `find_phrase_hits` gives them. Raises RuntimeError where the
    search failed."""
    task = _find_or_start(store, content, file)
    if not task.has_ended:
        with st.spinner("Looking for indicators in every advert …"):
            task.wait()
    if task.failure:
        _forget(store, content, file)
    return task.result


def _find_or_start(store: Store, content: tuple[int, int], file: IndicatorFile) -> Task[pd.DataFrame]:
    def work(progress: Progress, cancelled: IsCancelled) -> pd.DataFrame:
        return find_phrase_hits(store, file, progress, cancelled)

    return TASKS.find_or_start(_PHRASES, (store.path, content, repr(file)), work)


def _forget(store: Store, content: tuple[int, int], file: IndicatorFile) -> None:
    TASKS.forget(_PHRASES, (store.path, content, repr(file)))
