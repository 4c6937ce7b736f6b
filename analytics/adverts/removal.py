"""What was derived from adverts that are gone goes too."""

from __future__ import annotations

import duckdb


def clean(cursor: duckdb.DuckDBPyConnection) -> None:
    """After adverts were removed, inside the same transaction: no row is left that speaks of them, campaigns
    of fewer than two adverts and operations that nothing holds together any more are dissolved, and the rest
    are counted again. The numbers of those that stay are kept; an update makes the operations again."""
    for table in ("advert_scan", "advert_identifier", "campaign_advert", "operation_advert"):
        _delete(
            cursor,
            f"{table} t",
            "NOT EXISTS (SELECT 1 FROM advert a WHERE a.source_id = t.source_id"
            " AND a.row_number = t.row_number)",
        )
    _delete(
        cursor,
        "operation_link t",
        "NOT EXISTS (SELECT 1 FROM advert a WHERE a.source_id = t.left_source AND a.row_number = t.left_row)"
        " OR (t.right_source IS NOT NULL AND NOT EXISTS (SELECT 1 FROM advert a"
        " WHERE a.source_id = t.right_source"
        " AND a.row_number = t.right_row))",
    )
    _delete(
        cursor,
        "campaign_advert",
        "campaign_id IN (SELECT campaign_id FROM campaign_advert GROUP BY ALL HAVING count(*) < 2)",
    )
    _delete(
        cursor,
        "operation_advert",
        "operation_id IN (SELECT operation_id FROM operation_advert GROUP BY ALL HAVING count(*) < 2)",
    )
    _delete(cursor, "campaign", "campaign_id NOT IN (SELECT campaign_id FROM campaign_advert)")
    _delete(cursor, "operation", "operation_id NOT IN (SELECT operation_id FROM operation_advert)")
    _delete(
        cursor,
        "operation_campaign",
        "campaign_id NOT IN (SELECT campaign_id FROM campaign) OR operation_id NOT IN (SELECT operation_id"
        " FROM operation)",
    )
    for statement in (
        "UPDATE operation_link SET operation_id = NULL WHERE operation_id NOT IN (SELECT operation_id"
        " FROM operation)",
        "UPDATE campaign c SET adverts = (SELECT count(*) FROM campaign_advert m"
        " WHERE m.campaign_id = c.campaign_id)",
        "UPDATE operation o SET adverts = (SELECT count(*) FROM operation_advert m"
        " WHERE m.operation_id = o.operation_id),"
        " campaigns = (SELECT count(*) FROM operation_campaign m WHERE m.operation_id = o.operation_id)",
    ):
        cursor.execute(statement).fetchall()


def _delete(cursor: duckdb.DuckDBPyConnection, table: str, condition: str) -> None:
    cursor.execute(f"DELETE FROM {table} WHERE {condition}").fetchall()
