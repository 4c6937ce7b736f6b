"""Open, read and write the DuckDB store.

DuckDB allows one process to write a file; within it, a connection must not be shared between threads
(one session can receive another session's rows), so every query here takes a cursor of its own and
every write goes through one lock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from analytics.store.copies import copy_store, delete_old_copies
from analytics.store.location import default_path
from analytics.store.migrate import SchemaState, UnusableStore, migrate, read_schema_state
from analytics.store.query_cache import QueryCache

_LOG = logging.getLogger(__name__)
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


class StoreInUse(UnusableStore):
    """Another process has the store open for writing."""


def _connect(path: str) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(path, config=_SETTINGS)
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise StoreInUse(
            f"{path} is open in another Achilles process. Close that app, or use its Data page."
        ) from error


def _open_current(path: str) -> duckdb.DuckDBPyConnection:
    """Open a store and bring its schema up to date. What it was before is copied first, unless it is new."""
    database = _connect(path)
    try:
        state = read_schema_state(database)
        if not state.applied:
            migrate(database, state)
        elif not state.is_current:
            database.execute("CHECKPOINT")
            database.close()
            database = _upgrade(Path(path), state)
    except BaseException:
        database.close()
        raise
    return database


def _upgrade(path: Path, state: SchemaState) -> duckdb.DuckDBPyConnection:
    try:
        copy = copy_store(path, state.version)
    except OSError as error:
        raise UnusableStore(
            f"The store must be upgraded, and no copy of it can be made in {path.parent}: "
            f"{error.strerror or error}. Nothing was changed. It needs {path.stat().st_size:,} bytes there."
        ) from error
    database = _connect(str(path))
    try:
        migrate(database, state)
    except BaseException:
        database.close()
        copy.unlink()  # the store is what it was
        raise
    delete_old_copies(path)
    _LOG.warning(
        "The store %s was upgraded from schema %s. A copy of it as it was is in %s.",
        path,
        state.version,
        copy,
    )
    return database


class Store:
    """One open DuckDB file (or `:memory:`), shared by every thread of the process."""

    def __init__(self, path: Path | str):
        self.path = str(path)
        if self.path != ":memory:":
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        self._database = _open_current(self.path)
        self._database.execute("SET TimeZone = 'UTC'")
        self._database.execute("SET enable_external_access = false")
        self._database.execute("SET lock_configuration = true")
        self._writer = threading.RLock()
        self.query_cache = QueryCache()

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one reader; it sees the last committed state."""
        cursor = self._database.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def write(self, *, changes_data: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction; writers queue. Commits on success, rolls back whole on any error.

        `changes_data` raises the data version, by which results are cached. Writing what no
        analysis reads (the audit trail, a decision) leaves it alone.
        """
        with self._writer:
            cursor = self._database.cursor()
            try:
                cursor.execute("BEGIN")
                yield cursor
                if changes_data:
                    cursor.execute("UPDATE data_version SET version = version + 1").fetchall()
                cursor.execute("COMMIT")
            except BaseException:
                cursor.abort()
                cursor.execute("ROLLBACK")
                raise
            finally:
                cursor.close()

    def query(
        self,
        sql: str,
        parameters: Sequence[Any] | dict[str, Any] | None = None,
        *,
        tables: dict[str, pa.Table] | None = None,
    ) -> pa.Table:
        """Run one SELECT on a cursor of its own and return it as an Arrow table.

        `tables` are further tables that the statement may name; no other query sees them.
        """
        with self.read() as cursor:
            for name, table in (tables or {}).items():
                cursor.register(name, table)
            return cursor.sql(sql, params=parameters).to_arrow_table()

    def rows(
        self, sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Run one SELECT and return its rows as dictionaries: for small results."""
        rows: list[dict[str, Any]] = self.query(sql, parameters).to_pylist()
        return rows

    def data_version(self) -> int:
        """A number that rises with every committed change to the data analyses read."""
        return int(self.rows("SELECT version FROM data_version")[0]["version"])

    def close(self) -> None:
        with self._writer:
            self._database.close()


_open_stores: dict[str, Store] = {}
_open_lock = threading.Lock()


def open_store(path: Path | str | None = None) -> Store:
    """The process-wide store for `path`; opened once, whichever thread asks first."""
    key = str(Path(path).resolve()) if path is not None else str(default_path().resolve())
    with _open_lock:
        if key not in _open_stores:
            _open_stores[key] = Store(key)
        return _open_stores[key]


def close_store(path: Path | str | None = None) -> None:
    """Close the process-wide store for `path`, so that another process or a test can open it."""
    key = str(Path(path).resolve()) if path is not None else str(default_path().resolve())
    with _open_lock:
        store = _open_stores.pop(key, None)
    if store is not None:
        store.close()
