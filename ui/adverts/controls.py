"""What is asked of the Adverts page: the view and the filters. Their state is the link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.adverts.queries import AdvertFilter, AdvertsSummary
from analytics.adverts.search import read_search
from ui.adverts.text import visible
from ui.components.address import change_address, choices_of_address, choose_of_address, text_of_address
from ui.components.text import plain
from ui.shell.scope import period_within, set_period

OPERATIONS, UNLINKED = "Operations", "Unlinked adverts"
VIEWS = (OPERATIONS, UNLINKED, "Indicators", "Judgements", "Referrals")
_FORMER_VIEWS = {"Adverts on their own": UNLINKED, "Signs": "Indicators"}  # in links of before


def choose_view(notes: DeltaGenerator) -> str:
    return choose_of_address("view", "View", VIEWS, notes=notes, former=_FORMER_VIEWS)


def choose_filter(summary: AdvertsSummary, notes: DeltaGenerator) -> AdvertFilter:
    """Words or a number in any form beside the scope's period; kinds and places in a popover."""
    _follow_old_period()
    typed = st.text_input(
        "Search",
        icon=":material/search:",
        placeholder="words, a place, a number",
        label_visibility="collapsed",
        width=210,
        help="An advert must contain every word. Type a telephone number in any form: spaced, spelt out or "
        "with keycaps. Five digits or more find every number that contains them.",
        **text_of_address("q"),
    )
    chips = _list_chips()
    active = len(chips)
    with st.popover(
        f"Filters · {active}" if active else "Filters", icon=":material/filter_alt:", key="filters"
    ):
        kinds = st.multiselect(
            "Kind",
            summary.kinds,
            placeholder="all kinds",
            format_func=_name,
            **choices_of_address("kind", summary.kinds, notes=notes),
        )
        places = st.multiselect(
            "Place",
            summary.places,
            placeholder="all places",
            format_func=_name,
            **choices_of_address("place", summary.places, notes=notes),
        )
        st.caption("The period is that of the scope, in the bar.")
    _show_chips(chips)
    first, last = _read_period(summary, notes)
    words, identifiers, digits = read_search(typed.strip())
    return AdvertFilter(first, last, tuple(kinds), tuple(places), words, identifiers, digits)


def _read_period(summary: AdvertsSummary, notes: DeltaGenerator) -> tuple[date | None, date | None]:
    """The scope's period as far as adverts reach; without one the undated pass too."""
    if summary.first is None or summary.last is None:
        return None, None
    with notes:
        first, last = period_within(summary.first, summary.last)
    return (None, None) if (first, last) == (summary.first, summary.last) else (first, last)


def _follow_old_period() -> None:
    """Links of before had a period of their own."""
    asked = [text for value in st.query_params.get_all("posted") for text in value.split(",")]
    if not asked:
        return
    change_address(posted=None)
    try:
        first, last = sorted(date.fromisoformat(text) for text in asked)
    except ValueError:
        return
    set_period((first, last))


def _name(text: str) -> str:
    return visible(text, one_line=True)[:60]


def _list_chips() -> list[tuple[str, Callable[[], None]]]:
    """Each active filter of the link, beside the words, and what takes it away."""
    return [
        (_name(value), partial(_take_away, filter_name, value))
        for filter_name in ("kind", "place")
        for value in st.query_params.get_all(filter_name)
    ]


def _show_chips(chips: list[tuple[str, Callable[[], None]]]) -> None:
    with st.container(key="chips", horizontal=True, wrap=False, gap="xsmall"):
        for number, (label, remove) in enumerate(chips):
            st.button(
                plain(label),
                key=f"chip{number}",
                icon=":material/close:",
                on_click=remove,
                help="Take this filter away",
            )


def _take_away(filter_name: str, value: str) -> None:
    left = [other for other in st.query_params.get_all(filter_name) if other != value]
    change_address(**{filter_name: left or None})
