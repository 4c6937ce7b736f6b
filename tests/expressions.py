"""Every distinct expression that the tests have an engine run, with the rows it was asked of: what another
engine must answer alike.

Two expressions that differ in their values alone (a date, a list of categories) are one. Of each, one example
with an answer is kept, else one without; of each table at most 2,000 rows.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa

from analytics.store import Store
from analytics.store.engine import DuckDBEngine, carried_tables, named_tables

MAX_ROWS = 2000
_VALUES = (
    (r"'(?:[^']|'')*'", "'?'"),
    (r"\b\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\b", "0"),
    (r"ibis_\w*memtable_\w+", "carried"),
    (r"(?:'\?'|0)(?:,\s*(?:'\?'|0))+", "0"),
    (r"(?:WHEN\s+'\?'\s+THEN\s+(?:'\?'|0)\s*)+", "WHEN '?' THEN 0 "),
)


@dataclass(frozen=True)
class Example:
    """An expression, and by name the tables that it asks for or carries."""

    expression: ibis.Table
    tables: dict[str, pa.Table]


def collect_expressions(folder: Path) -> None:
    """From now on keep an example of every expression that the store's engine runs."""
    folder.mkdir(parents=True, exist_ok=True)
    run, kept = DuckDBEngine.run, dict[str, bool]()

    def run_and_keep(engine: DuckDBEngine, expression: ibis.Table) -> pa.Table:
        rows = run(engine, expression)
        name = name_shape(expression)
        if not kept.get(name, False) and kept.get(name) is not bool(len(rows)):
            kept[name] = bool(len(rows))
            example = Example(expression, _read_tables(engine._store, expression))
            answered = "answered" if len(rows) else "empty"
            path = folder / f"{name}.{answered}.{os.getpid()}.pickle"
            path.write_bytes(pickle.dumps(example))
        return rows

    DuckDBEngine.run = run_and_keep


def name_shape(expression: ibis.Table) -> str:
    """The same name for expressions that differ in their values alone."""
    sql = str(ibis.to_sql(expression, dialect="duckdb"))
    for pattern, mark in _VALUES:
        sql = re.sub(pattern, mark, sql)
    return hashlib.sha256(sql.encode()).hexdigest()[:16]


def list_examples(folder: Path) -> dict[str, Path]:
    """One file for each expression, by its name; one with an answer where there is any."""
    files = sorted(folder.glob("*.pickle"), key=lambda file: (".empty." not in file.name, file.name))
    return {file.name.split(".")[0]: file for file in files}


def read_example(path: Path) -> Example:
    """An example as `collect_expressions` wrote it in this checkout."""
    return pickle.loads(path.read_bytes())


def run_on_duckdb(example: Example) -> pa.Table:
    """What DuckDB answers on the rows of the example."""
    with duckdb.connect(config={"enable_external_access": "false"}) as database:
        database.execute("SET TimeZone = 'UTC'")
        for name, table in example.tables.items():
            database.register(name, table)
        rows = database.sql(str(ibis.to_sql(example.expression, dialect="duckdb"))).to_arrow_table()
    return rows.cast(example.expression.schema().to_pyarrow())


def _read_tables(store: Store, expression: ibis.Table) -> dict[str, pa.Table]:
    query = expression.op()
    tables = {name: table.slice(0, MAX_ROWS) for name, table in carried_tables(query).items()}
    for name in named_tables(query):
        tables[name] = store.query(f'SELECT * FROM "{name}" LIMIT {MAX_ROWS}')
    return tables
