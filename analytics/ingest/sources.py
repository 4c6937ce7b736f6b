"""Sources held: listed, their refused rows shown, and removed with all that came from them."""

from __future__ import annotations

import pandas as pd

from analytics.oversight import Actor, record
from analytics.store import Store
from analytics.store.removal import delete_source_rows


def list_sources(store: Store) -> pd.DataFrame:
    """Every source, newest first, with its area's name and row counts."""
    return store.query(
        "SELECT source_id, kind, source.name, file_name, area.name AS area, rows_in, rows_accepted,"
        " rows_quarantined,"
        " legal_basis, purpose, handling, review_date, imported_at, imported_by, is_scenario"
        " FROM source LEFT JOIN area USING (area_id) ORDER BY imported_at DESC, source_id DESC"
    ).to_pandas()


def quarantine_rows(store: Store, source_id: int) -> pd.DataFrame:
    """The refused rows of a source: row_number, reason, raw (its text as JSON)."""
    return store.query(
        "SELECT row_number, reason, CAST(raw AS VARCHAR) AS raw FROM quarantine WHERE source_id = ?"
        " ORDER BY row_number",
        [source_id],
    ).to_pandas()


def remove_source(store: Store, actor: Actor, source_id: int, why: str) -> None:
    """Remove a source and every row that came from it. Findings that rest on it stay and say so."""
    with store.write() as cursor:
        delete_source_rows(cursor, source_id)
        record(cursor, actor, "remove source", f"source {source_id}", why)
