"""Links between two things of a kind: made by a person who says why, withdrawn by one who says why, never
deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from analytics.oversight import Actor, record
from analytics.store import Store, now


@dataclass(frozen=True)
class Linked:
    """What is linked: its plural, the table of its links, and the columns that name the one end and the
    other."""

    things: str
    table: str
    columns: tuple[str, ...]


LINES = Linked("reports", "report_link", ("report_id", "line", "other_report_id", "other_line"))
FINDINGS = Linked("findings", "finding_link", ("finding_id", "other_finding_id"))


def insert_link(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    linked: Linked,
    ends: Sequence[int],
    relation: str,
    reason: str,
    what: str,
) -> int:
    """Link two `ends`, in order of `linked.columns`, in the caller's transaction; returns the link's number.
    `what` names both in the audit trail. Raises ValueError where a link between them stands already."""
    named = " AND ".join(f"{column} = ?" for column in linked.columns)
    stands = cursor.execute(
        f"SELECT relation FROM {linked.table} WHERE {named} AND withdrawn_at IS NULL", [*ends]
    ).fetchall()
    if stands:
        raise ValueError(f"These two are linked already ({stands[0][0]}). Withdraw that link first.")
    values = [*ends, relation, reason.strip(), actor.name, now()]
    ((link_id,),) = cursor.execute(
        f"INSERT INTO {linked.table} ({', '.join(linked.columns)}, relation, reason, linked_by, linked_at)"
        f" VALUES ({', '.join('?' * len(values))}) RETURNING link_id",
        values,
    ).fetchall()
    record(cursor, actor, f"link {linked.things}: {relation}", what, reason.strip(), {"link": link_id})
    return int(link_id)


def withdraw(store: Store, actor: Actor, linked: Linked, link_id: int, reason: str) -> None:
    """Withdraw a link; it stays on record. Raises ValueError where it does not stand or no reason is
    given."""
    if not reason.strip():
        raise ValueError("Say why the link is withdrawn.")
    with store.write(changes_data=False) as cursor:
        changed = cursor.execute(
            f"UPDATE {linked.table} SET withdrawn_by = ?, withdrawn_at = ? WHERE link_id = ?"
            f" AND withdrawn_at IS NULL"
            " RETURNING link_id",
            [actor.name, now(), link_id],
        ).fetchall()
        if not changed:
            raise ValueError(f"There is no standing link {link_id}.")
        record(cursor, actor, f"withdraw link of {linked.things}", f"link {link_id}", reason.strip())
