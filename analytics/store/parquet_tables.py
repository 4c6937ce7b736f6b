"""Bulk tables as Parquet files beside the store, one or a few for each source.

What a table's files are stands in the store (`parquet_file`), so that rows, their digests and the audit
record are committed in one transaction: files are written and synced before it commits, and deleted after
it. A file that the store does not name is rubbish, and goes when the store is opened. A view has the table's
name, so that whatever reads the table reads the files. A transaction writes into a temporary table under the
same name; whatever is left in it at the end becomes a file.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from analytics.store.copies import copy_file, sync_path

BULK: dict[
    str, str
] = {  # the tables that may lie in Parquet files, and what orders a file's rows, if anything
    "incident": "",
    "advert": "",
    "account": "",
    "transaction": "",
    "premises": "",
    "journey": "",
    "communication": "",
    "network_mention": "",
    "network_link": "node_key",
    "network_link_back": "other_key",
}
SHAPES = "shape"  # the schema that keeps the empty tables, with their types and constraints
_WRITES = re.compile(
    r"^(?P<verb>\s*(?:INSERT\s+INTO|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|UPDATE))\s+"
    r'"?(?P<table>\w+)"?(?P<rest>.*)$',
    re.IGNORECASE | re.DOTALL,
)


class MissingFiles(Exception):
    """Parquet files that a store names are not there."""


def list_parquet_tables(database: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables of a store that lie in Parquet files."""
    return [
        name for (name,) in database.execute("SELECT table_name FROM parquet_table ORDER BY 1").fetchall()
    ]


def list_files(database: duckdb.DuckDBPyConnection) -> set[str]:
    """Every Parquet file that a store names, within its folder."""
    return {file for (file,) in database.execute("SELECT file FROM parquet_file").fetchall()}


def adopt_files(database: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Let the views of a store that was just opened read from `folder`, and return the tables that they stand
    for. Raises MissingFiles, before anything is changed."""
    tables = list_parquet_tables(database)
    if not tables:
        return []
    missing = sorted(file for file in list_files(database) if not (folder / file).is_file())
    if missing:
        raise MissingFiles(
            f"{len(missing)} of the store's Parquet files are missing, {folder / missing[0]} among them. "
            "A store and the folder beside it are copied and restored together."
        )
    moved = database.execute("SELECT count(*) FROM parquet_table WHERE folder <> ?", [str(folder)]).fetchall()
    if moved[0][0]:
        database.execute("BEGIN")
        for table in tables:
            write_view(database, table, folder)
        database.execute("UPDATE parquet_table SET folder = ?", [str(folder)]).fetchall()
        database.execute("COMMIT")
    return tables


def delete_unnamed_files(database: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Delete what an import or a removal that was stopped left in the folder, and what was dropped before."""
    named = {folder / file for file in list_files(database)}
    delete_files(file for file in folder.glob("*/*.parquet") if file not in named)


def write_view(database: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    """Let the view of a table read exactly the files that the store names now."""
    rows = select_rows(database, table, folder)
    database.execute(f"CREATE OR REPLACE VIEW {name_stored(database, table)} AS {rows}")


def name_stored(database: duckdb.DuckDBPyConnection, table: str) -> str:
    """The full name of a table or view of the store, which no temporary one has."""
    ((store,),) = database.execute("SELECT current_database()").fetchall()
    quoted = str(store).replace('"', '""')
    return f'"{quoted}".main."{table}"'


def select_rows(database: duckdb.DuckDBPyConnection, table: str, folder: Path) -> str:
    """SQL that reads the files of a table, in the order in which they were written."""
    files = database.execute(
        "SELECT columns, list(file ORDER BY rowid) FROM parquet_file WHERE table_name = ? GROUP BY columns"
        " ORDER BY min(rowid)",
        [table],
    ).fetchall()
    kinds = describe_columns(database, table)
    parts = [
        _select_files(kinds, set(columns), [folder / file for file in names]) for columns, names in files
    ]
    return " UNION ALL ".join(parts) or f'SELECT * FROM {SHAPES}."{table}"'


def _select_files(kinds: dict[str, str], there: set[str], paths: Sequence[Path]) -> str:
    columns = ", ".join(
        f'"{name}"::{kind} AS "{name}"' if name in there else f'NULL::{kind} AS "{name}"'
        for name, kind in kinds.items()
    )
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = false)"


def describe_columns(database: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The type of each column of a table in Parquet files, in order."""
    rows = database.execute(f'DESCRIBE {SHAPES}."{table}"').fetchall()
    return {name: kind for name, kind, *_ in rows}


def keep_shape(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """Keep a table's types and constraints as an empty table of that name elsewhere."""
    database.execute(f"CREATE SCHEMA IF NOT EXISTS {SHAPES}")
    _copy_shape(database, "main", SHAPES, table)


def put_table_back(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """The empty table under its own name again, in the place of the view. Its shape is kept until dropped."""
    database.execute(f'DROP VIEW main."{table}"')
    _copy_shape(database, SHAPES, "main", table)


def drop_shape(database: duckdb.DuckDBPyConnection, table: str) -> None:
    """Drop the empty table that was kept elsewhere."""
    database.execute(f'DROP TABLE {SHAPES}."{table}"')


def _copy_shape(database: duckdb.DuckDBPyConnection, schema: str, to: str, table: str) -> None:
    database.execute(f'CREATE TABLE {to}."{table}" {_read_shape(database, schema, table)}')


def _read_shape(database: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    """The columns of a table in SQL, with their types and constraints."""
    ((statement,),) = database.execute(
        "SELECT sql FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = ?"
        " AND table_name = ?",
        [schema, table],
    ).fetchall()
    return str(statement)[str(statement).index("(") :]


def write_files(
    database: duckdb.DuckDBPyConnection, table: str, rows: str, folder: Path, sources: Iterable[int | None]
) -> list[Path]:
    """Write the rows of each source that the relation `rows` has into a file of its own, synced to the disk,
    and name it in the store. The view is left as it was."""
    (folder / table).mkdir(parents=True, exist_ok=True, mode=0o700)
    order = f" ORDER BY {BULK[table]}" if BULK[table] else ""
    columns = list(describe_columns(database, table))
    written: list[Path] = []
    try:
        for source in sources:
            name = f"{table}/{'none' if source is None else source}.{uuid.uuid4().hex}.parquet"
            path = folder / name
            written.append(path)
            chosen = "source_id IS NULL" if source is None else f"source_id = {int(source)}"
            quoted = str(path).replace("'", "''")
            ((count,),) = database.execute(
                f"COPY (SELECT * FROM {rows} WHERE {chosen}{order}) TO '{quoted}'"
                " (FORMAT parquet, COMPRESSION zstd)"
            ).fetchall()
            path.chmod(0o600)
            sync_path(path)
            database.execute(
                "INSERT INTO parquet_file VALUES (?, ?, ?, ?, ?)", [table, source, name, count, columns]
            ).fetchall()
        sync_path(folder / table)
        sync_path(folder)
    except BaseException:
        delete_files(written)
        raise
    return written


def copy_files(database: duckdb.DuckDBPyConnection, folder: Path, target: Path) -> None:
    """Copy the files that a store names into another folder, unless it has them. Raises OSError."""
    for file in sorted(list_files(database)):
        if not (target / file).exists():
            (target / file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy_file(folder / file, target / file)


def delete_files(paths: Iterable[Path]) -> None:
    """Delete files that no store names any more."""
    for path in paths:
        with suppress(OSError):
            path.unlink()


class BulkCursor:
    """The cursor of one write transaction on a store whose bulk tables lie in Parquet files.

    What is written to such a table goes to a temporary one, which stands together with the files under the
    table's name. A source that loses some of its rows, or has any changed, is read into it first; one that
    loses all loses its files. `written` and `dropped`: the files that are to be deleted if the transaction
    fails, or once it is committed."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, tables: Iterable[str], folder: Path) -> None:
        self._cursor, self._tables, self._folder = cursor, set(tables), folder
        self._landed: set[str] = set()
        self.written: list[Path] = []
        self.dropped: list[Path] = []

    def execute(self, query: object, *arguments: Any, **named: Any) -> duckdb.DuckDBPyConnection:
        return self._cursor.execute(self._redirect(query, arguments, named), *arguments, **named)

    def executemany(self, query: object, *arguments: Any) -> duckdb.DuckDBPyConnection:
        return self._cursor.executemany(self._redirect(query, (), {}), *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def write_files(self) -> None:
        """Turn what was written into files, and let the views read them."""
        for table in sorted(self._landed):
            rows = f'temp."{_landing(table)}"'
            sources = self._cursor.execute(f"SELECT DISTINCT source_id FROM {rows} ORDER BY ALL").fetchall()
            files = write_files(self._cursor, table, rows, self._folder, [source for (source,) in sources])
            self.written += files
            self._cursor.execute(f'DROP VIEW temp."{table}"')
            self._cursor.execute(f"DROP TABLE {rows}")
            if files:
                write_view(self._cursor, table, self._folder)
        self._landed.clear()

    def _redirect(self, query: object, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The statement, with the temporary table in the place of a bulk table that it writes."""
        found = _WRITES.match(query) if isinstance(query, str) else None
        if found is None or (table := found["table"].lower()) not in self._tables:
            return query
        self._land(table)
        verb, rest = found["verb"], found["rest"]
        if verb.split()[0].upper() != "INSERT":
            is_whole = verb.split()[0].upper() in ("UPDATE", "TRUNCATE")
            self._take_out(table, None if is_whole else rest, arguments, named)
        return f'{verb} temp."{_landing(table)}"{rest}'

    def _land(self, table: str) -> None:
        if table in self._landed:
            return
        columns = _read_shape(self._cursor, SHAPES, table)
        self._cursor.execute(f'CREATE TEMP TABLE "{_landing(table)}" {columns}')
        self._cursor.execute(
            f'CREATE TEMP VIEW "{table}" AS SELECT * FROM {name_stored(self._cursor, table)}'
            f' UNION ALL SELECT * FROM temp."{_landing(table)}"'
        )
        self._landed.add(table)

    def _take_out(
        self, table: str, rest: str | None, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        """Take the sources that a statement changes out of the files: those that it deletes whole for good,
        of the others the rows into the temporary table. Without `rest`, all are changed."""
        stored = name_stored(self._cursor, table)
        files = self._cursor.execute(
            "SELECT source_id, sum(rows)::BIGINT, list(file) FROM parquet_file WHERE table_name = ?"
            " GROUP BY source_id",
            [table],
        ).fetchall()
        touched: dict[int | None, int] = {source: 0 for source, _, _ in files}
        if rest is not None:
            rest = re.sub(r"\bRETURNING\b.*$", "", rest, flags=re.IGNORECASE | re.DOTALL)
            counts = f"SELECT source_id, count(*) FROM {stored}{rest} GROUP BY source_id"
            touched = dict(self._cursor.execute(counts, *arguments, **named).fetchall())
        if not touched:
            return
        for source, rows, names in files:
            if source not in touched:
                continue
            if touched[source] != rows:
                self._cursor.execute(
                    f'INSERT INTO temp."{_landing(table)}" SELECT * FROM {stored}'
                    " WHERE source_id IS NOT DISTINCT FROM ?",
                    [source],
                ).fetchall()
            self.dropped += [self._folder / name for name in names]
            self._cursor.execute(
                "DELETE FROM parquet_file WHERE table_name = ? AND source_id IS NOT DISTINCT FROM ?",
                [table, source],
            ).fetchall()
        write_view(self._cursor, table, self._folder)


def _landing(table: str) -> str:
    return f"landing_{table}"
