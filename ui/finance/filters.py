"""The filter bar of the Money page beside the scope: amount, channel, country. Its state is the link."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from analytics.finance.payment_filter import MoneyExtent, PaymentFilter
from analytics.shared.currency import minor_digits
from ui.components.choosing import choose_one
from ui.shell.scope import period_within

VIEWS = [
    "Leads",
    "Indicators",
    "Possible victims",
    "Behaviour",
    "Groups and holders",
    "Corridors",
    "Follow the money",
]
_FORMER_VIEWS = {"Signs": "Indicators"}  # in links of before


def choose_filter(extent: MoneyExtent) -> PaymentFilter:
    """What the user narrows the page to. Leads are found in all the data, because each is measured against
    the account's own history; those with a payment that passes are shown."""
    first, last = period_within(extent.first, extent.last)
    money, lowest, highest, channel, country = st.columns(
        [1.1, 1.1, 1.1, 1.8, 1.8], vertical_alignment="bottom"
    )
    options = ["all", *extent.currencies]
    code = money.selectbox(
        "Currency",
        options,
        key="currency",
        bind="query-params",
        help="Amounts are compared only within one currency.",
    )
    off = code == "all"
    low = lowest.number_input(
        "Amount from",
        min_value=0.0,
        value=None,
        key="least",
        bind="query-params",
        disabled=off,
        placeholder="any",
    )
    high = highest.number_input(
        "Amount to",
        min_value=0.0,
        value=None,
        key="most",
        bind="query-params",
        disabled=off,
        placeholder="any",
    )
    channels = channel.multiselect(
        "Channel", extent.channels, key="channel", bind="query-params", placeholder="all channels"
    )
    countries = country.multiselect(
        "Country", extent.countries, key="country", bind="query-params", placeholder="all countries"
    )
    return PaymentFilter(
        first,
        last,
        None if off else code,
        None if off else _minor(low, code),
        None if off else _minor(high, code),
        tuple(channels),
        tuple(countries),
    )


def _minor(amount: float | None, code: str) -> int | None:
    """Whole minor units of an amount typed in."""
    if amount is None:
        return None
    digits = minor_digits(code)
    return int(Decimal(str(amount)).scaleb(digits))


def choose_view() -> str:
    return choose_one("View", VIEWS, key="view", former=_FORMER_VIEWS)
