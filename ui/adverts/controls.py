"""The filter bar of the Adverts page. Its state is the link."""

from __future__ import annotations

import streamlit as st

from analytics.adverts.identifiers import kind_of
from analytics.adverts.queries import AdvertFilter, AdvertsSummary
from analytics.adverts.search import read_search
from analytics.shared.wording import counted, write_day
from ui.adverts.text import visible
from ui.components.choosing import choose_one
from ui.components.text import DAY_INPUT

VIEWS = ("Operations", "Unlinked adverts", "Indicators", "Judgements", "Referrals")
_FORMER_VIEWS = {"Adverts on their own": "Unlinked adverts", "Signs": "Indicators"}  # in links of before


def choose_view() -> str:
    return choose_one("View", VIEWS, key="view", former=_FORMER_VIEWS)


def choose_filter(summary: AdvertsSummary) -> AdvertFilter:
    """Words, a number in any form or a place; the period; kinds; places."""
    search, period, kind, place = st.columns([3, 2.2, 2, 2.4], vertical_alignment="bottom")
    typed = search.text_input(
        "Search",
        key="q",
        bind="query-params",
        icon=":material/search:",
        placeholder="words, a place, a number in any form",
        help="An advert must contain every word. Type a telephone number in any form: spaced, spelt out or "
        "with keycaps. Five digits or more find every number that contains them.",
    )
    first = last = None
    if summary.first is not None:
        chosen = period.date_input(
            "Posted",
            value=(summary.first, summary.last),
            min_value=summary.first,
            max_value=summary.last,
            key="posted",
            bind="query-params",
            format=DAY_INPUT,
        )
        if not isinstance(chosen, tuple) or len(chosen) != 2:
            st.info("Choose the last day of the period too.")
            st.stop()
        if chosen != (summary.first, summary.last):
            first, last = chosen
    kinds = kind.multiselect(
        "Kind", summary.kinds, key="kind", bind="query-params", placeholder="all kinds", format_func=_named
    )
    places = place.multiselect(
        "Place",
        summary.places,
        key="place",
        bind="query-params",
        placeholder="all places",
        format_func=_named,
    )
    words, identifiers, digits = read_search(typed.strip())
    chosen_filter = AdvertFilter(first, last, tuple(kinds), tuple(places), words, identifiers, digits)
    _show_chips(chosen_filter, typed, summary)
    return chosen_filter


def _named(text: str) -> str:
    return visible(text, one_line=True)[:60]


def _show_chips(chosen: AdvertFilter, typed: str, summary: AdvertsSummary) -> None:
    """Each active filter as a button that takes it away."""
    active: list[tuple[str, str, object]] = []
    if typed.strip():
        active.append(("Search", "q", ""))
    if chosen.first and chosen.last:
        active.append(
            (f"{write_day(chosen.first)} – {write_day(chosen.last)}", "posted", (summary.first, summary.last))
        )
    if chosen.kinds:
        active.append((counted(len(chosen.kinds), "kind"), "kind", []))
    if chosen.places:
        active.append((counted(len(chosen.places), "place"), "place", []))
    if not active:
        return
    with st.container(horizontal=True):
        for label, key, empty in active:
            st.button(
                label,
                key=f"drop-{key}",
                icon=":material/close:",
                on_click=_drop,
                args=(key, empty),
                help="Take this filter away",
            )
        if chosen.identifiers:
            labels = sorted({kind_of(kind).label.lower() for kind, _ in chosen.identifiers})
            st.caption(f"Read as {' or '.join(labels)}, compared with every spelling.")


def _drop(key: str, empty: object) -> None:
    st.session_state[key] = empty
