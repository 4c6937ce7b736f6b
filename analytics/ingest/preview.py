"""The first rows of a file as they would be read, before anything is written."""

from __future__ import annotations

import duckdb
import pandas as pd

from analytics.ingest.incidents import staging_query, to_degrees
from analytics.ingest.mapping import Mapping
from analytics.ingest.readers import RawTable


def preview_rows(raw: RawTable, mapping: Mapping, rows: int = 500) -> pd.DataFrame:
    """Row number, category, start, end (local), place, lon, lat of the first `rows` rows; unread values are empty."""
    with duckdb.connect() as scratch:
        scratch.register("raw_file", raw.table.slice(0, rows))
        scratch.execute(f"CREATE TEMP TABLE staged AS {staging_query(mapping)}").fetchall()
        points, _ = to_degrees(scratch, mapping)
        scratch.register("points", points)
        return scratch.sql(
            "SELECT row_number, category, start, finish, place, lon, lat"
            " FROM staged LEFT JOIN points USING (raw_x, raw_y) ORDER BY row_number"
        ).df()
