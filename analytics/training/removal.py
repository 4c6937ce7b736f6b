"""Everything invented taken out of a store in one act: the city's rows, and what was found, proposed, decided
and done about it. What the user brought stays, and the audit trail says what went."""

from __future__ import annotations

import duckdb

from analytics.oversight import Actor, record
from analytics.store import Store
from analytics.store.removal import delete_source_rows
from analytics.training.settings import UNIT_NAME

Removed = dict[str, int]  # what went, in words, and how many of each

_SOURCES = "SELECT source_id FROM source WHERE is_scenario"
# An area is invented where nothing else was ever imported into it.
_AREAS = """
    SELECT area_id FROM area
    WHERE area_id IN (SELECT area_id FROM source WHERE is_scenario)
      AND area_id NOT IN (SELECT area_id FROM source WHERE NOT is_scenario AND area_id IS NOT NULL)
"""
# Of the unit's, or resting on nothing but invented rows, or on a place in the invented city.
_FINDINGS = f"""
    SELECT finding_id FROM finding
    GROUP BY finding_id
    HAVING arg_min(created_by, version) = $unit
        OR bool_and(area_id IN (SELECT area_id FROM invented_area) AND area_id IS NOT NULL)
        OR finding_id IN (
            SELECT finding_id FROM finding_evidence GROUP BY finding_id
            HAVING bool_and(source_id IN ({_SOURCES}))
        )
"""
_PRODUCTS = """
    SELECT product_id FROM product
    GROUP BY product_id
    HAVING bool_and(created_by = $unit)
        OR product_id IN (
            SELECT product_id FROM product_finding GROUP BY product_id
            HAVING bool_and(finding_id IN (SELECT finding_id FROM invented_finding))
        )
"""
_DECISIONS = "SELECT decision_id FROM decision WHERE product_id IN (SELECT product_id FROM invented_product)"
_ACTIONS = "SELECT action_id FROM action WHERE decision_id IN (SELECT decision_id FROM invented_decision)"
# A meeting that decided anything real stays.
_MEETINGS = """
    SELECT meeting_id FROM meeting m
    WHERE NOT EXISTS (
            SELECT 1 FROM decision d WHERE d.meeting_id = m.meeting_id
            AND d.decision_id NOT IN (SELECT decision_id FROM invented_decision)
        )
      AND (
            opened_by = $unit
            OR EXISTS (SELECT 1 FROM decision d WHERE d.meeting_id = m.meeting_id)
        )
"""
_REPORTS = """
    SELECT report_id FROM report
    GROUP BY report_id
    HAVING bool_and(saved_by = $unit) OR bool_or(source_id IN (SELECT source_id FROM invented_source))
"""
_REQUIREMENTS = """
    SELECT requirement_id FROM requirement GROUP BY requirement_id HAVING arg_min(saved_by, version) = $unit
"""
_DRIVERS = "SELECT driver_id FROM driver GROUP BY driver_id HAVING arg_min(saved_by, version) = $unit"
# What is invented, each with its key, in an order in which each needs only those before it.
_INVENTED = {
    "source": _SOURCES,
    "area": _AREAS,
    "finding": _FINDINGS,
    "product": _PRODUCTS,
    "decision": _DECISIONS,
    "action": _ACTIONS,
    "meeting": _MEETINGS,
    "report": _REPORTS,
    "requirement": _REQUIREMENTS,
    "driver": _DRIVERS,
}
# Tables whose rows go with one of these, and the column that names it.
_GO_WITH = {
    "finding": (
        ("finding", "finding_id"),
        ("finding_check", "finding_id"),
        ("finding_evidence", "finding_id"),
        ("finding_report", "finding_id"),
        ("finding_link", "finding_id"),
        ("finding_link", "other_finding_id"),
        ("lead_outcome", "finding_id"),
    ),
    "product": (
        ("product", "product_id"),
        ("product_finding", "product_id"),
        ("assessment", "product_id"),
        ("operation_plan", "product_id"),
        ("release", "product_id"),
        ("referral_step", "product_id"),
        ("meeting_draft", "product_id"),
        ("assessment_figure", "product_id"),
        ("forecast", "product_id"),
        ("forecast_score", "product_id"),
        ("forecast_score", "forecast_product_id"),
    ),
    "decision": (("decision", "decision_id"),),
    "action": (
        ("action", "action_id"),
        ("action_event", "action_id"),
        ("result", "action_id"),
        ("lead_outcome", "action_id"),
    ),
    "meeting": (("meeting", "meeting_id"), ("meeting_draft", "meeting_id"), ("meeting_room", "meeting_id")),
    "report": (
        ("report", "report_id"),
        ("report_line", "report_id"),
        ("report_link", "report_id"),
        ("report_link", "other_report_id"),
        ("finding_report", "report_id"),
    ),
    "requirement": (("requirement", "requirement_id"),),
    "driver": (("driver", "driver_id"),),
    "area": (
        ("hotspot", "area_id"),
        ("target_value", "target_id"),
        ("target", "area_id"),
        ("area", "area_id"),
    ),
}

# Views, watches and things in a case whose link leads to what went. A link's area is the name of the area,
# with its number where another has the same, and that with most incidents where a place has none; of a row it
# says source and row.
_LED_TO = """
    query->>'area' IN (SELECT unnest([name, name || ' (' || area_id || ')']) FROM area
        WHERE area_id IN (SELECT area_id FROM invented_area))
    OR (query->>'area' IS NULL AND query->>'drawn' IS NOT NULL AND (SELECT area_id
        FROM incident JOIN area USING (area_id) GROUP BY area_id, name
        ORDER BY count(*) DESC, name, area_id LIMIT 1) IN (SELECT area_id FROM invented_area))
    OR TRY_CAST(query->>'finding' AS INTEGER) IN (SELECT finding_id FROM invented_finding)
    OR TRY_CAST(query->>'report' AS INTEGER) IN (SELECT report_id FROM invented_report)
    OR TRY_CAST(query->>'brief' AS INTEGER) IN (SELECT product_id FROM invented_product)
    OR TRY_CAST(query->>'action' AS INTEGER) IN (SELECT action_id FROM invented_action)
    OR TRY_CAST(query->>'requirement' AS INTEGER) IN (SELECT requirement_id FROM invented_requirement)
    OR TRY_CAST(regexp_extract(coalesce(query->>'advert', query->>'account', query->>'item'),
        '([0-9]+)-[0-9]+$', 1) AS INTEGER) IN (SELECT source_id FROM invented_source)
    OR NOT EXISTS (SELECT 1 FROM source WHERE NOT is_scenario)
"""
_DESK = ("saved_view", "watch", "tray_item")

# What a search of all rows of a table found; it goes with the last of them.
_DERIVED = {
    "transaction": ("lead_search", "lead_block", "lead_chance", "lead_cut"),
    "advert": ("advert_run",),
}


def has_invented(store: Store) -> bool:
    """Whether anything in the store is of the invented city."""
    return bool(store.rows(f"{_SOURCES} LIMIT 1"))


def remove_invented(store: Store, actor: Actor) -> Removed:
    """Remove everything invented in one transaction; returns how many of what went.

    A finding, brief or meeting of the user's own goes only where all of it is about the invented city. A
    finding that rests on real rows too stays, and says which of its rows are gone."""
    with store.write() as cursor:
        _name_invented(cursor)
        removed = {kind: _count(cursor, f"invented_{kind}") for kind in _INVENTED}
        if removed["source"]:
            removed |= _clear_desk(cursor)
        for (source_id,) in cursor.execute("SELECT source_id FROM invented_source ORDER BY 1").fetchall():
            delete_source_rows(cursor, source_id)
        for kind, tables in _GO_WITH.items():
            for table, column in tables:
                named = f"SELECT {kind}_id FROM invented_{kind}"
                if (table, column) == ("target_value", "target_id"):
                    named = f"SELECT target_id FROM target WHERE area_id IN ({named})"
                cursor.execute(f'DELETE FROM "{table}" WHERE {column} IN ({named})').fetchall()
        for source, derived in _DERIVED.items():
            for table in derived:
                cursor.execute(f'DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM "{source}")').fetchall()
        for kind in _INVENTED:
            cursor.execute(f"DROP TABLE invented_{kind}").fetchall()
        removed = {kind: number for kind, number in removed.items() if number}
        if removed:
            record(cursor, actor, "remove invented city", "store", "End of training", removed)
    return removed


def _clear_desk(cursor: duckdb.DuckDBPyConnection) -> Removed:
    """Remove what leads to the invented city, while the names it leads by are still there."""
    gone = {
        table: len(cursor.execute(f"DELETE FROM {table} WHERE {_LED_TO} RETURNING 1").fetchall())
        for table in _DESK
    }
    cursor.execute(
        "DELETE FROM tray_item_row WHERE item_id NOT IN (SELECT item_id FROM tray_item)"
    ).fetchall()
    return {"saved view": gone["saved_view"], "watch": gone["watch"], "thing in a case": gone["tray_item"]}


def _name_invented(cursor: duckdb.DuckDBPyConnection) -> None:
    """List what is invented in temporary tables, before any of it goes."""
    for kind, select in _INVENTED.items():
        values = {"unit": UNIT_NAME} if "$unit" in select else {}
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE invented_{kind} AS {select}", values).fetchall()


def _count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
