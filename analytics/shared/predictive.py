"""Predictive distributions of counts, shared by the subjects."""

from __future__ import annotations

import numpy as np
from scipy import stats


def predictive(mean: np.ndarray, variance: np.ndarray):
    """A frozen negative binomial with the given mean (> 0) and variance, elementwise; its Poisson limit
    where the variance is not above the mean."""
    mean, variance = np.asarray(mean, dtype=float), np.asarray(variance, dtype=float)
    success = np.minimum(mean / variance, 1 - 1e-9)
    return stats.nbinom(mean * success / (1 - success), success)


def two_sided(prediction, observed: np.ndarray) -> np.ndarray:
    """Two-sided p of `observed` under a discrete prediction: twice the smaller tail including it, at most 1.

    A value between two whole numbers is in neither of them: its tails are those beyond it.
    """
    at_least = prediction.sf(np.ceil(observed) - 1)
    return np.minimum(1.0, 2 * np.minimum(at_least, prediction.cdf(np.floor(observed))))
