"""What goes when a source goes: its rows in every table, and what nothing holds up any more without them.

The rule stands here, beside the schema, so that the room that removes a source needs to know no other: a
table with a `source_id` is in `SOURCE_TABLES` or in `STAYS` (a test walks the schema)."""

from __future__ import annotations

import duckdb

SOURCE_TABLES = (
    "incident",
    "boundary",
    "base_feature",
    "base_map",
    "advert",
    "account",
    "transaction",
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
    "search_row",
    "search_source",
    "quarantine",
    "source",
)
STAYS = ("finding_evidence",)  # a finding stays and says which of its rows are gone


def delete_source_rows(cursor: duckdb.DuckDBPyConnection, source_id: int) -> None:
    """Delete every row of a source and what was derived from it, inside the caller's transaction."""
    reports = "SELECT report_id FROM report WHERE source_id = ?"
    for table, column in (
        ("report_line", "report_id"),
        ("report_link", "report_id"),
        ("report_link", "other_report_id"),
    ):
        cursor.execute(f"DELETE FROM {table} WHERE {column} IN ({reports})", [source_id]).fetchall()
    for table in SOURCE_TABLES:
        cursor.execute(f'DELETE FROM "{table}" WHERE source_id = ?', [source_id]).fetchall()
    _dissolve_operations(cursor)


def _dissolve_operations(cursor: duckdb.DuckDBPyConnection) -> None:
    """Of adverts that are gone no derived row is left: campaigns and operations of fewer than two adverts are
    dissolved and the rest counted again. Those that stay keep their numbers until the next update."""
    gone = "NOT EXISTS (SELECT 1 FROM advert a WHERE a.source_id = {0} AND a.row_number = {1})"
    for table in ("advert_scan", "advert_identifier", "campaign_advert", "operation_advert"):
        _delete(cursor, f"{table} t", gone.format("t.source_id", "t.row_number"))
    _delete(
        cursor,
        "operation_link t",
        gone.format("t.left_source", "t.left_row")
        + f" OR (t.right_source IS NOT NULL AND {gone.format('t.right_source', 't.right_row')})",
    )
    for group in ("campaign", "operation"):
        key, members = f"{group}_id", f"{group}_advert"
        _delete(cursor, members, f"{key} IN (SELECT {key} FROM {members} GROUP BY ALL HAVING count(*) < 2)")
        _delete(cursor, group, f"{key} NOT IN (SELECT {key} FROM {members})")
    _delete(
        cursor,
        "operation_campaign",
        "campaign_id NOT IN (SELECT campaign_id FROM campaign)"
        " OR operation_id NOT IN (SELECT operation_id FROM operation)",
    )
    for statement in (
        "UPDATE operation_link SET operation_id = NULL"
        " WHERE operation_id NOT IN (SELECT operation_id FROM operation)",
        "UPDATE campaign c SET adverts ="
        " (SELECT count(*) FROM campaign_advert m WHERE m.campaign_id = c.campaign_id)",
        "UPDATE operation o SET adverts ="
        " (SELECT count(*) FROM operation_advert m WHERE m.operation_id = o.operation_id),"
        " campaigns = (SELECT count(*) FROM operation_campaign m WHERE m.operation_id = o.operation_id)",
    ):
        cursor.execute(statement).fetchall()


def _delete(cursor: duckdb.DuckDBPyConnection, table: str, condition: str) -> None:
    cursor.execute(f"DELETE FROM {table} WHERE {condition}").fetchall()
