"""Watches: a place, operation, account, entity or requirement of which a user wants to know what is new."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from analytics.desk.own_rows import change_own
from analytics.hotspots.grid.custom_area import read_drawn
from analytics.oversight import Actor, record
from analytics.search.hits import PageLink
from analytics.store import Store, now

KINDS = {
    "place": "Place",
    "operation": "Operation of adverts",
    "account": "Account",
    "entity": "Identifier",
    "requirement": "Requirement",
}


@dataclass(frozen=True)
class Watch:
    """`key`: of a place its outline as `write_drawn` writes it, of an operation or a requirement its number,
    of an account 'source-row' of its record, of an entity the digest by which the search names it. `label`
    bears no personal data."""

    watch_id: int
    kind: str
    key: str
    label: str
    opens: PageLink
    watched_since: datetime
    looked_at: datetime


def start_watch(store: Store, actor: Actor, kind: str, key: str, label: str, opens: PageLink) -> int:
    """Watch a thing from now on; returns the watch's number, that of the present one where it is watched
    already. Raises ValueError for an unknown kind, a key that is none of its kind or an empty label."""
    if kind not in KINDS:
        raise ValueError(f"A watch is on one of {', '.join(KINDS)}, not {kind!r}.")
    if not label.strip():
        raise ValueError("A watch needs a name.")
    _check_key(kind, key)
    with store.write(changes_data=False) as cursor:
        present = cursor.execute(
            "SELECT watch_id FROM watch WHERE owner = ? AND kind = ? AND key = ? AND removed_at IS NULL",
            [actor.name, kind, key],
        ).fetchall()
        if present:
            return int(present[0][0])
        moment = now()
        ((watch_id,),) = cursor.execute(
            "INSERT INTO watch (owner, kind, key, label, page, query, watched_since, looked_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING watch_id",
            [
                actor.name,
                kind,
                key,
                label.strip(),
                opens.page,
                json.dumps(opens.query),
                moment,
                moment,
            ],
        ).fetchall()
        record(cursor, actor, "start watch", f"watch {watch_id}", detail={"kind": kind})
    return int(watch_id)


def _check_key(kind: str, key: str) -> None:
    if kind == "place":
        read_drawn(key)
    elif kind in ("operation", "requirement") and not (key.isascii() and key.isdigit()):
        raise ValueError(f"{key!r} is the number of no {kind}.")
    elif kind == "account":
        parse_row(key)


def parse_row(key: str) -> tuple[int, int]:
    """Source and row of a key '3-17'. Raises ValueError for another."""
    source, _, row = key.partition("-")
    if not (source.isascii() and source.isdigit() and row.isascii() and row.isdigit()):
        raise ValueError(f"{key!r} names no row of a source.")
    return int(source), int(row)


def list_watches(store: Store, actor: Actor) -> list[Watch]:
    """This user's watches, the latest first."""
    rows = store.rows(
        "SELECT watch_id, kind, key, label, page, CAST(query AS VARCHAR) AS query, watched_since, looked_at"
        " FROM watch WHERE owner = ? AND removed_at IS NULL ORDER BY watch_id DESC",
        [actor.name],
    )
    return [Watch(opens=PageLink(row.pop("page"), json.loads(row.pop("query"))), **row) for row in rows]


def mark_looked(store: Store, actor: Actor, watch_id: int) -> None:
    """What has come in by now is no longer new to this user. Call it when the watch's link is opened."""
    change_own(store, actor, "watch", watch_id, "looked_at", now(), "look at watch")


def stop_watch(store: Store, actor: Actor, watch_id: int) -> None:
    """End a watch; `resume_watch` undoes it."""
    change_own(store, actor, "watch", watch_id, "removed_at", now(), "stop watch")


def resume_watch(store: Store, actor: Actor, watch_id: int) -> None:
    """Undo `stop_watch`: the watch goes on as if it had not been ended."""
    change_own(store, actor, "watch", watch_id, "removed_at", None, "resume watch")
