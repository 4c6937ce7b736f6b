"""The first rows of a file as they would be read, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pandas as pd

from analytics.formats.readers import RawTable
from analytics.ingest.job import ROWS
from analytics.ingest.losses import RowCounts, describe_losses
from analytics.ingest.mapping import Mapping, check_mapping, repaired
from analytics.ingest.proposal import undeclared_contacts
from analytics.ingest.rows import Destination, Rows
from analytics.ingest.sql import RawRows, register_rows
from analytics.store import Store

SAMPLE = 20_000
REFUSED_SHOWN = 200


@dataclass(frozen=True)
class Preview:
    """`rows`: row_number, `refused` (why, empty where a row is accepted) and the columns of the kind, of the
    first rows. `losses`: what more than a fifth of the rows would lose, and why. `notes`: what the user
    should know before importing. `refused`: row_number and reason of the first rows that would be refused.
    All are judged on at most SAMPLE rows."""

    rows: pd.DataFrame
    notes: tuple[str, ...]
    losses: tuple[str, ...] = ()
    refused: pd.DataFrame = field(default_factory=pd.DataFrame)


def preview(store: Store, unrepaired: RawTable, mapping: Mapping, rows: int = 500) -> Preview:
    """Read a file as the import would and write nothing. Raises UnreadableFile where the mapping cannot be
    used."""
    check_mapping(unrepaired, mapping)
    raw = repaired(unrepaired, mapping)
    count = raw.table.num_rows
    spread = np.linspace(0, count - 1, SAMPLE).astype(int) if count > SAMPLE else np.arange(count)
    some = raw.table.take(np.union1d(np.arange(min(rows, count)), spread))
    with store.read() as cursor:
        table = register_rows(cursor, some)
        read = ROWS[mapping.kind](cursor, table, mapping, Destination(is_preview=True))
        columns = ", ".join(f"{sql} AS {name}" for name, sql in (read.shown or read.columns).items())
        number = f"{table.table}.row_number"
        frame = cursor.sql(
            f"SELECT {number}, {read.reason} AS refused, {columns} FROM {read.source}"
            f" ORDER BY {number} LIMIT {int(rows)}"
        ).df()
        refused = cursor.sql(
            f"SELECT {number}, {read.reason} AS reason FROM {read.source} WHERE {read.reason} IS NOT NULL"
            f" ORDER BY {number} LIMIT {REFUSED_SHOWN}"
        ).df()
        losses = _losses(cursor, raw, some.num_rows, read, table, mapping)
        cursor.unregister(table.table)
    repaired_notes = raw.notes[len(unrepaired.notes) :]
    notes = (*repaired_notes, *mapping.notes(), *read.notes, *undeclared_contacts(raw, mapping))
    return Preview(frame, notes, losses, refused)


def _losses(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawTable,
    judged: int,
    read: Rows,
    table: RawRows,
    mapping: Mapping,
) -> tuple[str, ...]:
    """What the rows judged would lose, with their share of those that do not fit the header."""
    columns = read.shown or read.columns
    place = columns.get("lon") if read.place else None
    date = columns.get(read.date) if read.date else None
    counted = ", ".join(
        f"count(*) FILTER ({read.reason} IS NULL AND {column} IS NULL)" if column else "0"
        for column in (place, date)
    )
    ((refused, unplaced, undated),) = cursor.execute(
        f"SELECT count({read.reason}), {counted} FROM {read.source}"
    ).fetchall()
    malformed = [reason for _, reason, _ in raw.refused]
    share = judged / max(raw.table.num_rows, 1)
    also = round(len(malformed) * share)
    counts = RowCounts(judged + also, refused + also, unplaced, undated)
    return describe_losses(cursor, counts, read, table, mapping, malformed[:also])
