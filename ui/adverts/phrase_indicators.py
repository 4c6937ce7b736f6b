"""The indicators that are phrases, looked for once in all adverts: at once where there are few, else in a
background job with progress and Cancel."""

from __future__ import annotations

from threading import Lock

import pandas as pd
import streamlit as st

from analytics.adverts.indicator_hits import find_phrase_hits
from analytics.adverts.indicators import IndicatorFile
from analytics.store import open_store
from ui.data.import_job import current_job, start_job, watch_job

_KIND = "indicators"
_FEW = 50_000  # adverts that are searched within seconds
_MAXIMUM_CACHED = 2
_LOCK = Lock()


def ensure_phrase_hits(content: tuple[int, int], file: IndicatorFile) -> bool:
    """Whether `read_phrase_hits` has what the page needs; draws the run, or the button that starts it, where
    it has not yet."""
    key = (content, repr(file))
    if key in _cache() or content[0] <= _FEW:
        return True
    job = current_job(_KIND, str(key))
    if job is None:
        _start(key, file)
        st.rerun()
    if job.running:
        watch_job(job, _KIND)
        return False
    if key in _cache():  # it ended between the two looks
        return True
    st.info(job.failure or "The indicators were not looked for.", icon=":material/block:")
    st.button(
        "Look for indicators",
        icon=":material/search:",
        key="look_for_indicators",
        type="primary",
        on_click=_start,
        args=(key, file),
    )
    return False


def read_phrase_hits(content: tuple[int, int], file: IndicatorFile) -> pd.DataFrame:
    """The phrase indicators of all adverts, as `find_phrase_hits` gives them."""
    key = (content, repr(file))
    if key not in _cache():
        with st.spinner("Looking for indicators in every advert …"):
            _keep(_cache(), key, find_phrase_hits(open_store(), file))
    return _cache()[key]


@st.cache_resource(show_spinner=False)
def _cache() -> dict[tuple, pd.DataFrame]:
    return {}


def _keep(cache: dict[tuple, pd.DataFrame], key: tuple, found: pd.DataFrame) -> None:
    with _LOCK:
        cache[key] = found
        while len(cache) > _MAXIMUM_CACHED:
            cache.pop(next(iter(cache)))


def _start(key: tuple, file: IndicatorFile) -> None:
    store, cache = open_store(), _cache()

    def work(progress, cancelled):
        _keep(cache, key, find_phrase_hits(store, file, progress, cancelled))

    start_job(_KIND, str(key), work)
