"""What there is to filter: an area's dates, categories and whether its times are finer than a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis

from analytics.store.engine import Engine, incidents


@dataclass(frozen=True)
class DataExtent:
    """First and last local date, categories by frequency, incidents stored and located, monthly data or not."""

    first: date
    last: date
    categories: tuple[str, ...]
    incidents: int
    located: int
    monthly: bool


def read_extent(engine: Engine, area_id: int) -> DataExtent:
    """The extent of a working area's incidents. Raises KeyError for an area without any."""
    table = incidents()
    rows = table.filter(table.area_id == area_id)
    summary = engine.run(
        rows.aggregate(
            first=rows.local_date.min(),
            last=rows.local_date.max(),
            incidents=rows.count(),
            located=rows.x.count(),
            monthly=(rows.time_precision == "month").any(),
        )
    ).to_pylist()[0]
    if summary["first"] is None:
        raise KeyError(f"Area {area_id} has no incidents.")
    counted = rows.group_by("category").aggregate(n=rows.count()).order_by(ibis.desc("n"), "category")
    return DataExtent(categories=tuple(engine.run(counted)["category"].to_pylist()), **summary)
