"""Bring a store's schema up to date: numbered SQL files, each applied once, all
that are due in one transaction.

A file that has been applied is never edited. The store records the SHA-256 of each, and is refused where a
file differs or is missing: such a store is not the one that the rest of the code expects.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from analytics.store.former import repair_former_store
from analytics.store.parquet_tables import drop_shape, keep_shape, put_table_back, write_view
from analytics.store.schema_check import describe_schema, list_differences

_FOLDER = Path(__file__).parent / "migrations"
_WITH_PARQUET = 48  # the migration from which on tables may lie in Parquet files
_ADDS_COLUMN = re.compile(r"^\s*(--[^\n]*\n\s*)*(ALTER\s+TABLE\s+\S+\s+ADD|COMMENT\s+ON)\b", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*")
_BOOKKEEPING = """
    CREATE TABLE IF NOT EXISTS schema_migration (
        number INTEGER, applied_at TIMESTAMP DEFAULT current_timestamp, sha256 VARCHAR
    );
    ALTER TABLE schema_migration ADD COLUMN IF NOT EXISTS sha256 VARCHAR;
"""


class UnusableStore(RuntimeError):
    """The store cannot be opened, and was not changed. The message says why and what to do."""


class StoreTooNew(UnusableStore):
    """The store was written by a later version of Achilles."""


class MigrationsDiffer(UnusableStore):
    """The store was made with other migrations than those that ship with this version."""


class MigrationFailed(UnusableStore):
    """A migration failed; the store is as it was before."""


@dataclass(frozen=True)
class Migration:
    """One file of `analytics/store/migrations`."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True)
class SchemaState:
    """`applied`: the SHA-256 of each migration that the store has, by number; None where it was applied
    before hashes were recorded. `due`: the migrations that it lacks."""

    applied: dict[int, str | None]
    due: tuple[Migration, ...]

    @property
    def version(self) -> int:
        """The number of its latest migration, 0 of an empty store."""
        return max(self.applied, default=0)

    @property
    def is_current(self) -> bool:
        return not self.due and None not in self.applied.values()


@cache
def shipped_migrations() -> tuple[Migration, ...]:
    """Every migration of this version, in order. Line ends do not matter."""
    return tuple(
        Migration(int(path.name[:4]), path.name, path.read_text(encoding="utf-8"))
        for path in sorted(_FOLDER.glob("[0-9]*.sql"))
    )


def read_schema_state(database: duckdb.DuckDBPyConnection) -> SchemaState:
    """What the store has and lacks; writes nothing. Raises StoreTooNew, or MigrationsDiffer where a migration
    that it has was edited since or is missing here."""
    applied = _read_applied(database)
    shipped = {migration.number: migration for migration in shipped_migrations()}
    if max(applied, default=0) > max(shipped):
        raise StoreTooNew(
            f"The store has schema {max(applied)}; this version knows {max(shipped)}. Update Achilles."
        )
    if missing := sorted(set(applied) - set(shipped)):
        raise MigrationsDiffer(
            f"The store has migration {missing[0]}, which is missing here. Install the version of Achilles "
            "that wrote the store, or a later one."
        )
    for number, digest in applied.items():
        if digest not in (None, shipped[number].sha256):
            raise MigrationsDiffer(
                f"The migration {shipped[number].name} was edited after the store was made with it. Restore "
                "the file as it was, or install Achilles again."
            )
    due = tuple(migration for migration in shipped.values() if migration.number not in applied)
    return SchemaState(applied, due)


def migrate(database: duckdb.DuckDBPyConnection, state: SchemaState) -> None:
    """Apply what is due, all or nothing. Raises MigrationFailed or MigrationsDiffer; the store is then as it
    was."""
    name = "the record of migrations"
    try:
        database.execute("BEGIN")
        database.execute(_BOOKKEEPING)
        moved = _put_tables_back(database, state)
        if None in state.applied.values():
            name = "the check of a store without recorded hashes"
            _record_hashes(database, state)
        for migration in state.due:
            name = migration.name
            database.execute(migration.sql)
            row = [migration.number, migration.sha256]
            database.execute("INSERT INTO schema_migration (number, sha256) VALUES (?, ?)", row).fetchall()
        for table, folder in moved.items():
            keep_shape(database, table)
            database.execute(f'DROP TABLE main."{table}"')
            write_view(database, table, Path(folder))
        database.execute("COMMIT")
    except BaseException as error:
        with suppress(duckdb.Error):  # of a transaction that the error has ended already
            database.execute("ROLLBACK")
        if isinstance(error, duckdb.Error):
            raise MigrationFailed(f"The store was not changed: {name} failed. {error}") from error
        raise


def _put_tables_back(database: duckdb.DuckDBPyConnection, state: SchemaState) -> dict[str, str]:
    """Put the empty tables of what lies in Parquet files in the place of its views, so that migrations can
    add columns; by table the folder of its files. Raises MigrationFailed where one would change rows."""
    if _WITH_PARQUET not in state.applied:
        return {}
    moved: dict[str, str] = dict(
        database.execute("SELECT table_name, folder FROM parquet_table ORDER BY 1").fetchall()
    )
    for migration in state.due:
        statements = (part for part in migration.sql.split(";") if not _ADDS_COLUMN.search(part))
        words = {word.lower() for part in statements for word in re.findall(r"\w+", _COMMENT.sub("", part))}
        if changed := sorted(words & set(moved)):
            raise MigrationFailed(
                f"{migration.name} changes rows of {changed[0]}, which lies in Parquet files. Move the store "
                "back with the version that wrote it (achilles store move --to duckdb), then upgrade."
            )
    for table in moved:
        put_table_back(database, table)
        drop_shape(database, table)
    return moved


def _read_applied(database: duckdb.DuckDBPyConnection) -> dict[int, str | None]:
    with suppress(
        duckdb.CatalogException, duckdb.BinderException
    ):  # the list of tables takes ten times longer
        return dict(
            database.execute("SELECT number, sha256 FROM schema_migration ORDER BY number").fetchall()
        )
    tables = {name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "schema_migration" not in tables:
        if tables:
            raise UnusableStore("The file is a DuckDB database, but not a store of Achilles.")
        return {}
    columns = database.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'schema_migration'"
    ).fetchall()
    digest = "sha256" if ("sha256",) in columns else "NULL"
    return dict(database.execute(f"SELECT number, {digest} FROM schema_migration ORDER BY number").fetchall())


def _record_hashes(database: duckdb.DuckDBPyConnection, state: SchemaState) -> None:
    """Record which texts a store was made with that knows only their numbers: those of today, as soon as what
    was edited since is repaired and its tables are those that they make."""
    repair_former_store(database, set(state.applied))
    own = [migration for migration in shipped_migrations() if migration.number in state.applied]
    with duckdb.connect(":memory:") as expected:
        expected.execute(_BOOKKEEPING)
        for migration in own:
            expected.execute(migration.sql)
        differences = list_differences(describe_schema(expected), describe_schema(database))
    if differences:
        raise MigrationsDiffer(
            "The store was made with other migrations than those of this version, and cannot be used: "
            f"{'; '.join(differences[:5])}{' and more' if len(differences) > 5 else ''}. Open it with the "
            "version that wrote it."
        )
    for migration in own:
        row = [migration.sha256, migration.number]
        database.execute("UPDATE schema_migration SET sha256 = ? WHERE number = ?", row).fetchall()
