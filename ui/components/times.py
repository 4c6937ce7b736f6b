"""The times component: counts by hour and weekday, or over a period, as small charts that can be dragged
over. Its browser side is `frontend/src/times.ts`. A page with no other chart need not load Plotly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.figures.theme import theme
from analytics.shared.week_clock import WEEKDAYS, WeekClock
from analytics.shared.wording import write_day, write_month
from ui.components.browser_side import declare_component

Span = tuple[int, int]  # the first and the last of what was dragged over
_component = declare_component("times")
_MANY_MONTHS = 36  # above, an axis names years alone


def show_clock(
    clock: WeekClock,
    *,
    key: str,
    label: str,
    dark: bool,
    what: str = "incidents",
    height: int = 140,
    on_brush: Callable[[Span, Span], None] | None = None,
) -> None:
    """`what` (incidents or harm) by hour and weekday, local time. `on_brush` is given the hours and the
    weekdays (0 is Monday) that are dragged over, and runs before the page. `label` is for who cannot see
    it."""
    chart = {
        "kind": "clock",
        "counts": np.nan_to_num(clock.counts.astype(float)).tolist(),
        "days": list(WEEKDAYS),
        "ramp": list(theme(dark=dark).ramp),
    }
    _show(chart, key, label, what, height, on_brush)


def show_trend(
    starts: pd.Series,
    counts: pd.Series,
    unit: str,
    *,
    key: str,
    label: str,
    what: str = "incidents",
    height: int = 130,
    shaded: tuple[date, date] | None = None,
    on_brush: Callable[[Span], None] | None = None,
) -> None:
    """`what` in each `unit` (day, week, month), which begin at `starts`, with the days from `shaded` to the
    other shaded. `on_brush` is given the bars dragged over, and runs before the page."""
    days = [moment.date() for moment in starts]
    chart = {
        "kind": "bars",
        "starts": [
            {"name": write_day(day), "tick": tick}
            for day, tick in zip(days, write_ticks(days, unit), strict=True)
        ],
        "counts": counts.tolist(),
        "shade": shaded and [find_place(days, shaded[0]), find_place(days, shaded[1] + timedelta(days=1))],
    }
    take = None if on_brush is None else lambda bars, _: on_brush(bars)
    _show(chart, key, label, what, height, take)


def _show(
    chart: dict[str, Any],
    key: str,
    label: str,
    what: str,
    height: int,
    on_brush: Callable[[Span, Span], None] | None,
) -> None:
    def brushed() -> None:
        span = st.session_state[key].brushed
        if on_brush is not None and span:
            columns, rows = span["columns"], span["rows"]
            on_brush((int(columns[0]), int(columns[1])), (int(rows[0]), int(rows[1])))

    data = chart | {"label": label, "what": what, "height": height, "brushed": on_brush is not None}
    _component(key=key, data=data, height="content", on_brushed_change=brushed)


def write_ticks(days: Sequence[date], unit: str) -> list[str]:
    """What an axis says below each bar: where a year, a month or, of days, a week begins; the browser leaves
    out what has no room."""
    months = [(day.year, day.month) for day in days]
    if unit == "day":
        return [f"{day.day} {write_month(day).split()[0]}" if day.weekday() == 0 else "" for day in days]
    if len(set(months)) > _MANY_MONTHS:
        return [str(day.year) if not k or day.year != days[k - 1].year else "" for k, day in enumerate(days)]
    return [
        ""
        if k and months[k] == months[k - 1]
        else write_month(day)
        if not k or day.month == 1
        else write_month(day).split()[0]
        for k, day in enumerate(days)
    ]


def find_place(days: Sequence[date], day: date) -> float:
    """Where a day lies, in bars from the left edge."""
    ends = [*days[1:], days[-1] + (days[-1] - days[-2] if len(days) > 1 else timedelta(days=7))]
    for k, (first, end) in enumerate(zip(days, ends, strict=True)):
        if day < end:
            return k + max(0.0, (day - first) / (end - first))
    return float(len(days))
