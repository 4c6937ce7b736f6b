"""Acts that take two persons: one asks with a reason, another approves, and the first then acts, once.

What does such an act calls `use_approval` in its own write transaction, so that approval and act stand or
fall together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from analytics.oversight.actor import Actor
from analytics.oversight.acts import TWO_PERSONS, Refused, demand, may_approve
from analytics.oversight.audit import record
from analytics.store import Store, now

BULK_ROWS = 100  # rows with personal data unmasked: more leave only with a second person's approval
UNMASKED = "export unmasked rows"
EVERY_TABLE = "every table"  # what an approval to export the store is of
_ALONE_BY_ONE = frozenset(("release edition",))  # on a machine of one user, who names who authorised it
_DAYS = 7  # for which a request stands, and its approval
_SHORTEST_REASON = 5


@dataclass(frozen=True)
class Approval:
    """A request and what was decided on it; `outcome` is None while it waits."""

    approval_id: int
    act: str
    object: str
    reason: str
    asked_by: str
    asked_role: str
    asked_at: datetime
    expires_at: datetime
    outcome: str | None
    why: str | None
    decided_by: str | None
    decided_at: datetime | None
    used_at: datetime | None

    @property
    def state(self) -> str:
        """In a word, for the screen."""
        if self.used_at is not None:
            return "used"
        if self.outcome in (None, "approved") and self.expires_at <= now():
            return "expired"
        return self.outcome or "waiting"


def request_approval(store: Store, actor: Actor, act: str, object_: str, reason: str) -> int:
    """Ask for an act on one thing; returns the request's number. Raises ValueError for an act that takes one
    person or a missing reason, and Refused where the actor may not do the act at all."""
    if act not in TWO_PERSONS:
        raise ValueError(f"No second person is needed to {act}.")
    if len(reason.strip()) < _SHORTEST_REASON:
        raise ValueError("A reason of at least five letters is needed.")
    demand(actor, act)
    with store.write(changes_data=False) as cursor:
        at = now()
        ((number,),) = cursor.execute(
            "INSERT INTO approval (act, object, reason, asked_by, asked_role, asked_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING approval_id",
            [act, object_, reason.strip(), actor.name, actor.role, at, at + timedelta(days=_DAYS)],
        ).fetchall()
        record(cursor, actor, "request approval", f"approval {number}", detail={"act": act, "of": object_})
    return int(number)


def approve_request(store: Store, actor: Actor, approval_id: int) -> None:
    """Approve what somebody else asked for. Raises KeyError for an unknown number, ValueError where it no
    longer waits, and Refused for whoever asked or may not approve it."""
    _decide(store, actor, approval_id, "approved", "")


def refuse_request(store: Store, actor: Actor, approval_id: int, why: str) -> None:
    """Refuse it, saying why. Raises as `approve_request` does, and ValueError without a reason."""
    if len(why.strip()) < _SHORTEST_REASON:
        raise ValueError("A reason of at least five letters is needed.")
    _decide(store, actor, approval_id, "refused", why.strip())


def list_approvals(store: Store, *, waiting: bool = False) -> list[Approval]:
    """Every request, or those that wait, the latest first."""
    rows = store.rows("SELECT * FROM approval ORDER BY approval_id DESC")
    found = [Approval(**row) for row in rows]
    return [one for one in found if not waiting or one.state == "waiting"]


def find_approval(store: Store, actor: Actor, act: str, object_: str) -> Approval | None:
    """The actor's latest request for this act on this thing, whatever became of it."""
    rows = store.rows(
        "SELECT * FROM approval WHERE act = ? AND object = ? AND asked_by = ? ORDER BY approval_id DESC"
        " LIMIT 1",
        [act, object_, actor.name],
    )
    return Approval(**rows[0]) if rows else None


def needs_approval(actor: Actor, act: str) -> bool:
    """Whether somebody else must approve this act of this actor."""
    return act in TWO_PERSONS and not (actor.is_alone and act in _ALONE_BY_ONE)


def use_approval(cursor: duckdb.DuckDBPyConnection, actor: Actor, act: str, object_: str) -> None:
    """Use up the approval of an act, in the transaction of the act. Raises Refused, saying what to do, where
    nobody else has approved it and somebody must."""
    if not needs_approval(actor, act):
        return
    used = cursor.execute(
        "UPDATE approval SET used_at = $at WHERE approval_id = (SELECT min(approval_id) FROM approval"
        " WHERE act = $act AND object = $object AND asked_by = $name AND outcome = 'approved'"
        " AND decided_by <> $name AND used_at IS NULL AND expires_at > $at) RETURNING approval_id",
        {"at": now(), "act": act, "object": object_, "name": actor.name},
    ).fetchall()
    if not used:
        raise Refused(say_what_to_do(actor, act))


def take_unmasked(store: Store, actor: Actor, what: str) -> None:
    """Record that many rows leave with personal data, and use up the approval of it. Raises Refused."""
    with store.write(changes_data=False) as cursor:
        use_approval(cursor, actor, UNMASKED, what)
        record(cursor, actor, UNMASKED, what)


def say_what_to_do(actor: Actor, act: str) -> str:
    """How a second person comes in."""
    how = (
        "Ask for it here. Then a colleague who may open this store, under another account of this machine, "
        "runs: achilles approvals approve NUMBER. Where there is none, serve it to both: achilles serve."
        if actor.is_alone
        else "Ask for it here; somebody else who may approve it finds it on the page Oversight."
    )
    return f"It takes two persons to {act}. {how}"


def _decide(store: Store, actor: Actor, approval_id: int, outcome: str, why: str) -> None:
    with store.write(changes_data=False) as cursor:
        rows = cursor.execute(
            "SELECT act, object, asked_by, outcome, expires_at FROM approval WHERE approval_id = ?",
            [approval_id],
        ).fetchall()
        if not rows:
            raise KeyError(f"There is no request {approval_id}.")
        act, object_, asked_by, decided, expires_at = rows[0]
        if decided is not None or expires_at <= now():
            raise ValueError(f"Request {approval_id} no longer waits: {decided or 'expired'}.")
        if asked_by == actor.name:
            raise Refused("Somebody else than who asked must decide.")
        if not (permission := may_approve(actor, act)):
            raise Refused(permission.why)
        cursor.execute(
            "UPDATE approval SET outcome = ?, why = ?, decided_by = ?, decided_at = ? WHERE approval_id = ?",
            [outcome, why, actor.name, now(), approval_id],
        ).fetchall()
        done = "approve request" if outcome == "approved" else "refuse request"
        record(cursor, actor, done, f"approval {approval_id}", why, {"act": act, "of": object_})
