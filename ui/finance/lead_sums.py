"""The sums of one lead: payment by payment, by pair of payer and payee, and as a chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from analytics.figures.money import matrix_of_sums, sankey_chart
from analytics.finance.lead_dossier import LeadDossier
from analytics.shared.currency import minor_digits, written
from analytics.shared.wording import counted
from ui.components.choosing import choose_row, fit_rows
from ui.components.text import MOMENT_FORMAT, plain
from ui.finance.linked_account import choose_account
from ui.finance.screen import FinanceScreen


def list_payments(dossier: LeadDossier, names: dict[str, str]) -> None:
    """What the flow draws, payment by payment."""
    payments = dossier.payments.sort_values(["occurred_at", "row_number"], ignore_index=True)
    rows = list(zip(payments.source_id, payments.row_number, strict=True))
    chosen = choose_row(
        pd.DataFrame(
            {
                "when": payments.occurred_at,
                "from": payments.from_account.map(names),
                "to": payments.to_account.map(names),
                "sum": _write_sums(payments),
                "channel": payments.channel,
            }
        ),
        rows,
        key="flow-payments",
        height=fit_rows(len(payments), 420),
        alt="Payments of the lead in order of time",
        column_config={
            "when": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT),
            "from": "From",
            "to": "To",
            "sum": st.column_config.TextColumn("Sum", alignment="right"),
            "channel": "Channel",
        },
    )
    pair = None
    if chosen is not None:
        at = rows.index(chosen)
        pair = payments.from_account[at], payments.to_account[at]
    _offer_either(pair, names, "Choose a payment", "flow")


def add_amounts(payments: pd.DataFrame) -> pd.DataFrame:
    """The payments with each one's amount and currency in words as `description`."""
    return payments.assign(description=_write_sums(payments))


def _write_sums(payments: pd.DataFrame) -> list[str]:
    return [
        f"{written(row.amount_minor, row.currency)} {row.currency or ''}"
        if pd.notna(row.amount_minor)
        else "amount not recorded"
        for row in payments.itertuples()
    ]


def _sum_pairs(dossier: LeadDossier) -> tuple[pd.DataFrame, str, int]:
    """Sums by payer and payee (from, to, minor, value, payments) in the commonest currency, that currency,
    and how many payments are left out; no row where no payment has an amount and both accounts."""
    known = dossier.payments.dropna(subset=["amount_minor", "from_account", "to_account"])
    if known.empty:
        return known, "", len(dossier.payments)
    code = str(known.currency.value_counts().index[0])
    own = known[known.currency == code]
    pairs = own.groupby(["from_account", "to_account"], sort=False).agg(
        minor=("amount_minor", "sum"), payments=("row_number", "size")
    )
    edges = pairs.reset_index().rename(columns={"from_account": "from", "to_account": "to"})
    edges["value"] = edges.minor.astype(float) / 10 ** minor_digits(code)
    return edges, code, len(dossier.payments) - len(own)


def _chart_sums(
    screen: FinanceScreen,
    dossier: LeadDossier,
    names: dict[str, str],
    draw: Callable[..., dict[str, Any]],
    key: str,
    alt: str,
) -> tuple[pd.DataFrame, str]:
    """The chart that `draw` makes of the sums of a lead; `alt` is followed by their currency. Returns the
    sums as `_sum_pairs` does, and the currency."""
    edges, code, left_out = _sum_pairs(dossier)
    if edges.empty:
        st.info("No payment of this lead has an amount and both accounts.")
        return edges, code
    figure = draw(edges, names, code, dark=screen.dark)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=f"{alt} {code}")
    _say_sums(code, left_out)
    return edges, code


def show_sankey(screen: FinanceScreen, dossier: LeadDossier, names: dict[str, str]) -> None:
    _chart_sums(screen, dossier, names, sankey_chart, "sankey", "Sankey diagram of the sums in")


def show_matrix(screen: FinanceScreen, dossier: LeadDossier, names: dict[str, str]) -> None:
    """Who paid whom how much, as a matrix and pair by pair."""
    alt = "Sums from each payer to each payee, which the table below has too, in"
    edges, code = _chart_sums(screen, dossier, names, matrix_of_sums, "flow-matrix", alt)
    if edges.empty:
        return
    edges = edges.sort_values("minor", ascending=False, ignore_index=True)
    pairs = list(zip(edges["from"], edges["to"], strict=True))
    chosen = choose_row(
        pd.DataFrame(
            {
                "from": edges["from"].map(names),
                "to": edges["to"].map(names),
                "sum": [written(int(minor), code) for minor in edges.minor],
                "payments": edges.payments,
            }
        ),
        pairs,
        key="matrix-pairs",
        height=fit_rows(len(edges), 260),
        alt="Pairs of payer and payee, the largest sum first",
        column_config={
            "from": "From",
            "to": "To",
            "sum": st.column_config.TextColumn(f"Sum ({code})", alignment="right"),
            "payments": "Payments",
        },
    )
    _offer_either(chosen, names, "Choose a pair", "pair")


def _offer_either(chosen: tuple[str, str] | None, names: dict[str, str], ask: str, key: str) -> None:
    """The ways to the two accounts of a row that is chosen; until one is, what to do."""
    with st.container(horizontal=True):
        if chosen is None:
            st.caption(f"{ask} to open its payer or its payee.")
            return
        for word, account in zip(("payer", "payee"), chosen, strict=True):
            if isinstance(account, str):
                st.button(
                    f"Open the {word} {plain(names[account])}",
                    key=f"open-{word}-{key}",
                    type="tertiary",
                    icon=":material/open_in_new:",
                    on_click=choose_account,
                    args=(account,),
                )


def _say_sums(code: str, left_out: int) -> None:
    st.caption(
        f"Sums in {code}."
        + (
            f" Left out: {counted(left_out, 'payment')} in another currency, or without an amount or account."
            if left_out
            else ""
        )
    )
