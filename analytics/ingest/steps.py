"""The steps of an import: shown as they begin, and broken off once it is cancelled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from analytics.shared.progress import Cancelled, IsCancelled, Progress, ignore_progress, never_cancelled

_STOPPED = "The import was stopped; nothing of it was kept."


_WATCHED_EVERY = 0.05  # seconds


@dataclass(frozen=True)
class Steps:
    """Called between the steps of an import with what comes next and the share done; raises Cancelled."""

    progress: Progress = ignore_progress
    cancelled: IsCancelled = never_cancelled

    def __call__(self, text: str, share: float) -> None:
        if self.cancelled():
            raise Cancelled(_STOPPED)
        self.progress(text, share)

    @contextmanager
    def interrupting(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Within it a statement that runs on `cursor` is broken off once the import is cancelled; raises
        Cancelled."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(_WATCHED_EVERY):
                if self.cancelled():
                    cursor.interrupt()  # again and again: between two statements it does nothing

        watcher = threading.Thread(target=watch, name="import watcher", daemon=True)
        watcher.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise Cancelled(_STOPPED) from error
        finally:
            over.set()
            watcher.join()
