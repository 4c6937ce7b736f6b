"""Payments as pairs of payer and payee, as the flow diagrams take them."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics.finance.payment_filter import select_payments_among
from analytics.shared.currency import written


def pair_up(payments: pd.DataFrame, *, inside: bool) -> pd.DataFrame:
    """One row a pair of accounts: from, to, payments, description, weight (share of the payments drawn),
    first, inside."""
    ends = payments.assign(
        payer=payments.from_account.fillna("not recorded (from)"),
        payee=payments.to_account.fillna("not recorded (to)"),
    )
    grouped = ends.groupby(["payer", "payee"], sort=False)
    table = grouped.agg(payments=("row_number", "size"), first=("occurred_at", "min")).reset_index()
    sums = _sums(ends)
    table["description"] = [
        sums.get(pair, "amount not recorded") for pair in zip(table.payer, table.payee, strict=True)
    ]
    table["weight"] = table.payments / max(1, len(payments))
    return table.rename(columns={"payer": "from", "payee": "to"}).assign(inside=inside)


def pairs_of(transactions: pa.Table, accounts: list[str]) -> pd.DataFrame:
    """The pairs among these accounts alone, those with the most payments first."""
    own = select_payments_among(transactions, accounts).to_pandas()
    return pair_up(own, inside=True).sort_values("payments", ascending=False, kind="stable")


def _sums(ends: pd.DataFrame) -> dict[tuple[str, str], str]:
    """By pair its amounts in words, currency by currency."""
    known = ends.dropna(subset=["amount_minor"])
    totals = known.groupby(["payer", "payee", "currency"], sort=False).amount_minor.sum()
    texts: dict[tuple[str, str], list[str]] = {}
    for (payer, payee, code), total in totals.items():
        texts.setdefault((payer, payee), []).append(f"{written(int(total), code)} {code}")
    return {pair: " and ".join(parts) for pair, parts in texts.items()}
