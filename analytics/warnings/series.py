"""How surprising the recent counts of series are: sums of the last weeks, and slow drifts.

What chance gives is measured twice, on permuted histories of the same series and on their own past year,
pooled over the series. The larger share is p: counts of crime hang together from week to week, which a
permutation does not show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analytics.warnings.cusum import accumulate_excess
from analytics.warnings.expectation import Model, choose_model, expect_latest, judge_sums
from analytics.warnings.farrington import TooShortHistory
from analytics.warnings.permutation import permute_history

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

WINDOWS = {False: (1, 2, 4), True: (1, 2, 3)}  # periods summed, by whether they are months
_DRIFT_LEFT_OUT = 26
_PAST = range(0, 52, 2)  # weeks of the past year that are judged too, counted from the last one learned from


@dataclass(frozen=True)
class SeriesJudgement:
    """Of each series: `p`, over how many of the last periods it was most surprising (`periods`), and how many
    were `expected` in them. `chance`: p of each series (rows) in each permuted history (columns)."""

    p: Floats
    periods: Integers
    expected: Floats
    chance: Floats


@dataclass(frozen=True)
class _Surprise:
    """The larger `score` the more surprising."""

    score: Floats
    periods: Integers
    expected: Floats


_Measure = Callable[[Floats, Dates, Model], _Surprise]


def judge_sums_of_series(
    counts: Floats,
    starts: Dates,
    *,
    monthly: bool = False,
    minimum_cases: int = 3,
    permutations: int = 99,
    seed: int = 1,
) -> SeriesJudgement:
    """Judge the last 1, 2 or 4 weeks (1, 2 or 3 months) of `counts` (series, periods; `starts` their first
    days) by the seasons before.

    Null hypothesis: the recent counts come from the process that gave the same season before. p is one-sided,
    more than expected, corrected for the windows looked at but not for the number of series. A window of
    fewer than `minimum_cases` says nothing (p = 1). Raises TooShortHistory."""

    def measure(series: Floats, days: Dates, model: Model) -> _Surprise:
        windows = np.array(WINDOWS[model.monthly])
        p, expected = judge_sums(series, expect_latest(series, days, model, int(windows[-1])))
        summed = np.cumsum(series[:, ::-1], axis=1)[:, windows - 1]
        p = np.where(summed >= minimum_cases, p[:, -windows], 1.0)
        chosen = p.argmin(axis=1)
        row = np.arange(len(series))
        return _Surprise(-p[row, chosen], windows[chosen], expected[row, -windows[chosen]])

    return _judge(counts, starts, choose_model(starts, monthly), measure, permutations, seed)


def judge_drift_of_series(
    counts: Floats, starts: Dates, *, minimum_cases: int = 3, permutations: int = 99, seed: int = 1
) -> SeriesJudgement:
    """Judge weekly `counts` by the sum of what the last half-year exceeds its expectation by; arguments and
    null hypothesis as of `judge_sums_of_series`. A drift of fewer than `minimum_cases` says nothing. Raises
    TooShortHistory under two years."""
    model = choose_model(starts, monthly=False)
    if model.parameters is None:
        raise TooShortHistory("A slow drift is told from a season only with two years of weeks.")
    model = replace(
        model,
        parameters=replace(model.parameters, left_out=_DRIFT_LEFT_OUT),
        left_out=_DRIFT_LEFT_OUT,
    )

    def measure(series: Floats, days: Dates, model: Model) -> _Surprise:
        return _measure_drift(series, days, model, minimum_cases)

    return _judge(counts, starts, model, measure, permutations, seed)


def _measure_drift(series: Floats, days: Dates, model: Model, minimum_cases: int) -> _Surprise:
    found = expect_latest(series, days, model, model.left_out)
    recent, phi = series[:, -model.left_out :], found.dispersion[:, None]
    # Counts over their dispersion are as spread as Poisson counts.
    drift = accumulate_excess(recent / phi, np.maximum(found.expected, 1e-9) / phi)
    ended = np.column_stack([drift[:, ::-1] <= 0, np.ones(len(drift), dtype=bool)])
    periods = np.clip(np.argmax(ended, axis=1), 1, model.left_out)
    row = np.arange(len(series))
    expected = np.cumsum(found.expected[:, ::-1], axis=1)[row, periods - 1]
    seen = np.cumsum(recent[:, ::-1], axis=1)[row, periods - 1]
    return _Surprise(np.where(seen >= minimum_cases, drift[:, -1], 0.0), periods, expected)


def _judge(
    counts: Floats, starts: Dates, model: Model, measure: _Measure, permutations: int, seed: int
) -> SeriesJudgement:
    observed = measure(counts, starts, model)
    permuted = permute_history(counts, model, permutations, np.random.default_rng(seed))
    chance = measure(permuted.reshape(-1, permuted.shape[2]), starts, model).score
    past = _measure_past(counts, starts, model, measure)
    p = np.maximum(_share_as_large(chance, observed.score), _share_of_past(past, observed.score))
    null = np.maximum(_share_as_large(chance, chance), _share_of_past(past, chance))
    return SeriesJudgement(p, observed.periods, observed.expected, null.reshape(permuted.shape[:2]))


def _measure_past(counts: Floats, starts: Dates, model: Model, measure: _Measure) -> Floats:
    """The scores of the weeks of the past year, each judged by what was known then."""
    scores = [np.empty(0)]
    for back in _PAST:
        end = counts.shape[1] - model.left_out - back
        try:
            then = choose_model(starts[:end], model.monthly)
        except TooShortHistory:
            break
        if (then.parameters is None) != (model.parameters is None):
            break
        if then.parameters is not None:
            parameters = replace(then.parameters, left_out=model.left_out)
            then = replace(then, parameters=parameters, left_out=model.left_out)
        scores.append(measure(counts[:, :end], starts[:end], then).score)
    return np.concatenate(scores)


def _share_as_large(chance: Floats, observed: Floats) -> Floats:
    """The share of `chance` that is at least `observed`, which counts as one of them: never 0."""
    return np.asarray((_count_as_large(chance, observed) + 1) / (len(chance) + 1))


def _share_of_past(past: Floats, observed: Floats) -> Floats:
    """The same of the weeks of the past year, which are too few to say how rare a week is that none of them
    reached: 0 then."""
    return np.asarray(_count_as_large(past, observed) / max(len(past), 1))


def _count_as_large(others: Floats, observed: Floats) -> Integers:
    rising = np.sort(others)
    nearly = observed - 1e-12 * np.abs(observed)
    return np.asarray(len(rising) - np.searchsorted(rising, nearly, side="left"))
