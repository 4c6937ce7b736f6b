"""Incidents counted by cell: now, in the period before, and over all of the data."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache

import ibis
import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.grid.cells import SIZES, Grid
from analytics.hotspots.grid.point_in_polygon import filter_within
from analytics.hotspots.selection import Selection, select_incidents
from analytics.store.engine import Engine, incidents

MAX_CELLS = 4_000


def find_study_cells(engine: Engine, area_id: int, grid: Grid, area: bytes = b"") -> pd.DataFrame:
    """Every cell of the area that ever had an incident, whatever the filter: i, j, ever (count).

    This is the study area of the statistics: cells without any record in all of the data are left out, as
    water, fields and neighbouring forces' ground would be, and would otherwise make every town a hotspot.
    `area` (WKB, projected) keeps the cells with an incident inside it.
    """
    return engine.run(_study_cells(area_id, grid, area)).to_pandas()


def choose_cell_size(engine: Engine, area_id: int, kind: str, *, smallest: int = 250) -> int:
    """The smallest of SIZES, from `smallest` up, at which the study area has at most MAX_CELLS cells.

    Found by halving, as larger cells are fewer: four counts in place of up to fourteen.
    """

    def fits(size: int) -> bool:
        number = engine.run(_number_of_cells(area_id, Grid(kind, size)))["cells"][0].as_py()
        return int(number) <= MAX_CELLS

    sizes = [size for size in SIZES if size >= smallest]
    return sizes[min(bisect_left(sizes, True, key=fits), len(sizes) - 1)]


def count_by_cell(
    engine: Engine, selection: Selection, grid: Grid, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Cells with an incident now or in the period compared with: i, j, count, before, and with `weights`
    (by category) also harm and harm_before, their sums; a category without a weight adds no harm."""
    given = None if weights is None else tuple(sorted(weights.items()))
    return engine.run(_cell_counts(selection, grid, given)).to_pandas()


def join_study_area(study: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """The study area's cells with their counts, zero where nothing fell: i, j, ever, count, before, ..."""
    merged = study.merge(counts, on=["i", "j"], how="left").fillna(0)
    return merged.astype({"count": "int64", "before": "int64"})


def count_by_outline(
    engine: Engine, selection: Selection, outlines: np.ndarray, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Incidents within each outline (WGS 84 polygons), one row an outline: count and before, and with
    `weights` harm and harm_before, and harm_squares, the sum of squared weights now, for intervals.

    Each distinct coordinate is located once; a point on a shared border counts in the first outline.
    """
    rows, now, before = _now_and_before(selection)
    rows = rows.filter(rows.lon.notnull())
    marked = rows.mutate(now=now.cast("int64"), then=before.cast("int64"))
    totals = _totals(marked, weights)
    if weights is not None:
        weight = express_weight(marked.category, weights)
        totals["harm_squares"] = (weight * weight * marked.now).sum().fill_null(0.0)
    # Of the whole area, so that the cache answers for the next outline too; then those near the outlines.
    points = engine.run(marked.group_by("lon", "lat").aggregate(**totals)).to_pandas()
    west, south, east, north = shapely.total_bounds(outlines)
    points = points[points.lon.between(west, east) & points.lat.between(south, north)]
    points = points.reset_index(drop=True)
    point, outline = shapely.STRtree(outlines).query(
        shapely.points(points.lon, points.lat), predicate="intersects"
    )
    first = pd.DataFrame({"point": point, "outline": outline}).groupby("point").outline.min()
    found = points.loc[first.index].drop(columns=["lon", "lat"]).assign(outline=first)
    return found.groupby("outline").sum().reindex(range(len(outlines)), fill_value=0)


def express_weight(category: ibis.Value, weights: Mapping[str, float]) -> ibis.Value:
    """The harm weight of a category; nothing (NULL) where it has none, so that sums leave it out."""
    cases = [(name, float(weight)) for name, weight in sorted(weights.items())]
    return category.cases(*cases) if cases else ibis.null("float64")


# To build an expression takes about 10 ms, longer than to find its result in the engine's cache. Each is a
# pure function of its arguments, so the page, which runs again at every click, builds it once.
_build_once = lru_cache(maxsize=256)


@_build_once
def _study_cells(area_id: int, grid: Grid, area: bytes) -> ibis.Table:
    rows = _located(area_id, area)
    i, j = grid.index(rows.x, rows.y)
    return rows.group_by(i=i, j=j).aggregate(ever=rows.count()).order_by("i", "j")


@_build_once
def _number_of_cells(area_id: int, grid: Grid) -> ibis.Table:
    rows = _located(area_id)
    i, j = grid.index(rows.x, rows.y)
    cells = rows.select(i=i, j=j).distinct()
    return cells.aggregate(cells=cells.count())


@_build_once
def _cell_counts(
    selection: Selection, grid: Grid, weights: tuple[tuple[str, float], ...] | None
) -> ibis.Table:
    rows, now, before = _now_and_before(selection)
    rows = rows.filter(rows.x.notnull())
    i, j = grid.index(rows.x, rows.y)
    marked = rows.mutate(i=i, j=j, now=now.cast("int64"), then=before.cast("int64"))
    totals = _totals(marked, None if weights is None else dict(weights))
    return marked.group_by("i", "j").aggregate(**totals).order_by("i", "j")


def _now_and_before(selection: Selection) -> tuple[ibis.Table, ibis.Value, ibis.Value]:
    earlier = selection.earlier()
    rows = select_incidents(selection, any_period=True)
    rows = rows.filter(rows.local_date.between(earlier.first, selection.last))
    return (
        rows,
        ibis._.local_date.between(selection.first, selection.last),
        ibis._.local_date.between(earlier.first, earlier.last),
    )


def _totals(marked: ibis.Table, weights: Mapping[str, float] | None) -> dict[str, ibis.Value]:
    totals = {"count": marked.now.sum(), "before": marked.then.sum()}
    if weights is not None:
        weight = express_weight(marked.category, weights)
        totals["harm"] = (weight * marked.now).sum().fill_null(0.0)
        totals["harm_before"] = (weight * marked.then).sum().fill_null(0.0)
    return totals


def _located(area_id: int, area: bytes = b"") -> ibis.Table:
    table = incidents()
    rows = table.filter(table.area_id == area_id, table.x.notnull())
    return filter_within(rows, area) if area else rows
