"""Monthly counts expected of each problem, with intervals, and how such forecasts have done.

The mean and its uncertainty are those that early warning learns from (`analytics.warnings`): the flexible
Farrington regression where there are two years and more, else the level of the last year. The interval is of
a negative binomial with the fitted dispersion and the uncertainty of the mean. It is tested on the area's own
past (`backtest_months`) and scored by the next assessment, each time beside a naive forecast: the same month
a year before, else the last month, as far off as it has been. Interval score: Gneiting and Raftery (2007),
J. American Statistical Association 102(477), 6.2."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.shared.month_dates import next_month
from analytics.shared.predictive import predictive
from analytics.shared.wording import counted
from analytics.strategic.months import MonthlyCounts
from analytics.warnings.expectation import Model, choose_model, expect_latest
from analytics.warnings.farrington import FarringtonParameters, TooShortHistory

Floats = npt.NDArray[np.float64]

LEVEL = 0.9  # share of the months that an interval is to cover
HORIZON = 6  # months ahead: the period of a control strategy
TESTED = 12  # past months that forecasts are tested from
_MINIMUM = 6  # months that a level is learned from
_YEAR = 12
_TWO_YEARS = FarringtonParameters(years=2, half_window=0, seasons=5, left_out=0, monthly=True)
COLUMNS = ("category", "month", "ahead", "expected", "low", "high", "naive", "naive_low", "naive_high")


@dataclass(frozen=True)
class ForecastScore:
    """How intervals did on `months` (a problem in a month each): the share they covered, and the mean
    interval score, lower is better; both beside those of the naive forecast."""

    months: int
    covered: float
    score: float
    naive_covered: float
    naive_score: float

    def describe(self) -> str:
        """The score in a sentence."""
        if not self.months:
            return "No forecast could be scored yet."
        better = "better" if self.score < self.naive_score else "no better"
        return (
            f"{self.covered:.0%} of {self.months:,} problem-months fell into their {LEVEL:.0%} intervals "
            f"(naive forecast {self.naive_covered:.0%}); the interval score was {self.score:,.1f} against "
            f"{self.naive_score:,.1f}, lower is better: {better} than naive."
        )


@dataclass(frozen=True)
class MonthlyForecasts:
    """`table`: a row a problem and month ahead (see `COLUMNS`). `basis`: what it was learned from. `tested`:
    how such forecasts did on the past; `tested_alike`: whether they were learned in the same way. `refused`:
    why there is no table."""

    table: pd.DataFrame
    basis: str = ""
    tested: ForecastScore = ForecastScore(0, 0.0, 0.0, 0.0, 0.0)
    tested_alike: bool = True
    refused: str = ""

    def describe_test(self) -> str:
        """How such forecasts did on the past, in words."""
        if not self.tested.months:
            return "Not tested: the data are too short to forecast a month that is already known."
        apart = (
            ""
            if self.tested_alike
            else " Those tested knew fewer months and had no season: the present ones could not be tested."
        )
        return f"Tested on the past: {self.tested.describe()}{apart}"


def forecast_months(history: MonthlyCounts | None, horizon: int = HORIZON) -> MonthlyForecasts:
    """What each category should hold in each of the next `horizon` months, if what the past shows goes on."""
    empty = pd.DataFrame(columns=list(COLUMNS))
    if history is None:
        return MonthlyForecasts(empty, refused="There is no whole month of incidents.")
    try:
        table, model = _forecast(history.categories, history.counts, history.months, horizon)
    except TooShortHistory as error:
        return MonthlyForecasts(empty, refused=str(error))
    tested = backtest_months(history, horizon)
    alike = tested[tested.seasonal == (model.parameters is not None)]
    chosen = alike if len(alike) else tested
    return MonthlyForecasts(table, _describe(model), score_forecasts(chosen), len(alike) > 0)


def backtest_months(history: MonthlyCounts, horizon: int = HORIZON) -> pd.DataFrame:
    """Forecasts made at the end of each of the last `TESTED` months that leave a month to compare with, each
    from what was known then: the columns of a forecast, observed, and whether it was `seasonal`."""
    judged = []
    for end in range(max(1, len(history.months) - TESTED), len(history.months)):
        ahead = min(horizon, len(history.months) - end)
        try:
            table, model = _forecast(history.categories, history.counts[:, :end], history.months[:end], ahead)
        except TooShortHistory:
            continue
        observed = history.counts[:, end : end + ahead].reshape(-1)
        judged.append(table.assign(observed=observed, seasonal=model.parameters is not None))
    if not judged:
        return pd.DataFrame(columns=[*COLUMNS, "observed", "seasonal"])
    return pd.concat(judged, ignore_index=True)


def score_forecasts(table: pd.DataFrame) -> ForecastScore:
    """The score of forecasts (see `COLUMNS`) beside what was `observed`."""
    if table.empty:
        return ForecastScore(0, 0.0, 0.0, 0.0, 0.0)
    numbers = table.drop(columns=["category", "month", "seasonal"], errors="ignore").astype(float)
    inside = numbers.observed.between(numbers.low, numbers.high)
    naive_inside = numbers.observed.between(numbers.naive_low, numbers.naive_high)
    return ForecastScore(
        len(numbers),
        float(inside.mean()),
        float(interval_score(numbers.observed, numbers.low, numbers.high).mean()),
        float(naive_inside.mean()),
        float(interval_score(numbers.observed, numbers.naive_low, numbers.naive_high).mean()),
    )


def interval_score(observed: pd.Series, low: pd.Series, high: pd.Series, level: float = LEVEL) -> pd.Series:
    """The width of each interval, and 2 / (1 - level) for every incident that lies beyond it."""
    beyond = (low - observed).clip(lower=0) + (observed - high).clip(lower=0)
    return high - low + 2 / (1 - level) * beyond


def _forecast(
    categories: tuple[str, ...], counts: Floats, months: tuple[date, ...], horizon: int
) -> tuple[pd.DataFrame, Model]:
    """A row a category and month ahead. Raises TooShortHistory."""
    model = _choose(months)
    naive, naive_variance = _forecast_naively(counts, horizon)
    parts = []
    for ahead in range(1, horizon + 1):
        mean, variance = _expect(counts, months, model, ahead)
        low, high = predictive(mean, variance).interval(LEVEL)
        naive_low, naive_high = predictive(naive[:, ahead - 1], naive_variance).interval(LEVEL)
        parts.append(
            pd.DataFrame(
                {
                    "category": categories,
                    "month": next_month(months[-1], ahead),
                    "ahead": ahead,
                    "expected": mean,
                    "low": low,
                    "high": high,
                    "naive": naive[:, ahead - 1],
                    "naive_low": naive_low,
                    "naive_high": naive_high,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    order = table.sort_values(["category", "ahead"], kind="stable").index
    return table.loc[order, list(COLUMNS)].reset_index(drop=True), model


def _choose(months: tuple[date, ...]) -> Model:
    """The model of the first month ahead, which serves all of them; nothing lately is left out, because a
    forecast is to go on from what there is. Raises TooShortHistory."""
    try:
        model = choose_model(_starts(months, 1), monthly=True)
    except TooShortHistory:
        model = None
    if model is not None and model.parameters is not None:
        return model
    if len(months) >= 2 * _YEAR:  # two years just over: each month of the year is a season of its own
        return Model(_TWO_YEARS, 0, len(months), monthly=True)
    if len(months) < _MINIMUM:
        raise TooShortHistory(
            f"A forecast needs {_MINIMUM} whole months of data; there {_are(len(months))} {len(months)}."
        )
    return Model(None, 0, min(_YEAR, len(months)), monthly=True)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _expect(counts: Floats, months: tuple[date, ...], model: Model, ahead: int) -> tuple[Floats, Floats]:
    """Mean and variance of what each category holds in the month `ahead`, whose count is not known."""
    padded = np.column_stack([counts, np.zeros((len(counts), ahead))])
    parameters = model.parameters and replace(model.parameters, left_out=ahead - 1)
    asked = replace(model, parameters=parameters, left_out=ahead)
    found = expect_latest(padded, _starts(months, ahead), asked, 1)
    mean = np.maximum(found.expected[:, 0], 1e-6)
    return mean, np.maximum(found.dispersion * mean + found.variance[:, 0], mean)


def _forecast_naively(counts: Floats, horizon: int) -> tuple[Floats, Floats]:
    """The same month a year before where there are two years to learn from how far that is off, else the
    last month; with the mean square of the errors it has made, at least the mean."""
    lag = _YEAR if counts.shape[1] >= 2 * _YEAR else 1
    ahead = np.arange(horizon)
    at = counts.shape[1] - lag + (ahead % _YEAR if lag == _YEAR else np.zeros(horizon, dtype=int))
    naive = np.maximum(counts[:, at], 0.5)
    errors = counts[:, lag:] - counts[:, :-lag]
    square = (errors**2).mean(axis=1) if errors.shape[1] else counts.mean(axis=1)
    return naive, np.maximum(square, naive.max(axis=1))


def _starts(months: tuple[date, ...], ahead: int) -> npt.NDArray[np.datetime64]:
    every = [*months, *(next_month(months[-1], step) for step in range(1, ahead + 1))]
    return np.array(every, dtype="datetime64[D]")


def _describe(model: Model) -> str:
    if model.parameters is None:
        return (
            f"Expected from the level of the last {counted(model.learned, 'month')}. Season and trend are "
            "not allowed for: that needs more than two years of data."
        )
    trend = "season and trend" if model.parameters.years >= 3 else "season"
    return f"Expected from {trend} over {counted(model.parameters.years, 'year')}."
