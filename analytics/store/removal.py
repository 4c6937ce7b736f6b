"""What goes when a source goes: its rows in every table, and what nothing holds up any more without them.

The rule stands here, beside the schema, so that the room that removes a source needs to know no other: a
table with a `source_id` is in `SOURCE_TABLES` or in `STAYS` (a test walks the schema)."""

from __future__ import annotations

from collections.abc import Sequence

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
    "network_mention",
    "network_match",
    "network_link",
    "network_link_back",
    "quarantine",
    "source",
)
_READ_FROM_ADVERTS = ("advert_scan", "advert_identifier", "campaign_advert", "operation_advert")
STAYS = (
    "finding_evidence",  # a finding stays and says which of its rows are gone
    "parquet_file",  # the store strikes out files itself (parquet_tables.py)
)


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
    cursor.execute("DELETE FROM network_match WHERE other_source_id = ?", [source_id]).fetchall()
    _dissolve_operations(cursor)


def delete_rows(
    cursor: duckdb.DuckDBPyConnection, table: str, source_id: int, row_numbers: Sequence[int]
) -> None:
    """Delete single rows of a source from one table of imported rows, and what was derived from them, inside
    the caller's transaction. Raises ValueError for a table that has no such rows."""
    if table not in SOURCE_TABLES or table in ("report", "source"):
        raise ValueError(f"{table} has no imported rows.")
    keys = [source_id, list(row_numbers)]
    for name in (table, *(_READ_FROM_ADVERTS if table == "advert" else ())):
        cursor.execute(
            f'DELETE FROM "{name}" WHERE source_id = ? AND row_number IN (SELECT unnest(?))', keys
        ).fetchall()
    cursor.execute(
        "DELETE FROM search_row WHERE record = ? AND source_id = ? AND row_number IN (SELECT unnest(?))",
        [table, *keys],
    ).fetchall()
    cursor.execute(
        "DELETE FROM search_source WHERE record = ? AND source_id = ?", [table, source_id]
    ).fetchall()
    _forget_links(cursor, table, keys)
    if table == "transaction":
        cursor.execute("DELETE FROM lead_search").fetchall()  # so that leads are searched again
    if table == "advert":
        _dissolve_operations(cursor)


def _forget_links(cursor: duckdb.DuckDBPyConnection, table: str, keys: list[object]) -> None:
    """What the network says of rows that are gone; the rest of it stays until the next update."""
    gone = (
        "SELECT mention FROM network_mention WHERE table_name = ? AND source_id = ?"
        " AND row_number IN (SELECT unnest(?))"
    )
    cursor.execute(
        f"DELETE FROM network_match WHERE mention IN ({gone}) OR other IN ({gone})",
        [table, *keys, table, *keys],
    ).fetchall()
    for links in ("network_link", "network_link_back"):
        cursor.execute(
            f"DELETE FROM {links} WHERE table_name = ? AND source_id = ? AND list_has_any(row_numbers, ?)"
            f" OR node IN ({gone}) OR other IN ({gone})",
            [table, *keys] * 3,
        ).fetchall()
    cursor.execute(f"DELETE FROM network_mention WHERE mention IN ({gone})", [table, *keys]).fetchall()


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
