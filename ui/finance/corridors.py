"""Corridors: money from place to place, as a Sankey, a map and a table. The analyst decides which of them
matter."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import streamlit as st

from analytics.figures.money import matrix_of_sums, sankey_chart
from analytics.figures.world_maps import corridor_map
from analytics.finance.corridors import UNKNOWN, CorridorParameters, list_corridor_payments, sum_corridors
from analytics.finance.geography import load_positions, locate_corridors
from analytics.finance.payment_filter import PaymentFilter, matches_filter
from analytics.oversight.exercise import mark_name, mark_of_sources, mark_table
from analytics.shared.currency import minor_digits, written
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted
from ui.components.address import choose_of_address
from ui.components.audit import log
from ui.components.choosing import choose_row, fit_rows
from ui.components.evidence import evidence_drawer
from ui.components.exporting import download_button
from ui.components.map import show_map
from ui.components.reveal import reveal
from ui.components.text import DAY_FORMAT, plain
from ui.finance.rates import Rates, choose_rates
from ui.finance.screen import FinanceScreen

_ROWS = [
    "source_id",
    "row_number",
    "occurred_at",
    "from_account",
    "to_account",
    "amount_minor",
    "currency",
    "channel",
    "place",
    "country",
    "from_country",
    "to_country",
    "note",
    "reference",
]

_LEVELS = ("place", "country")
_FORMS = ("Map", "Matrix", "Sankey")
_PLURALS = {"place": "places", "country": "countries"}


def _selected(screen: FinanceScreen, payment_filter: PaymentFilter) -> pa.Table:
    """The payments that pass the filter."""
    every = screen.found.transactions
    return every.filter(pa.array(matches_filter(every, payment_filter)))


@st.cache_data(max_entries=32, show_spinner="Adding up the corridors …")
def _corridors(
    version: int,
    store: str,
    payment_filter: PaymentFilter,
    parameters: CorridorParameters,
    rates: Rates,
    _screen: FinanceScreen,
) -> pd.DataFrame:
    own = _selected(_screen, payment_filter)
    if not len(own):
        return pd.DataFrame()
    return sum_corridors(
        own, _screen.found.accounts, parameters, rates=rates.table, conversion=rates.parameters
    )


def show_corridors(screen: FinanceScreen) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        level = choose_of_address("level", "From where to where", _LEVELS)
        form = choose_of_address("drawn_as", "Drawn as", _FORMS, pills=True)
    rates = choose_rates(screen, "corridors")
    table = _corridors(
        screen.version,
        screen.page.store.path,
        screen.payment_filter,
        CorridorParameters(level),
        rates,
        screen,
    )
    if table.empty:
        st.info("No payment passes these filters.")
        return
    code = rates.into or screen.payment_filter.currency or table.groupby("currency").payments.sum().idxmax()
    own = table[table.currency == code].sort_values("amount_minor", ascending=False, ignore_index=True)
    digits = minor_digits(code)
    own = own.assign(value=own.amount_minor / 10**digits)
    unknown = (own["from"] == UNKNOWN) | (own["to"] == UNKNOWN)
    across = own[~unknown & (own["from"].str.casefold() != own["to"].str.casefold())]
    st.caption(
        f"{counted(int(own.payments.sum()), 'payment')} in {code} pass the filters: "
        f"{int(across.payments.sum()):,} from one {level} to another, "
        f"{int(own.payments[unknown].sum()):,} with an end that is not recorded. From where the payer "
        "lives (or is recorded) to where the money was paid out. No corridor is suspicious by itself."
        + _other_currencies(table, code, stated=rates.into is not None)
    )
    _draw(screen, across, level, code, form)
    _show_table(screen, own, level, code, rates)


def _draw(screen: FinanceScreen, across: pd.DataFrame, level: str, code: str, form: str) -> None:
    """The largest corridors as a map, as a matrix from origin to destination, or as a Sankey."""
    drawn = across.head(40)
    if drawn.empty:
        st.info(f"No payment in {code} is known to go from one {level} to another.")
        return
    if form == "Map":
        _show_map(screen, across.head(200), level, code)
    elif form == "Matrix":
        st.plotly_chart(
            matrix_of_sums(across, {}, code, dark=screen.dark),
            key="corridor-matrix",
            config={"displayModeBar": False},
            alt=f"Sums in {code} from each {level} to each other; the table below has the same",
        )
    else:
        sides = drawn.assign(**{"from": drawn["from"] + " ▸", "to": "▸ " + drawn["to"]})
        names = {name: name.replace(" ▸", "").replace("▸ ", "") for name in [*sides["from"], *sides["to"]]}
        st.plotly_chart(
            sankey_chart(sides, names, code, dark=screen.dark),
            key="corridor-sankey",
            config={"displayModeBar": False},
            alt=f"The {len(drawn)} largest corridors in {code}",
        )


def _show_table(screen: FinanceScreen, own: pd.DataFrame, level: str, code: str, rates: Rates) -> None:
    """The corridors in one currency, to choose from and to download."""
    shown = own.assign(amount=[written(minor, code) for minor in own.amount_minor], share=own.share * 100)
    columns = ["from", "to", "payments", "payers", "payees", "amount", "currency", "share", "first", "last"]
    listed = list(zip(own["from"], own.to, own.currency, strict=True))
    chosen = choose_row(
        shown[columns],
        listed,
        height=fit_rows(len(shown), 300),
        key=f"corridors-{level}",
        alt="Corridors, the largest first",
        column_config={
            "from": "From",
            "to": "To",
            "payments": st.column_config.NumberColumn("Payments", format="localized"),
            "payers": st.column_config.NumberColumn("Payers", format="localized"),
            "payees": st.column_config.NumberColumn("Payees", format="localized"),
            "amount": st.column_config.TextColumn("Amount", alignment="right"),
            "currency": "Currency",
            "share": st.column_config.NumberColumn("Share", format="%.1f %%"),
            "first": st.column_config.DatetimeColumn("First (UTC)", format=DAY_FORMAT),
            "last": st.column_config.DatetimeColumn("Last (UTC)", format=DAY_FORMAT),
        },
    )
    if chosen is not None:
        _show_payments(screen, level, own.iloc[listed.index(chosen)], rates)
    else:
        st.caption("Choose a corridor to see its payments.")
    mark = mark_of_sources(screen.page.store, table="transaction")
    download_button(
        screen.page,
        "export corridors",
        "Corridors (CSV)",
        lambda: safe_csv(mark_table(screen.page.store, shown[columns], mark)),
        mark_name("corridors.csv", mark),
        "text/csv",
        icon=":material/download:",
        on_click=log,
        args=(screen.page, "export corridors", f"corridors by {level}", {"rows": len(shown)}),
    )


@st.cache_data(max_entries=16, show_spinner="Reading its payments …")
def _payments(
    version: int,
    store: str,
    payment_filter: PaymentFilter,
    parameters: CorridorParameters,
    rates: Rates,
    ends: tuple[str, str, str],
    _screen: FinanceScreen,
) -> pa.Table:
    """Those of the corridor with these `ends`: from, to, currency."""
    own = _selected(_screen, payment_filter)
    every = list_corridor_payments(
        own, _screen.found.accounts, parameters, rates=rates.table, conversion=rates.parameters
    )
    mine = (every[["from", "to", "currency"]] == ends).all(axis=1)
    return own.take(every.row[mine].to_numpy()).select(_ROWS)


def _show_payments(screen: FinanceScreen, level: str, corridor: pd.Series, rates: Rates) -> None:
    """The rows behind one corridor."""
    rows = _payments(
        screen.version,
        screen.page.store.path,
        screen.payment_filter,
        CorridorParameters(level),
        rates,
        (corridor["from"], corridor.to, corridor.currency),
        screen,
    )
    what = f"corridor by {level} from {corridor['from']} to {corridor.to}"
    st.markdown(f"**{plain(corridor['from'])} to {plain(corridor.to)}**")
    evidence_drawer(
        screen.page,
        what,
        lambda limit, offset: rows.slice(offset, limit).to_pandas(),
        len(rows),
        key="corridor-rows",
        table="transaction",
        revealed=reveal(screen.page, what, key="corridor"),
    )


def _other_currencies(table: pd.DataFrame, code: str, *, stated: bool) -> str:
    """What is not in these sums because it is in another currency."""
    others = table[table.currency != code].groupby("currency").payments.sum()
    if others.empty:
        return ""
    listed = ", ".join(f"{count:,} in {name}" for name, count in others.items())
    reason = "no rate is in force" if stated else "no currency is added to another"
    return f" Not included, because {reason}: {listed}."


def _show_map(screen: FinanceScreen, across: pd.DataFrame, level: str, code: str) -> None:
    found, unknown = locate_corridors(across, level, load_positions(screen.page.store))
    if found.empty:
        st.caption(
            f"There is no map: the gazetteer has none of these {_PLURALS[level]}: "
            f"{plain(', '.join(unknown[:6]))}."
        )
        return
    texts = [
        f"{a} to {b}: {counted(n, 'payment')}, {written(m, code)} {code}"
        for a, b, n, m in zip(found["from"], found["to"], found.payments, found.amount_minor, strict=True)
    ]
    label = f"Map of {counted(len(found), 'corridor')}"
    show_map(corridor_map(found.assign(description=texts), label=label, dark=screen.dark), key="corridor-map")
    if unknown:
        st.caption(
            f"Not on the map, because the gazetteer does not have them: {plain(', '.join(unknown[:12]))}."
        )
