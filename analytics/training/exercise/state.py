"""The state of an exercise: `exercise.json`, read and replaced whole under a lock, and the log of the
trainer's acts."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from analytics.oversight.signing import is_signed
from analytics.shared.schema import FileModel, InvalidFile, parse_json
from analytics.store import true_now
from analytics.store.copies import open_private
from analytics.training.exercise.plan import ExercisePlan, Inject

if sys.platform != "win32":
    import fcntl

FILE, LOG = "exercise.json", "acts.jsonl"
Phase = Literal["made", "running", "paused", "revealed", "ended"]
_GENESIS = "0" * 64


class ExerciseRefused(ValueError):
    """The exercise is not in a state for this, or what was named is not in it. The message says why."""


class SentInject(FileModel):
    """That an inject reached a team, on which scenario day and when (UTC)."""

    code: str
    team: str
    day: int
    at: datetime


class GivenHint(FileModel):
    """That a team was given a hint, on which scenario day and when (UTC)."""

    code: str
    team: str
    day: int
    at: datetime


class Signature(FileModel):
    """The trainer's signature (Ed25519, hex) of what was sealed, with the public key and when (UTC)."""

    key: str
    signature: str
    signed_at: datetime


class Exercise(FileModel):
    """An exercise as everybody may read it. `sealed` is the digest of each sealed file; `opened` the key, in
    hex, from the reveal on. `day` counts scenario days since the start, of which `first_day` is day 0."""

    id: str
    plan: ExercisePlan
    made_at: datetime
    made_by: str
    seed_chosen: bool
    teams: tuple[str, ...]
    first_day: date
    sealed: dict[str, str]
    signature: Signature
    phase: Phase = "made"
    day: int = 0
    started_at: datetime | None = None
    running_since: datetime | None = None  # of the clock; None while it stands
    minutes_run: float = 0.0  # by the clock before that
    host: str = "127.0.0.1"
    port: int = 8611
    sent: tuple[SentInject, ...] = ()
    stopped: tuple[str, ...] = ()  # injects that the trainer holds back
    added: tuple[Inject, ...] = ()
    hints: tuple[GivenHint, ...] = ()
    opened: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    shown: tuple[str, ...] = ()  # layers of the truth on the teams' own screens

    @property
    def today(self) -> date:
        """The scenario's present day."""
        return self.first_day + timedelta(days=self.day)

    @property
    def injects(self) -> tuple[Inject, ...]:
        """Those of the plan and those that the trainer added."""
        return (*self.plan.injects, *self.added)

    def count_minutes(self, at: datetime) -> float:
        """Real minutes that the clock has run."""
        running = (at - self.running_since).total_seconds() / 60 if self.running_since else 0.0
        return self.minutes_run + max(0.0, running)

    def is_genuine(self) -> bool:
        """Whether the plan and the digests are those that were signed before the start."""
        content = write_commitment(self.id, self.plan, self.sealed, self.signature.signed_at)
        return is_signed(self.signature.key, self.signature.signature, content)


def write_commitment(exercise_id: str, plan: ExercisePlan, sealed: dict[str, str], at: datetime) -> bytes:
    """What the trainer signs: the plan and the digest of each sealed file."""
    unsaid = None if plan.sought else {"sought"}  # exercises that were signed before plans had it
    digest = hashlib.sha256(plan.model_dump_json(exclude=unsaid).encode()).hexdigest()
    return json.dumps(
        ["achilles exercise 1", exercise_id, digest, sorted(sealed.items()), at.isoformat()]
    ).encode()


def read_exercise(folder: Path) -> Exercise:
    """The exercise of a folder. Raises ExerciseRefused where there is none, or its file is no such file."""
    try:
        return parse_json((folder / FILE).read_bytes(), Exercise, FILE)
    except FileNotFoundError as error:
        raise ExerciseRefused(f"There is no exercise in {folder}.") from error
    except InvalidFile as error:
        raise ExerciseRefused(f"The exercise in {folder} cannot be read: {error}") from error


def save_exercise(folder: Path, exercise: Exercise) -> None:
    """Replace `exercise.json`, whole or not at all."""
    partial = folder / f"{FILE}.partial"
    with open_private(partial) as file:
        file.write(exercise.model_dump_json(indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / FILE)


@contextmanager
def changing(folder: Path) -> Iterator[Change]:
    """The exercise to change: what `Change.put` was given last is saved when the block ends well. Others
    wait meanwhile, in other processes too."""
    with locked(folder):
        change = Change(read_exercise(folder))
        before = change.exercise
        yield change
        if change.exercise is not before:
            save_exercise(folder, change.exercise)


@dataclass
class Change:
    """An exercise under change."""

    exercise: Exercise

    def put(self, **fields: Any) -> None:
        self.exercise = self.exercise.model_copy(update=fields)


def log_act(folder: Path, who: str, act: str, **about: object) -> None:
    """Append what the trainer did to the log; nothing of the truth is ever written there."""
    with locked(folder, "log"):
        entries = read_acts(folder)
        previous = entries[-1]["digest"] if entries else _GENESIS
        entry = {"at": true_now().isoformat(timespec="seconds"), "who": who, "act": act, **about}
        entry["digest"] = _digest(previous, entry)
        descriptor = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, default=str) + "\n")
            file.flush()
            os.fsync(file.fileno())


def read_acts(folder: Path) -> list[dict[str, Any]]:
    """The log of the trainer's acts, the first first."""
    try:
        lines = (folder / LOG).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines]


def find_alteration(acts: list[dict[str, Any]]) -> str | None:
    """In words, the first act that does not follow from the one before it; None where all do."""
    previous = _GENESIS
    for number, entry in enumerate(acts, 1):
        rest = {name: value for name, value in entry.items() if name != "digest"}
        if entry.get("digest") != _digest(previous, rest):
            return f"The log of the acts was changed by hand: act {number} does not follow from the last."
        previous = entry["digest"]
    return None


def _digest(previous: str, entry: dict[str, Any]) -> str:
    return hashlib.sha256((previous + json.dumps(entry, sort_keys=True, default=str)).encode()).hexdigest()


@contextmanager
def locked(folder: Path, name: str = "exercise") -> Iterator[None]:
    """Alone with this folder, among threads and processes."""
    descriptor = os.open(folder / f".{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
