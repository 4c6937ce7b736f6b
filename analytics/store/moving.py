"""A store's bulk tables moved into Parquet files and back, each in one transaction and checked row by row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from analytics.shared.progress import Progress, ignore_progress
from analytics.store.parquet_tables import (
    BULK,
    delete_files,
    drop_shape,
    keep_shape,
    list_files,
    list_parquet_tables,
    put_table_back,
    select_rows,
    write_files,
    write_view,
)
from analytics.store.rewrite import NotTheSame

Counts = dict[str, int]
_Rows = dict[int | None, tuple[int, ...]]


def move_to_parquet(path: Path, folder: Path, progress: Progress = ignore_progress) -> Counts:
    """Move the tables of a closed store that are still in it into files in `folder`; the rows of each that
    was moved. What a process that was stopped had moved stays moved. Raises NotTheSame where the files have
    not the rows of the table, OSError or duckdb.Error; the table is then as it was."""
    return _move(path, folder, progress, _is_inside, _write_out)


def move_to_duckdb(path: Path, folder: Path, progress: Progress = ignore_progress) -> Counts:
    """Move the tables of a closed store that lie in files in `folder` back into it, and delete the files.
    Otherwise as `move_to_parquet`."""
    return _move(path, folder, progress, _is_outside, _read_in)


def _is_inside(table: str, moved: list[str]) -> bool:
    return table not in moved


def _is_outside(table: str, moved: list[str]) -> bool:
    return table in moved


def _move(
    path: Path,
    folder: Path,
    progress: Progress,
    is_due: Callable[[str, list[str]], bool],
    move: Callable[[duckdb.DuckDBPyConnection, str, Path], list[Path]],
) -> Counts:
    counts: Counts = {}
    with duckdb.connect(path) as database:
        database.execute("SET TimeZone = 'UTC'")
        moved = list_parquet_tables(database)
        due = [table for table in BULK if is_due(table, moved)]
        for at, table in enumerate(due):
            progress(f"Moving {table}", at / len(due))
            counts[table] = _move_table(database, table, folder, move)
        database.execute("CHECKPOINT")
        if not list_files(database):
            delete_files(folder.glob("*/*.parquet"))
    return counts


def _move_table(
    database: duckdb.DuckDBPyConnection,
    table: str,
    folder: Path,
    move: Callable[[duckdb.DuckDBPyConnection, str, Path], list[Path]],
) -> int:
    written: list[Path] = []
    database.execute("BEGIN")
    try:
        before = digest_sources(database, table)
        written = move(database, table, folder)
        if (after := digest_sources(database, table)) != before:
            differing = [str(source) for source in before | after if before.get(source) != after.get(source)]
            raise NotTheSame(
                f"Not every row of {table} is the same: source {', '.join(differing[:5])}. "
                "The table stays where it was."
            )
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        delete_files(written)
        raise
    return sum(counted for counted, *_ in before.values())


def digest_sources(database: duckdb.DuckDBPyConnection, table: str) -> _Rows:
    """By source how many rows a table has, and two digests over all values of every row, in any order."""
    names = [name for name, *_ in database.execute(f'DESCRIBE "{table}"').fetchall()]
    row = ", ".join(f'"{name}"' for name in names)
    rows = database.execute(
        "SELECT source_id, count(*), bit_xor(digest), sum(digest::HUGEINT)"
        f' FROM (SELECT source_id, hash({row}) AS digest FROM "{table}") GROUP BY source_id'
    ).fetchall()
    return {source: tuple(map(int, digests)) for source, *digests in rows}


def _write_out(database: duckdb.DuckDBPyConnection, table: str, folder: Path) -> list[Path]:
    sources = database.execute(f'SELECT DISTINCT source_id FROM "{table}" ORDER BY ALL').fetchall()
    keep_shape(database, table)
    files = write_files(database, table, f'main."{table}"', folder, [source for (source,) in sources])
    database.execute(f'DROP TABLE main."{table}"')
    database.execute("INSERT INTO parquet_table VALUES (?, ?)", [table, str(folder)]).fetchall()
    write_view(database, table, folder)
    return files


def _read_in(database: duckdb.DuckDBPyConnection, table: str, folder: Path) -> list[Path]:
    rows = select_rows(database, table, folder)
    order = f" ORDER BY {BULK[table]}" if BULK[table] else ""
    put_table_back(database, table)
    database.execute(f'INSERT INTO main."{table}" SELECT * FROM ({rows}){order}').fetchall()
    drop_shape(database, table)
    for listed in ("parquet_file", "parquet_table"):
        database.execute(f"DELETE FROM {listed} WHERE table_name = ?", [table]).fetchall()
    return []
