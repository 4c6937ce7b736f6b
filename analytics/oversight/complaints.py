"""The register of complaints: what was received, by when it is answered, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.oversight.actor import Actor
from analytics.oversight.audit import record
from analytics.store import Store, now

OPEN, CLOSED = ("open", "extended"), ("upheld", "partly upheld", "not upheld", "withdrawn")
DAYS_TO_ANSWER = 30  # a month, as for a request for access (Data Protection Act 2018, section 54)


@dataclass(frozen=True)
class Complaint:
    """A complaint as it stands; `outcome` says how it ended and why, '' while it is open."""

    received_on: date
    complainant: str
    about: str
    due: date
    owner: str
    state: str = "open"
    outcome: str = ""


def save_complaint(store: Store, actor: Actor, complaint: Complaint, complaint_id: int | None = None) -> int:
    """Register a complaint, or add a version to one; returns its number. Raises ValueError where something is
    missing, and KeyError for an unknown number."""
    for name, text in (
        ("whose complaint it is", complaint.complainant),
        ("what it is about", complaint.about),
        ("who answers for it", complaint.owner),
    ):
        if not text.strip():
            raise ValueError(f"Say {name}.")
    if complaint.state in CLOSED and not complaint.outcome.strip():
        raise ValueError("Say how it ended and why.")
    with store.write(changes_data=False) as cursor:
        version = 1
        if complaint_id is None:
            ((complaint_id,),) = cursor.execute("SELECT nextval('complaint_id_sequence')").fetchall()
        else:
            ((latest,),) = cursor.execute(
                "SELECT max(version) FROM complaint WHERE complaint_id = ?", [complaint_id]
            ).fetchall()
            if latest is None:
                raise KeyError(f"There is no complaint {complaint_id}.")
            version = latest + 1
        cursor.execute(
            "INSERT INTO complaint VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                complaint_id,
                version,
                complaint.received_on,
                complaint.complainant.strip(),
                complaint.about.strip(),
                complaint.due,
                complaint.owner.strip(),
                complaint.state,
                complaint.outcome.strip(),
                actor.name,
                now(),
            ],
        ).fetchall()
        act = "close complaint" if complaint.state in CLOSED else "save complaint"
        detail = {"state": complaint.state, "due": complaint.due}
        record(cursor, actor, act, f"complaint {complaint_id}", detail=detail)
    return int(complaint_id)


def list_complaints(store: Store) -> pd.DataFrame:
    """The latest version of each, the open ones first by their deadline."""
    return store.query(
        "SELECT * FROM complaint"
        " QUALIFY row_number() OVER (PARTITION BY complaint_id ORDER BY version DESC) = 1"
        " ORDER BY state NOT IN ('open', 'extended'), due, complaint_id"
    ).to_pandas()
