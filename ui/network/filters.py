"""Which links count: by kind, probability and the scope's period. Their state is the link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.network.links.build import KINDS
from analytics.network.links.neighbourhood import LinkFilter
from ui.components.address import change_address, choice_of_address, choices_of_address
from ui.components.text import plain
from ui.shell.scope import read_scope

_SURE = {"any": 0.0, "likely": 0.55, "highly likely": 0.8, "almost certain": 0.95}
_ANY = "any"


def choose_link_filter(notes: DeltaGenerator) -> LinkFilter:
    """Kinds and probability in a popover, as chips beside it; the period is that of the scope."""
    chips = _list_chips()
    with st.popover(
        f"Filters · {len(chips)}" if chips else "Filters", icon=":material/filter_alt:", key="filters"
    ):
        kinds = st.multiselect(
            "Kind of link",
            KINDS,
            placeholder="all kinds",
            **choices_of_address("kind", KINDS, notes=notes),
        )
        sure = st.selectbox(
            "Probability, at least",
            list(_SURE),
            format_func=lambda word: word if word == _ANY else f"{word} (from {_SURE[word]:.0%})",
            help="Of a link and of the matches of the mentions at its ends, taken together.",
            **choice_of_address("sure", _SURE, _ANY, notes=notes),
        )
        st.caption("The period is that of the scope, in the bar. Links without a date pass.")
    _show_chips(chips)
    period: tuple[date | None, date | None] = read_scope().period or (None, None)
    return LinkFilter(tuple(kinds), _SURE[sure], *period)


def _list_chips() -> list[tuple[str, Callable[[], None]]]:
    """Each active filter of the link in words, and what takes it away."""
    link = st.query_params
    kinds = link.get_all("kind")
    chips: list[tuple[str, Callable[[], None]]] = [
        (kind, partial(change_address, kind=[other for other in kinds if other != kind] or None))
        for kind in kinds
    ]
    if "sure" in link:
        chips.append((f"at least {link['sure']}", partial(change_address, sure=None)))
    return chips


def _show_chips(chips: list[tuple[str, Callable[[], None]]]) -> None:
    with st.container(key="chips", horizontal=True, wrap=False, gap="xsmall"):
        for number, (label, remove) in enumerate(chips):
            st.button(
                plain(label[:60]),
                key=f"chip{number}",
                icon=":material/close:",
                on_click=remove,
                help="Take this filter away",
            )
