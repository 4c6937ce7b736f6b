"""Drivers of the environment: what a person wrote, with its source and its 3x5x2 grade.

PESTELO and the strategic themes (Schreier, 3.2). A version is never changed: a correction is the next
version, and a withdrawn driver stays readable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analytics.intelligence.grading import Grade, check_grade
from analytics.oversight import Actor, record
from analytics.shared.codes import code_table
from analytics.store import Store, now

FACTOR_TABLES = ("pestelo", "strategic_themes")
FACTORS = {entry.code: entry for table in FACTOR_TABLES for entry in code_table(table).entries}
EFFECTS = {entry.code: entry.label for entry in code_table("driver_effects").entries}


class DriverSavedMeanwhile(RuntimeError):
    """Somebody else saved a later version of the same driver first."""


@dataclass(frozen=True)
class Driver:
    """One statement on the environment. `factor`: a code of FACTORS; `effect`: one of EFFECTS on `problem`,
    in words, '' where it bears on no single one. `source`: where it is read or who says it."""

    factor: str
    statement: str
    source: str
    grade: Grade
    observed_on: date
    problem: str = ""
    effect: str = "unclear"
    withdrawn: bool = False


@dataclass(frozen=True)
class SavedDriver:
    """A driver in its latest version."""

    driver_id: int
    version: int
    driver: Driver

    @property
    def mark(self) -> str:
        """What a statement that rests on it bears at its end."""
        return f"[driver {self.driver_id}: {self.driver.grade}]"


def check_driver(driver: Driver) -> None:
    """Raise ValueError, in the user's words, where something is missing or unknown."""
    needed = {"a statement": driver.statement, "its source": driver.source}
    if missing := [name for name, text in needed.items() if not text.strip()]:
        raise ValueError(f"The driver still needs {' and '.join(missing)}.")
    if driver.factor not in FACTORS:
        raise ValueError(f"{driver.factor!r} is no factor of PESTELO and no strategic theme.")
    if driver.effect not in EFFECTS:
        raise ValueError(f"{driver.effect!r} is no effect; there are {', '.join(EFFECTS)}.")
    check_grade(driver.grade)


def save_driver(
    store: Store,
    actor: Actor,
    driver: Driver,
    *,
    driver_id: int | None = None,
    latest_seen: int | None = None,
    change_reason: str = "",
) -> tuple[int, int]:
    """Save a new driver, or the next version of one. Returns (driver_id, version).

    Raises ValueError where something is missing (a next version needs its reason), KeyError where `driver_id`
    is no driver, and DriverSavedMeanwhile where a later version than `latest_seen` exists."""
    check_driver(driver)
    if driver_id is not None and not change_reason.strip():
        raise ValueError("Say why the driver is changed or withdrawn.")
    with store.write(changes_data=False) as cursor:
        version = 1
        if driver_id is None:
            ((driver_id,),) = cursor.execute("SELECT nextval('driver_id_sequence')").fetchall()
        else:
            ((latest,),) = cursor.execute(
                "SELECT max(version) FROM driver WHERE driver_id = ?", [driver_id]
            ).fetchall()
            if latest is None:
                raise KeyError(f"There is no driver {driver_id}.")
            if latest_seen is not None and latest > latest_seen:
                raise DriverSavedMeanwhile(f"Version {latest} was saved meanwhile. Read it first.")
            version = latest + 1
        cursor.execute(
            f"INSERT INTO driver VALUES ({', '.join('?' * 16)})",
            [
                driver_id,
                version,
                driver.factor,
                driver.statement.strip(),
                driver.problem.strip(),
                driver.effect,
                driver.source.strip(),
                driver.grade.source,
                driver.grade.information,
                driver.grade.handling,
                list(driver.grade.conditions),
                driver.observed_on,
                driver.withdrawn,
                change_reason.strip() or "first entry",
                actor.name,
                now(),
            ],
        ).fetchall()
        record(cursor, actor, "save driver", f"driver {driver_id} version {version}", change_reason.strip())
    return int(driver_id), version


def withdraw_driver(store: Store, actor: Actor, saved: SavedDriver, reason: str) -> int:
    """Take a driver out of the picture, as its next version, which is returned. Raises what `save_driver`
    raises."""
    withdrawn = replace(saved.driver, withdrawn=True)
    _, version = save_driver(
        store,
        actor,
        withdrawn,
        driver_id=saved.driver_id,
        latest_seen=saved.version,
        change_reason=reason,
    )
    return version


def list_drivers(store: Store) -> list[SavedDriver]:
    """The latest version of every driver that stands, in the order of the factors, the newest last."""
    rows = store.rows("SELECT * FROM driver QUALIFY version = max(version) OVER (PARTITION BY driver_id)")
    saved = [_read(row) for row in rows]
    order = list(FACTORS)
    return sorted(
        (item for item in saved if not item.driver.withdrawn),
        key=lambda item: (order.index(item.driver.factor), item.driver_id),
    )


def list_driver_versions(store: Store, driver_id: int) -> pd.DataFrame:
    """Every version of a driver, newest first: version, statement, source, grade, withdrawn, change_reason,
    saved_by, saved_at."""
    return store.query(
        "SELECT version, statement, source, source_grade || information_grade || handling AS grade,"
        " withdrawn, change_reason, saved_by, saved_at FROM driver WHERE driver_id = ? ORDER BY version DESC",
        [driver_id],
    ).to_pandas()


def _read(row: dict[str, Any]) -> SavedDriver:
    grade = Grade(row["source_grade"], row["information_grade"], row["handling"], tuple(row["conditions"]))
    return SavedDriver(
        row["driver_id"],
        row["version"],
        Driver(
            row["factor"],
            row["statement"],
            row["source"],
            grade,
            row["observed_on"],
            row["problem"],
            row["effect"],
            row["withdrawn"],
        ),
    )
