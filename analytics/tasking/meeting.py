"""The tasking and co-ordination meeting: its agenda, the hours left, and what was decided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analytics.oversight import Actor, demand, record
from analytics.oversight.heads import find_code
from analytics.shared.wording import counted, write_day, write_moment
from analytics.store import Store, now
from analytics.tasking.actions import describe_agency
from analytics.tasking.citations import combine_handling, join_handling
from analytics.tasking.exercise import mark_exercise
from analytics.tasking.paper import Paper
from analytics.tasking.priorities import list_assessments, rank_proposals, read_scheme
from analytics.tasking.products import HOURS_LEFT, list_products


class MeetingOpen(RuntimeError):
    """Another meeting is still open."""


@dataclass(frozen=True)
class Meeting:
    """One meeting. `hours_available`: officers' hours the group can give until the next one."""

    meeting_id: int
    chair: str
    present: str
    hours_available: float
    opened_at: datetime
    closed_at: datetime | None


def open_meeting(store: Store, actor: Actor, chair: str, present: str, hours_available: float) -> int:
    """Open a meeting; returns its number. Raises ValueError where the chair is missing or the hours are
    negative, MeetingOpen where one is open."""
    if not chair.strip():
        raise ValueError("Say who chairs the meeting.")
    if not hours_available >= 0:
        raise ValueError("The hours available cannot be negative.")
    with store.write(changes_data=False) as cursor:
        ((open_id,),) = cursor.execute(
            "SELECT max(meeting_id) FROM meeting WHERE closed_at IS NULL"
        ).fetchall()
        if open_id is not None:
            raise MeetingOpen(f"Meeting {open_id} is still open. Continue it, or close it first.")
        ((meeting_id,),) = cursor.execute(
            "INSERT INTO meeting (chair, present, hours_available, opened_by, opened_at)"
            " VALUES (?, ?, ?, ?, ?)"
            " RETURNING meeting_id",
            [chair.strip(), present.strip(), hours_available, actor.name, now()],
        ).fetchall()
        record(cursor, actor, "open meeting", f"meeting {meeting_id}", detail={"chair": chair})
    return int(meeting_id)


def close_meeting(store: Store, actor: Actor, meeting_id: int) -> None:
    """Close a meeting; nothing can be decided in it afterwards. Raises KeyError where it is not open."""
    with store.write(changes_data=False) as cursor:
        closed = cursor.execute(
            "UPDATE meeting SET closed_by = ?, closed_at = ? WHERE meeting_id = ? AND closed_at IS NULL"
            " RETURNING meeting_id",
            [actor.name, now(), meeting_id],
        ).fetchall()
        if not closed:
            raise KeyError(f"Meeting {meeting_id} is not open.")
        record(cursor, actor, "close meeting", f"meeting {meeting_id}")


def list_meetings(store: Store) -> list[Meeting]:
    """Every meeting, newest first."""
    rows = store.rows(
        "SELECT meeting_id, chair, present, hours_available, opened_at, closed_at FROM meeting"
        " ORDER BY meeting_id DESC"
    )
    return [Meeting(**row) for row in rows]


def find_open_meeting(store: Store) -> Meeting | None:
    """The meeting that is open, if any; it survives a server that was killed."""
    return next((meeting for meeting in list_meetings(store) if meeting.closed_at is None), None)


def list_agenda(store: Store, weights: dict[str, float] | None = None) -> pd.DataFrame:
    """Briefs that wait for a decision (none yet, or deferred), the highest priority first; unscored ones
    last.

    Columns: product_id, version, title, created_by, created_at, outcome (deferred or None), serves, then
    those of `priorities.rank` with missing values where nobody has scored the brief."""
    briefs = list_products(store, "brief")
    waiting = briefs[briefs.outcome.isna() | (briefs.outcome == "deferred")]
    assessed = {
        number: what for number, what in list_assessments(store).items() if number in set(waiting.product_id)
    }
    ranked = rank_proposals(
        read_scheme(), {number: scores for number, (_, _, scores) in assessed.items() if scores}, weights
    )
    table = waiting[["product_id", "version", "title", "created_by", "created_at", "outcome"]].assign(
        # As objects: pandas would make of None among texts a NaN, which is true.
        serves=pd.Series(
            [assessed[number][1] if number in assessed else None for number in waiting.product_id],
            waiting.index,
            dtype=object,
        )
    )
    table = table.merge(ranked, on="product_id", how="left")
    return table.sort_values(
        ["priority", "product_id"], ascending=[False, True], na_position="last", ignore_index=True
    )


def describe_order(agenda: pd.DataFrame) -> str:
    """In what order the proposals of an agenda stand: only what is scored has a priority."""
    unscored = int(agenda.priority.isna().sum())
    if unscored == len(agenda):
        return "Proposals, none of them scored: in the order they were written"
    if unscored:
        return f"Proposals in order of priority; the last {unscored} not scored"
    return "Proposals in order of priority"


def count_hours_left(store: Store, meeting: Meeting) -> float:
    """The meeting's hours less those of the actions adopted in it by decisions that stand."""
    number = meeting.meeting_id
    return float(store.rows(HOURS_LEFT, [number, None, number])[0]["hours"])


@dataclass(frozen=True)
class RoomState:
    """What the screens of an open meeting share: the proposal on the table (None until one is called) and the
    chair's notes."""

    product_id: int | None = None
    notes: str = ""


def load_room(store: Store, meeting_id: int) -> RoomState:
    """What the screens of a meeting share now."""
    rows = store.rows("SELECT product_id, notes FROM meeting_room WHERE meeting_id = ?", [meeting_id])
    return RoomState(**rows[0]) if rows else RoomState()


def call_proposal(store: Store, actor: Actor, meeting_id: int, product_id: int) -> None:
    """Put a proposal on the table, for every screen of the meeting."""
    _share(store, actor, meeting_id, product_id=product_id)


def save_notes(store: Store, actor: Actor, meeting_id: int, notes: str) -> None:
    """Store the chair's notes of a meeting."""
    _share(store, actor, meeting_id, notes=notes)


def _share(store: Store, actor: Actor, meeting_id: int, **changed: int | str) -> None:
    demand(actor, "record decision")
    ((name, value),) = changed.items()
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT OR IGNORE INTO meeting_room VALUES (?, NULL, '', ?)", [meeting_id, now()]
        ).fetchall()
        cursor.execute(
            f"UPDATE meeting_room SET {name} = ?, changed_at = ? WHERE meeting_id = ?",
            [value, now(), meeting_id],
        ).fetchall()


def save_draft(
    store: Store, actor: Actor, meeting_id: int, product_id: int, fields: dict[str, str | float]
) -> None:
    """Save what was typed for a proposal not yet decided, so that it outlives the server. Each author has a
    draft. Raises Refused for who does not decide."""
    demand(actor, "record decision")
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO meeting_draft VALUES (?, ?, ?, ?, ?)",
            [meeting_id, product_id, actor.name, json.dumps(fields), now()],
        ).fetchall()


def load_draft(store: Store, actor: Actor, meeting_id: int, product_id: int) -> dict[str, str | float]:
    """What this author typed for a proposal; empty where nothing was typed, or it has been decided."""
    rows = store.rows(
        "SELECT CAST(fields AS VARCHAR) AS fields FROM meeting_draft WHERE meeting_id = ? AND product_id = ?"
        " AND author = ?",
        [meeting_id, product_id, actor.name],
    )
    fields: dict[str, str | float] = json.loads(rows[0]["fields"]) if rows else {}
    return fields


def build_minutes_paper(store: Store, meeting: Meeting) -> Paper:
    """The minutes for print, under the handling of every brief that was decided on."""
    rows = store.rows(
        "SELECT DISTINCT p.content->>'handling' AS handling, p.finding_ids FROM decision d JOIN product p"
        " ON p.product_id = d.product_id AND p.version = d.product_version WHERE meeting_id = ?"
        " ORDER BY handling",
        [meeting.meeting_id],
    )
    handling = join_handling(row["handling"] or "" for row in rows) or combine_handling([], [])
    handling = mark_exercise(store, handling, [number for row in rows for number in row["finding_ids"]])
    number = meeting.meeting_id
    return Paper(
        f"Minutes of tasking meeting {number}",
        handling,
        f"Meeting {number}",
        write_minutes(store, meeting),
        seal=_find_minutes_code(store, number),
    )


def _find_minutes_code(store: Store, meeting_id: int) -> str:
    """The code of the head that covers the meeting and every decision in it."""
    decisions = store.rows("SELECT decision_id FROM decision WHERE meeting_id = ?", [meeting_id])
    parts = [("decision", str(row["decision_id"])) for row in decisions]
    return find_code(store, ("meeting", str(meeting_id)), *parts)


def write_minutes(store: Store, meeting: Meeting) -> dict[str, str]:
    """What was decided in a meeting, in the order it was: sections of plain text, for print."""
    rows = store.rows(
        "SELECT decision_id, d.product_id, d.product_version, title, outcome, reason, decided_by,"
        " decided_at, supersedes"
        " FROM decision d JOIN product p ON p.product_id = d.product_id AND p.version = d.product_version"
        " WHERE meeting_id = ? ORDER BY decision_id",
        [meeting.meeting_id],
    )
    actions = store.rows(
        "SELECT action_id, description, owner, agency, contact, due, hours, beyond_hours, a.decision_id"
        " FROM action a JOIN decision USING (decision_id)"
        " WHERE meeting_id = ? ORDER BY action_id",
        [meeting.meeting_id],
    )
    closed = f" to {meeting.closed_at:%H:%M} UTC" if meeting.closed_at else " UTC, still open"
    return {
        "Meeting": f"{write_moment(meeting.opened_at)}{closed}. Chair: {meeting.chair}. "
        f"Present: {meeting.present or 'not recorded'}.",
        "Decisions": "\n".join(
            f"{row['decision_id']}. {row['title']} (brief {row['product_id']}, version "
            f"{row['product_version']}): "
            f"{row['outcome']} by {row['decided_by']}, {row['decided_at']:%H:%M} UTC. {row['reason']}"
            + (f" Supersedes decision {row['supersedes']}." if row["supersedes"] else "")
            for row in rows
        )
        or "None.",
        "Actions": "\n".join(
            f"{row['action_id']}. {row['description'].rstrip('.')}. Owner: {row['owner']}. "
            f"{describe_agency(row['agency'], row['contact'])} Due {write_day(row['due'])}."
            + (f" {counted(row['hours'], 'hour')}." if row["hours"] else "")
            + (f" More than were left: {row['beyond_hours']}" if row["beyond_hours"] else "")
            for row in actions
        )
        or "None.",
        "Resources": f"{counted(meeting.hours_available, 'hour was', 'hours were')} available; "
        f"{_say_left(count_hours_left(store, meeting))}.",
    }


def _say_left(hours: float) -> str:
    return f"{hours:g} left" if hours >= 0 else f"{counted(-hours, 'hour')} more given than there were"
