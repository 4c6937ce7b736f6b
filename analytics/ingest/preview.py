"""The first rows of a file as they would be read, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.formats.readers import RawTable
from analytics.ingest.job import ROWS
from analytics.ingest.mapping import Mapping, check_mapping
from analytics.ingest.proposal import undeclared_contacts
from analytics.ingest.rows import Destination
from analytics.ingest.sql import register_rows
from analytics.store import Store

SAMPLE = 20_000


@dataclass(frozen=True)
class Preview:
    """`rows`: row_number, `refused` (why, empty where a row is accepted) and the columns of the kind, of the
    first rows. `notes`: what the user should know before importing, judged on at most SAMPLE rows."""

    rows: pd.DataFrame
    notes: tuple[str, ...]


def preview(store: Store, raw: RawTable, mapping: Mapping, rows: int = 500) -> Preview:
    """Read a file as the import would and write nothing. Raises UnreadableFile where the mapping cannot be
    used."""
    check_mapping(raw, mapping)
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
        cursor.unregister(table.table)
    return Preview(frame, (*read.notes, *undeclared_contacts(raw, mapping)))
