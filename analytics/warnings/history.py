"""Counts by week, or by month where dates are known to the month only, up to a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.shared.month_dates import end_of_months, gives_months, has_day
from analytics.store.engine import Engine, incidents
from analytics.warnings.recording import describe_one_day, mend_counts


@dataclass(frozen=True)
class CountHistory:
    """`counts`: one row a category, shape (categories, periods), as `mend_counts` leaves them, and the
    `notes` it writes; `filled`: rows whose season that hides, `continued`: rows that go on under another
    name; `starts`: the first day of each period, `last_day` the last of the latest. `daily`: category,
    day, n, as recorded. `monthly`: periods are calendar months, else weeks; `left_out`: how many
    incidents known to the month only are in none."""

    categories: tuple[str, ...]
    counts: npt.NDArray[np.float64]
    starts: npt.NDArray[np.datetime64]
    last_day: date
    monthly: bool
    notes: tuple[str, ...]
    filled: npt.NDArray[np.bool_]
    continued: npt.NDArray[np.bool_]
    daily: pd.DataFrame
    left_out: int = 0

    @property
    def unit(self) -> str:
        """What a period is called."""
        return "month" if self.monthly else "week"

    def describe_one_day(self, row: int, periods: int, expected: float) -> str:
        """That most of what the last `periods` of a category exceed the expectation by fell on one day; ''
        where it did not, and of months, whose days are not known."""
        if self.monthly:
            return ""
        daily = self.daily
        recent = daily[(daily.category == self.categories[row]) & (daily.day >= self.starts[-periods])]
        return describe_one_day(recent.set_index("day").n, float(self.counts[row, -periods:].sum()), expected)


def read_history(engine: Engine, area_id: int, as_of: date | None = None) -> CountHistory | None:
    """The incidents of a working area by category and whole period; the latest week ends at `as_of` (the last
    day of the data where not given), the latest month is the last one over by then. None without a whole
    period."""
    rows = incidents().filter(incidents().area_id == area_id)
    daily = (
        rows.group_by("category", "local_date")
        .aggregate(n=rows.count(), monthly=(rows.time_precision == "month").sum().coalesce(0))
        .order_by("category", "local_date")
    )
    frame = engine.run(daily).to_pandas().dropna(subset=["local_date"])
    if frame.empty:
        return None
    day = pd.to_datetime(frame.local_date).to_numpy().astype("datetime64[D]")
    in_months = int(frame.monthly.sum())
    monthly = gives_months(in_months, int(frame.n.sum()))
    if not monthly:
        frame = frame.assign(n=frame.n - frame.monthly)
        frame, day = frame[frame.n > 0], day[(frame.n > 0).to_numpy()]
    first, last = day.min().astype(date), day.max().astype(date)
    if monthly:
        dated = day[(frame.n > frame.monthly).to_numpy()]
        last = end_of_months(last, dated.max().astype(date) if len(dated) else None)
    last = min(as_of, last) if as_of else last
    edges = _month_edges(first, last) if monthly else _week_edges(first, last)
    if len(edges) < 2:
        return None
    at = np.searchsorted(edges, day, side="right") - 1
    inside = (at >= 0) & (at < len(edges) - 1)
    categories = tuple(sorted(frame.category[inside].unique()))
    row = pd.Categorical(frame.category[inside], categories=list(categories)).codes
    counts = np.zeros((len(categories), len(edges) - 1))
    np.add.at(counts, (row, at[inside]), frame.n.to_numpy()[inside])
    mended = mend_counts(counts, edges[:-1], categories, monthly)
    last_day = (edges[-1] - np.timedelta64(1, "D")).astype(date)
    daily = pd.DataFrame({"category": frame.category, "day": day, "n": frame.n})[inside]
    return CountHistory(
        categories,
        mended.counts,
        edges[:-1],
        last_day,
        monthly,
        mended.notes,
        mended.filled,
        mended.continued,
        daily,
        0 if monthly else in_months,
    )


def read_recent_points(engine: Engine, area_id: int, first: date, last: date, monthly: bool) -> pd.DataFrame:
    """Incidents with a place from `first` to `last`: category, local_date, place, x, y (metres on the area's
    CRS); not those known to the month only, where the data are not `monthly`."""
    rows = incidents()
    rows = rows.filter(
        rows.area_id == area_id,
        rows.x.notnull(),
        rows.local_date >= ibis.literal(first),
        rows.local_date <= ibis.literal(last),
    )
    if not monthly:
        rows = rows.filter(has_day(rows))
    chosen = rows.select("category", "local_date", "place", "x", "y")
    return engine.run(chosen.order_by("local_date", "category", "x", "y")).to_pandas()


def _week_edges(first: date, last: date) -> npt.NDArray[np.datetime64]:
    """Ascending first days of whole weeks that end at `last`, and the day after the last of them."""
    end = np.datetime64(last) + np.timedelta64(1, "D")
    weeks = int((end - np.datetime64(first)).astype(int)) // 7
    return np.asarray(end - 7 * np.arange(weeks, -1, -1))


def _month_edges(first: date, last: date) -> npt.NDArray[np.datetime64]:
    """First days of the months up to the last that is over on `last`, and of the one after it."""
    end = np.datetime64(last + timedelta(days=1), "M")  # the month of `last` itself only on its last day
    return np.arange(np.datetime64(first, "M"), end + 1).astype("datetime64[D]")
