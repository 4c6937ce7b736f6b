"""Sources held: listed, their refused rows shown, and removed with all that came from them."""

from __future__ import annotations

import pandas as pd

from analytics.adverts.removal import clean as clean_adverts
from analytics.oversight import Actor, record
from analytics.store import Store

_TABLES = (
    "incident",
    "boundary",
    "advert",
    "account",
    '"transaction"',
    "premises",
    "journey",
    "communication",
    "report",
    "advert_scan",
    "advert_identifier",
    "campaign_advert",
    "operation_advert",
    "lead_result",
    "place_position",
    "quarantine",
    "source",
)


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
        for table in ("report_line", "report_link"):
            cursor.execute(
                f"DELETE FROM {table} WHERE report_id IN (SELECT report_id FROM report WHERE source_id = ?)",
                [source_id],
            ).fetchall()
        cursor.execute(
            "DELETE FROM report_link WHERE other_report_id IN (SELECT report_id FROM report"
            " WHERE source_id = ?)",
            [source_id],
        ).fetchall()
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE source_id = ?", [source_id]).fetchall()
        clean_adverts(cursor)
        record(cursor, actor, "remove source", f"source {source_id}", why)
