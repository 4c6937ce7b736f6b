"""What the parts of the Adverts page share: cached readings by data version, and what is chosen in the
link."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pandas as pd
import streamlit as st

from analytics.adverts.campaigns import build_template
from analytics.adverts.indicator_hits import count_by_operation, find_measure_hits, join_hits
from analytics.adverts.indicators import FILE, IndicatorFile, IndicatorFileRefused, load_indicators
from analytics.adverts.judgement import LABELS, read_operation_labels
from analytics.adverts.movement.itinerary import Itinerary, build_itinerary
from analytics.adverts.names import collect_names
from analytics.adverts.operation_finding import Subject
from analytics.adverts.positions import read_stored_positions
from analytics.adverts.queries import (
    AdvertFilter,
    AdvertsSummary,
    count_matching,
    list_matching_keys,
    list_operations,
    read_operation_adverts,
    read_operation_links,
    read_operation_score,
    summarise_adverts,
)
from analytics.store import Store, open_store
from ui.adverts.phrase_indicators import read_phrase_hits
from ui.components.text import plain
from ui.shell.page import Page

_WORDINGS, _NAMED_BY = 50, 200  # wordings of an operation, and adverts of each, whose slots tell names


@dataclass(frozen=True)
class AdvertsScreen:
    """One run of the page."""

    page: Page
    version: int
    summary: AdvertsSummary
    file: IndicatorFile
    chosen: AdvertFilter

    @property
    def hits(self) -> pd.DataFrame:
        """Which advert of the store meets which indicator."""
        return _hits(self.page.store.path, self.summary.last_run, self.summary.content, self.file)

    @property
    def chosen_hits(self) -> pd.DataFrame:
        """The hits of the adverts that pass the filter."""
        if self.chosen == AdvertFilter():
            return self.hits
        return self.hits.merge(
            list_matching_keys(self.page.store, self.chosen), on=["source_id", "row_number"]
        )

    @property
    def hit_counts(self) -> pd.DataFrame:
        """How many indicators each operation meets."""
        return _hit_counts(self.page.store.path, self.summary.last_run, self.summary.content, self.file)


@dataclass(frozen=True)
class Operation:
    """The operation on view: its adverts, its row of the list and its judgement in words ('' where there is
    none)."""

    subject: Subject
    adverts: pd.DataFrame
    links: pd.DataFrame
    label: str

    @property
    def number(self) -> int:
        return self.subject.number


def read_summary(store: Store, version: int) -> AdvertsSummary:
    return _summary(store.path, version)


def read_indicators() -> IndicatorFile:
    """The indicator file; stops the page with the reason where it is refused."""
    try:
        return _indicators(FILE.stat().st_mtime_ns)
    except (IndicatorFileRefused, OSError) as error:
        st.error(f"The indicator file is refused: {plain(error)}", icon=":material/rule:")
        st.stop()


def list_screen_operations(screen: AdvertsScreen) -> pd.DataFrame:
    return _operations(screen.page.store.path, screen.version, screen.chosen)


def count_screen_matching(screen: AdvertsScreen) -> tuple[int, int]:
    return _matching(screen.page.store.path, screen.version, screen.chosen)


def read_labels(page: Page) -> pd.DataFrame:
    """Judgements by operation; read each time, for they do not change the data version."""
    return read_operation_labels(page.store)


def open_operation(screen: AdvertsScreen, number: int) -> Operation | None:
    """The operation of a number, or None where it is not in the store."""
    adverts, links, score = _operation(screen.page.store.path, screen.version, number)
    if adverts.empty:
        return None
    labels = read_labels(screen.page).set_index("operation_id").label
    label = LABELS[labels[number]].label if number in labels.index else ""
    return Operation(Subject("operation", number, score), adverts, links, label)


def collect_names_in(screen: AdvertsScreen, number: int | None) -> frozenset[str]:
    """The names of people that the adverts of an operation give, to be masked wherever they occur."""
    return frozenset() if number is None else _names(screen.page.store.path, screen.version, number)


def read_itinerary(screen: AdvertsScreen, operation: Operation) -> Itinerary:
    return _itinerary(screen.page.store.path, screen.version, operation.number)


def advert_names(adverts: pd.DataFrame) -> pd.Series:
    """What an advert is called in the link: its source and its row there."""
    return adverts.source_id.astype(str) + "-" + adverts.row_number.astype(str)


@st.cache_data(max_entries=8, show_spinner="Counting the adverts …")
def _summary(store, version):
    return summarise_adverts(open_store(store))


@st.cache_resource(max_entries=2, show_spinner=False)
def _indicators(modified):
    return load_indicators()


@st.cache_data(max_entries=64, show_spinner="Listing the operations …")
def _operations(store, version, chosen):
    return list_operations(open_store(store), chosen)


@st.cache_data(max_entries=64, show_spinner=False)
def _matching(store, version, chosen):
    return count_matching(open_store(store), chosen)


@st.cache_resource(max_entries=2, show_spinner="Counting indicators …", hash_funcs={IndicatorFile: repr})
def _hits(store, run, content, file):
    opened = open_store(store)
    return join_hits(read_phrase_hits(opened, content, file), find_measure_hits(opened, file), file)


@st.cache_data(max_entries=2, show_spinner=False, hash_funcs={IndicatorFile: repr})
def _hit_counts(store, run, content, file):
    return count_by_operation(_hits(store, run, content, file), file)


@st.cache_data(max_entries=16, show_spinner="Looking for names …")
def _names(store, version, number):
    adverts, _, _ = _operation(store, version, number)
    texts = adverts.title.fillna("") + "\n" + adverts.body.fillna("")
    places = {str(place).split(",")[0].lower() for place in adverts.place.dropna().unique()}
    wordings = texts[texts.str.strip() != ""].groupby(adverts.campaign_id)
    return collect_names(
        texts,
        (build_template(some.head(_NAMED_BY).tolist(), places) for _, some in islice(wordings, _WORDINGS)),
        places,
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _itinerary(store, version, number):
    adverts, _, _ = _operation(store, version, number)
    return build_itinerary(adverts, read_stored_positions(open_store(store)))


@st.cache_data(max_entries=16, show_spinner="Opening the operation …")
def _operation(path, version, number):
    store = open_store(path)
    return (
        read_operation_adverts(store, number),
        read_operation_links(store, number),
        read_operation_score(store, number),
    )
