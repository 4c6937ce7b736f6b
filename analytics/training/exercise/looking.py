"""What a team has done so far, from its store: counts and titles for the trainer, nothing scored."""

from __future__ import annotations

from datetime import date
from typing import Any

from analytics.store import Store
from analytics.training.settings import CONTROL_NAME

# The first time each kind of thing was saved, by the names that an inject's condition has.
_FIRST = {
    "finding": "SELECT min(created_at) AS at, count(DISTINCT finding_id) AS n FROM finding",
    "brief": "SELECT min(created_at) AS at, count(DISTINCT product_id) AS n FROM product"
    " WHERE kind = 'brief'",
    "decision": "SELECT min(decided_at) AS at, count(*) AS n FROM decision",
    "requirement": "SELECT min(saved_at) AS at, count(DISTINCT requirement_id) AS n FROM requirement"
    f" WHERE saved_by <> '{CONTROL_NAME}'",
    "referral": "SELECT min(created_at) AS at, count(DISTINCT product_id) AS n FROM product"
    " WHERE kind = 'safeguarding referral'",
}
_LATEST = """
    SELECT 'finding' AS kind, finding_id AS number, arg_max(title, version) AS title, max(created_at) AS at
    FROM finding GROUP BY finding_id
    UNION ALL BY NAME
    SELECT arg_max(kind, version), product_id, arg_max(title, version), max(created_at)
    FROM product GROUP BY product_id
    ORDER BY "at" DESC LIMIT 20
"""
_ACTS = """
    SELECT actor, act, count(*) AS n, max(recorded_at) AS last FROM audit
    WHERE session <> '' GROUP BY ALL ORDER BY n DESC LIMIT 100
"""
_RECENT = """
    SELECT recorded_at AS at, actor, act, object FROM audit
    WHERE session <> '' ORDER BY sequence DESC LIMIT 30
"""


def look_at(store: Store) -> dict[str, Any]:
    """`counts` of what the team saved and `first` when (ISO, or None), the `latest` titles, and from the
    audit trail `acts` by person and the `recent` ones. Times in UTC."""
    found = {kind: store.rows(select)[0] for kind, select in _FIRST.items()}
    return {
        "counts": {kind: row["n"] for kind, row in found.items()},
        "first": {kind: _write(row["at"]) for kind, row in found.items()},
        "latest": [row | {"at": _write(row["at"])} for row in store.rows(_LATEST)],
        "acts": [row | {"last": _write(row["last"])} for row in store.rows(_ACTS)],
        "recent": [row | {"at": _write(row["at"])} for row in store.rows(_RECENT)],
        "recorded_to": _write(store.rows("SELECT max(local_date) AS at FROM incident")[0]["at"]),
    }


def _write(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()
