"""Which operations to read first, and why: cached for the adverts and indicators of the store."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.adverts.card_facts import read_card_facts, read_first_lines
from analytics.adverts.indicators import IndicatorFile
from analytics.adverts.worth_reading import ReadingOrder, order_by_worth
from analytics.store import open_store
from ui.adverts.screen import AdvertsScreen

MAXIMUM_CARDS = 100  # the table has all
_LINES = 60  # cards with the first line of the wording, which takes a while to read


def read_order(screen: AdvertsScreen) -> ReadingOrder:
    """The order in which to read all operations, with the reasons of each for and against."""
    return _order(screen.version, screen.summary.last_run, screen.file, screen)


def read_facts(screen: AdvertsScreen, numbers: list[int], chosen: int | None = None) -> pd.DataFrame:
    """What the cards of these operations say, as `read_card_facts` gives it, with `line_of_wording`: of the
    first operations and of the chosen one ('' for the others)."""
    facts = _facts(screen.version, tuple(numbers))
    lines = _lines(screen.version, tuple(numbers[:_LINES]))
    if chosen is not None and chosen in numbers[_LINES:]:
        lines = lines | _lines(screen.version, (chosen,))
    return facts.assign(line_of_wording=[lines.get(number, "") for number in facts.index])


@st.cache_data(max_entries=2, show_spinner="Ordering the operations …", hash_funcs={IndicatorFile: repr})
def _order(version, run, file, _screen: AdvertsScreen):
    return order_by_worth(open_store(), _screen.hits, file)


@st.cache_data(max_entries=16, show_spinner=False)
def _facts(version, numbers):
    return read_card_facts(open_store(), numbers)


@st.cache_data(max_entries=16, show_spinner="Reading the wordings …")
def _lines(version, numbers):
    return read_first_lines(open_store(), numbers)
