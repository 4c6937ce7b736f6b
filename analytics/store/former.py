"""Stores made with a text of a migration that was edited afterwards, and what brings them to the present one.

Two files were edited before stores recorded the hashes of what they were made with. No further entry may
come: `tests/store/test_migrations.py` holds every file to its hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

_FOLDER = Path(__file__).parent / "former"


@dataclass(frozen=True)
class EditedMigration:
    """`is_former`: a query that is true of a store made with the former text; `repair`: the file that brings
    it to the present one."""

    number: int
    is_former: str
    repair: str


EDITED = (
    EditedMigration(
        10,
        "SELECT NOT is_nullable FROM duckdb_columns()"
        " WHERE table_name = 'campaign' AND column_name = 'score'",
        "0010_adverts.sql",
    ),
    EditedMigration(
        15,
        "SELECT count(*) = 0 FROM duckdb_tables() WHERE table_name = 'meeting'",
        "0015_tasking.sql",
    ),
)


def repair_former_store(database: duckdb.DuckDBPyConnection, applied: set[int]) -> None:
    """Bring what former texts of the `applied` migrations made to the present ones."""
    for edited in EDITED:
        if edited.number in applied and (True,) in database.execute(edited.is_former).fetchall():
            database.execute((_FOLDER / edited.repair).read_text(encoding="utf-8"))
