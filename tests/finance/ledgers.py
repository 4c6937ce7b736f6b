"""Small ledgers: random ones for Hypothesis, and parameters under which they hold something to find."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from functools import cache

import pyarrow as pa
from hypothesis import strategies as st

from analytics.finance.typologies.detectors import (
    chain,
    dormant,
    funnel,
    pass_through,
    remittance,
    structuring,
    third_party,
)
from analytics.finance.typologies.engine.detector import Detector, Search
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.surroundings import Surroundings
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, build_ledger
from analytics.finance.typologies.parameters import Parameters
from analytics.store import Store
from analytics.store.engine import DuckDBEngine

START = datetime(2026, 1, 1)
SCHEMA = pa.schema(
    {
        "source_id": pa.int32(),
        "row_number": pa.int64(),
        "occurred_at": pa.timestamp("us"),
        "from_account": pa.string(),
        "to_account": pa.string(),
        "amount_minor": pa.int64(),
        "currency": pa.string(),
        "channel": pa.string(),
        "place": pa.string(),
        "merchant_category": pa.string(),
    }
)
# Weak thresholds, so that results are many on twenty random rows.
PARAMETERS = (
    Parameters(
        surroundings=Surroundings(
            history_days=10,
            window_days=2,
            hub_counterparties=30,
            min_surprise=0.05,
            purchase_channels=("card", "cash"),
            money_categories=("remittance",),
        )
    )
    .replace(chain.DETECTOR, min_edges=2, max_edges=5)
    .replace(structuring.DETECTOR, min_payments=2, window_days=3, line_minor={"GBP": 1000, "EUR": 900})
    .replace(pass_through.DETECTOR, min_times=1, within_hours=24, min_share=0.5)
    .replace(funnel.DETECTOR, min_places=2, window_days=3)
    .replace(third_party.DETECTOR, min_accounts=2, window_days=3)
    .replace(remittance.DETECTOR, min_payers=2, window_days=3)
    .replace(dormant.DETECTOR, quiet_days=5, min_payments=2, window_days=3)
)


@cache
def _store() -> Store:
    return Store(":memory:")


def engine() -> DuckDBEngine:
    """One engine for all tests of the session; `close` ends it."""
    return DuckDBEngine(_store())


def close() -> None:
    _store().close()
    _store.cache_clear()


def row(
    hours: float | None,
    payer: str | None,
    payee: str | None,
    amount: int | None = 100,
    currency: str | None = "GBP",
    channel: str | None = "transfer",
    place: str | None = None,
    category: str | None = None,
) -> dict:
    when = None if hours is None else START + timedelta(hours=hours)
    return {
        "occurred_at": when,
        "from_account": payer,
        "to_account": payee,
        "amount_minor": amount,
        "currency": currency,
        "channel": channel,
        "place": place,
        "merchant_category": category,
    }


def table(rows: list[dict]) -> pa.Table:
    """Rows as the store holds them, numbered as given from 2 (row 1 is the header) unless they are
    numbered."""
    numbered = [{"source_id": 1, "row_number": at, **entry} for at, entry in enumerate(rows, 2)]
    return pa.Table.from_pylist(numbered, schema=SCHEMA)


def ledger(
    rows: list[dict], parameters: Parameters = PARAMETERS, accounts: pa.Table | None = None
) -> TimedLedger:
    return build_ledger(table(rows), parameters.surroundings, engine(), accounts)


def find(
    detector: Detector,
    built: TimedLedger,
    parameters: Parameters = PARAMETERS,
    layers: Results | None = None,
) -> Results:
    """What one detector finds in a ledger."""
    return detector.find(Search(built, parameters.of(detector), engine(), layers))


def with_surroundings(**changes) -> Parameters:
    return dataclasses.replace(PARAMETERS, surroundings=PARAMETERS.surroundings.model_copy(update=changes))


def _rows(accounts: str, days: int):
    """Times on few hours, so that many are equal; both ends from few accounts, so that some pay
    themselves."""
    who = st.sampled_from(accounts)
    return st.builds(
        row,
        hours=st.integers(0, days * 4).map(lambda k: 6 * k),
        payer=st.one_of(who, who, who, who, st.none()),
        payee=st.one_of(who, who, who, who, st.none()),
        amount=st.one_of(st.sampled_from([100, 450, 500, 880, 900, 950, 999, 1000, -500, 0]), st.none()),
        currency=st.sampled_from(["GBP", "GBP", "EUR", "SEK", None]),
        channel=st.sampled_from(["cash", "Cash", "transfer", "remittance", None]),
        place=st.sampled_from(["north", "south", "east", None]),
        category=st.sampled_from([None, None, None, None, "groceries", "remittance"]),
    )


random_rows = st.lists(_rows("ABCDEFG", 30), min_size=1, max_size=32)
dense_rows = st.lists(_rows("ABCDE", 5), min_size=1, max_size=28)
_STEPS = [
    "AM",
    "AN",
    "AO",
    "BM",
    "BN",
    "BO",
    "CM",
    "CN",
    "MX",
    "MY",
    "MZ",
    "NX",
    "NY",
    "NZ",
    "OX",
    "OY",
    "MA",
    "XX",
]
layered_rows = st.lists(
    st.builds(
        lambda hour, step, late: row(6 * hour + late * (step[0] in "MNO"), *step),
        st.integers(0, 6),
        st.sampled_from(_STEPS),
        st.sampled_from([0, 30]),
    ),
    min_size=8,
    max_size=40,
)
"""Payments from A to C through M to O to X to Z, in order or not, with some back and some to themselves."""
holders = st.fixed_dictionaries(
    {
        who: st.tuples(
            st.sampled_from(["1", "1", "2", None]),
            st.sampled_from(["Al Roe", "Bo Roe", "Cy Lamb", "Di Oak", None]),
        )
        for who in "ABCDEFG"
    }
).map(
    lambda given: pa.table(
        {
            "reference": pa.array(list(given)),
            "phone": pa.array([phone for phone, _ in given.values()], pa.string()),
            "holder": pa.array([holder for _, holder in given.values()], pa.string()),
        }
    )
)
