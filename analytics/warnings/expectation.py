"""Which history a week is judged by: seasons where there are years of it, else its level alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analytics.shared.predictive import predictive
from analytics.shared.wording import counted
from analytics.warnings.farrington import (
    FarringtonParameters,
    RecentExpectation,
    TooShortHistory,
    assign_seasons,
    expect_recent,
)

Floats = npt.NDArray[np.float64]

# Recent periods that nothing is learned from, by whether they are months.
LEFT_OUT = {False: 8, True: 3}
# The recent weeks left out are as many as a rise that is still news; the publication's 26 serve slow drifts.
_WEEKLY = FarringtonParameters(left_out=LEFT_OUT[False])
_MONTHLY = FarringtonParameters(half_window=1, seasons=5, left_out=LEFT_OUT[True], monthly=True)
_MINIMUM_YEARS = 2  # with one year a season is one week's noise
_LEVEL_MINIMUM = {False: 16, True: 6}
_LEVEL_MAXIMUM = {False: 52, True: 12}


@dataclass(frozen=True)
class Model:
    """What the expectation is learned from: `parameters` of the regression, or None where the level of the
    `learned` periods alone is used; `left_out`: recent periods not learned from."""

    parameters: FarringtonParameters | None
    left_out: int
    learned: int
    monthly: bool

    def describe(self) -> str:
        """In a sentence: what was learned from, and what was not allowed for."""
        unit = "month" if self.monthly else "week"
        apart = f"the last {counted(self.left_out, unit)} left out"
        if self.parameters is None:
            return (
                f"Expected from the level of {counted(self.learned, unit)}, {apart}. Season and trend "
                "are not allowed for: that needs two years of data."
            )
        trend = "season and trend" if self.parameters.years >= 3 else "season"
        return f"Expected from {trend} over {counted(self.parameters.years, 'year')}, {apart}."


def choose_model(starts: npt.NDArray[np.datetime64], monthly: bool) -> Model:
    """The longest history that is there. Raises TooShortHistory where even a level cannot be learned."""
    at = len(starts) - 1
    parameters = _MONTHLY if monthly else _WEEKLY
    for years in range(parameters.years, _MINIMUM_YEARS - 1, -1):
        tried = replace(parameters, years=years)
        try:
            season = assign_seasons(starts, at, tried)
        except TooShortHistory:
            continue
        learned = int((np.flatnonzero(season >= 0) < at - tried.left_out).sum())
        return Model(tried, tried.left_out, learned, monthly)
    left_out = LEFT_OUT[monthly]
    learned = min(_LEVEL_MAXIMUM[monthly], len(starts) - left_out)
    if learned < _LEVEL_MINIMUM[monthly]:
        unit = "months" if monthly else "weeks"
        needed = _LEVEL_MINIMUM[monthly] + left_out
        raise TooShortHistory(
            f"Early warning needs {needed} {unit} of data before the day it is asked for; there are "
            f"{len(starts)}."
        )
    return Model(None, left_out, learned, monthly)


def expect_latest(
    counts: Floats, starts: npt.NDArray[np.datetime64], model: Model, periods: int
) -> RecentExpectation:
    """What each of the last `periods` (at most `model.left_out`) should hold, by series, if nothing is
    new."""
    if model.parameters is not None:
        return expect_recent(counts, starts, len(starts) - 1, periods, model.parameters)
    end = counts.shape[1] - model.left_out
    learned = counts[:, end - model.learned : end]
    mean = np.maximum(
        learned.mean(axis=1), 0.5 / model.learned
    )  # an event never seen is rare, not impossible
    phi = np.maximum(1.0, learned.var(axis=1, ddof=1) / mean)
    summed = np.arange(periods, 0, -1)
    variance = (phi * mean / model.learned)[:, None] * summed**2
    expected = np.repeat(mean[:, None], periods, axis=1)
    return RecentExpectation(expected, variance, phi, np.zeros(len(counts), dtype=bool), model.learned)


def judge_sums(counts: Floats, found: RecentExpectation) -> tuple[Floats, Floats]:
    """p of at least as many as observed in the last k periods together, and what was expected; both of shape
    (series, periods), column j from period j to the last. Null hypothesis: negative binomial sums with the
    expectation's mean, its dispersion and the uncertainty of the mean itself."""
    periods = found.expected.shape[1]
    observed = np.cumsum(counts[:, -periods:][:, ::-1], axis=1)[:, ::-1]
    expected = np.maximum(np.cumsum(found.expected[:, ::-1], axis=1)[:, ::-1], 1e-9)
    prediction = predictive(expected, expected * found.dispersion[:, None] + found.variance)
    return np.asarray(prediction.sf(observed - 1)), expected
