"""Bring a store's schema up to date: numbered SQL files, each applied once, each in one transaction."""

from __future__ import annotations

from pathlib import Path

import duckdb

_MIGRATIONS = Path(__file__).parent / "migrations"


class StoreTooNew(RuntimeError):
    """The store was written by a later version of Achilles."""


def migrations() -> list[tuple[int, Path]]:
    """Every migration as (number, file), in order."""
    return sorted((int(path.name[:4]), path) for path in _MIGRATIONS.glob("[0-9]*.sql"))


def migrate(database: duckdb.DuckDBPyConnection) -> None:
    """Apply what is missing. Raises StoreTooNew rather than touch a schema it does not know."""
    database.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER, applied_at TIMESTAMP DEFAULT "
        "current_timestamp)"
    )
    held = {number for (number,) in database.execute("SELECT number FROM schema_migration").fetchall()}
    known = migrations()
    if held and max(held) > known[-1][0]:
        raise StoreTooNew(
            f"The store has schema {max(held)}; this version knows {known[-1][0]}. Update Achilles."
        )
    for number, path in known:
        if number not in held:
            database.execute("BEGIN")
            database.execute(path.read_text(encoding="utf-8"))
            database.execute("INSERT INTO schema_migration (number) VALUES (?)", [number]).fetchall()
            database.execute("COMMIT")
