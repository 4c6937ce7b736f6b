"""What is asked of the Money page beside the scope: the view, amount, channel, country. Its state is the
link."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.finance.payment_filter import MoneyExtent, PaymentFilter
from analytics.shared.currency import minor_digits
from ui.components.address import (
    Bound,
    change_address,
    choice_of_address,
    choices_of_address,
    choose_of_address,
    number_of_address,
)
from ui.components.text import plain
from ui.shell.scope import period_within

LEADS = "Leads"
VIEWS = (
    LEADS,
    "Indicators",
    "Possible victims",
    "Behaviour",
    "Groups and holders",
    "Corridors",
    "Follow the money",
)
_FORMER_VIEWS = {"Signs": "Indicators"}  # in links of before
_ALL = "all"
_AMOUNTS = {"least": "from", "most": "to"}


def choose_view(notes: DeltaGenerator) -> str:
    return choose_of_address("view", "View", VIEWS, notes=notes, former=_FORMER_VIEWS)


def choose_filter(extent: MoneyExtent, typologies: list[str], notes: DeltaGenerator) -> PaymentFilter:
    """What the user narrows the page to. Leads are found in all the data, because each is measured against
    the account's own history; those with a payment that passes are shown."""
    with notes:
        first, last = period_within(extent.first, extent.last)
    chips = _list_chips()
    with st.popover(
        f"Filters · {len(chips)}" if chips else "Filters", icon=":material/filter_alt:", key="filters"
    ):
        options = [_ALL, *extent.currencies]
        code = st.selectbox(
            "Currency",
            options,
            help="Amounts are compared only within one currency.",
            **choice_of_address("currency", options, _ALL, notes=notes),
        )
        off = code == _ALL
        with st.container(horizontal=True):
            low = _ask_amount("Amount from", "least", off=off, notes=notes)
            high = _ask_amount("Amount to", "most", off=off, notes=notes)
        channels = st.multiselect(
            "Channel",
            extent.channels,
            placeholder="all channels",
            **choices_of_address("channel", extent.channels, notes=notes),
        )
        countries = st.multiselect(
            "Country",
            extent.countries,
            placeholder="all countries",
            **choices_of_address("country", extent.countries, notes=notes),
        )
        if typologies:
            st.multiselect(
                "Typology of leads",
                typologies,
                placeholder="all typologies",
                **choices_of_address("typology", typologies, notes=notes),
            )
        st.caption("The period is that of the scope, in the bar.")
    _show_chips(chips)
    return PaymentFilter(
        first,
        last,
        None if off else code,
        None if off else _minor(low, code),
        None if off else _minor(high, code),
        tuple(channels),
        tuple(countries),
    )


def _ask_amount(label: str, name: str, *, off: bool, notes: DeltaGenerator) -> float | None:
    bound: Bound = number_of_address(name, 0.0, minimum=0.0, maximum=None, notes=notes)
    amount = st.number_input(
        label, min_value=0.0, disabled=off, width=140, help="0: any amount", format="%.2f", **bound
    )
    return amount or None


def _minor(amount: float | None, code: str) -> int | None:
    """Whole minor units of an amount typed in."""
    if amount is None:
        return None
    digits = minor_digits(code)
    return int(Decimal(str(amount)).scaleb(digits))


def _list_chips() -> list[tuple[str, Callable[[], None]]]:
    """Each active filter of the link in words, and what takes it away."""
    link = st.query_params
    chips: list[tuple[str, Callable[[], None]]] = []
    if code := link.get("currency"):
        amounts = "".join(f" {word} {link[name]}" for name, word in _AMOUNTS.items() if name in link)
        chips.append((f"{code}{amounts}", partial(change_address, currency=None, least=None, most=None)))
    for name in ("channel", "country", "typology"):
        chips += [(value, partial(_take_away, name, value)) for value in link.get_all(name)]
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


def _take_away(filter_name: str, value: str) -> None:
    left = [other for other in st.query_params.get_all(filter_name) if other != value]
    change_address(**{filter_name: left or None})
