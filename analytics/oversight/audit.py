"""An append-only, hash-chained record of every act that matters.

Each record's hash covers its content and the previous record's hash (SHA-256), so a changed, removed or
inserted record breaks the chain from there on. A chain cut off at its end, or written anew as a whole, still
verifies by itself: `analytics.oversight.seal` compares it with signed heads outside the store.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import duckdb

from analytics.oversight.actor import Actor, as_now
from analytics.oversight.acts import demand
from analytics.store import Store, true_now
from analytics.store.chain import COLUMNS, GENESIS, hash_record
from analytics.store.sealing import append_record

_CLOCK_TOLERANCE = 2.0  # seconds by which a clock may be set back without a word


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
    An act without a purpose of its own is recorded under the purpose that the actor's session has now.

    Raises Refused for what the actor's role or purpose does not do, whichever page or command asked."""
    demand(actor, act)
    actor = as_now(actor)
    last = cursor.execute("SELECT max(recorded_at) FROM audit").fetchall()[0][0]
    about = dict(detail or {})
    if last is not None and (step := (last - true_now()).total_seconds()) > _CLOCK_TOLERANCE:
        about["clock went back by seconds"] = round(step)
    append_record(
        cursor,
        actor.name,
        actor.role,
        act,
        object_,
        purpose or actor.purpose,
        json.dumps(about, sort_keys=True, default=str),
        actor.session,
    )


def verify(store: Store) -> tuple[int, str, BrokenChain | None]:
    """Walk the chain: (records, last hash, the first broken link or None)."""
    expected_sequence, previous = 1, GENESIS
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {COLUMNS}, hash FROM audit ORDER BY sequence").fetchall()
    for row in rows:
        if row[0] != expected_sequence:
            return (
                len(rows),
                previous,
                BrokenChain(expected_sequence, f"record {expected_sequence} is missing"),
            )
        if row[8] != previous:
            return len(rows), previous, BrokenChain(row[0], "it does not follow from the record before it")
        if row[-1] != hash_record(*row[:-1]):
            return len(rows), previous, BrokenChain(row[0], "its content was changed")
        expected_sequence, previous = row[0] + 1, row[-1]
    return len(rows), previous, None
