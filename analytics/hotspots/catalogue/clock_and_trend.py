"""When: the clock with uncertain hours spread, and the trend against what was expected."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.incident_points import check_month_dated, count_alike
from analytics.hotspots.methods.aoristic import AoristicClock, AoristicParameters, aoristic_clock
from analytics.hotspots.methods.time_of_week import choose_trend_unit
from analytics.hotspots.methods.trend import TrendParameters, compare_with_expected, count_periods
from analytics.hotspots.refusal import TooFewData
from analytics.shared.method_result import Curve, Result
from analytics.shared.month_dates import is_month_dated, say_left_out
from analytics.shared.progress import Progress
from analytics.shared.week_clock import WEEKDAYS
from analytics.shared.wording import write_day

_UNITS = ("automatic", "day", "week", "month")


def spread_clock(workspace: Workspace, request: Request, progress: Progress) -> Result:
    if workspace.extent.monthly:
        raise TooFewData("These data give months only: no hour or weekday is known.")
    columns = ("occurred_from", "occurred_to", "time_precision")
    moments, weights = count_alike(workspace.engine, request.selection, columns, request.harm)
    by_month = is_month_dated(moments)
    dates_only = bool((by_month | (moments.time_precision == "day")).all())
    spread = aoristic_clock(
        moments.occurred_from.to_numpy(),
        moments.occurred_to.to_numpy(),
        workspace.time_zone,
        AoristicParameters(
            no_end="unknown" if request.option["no_end"] == "unknown" else "start",
            too_long="unknown" if request.option["too_long"] == "unknown" else "evenly",
        ),
        weights=weights,
        time_precision=moments.time_precision.to_numpy(),
    )
    table = pd.DataFrame(
        {
            "weekday": np.repeat(WEEKDAYS, 24),
            "hour": np.tile([f"{hour:02d}" for hour in range(24)], 7),
            "value": spread.weights.ravel(),
        }
    )
    says = (
        (*_describe_days(spread, request.unit), *say_left_out(int(moments.incidents[by_month].sum())))
        if dates_only
        else _describe_hours(spread, request.unit)
    )
    return Result(
        "clock",
        table,
        says,
        request.describe() | {"time_zone": workspace.time_zone},
        titles={"hour": "Hour from (local)", "value": f"{request.unit.capitalize()}, uncertain hours spread"},
    )


def _describe_hours(spread: AoristicClock, unit: str) -> tuple[str, ...]:
    weekday, hour = np.unravel_index(int(spread.weights.argmax()), (7, 24))
    return (
        f"The fullest hour is {WEEKDAYS[weekday]} {hour:02d}:00 with {spread.weights.max():,.1f} {unit}; "
        f"an average hour has {spread.weights.mean():,.1f}.",
        f"{spread.known_share:.0%} of them are known to the hour; {spread.spread:,.0f} are spread evenly "
        f"over the hours they could have happened in, {spread.unknown:,.0f} are on no hour.",
    )


def _describe_days(spread: AoristicClock, unit: str) -> tuple[str, ...]:
    """Of data that give days alone: what a weekday has, and no hour."""
    days = spread.weights.sum(axis=1)
    return (
        "These data give days only: no hour is known, and each is spread evenly over its day.",
        f"The fullest weekday is {WEEKDAYS[int(days.argmax())]} with {days.max():,.1f} {unit}; an average "
        f"weekday has {days.mean():,.1f}.",
    )


def find_exceptions(workspace: Workspace, request: Request, progress: Progress) -> Result:
    unit = str(request.option["unit"])
    if unit == "automatic":
        unit = choose_trend_unit(
            (workspace.extent.last - workspace.extent.first).days, monthly=workspace.extent.monthly
        )
    columns = ("local_date", "time_precision")
    days, weights = count_alike(workspace.engine, request.selection, columns, request.harm, any_period=True)
    left_out = 0
    if unit != "month":
        left_out, dated = check_month_dated(days), ~is_month_dated(days)
        days, weights = days[dated], weights[dated]
    counted = count_periods(
        pd.to_datetime(days.local_date).to_numpy(),
        workspace.extent.first,
        workspace.extent.last,
        unit,
        weights=weights,
    )
    country = str(request.option["holidays"]).strip().upper() or None
    table = compare_with_expected(counted, unit, TrendParameters(country=country))
    latest = table.iloc[-1]
    high, low = (table.exception == "more").sum(), (table.exception == "fewer").sum()
    tested = table.p.notna().sum()
    says = (
        f"Of {tested:,} {unit}s tested against their own past, {high} had more and {low} fewer than expected "
        "(false-discovery rate 5 %).",
        f"The latest whole {unit}, from {write_day(latest.start)}, had {latest['count']:,.0f}; "
        + (
            f"{latest.expected:,.0f} were expected, and 95 % of such {unit}s would have {latest.low:,.0f} to "
            f"{latest.high:,.0f}."
            if pd.notna(latest.expected)
            else "too little lies before it to say what was expected."
        ),
        "The season is part of what was expected once two years lie behind a point."
        if table.seasonal.any()
        else "The data cover less than two years: the season is not yet part of what was expected.",
        *say_left_out(left_out),
    )
    curve = Curve(
        table.assign(
            x=table.start.dt.strftime("%Y-%m-%d"), value=table["count"], marked=table.exception != ""
        ),
        f"{unit} from",
        f"{request.unit} a {unit}",
        "recorded",
        f"where 95 % of such {unit}s would lie",
    )
    return Result(
        "series",
        table,
        says,
        request.describe() | {"unit": unit, "dates": "all"},
        curves={"Trend": curve},
        titles={
            "start": f"{unit.capitalize()} from",
            "count": f"{request.unit.capitalize()} recorded",
            "expected": "Expected",
            "low": "95 % from",
            "high": "95 % to",
            "exception": "Than expected",
            "seasonal": "Season known",
        },
    )


METHODS = (
    Method(
        "clock",
        "Hours of the week",
        "When",
        "At which hours and weekdays does it happen, uncertain times spread?",
        "Spreading assumes that each hour of an offence's interval is equally likely. Long intervals (a "
        "fortnight's holiday) flatten the clock; do not read a single cell of it as a time.",
        spread_clock,
        (
            Option(
                "no_end",
                "No end, or before the start",
                "start",
                "Give it to the hour of its start, or to none.",
                choices=("start", "unknown"),
            ),
            Option(
                "too_long",
                "A week or longer",
                "evenly",
                "Spread over all 168 hours, or left out.",
                choices=("evenly", "unknown"),
            ),
        ),
    ),
    Method(
        "trend",
        "Trend and exceptions",
        "When",
        "Which days, weeks or months differ from what their own past predicts?",
        "An exception says that a period differs from its past, not why: a change of recording, a bank "
        "holiday not listed, late entry of the last days all look alike.",
        find_exceptions,
        (
            Option("unit", "Periods", "automatic", "Length of a period.", choices=_UNITS),
            Option(
                "holidays",
                "Public holidays of",
                "",
                "ISO code of the country, such as GB or US.",
                placeholder="none",
            ),
        ),
    ),
)
