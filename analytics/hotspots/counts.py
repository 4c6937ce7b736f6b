"""Incidents counted by cell: now, in the period before, and over everything held."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import shapely

from analytics.engine import Engine, incidents
from analytics.hotspots.grid import SIZES, Grid
from analytics.hotspots.selection import Selection, in_period, select

MOST_CELLS = 4_000


def study_cells(engine: Engine, area_id: int, grid: Grid) -> pd.DataFrame:
    """Every cell of the area that ever had an incident, whatever the filter: i, j, ever (count).

    This is the study area of the statistics: cells without any record in the whole data are left out, as
    water, fields and neighbouring forces' ground would be, and would otherwise make every town a hotspot.
    """
    rows = _located(area_id)
    i, j = grid.index(rows.x, rows.y)
    cells = rows.group_by(i=i, j=j).aggregate(ever=rows.count()).order_by("i", "j")
    return engine.run(cells).to_pandas()


def automatic_size(engine: Engine, area_id: int, kind: str, *, smallest: int = 250) -> int:
    """The smallest of SIZES, from `smallest` up, at which the study area has at most MOST_CELLS cells."""
    rows = _located(area_id)
    for size in (s for s in SIZES if s >= smallest):
        i, j = Grid(kind, size).index(rows.x, rows.y)
        cells = rows.select(i=i, j=j).distinct().count().as_table()
        if next(iter(engine.run(cells).to_pylist()[0].values())) <= MOST_CELLS:
            return size
    return SIZES[-1]


def cell_counts(engine: Engine, selection: Selection, grid: Grid) -> pd.DataFrame:
    """Cells with an incident now or in the period before: i, j, count, before."""
    before = selection.before()
    rows = select(selection, any_period=True)
    rows = rows.filter(rows.x.notnull(), rows.local_date.between(before.first, selection.last))
    i, j = grid.index(rows.x, rows.y)
    now = rows.local_date >= selection.first
    cells = (
        rows.mutate(i=i, j=j, now=now)
        .group_by("i", "j")
        .aggregate(count=ibis._.now.sum(), before=(~ibis._.now).sum())
    )
    return engine.run(cells.order_by("i", "j")).to_pandas()


def on_study_area(study: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """The study area's cells with their counts, zero where nothing fell: i, j, ever, count, before."""
    merged = study.merge(counts, on=["i", "j"], how="left")
    return merged.fillna({"count": 0, "before": 0}).astype({"count": "int64", "before": "int64"})


def boundary_counts(engine: Engine, selection: Selection, outlines: np.ndarray) -> np.ndarray:
    """Incidents within each outline (WGS 84 polygons), shape (len(outlines), 2): now and before.

    Each distinct coordinate is located once; a point on a shared border counts in the first outline.
    """
    before = selection.before()
    rows = select(selection, any_period=True)
    rows = rows.filter(rows.lon.notnull(), rows.local_date.between(before.first, selection.last))
    now = in_period(selection)
    points = engine.run(
        rows.group_by("lon", "lat").aggregate(count=now.sum(), before=(~now).sum())
    ).to_pandas()
    point, outline = shapely.STRtree(outlines).query(
        shapely.points(points.lon, points.lat), predicate="intersects"
    )
    frame = pd.DataFrame({"point": point, "outline": outline}).groupby("point").outline.min()
    counts = np.zeros((len(outlines), 2), dtype=np.int64)
    np.add.at(counts, frame.to_numpy(), points.loc[frame.index, ["count", "before"]].to_numpy())
    return counts


def _located(area_id: int) -> ibis.Table:
    table = incidents()
    return table.filter(table.area_id == area_id, table.x.notnull())
