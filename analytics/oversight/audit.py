"""An append-only, hash-chained record of every act that matters.

Each record's hash covers its content and the previous record's hash (SHA-256), so a changed, removed or
inserted record breaks the chain from there on. A chain cut off at its end still verifies: compare the last
hash with one kept elsewhere, which is why `verify` returns it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from analytics.oversight.actor import Actor
from analytics.oversight.acts import demand
from analytics.store import Store, true_now

_GENESIS = "0" * 64


@dataclass(frozen=True)
class BrokenChain:
    """The first record at which the chain does not hold, and why."""

    sequence: int
    reason: str


def record(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    act: str,
    object_: str,
    purpose: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one record inside the caller's write transaction, so act and record stand or fall together.
    An act without a purpose of its own is recorded under the purpose of the actor's session.

    Raises Refused for what the actor's role or purpose does not do, whichever page or command asked."""
    demand(actor, act)
    last = cursor.execute("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").fetchall()
    sequence, previous = (last[0][0] + 1, last[0][1]) if last else (1, _GENESIS)
    at = true_now()
    text = json.dumps(detail or {}, sort_keys=True, default=str)
    content = (sequence, at, actor.name, actor.role, act, object_, purpose or actor.purpose, text, previous)
    cursor.execute(
        "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [*content, _hash(*content)]
    ).fetchall()


def verify(store: Store) -> tuple[int, str, BrokenChain | None]:
    """Walk the chain: (records, last hash, the first broken link or None)."""
    columns = (
        "sequence, recorded_at, actor, role, act, object, purpose, CAST(detail AS VARCHAR), "
        "previous_hash, hash"
    )
    expected_sequence, previous = 1, _GENESIS
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {columns} FROM audit ORDER BY sequence").fetchall()
    for row in rows:
        if row[0] != expected_sequence:
            return (
                len(rows),
                previous,
                BrokenChain(expected_sequence, f"record {expected_sequence} is missing"),
            )
        if row[8] != previous:
            return len(rows), previous, BrokenChain(row[0], "it does not follow from the record before it")
        if row[9] != _hash(*row[:9]):
            return len(rows), previous, BrokenChain(row[0], "its content was changed")
        expected_sequence, previous = row[0] + 1, row[9]
    return len(rows), previous, None


def _hash(sequence: int, at: datetime, *parts: str) -> str:
    text = json.dumps([sequence, at.isoformat(), *parts], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
