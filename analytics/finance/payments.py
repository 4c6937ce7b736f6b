"""Payments ready for analysis: read from a table of the store's shape, in an order that does not depend on
the order of the rows, with accounts as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.finance.tables import Table, to_frame

OUTSIDE = -1  # the other side is not named: cash, or an account nobody recorded
_REQUIRED = ("occurred_at", "from_account", "to_account", "amount_minor", "currency")


@dataclass(frozen=True)
class Payments:
    """`table`, in order of time and then of content: `row` (position in the table given), time (UTC,
    datetime64[us]), payer and payee (positions in `accounts`, or OUTSIDE), amount_minor (> 0), currency, and
    every other column of the table given under its own name. `accounts`: references, sorted.
    `left_out`: why a row is not among the payments, and how many.
    """

    table: pd.DataFrame
    accounts: np.ndarray
    left_out: dict[str, int]

    def code(self, account: str) -> int:
        """The position of an account. Raises KeyError where no payment names it."""
        at = int(np.searchsorted(self.accounts, account)) if len(self.accounts) else 0
        if at == len(self.accounts) or self.accounts[at] != account:
            raise KeyError(f"No payment names the account {account!r}.")
        return at

    def names(self, codes: np.ndarray) -> np.ndarray:
        """The references at these positions; None for OUTSIDE."""
        names = np.append(self.accounts, np.array([None]))  # OUTSIDE, -1, is the last place
        return np.asarray(names[codes])


def read_payments(transactions: Table) -> Payments:
    """The payments of a table with the columns occurred_at (UTC), from_account, to_account, amount_minor,
    currency.

    Rows without a time, an amount or a currency, with an amount of 0, or with no account on either side are
    left out and counted. A negative amount is a payment the other way (a refund): payer and payee are
    swapped, and it is counted as 'turned round' although it stays. Raises ValueError where a required column
    is missing."""
    frame = to_frame(transactions)
    if missing := [name for name in _REQUIRED if name not in frame]:
        raise ValueError(f"Payments need the columns {', '.join(_REQUIRED)}; missing: {', '.join(missing)}.")
    time = pd.to_datetime(frame.occurred_at, utc=True).dt.tz_localize(None).astype("datetime64[us]")
    amount = pd.to_numeric(frame.amount_minor).astype("Int64")
    names, payer, payee = _code_accounts(frame.from_account, frame.to_account)
    currency = _clean_text(frame.currency)
    reasons = [
        ("no time", time.isna()),
        ("no amount", amount.isna() | (amount == 0).fillna(False)),
        ("no currency", currency.isna()),
        ("no account on either side", (payer == OUTSIDE) & (payee == OUTSIDE)),
    ]
    left_out, valid = {}, np.ones(len(frame), bool)
    for reason, faulty in reasons:
        faulty = np.asarray(faulty, dtype=bool)
        if count := int((valid & faulty).sum()):
            left_out[reason] = count
        valid &= ~faulty
    negative = (amount < 0).fillna(False).to_numpy(dtype=bool)
    if count := int((negative & valid).sum()):
        left_out["turned round"] = count
    payer, payee = np.where(negative, payee, payer), np.where(negative, payer, payee)
    used = np.zeros(len(names) + 1, bool)  # the last place is that of OUTSIDE
    used[payer[valid]] = used[payee[valid]] = True
    used[-1] = False
    place = np.append(np.cumsum(used[:-1]) - 1, OUTSIDE)
    table = frame.drop(columns=list(_REQUIRED)).assign(
        row=np.arange(len(frame)),
        time=time,
        payer=place[payer],
        payee=place[payee],
        amount_minor=amount.abs(),
        currency=currency,
    )[valid]
    table["amount_minor"] = table.amount_minor.astype("int64")
    return Payments(table.iloc[_order_of(table)].reset_index(drop=True), names[used[:-1]], left_out)


def _code_accounts(*columns: pd.Series) -> tuple[np.ndarray, ...]:
    """Sorted names without surrounding blanks, and each column as positions in them (OUTSIDE where empty)."""
    code, values = pd.factorize(pd.concat(columns, ignore_index=True))
    texts = np.array([str(value).strip() for value in values], dtype=object)
    names, at = np.unique(np.append(texts, ""), return_inverse=True)  # the empty name comes first
    return names[1:].astype(object), *np.split(at[code] - 1, len(columns))


def _order_of(payments: pd.DataFrame) -> np.ndarray:
    """By time and then by content, so that the order of the rows given changes nothing."""
    rows = [name for name in ("source_id", "row_number") if name in payments]
    tie_breaks = rows or ["reference"] * ("reference" in payments)
    names = ["time", "payer", "payee", "currency", "amount_minor", *tie_breaks]
    keys = [_sort_key(payments[name]) for name in names]
    return np.lexsort(keys[::-1])


def _sort_key(column: pd.Series) -> np.ndarray:
    """Numbers that sort as the column does."""
    if column.dtype.kind in "iM":
        return np.asarray(column.to_numpy())
    return np.asarray(pd.factorize(column, sort=True)[0])


def align_accounts(accounts: Table | None, payments: Payments) -> pd.DataFrame:
    """One row per account of the payments, in their order: `position` (row of the table given, -1 where it
    has none) and the table's columns. Of several rows with one reference the first by (source_id, row_number)
    counts."""
    if accounts is None:
        return pd.DataFrame({"reference": payments.accounts, "position": -1})
    frame = to_frame(accounts)
    frame = frame.assign(position=np.arange(len(frame)))
    frame["reference"] = _clean_text(frame["reference"])
    order = [name for name in ("source_id", "row_number") if name in frame]
    first = frame.dropna(subset=["reference"]).sort_values([*order, "position"]).drop_duplicates("reference")
    names = pd.Index(payments.accounts, name="reference")
    table = first.set_index("reference").reindex(names).reset_index()
    table["position"] = table.position.fillna(-1).astype(int)
    return table


def to_local_times(payments: pd.DataFrame, time_zone: str) -> pd.Series:
    """The payments' times as the clock on the wall of `time_zone` shows them, without zone."""
    return payments.time.dt.tz_localize("UTC").dt.tz_convert(time_zone).dt.tz_localize(None)


def _clean_text(column: pd.Series) -> pd.Series:
    """Text without surrounding blanks; what is empty is missing."""
    code, values = pd.factorize(column)
    texts = [str(value).strip() or None for value in values]
    return pd.Series(np.array([*texts, None], dtype=object)[code], index=column.index, dtype=object)
