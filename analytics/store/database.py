"""Open, read and write the DuckDB store.

DuckDB allows one process to write a file; within it, a connection must not be shared between threads
(one session can receive another session's rows), so every query here takes a cursor of its own and
every write goes through one lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import duckdb
import pyarrow as pa

from analytics.store.copies import copy_file, delete_leftovers, files_folder, restrict_to_owner
from analytics.store.gate import ReadGate
from analytics.store.location import default_path
from analytics.store.migrate import UnusableStore
from analytics.store.opening import DiskFull, NoStore, is_disk_full, open_database
from analytics.store.parquet_tables import (
    BulkCursor,
    copy_files,
    delete_files,
    delete_unnamed_files,
)
from analytics.store.query_cache import QueryCache
from analytics.store.sealing import seal_changes, watch

_SIGHT = "#seen-by="  # between the path of a store and the name of a sight of it
_SIGHT_BYTES = 64 * 1024**2  # of query results cached for a sight


class Store:
    """One open DuckDB file (or `:memory:`), shared by every thread of the process."""

    def __init__(self, path: Path | str, files: Path | None = None):
        """`files`: the folder of the Parquet files of a copy that is worked on beside its store, if not its
        own; none of them is deleted then."""
        self.path = str(path)
        self.files = files or files_folder(Path(path))
        self._owns_files, self._dropped = files is None, set[Path]()
        if self.path != ":memory:":
            try:
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UnusableStore(
                    f"The folder of the store, {Path(self.path).parent}, cannot be made: {error.strerror}."
                ) from error
            delete_leftovers(Path(self.path))
        self._database = self._open()
        self._writer = threading.RLock()
        self._gate = ReadGate()
        self.query_cache = QueryCache()
        self._sights: dict[str, StoreSight] = {}
        self._search_path = ""

    @property
    def is_partial(self) -> bool:
        """Whether part of what is stored is out of sight here, so that nothing worked out from it may be
        stored for everybody."""
        return bool(self._search_path)

    @property
    def parquet_tables(self) -> frozenset[str]:
        """The tables that lie in Parquet files, in the folder `files`."""
        return frozenset(self._parquet)

    def look_through(self, name: str, views: Callable[[str, str], dict[str, str]]) -> StoreSight:
        """This store through views: what they leave out is not there for whoever reads. `views` gives, for
        the prefix of the tables and that of the views, the statement of each view by the table it stands
        for, each after those it reads."""
        with self._writer:
            if name not in self._sights:
                self._sights[name] = StoreSight(self, len(self._sights), name, views)
            return self._sights[name]

    def find_sight(self, name: str) -> StoreSight:
        """A sight that was opened before. Raises NoStore."""
        if name not in self._sights:
            raise NoStore(f"Nobody has looked at {self.path} as {name}.")
        return self._sights[name]

    def _open(self) -> duckdb.DuckDBPyConnection:
        database, self._parquet = open_database(self.path, self.files)
        if self.path != ":memory:":
            restrict_to_owner(Path(self.path))
        if self._parquet and self._owns_files:
            delete_unnamed_files(database, self.files)
        return database

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one reader; it sees the last committed state."""
        with self._gate.reading():
            cursor = self._database.cursor()
            try:
                if self._search_path:
                    cursor.execute(f"SET search_path = '{self._search_path}'")
                yield cursor
            finally:
                cursor.close()
        if self._dropped:
            self._delete_dropped()

    @contextmanager
    def set_aside(self, seconds: float = 30) -> Iterator[Path]:
        """Close the file, all of it written and nothing beside it, and open again what then lies at its path.
        Readers and writers wait meanwhile. Raises StillRead after `seconds` in which others read on."""
        with self._writer, self._gate.closed(seconds):
            self._database.execute("CHECKPOINT")
            self._database.close()
            try:
                yield Path(self.path)
            finally:
                self._database = self._open()
                self.query_cache = QueryCache()
                for sight in self._sights.values():
                    sight.build()

    def copy_to(self, target: Path) -> None:
        """Copy the file as it is now, and its Parquet files, readable by its owner alone; readers read on,
        writers wait. Raises OSError, leaving no part of a copy of the file."""
        with self._writer:
            self.write_out()
            copy_files(self._database, self.files, files_folder(target))
            copy_file(Path(self.path), target)

    @contextmanager
    def write(self, *, changes_data: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction; writers queue. Commits on success, rolls back whole on any error.

        `changes_data` raises the data version, by which results are cached. Writing what no
        analysis reads (the audit trail, a decision) leaves it alone.
        """
        with self._writer:
            cursor = self._database.cursor()
            bulk = BulkCursor(cursor, self._parquet, self.files) if self._parquet else None
            inner = cast(duckdb.DuckDBPyConnection, bulk or cursor)
            try:
                cursor.execute("BEGIN")
                watched, written = watch(inner)
                yield watched
                seal_changes(inner, written)
                if bulk:
                    bulk.write_files()
                if changes_data:
                    cursor.execute("UPDATE data_version SET version = version + 1").fetchall()
                cursor.execute("COMMIT")
            except BaseException as error:
                with suppress(duckdb.Error):  # a commit that failed has ended the transaction already
                    cursor.abort()
                    cursor.execute("ROLLBACK")
                if bulk:
                    delete_files(bulk.written)
                if isinstance(error, (duckdb.Error, OSError)) and is_disk_full(error):
                    raise DiskFull(
                        "The disk that holds the store is full, and nothing was changed. Free some space, "
                        "then do it again."
                    ) from error
                raise
            finally:
                cursor.close()
            if bulk and self._owns_files:
                self._dropped |= set(bulk.dropped)
                self._delete_dropped()

    def _delete_dropped(self) -> None:
        """Delete the files that no row lies in any more, as soon as nobody reads who began before."""
        if self._gate.is_idle:
            while self._dropped:
                delete_files([self._dropped.pop()])

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
        """Run one SELECT and return its rows as dictionaries: for small results, which a table delays."""
        with self.read() as cursor:
            found = cursor.execute(sql, parameters).fetchall()
            names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found]

    def data_version(self) -> int:
        """A number that rises with every committed change to the data analyses read."""
        return int(self.rows("SELECT version FROM data_version")[0]["version"])

    def write_out(self) -> None:
        """Bring everything committed into the file itself, so that nothing of it lies only beside it."""
        with self._writer:
            self._database.execute("CHECKPOINT")

    def close(self) -> None:
        with self._writer:
            self._database.close()


class StoreSight(Store):
    """A store through views, with a path and a cache of its own: what is cached by a store's path is not
    given to somebody who sees less. It is written as the whole store is, by who may."""

    def __init__(
        self, whole: Store, number: int, name: str, views: Callable[[str, str], dict[str, str]]
    ) -> None:
        self.path = f"{whole.path}{_SIGHT}{name}"
        self._whole, self._views, self._schema = whole, views, f"achilles_sights.sight_{number}"
        self._writer, self._gate, self._sights = whole._writer, whole._gate, {}
        self.files, self._owns_files, self._dropped = whole.files, whole._owns_files, whole._dropped
        self.build()

    def build(self) -> None:
        """Make the views, in memory, of the whole store as it is now open."""
        self._database, self._parquet = self._whole._database, self._whole._parquet
        self.query_cache = QueryCache(max_bytes=_SIGHT_BYTES)
        cursor = self._database.cursor()
        try:
            ((main,),) = cursor.execute("SELECT current_database()").fetchall()
            tables = f"{_quote(main)}.main"
            cursor.execute("ATTACH IF NOT EXISTS ':memory:' AS achilles_sights")
            cursor.execute(f"CREATE SCHEMA {self._schema}")
            for table, statement in self._views(tables, self._schema).items():
                cursor.execute(f"CREATE VIEW {self._schema}.{_quote(table)} AS {statement}")
        finally:
            cursor.close()
        self._search_path = f"{self._schema},{tables}".replace("'", "''")

    @contextmanager
    def set_aside(self, seconds: float = 30) -> Iterator[Path]:
        """As of the whole store."""
        with self._whole.set_aside(seconds) as path:
            yield path

    def copy_to(self, target: Path) -> None:
        """As of the whole store."""
        self._whole.copy_to(target)

    def close(self) -> None:
        """The whole store is closed, not what somebody sees of it."""


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_open_stores: dict[str, Store] = {}
_open_lock = threading.Lock()


def open_store(path: Path | str | None = None, *, create: bool = True) -> Store:
    """The process-wide store for `path`; opened once, whichever thread asks first. One that does not exist is
    made, or, without `create`, refused as NoStore. The path of a sight of a store gives that sight."""
    if path is not None and _SIGHT in str(path):
        whole, _, sight = str(path).partition(_SIGHT)
        return open_store(whole, create=False).find_sight(sight)
    key = str(Path(path).resolve()) if path is not None else str(default_path().resolve())
    with _open_lock:
        if key not in _open_stores:
            if not create and not Path(key).exists():
                raise NoStore(f"There is no store {key}. Name another with --store, or import data first.")
            _open_stores[key] = Store(key)
        return _open_stores[key]


def close_store(path: Path | str | None = None) -> None:
    """Close the process-wide store for `path`, so that another process or a test can open it."""
    key = str(Path(path).resolve()) if path is not None else str(default_path().resolve())
    with _open_lock:
        store = _open_stores.pop(key, None)
    if store is not None:
        store.close()
