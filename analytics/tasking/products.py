"""Products, decisions and actions in the store: versions are added, never overwritten."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

import duckdb
import pandas as pd

from analytics.intelligence.cited_versions import cite
from analytics.oversight import Actor, record
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import Store, now
from analytics.tasking.actions import TaskedAction
from analytics.tasking.saved_sections import upgrade_content

# Parameters: the meeting, a decision that no longer counts (or NULL), the meeting again.
HOURS_LEFT = (
    "SELECT hours_available - (SELECT coalesce(sum(hours), 0) FROM action JOIN decision USING (decision_id)"
    "   WHERE meeting_id = ? AND decision_id IS DISTINCT FROM ? AND decision_id NOT IN"
    "   (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL)) AS hours"
    " FROM meeting WHERE meeting_id = ?"
)
OUTCOMES = code_table("decision_outcomes").codes


class DecidedMeanwhile(RuntimeError):
    """Somebody else decided on the same product first."""


class SavedMeanwhile(RuntimeError):
    """Somebody else saved a later version of the same product first."""


def save_product(
    store: Store,
    actor: Actor,
    kind: str,
    title: str,
    content: dict[str, Any],
    finding_ids: list[int],
    *,
    product_id: int | None = None,
    latest_seen: int | None = None,
) -> tuple[int, int]:
    """Save a new product, or a new version of one. Returns (product_id, version). The versions it cites are
    recorded: see `cite`.

    Raises KeyError where `product_id` is no product of this kind, and SavedMeanwhile where `latest_seen` is
    given and a later version exists.
    """
    with store.write(changes_data=False) as cursor:
        return insert_product(
            cursor, actor, kind, title, content, finding_ids, product_id=product_id, latest_seen=latest_seen
        )


def insert_product(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    kind: str,
    title: str,
    content: dict[str, Any],
    finding_ids: list[int],
    *,
    product_id: int | None = None,
    latest_seen: int | None = None,
) -> tuple[int, int]:
    """The writing itself, in the caller's transaction. Raises what `save_product` raises."""
    latest = 0
    if product_id is None:
        ((product_id,),) = cursor.execute("SELECT nextval('product_id_sequence')").fetchall()
    else:
        ((latest,),) = cursor.execute(
            "SELECT max(version) FROM product WHERE product_id = ? AND kind = ?", [product_id, kind]
        ).fetchall()
        if latest is None:
            raise KeyError(f"There is no {kind} {product_id}.")
        if latest_seen is not None and latest > latest_seen:
            raise SavedMeanwhile(
                f"Somebody else saved version {latest} meanwhile. Your text is still here: read that "
                f"version, "
                f"then save."
            )
    version = latest + 1
    cursor.execute(
        "INSERT INTO product VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [product_id, version, kind, title, json.dumps(content), finding_ids, actor.name, now()],
    ).fetchall()
    cite(cursor, product_id, version, finding_ids)
    record(cursor, actor, f"save {kind}", f"product {product_id} version {version}")
    return product_id, version


def load_product(store: Store, product_id: int, version: int | None = None) -> dict[str, Any]:
    """A product's row with its content as a dictionary in today's shape; the latest version unless one is
    named.

    Raises KeyError where there is none.
    """
    rows = store.rows(
        "SELECT * FROM product WHERE product_id = ? AND (? IS NULL OR version = ?) ORDER BY version DESC"
        " LIMIT 1",
        [product_id, version, version],
    )
    if not rows:
        raise KeyError(f"There is no product {product_id}.")
    return rows[0] | {"content": upgrade_content(rows[0]["kind"], json.loads(rows[0]["content"]))}


def list_versions(store: Store, product_id: int) -> pd.DataFrame:
    """Every version of a product, newest first: version, title, created_by, created_at."""
    return store.query(
        "SELECT version, title, created_by, created_at FROM product WHERE product_id = ?"
        " ORDER BY version DESC",
        [product_id],
    ).to_pandas()


def list_products(store: Store, kind: str) -> pd.DataFrame:
    """The latest version of each product of a kind, newest first, with its standing decision if any."""
    return store.query(
        "WITH standing AS (SELECT product_id, outcome, decided_by, decided_at FROM decision"
        " QUALIFY decision_id = max(decision_id) OVER (PARTITION BY product_id))"
        " SELECT product_id, version, title, created_by, created_at, outcome, decided_by, decided_at"
        " FROM product LEFT JOIN standing USING (product_id) WHERE kind = ?"
        " QUALIFY version = max(version) OVER (PARTITION BY product_id)"
        " ORDER BY created_at DESC, product_id DESC",
        [kind],
    ).to_pandas()


def record_decision(
    store: Store,
    actor: Actor,
    product_id: int,
    version: int,
    outcome: str,
    reason: str,
    decided_by: str,
    *,
    supersedes: int | None = None,
    action: TaskedAction | None = None,
    hours: float | None = None,
    beyond_hours: str = "",
    meeting_id: int | None = None,
) -> int:
    """Record the meeting's decision on one version of a brief; an adopted one may carry an action.

    A decision is never edited. A second one on the same product must name the standing one it `supersedes`;
    raises DecidedMeanwhile where another stands, KeyError where there is no such version of a brief, and
    ValueError where outcome, reason or decider is missing or what is not adopted carries an action. `hours`:
    the officers' hours the action is expected to take; `beyond_hours` says why they are given where the
    meeting has fewer left, and ValueError is raised without. `meeting_id`: the open meeting in which it is
    decided; raises KeyError where that one is closed."""
    if outcome not in OUTCOMES:
        raise ValueError(f"A decision is one of {', '.join(OUTCOMES)}.")
    if not reason.strip() or not decided_by.strip():
        raise ValueError("A decision needs a reason and the name of who decided.")
    if action and outcome not in ("adopted", "amended"):
        raise ValueError("Only an adopted or amended brief carries an action.")
    with store.write(changes_data=False) as cursor:
        _check_decidable(cursor, product_id, version, supersedes, meeting_id)
        lacking = _count_hours_lacking(cursor, meeting_id, supersedes, hours or 0) if action else 0
        if lacking > 0 and not beyond_hours.strip():
            raise ValueError(
                f"The meeting has {counted(lacking, 'hour')} fewer left than this needs: say why they are "
                "given all the same."
            )
        ((decision_id,),) = cursor.execute(
            "INSERT INTO decision (product_id, product_version, outcome, reason, decided_by, decided_at,"
            " supersedes, meeting_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING decision_id",
            [product_id, version, outcome, reason.strip(), decided_by.strip(), now(), supersedes, meeting_id],
        ).fetchall()
        cursor.execute(
            "DELETE FROM meeting_draft WHERE product_id = ? AND author = ?", [product_id, actor.name]
        ).fetchall()  # what was typed is decided now; what somebody else typed stays
        if action:
            cursor.execute(
                "INSERT INTO action (decision_id, description, owner, due, agency, contact, status, hours,"
                " beyond_hours) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?)",
                [decision_id, *astuple(action), hours, beyond_hours.strip() if lacking > 0 else None],
            ).fetchall()
        record(
            cursor,
            actor,
            "record decision",
            f"product {product_id} version {version}",
            detail={"outcome": outcome},
        )
    return int(decision_id)


def _check_decidable(
    cursor: duckdb.DuckDBPyConnection,
    product_id: int,
    version: int,
    supersedes: int | None,
    meeting_id: int | None,
) -> None:
    """Raises where the brief, the meeting or the decision to supersede is not what the user saw."""
    ((briefs,),) = cursor.execute(
        "SELECT count(*) FROM product WHERE product_id = ? AND version = ? AND kind = 'brief'",
        [product_id, version],
    ).fetchall()
    if not briefs:
        raise KeyError(f"There is no brief {product_id}, version {version}, to decide on.")
    if meeting_id is not None:
        ((open_meetings,),) = cursor.execute(
            "SELECT count(*) FROM meeting WHERE meeting_id = ? AND closed_at IS NULL", [meeting_id]
        ).fetchall()
        if not open_meetings:
            raise KeyError(f"Meeting {meeting_id} is not open.")
    ((standing,),) = cursor.execute(
        "SELECT max(decision_id) FROM decision WHERE product_id = ?", [product_id]
    ).fetchall()
    if standing != supersedes:
        raise DecidedMeanwhile(
            "Somebody else recorded a decision on this brief meanwhile. Read it, and supersede it if needed."
        )


def _count_hours_lacking(
    cursor: duckdb.DuckDBPyConnection, meeting_id: int | None, supersedes: int | None, hours: float
) -> float:
    """How many of these hours the meeting does not have, once those of the decision to supersede are free."""
    if meeting_id is None:
        return 0.0
    ((left,),) = cursor.execute(f"SELECT ({HOURS_LEFT})", [meeting_id, supersedes, meeting_id]).fetchall()
    return float(hours - left)


def list_decisions(store: Store, product_id: int | None = None) -> pd.DataFrame:
    """Every decision, newest first; `standing` is false where a later one superseded it."""
    return store.query(
        "SELECT decision_id, decision.product_id, product_version, title, outcome, reason, decided_by,"
        " decided_at, supersedes,"
        " decision_id NOT IN (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL) AS standing"
        " FROM decision JOIN product ON product.product_id = decision.product_id"
        " AND version = product_version"
        " WHERE ? IS NULL OR decision.product_id = ? ORDER BY decision_id DESC",
        [product_id, product_id],
    ).to_pandas()
