"""Incidents within a custom area: an exact point-in-polygon test as an engine expression.

The even-odd rule (Shimrat 1962, Algorithm 112): a point is inside where a ray towards +x crosses the
outline an odd number of times. Only points in a tile that the outline may cross are asked; those of other
tiles are inside or outside with their tile. Edges are filed in horizontal bands so that a point meets only
the few at its height; the joins are on integers, and run on any engine that Ibis speaks to.
"""

from __future__ import annotations

from functools import lru_cache

import ibis
import numpy as np
import pyarrow as pa
import shapely

_MAXIMUM_BANDS = 400
_TILES = 64  # along either side of an area's bounds
_CROSSED, _WHOLE = 0, 1


def filter_within(rows: ibis.Table, area: bytes) -> ibis.Table:
    """The rows whose x, y (projected metres) lie within `area` (WKB of a polygon or multipolygon, same CRS).

    Raises ValueError where `area` is not a valid, non-empty polygon.
    """
    polygon = shapely.from_wkb(area)
    edges, lowest, height = _edges(area)
    tiles, width, depth = _tiles(area)
    west, south, east, north = polygon.bounds
    near = rows.filter(rows.x.between(west, east), rows.y.between(south, north))
    column, row = ((near.x - west) / width).floor(), ((near.y - south) / depth).floor()
    tiled = near.mutate(tile=(row * _TILES + column).cast("int64")).join(tiles, "tile")
    places = tiled.filter(tiled.lies == _CROSSED).select("x", "y").distinct()
    places = places.mutate(band=((places.y - lowest) / height).floor().cast("int64"))
    crossed = places.join(edges, "band")
    at = crossed.x0 + (crossed.y - crossed.y0) * (crossed.x1 - crossed.x0) / (crossed.y1 - crossed.y0)
    crossed = crossed.filter((crossed.y0 > crossed.y) != (crossed.y1 > crossed.y), crossed.x < at)
    crossings = crossed.group_by(inside_x="x", inside_y="y").aggregate(crossings=crossed.count())
    inside = crossings.filter(crossings.crossings % 2 == 1)
    asked = tiled.left_join(inside, [tiled.x == inside.inside_x, tiled.y == inside.inside_y])
    return asked.filter((asked.lies == _WHOLE) | asked.crossings.notnull()).select(*near.columns)


@lru_cache(maxsize=64)
def _tiles(area: bytes) -> tuple[ibis.Table, float, float]:
    """The tiles of an area's bounds (tile, lies) that lie whole in it or that its outline may cross, a tile's
    number being row x _TILES + column; their width and depth in metres. One that only rounding keeps clear
    of the outline counts as crossed."""
    polygon = shapely.from_wkb(area)
    west, south, east, north = polygon.bounds
    # Wider than the bounds by a little, so that no point on the far border falls into a tile of its own.
    width, depth = (side * (1 + 1e-9) / _TILES for side in (east - west, north - south))
    row, column = (number.ravel() for number in np.indices((_TILES, _TILES)))
    margin = 1e-6 * min(width, depth)
    left, low = west + column * width - margin, south + row * depth - margin
    boxes = shapely.box(left, low, left + width + 2 * margin, low + depth + 2 * margin)
    shapely.prepare(polygon)
    whole, met = shapely.contains_properly(polygon, boxes), shapely.intersects(polygon, boxes)
    columns = {"tile": (row * _TILES + column)[met], "lies": np.where(whole, _WHOLE, _CROSSED)[met]}
    return ibis.memtable(pa.table(columns)), width, depth


@lru_cache(maxsize=64)
def _edges(area: bytes) -> tuple[ibis.Table, float, float]:
    """Edges by band (band, x0, y0, x1, y1), the lowest y and a band's height."""
    polygon = shapely.from_wkb(area)
    if polygon.geom_type not in ("Polygon", "MultiPolygon") or polygon.is_empty or not polygon.is_valid:
        raise ValueError("A custom area is one valid polygon or several.")
    starts, ends = [], []
    for ring in shapely.get_rings(shapely.get_parts(polygon)):
        points = shapely.get_coordinates(ring)
        starts.append(points[:-1])
        ends.append(points[1:])
    start, end = np.concatenate(starts), np.concatenate(ends)
    sloped = start[:, 1] != end[:, 1]
    start, end = start[sloped], end[sloped]
    lowest, highest = polygon.bounds[1], polygon.bounds[3]
    height = (highest - lowest) / min(_MAXIMUM_BANDS, max(1, len(start)))
    first = np.floor((np.minimum(start[:, 1], end[:, 1]) - lowest) / height).astype(np.int64)
    last = np.floor((np.maximum(start[:, 1], end[:, 1]) - lowest) / height).astype(np.int64)
    spans = last - first + 1
    edge = np.repeat(np.arange(len(start)), spans)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(spans) - spans, spans)
    columns = {
        "band": first[edge] + step,
        "x0": start[edge, 0],
        "y0": start[edge, 1],
        "x1": end[edge, 0],
        "y1": end[edge, 1],
    }
    return ibis.memtable(pa.table(columns)), lowest, height
