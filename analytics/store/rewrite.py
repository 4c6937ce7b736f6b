"""A store written anew from its rows: nothing of what was deleted is carried over."""

from __future__ import annotations

from pathlib import Path

import duckdb


class NotTheSame(RuntimeError):
    """A store that was written anew has not the rows of the first."""


def rewrite_store(path: Path, clean: Path) -> None:
    """Copy every table, sequence and index of a closed store into a new file, row by row. DuckDB leaves the
    bytes of deleted rows in the blocks of a file; a new file has none. Raises NotTheSame where a table's rows
    were not all copied."""
    with duckdb.connect() as database:
        database.execute(f"ATTACH '{_quoted(path)}' AS old (READ_ONLY)")
        database.execute(f"ATTACH '{_quoted(clean)}' AS new")
        database.execute("COPY FROM DATABASE old TO new")
        database.execute("CHECKPOINT new")
        before, after = (_count_rows(database, name) for name in ("old", "new"))
    if before != after:
        differing = sorted(name for name in before | after if before.get(name) != after.get(name))
        raise NotTheSame(f"Not every row was copied: {', '.join(differing)}. Nothing was changed.")


def _count_rows(database: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    tables = database.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [name]
    ).fetchall()
    return {
        table: database.execute(f'SELECT count(*) FROM {name}."{table}"').fetchall()[0][0]
        for (table,) in tables
    }


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
