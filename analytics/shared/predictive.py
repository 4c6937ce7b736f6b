"""Predictive distributions of counts, shared by the subjects."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import stats

Numbers = npt.NDArray[Any]


class Prediction(Protocol):
    """A frozen discrete distribution of SciPy, elementwise."""

    def sf(self, x: Numbers, /) -> Numbers: ...

    def cdf(self, x: Numbers, /) -> Numbers: ...

    def ppf(self, q: Any, /) -> Numbers: ...

    def interval(self, confidence: float, /) -> tuple[Numbers, Numbers]: ...


def predictive(mean: npt.ArrayLike, variance: npt.ArrayLike) -> Prediction:
    """A frozen negative binomial with the given mean (> 0) and variance, elementwise; its Poisson limit
    where the variance is not above the mean."""
    mean, variance = np.asarray(mean, dtype=float), np.asarray(variance, dtype=float)
    success = np.minimum(mean / variance, 1 - 1e-9)
    distribution: Prediction = stats.nbinom(mean * success / (1 - success), success)
    return distribution


def two_sided(prediction: Prediction, observed: Numbers) -> Numbers:
    """Two-sided p of `observed` under a discrete prediction: twice the smaller tail including it, at most 1.

    A value between two whole numbers is in neither of them: its tails are those beyond it.
    """
    at_least = prediction.sf(np.ceil(observed) - 1)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(at_least, prediction.cdf(np.floor(observed)))))
