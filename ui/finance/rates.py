"""Sums of several currencies in one: only by dated rates that the user supplies, here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from analytics.finance.currency_conversion import ConversionParameters
from analytics.finance.exchange_rates import RatesRefused, load_rates, parse_rates, save_rates
from analytics.shared.currency import currencies
from analytics.shared.wording import counted
from ui.components.act_buttons import submit_act
from ui.components.address import choice_of_address
from ui.components.text import DAY_FORMAT, plain
from ui.finance.screen import FinanceScreen

_APART = "each currency separately"


@dataclass(frozen=True)
class Rates:
    """`into`: the currency that sums are stated in, None where each stays apart. `rows`: (date, currency,
    rate), which is also what a result is cached by."""

    into: str | None = None
    rows: tuple[tuple[date, str, str], ...] = ()

    @property
    def table(self) -> pd.DataFrame | None:
        return pd.DataFrame(self.rows, columns=["date", "currency", "rate"]) if self.into else None

    @property
    def parameters(self) -> ConversionParameters:
        return ConversionParameters(self.into) if self.into else ConversionParameters()


def choose_rates(screen: FinanceScreen, key: str) -> Rates:
    """The user's choice, and where rates are supplied."""
    stored = load_rates(screen.page.store)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = [_APART, *sorted(stored["into"].unique())]
        into = st.selectbox(
            "State sums in",
            options,
            width=220,
            help="Currencies are added together only at dated rates that you supply.",
            **choice_of_address(f"{key}_into", options, _APART),
        )
        with st.popover("Exchange rates …", icon=":material/currency_exchange:"):
            _supply(screen, stored, key)
    if into == _APART:
        return Rates()
    own = stored[stored["into"] == into]
    st.caption(
        f"Stated in {into} by {counted(len(own), 'rate')} from "
        f"{', '.join(plain(origin) for origin in own.origin.unique()[:3])}: the latest on or before a "
        "payment's UTC date, for 31 days."
    )
    rows = zip(pd.to_datetime(own["date"]).dt.date, own.currency, own.rate, strict=True)
    return Rates(into, tuple(rows))


def _supply(screen: FinanceScreen, stored: pd.DataFrame, key: str) -> None:
    st.caption(
        "A CSV file with the columns date (2026-03-31), currency (EUR) and rate: the value of one unit in "
        "the target currency. All rows are stored, or none."
    )
    codes = sorted(currencies())
    first = next((code for code in screen.extent.currencies if code in codes), "GBP")
    with st.form(f"{key}-rates", border=False):
        into = st.selectbox("Target currency", codes, index=codes.index(first))
        origin = st.text_input("Where are they from?", placeholder="central bank, monthly averages")
        file = st.file_uploader("Rates (CSV)", type=["csv"])
        if submit_act(screen.page, "exchange rates", "Save the rates", icon=":material/save:"):
            if file is None:
                st.error("Choose a file first.")
            else:
                try:
                    rates = parse_rates(file.getvalue(), into)
                    save_rates(screen.page.store, screen.page.actor, rates, into, origin)
                except (RatesRefused, ValueError) as error:
                    st.error(plain(error))
                else:
                    st.rerun()
    if len(stored):
        st.dataframe(
            stored,
            hide_index=True,
            height=200,
            alt="Stored exchange rates",
            column_config={
                "into": "Into",
                "date": st.column_config.DateColumn("Date", format=DAY_FORMAT),
                "currency": "Of",
                "rate": "Rate",
                "origin": "From",
                "supplied_by": "Supplied by",
                "supplied_at": st.column_config.DatetimeColumn("When (UTC)", format=DAY_FORMAT),
            },
        )
