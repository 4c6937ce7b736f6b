"""A synthetic control: similar places weighted so that together they were the tasked place before the action.

Abadie, Diamond & Hainmueller (2010), J. American Statistical Association 105: non-negative weights that sum
to one on weekly counts before; p by placebo, from the ratio of the mean squared errors after and before at
every similar place."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

MINIMUM_WEEKS, MINIMUM_A_WEEK, MINIMUM_AFTER = 26, 1.0, 3
MINIMUM_REACHED = 0.8  # of the place's count before; no weighing of quieter places makes a busier one
_MAXIMUM_PLACES = 60
_SUM_TO_ONE = 1e3  # the weight of the row that makes the donors' weights sum to one


def weeks(counts: np.ndarray, start: int) -> tuple[np.ndarray, int]:
    """Counts by place and whole week counted from day `start` both ways, and the index of its first week."""
    before = start // 7
    offset = start - 7 * before
    whole_weeks = (counts.shape[1] - offset) // 7
    return counts[:, offset : offset + 7 * whole_weeks].reshape(len(counts), whole_weeks, 7).sum(
        axis=2
    ), before


def synthetic_control(counts: np.ndarray, start: int) -> tuple[np.ndarray | None, float | None]:
    """The synthetic control's weekly counts for the place (row 0) and its placebo p.

    None under 26 weeks before, three after or one incident a week, or where the donors cannot reach the
    place's count."""
    weekly, first = weeks(counts, start)
    short = first < MINIMUM_WEEKS or weekly.shape[1] - first < MINIMUM_AFTER
    if short or weekly[0, :first].mean() < MINIMUM_A_WEEK:
        return None, None
    made, _ = fit_synthetic(weekly[:_MAXIMUM_PLACES], 0, first)
    if made[:first].sum() < MINIMUM_REACHED * weekly[0, :first].sum():
        return None, None
    pool = weekly[:_MAXIMUM_PLACES]
    fits = [fit_synthetic(pool, row, first) for row in range(len(pool))]
    ratios = np.array([ratio for _, ratio in fits])
    return made, float((ratios >= ratios[0]).mean())


def fit_synthetic(pool: np.ndarray, row: int, first: int) -> tuple[np.ndarray, float]:
    """The synthetic control of a row of `pool` (places, periods) made of the others, fitted on the
    periods before `first`, and its ratio of mean squared errors after and before."""
    donors = np.delete(pool, row, axis=0)
    system = np.vstack([donors[:, :first].T, np.full(len(donors), _SUM_TO_ONE)])
    weights, _ = nnls(system, np.append(pool[row, :first], _SUM_TO_ONE))
    made = weights @ donors
    errors = (pool[row] - made) ** 2
    return made, float(errors[first:].mean() / max(errors[:first].mean(), 1e-9))
