"""The places with the most incidents of late, as squares of the area's grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd

from analytics.hotspots.grid.cells import Grid, locate_centres, outline_cells, read_cell_name
from analytics.overview.attention import Ring
from analytics.overview.rising_places import join_rings
from analytics.store.engine import Engine, incidents


@dataclass(frozen=True)
class PlaceParameters:
    """Squares of `cell` metres; the last `days` days against the same number of days before."""

    cell: int = 250
    days: int = 28
    limit: int = 8


@dataclass(frozen=True)
class WorstPlaces:
    """`table`: cell (its name on the square grid of `cell` metres), place, category, count, before; the
    period's first and last day."""

    table: pd.DataFrame
    first_day: date
    last_day: date
    cell: int

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def outline(self, epsg: int) -> list[Ring]:
        """Each place on the map, in the order of the table; `epsg` is the working area's projected CRS."""
        if self.table.empty:
            return []
        grid = Grid("square", self.cell)
        i, j = np.array([read_cell_name(cell) for cell in self.table.cell]).T
        lon, lat = locate_centres(epsg, grid, i, j)
        return [
            Ring(float(x), float(y), join_rings(outline[None]))
            for x, y, outline in zip(lon, lat, outline_cells(epsg, grid, i, j), strict=True)
        ]


def find_worst_places(
    engine: Engine, area_id: int, parameters: PlaceParameters | None = None
) -> WorstPlaces | None:
    """The squares with the most incidents, each named by its commonest recorded place and category.

    A plain count: it says where the most was recorded, not that it is more than chance (the Hotspots page
    tests that). `before` is the count of the same square in the period before. None where no place is
    recorded."""
    parameters = parameters or PlaceParameters()
    rows = incidents().filter(incidents().area_id == area_id, incidents().x.notnull())
    last = engine.run(rows.aggregate(last=rows.local_date.max())).to_pylist()[0]["last"]
    if last is None:
        return None
    first = last - timedelta(days=parameters.days - 1)
    before = first - timedelta(days=parameters.days)
    rows = rows.filter(rows.local_date >= before)
    is_recent = rows.local_date >= ibis.literal(first)
    rows = rows.mutate(
        recent=is_recent,
        column=(rows.x / parameters.cell).floor(),
        row=(rows.y / parameters.cell).floor(),
    )
    cells = rows.group_by("column", "row").aggregate(count=ibis._.recent.sum(), before=(~ibis._.recent).sum())
    worst = cells.order_by(ibis.desc("count"), "column", "row").limit(parameters.limit)
    for value, among in (("place", rows), ("category", rows.filter(rows.recent))):
        commonest = _find_commonest(among, value)
        joined = worst.left_join(commonest, ["column", "row"])
        worst = joined.select(*worst.columns, value)
    table = engine.run(worst.order_by(ibis.desc("count"), "column", "row")).to_pandas()
    table["place"] = table.place.fillna("no place name recorded")
    table["cell"] = [f"x{column:.0f}y{row:.0f}" for column, row in zip(table.column, table.row, strict=True)]
    table = table[["cell", "place", "category", "count", "before"]].query("count > 0")
    return WorstPlaces(table, first, last, parameters.cell)


def _find_commonest(rows: ibis.Table, value: str) -> ibis.Table:
    """column, row and the value that most rows of the square have; of several the first of the alphabet. Not
    Ibis's mode: Spark has none there, and which of several it gives is left open."""
    counted = rows.filter(rows[value].notnull()).group_by("column", "row", value).aggregate(n=ibis._.count())
    by_number = ibis.window(group_by=["column", "row"], order_by=[ibis.desc("n"), value])
    ranked = counted.mutate(rank=ibis.row_number().over(by_number))
    return ranked.filter(ranked["rank"] == 0).select("column", "row", value)
