"""The time of day as the store keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_PRETENDED: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """This moment in UTC, without a zone; within `pretend` the moment given there."""
    return _PRETENDED.get() or true_now()


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
