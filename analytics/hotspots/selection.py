"""Which incidents an analysis speaks of: area, period, categories, hours, weekdays, a custom area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import ibis

from analytics.hotspots.grid.point_in_polygon import filter_within
from analytics.shared.month_dates import has_day
from analytics.store.engine import incidents

COMPARED_WITH = ("the period before", "the same dates a year earlier")


@dataclass(frozen=True)
class Selection:
    """A filter over incidents. Dates are local and inclusive; empty tuples mean all.

    `hours` (0-23) and `weekdays` (ISO 1-7) select only incidents whose hour or weekday is known. `within` is
    the WKB of a polygon on the working area's projected CRS; empty means the whole working area.
    """

    area_id: int
    first: date
    last: date
    categories: tuple[str, ...] = ()
    hours: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    within: bytes = b""
    compared_with: str = COMPARED_WITH[0]

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def earlier(self) -> Selection:
        """The same filter over the dates compared with: as many days just before, or a year earlier."""
        if self.compared_with == COMPARED_WITH[1]:
            return replace(self, first=_year_earlier(self.first), last=_year_earlier(self.last))
        length = timedelta(days=self.days)
        return replace(self, first=self.first - length, last=self.last - length)


def _in_period(selection: Selection) -> ibis.Value:
    """The condition that an incident lies in the selection's period."""
    return incidents().local_date.between(selection.first, selection.last)


def select_incidents(selection: Selection, *, any_period: bool = False, dated: bool = False) -> ibis.Table:
    """The incidents of a selection, as an expression; with `any_period` its dates are ignored, with `dated`
    those known to the month only are left out."""
    table = incidents()
    conditions = [table.area_id == selection.area_id]
    if not any_period:
        conditions.append(_in_period(selection))
    if selection.categories:
        conditions.append(table.category.isin(selection.categories))
    if selection.hours:
        conditions.append(table.local_hour.isin(selection.hours))
    if selection.weekdays:
        conditions.append(table.local_weekday.isin(selection.weekdays))
    rows = table.filter(conditions)
    if dated:
        rows = rows.filter(has_day(rows))
    return filter_within(rows, selection.within) if selection.within else rows


def _year_earlier(day: date) -> date:
    """29 February becomes 28 February."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
