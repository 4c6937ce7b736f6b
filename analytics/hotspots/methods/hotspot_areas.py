"""Hotspots as areas: cells that were called and touch are one place, with one outline and one count.

A cell's edge says nothing of a place, and a list of cells names one place many times. Cells are joined where
they touch, by integer offsets; what was called, and how surely, is decided before (see `gi_star`)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analytics.hotspots.grid.cells import CellLookup, Grid
from analytics.hotspots.methods.gi_star import CONFIDENCE


def label_areas(cells: pd.DataFrame, grid: Grid) -> np.ndarray:
    """For each cell (i, j) the number of the area it belongs to, from 0: cells of one area can be walked from
    one to the next over cells that touch (the corners of squares touch too)."""
    lookup = CellLookup(cells.i.to_numpy(), cells.j.to_numpy())
    starts, ends = [], []
    for di, dj in grid.neighbours():
        rows = lookup.shifted(di, dj)
        starts.append(np.flatnonzero(rows >= 0))
        ends.append(rows[rows >= 0])
    joined = np.concatenate(starts), np.concatenate(ends)
    size = len(cells)
    graph = coo_array((np.ones(len(joined[0]), dtype=np.int8), joined), shape=(size, size))
    labels: np.ndarray = connected_components(graph, directed=False)[1]
    return labels


def summarise_areas(cells: pd.DataFrame, labels: np.ndarray, grid: Grid) -> pd.DataFrame:
    """One row an area, the highest value first: rank, core (the id of the cell with the greatest |z|), cells,
    area_km2, count, before, value, value_before, change, z (the greatest, with its sign), p_adjusted (the
    least) and confidence ('99 %', '95 %', '90 %' or 'under 90 %'); index: the area's label.

    `cells` has i, j, id, count, before, value, value_before, z and p_adjusted."""
    labelled = cells.assign(label=labels, size=cells.z.abs())
    cores = labelled.sort_values("size", ascending=False, kind="stable").groupby("label").first()
    areas = labelled.groupby("label").agg(
        cells=("id", "size"),
        count=("count", "sum"),
        before=("before", "sum"),
        value=("value", "sum"),
        value_before=("value_before", "sum"),
        p_adjusted=("p_adjusted", "min"),
    )
    areas = areas.assign(
        core=cores.id,
        z=cores.z,
        area_km2=areas.cells * grid.cell_km2,
        change=areas.value - areas.value_before,
        confidence=[name_confidence(p) for p in areas.p_adjusted],
    )
    areas = areas.sort_values(["value", "core"], ascending=[False, True])
    return areas.assign(rank=np.arange(1, len(areas) + 1))


def fill_small_holes(outline: shapely.Geometry, largest: float) -> shapely.Geometry:
    """The outline without its holes of at most `largest` (area in the units of its coordinates)."""
    parts = [
        shapely.Polygon(
            part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area > largest]
        )
        for part in shapely.get_parts(outline)
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def name_confidence(p_adjusted: float) -> str:
    """The confidence with which a cell is called, by its adjusted p."""
    return next((name for limit, name in CONFIDENCE if p_adjusted <= limit), "under 90 %")
