"""When a forecast is made and tested: the windows of a history, by days or by calendar months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.hotspots.forecast.catalogue import (
    MAXIMUM_FITTED,
    BacktestParameters,
)
from analytics.hotspots.forecast.history import Horizon, Incidents
from analytics.hotspots.refusal import TooFewData
from analytics.shared.month_dates import is_month_dated, next_month
from analytics.shared.wording import counted

MAXIMUM_EARLIER = 156  # windows before the test
EARLIEST = 0.4  # share of the history before the test that no window is taken from
FEWEST_INCIDENTS, FEWEST_EARLIER = 30, 3
MINIMUM_MONTH = 28  # days: a horizon that dates known to the month can serve


def schedule(
    points: pd.DataFrame, incidents: Incidents, parameters: BacktestParameters, *, tested: bool = True
) -> tuple[list[int], int, int]:
    """Origins, ascending; the rank of the first that is scored (those before only fit), of the first test.
    Without `tested`, the only test is the one from `test_from`, whose end may lie ahead. Raises
    TooFewData."""
    if parameters.horizon < MINIMUM_MONTH and is_month_dated(points).any():
        raise TooFewData("These data give months only: forecast a month or more, or import days.")
    test, ahead, horizon = _day(parameters.test_from), parameters.ahead, parameters.horizon
    before = int((incidents.day < test).sum())
    if before < FEWEST_INCIDENTS:
        raise TooFewData(
            f"Only {counted(before, 'incident')} before {parameters.test_from}; a forecast needs "
            f"{FEWEST_INCIDENTS}. Take a longer history or more categories."
        )
    end = _day(parameters.test_to) if parameters.test_to else int(incidents.day[-1])
    if parameters.months:  # an incident known to the month is dated to its first day
        end = Horizon(0, 1).step(end) - 1
    tests = _count_periods(ahead, test, end) if tested else 1
    if tests < 1:
        raise TooFewData(
            f"No whole {describe_horizon(parameters)} lies between {parameters.test_from} and the end of the "
            "data: test from an earlier day or a shorter horizon."
        )
    history = test - int(incidents.day[0])
    earlier = min(MAXIMUM_EARLIER, int(history * (1 - EARLIEST)) // horizon)
    if earlier < FEWEST_EARLIER:
        raise TooFewData(
            f"{history} days of history are too few to fit and choose a forecast of a "
            f"{describe_horizon(parameters)}: take a shorter horizon or test from a later day."
        )
    origins = [ahead.step(test, k) for k in range(-earlier, tests)]
    return origins, min(MAXIMUM_FITTED, max(1, earlier // 3)), earlier


def follow_calendar(points: pd.DataFrame, parameters: BacktestParameters) -> BacktestParameters:
    """The parameters with calendar months as windows, from the first of a month on or after `test_from`,
    where dates are known to the month: 30 days would hold two of their first days, and then none."""
    if parameters.months or parameters.horizon < MINIMUM_MONTH or not is_month_dated(points).any():
        return parameters
    test = parameters.test_from
    if test.day > 1:
        test = next_month(test)
    return replace(parameters, months=max(1, round(parameters.horizon / 30.4)), test_from=test)


def describe_horizon(parameters: BacktestParameters) -> str:
    """'period of 7 days', 'calendar month', 'period of 3 calendar months'."""
    if parameters.months == 1:
        return "calendar month"
    length = f"{parameters.months} calendar months" if parameters.months else f"{parameters.horizon} days"
    return f"period of {length}"


def _count_periods(ahead: Horizon, first: int, last: int) -> int:
    """How many whole periods lie from the day `first` to `last`."""
    if not ahead.months:
        return (last - first + 1) // ahead.days
    count = 0
    while ahead.step(first, count + 1) <= last + 1:
        count += 1
    return count


def _day(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))
