"""Forecasts without fitting: each takes what is known and gives the expected weight of every cell.

All return an array over the ground's cells: incidents (or harm) expected in the `horizon` days from the
origin. Only the order of cells and their ratios matter to the hit rate; `calibrate.py` sets the level.
"""

from __future__ import annotations

import numpy as np

from analytics.hotspots.forecast.history import Kernel, Past

SEASON = 28  # days: shorter horizons look at four weeks around the same date


def last_period(past: Past) -> np.ndarray:
    """The count of the period before: as many days, or calendar months."""
    return past.between(past.ahead.step(past.origin, -1), past.origin)


def same_season(past: Past) -> np.ndarray:
    """The count of the same days a year (365 days) before, widened to four weeks for shorter horizons, or of
    the same calendar months."""
    first, end = past.ahead.find_year_before(past.origin, SEASON)
    return past.between(first, end) * past.horizon / (end - first)


def season_is_known(past: Past) -> bool:
    """Whether the history reaches back to the days `same_season` looks at."""
    return past.origin - past.days <= past.ahead.find_year_before(past.origin, SEASON)[0]


def long_run_count(past: Past) -> np.ndarray:
    """The count of the whole history, per horizon: what every method has to beat."""
    return past.rate() * past.horizon


def decayed_count(past: Past, half_life: float) -> np.ndarray:
    """The count with each incident halved for every `half_life` days of age."""
    return past.rate(half_life) * past.horizon


def kernel_density(past: Past, bandwidth: float) -> np.ndarray:
    """Gaussian kernel density of the whole history at cell centres; `bandwidth` is its standard deviation
    in metres. No edge correction. Chainey, Tompson and Uhlig (2008) on its use for prediction."""
    return past.rate(kernel=Kernel("gaussian", bandwidth)) * past.horizon


def near_repeat(past: Past, half_distance: float, half_life: float) -> np.ndarray:
    """Prospective risk from recent incidents near by, halved for every `half_distance` metres and every
    `half_life` days. After Bowers, Johnson and Pease (2004), 'Prospective hot-spotting', whose weights are
    1 / (1 + cells) and 1 / (1 + weeks); halving is smooth and does not depend on the cell size."""
    return past.rate(half_life, Kernel("halving", half_distance)) * past.horizon
