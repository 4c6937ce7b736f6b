"""Incidents a whole calendar month and category: what trends and forecasts of the strategic picture count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from analytics.shared.month_dates import end_of_months, gives_months, next_month
from analytics.store import Store


@dataclass(frozen=True)
class MonthlyCounts:
    """`counts`: one row a category, shape (categories, months); `months`: the first day of each, without a
    gap. Categories are in the order of the alphabet."""

    categories: tuple[str, ...]
    counts: npt.NDArray[np.float64]
    months: tuple[date, ...]

    @property
    def last_day(self) -> date:
        """The last day of the latest month."""
        return next_month(self.months[-1]) - timedelta(days=1)

    def read(self, category: str, month: date) -> float | None:
        """The count of a category in a month; None for a month that is not covered. A category that is not
        among them was recorded nowhere: 0."""
        if month not in self.months:
            return None
        if category not in self.categories:
            return 0.0
        return float(self.counts[self.categories.index(category), self.months.index(month)])


def read_months(store: Store, area_id: int) -> MonthlyCounts | None:
    """The incidents of a working area in the whole months that its data cover, from the last month without
    any incident on. None without a whole month.

    The first and the last month count where the data reach its first and its last day; of data that give
    months, unless days are said and the last one is before its end."""
    rows = store.query(
        "SELECT category, date_trunc('month', local_date) AS month, count(*) AS n,"
        " count(*) FILTER (time_precision = 'month') AS monthly, min(local_date) AS first,"
        " max(local_date) AS last, min(local_date) FILTER (time_precision IS DISTINCT FROM 'month')"
        " AS first_dated, max(local_date) FILTER (time_precision IS DISTINCT FROM 'month') AS last_dated"
        " FROM incident"
        " WHERE area_id = ? AND local_date IS NOT NULL AND category IS NOT NULL GROUP BY ALL ORDER BY ALL",
        [area_id],
    ).to_pandas()
    if rows.empty:
        return None
    dated = rows.dropna(subset=["last_dated"])
    if gives_months(int(rows.monthly.sum()), int(rows.n.sum())):
        last_dated = None if dated.empty else _as_day(dated.last_dated.max())
        first = _as_day(rows["first"].min()).replace(day=1)
        last = end_of_months(_as_day(rows["last"].max()), last_dated)
    else:
        first, last = _as_day(dated.first_dated.min()), _as_day(dated.last_dated.max())
    begin = first if first.day == 1 else next_month(first)
    end = next_month(last) if (last + timedelta(days=1)).day == 1 else last.replace(day=1)
    recorded = {_as_day(month) for month in rows.month}
    months: list[date] = []
    month = begin
    while month < end:
        months = [*months, month] if month in recorded else []
        month = next_month(month)
    if not months:
        return None
    at = {month: position for position, month in enumerate(months)}
    inside = rows[[_as_day(month) in at for month in rows.month]]
    categories = tuple(sorted(set(inside.category)))
    counts = np.zeros((len(categories), len(months)))
    for row in inside.itertuples():
        counts[categories.index(row.category), at[_as_day(row.month)]] = row.n
    return MonthlyCounts(categories, counts, tuple(months))


def _as_day(moment: object) -> date:
    return np.datetime64(moment, "D").astype(date)  # type: ignore[call-overload, no-any-return]
