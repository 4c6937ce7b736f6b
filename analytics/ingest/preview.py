"""The first rows of a file as they would be read, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.formats.readers import RawTable
from analytics.ingest.incidents import category_text, check_mapping
from analytics.ingest.mapping import Mapping
from analytics.ingest.places import locate, read_places
from analytics.ingest.sql import register_rows
from analytics.ingest.times import read_times
from analytics.store import Store

SAMPLE = 100_000


@dataclass(frozen=True)
class Preview:
    """`rows`: row_number, category, start, finish (as written), place, lon, lat of the first rows; what
    cannot be read is empty. `notes`: what the user should know before importing, judged on at most SAMPLE
    rows."""

    rows: pd.DataFrame
    notes: tuple[str, ...]


def preview(store: Store, raw: RawTable, mapping: Mapping, rows: int = 500) -> Preview:
    """Read a file as the import would and write nothing. Raises UnreadableFile where the mapping cannot be
    used."""
    check_mapping(raw, mapping)
    count = raw.table.num_rows
    spread = np.linspace(0, count - 1, SAMPLE).astype(int) if count > SAMPLE else np.arange(count)
    taken = raw.table.take(np.union1d(np.arange(min(rows, count)), spread))
    with store.read() as cursor:
        rows_taken = register_rows(cursor, taken)
        written = read_times(cursor, rows_taken, mapping.times())
        places = read_places(cursor, rows_taken, mapping)
        located = locate(cursor, places, 4326)
        frame = cursor.sql(
            f"""SELECT row_number, {category_text(rows_taken, mapping)} AS category,
                {written.table}.start, {written.table}.finish,
                {rows_taken.text(mapping.place)} AS place, {located.table}.lon, {located.table}.lat
            FROM {rows_taken.table} {written.join(rows_taken)} {located.join(rows_taken)}
            ORDER BY row_number LIMIT {int(rows)}"""
        ).df()
        cursor.unregister(rows_taken.table)
    return Preview(frame, (*written.notes, *places.notes))
