"""Non-negative mixtures of forecasts by Poisson likelihood: the level of one, the weights of several."""

from __future__ import annotations

import numpy as np

ROUNDS = 200


def poisson_mixture(columns: np.ndarray, totals: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Weights t >= 0 that maximise the Poisson likelihood of `observed` with expectation `columns @ t`.

    `columns` (n, k) and `observed` (n,) need only the rows where something was observed; `totals` (k,) are
    the columns' sums over all rows, which is all that the empty rows add to the likelihood. Expectation
    maximisation (Shepp and Vardi 1982; Lucy 1974), 200 rounds from equal parts: the likelihood never falls.
    A column of nothing gets no weight.
    """
    usable = (totals > 0) & (columns.sum(axis=0) > 0)
    weights = np.zeros(len(totals))
    if not usable.any() or not len(observed):
        return weights
    columns, totals = columns[:, usable], totals[usable]
    reached = columns.sum(axis=1) > 0
    columns, observed = columns[reached], observed[reached]
    t = observed.sum() / totals / len(totals)
    for _ in range(ROUNDS):
        t = t * (columns.T @ (observed / (columns @ t))) / totals
    weights[usable] = t
    return weights
