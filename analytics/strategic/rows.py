"""The rows behind the figures of the strategic picture, a page at a time."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.intelligence.evidence import EVIDENCE_COLUMNS
from analytics.store import Store


def read_leg_rows(store: Store, table: str, legs: pd.DataFrame, limit: int, offset: int) -> pd.DataFrame:
    """The imported rows of one table that legs stand for, oldest first."""
    columns, time = EVIDENCE_COLUMNS[table]
    return store.query(
        "WITH legs AS (SELECT unnest(?::INTEGER[]) AS source_id, unnest(?::BIGINT[]) AS row_number)"
        f' SELECT source_id, row_number, {columns} FROM legs JOIN "{table}" i USING (source_id, row_number)'
        f" ORDER BY {time}, source_id, row_number LIMIT ? OFFSET ?",
        [legs.source_id.tolist(), legs.row_number.tolist(), limit, offset],
    ).to_pandas()


def read_leg_lines(store: Store, legs: pd.DataFrame) -> pd.DataFrame:
    """The graded lines that legs stand for: report_id, line, sanitised, grade, observed_on."""
    return store.query(
        "WITH legs AS (SELECT unnest(?::INTEGER[]) AS report_id, unnest(?::INTEGER[]) AS line)"
        " SELECT report_id, line, sanitised, source_grade || information_grade || handling AS grade,"
        " observed_on FROM legs JOIN report_line USING (report_id, line)"
        " JOIN report USING (report_id, version)"
        " WHERE (report_id, version) IN (SELECT report_id, max(version) FROM report GROUP BY report_id)"
        " ORDER BY observed_on, report_id, line",
        [legs.source_id.tolist(), legs.row_number.tolist()],
    ).to_pandas()


def read_category_rows(
    store: Store, area_id: int, category: str, since: date, until: date, limit: int, offset: int
) -> pd.DataFrame:
    """The incidents of one category from `since` to `until` (inclusive), oldest first."""
    columns, time = EVIDENCE_COLUMNS["incident"]
    return store.query(
        f"SELECT source_id, row_number, {columns} FROM incident i WHERE area_id = ? AND category = ?"
        f" AND local_date BETWEEN ? AND ? ORDER BY {time}, source_id, row_number LIMIT ? OFFSET ?",
        [area_id, category, since, until, limit, offset],
    ).to_pandas()
