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
    "source_id": "int32", "row_number": "int64", "area_id": "int32", "reference": "string",
    "category": "string", "occurred_from": "timestamp", "occurred_to": "timestamp",
    "time_precision": "string", "local_date": "date", "local_hour": "int8", "local_weekday": "int8",
    "place": "string", "lon": "float64", "lat": "float64", "x": "float64", "y": "float64",
    "harm_weight": "float64",
}  # fmt: skip


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
