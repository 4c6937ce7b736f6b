"""The signs that are words, looked for once in all adverts: at once where they are few, else in a thread of
its own with progress and a way to stop it."""

from __future__ import annotations

from threading import Lock

import pandas as pd
import streamlit as st

from analytics.adverts.indicator_hits import find_phrase_hits
from analytics.adverts.indicators import IndicatorFile
from analytics.store import open_store
from ui.data.import_job import current_job, start_job, watch_job

_KIND = "signs"
_FEW = 50_000  # adverts that are searched within seconds
_MOST_KEPT = 2
_LOCK = Lock()


def ensure_phrase_hits(content: tuple[int, int], file: IndicatorFile) -> bool:
    """Whether `read_phrase_hits` has what the page needs; draws the run, or the button that starts it, where it has
    not yet."""
    key = (content, repr(file))
    if key in _kept() or content[0] <= _FEW:
        return True
    job = current_job(_KIND, str(key))
    if job is None:
        _start(key, file)
        st.rerun()
    if job.running:
        watch_job(job, _KIND)
        return False
    if key in _kept():  # it ended between the two looks
        return True
    st.info(job.failure or "The signs were not looked for.", icon=":material/block:")
    st.button(
        "Look for signs",
        icon=":material/search:",
        key="look_for_signs",
        type="primary",
        on_click=_start,
        args=(key, file),
    )
    return False


def read_phrase_hits(content: tuple[int, int], file: IndicatorFile) -> pd.DataFrame:
    """The signs by words of the adverts held, as `find_phrase_hits` gives them."""
    key = (content, repr(file))
    if key not in _kept():
        with st.spinner("Looking for signs in every advert …"):
            _keep(_kept(), key, find_phrase_hits(open_store(), file))
    return _kept()[key]


@st.cache_resource(show_spinner=False)
def _kept() -> dict[tuple, pd.DataFrame]:
    return {}


def _keep(kept: dict[tuple, pd.DataFrame], key: tuple, found: pd.DataFrame) -> None:
    with _LOCK:
        kept[key] = found
        while len(kept) > _MOST_KEPT:
            kept.pop(next(iter(kept)))


def _start(key: tuple, file: IndicatorFile) -> None:
    store, kept = open_store(), _kept()

    def work(progress, cancelled):
        _keep(kept, key, find_phrase_hits(store, file, progress, cancelled))

    start_job(_KIND, str(key), work)
