"""Run the detectors over a ledger, and over its shuffled counterpart."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from analytics.finance.typologies.catalogue import DETECTORS
from analytics.finance.typologies.engine.detector import Detector, Search
from analytics.finance.typologies.engine.null_ledger import shuffle_ledger
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.parameters import Parameters
from analytics.shared.progress import Cancelled, IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store.engine import Engine

_COLUMN_NAMES = {
    "amount_minor": "amounts",
    "currency": "currencies",
    "channel": "channels",
    "place": "places",
    "phone": "holders' phones (an accounts file)",
}


@dataclass(frozen=True)
class Detection:
    """`results` by typology; `by_chance`: the surprises of the results that the shuffled ledger gave, for
    those typologies that are compared with it; `off`: why a detector did not run; `chance_anchors`: surprise
    and anchor of those in the shuffled ledger."""

    results: dict[str, Results]
    by_chance: dict[str, np.ndarray]
    off: dict[str, str]
    chance_anchors: dict[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class _Task:
    """One detector on one ledger. `null`: the ledger is the shuffled one."""

    detector: Detector[Any]
    ledger: TimedLedger
    null: bool

    @property
    def key(self) -> tuple[str, bool]:
        return self.detector.name, self.null

    def run(self, parameters: Parameters, engine: Engine, layers: Results | None = None) -> Results:
        return self.detector.find(Search(self.ledger, parameters.of(self.detector), engine, layers))


def detect(
    ledger: TimedLedger,
    parameters: Parameters,
    engine: Engine,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
    only: tuple[str, ...] | None = None,
) -> Detection:
    """Every detector (or `only` those named) whose columns are there. Raises Cancelled where `cancelled()`
    comes true between two of them."""
    off = {detector.name: why for detector in DETECTORS if (why := _why_off(detector, ledger))}
    running = [d for d in DETECTORS if d.name not in off and (only is None or d.name in only)]
    tasks = [_Task(detector, ledger, False) for detector in running]
    if any(detector.shuffled for detector in running):
        shuffled = shuffle_ledger(ledger)
        tasks += [_Task(detector, shuffled, True) for detector in running if detector.shuffled]
    found = _run(tasks, parameters, engine, progress, cancelled)
    for (
        task
    ) in tasks:  # at the end: a detector that builds on another's results takes them as they were found
        if task.detector.shuffled:
            found[task.key] = _add_amount_surprise(found[task.key], task.ledger)
    null = {name: results for (name, is_null), results in found.items() if is_null}
    return Detection(
        {d.name: found[d.name, False] for d in running},
        {name: results.surprise for name, results in null.items()},
        off,
        {name: (results.surprise, results.anchor) for name, results in null.items()},
    )


def _run(
    tasks: list[_Task],
    parameters: Parameters,
    engine: Engine,
    progress: Progress,
    cancelled: IsCancelled,
) -> dict[tuple[str, bool], Results]:
    """The results of each task: side by side, and those that build on another's after it."""
    found: dict[tuple[str, bool], Results] = {}
    first = [task for task in tasks if not task.detector.builds_on]
    threads: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]  # set when numba is imported
    with ThreadPoolExecutor(threads) as pool:
        futures = {pool.submit(task.run, parameters, engine): task for task in first}
        for done, future in enumerate(as_completed(futures), 1):
            task = futures[future]
            if cancelled():
                pool.shutdown(cancel_futures=True)
                raise Cancelled("Stopped before all typologies were looked for.")
            found[task.key] = future.result()
            progress(f"{task.detector.name}{' in the shuffled ledger' * task.null}", done / len(futures))
    for task in tasks:
        if task.detector.builds_on:
            found[task.key] = task.run(parameters, engine, found[task.detector.builds_on, task.null])
    return found


def _add_amount_surprise(found: Results, ledger: TimedLedger) -> Results:
    """The results with the size of their payments as further evidence, without those that are not surprising
    then."""
    of_result = np.repeat(np.arange(len(found)), np.diff(found.offsets))
    digits = np.bincount(of_result, weights=ledger.amount_surprise[found.rows], minlength=len(found))
    weighed = dataclasses.replace(found, surprise=np.maximum(found.surprise + digits, 0.0))
    return weighed.select(np.flatnonzero(weighed.surprise >= ledger.surroundings.min_surprise))


def _why_off(detector: Detector[Any], ledger: TimedLedger) -> str | None:
    missing = [_COLUMN_NAMES[column] for column in detector.needs if not ledger.has(column)]
    return f"The data have no {' and no '.join(missing)}." if missing else None
