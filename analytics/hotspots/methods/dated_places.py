"""What near repeats are asked of: places and dates good enough to say which incidents were close in both."""

from __future__ import annotations

import numpy as np

from analytics.hotspots.methods.spacetime_index import find_distinct_places
from analytics.hotspots.refusal import TooFewData

MINIMUM_EVENTS = 30
SNAPPED_MEDIAN = 8
METRICS = ("euclidean", "manhattan")


def check_dated_places(
    x: np.ndarray, y: np.ndarray, day: np.ndarray, time_precision: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x and y (metres) and whole day numbers as arrays of shape (n,). Raises TooFewData for what cannot carry
    near repeats, ValueError for places and days that are missing or parts of days."""
    if time_precision is not None and np.any(np.asarray(time_precision) == "month"):
        raise TooFewData(
            "Near repeats need the day of each incident; some here are dated to the month only, so that all "
            "of a month would fall on one day. Use data with dates, or compare months by cell instead."
        )
    x, y, day = np.asarray(x, dtype=float), np.asarray(y, dtype=float), np.asarray(day)
    if np.issubdtype(day.dtype, np.datetime64):
        if np.isnat(day).any():
            raise ValueError("Every incident needs a date; leave out those without.")
        day = day.astype("datetime64[D]").astype(np.int64)
    if not np.isfinite(np.r_[x, y, day]).all() or np.any(day != np.floor(day)):
        raise ValueError("Every incident needs a place and a whole day; leave out those without.")
    if len(x) < MINIMUM_EVENTS:
        raise TooFewData(
            f"Near repeats need at least {MINIMUM_EVENTS} incidents with a place and a date; this selection "
            f"has {len(x)}. Widen the period, the area or the categories."
        )
    median = _median_together(x, y)
    if median > SNAPPED_MEDIAN:
        raise TooFewData(
            f"Half of the incidents share their coordinates with {int(median) - 1} others or more: the "
            "points stand for a street or an area, not for an address, and would make near repeats of "
            "neighbours. Use data with the places themselves."
        )
    return x, y, day.astype(np.int64)


def _median_together(x: np.ndarray, y: np.ndarray) -> float:
    """How many incidents share the coordinates of the median incident, itself included."""
    at = find_distinct_places(x, y)[2]
    return float(np.median(np.bincount(at)[at]))
