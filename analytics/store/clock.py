"""The time of day as the store keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime


class _ExerciseDay:
    """The day that an exercise has reached, in the process of a team."""

    day: date | None = None


_EXERCISE = _ExerciseDay()
_PRETENDED: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """This moment in UTC, without a zone; within `pretend` the moment given there, in an exercise the time of
    day on its day."""
    if (moment := _PRETENDED.get()) is not None:
        return moment
    moment = true_now()
    return datetime.combine(_EXERCISE.day, moment.time()) if _EXERCISE.day else moment


def read_today() -> date:
    """The day that it is: where this machine is, within `pretend` and in an exercise the day there. Whatever
    asks which day it is asks here."""
    if (moment := _PRETENDED.get()) is not None:
        return moment.date()
    return _EXERCISE.day or date.today()


def exercise_day() -> date | None:
    """The day that the exercise of this process has reached; None outside an exercise."""
    return _EXERCISE.day


def live_on(day: date | None) -> None:
    """Let this process live on `day`, the day of its exercise: what it writes bears it, and what counts from
    today counts from it. None: on the real one. The audit trail is not moved."""
    _EXERCISE.day = day


def true_now() -> datetime:
    """This moment in UTC, without a zone, whatever is pretended: what the audit trail records."""
    return datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Let what is written within bear `moment` (UTC, without a zone): for the invented city, whose people
    decided in its own year. The audit trail is not moved."""
    token = _PRETENDED.set(moment)
    try:
        yield
    finally:
        _PRETENDED.reset(token)
