"""Which operations to read first, and why: cached for the adverts and indicators of the store."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.adverts.card_facts import read_card_facts, read_first_lines
from analytics.adverts.indicators import IndicatorFile
from analytics.adverts.worth_reading import AGAINST, FOR, order_by_worth
from analytics.store import open_store
from ui.adverts.screen import AdvertsScreen

MAXIMUM_CARDS = 100  # the table has all
_LINES = 60  # cards with the first line of the wording, which takes a while to read


@dataclass(frozen=True)
class ReasonedOrder:
    """`worth` by operation_id, the most worth reading first; `pro` and `con`: the reasons of an operation for
    and against in words, the heaviest first."""

    worth: pd.Series
    pro: dict[int, list[str]]
    con: dict[int, list[str]]

    def reasons(self, number: int) -> tuple[list[str], list[str]]:
        return self.pro.get(number, []), self.con.get(number, [])


def read_order(screen: AdvertsScreen) -> ReasonedOrder:
    """The order in which to read all operations, with the reasons of each for and against."""
    return _order(screen.page.store.path, screen.version, screen.summary.last_run, screen.file, screen)


def read_facts(screen: AdvertsScreen, numbers: list[int], chosen: int | None = None) -> pd.DataFrame:
    """What the cards of these operations say, as `read_card_facts` gives it, with `line_of_wording`: of the
    first operations and of the chosen one ('' for the others)."""
    facts = _facts(screen.page.store.path, screen.version, tuple(numbers))
    wanted = numbers[:_LINES] if chosen is None else [*numbers[:_LINES], chosen]
    lines = _read_lines(screen.page.store.path, screen.version, wanted)
    return facts.assign(line_of_wording=[lines.get(number, "") for number in facts.index])


@st.cache_resource(max_entries=2, show_spinner="Ordering the operations …", hash_funcs={IndicatorFile: repr})
def _order(store, version, run, file, _screen: AdvertsScreen):
    found = order_by_worth(open_store(store), _screen.hits, file)
    by_side = {
        side: own.groupby("operation_id", sort=False)
        .reason.agg(lambda words: list(map(str, words)))
        .to_dict()
        for side, own in found.reasons.groupby("direction")
    }
    return ReasonedOrder(found.worth, by_side.get(FOR, {}), by_side.get(AGAINST, {}))


@st.cache_data(max_entries=16, show_spinner=False)
def _facts(store, version, numbers):
    return read_card_facts(open_store(store), numbers)


def _read_lines(store: str, version: int, numbers: list[int]) -> dict[int, str]:
    """The first lines of these operations, each read once a version of the data."""
    lines = _lines(store, version)
    if missing := [number for number in dict.fromkeys(numbers) if number not in lines]:
        with st.spinner("Reading the wordings …"):
            lines |= dict.fromkeys(missing, "") | read_first_lines(open_store(store), missing)
    return lines


@st.cache_resource(max_entries=2, show_spinner=False)
def _lines(store: str, version: int) -> dict[int, str]:
    """What has been read so far, by operation."""
    return {}
