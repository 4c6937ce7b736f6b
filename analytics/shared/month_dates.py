"""Rows whose date is known to the month only: whether data are of months, or a few rows of them are.

Such a row is dated to the first of its month. Counted by days or weeks it stands on the wrong one, so of data
that give days it is left out, and of data that give months the calendar month is the unit."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import pandas as pd

from analytics.shared.wording import counted

LARGEST_SHARE_LEFT_OUT = 0.05


def gives_months(monthly: int, rows: int) -> bool:
    """Whether so many of the rows are known to the month only that the data are to be read by months."""
    return monthly > LARGEST_SHARE_LEFT_OUT * rows


def is_month_dated(points: pd.DataFrame) -> pd.Series:
    """Of each row whether its date is known to the month only; `time_precision` may be missing."""
    if "time_precision" not in points:
        return pd.Series(False, index=points.index)
    return points.time_precision.eq("month").fillna(False).astype(bool)


def has_day(rows: ibis.Table) -> ibis.ir.BooleanColumn:
    """Of stored incidents, whether the day of each is known: those known to the month only stand on its
    first."""
    return rows.time_precision.fill_null("") != "month"


def leave_out_months(points: pd.DataFrame) -> pd.DataFrame:
    """The points without the few that are known to the month only; all of them where the data give months."""
    monthly = is_month_dated(points)
    return points if gives_months(int(monthly.sum()), len(points)) else points[~monthly]


def next_month(day: date, ahead: int = 1) -> date:
    """The first day of the month so many months after the month of a day."""
    at = day.year * 12 + day.month - 1 + ahead
    return date(at // 12, at % 12 + 1, 1)


def end_of_months(last: date, last_dated: date | None) -> date:
    """The last day of the last calendar month that data by month hold in full.

    `last`: their latest date; its month is whole where no row of it says its day, or one says the last;
    `last_dated`: the latest date that is a day, if any."""
    following = next_month(last)
    if last_dated and last_dated >= last.replace(day=1) and last_dated < following - timedelta(days=1):
        return last.replace(day=1) - timedelta(days=1)
    return following - timedelta(days=1)


def say_left_out(number: int) -> tuple[str, ...]:
    """('3 incidents, whose dates are known to the month only, are left out.',); none for none."""
    if not number:
        return ()
    several = "whose dates are" if number > 1 else "whose date is"
    verb = "are" if number > 1 else "is"
    return (f"{counted(number, 'incident')}, {several} known to the month only, {verb} left out.",)
