"""Where bulk tables live: unbound Ibis tables here, bound to an engine only when run.

An analysis builds an expression on `incidents()` and its like; `DuckDBEngine.run` compiles it and runs it
on a cursor of its own. Another engine (Spark over Parquet) is another class with the same `run`.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

import ibis
import pyarrow as pa

from analytics.store import Store

_INCIDENT = {
    "source_id": "int32",
    "row_number": "int64",
    "area_id": "int32",
    "reference": "string",
    "category": "string",
    "occurred_from": "timestamp",
    "occurred_to": "timestamp",
    "time_precision": "string",
    "local_date": "date",
    "local_hour": "int8",
    "local_weekday": "int8",
    "place": "string",
    "lon": "float64",
    "lat": "float64",
    "x": "float64",
    "y": "float64",
    "harm_weight": "float64",
}

_ADVERT = {
    "source_id": "int32",
    "row_number": "int64",
    "reference": "string",
    "title": "string",
    "body": "string",
    "kind": "string",
    "posted_at": "timestamp",
    "site": "string",
    "place": "string",
    "stage": "string",
    "contact": "string",
    "time_precision": "string",
    "language": "string",
    "repost_of": "int64",
}
_ACCOUNT = {
    "source_id": "int32",
    "row_number": "int64",
    "reference": "string",
    "holder": "string",
    "kind": "string",
    "opened": "date",
    "place": "string",
    "phone": "string",
    "address": "string",
    "email": "string",
    "activity": "string",
    "country": "string",
    "currency": "string",
    "balance_minor": "int64",
    "balance_on": "date",
}
_TRANSACTION = {
    "source_id": "int32",
    "row_number": "int64",
    "reference": "string",
    "occurred_at": "timestamp",
    "from_account": "string",
    "to_account": "string",
    "amount_minor": "int64",
    "currency": "string",
    "channel": "string",
    "merchant_category": "string",
    "place": "string",
    "country": "string",
    "stage": "string",
    "note": "string",
    "time_precision": "string",
    "from_name": "string",
    "to_name": "string",
    "from_country": "string",
    "to_country": "string",
}


class Engine(Protocol):
    """Runs an unbound Ibis table expression and returns its rows."""

    def run(self, expression: ibis.Table) -> pa.Table: ...


class DuckDBEngine:
    """The default engine: the embedded store."""

    def __init__(self, store: Store):
        self._store = store

    def run(self, expression: ibis.Table) -> pa.Table:
        small = {
            table.name: table.data.to_pyarrow(table.schema)
            for table in expression.op().find(ibis.expr.operations.InMemoryTable)
        }
        rows = self._store.query(str(ibis.to_sql(expression, dialect="duckdb")), tables=small)
        # DuckDB sums integers as 128-bit ones, which Arrow knows only as decimals: give what Ibis declares.
        return rows.cast(expression.schema().to_pyarrow())


@cache
def incidents() -> ibis.Table:
    """The recorded-crime table; a test holds its columns to the store's schema."""
    return ibis.table(_INCIDENT, name="incident")


@cache
def adverts() -> ibis.Table:
    """The table of adverts, one row a posting."""
    return ibis.table(_ADVERT, name="advert")


@cache
def accounts() -> ibis.Table:
    """The table of accounts and their holders."""
    return ibis.table(_ACCOUNT, name="account")


@cache
def transactions() -> ibis.Table:
    """The table of transactions, in whole minor units of each one's currency."""
    return ibis.table(_TRANSACTION, name="transaction")
