"""Trend: what each day, week or month was expected to hold, from its past alone, and which were exceptions.

Each period is predicted one step ahead: a quasi-Poisson regression is fitted to the periods before it (at
most `window_years`, so that the trend moves) and never to itself or to what follows. Past exceptions are
weighed down, so that an old outbreak does not hide a new one. Source: Farrington, Andrews, Beale & Catchpole
(1996), JRSS A 159(3); Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett (2013), Statistics in
Medicine 32(7) (negative-binomial quantiles, weights from 2.58); Benjamini & Hochberg (1995)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import holidays
import numpy as np
import pandas as pd
from scipy import stats
from threadpoolctl import threadpool_limits

from analytics.hotspots.refusal import TooFewData
from analytics.shared.predictive import predictive, two_sided

FREQUENCY = {"day": "D", "week": "W-MON", "month": "MS"}
MINIMUM_HISTORY = {"day": 56, "week": 26, "month": 12}
_A_YEAR = {"day": 365.25, "week": 365.25 / 7, "month": 12}
_EVENTS_A_COEFFICIENT = 10


@dataclass(frozen=True)
class TrendParameters:
    """`country`: ISO 3166 code whose public holidays count, with its `subdivision`; None leaves them out.

    `window_years`: how far back a prediction looks. `harmonics`: waves a year in the season. `outlier`: a
    past period with a larger standardised residual is weighed down. `interval`: of the band. `level`: the
    false-discovery rate over all periods tested."""

    country: str | None = None
    subdivision: str | None = None
    window_years: float = 3
    harmonics: int = 2
    outlier: float = 2.58
    interval: float = 0.95
    level: float = 0.05


def count_periods(
    dates: np.ndarray, first: date, last: date, unit: str, *, weights: np.ndarray | None = None
) -> pd.DataFrame:
    """Incidents (or their weights; whole numbers stay whole) a day, week (from Monday) or month, for the
    whole periods within [first, last]: start, count. A period that is cut off at either end is left out, and
    would mislead."""
    edges = pd.date_range(first, pd.Timestamp(last) + pd.Timedelta(days=1), freq=FREQUENCY[unit])
    if len(edges) < 2:
        raise TooFewData(f"There is no whole {unit} from {first} to {last}. Widen the period.")
    at = edges.searchsorted(pd.DatetimeIndex(dates), side="right")
    inside = (at > 0) & (at < len(edges))
    count = np.bincount(
        at[inside] - 1, None if weights is None else np.asarray(weights)[inside], minlength=len(edges) - 1
    )
    if weights is not None and np.issubdtype(np.asarray(weights).dtype, np.integer):
        count = count.astype(np.int64)
    return pd.DataFrame({"start": edges[:-1], "count": count})


def compare_with_expected(
    periods: pd.DataFrame, unit: str, parameters: TrendParameters | None = None
) -> pd.DataFrame:
    """The band of what was expected, one step ahead, and the exceptions to it.

    `periods`: consecutive (start, count). The regression has a linear trend within the window; the weekday
    (days); public holidays (days and weeks; in months they are part of the season); the length of the month;
    and, once two years lie behind, the season as waves of the year. Where the window holds fewer than ten
    incidents a coefficient, its plain mean. The prediction has that mean and the variance of the counts
    (over-dispersion by Pearson's statistic, at least 1) plus that of the mean itself, widened as Student's t
    is for a dispersion estimated with few degrees of freedom, d / (d - 2), as a negative binomial.
    Null hypothesis: the period comes from the process of the periods before it. Counts that are not integers
    (harm) are tested in units of their dispersion, and get no floor of 1.

    Returns `periods` with expected, low, high, p (two-sided), p_adjusted, seasonal (whether a season could be
    fitted) and exception ('more', 'fewer' or ''); the first MINIMUM_HISTORY periods have none and are not
    tested. The correction is made over all tested periods, so a flag (never the band) may change as later
    periods come in. Raises TooFewData without MINIMUM_HISTORY or where the country's holidays are
    not known, ValueError on a gap.
    """
    parameters = parameters or TrendParameters()
    starts, minimum = pd.DatetimeIndex(periods["start"]), MINIMUM_HISTORY[unit]
    if len(starts) <= minimum:
        raise TooFewData(
            f"What to expect of a {unit} needs at least {minimum} {unit}s before it; here are "
            f"{len(starts)} in all. Take a longer period, or compare two periods instead."
        )
    if not starts.equals(pd.date_range(starts[0], starts[-1], freq=FREQUENCY[unit])):
        raise ValueError(f"The {unit}s must follow one another without a gap.")
    counts = periods["count"].to_numpy()
    whole = np.issubdtype(counts.dtype, np.integer)
    y = counts.astype(float)
    plain, season, offset = _design(starts, unit, parameters)
    window = round(parameters.window_years * _A_YEAR[unit])
    both = np.hstack([plain, season])
    predicted = np.full((len(y), 3), np.nan)
    seasonal = np.zeros(len(y), dtype=bool)
    with threadpool_limits(1, "blas"):  # on matrices so small its threads only wait for one another
        for t in range(minimum, len(y)):
            past = slice(max(0, t - window), t)
            seasonal[t] = t - past.start >= round(2 * _A_YEAR[unit])
            x = both if seasonal[t] else plain
            predicted[t] = _predict(y[past], x[past], x[t], offset[past], offset[t], whole, parameters)
    expected, variance, unit_of = predicted[minimum:].T
    prediction = predictive(expected / unit_of, variance / unit_of**2)
    low, high = prediction.interval(parameters.interval)
    p = two_sided(prediction, y[minimum:] / unit_of)
    bands = {
        "expected": expected,
        "low": low * unit_of,
        "high": high * unit_of,
        "p": p,
        "p_adjusted": stats.false_discovery_control(p, method="bh"),
    }
    result = periods.assign(
        **{name: np.r_[np.full(minimum, np.nan), values] for name, values in bands.items()}
    )
    unusual = (result.p_adjusted <= parameters.level).to_numpy()
    result["seasonal"] = seasonal
    result["exception"] = np.where(unusual, np.where(y > predicted[:, 0], "more", "fewer"), "")
    return result


def _design(
    starts: pd.DatetimeIndex, unit: str, parameters: TrendParameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns of every model, columns of the season, and the log of the period's relative length."""
    n = len(starts)
    columns = [np.ones(n), np.arange(n) / _A_YEAR[unit]]
    if unit == "day":
        columns += [(starts.day_of_week == d).astype(float) for d in range(1, 7)]
    if unit != "month" and parameters.country:
        columns.append(_holidays(starts, unit, parameters.country, parameters.subdivision))
    year = starts.day_of_year.to_numpy() / 365.25 * 2 * np.pi
    waves = range(1, parameters.harmonics + 1)
    season = [wave(k * year) for k in waves for wave in (np.sin, np.cos)]
    length = np.log(starts.days_in_month / 30.4375) if unit == "month" else np.zeros(n)
    return np.stack(columns, axis=1), np.stack(season, axis=1), np.asarray(length)


def _holidays(starts: pd.DatetimeIndex, unit: str, country: str, subdivision: str | None) -> np.ndarray:
    """Public holidays in each period."""
    years = range(starts[0].year, starts[-1].year + 2)
    try:
        calendar = holidays.country_holidays(country, subdiv=subdivision, years=years)
    except NotImplementedError as error:
        raise TooFewData(
            f"No public holidays are known for {country} {subdivision or ''}".rstrip()
            + ". Give another country or subdivision, or none."
        ) from error
    days = pd.DatetimeIndex(sorted(calendar))
    ends = starts + pd.Timedelta(days=1 if unit == "day" else 7)
    count: np.ndarray = (days.searchsorted(ends) - days.searchsorted(starts)).astype(float)
    return count


def _predict(
    y: np.ndarray,
    x: np.ndarray,
    x_next: np.ndarray,
    offset: np.ndarray,
    offset_next: float,
    whole: bool,
    parameters: TrendParameters,
) -> tuple[float, float, float]:
    """Expected, variance and the unit counted in, for one period, from the past (y, x, offset)."""
    varies = np.ptp(x, axis=0) > 0
    varies[0] = True
    x, x_next = x[:, varies], x_next[varies]
    if y.sum() < _EVENTS_A_COEFFICIENT * x.shape[1]:
        x, x_next = x[:, :1], x_next[:1]
    weight = np.ones(len(y))
    for _ in range(2):
        mean, covariance, dispersion, leverage, beta = _fit(y, x, offset, weight, whole)
        residual = 1.5 * (y ** (2 / 3) * mean ** (-1 / 3) - mean ** (1 / 3))  # Anscombe's, for Poisson
        residual /= np.sqrt(dispersion * np.maximum(1 - leverage, 1e-6))
        weight = np.where(np.abs(residual) > parameters.outlier, residual**-2.0, 1.0)
        if (weight == 1).all():
            break
        weight *= len(y) / weight.sum()
    expected = np.exp(x_next @ beta + offset_next)
    variance = dispersion * expected + expected**2 * (x_next @ covariance @ x_next)
    free = max(len(y) - x.shape[1], 3)
    variance *= free / (free - 2)
    return expected, variance, 1.0 if whole else dispersion


def _fit(
    y: np.ndarray, x: np.ndarray, offset: np.ndarray, weight: np.ndarray, whole: bool
) -> tuple[np.ndarray, np.ndarray, float, np.ndarray, np.ndarray]:
    """Quasi-Poisson regression with log link by iteratively reweighted least squares."""
    n, k = x.shape
    if k == 1:  # also where nothing happened: an event never seen is rare, not impossible
        rate = max(weight @ y, 0.5) / (weight @ np.exp(offset))
        beta = np.array([np.log(rate)])
    else:
        beta = np.linalg.lstsq(x, np.log(y + 0.5) - offset, rcond=None)[0]
        for _ in range(25):
            mean = np.exp(np.clip(x @ beta + offset, -30, 30))
            working = x @ beta + (y - mean) / mean
            scaled = x * (weight * mean)[:, None]
            step = np.linalg.lstsq(scaled.T @ x, scaled.T @ working, rcond=None)[0] - beta
            beta = beta + step
            if np.abs(step).max() < 1e-8:
                break
    mean = np.exp(np.clip(x @ beta + offset, -30, 30))
    scaled = x * (weight * mean)[:, None]
    inverse = np.linalg.pinv(scaled.T @ x)
    dispersion = (weight * (y - mean) ** 2 / mean).sum() / (n - k)
    dispersion = max(dispersion, 1.0) if whole else max(dispersion, 1e-12)
    leverage = ((scaled @ inverse) * x).sum(axis=1)
    return mean, dispersion * inverse, dispersion, leverage, beta
