"""Long work in the background, in one registry for the whole process.

Work belongs to what it answers, not to the session that asked first: a page that is loaded again, or
another session with the same question, finds it running or its result. No Streamlit here;
`ui.components.watch` shows it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from analytics.shared.progress import Cancelled, IsCancelled, Progress, cancellable

T = TypeVar("T")
Work = Callable[[Progress, IsCancelled], T]

STOPPED = "Stopped; nothing of it was saved."


@dataclass(frozen=True)
class Kind:
    """A kind of work. At most `maximum` tasks of it are stored, the oldest that have ended forgotten first.
    An error among `refusals` is the user's to read; any other is raised in the thread and shown as
    `failed`."""

    name: Hashable
    maximum: int = 32
    refusals: tuple[type[Exception], ...] = ()
    failed: str = "It failed unexpectedly: see the server's log."


class Task(Generic[T]):
    """One piece of work: how far it is, and once it has ended its `result`, or the `failure` in the user's
    words, with the `refusal` behind it if there was one. Its thread writes here; pages read."""

    def __init__(self) -> None:
        self.step = "Starting"
        self.share = 0.0
        self.failure: str | None = None
        self.refusal: Exception | None = None
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._results: list[T] = []

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def has_succeeded(self) -> bool:
        return self.has_ended and self.failure is None

    @property
    def result(self) -> T:
        """What the work gave. Raises RuntimeError where it has not succeeded."""
        if not self.has_succeeded:
            raise RuntimeError(self.failure or "The work has not ended.")
        return self._results[0]

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of the work; returns whether it has ended."""
        return self._ended.wait(seconds)

    def run(self, work: Work[T], kind: Kind) -> None:
        """Do the work in this thread. Raises, for the server's log, what was not foreseen."""
        try:
            progress = cancellable(self._report, self._stop.is_set, STOPPED)
            self._results.append(work(progress, self._stop.is_set))
        except Cancelled as error:
            self.failure = str(error)
        except kind.refusals as error:
            self.failure, self.refusal = str(error), error
        except BaseException:
            self.failure = STOPPED if self.is_stopping else kind.failed
            if not self.is_stopping:
                raise
        finally:
            self._ended.set()

    def _report(self, step: str, share: float, /) -> None:
        self.step, self.share = step, min(share, 1.0)


@dataclass
class TaskRegistry:
    """Every task by its kind and subject, and which session waits for which."""

    _tasks: dict[tuple[Hashable, Hashable], Task[Any]] = field(default_factory=dict)
    _waiting: dict[tuple[Hashable, str], Hashable] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def find(self, kind: Kind, subject: Hashable) -> Task[Any] | None:
        with self._lock:
            return self._tasks.get((kind.name, subject))

    def find_running(
        self, kind: Kind, fits: Callable[[Any], bool] = lambda subject: True
    ) -> Task[Any] | None:
        """A task of the kind that has not ended, whatever its subject, or of a subject that fits."""
        with self._lock:
            return next(
                (
                    task
                    for (name, subject), task in self._tasks.items()
                    if name == kind.name and not task.has_ended and fits(subject)
                ),
                None,
            )

    def list_running(self) -> list[Task[Any]]:
        """Every task that has not ended, of whatever kind."""
        with self._lock:
            return [task for task in self._tasks.values() if not task.has_ended]

    def start(self, kind: Kind, subject: Hashable, work: Work[T]) -> Task[T]:
        """Start the work again, whatever there was of this subject."""
        with self._lock:
            self._make_room(kind)
            task: Task[T] = Task()
            self._tasks[kind.name, subject] = task
        threading.Thread(target=task.run, args=(work, kind), name=f"{kind.name}", daemon=True).start()
        return task

    def find_or_start(self, kind: Kind, subject: Hashable, work: Work[T]) -> Task[T]:
        """The task of this subject, running or ended, started where there is none."""
        with self._lock:
            return self.find(kind, subject) or self.start(kind, subject, work)

    def ask(
        self,
        kind: Kind,
        subject: Hashable,
        work: Work[T],
        *,
        session: str,
        is_open: Callable[[str], bool],
    ) -> Task[T]:
        """The task of this subject, for which `session` waits from now on. What it waited for before is
        stopped, unless another open session waits for it too."""
        with self._lock:
            before = self._waiting.get((kind.name, session), subject)
            self._waiting[kind.name, session] = subject
            left = self.find(kind, before)
            is_left = before != subject and not self._is_awaited(kind, before, session, is_open)
            if left and is_left and not left.has_ended:  # what has ended is kept for whoever comes back
                left.cancel()
            task = self.find(kind, subject)
            if task and task.is_stopping and before != subject:
                self.forget(kind, subject)  # stopped when all had left it: whoever comes back starts again
            return self.find_or_start(kind, subject, work)

    def forget(self, kind: Kind, subject: Hashable) -> None:
        with self._lock:
            self._tasks.pop((kind.name, subject), None)

    def discard(self, kind: Kind, is_outdated: Callable[[Any], bool]) -> None:
        """Stop and forget the tasks of a kind whose subject is outdated."""
        with self._lock:
            for key in [key for key in self._tasks if key[0] == kind.name and is_outdated(key[1])]:
                self._tasks.pop(key).cancel()

    def _is_awaited(
        self, kind: Kind, subject: Hashable, session: str, is_open: Callable[[str], bool]
    ) -> bool:
        """Whether an open session waits for it; those that ended are forgotten."""
        for name, other in list(self._waiting):
            if name == kind.name and other != session and not is_open(other):
                del self._waiting[name, other]
        return any(name == kind.name and of == subject for (name, _), of in self._waiting.items())

    def _make_room(self, kind: Kind) -> None:
        keys = [key for key in self._tasks if key[0] == kind.name]
        ended = [key for key in keys if self._tasks[key].has_ended]
        for key in ended[: max(0, len(keys) + 1 - kind.maximum)]:
            del self._tasks[key]


TASKS = TaskRegistry()
