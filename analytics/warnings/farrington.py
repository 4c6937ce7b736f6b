"""What a week should hold, from the same season of earlier years: the flexible Farrington algorithm.

Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013), Statistics in Medicine 32: 1206-1222, in
the form of Salmon, Schumacher & Höhle (2016), J. Statistical Software 70(10). A quasi-Poisson regression with
a linear trend and a factor of the season; the most recent weeks are left out, so that a rise under way does
not become its own excuse; earlier outbreaks weigh less."""

from __future__ import annotations

from dataclasses import dataclass

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
    weigh less. No bound for fewer than `minimum_cases` in the last `minimum_weeks` weeks, this one included.
    With `monthly`, a week is a calendar month throughout."""

    years: int = 4
    half_window: int = 3
    seasons: int = 10
    left_out: int = 26
    alpha: float = 0.05
    weight_above: float = 2.58
    minimum_cases: int = 5
    minimum_weeks: int = 4
    monthly: bool = False


@dataclass(frozen=True)
class RecentExpectation:
    """Of the latest weeks, shape (series, weeks), the earliest first: `expected`; `variance` of the sum of
    `expected` up to the latest, for each week (what estimating it adds). Of each series, shape (series,):
    `dispersion` (variance / mean of a count, at least 1), whether a `trend` was used. `weeks_learned`
    from."""

    expected: Floats
    variance: Floats
    dispersion: Floats
    trend: npt.NDArray[np.bool_]
    weeks_learned: int


@dataclass(frozen=True)
class WeekExpectation:
    """Of one week, for each series (shape (series,)): `expected`, `dispersion` (variance / mean, at least 1),
    `bound` (alarm where the count is above it; NaN where the recent counts are too few), `p` of a count at
    least as high, and whether a `trend` was used. `weeks_learned` from."""

    expected: Floats
    dispersion: Floats
    bound: Floats
    p: Floats
    trend: npt.NDArray[np.bool_]
    weeks_learned: int


class TooShortHistory(ValueError):
    """The weeks before do not reach back far enough for the seasons asked for."""


def expect_week(
    counts: npt.ArrayLike,
    starts: npt.ArrayLike,
    at: int,
    parameters: FarringtonParameters | None = None,
) -> WeekExpectation:
    """What week `at` (a column of `counts`, shape (series, weeks)) should hold if nothing is new.

    `starts`: the first day of each week, ascending, seven days apart. Null hypothesis, per series: the count
    is negative binomial with the regression's mean and `dispersion` times that mean (Poisson where the
    dispersion is 1); p is one-sided and not corrected for the number of series. Raises TooShortHistory."""
    parameters = parameters or FarringtonParameters()
    y = np.atleast_2d(np.asarray(counts, dtype=float))
    found = expect_recent(y, starts, at, 1, parameters)
    mean, phi = np.maximum(found.expected[:, 0], 1e-12), found.dispersion
    prediction = predictive(mean, mean * phi)
    recent = y[:, max(0, at - parameters.minimum_weeks + 1) : at + 1].sum(axis=1)
    bound = np.where(recent < parameters.minimum_cases, np.nan, prediction.ppf(1 - parameters.alpha))
    p = np.asarray(prediction.sf(y[:, at] - 1))
    return WeekExpectation(found.expected[:, 0], phi, bound, p, found.trend, found.weeks_learned)


def expect_recent(
    counts: npt.ArrayLike,
    starts: npt.ArrayLike,
    at: int,
    weeks: int,
    parameters: FarringtonParameters | None = None,
) -> RecentExpectation:
    """What each of the `weeks` up to week `at` should hold if nothing is new, from one regression a series.
    Arguments as of `expect_week`; `weeks` at most `left_out`. Raises TooShortHistory."""
    parameters = parameters or FarringtonParameters()
    y = np.atleast_2d(np.asarray(counts, dtype=float))
    dates = np.asarray(starts, dtype="datetime64[D]")
    season = assign_seasons(dates, at, parameters)
    known = np.flatnonzero(season >= 0)
    known = known[known < at - parameters.left_out]
    if len(known) < parameters.seasons + 2:
        raise TooShortHistory(_describe_need(parameters, dates[at]))
    every = np.column_stack(
        [
            np.ones(len(dates)),
            np.arange(len(dates)) - at,  # centred on the week asked about: its mean is the intercept's
            season[:, None] == np.arange(1, parameters.seasons),
        ]
    )
    now = slice(at - weeks + 1, at + 1)
    mean, variance, phi = _fit(y[:, known], every[known], every[now], parameters.weight_above)
    top = mean[:, -1]
    keep = np.isfinite(top) & (top <= y[:, known].max(axis=1)) & (parameters.years >= 3)
    if not keep.all():
        level = np.delete(every, 1, axis=1)
        mean[~keep], variance[~keep], phi[~keep] = _fit(
            y[~keep][:, known], level[known], level[now], parameters.weight_above
        )
    return RecentExpectation(mean, variance, phi, keep, len(known))


def _describe_need(parameters: FarringtonParameters, day: object) -> str:
    unit = "months" if parameters.monthly else "weeks"
    return f"{parameters.years} years of {unit} are needed before {day}."


def assign_seasons(
    starts: npt.NDArray[np.datetime64], at: int, parameters: FarringtonParameters
) -> npt.NDArray[np.int64]:
    """The season of each week seen from week `at`: 0 around the same week of this and each earlier year, 1
    and on through the rest of the year in nearly equal parts, the longer first; -1 before the history
    used."""
    references = [
        at - 12 * years if parameters.monthly else find_same_week(starts, at, years)
        for years in range(parameters.years + 1)
    ]
    half, parts = parameters.half_window, parameters.seasons - 1
    if references[-1] < half:
        raise TooShortHistory(_describe_need(parameters, starts[at]))
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


def _fit(y: Floats, design: Floats, now: Floats, weight_above: float) -> tuple[Floats, Floats, Floats]:
    """The means at the rows of `now`, the variance of their sum from each to the last, and the dispersion of
    each series: fitted, reweighted, fitted again."""
    ones = np.ones_like(y)
    mean, _, inverse = _regress(y, design, ones)
    phi = _measure_dispersion(y, mean, ones, design)
    leverage = mean * np.einsum("ni,sij,nj->sn", design, inverse, design, optimize=True)
    residual = 1.5 * (np.cbrt(y**2) / mean ** (1 / 6) - np.sqrt(mean))
    residual /= np.sqrt(phi[:, None] * np.maximum(1 - leverage, 1e-9))
    weight = np.where(residual > weight_above, np.maximum(residual, 1e-9) ** -2.0, 1.0)
    weight *= (weight.shape[1] / weight.sum(axis=1))[:, None]
    mean, coefficients, inverse = _regress(y, design, weight)
    phi = _measure_dispersion(y, mean, weight, design)
    expected = np.exp(np.clip(coefficients @ now.T, -30, 30))
    # The gradient of each sum with respect to the coefficients: the delta method.
    gradient = np.cumsum((expected[:, :, None] * now)[:, ::-1], axis=1)[:, ::-1]
    variance = phi[:, None] * np.einsum("ski,sij,skj->sk", gradient, inverse, gradient, optimize=True)
    return expected, variance, phi


def _regress(y: Floats, design: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted Poisson regressions with a log link, one a row of `y`, by iteratively reweighted least
    squares. Returns means (y's shape), coefficients, and the inverse of each information matrix."""
    terms = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    ridge = 1e-10 * np.eye(terms)  # a season without an incident has no finite mean
    mean = y + 0.1
    eta, deviance = np.log(mean), np.full(len(y), np.inf)
    for _ in range(_ITERATIONS):
        w = weight * mean
        information = (w @ products).reshape(-1, terms, terms) + ridge
        score = (w * (eta + (y - mean) / mean)) @ design
        coefficients = np.asarray(np.linalg.solve(information, score[..., None])[..., 0], dtype=float)
        eta = np.clip(coefficients @ design.T, -25, 25)
        mean = np.exp(eta)
        now = (weight * (mean - y * eta)).sum(axis=1)
        if np.all(np.abs(now - deviance) <= _TOLERANCE * (np.abs(now) + 0.1)):
            break
        deviance = now
    return mean, coefficients, np.asarray(np.linalg.inv(information), dtype=float)


def _measure_dispersion(y: Floats, mean: Floats, weight: Floats, design: Floats) -> Floats:
    """Pearson's chi-square over its degrees of freedom, at least 1, of each series."""
    pearson = (weight * (y - mean) ** 2 / mean).sum(axis=1)
    return np.asarray(np.maximum(1.0, pearson / (design.shape[0] - design.shape[1])))
