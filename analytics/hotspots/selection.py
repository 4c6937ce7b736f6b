"""Which incidents an analysis speaks of: area, period, categories, hours and weekdays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import ibis

from analytics.engine import incidents


@dataclass(frozen=True)
class Selection:
    """A filter over incidents. Dates are local and inclusive; empty tuples mean all.

    `hours` (0-23) and `weekdays` (ISO 1-7) keep only incidents whose hour or weekday is known.
    """

    area_id: int
    first: date
    last: date
    categories: tuple[str, ...] = ()
    hours: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Selection:
        """The same filter over the period of the same length just before."""
        length = timedelta(days=self.days)
        return replace(self, first=self.first - length, last=self.last - length)


def in_period(selection: Selection) -> ibis.Value:
    """The condition that an incident lies in the selection's period."""
    return incidents().local_date.between(selection.first, selection.last)


def select(selection: Selection, *, any_period: bool = False) -> ibis.Table:
    """The incidents of a selection, as an expression; with `any_period` its dates are ignored."""
    table = incidents()
    conditions = [table.area_id == selection.area_id]
    if not any_period:
        conditions.append(in_period(selection))
    if selection.categories:
        conditions.append(table.category.isin(selection.categories))
    if selection.hours:
        conditions.append(table.local_hour.isin(selection.hours))
    if selection.weekdays:
        conditions.append(table.local_weekday.isin(selection.weekdays))
    return table.filter(conditions)
