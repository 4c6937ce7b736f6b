"""When: counts by hour and weekday, and over time."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd

from analytics.shared.month_dates import has_day
from analytics.shared.week_clock import WeekClock
from analytics.store.engine import Engine


def count_week(engine: Engine, rows: ibis.Table) -> WeekClock:
    """Incidents by weekday and hour, local time. Those whose possible interval exceeds an hour are not
    guessed at: they are counted as unknown (aoristic analysis would spread them)."""
    frame = engine.run(rows.group_by("local_weekday", "local_hour").aggregate(n=rows.count())).to_pandas()
    known = frame.dropna()
    counts = np.zeros((7, 24), dtype=np.int64)
    counts[known.local_weekday.astype(int) - 1, known.local_hour.astype(int)] = known.n
    return WeekClock(counts, int(frame.n.sum() - known.n.sum()))


def choose_trend_unit(days: int, *, monthly: bool) -> str:
    """'month' for monthly or long data, else 'week' or 'day', so that a chart has 20 to 150 points."""
    if monthly or days > 3 * 366:
        return "month"
    return "week" if days > 120 else "day"


def count_trend(engine: Engine, rows: ibis.Table, unit: str) -> pd.DataFrame:
    """Incidents per day, week (from Monday) or month, from the first to the last of `rows`:
    start (date), count. A period without incidents is a zero, not a gap. In days and weeks those known to
    the month only are left out: all of them would stand on its first."""
    if unit != "month":
        rows = rows.filter(has_day(rows))
    start = rows.local_date.truncate({"day": "D", "week": "W", "month": "M"}[unit])
    frame = engine.run(rows.group_by(start=start).aggregate(count=rows.count()).order_by("start")).to_pandas()
    if frame.empty:
        return frame
    frequency = {"day": "D", "week": "W-MON", "month": "MS"}[unit]
    frame["start"] = pd.to_datetime(frame.start)
    every = pd.date_range(frame.start.iloc[0], frame.start.iloc[-1], freq=frequency)
    return frame.set_index("start").reindex(every, fill_value=0).rename_axis("start").reset_index()
