"""Repeat victimisation: a place that was hit is hit again, soon and sooner the more often it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.hotspots.forecast.history import Kernel, Past

RECENCIES = (14, 60, 180, 365)  # days since the last incident of a place: up to each, or longer ago
COUNTS = 3  # incidents of a place before: one, two, three and more
CLASSES = COUNTS * (len(RECENCIES) + 1)
SURROUNDINGS_HALF_LIFE = 730.0


@dataclass(frozen=True)
class RepeatRates:
    """`rates` (CLASSES,): weight expected per place and day by the place's class; `elsewhere`: weight per day
    at places without an incident before."""

    rates: np.ndarray
    elsewhere: float


def repeat_victims(past: Past, fitted: RepeatRates) -> np.ndarray:
    """The sum over a cell's places of what places with as many incidents, as long ago, had; and its part of
    the incidents at new places, spread like the surroundings of the past ones (a Gaussian one cell wide).

    A place is a square of 10 m (`Ground.addresses`); where coordinates are snapped, a snap point. Farrell and
    Pease (1993), 'Once bitten, twice bitten'.
    """
    ground = past.ground
    places, kinds = _classify(past)
    repeats = np.bincount(ground.address_cell[places], fitted.rates[kinds], minlength=len(ground))
    near = past.rate(SURROUNDINGS_HALF_LIFE, Kernel("gaussian", ground.grid.size))
    total = near.sum()
    fresh = near / total if total > 0 else near
    expected: np.ndarray = past.horizon * (repeats + fitted.elsewhere * fresh)
    return expected


def fit_repeats(windows: list[Past]) -> RepeatRates:
    """Rates from what came after each of `windows` until its end. A class's rate is drawn
    towards the mean of all known places by one incident's worth of evidence (Poisson-gamma posterior mean),
    so an empty class has the mean."""
    exposure, events, elsewhere, days = np.zeros(CLASSES), np.zeros(CLASSES), 0.0, 0
    for past in windows:
        ground = past.ground
        places, kinds = _classify(past)
        incidents = ground.incidents
        first, last = np.searchsorted(incidents.day, [past.origin, past.end])
        after = np.bincount(
            ground.addresses[first:last],
            incidents.weight[first:last] / past.unit,
            minlength=len(ground.address_cell),
        )
        length = past.horizon
        exposure += length * np.bincount(kinds, minlength=CLASSES)
        events += np.bincount(kinds, after[places], minlength=CLASSES)
        elsewhere += past.unit * (after.sum() - after[places].sum())
        days += length
    unit = windows[-1].unit
    mean = max(events.sum() / max(exposure.sum(), 1.0), 1e-12)
    return RepeatRates(unit * (events + 1) / (exposure + 1 / mean), elsewhere / max(days, 1))


def _classify(past: Past) -> tuple[np.ndarray, np.ndarray]:
    """The places that had an incident before the origin, and the class of each."""
    ground = past.ground
    known = slice(0, len(past.weight))
    count = np.bincount(ground.addresses[known], minlength=len(ground.address_cell))
    latest = np.zeros(len(count), dtype=np.int64)
    latest[ground.addresses[known]] = ground.incidents.day[known]  # in the order of days: the last one stays
    places = np.flatnonzero(count)
    recency = np.searchsorted(RECENCIES, past.origin - latest[places])
    return places, (np.minimum(count[places], COUNTS) - 1) * (len(RECENCIES) + 1) + recency
