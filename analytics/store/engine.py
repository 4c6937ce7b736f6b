"""Where bulk tables live: unbound Ibis tables here, bound to an engine only when run.

An analysis builds an expression on `incidents()` and its like and has an engine run it; `open_engine` gives
the one that is set. `DuckDBEngine` compiles it and runs it on a cursor of the store, over its own tables or
the Parquet files that stand for them, or gives the result it had from the same data before. `SparkEngine`
(spark.py) runs the same over those files.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Protocol

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from analytics.store import Store, UnusableStore

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
    "attributes": "string",
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
    "attributes": "string",
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
    "attributes": "string",
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
    "attributes": "string",
}
_BOUNDARY = {
    "source_id": "int32",
    "row_number": "int64",
    "area_id": "int32",
    "layer": "string",
    "role": "string",
    "code": "string",
    "name": "string",
    "geometry": "binary",
}
_DENOMINATOR = {
    "target_id": "int32",
    "area_id": "int32",
    "name": "string",
    "layer": "string",
    "file_name": "string",
    "sha256": "string",
    "loaded_by": "string",
    "loaded_at": "timestamp",
}
_DENOMINATOR_VALUE = {
    "target_id": "int32",
    "outline_id": "string",
    "x": "float64",
    "y": "float64",
    "value": "float64",
}


class Engine(Protocol):
    """Runs an unbound Ibis table expression and returns its rows."""

    def run(self, expression: ibis.Table) -> pa.Table: ...


class DuckDBEngine:
    """The default engine: the embedded store."""

    def __init__(self, store: Store):
        self._store = store

    def run(self, expression: ibis.Table) -> pa.Table:
        """The rows of an expression, from the store's cache where the data have not changed since."""
        query = expression.op()
        version = self._store.data_version()  # first, so that no result is older than its version
        cached = self._store.query_cache.find(version, query)
        if cached is not None:
            return cached
        tables = carried_tables(query)
        rows = self._store.query(str(ibis.to_sql(expression, dialect="duckdb")), tables=tables)
        # DuckDB sums integers as 128-bit ones, which Arrow knows only as decimals: give what Ibis declares.
        result = rows.cast(expression.schema().to_pyarrow())
        carried = sum(table.get_total_buffer_size() for table in tables.values())
        self._store.query_cache.add(version, query, result, carried)
        return result


def open_engine(store: Store) -> Engine:
    """The engine that `ACHILLES_ENGINE` names: the store's own where it names none, Spark for `spark://...`
    or `spark:local[2]`. Raises UnusableStore for another name."""
    address = os.environ.get("ACHILLES_ENGINE", "")
    if address in ("", "duckdb"):
        return DuckDBEngine(store)
    if address.startswith("spark:"):
        from analytics.store.spark import SparkEngine

        return SparkEngine(store, address)
    raise UnusableStore(
        f"ACHILLES_ENGINE is {address!r}. Unset it, or name a Spark: spark://host:port or spark:local[2]."
    )


def carried_tables(query: ibis.expr.operations.Node) -> dict[str, pa.Table]:
    """The tables that an expression carries with it, by the names it gives them. Raises ValueError where one
    has a value that is not a number: DuckDB takes it for the greatest number, Spark for no value."""
    tables = {
        table.name: table.data.to_pyarrow(table.schema)
        for table in query.find(ibis.expr.operations.InMemoryTable)
    }
    for table in tables.values():
        for name, values in zip(table.column_names, table.columns, strict=True):
            if pa.types.is_floating(values.type) and pc.any(pc.is_nan(values)).as_py():
                raise ValueError(f"The column {name} has values that are no numbers (NaN); leave them empty.")
    return tables


def named_tables(query: ibis.expr.operations.Node) -> set[str]:
    """The names of the store's tables that an expression asks for."""
    return {str(table.name) for table in query.find(ibis.expr.operations.UnboundTable)}


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


@cache
def boundaries() -> ibis.Table:
    """The outlines of beats, wards, streets, water and green: WKB in WGS 84."""
    return ibis.table(_BOUNDARY, name="boundary")


@cache
def denominators() -> ibis.Table:
    """What rates are per: residents, households and the like, one row a loaded file."""
    return ibis.table(_DENOMINATOR, name="target")


@cache
def denominator_values() -> ibis.Table:
    """The values of each denominator: by outline, or at a point in metres."""
    return ibis.table(_DENOMINATOR_VALUE, name="target_value")
