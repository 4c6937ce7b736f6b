"""Open the file of a store: its settings, its schema brought up to date, and why it cannot be opened."""

from __future__ import annotations

import errno
import logging
import re
from pathlib import Path

import duckdb

from analytics.store.copies import copy_store, delete_copy, delete_old_copies
from analytics.store.former_seals import list_former_differences
from analytics.store.migrate import SchemaState, UnusableStore, migrate, read_schema_state
from analytics.store.parquet_tables import MissingFiles, adopt_files
from analytics.store.sealing import seal_everything

_LOG = logging.getLogger(__name__)
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
_SIGNS_OF_FULL_DISK = (
    "no space left",
    "file too large",
    "disk quota",
    "max_temp_directory_size",
    "failed to offload",
)


class StoreInUse(UnusableStore):
    """Another process has the store open for writing."""


class NoStore(UnusableStore):
    """There is no store where one was expected."""


class DiskFull(UnusableStore):
    """The disk that holds the store is full; what was to be written was not."""


def is_disk_full(error: BaseException) -> bool:
    """Whether an error of the store or the system says that the disk, or a quota on it, is full."""
    full = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
    text = str(error).lower()
    return getattr(error, "errno", None) in full or any(sign in text for sign in _SIGNS_OF_FULL_DISK)


def _connect(path: str) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(path, config=_SETTINGS)
    except duckdb.Error as error:
        raise _why_unusable(path, error) from error


def _why_unusable(path: str, error: duckdb.Error) -> UnusableStore:
    """Why a store cannot be opened, in words."""
    text = str(error)
    if re.search(r"\block\b", text):  # and not in "block", of which a damaged store's error speaks
        return StoreInUse(
            f"{path} is open in another Achilles process. Close that app, or use its Data page."
        )
    if is_disk_full(error):
        return DiskFull(f"The disk that holds {path} is full. Free some space, then open the store again.")
    if "permission denied" in text.lower() or "read-only file system" in text.lower():
        return UnusableStore(f"{path} may not be written. Ask for the right to, or use another store.")
    if Path(path).is_dir():
        return UnusableStore(f"{path} is a folder, not a store.")
    return UnusableStore(
        f"{path} is no DuckDB database, or is damaged. Restore it from a copy, or name another store. "
        f"({text.splitlines()[0][:200]})"
    )


def _open_current(path: str) -> duckdb.DuckDBPyConnection:
    """Open a store and bring its schema up to date. What it was before is copied first, unless it is new."""
    database = _connect(path)
    try:
        try:
            state = read_schema_state(database)
        except duckdb.Error as error:
            raise _why_unusable(path, error) from error
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
        _seal_upgraded(database)
    except BaseException:
        database.close()
        delete_copy(copy)  # the store is what it was
        raise
    delete_old_copies(path)
    _LOG.warning(
        "The store %s was upgraded from schema %s. A copy of it as it was is in %s.",
        path,
        state.version,
        copy,
    )
    return database


def _seal_upgraded(database: duckdb.DuckDBPyConnection) -> None:
    """What was written before a store was sealed is sealed as it stands at the upgrade."""
    database.execute("BEGIN")
    why = "Upgrade: sealed as it stands from here on, not as it was written."
    seal_everything(database, why, list_former_differences(database))
    database.execute("COMMIT")


def open_database(path: str, files: Path) -> tuple[duckdb.DuckDBPyConnection, list[str]]:
    """A store that reads nothing outside but its own Parquet files, in `files`; and which tables lie there.
    Raises UnusableStore."""
    database = _open_current(path)
    try:
        database.execute("SET enable_progress_bar = false")
        database.execute("SET TimeZone = 'UTC'")
        if tables := adopt_files(database, files):
            database.execute("SET allowed_directories = [?]", [f"{files}/"])
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
    except MissingFiles as error:
        database.close()
        raise UnusableStore(str(error)) from error
    except BaseException:
        database.close()
        raise
    return database, tables
