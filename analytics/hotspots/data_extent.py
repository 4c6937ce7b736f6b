"""What there is to filter: an area's dates, categories and whether its times are finer than a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import ibis

from analytics.shared.month_dates import gives_months
from analytics.store.engine import Engine, incidents


@dataclass(frozen=True)
class DataExtent:
    """First and last local date, categories by frequency, incidents stored, located and known to the month
    only."""

    first: date
    last: date
    categories: tuple[str, ...]
    incidents: int
    located: int
    known_to_the_month: int

    @property
    def monthly(self) -> bool:
        """Whether the data give months, so that hours, weekdays and near repeats cannot be asked of them."""
        return gives_months(self.known_to_the_month, self.incidents)


def read_extent(engine: Engine, area_id: int) -> DataExtent:
    """The extent of a working area's incidents. Raises KeyError for an area without any."""
    summary, categories = _summary(area_id)
    covered = engine.run(summary).to_pylist()[0]
    if covered["first"] is None:
        raise KeyError(f"Area {area_id} has no incidents.")
    return DataExtent(categories=tuple(engine.run(categories)["category"].to_pylist()), **covered)


@lru_cache(maxsize=64)
def _summary(area_id: int) -> tuple[ibis.Table, ibis.Table]:
    """The area's dates and numbers, and its categories: built once, as a page asks at every click."""
    table = incidents()
    rows = table.filter(table.area_id == area_id)
    summary = rows.aggregate(
        first=rows.local_date.min(),
        last=rows.local_date.max(),
        incidents=rows.count(),
        located=rows.x.count(),
        known_to_the_month=(rows.time_precision == "month").sum().coalesce(0),
    )
    counted = rows.group_by("category").aggregate(n=rows.count())
    return summary, counted.order_by(ibis.desc("n"), "category")
