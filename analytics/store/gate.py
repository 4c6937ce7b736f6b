"""Readers of the store, and the moments when nobody may read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class StillRead(RuntimeError):
    """Somebody kept reading for longer than was waited."""


class ReadGate:
    """Many readers at once, or nobody. A thread that reads already may read again while somebody waits for
    all to finish, so that it can finish."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._closed_by: int | None = None
        self._own = threading.local()

    @property
    def is_idle(self) -> bool:
        """Whether nobody reads at this moment."""
        return self._readers == 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Wait until reading is allowed, and read."""
        depth = getattr(self._own, "depth", 0)
        with self._changed:
            while self._closed_by not in (None, threading.get_ident()) and depth == 0:
                self._changed.wait()
            self._readers += 1
        self._own.depth = depth + 1
        try:
            yield
        finally:
            self._own.depth -= 1
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self, seconds: float) -> Iterator[None]:
        """Let no new reader in, and wait until the last has finished. Raises StillRead after `seconds`."""
        ends = time.monotonic() + seconds
        with self._changed:
            self._closed_by = threading.get_ident()
            try:
                while self._readers:
                    if not self._changed.wait(ends - time.monotonic()) and time.monotonic() >= ends:
                        raise StillRead(
                            "Somebody's analysis is still reading the store. Nothing was changed: do it "
                            "again when it has finished."
                        )
            except BaseException:
                self._closed_by = None
                self._changed.notify_all()
                raise
        try:
            yield
        finally:
            with self._changed:
                self._closed_by = None
                self._changed.notify_all()
