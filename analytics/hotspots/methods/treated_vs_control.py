"""The course of a treated area beside what its control would have made of it, step by step.

Had the treated area gone as its control did, it would hold in each step what the control holds there times
the ratio of the two before the measure. The band is where 95 % of such steps would lie: both counts Poisson
of one rate times that ratio, the rate known only by the control's count (Jeffreys' prior), so the treated
count is negative binomial; the ratio itself is taken as known. It shows when the two parted; the test is
`displacement.before_after`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
import shapely
from scipy import stats

STEPS = {"day": 1, "week": 7, "four weeks": 28}
_MINIMUM_STEPS = 8  # before the measure, for the longest step that leaves as many


def count_steps(
    points: pd.DataFrame,
    areas: Mapping[str, shapely.Geometry],
    since: date,
    days: int,
    *,
    weight: np.ndarray | None = None,
    interval: float = 0.95,
) -> tuple[pd.DataFrame, str]:
    """One row a step from `days` before `since` to `days` from it on: start, treated, control, expected, low,
    high.

    `points`: x, y (metres) and local_date; `areas`: 'treated' and 'control' on the same CRS; a point in both
    is the treated one's. Steps are whole and counted from `since` either way; also returned is their length,
    of STEPS. With `weight` (harm) the sums are of weights and have no band (NaN). `expected` is NaN where the
    control had nothing before."""
    step, length = "day", 1
    for name, long in STEPS.items():
        if days // long >= _MINIMUM_STEPS:
            step, length = name, long
    each = days // length
    begin = np.datetime64(since)
    after = (points.local_date.to_numpy().astype("datetime64[D]") - begin).astype(int) // length
    in_span = (after >= -each) & (after < each)
    treated = shapely.intersects_xy(areas["treated"], points.x.to_numpy(), points.y.to_numpy()) & in_span
    control = (
        shapely.intersects_xy(areas["control"], points.x.to_numpy(), points.y.to_numpy()) & in_span & ~treated
    )
    weights = np.ones(len(points)) if weight is None else np.asarray(weight, dtype=float)
    treated, control = (
        np.bincount(after[inside] + each, weights[inside], minlength=2 * each)
        for inside in (treated, control)
    )
    before = control[:each].sum()
    ratio = treated[:each].sum() / before if before > 0 else np.nan
    low = high = np.full(2 * each, np.nan)
    if weight is None and ratio > 0:
        chance = stats.nbinom(control + 0.5, 1 / (1 + ratio))
        low, high = (chance.ppf(tail) for tail in ((1 - interval) / 2, (1 + interval) / 2))
    start = begin + length * np.arange(-each, each)
    table = pd.DataFrame({"start": start.astype("datetime64[s]"), "treated": treated, "control": control})
    return table.assign(expected=control * ratio, low=low, high=high), step
