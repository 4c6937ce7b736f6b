"""The period, accounts and currencies of the store's payments, and which of them a user chose to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.store import Store


@dataclass(frozen=True)
class MoneyExtent:
    """What the store's payments cover: times are UTC; `currencies` the most used first. `time_zone`: of the
    first working area, by whose clock nights and weeks are counted; UTC where there is none."""

    transactions: int
    accounts: int
    first: date
    last: date
    currencies: tuple[str, ...]
    channels: tuple[str, ...]
    countries: tuple[str, ...]
    time_zone: str


@dataclass(frozen=True)
class PaymentFilter:
    """What a user narrows the leads to. A bound is inclusive; an empty tuple is all. Amounts are minor units
    and need a currency, for no currency is compared with another."""

    first: date
    last: date
    currency: str | None = None
    min_minor: int | None = None
    max_minor: int | None = None
    channels: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


def read_money_extent(store: Store) -> MoneyExtent | None:
    """None where the store has no transaction."""
    row = store.rows(
        "SELECT count(*) AS transactions, min(occurred_at)::DATE AS first, max(occurred_at)::DATE AS last,"
        " (SELECT count(DISTINCT reference) FROM account) AS accounts,"
        " (SELECT list(currency ORDER BY n DESC, currency) FROM (SELECT currency, count(*) AS n"
        ' FROM "transaction"'
        " WHERE currency IS NOT NULL GROUP BY ALL)) AS currencies,"
        " list_sort(list(DISTINCT channel)) AS channels,"
        " list_sort(list_distinct(flatten(list(DISTINCT [country, from_country, to_country])))) AS countries,"
        " coalesce((SELECT arg_min(time_zone, area_id) FROM area), 'UTC') AS time_zone"
        ' FROM "transaction"'
    )[0]
    if not row["transactions"] or row["first"] is None:
        return None
    texts = {
        name: tuple(text for text in row[name] or () if text)
        for name in ("currencies", "channels", "countries")
    }
    return MoneyExtent(
        row["transactions"], row["accounts"], row["first"], row["last"], **texts, time_zone=row["time_zone"]
    )


def matches_filter(payments: pa.Table, payment_filter: PaymentFilter) -> np.ndarray:
    """Whether each payment passes the filter."""
    time = payments["occurred_at"].cast(pa.timestamp("us"))
    first, after = (
        datetime.combine(day, datetime.min.time())
        for day in (payment_filter.first, payment_filter.last + timedelta(days=1))
    )
    tests = [pc.greater_equal(time, first), pc.less(time, after)]
    if payment_filter.currency:
        tests.append(pc.equal(payments["currency"], payment_filter.currency))
        if payment_filter.min_minor is not None:
            tests.append(pc.greater_equal(payments["amount_minor"], payment_filter.min_minor))
        if payment_filter.max_minor is not None:
            tests.append(pc.less_equal(payments["amount_minor"], payment_filter.max_minor))
    if payment_filter.channels:
        tests.append(_among(payments, "channel", payment_filter.channels))
    if payment_filter.countries:
        named = [
            _among(payments, name, payment_filter.countries)
            for name in ("country", "from_country", "to_country")
        ]
        tests.append(reduce(pc.or_, named))
    return np.asarray(pc.fill_null(reduce(pc.and_kleene, tests), False).to_numpy())


def _among(payments: pa.Table, column: str, wanted: tuple[str, ...]) -> pa.ChunkedArray:
    return pc.is_in(payments[column].cast(pa.string()), value_set=pa.array(wanted, pa.string()))


def select_payments_of(transactions: pa.Table, accounts: list[str]) -> pa.Table:
    """All transactions in which any of the accounts pays or is paid."""
    wanted = pa.array(accounts, pa.string())
    touched = pc.or_(
        pc.is_in(transactions["from_account"], value_set=wanted),
        pc.is_in(transactions["to_account"], value_set=wanted),
    )
    return transactions.filter(touched)


def select_payments_among(transactions: pa.Table, accounts: list[str]) -> pa.Table:
    """All transactions whose payer and payee are both among the accounts, but not the same one."""
    wanted = pa.array(accounts, pa.string())
    payer, payee = transactions["from_account"], transactions["to_account"]
    both = pc.and_(pc.is_in(payer, value_set=wanted), pc.is_in(payee, value_set=wanted))
    return transactions.filter(pc.and_(both, pc.not_equal(payer, payee)))
