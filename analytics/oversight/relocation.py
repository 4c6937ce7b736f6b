"""The bulk of a store moved into Parquet files beside it, or back: who did it, and what was moved."""

from __future__ import annotations

from analytics.oversight.actor import Actor
from analytics.oversight.acts import demand
from analytics.oversight.audit import record
from analytics.shared.progress import Progress, ignore_progress
from analytics.store import Store
from analytics.store.moving import Counts, move_to_duckdb, move_to_parquet


def move_store(store: Store, actor: Actor, where: str, progress: Progress = ignore_progress) -> Counts:
    """Move every bulk table to `where` ("parquet" or "duckdb"); the rows of each that was moved. Nobody reads
    or writes meanwhile. Raises Refused, StillRead, NotTheSame, OSError or duckdb.Error; the tables moved
    before stay moved, and moving goes on from there when it is done again."""
    demand(actor, "move store")
    move = {"parquet": move_to_parquet, "duckdb": move_to_duckdb}[where]
    with store.set_aside() as path:
        counts = move(path, store.files, progress)
    if counts:
        with store.write(changes_data=False) as cursor:
            record(cursor, actor, "move store", where, detail=counts)
    return counts
