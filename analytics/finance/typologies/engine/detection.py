"""Run the detectors over a ledger, and over its shuffled counterpart."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numba
import numpy as np

from analytics.finance.typologies.catalogue import DETECTORS, Detector
from analytics.finance.typologies.engine.null_ledger import permuted
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.timed_ledger import Ledger
from analytics.finance.typologies.parameters import Parameters
from analytics.shared.progress import Cancelled, IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store.engine import Engine

_NEEDED = {
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


def detect(
    ledger: Ledger,
    parameters: Parameters,
    engine: Engine,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
    only: tuple[str, ...] | None = None,
) -> Detection:
    """Every detector (or `only` those named) whose columns are there. Raises Cancelled where `cancelled()`
    comes true between two of them."""
    off = {detector.name: _why_off(detector, ledger) for detector in DETECTORS}
    off = {name: why for name, why in off.items() if why}
    running = [d for d in DETECTORS if d.name not in off and (only is None or d.name in only)]
    tasks = [(detector, ledger, False) for detector in running]
    if any(detector.shuffled for detector in running):
        chance = permuted(ledger)
        tasks += [(detector, chance, True) for detector in running if detector.shuffled]
    found: dict[tuple[str, bool], Results] = {}
    with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS) as pool:
        futures = {
            pool.submit(d.find, of, parameters, engine): (d.name, shuffled)
            for d, of, shuffled in tasks
            if not d.layers
        }
        for done, future in enumerate(as_completed(futures), 1):
            name, shuffled = futures[future]
            if cancelled():
                pool.shutdown(cancel_futures=True)
                raise Cancelled("Stopped before all typologies were looked for.")
            found[name, shuffled] = future.result()
            progress(f"{name}{' in the shuffled ledger' if shuffled else ''}", done / len(futures))
    for d, of, shuffled in tasks:
        if d.layers:
            found[d.name, shuffled] = d.find(of, parameters, found[d.layers, shuffled])
    for d, of, shuffled in tasks:
        if d.shuffled:
            found[d.name, shuffled] = _with_size(found[d.name, shuffled], of)
    by_chance = {name: of.surprise for (name, shuffled), of in found.items() if shuffled}
    anchors = {name: (of.surprise, of.anchor) for (name, shuffled), of in found.items() if shuffled}
    return Detection({d.name: found[d.name, False] for d in running}, by_chance, off, anchors)


def _with_size(found: Results, ledger: Ledger) -> Results:
    """The results with the size of their payments as further evidence; those that are not surprising then are
    gone."""
    of_result = np.repeat(np.arange(len(found)), np.diff(found.offsets))
    digits = np.bincount(of_result, weights=ledger.size[found.rows], minlength=len(found))
    weighed = dataclasses.replace(found, surprise=np.maximum(found.surprise + digits, 0.0))
    return weighed.keep(np.flatnonzero(weighed.surprise >= ledger.surroundings.least_surprise))


def _why_off(detector: Detector, ledger: Ledger) -> str | None:
    missing = [_NEEDED[column] for column in detector.needs if not ledger.has(column)]
    return f"The data have no {' and no '.join(missing)}." if missing else None
