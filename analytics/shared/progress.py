"""How long work reports how far it is, and how it is stopped: the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

IsCancelled = Callable[[], bool]


class Cancelled(RuntimeError):
    """The user stopped the work; nothing of it was saved."""


class Progress(Protocol):
    """Called between the steps of long work: the step that comes next, in words, and the share done, 0 to 1.
    It may raise Cancelled."""

    def __call__(self, step: str, share: float, /) -> None: ...


def ignore_progress(step: str, share: float, /) -> None:
    """The progress of work that nobody watches."""


def never_cancelled() -> bool:
    return False


def cancellable(progress: Progress, cancelled: IsCancelled, message: str) -> Progress:
    """`progress` that raises Cancelled with `message` as soon as `cancelled()` is true."""

    def report(step: str, share: float, /) -> None:
        if cancelled():
            raise Cancelled(message)
        progress(step, share)

    return report


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a part of the work, whose 0 to 1 are `start` to `end` of all of it."""
    return lambda step, share: progress(step, start + (end - start) * share)
