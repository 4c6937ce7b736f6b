"""The engine that runs on Spark: the same expressions, over the Parquet files of a store's bulk tables.

PySpark is an optional extra and needs Java 17: docs/scale.md. The session is opened once a process, with
moments in UTC. A question has the tables that it names as temporary views, which are dropped after it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import ibis
import pyarrow as pa

from analytics.store.database import Store
from analytics.store.engine import carried_tables, named_tables
from analytics.store.migrate import UnusableStore
from analytics.store.parquet_tables import BULK

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # moments without a zone, as the store has them
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",  # no page of its own on a port of this machine
    "spark.ui.showConsoleProgress": "false",
}
_ON_ONE_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
}
_sessions: dict[str, Any] = {}
_lock = threading.Lock()


class NoSpark(UnusableStore):
    """The engine is set to Spark, and PySpark, Java or the cluster is not there."""


class SparkEngine:
    """Runs expressions on Spark.

    `address`: `spark://host:port` of a cluster, which must reach the folder of the files under the same path,
    or `spark:local[2]` for a Spark of two threads in this process. Which files are read is asked of the
    store, so for somebody who does not see a source none of its files is read."""

    def __init__(self, store: Store, address: str) -> None:
        self._store, self._address = store, address

    def run(self, expression: ibis.Table) -> pa.Table:
        """The rows of an expression, from the store's cache where the data have not changed since. Raises
        UnusableStore where the store's bulk tables are not in Parquet files, or there is no Spark."""
        query = expression.op()
        version = self._store.data_version()  # first, so that no result is older than its version
        if (cached := self._store.query_cache.find(version, (self._address, query))) is not None:
            return cached
        carried = carried_tables(query)
        session = open_session(self._address).newSession()  # with temporary views of its own
        views = {name: session.createDataFrame(table) for name, table in carried.items()}
        views |= {name: self._read_table(session, name) for name in named_tables(query)}
        result = run_on_views(session, expression, views)
        size = sum(table.get_total_buffer_size() for table in carried.values())
        self._store.query_cache.add(version, (self._address, query), result, size)
        return result

    def _read_table(self, session: Any, name: str) -> Any:
        """A table as a Spark frame: its Parquet files, or the rows of one that is no bulk table."""
        if name not in BULK:
            return session.createDataFrame(self._store.query(f'SELECT * FROM "{name}"'))
        if name not in self._store.parquet_tables:
            raise UnusableStore(
                f"Spark reads the table {name} as Parquet files, and this store has it inside. Move it with "
                "achilles store move --to parquet, or unset ACHILLES_ENGINE."
            )
        empty = session.createDataFrame(self._store.query(f'SELECT * FROM "{name}" LIMIT 0'))
        listed = self._store.rows("SELECT file FROM parquet_file WHERE table_name = ? ORDER BY 1", [name])
        files = [(self._store.files / row["file"]).resolve().as_uri() for row in listed]
        return session.read.schema(empty.schema).parquet(*files) if files else empty


def run_on_views(session: Any, expression: ibis.Table, views: Mapping[str, Any]) -> pa.Table:
    """The rows of an expression, on Spark frames by the name of the table that each stands for."""
    _ = ibis.pyspark  # being named, it registers what its compiler asks
    try:
        for name, frame in views.items():
            frame.createOrReplaceTempView(name)
        rows: pa.Table = session.sql(str(ibis.to_sql(expression, dialect="pyspark"))).toArrow()
    finally:
        for name in views:
            session.catalog.dropTempView(name)
    return rows.cast(expression.schema().to_pyarrow())


def open_session(address: str) -> Any:
    """The process's session at an address, opened when it is first asked for. Raises NoSpark."""
    with _lock:
        if address not in _sessions:
            _sessions[address] = _connect(address)
        return _sessions[address]


def _connect(address: str) -> Any:
    try:
        builder = import_module("pyspark.sql").SparkSession.builder
    except ImportError as error:
        raise NoSpark(
            "ACHILLES_ENGINE names a Spark, and PySpark is not installed: pip install 'achilles[spark]'."
        ) from error
    is_cluster = address.startswith("spark://")
    settings = _SETTINGS | ({} if is_cluster else _ON_ONE_MACHINE)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.master(address if is_cluster else address.removeprefix("spark:")).getOrCreate()
    except Exception as error:  # noqa: BLE001 whatever Java, Py4J or Spark raises
        raise NoSpark(f"Spark could not be started at {address}: {str(error)[:300]}") from error
