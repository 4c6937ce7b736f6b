"""What a week should hold, from the same season of earlier years: the flexible Farrington algorithm.

Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013), Statistics in Medicine 32: 1206-1222, in
the form of Salmon, Schumacher & Höhle (2016), J. Statistical Software 70(10). A quasi-Poisson regression with
a linear trend and a factor of the season; the most recent weeks are left out, so that a rise under way does
not become its own excuse; earlier outbreaks weigh less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analytics.shared.predictive import predictive

Floats = npt.NDArray[np.float64]

_ITERATIONS, _TOLERANCE = 60, 1e-10


@dataclass(frozen=True)
class FarringtonParameters:
    """`years` of history; `half_window` weeks either side of the same week of each year are one season, the
    rest of the year `seasons` - 1 more; the last `left_out` weeks are not learned from. `alpha`: the share of
    weeks that exceed the bound when nothing is new. `weight_above`: standardised Anscombe residuals above it
    weigh less. No bound for fewer than `minimum_cases` in the last `minimum_weeks` weeks, this one
    included."""

    years: int = 4
    half_window: int = 3
    seasons: int = 10
    left_out: int = 26
    alpha: float = 0.05
    weight_above: float = 2.58
    minimum_cases: int = 5
    minimum_weeks: int = 4


@dataclass(frozen=True)
class WeekExpectation:
    """Of one week, for each series (shape (n,)): `expected`, `dispersion` (variance / mean, at least 1),
    `bound` (alarm where the count is above it; NaN where the recent counts are too few), `p` of a count at
    least as high, and whether a `trend` was used."""

    expected: Floats
    dispersion: Floats
    bound: Floats
    p: Floats
    trend: npt.NDArray[np.bool_]
    weeks_learned: int = field(default=0)


class TooShortHistory(ValueError):
    """The weeks before do not reach back far enough for the seasons asked for."""


def expect_week(
    counts: npt.ArrayLike,
    starts: Sequence[object] | npt.NDArray[np.datetime64],
    at: int,
    parameters: FarringtonParameters | None = None,
) -> WeekExpectation:
    """What week `at` (a column of `counts`, shape (series, weeks)) should hold if nothing is new.

    `starts`: the first day of each week, ascending, seven days apart. Null hypothesis, per series: the count
    is negative binomial with the regression's mean and `dispersion` times that mean (Poisson where the
    dispersion is 1); p is one-sided and not corrected for the number of series. Raises TooShortHistory."""
    parameters = parameters or FarringtonParameters()
    y = np.atleast_2d(np.asarray(counts, dtype=float))
    dates = np.asarray(starts, dtype="datetime64[D]")
    season = assign_seasons(dates, at, parameters)
    known = np.flatnonzero(season >= 0)
    known = known[known < at - parameters.left_out]
    if len(known) < parameters.seasons + 2:
        raise TooShortHistory(f"{parameters.years} years of weeks are needed before {dates[at]}.")
    factor = (season[known, None] == np.arange(1, parameters.seasons)).astype(float)
    at_now = np.zeros(parameters.seasons - 1)  # the week asked about is in season 0, the reference
    week = np.arange(len(dates), dtype=float) - at  # centred on the week: its mean is the intercept's
    with_trend = np.column_stack([np.ones(len(known)), week[known], factor])
    without = np.delete(with_trend, 1, axis=1)
    mean, phi = _fit(y[:, known], with_trend, np.concatenate([[1, 0.0], at_now]), parameters.weight_above)
    keep = (mean <= y[:, known].max(axis=1)) & np.isfinite(mean) & (parameters.years >= 3)
    if not keep.all():
        again = _fit(y[~keep][:, known], without, np.concatenate([[1.0], at_now]), parameters.weight_above)
        mean[~keep], phi[~keep] = again
    return _judge(y, at, mean, phi, keep, len(known), parameters)


def assign_seasons(
    starts: npt.NDArray[np.datetime64], at: int, parameters: FarringtonParameters
) -> npt.NDArray[np.int64]:
    """The season of each week seen from week `at`: 0 around the same week of this and each earlier year, 1
    and on through the rest of the year in nearly equal parts, the longer first; -1 before the history
    used."""
    references = [find_same_week(starts, at, years) for years in range(parameters.years + 1)]
    half, parts = parameters.half_window, parameters.seasons - 1
    first = references[-1] - half
    if first < 0:
        raise TooShortHistory(f"{parameters.years} years of weeks are needed before {starts[at]}.")
    season = np.full(len(starts), -1)
    season[max(0, at - half) : at + 1] = 0
    for later, earlier in zip(references[:-1], references[1:], strict=True):
        season[earlier - half : earlier + half + 1] = 0
        if parts:
            between = np.arange(earlier + half + 1, later - half)
            for part, weeks in enumerate(np.array_split(between, parts), 1):
                season[weeks] = part
    return season


def find_same_week(starts: npt.NDArray[np.datetime64], at: int, years: int) -> int:
    """The index of the week whose first day is nearest to that of week `at`, `years` years before; negative
    where the weeks do not reach back so far."""
    year, month_day = str(starts[at]).split("-", 1)
    day = np.datetime64(f"{int(year) - years}-{'02-28' if month_day == '02-29' else month_day}", "D")
    return int(np.rint((day - starts[at]).astype(int) / 7)) + at


def _fit(y: Floats, design: Floats, now: Floats, weight_above: float) -> tuple[Floats, Floats]:
    """The mean at `now` and the dispersion of each series: fitted, reweighted, fitted again."""
    ones = np.ones_like(y)
    mean, leverage, _ = _regress(y, design, ones)
    phi = _measure_dispersion(y, mean, ones, design)
    residual = 1.5 * (np.cbrt(y**2) / mean ** (1 / 6) - np.sqrt(mean))
    residual /= np.sqrt(phi[:, None] * np.maximum(1 - leverage, 1e-9))
    weight = np.where(residual > weight_above, np.maximum(residual, 1e-9) ** -2.0, 1.0)
    weight *= (weight.shape[1] / weight.sum(axis=1))[:, None]
    mean, _, coefficients = _regress(y, design, weight)
    return np.exp(np.clip(coefficients @ now, -30, 30)), _measure_dispersion(y, mean, weight, design)


def _regress(y: Floats, design: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted Poisson regressions with a log link, one a row of `y`, by iteratively reweighted least
    squares. Returns means, leverages (both of y's shape) and coefficients."""
    mean = y + 0.1
    eta, deviance = np.log(mean), np.full(len(y), np.inf)
    for _ in range(_ITERATIONS):
        w = weight * mean
        working = eta + (y - mean) / mean
        information = np.einsum("ni,sn,nj->sij", design, w, design)
        information += 1e-10 * np.eye(design.shape[1])  # a season without an incident has no finite mean
        score = np.einsum("ni,sn->si", design, w * working)
        coefficients = np.linalg.solve(information, score[..., None])[..., 0]
        eta = np.clip(coefficients @ design.T, -25, 25)
        mean = np.exp(eta)
        now = (weight * (mean - y * eta)).sum(axis=1)
        if np.all(np.abs(now - deviance) <= _TOLERANCE * (np.abs(now) + 0.1)):
            break
        deviance = now
    inverse = np.linalg.inv(information)
    leverage = weight * mean * np.einsum("ni,sij,nj->sn", design, inverse, design)
    return mean, leverage, coefficients


def _measure_dispersion(y: Floats, mean: Floats, weight: Floats, design: Floats) -> Floats:
    """Pearson's chi-square over its degrees of freedom, at least 1, of each series."""
    pearson = (weight * (y - mean) ** 2 / mean).sum(axis=1)
    return np.asarray(np.maximum(1.0, pearson / (design.shape[0] - design.shape[1])))


def _judge(
    y: Floats,
    at: int,
    mean: Floats,
    phi: Floats,
    trend: npt.NDArray[np.bool_],
    learned: int,
    parameters: FarringtonParameters,
) -> WeekExpectation:
    prediction = predictive(np.maximum(mean, 1e-12), np.maximum(mean, 1e-12) * phi)
    recent = y[:, max(0, at - parameters.minimum_weeks + 1) : at + 1].sum(axis=1)
    bound = np.where(recent < parameters.minimum_cases, np.nan, prediction.ppf(1 - parameters.alpha))
    return WeekExpectation(mean, phi, bound, np.asarray(prediction.sf(y[:, at] - 1)), trend, learned)
