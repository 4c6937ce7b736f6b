"""Intelligence requirements: what is not known and is to be found out, each tied to a cell of the Achilles
grid, an operational domain or a strategic theme (Schreier, 3.1 and 3.2). Versions are added, never
overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.oversight import Actor, record
from analytics.shared.codes import code_table
from analytics.store import Store, now

STATUSES = ("open", "answered", "withdrawn")
_TABLES = {
    "stage": "stages",
    "domain": "commercial_domains",
    "operational_domain": "operational_domains",
    "strategic_theme": "strategic_themes",
}


@dataclass(frozen=True)
class Requirement:
    """One question to be answered by `owner` before `due`. `note` says what was found, or why it was
    dropped."""

    question: str
    owner: str
    due: date
    priority: str | None = None
    stage: str | None = None
    domain: str | None = None
    operational_domain: str | None = None
    strategic_theme: str | None = None
    status: str = "open"
    note: str = ""


def save_requirement(
    store: Store, actor: Actor, requirement: Requirement, *, requirement_id: int | None = None
) -> int:
    """Save a new requirement or the next version of one; returns its number.

    Raises ValueError where question, owner, or the note of a closed one is missing or a code is unknown,
    KeyError where `requirement_id` is none."""
    _check(requirement)
    with store.write(changes_data=False) as cursor:
        version = 1
        if requirement_id is None:
            ((requirement_id,),) = cursor.execute("SELECT nextval('requirement_id_sequence')").fetchall()
        else:
            ((latest,),) = cursor.execute(
                "SELECT max(version) FROM requirement WHERE requirement_id = ?", [requirement_id]
            ).fetchall()
            if latest is None:
                raise KeyError(f"There is no requirement {requirement_id}.")
            version = latest + 1
        cursor.execute(
            "INSERT INTO requirement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                requirement_id,
                version,
                requirement.question.strip(),
                requirement.priority,
                requirement.stage,
                requirement.domain,
                requirement.operational_domain,
                requirement.strategic_theme,
                requirement.owner.strip(),
                requirement.due,
                requirement.status,
                requirement.note.strip(),
                actor.name,
                now(),
            ],
        ).fetchall()
        what = f"requirement {requirement_id} version {version}"
        record(cursor, actor, "save requirement", what, detail={"status": requirement.status})
    return requirement_id


def load_requirement(store: Store, requirement_id: int) -> Requirement:
    """The latest version. Raises KeyError where there is none."""
    rows = store.rows(
        "SELECT * FROM requirement WHERE requirement_id = ? ORDER BY version DESC LIMIT 1", [requirement_id]
    )
    if not rows:
        raise KeyError(f"There is no requirement {requirement_id}.")
    return Requirement(**{name: rows[0][name] for name in Requirement.__dataclass_fields__})


def list_requirements(store: Store) -> pd.DataFrame:
    """The latest version of each requirement, open ones first, then by due date."""
    return store.query(
        "SELECT requirement_id, version, question, priority, stage, domain, operational_domain,"
        " strategic_theme, owner,"
        " due, status, note, saved_by, saved_at FROM requirement"
        " QUALIFY version = max(version) OVER (PARTITION BY requirement_id)"
        " ORDER BY status <> 'open', due, requirement_id"
    ).to_pandas()


def _check(requirement: Requirement) -> None:
    if not requirement.question.strip() or not requirement.owner.strip():
        raise ValueError("A requirement needs its question and an owner.")
    if requirement.status not in STATUSES:
        raise ValueError(f"A requirement is one of {', '.join(STATUSES)}.")
    if requirement.status != "open" and not requirement.note.strip():
        raise ValueError("Say what was found, or why the requirement is withdrawn.")
    for name, table in _TABLES.items():
        value = getattr(requirement, name)
        if value is not None and value not in code_table(table).codes:
            raise ValueError(f"{value!r} is no {name.replace('_', ' ')}.")
