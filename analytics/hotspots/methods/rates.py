"""Rates: incidents for each resident, household or other target of an area, and how far each can be trusted.

Interval: exact Poisson (Garwood 1936, Biometrika 28); for harm the gamma interval that reduces to it (Fay &
Feuer 1997, Statistics in Medicine 16(7)). Shrinkage: Marshall's (1991, Applied Statistics 40(2)) global
empirical Bayes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy import special

from analytics.hotspots.refusal import TooFewData


@dataclass(frozen=True)
class AreaRateParameters:
    """`per`: targets the rate is stated for. `interval`: its width. `small`: under so many incidents a rate
    is marked (20: a relative standard error above 22 %)."""

    per: float = 1000
    interval: float = 0.95
    small: int = 20


def sum_in_areas(
    x: np.ndarray, y: np.ndarray, values: np.ndarray, outlines: np.ndarray
) -> tuple[np.ndarray, float]:
    """Sum points of a target (a census block's residents) into polygons of the same coordinate system.

    Returns the sum of each polygon, and what lies in none. A point on a shared border counts in the first.
    """
    values = np.asarray(values, dtype=float)
    point, outline = shapely.STRtree(outlines).query(shapely.points(x, y), predicate="intersects")
    first = np.full(len(values), len(outlines))
    np.minimum.at(first, point, outline)
    sums = np.bincount(first, values, minlength=len(outlines) + 1)
    return sums[:-1], float(sums[-1])


def area_rates(
    count: np.ndarray,
    target: np.ndarray,
    parameters: AreaRateParameters | None = None,
    *,
    squares: np.ndarray | None = None,
    largest: float = 1.0,
) -> pd.DataFrame:
    """One row an area: count, target, rate, low, high, shrunk (all per `per` targets) and small.

    `count`: incidents, or their harm; then `squares` is each area's sum of squared weights and `largest` the
    largest weight. `shrunk` draws each rate to that of the whole, the more the fewer targets stand behind it:
    rank areas by it. It supposes that rates differ from area to area about one mean, with no pattern in
    space. `small`: fewer than `small` incidents (for harm: so few equal ones would be as uncertain). An area
    without a target has no rate (NaN), whatever its count. Raises TooFewData under two areas with a target,
    ValueError on a negative count or target."""
    parameters = parameters or AreaRateParameters()
    count, target = np.asarray(count, dtype=float), np.asarray(target, dtype=float)
    squares = count if squares is None else np.asarray(squares, dtype=float)
    if (count < 0).any() or (target < 0).any():
        raise ValueError("A count or a target cannot be less than nothing.")
    known = target > 0  # also False where the target is NaN
    if known.sum() < 2:
        raise TooFewData(
            "Rates need at least two areas with residents, households or another target in them. Load the "
            "target's numbers, or use counts."
        )
    low, high = count_interval(count, squares, largest, parameters.interval)
    scale = np.divide(parameters.per, target, out=np.full(len(target), np.nan), where=known)
    shrunk = np.full(len(count), np.nan)
    shrunk[known] = parameters.per * _shrunk(count[known], squares[known], target[known])
    alike = np.divide(count**2, squares, out=np.zeros(len(count)), where=squares > 0)
    return pd.DataFrame(
        {
            "count": count,
            "target": target,
            "rate": count * scale,
            "low": low * scale,
            "high": high * scale,
            "shrunk": shrunk,
            "small": alike < parameters.small,
        }
    )


def count_interval(
    count: np.ndarray, squares: np.ndarray | None = None, largest: float = 1.0, interval: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of what was to be expected: of a Poisson count, or of a sum of weighted ones (`squares` and
    `largest` as in `area_rates`)."""
    squares = count if squares is None else squares
    tail = (1 - interval) / 2
    low, some = np.zeros(len(count)), count > 0
    low[some] = squares[some] / count[some] * special.gammaincinv(count[some] ** 2 / squares[some], tail)
    more, more_squares = count + largest, squares + largest**2
    return low, more_squares / more * special.gammainccinv(more**2 / more_squares, tail)


def _shrunk(count: np.ndarray, squares: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Marshall's estimate; the variance of a rate is the mean rate (times the mean weight, for harm) by
    target."""
    rate: np.ndarray = count / target
    mean = count.sum() / target.sum()
    if mean == 0:
        return rate
    noise = mean * squares.sum() / count.sum()
    between = max((target * (rate - mean) ** 2).sum() / target.sum() - noise / target.mean(), 0.0)
    shrunk: np.ndarray = mean + between / (between + noise / target) * (rate - mean)
    return shrunk
