"""Weeks that stand out from the few weeks just before: EARS C1, C2 and C3.

Hutwagner, Thompson, Seeman & Treadwell (2003), J. Urban Health 80: i89-i96; C3 by its documented formula, in
which this week's count is compared with the mean, not with itself. For counts that are not seasonal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
_BASELINE = 7


def bound_c1(counts: npt.ArrayLike, alpha: float = 0.001) -> Floats:
    """The largest count of each week that is not an alarm, from the seven weeks before it: their mean and
    standard deviation. NaN for the first seven weeks. Shape as `counts`, (weeks,)."""
    mean, deviation = _baseline(counts, gap=0)
    return np.asarray(mean + stats.norm.isf(alpha) * deviation)


def bound_c2(counts: npt.ArrayLike, alpha: float = 0.001) -> Floats:
    """As C1, with the two weeks just before left out, so that a rise under way is not its own excuse."""
    mean, deviation = _baseline(counts, gap=2)
    return np.asarray(mean + stats.norm.isf(alpha) * deviation)


def bound_c3(counts: npt.ArrayLike, alpha: float = 0.025) -> Floats:
    """As C2, lowered by how far each of the two weeks before exceeded its own baseline by more than one
    standard deviation: three weeks that are each a little high are an alarm."""
    y = np.asarray(counts, dtype=float)
    mean, deviation = _baseline(y, gap=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = np.maximum(0.0, (y - mean) / deviation - 1)
    carried = np.full(len(y), np.nan)
    carried[2:] = excess[1:-1] + excess[:-2]
    return np.asarray(mean + deviation * (stats.norm.isf(alpha) - carried))


def _baseline(counts: npt.ArrayLike, gap: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation (n - 1) of seven weeks that end `gap` weeks before each week."""
    y = np.asarray(counts, dtype=float)
    mean, deviation = np.full(len(y), np.nan), np.full(len(y), np.nan)
    first = _BASELINE + gap
    if len(y) > first:
        windows = np.lib.stride_tricks.sliding_window_view(y, _BASELINE)[: len(y) - first]
        mean[first:], deviation[first:] = windows.mean(axis=1), windows.std(axis=1, ddof=1)
    return mean, deviation
