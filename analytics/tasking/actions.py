"""What was tasked: its owner, due date and status; exported as a calendar or a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta

import pandas as pd
from icalendar import Alarm, Calendar, Event

from analytics.oversight import Actor, record
from analytics.store import Store, now, read_today

STATUSES = ("open", "in progress", "done", "not done")
_CLOSED = ("done", "not done")
NOT_NAMED = "not named"

# SQL: the reason for the verdict in a row of `result`; older results store it by part.
VERDICT_REASON = "coalesce(measured->>'$.why', measured->>'$.place.why', measured->>'$.network.why')"


@dataclass(frozen=True)
class TaskedAction:
    """What a decision tasks: what is done, the role that owns it, by when, the agency that answers for it and
    whom to ask there. Raises ValueError where one of them is missing."""

    description: str
    owner: str
    due: date
    agency: str
    contact: str

    def __post_init__(self) -> None:
        if not all(part.strip() for part in (self.description, self.owner, self.agency, self.contact)):
            raise ValueError("An action needs a description, an owner, an agency, a contact and a due date.")


def describe_agency(agency: str | None, contact: str | None) -> str:
    """Who answers for an action, in words; for one tasked before that was asked for, that it is missing."""
    return f"Agency: {agency or NOT_NAMED}. Contact: {contact or NOT_NAMED}."


def list_actions(store: Store, today: date | None = None) -> pd.DataFrame:
    """Every action, those still to do first, by due date.

    Columns: action_id, description, owner, agency and contact (NOT_NAMED for what was tasked
    before they were asked for), due, status, hours, decision_id, product_id, title (of its brief),
    adopted_at, standing (false where a later decision superseded the one it comes from), note (of the last
    step), recorded_at, verdict, verdict_reason and outputs (JSON) of the latest result (None where there is
    none), overdue (on `today`, default the present day)."""
    actions = store.query(
        "WITH last AS (SELECT * FROM action_event QUALIFY row_number() OVER (PARTITION BY action_id"
        " ORDER BY recorded_at DESC) = 1),"
        f" measured AS (SELECT *, {VERDICT_REASON} AS verdict_reason FROM result"
        " QUALIFY version = max(version) OVER (PARTITION BY action_id))"
        " SELECT a.action_id, a.description, a.owner,"
        f" coalesce(a.agency, '{NOT_NAMED}') AS agency, coalesce(a.contact, '{NOT_NAMED}') AS contact,"
        " a.due, a.status, a.hours, a.decision_id, d.product_id,"
        " p.title,"
        "   d.decided_at AS adopted_at,"
        "   d.decision_id NOT IN (SELECT supersedes FROM decision"
        " WHERE supersedes IS NOT NULL) AS standing, coalesce(last.note, '') AS note, last.recorded_at,"
        "   measured.verdict, measured.verdict_reason, CAST(measured.outputs AS VARCHAR) AS outputs"
        " FROM action a JOIN decision d USING (decision_id)"
        " JOIN product p ON p.product_id = d.product_id AND p.version = d.product_version"
        " LEFT JOIN last USING (action_id) LEFT JOIN measured ON measured.action_id = a.action_id"
        " ORDER BY a.status IN ('done', 'not done'), a.due, a.action_id"
    ).to_pandas()
    until = pd.Timestamp(today or read_today())
    actions["overdue"] = (
        actions.standing & ~actions.status.isin(_CLOSED) & (pd.to_datetime(actions.due) < until)
    )
    return actions


def update_action(store: Store, actor: Actor, action_id: int, status: str, note: str) -> None:
    """Record a step of an action. Raises ValueError for a status that is none or a closing without a note,
    KeyError where there is no such action."""
    if status not in STATUSES:
        raise ValueError(f"An action is {', '.join(STATUSES)}.")
    if status in _CLOSED and not note.strip():
        raise ValueError("Say what was done, or why it was not: the next assessment reads it.")
    with store.write(changes_data=False) as cursor:
        changed = cursor.execute(
            "UPDATE action SET status = ? WHERE action_id = ? RETURNING action_id", [status, action_id]
        ).fetchall()
        if not changed:
            raise KeyError(f"There is no action {action_id}.")
        cursor.execute(
            "INSERT INTO action_event VALUES (?, ?, ?, ?, ?)",
            [action_id, status, note.strip(), actor.name, now()],
        ).fetchall()
        record(cursor, actor, "update action", f"action {action_id}", detail={"status": status})


def list_action_steps(store: Store, action_id: int) -> pd.DataFrame:
    """The steps of an action, newest first: status, note, recorded_by, recorded_at."""
    return store.query(
        "SELECT status, note, recorded_by, recorded_at FROM action_event WHERE action_id = ?"
        " ORDER BY recorded_at DESC",
        [action_id],
    ).to_pandas()


def write_calendar(actions: pd.DataFrame, mark: str = "") -> bytes:
    """The actions still to do as an iCalendar file (RFC 5545): a whole-day event on each due date, with a
    reminder the day before. `mark`: of an exercise, before what each event says. The same actions give the
    same bytes."""
    begins = f"{mark}. " if mark else ""
    entries = Calendar()
    entries.add("prodid", "-//Achilles//Actions//EN")
    entries.add("version", "2.0")
    for row in actions[actions.standing & ~actions.status.isin(_CLOSED)].itertuples():
        event = Event()
        event.add("uid", f"action-{row.action_id}@achilles")
        event.add("dtstamp", row.adopted_at.to_pydatetime().replace(tzinfo=UTC))
        event.add("dtstart", pd.Timestamp(row.due).date())
        event.add("dtend", pd.Timestamp(row.due).date() + timedelta(days=1))
        event.add("summary", f"{begins}Due: {row.description}")
        event.add(
            "description",
            f"Owner: {row.owner}. {describe_agency(row.agency, row.contact)} "
            f"From decision {row.decision_id} on {row.title}.",
        )
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", f"{begins}Due tomorrow: {row.description}")
        reminder.add("trigger", timedelta(days=-1))
        event.add_component(reminder)
        entries.add_component(event)
    return bytes(entries.to_ical())
