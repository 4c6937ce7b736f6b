"""Incidents within a custom area: an exact point-in-polygon test as an engine expression.

The even-odd rule (Shimrat 1962, Algorithm 112): a point is inside where a ray towards +x crosses the
outline an odd number of times. Edges are filed in horizontal bands so that a point meets only the few at
its height; the join is on an integer, and runs on any engine that Ibis speaks to.
"""

from __future__ import annotations

from functools import lru_cache

import ibis
import numpy as np
import pyarrow as pa
import shapely

_MAXIMUM_BANDS = 400


def filter_within(rows: ibis.Table, area: bytes) -> ibis.Table:
    """The rows whose x, y (projected metres) lie within `area` (WKB of a polygon or multipolygon, same CRS).

    Raises ValueError where `area` is not a valid, non-empty polygon.
    """
    edges, lowest, height = _edges(area)
    west, south, east, north = shapely.from_wkb(area).bounds
    near = rows.filter(rows.x.between(west, east), rows.y.between(south, north))
    places = near.select("x", "y").distinct()
    places = places.mutate(band=((places.y - lowest) / height).floor().cast("int64"))
    crossed = places.join(edges, "band")
    at = crossed.x0 + (crossed.y - crossed.y0) * (crossed.x1 - crossed.x0) / (crossed.y1 - crossed.y0)
    crossed = crossed.filter((crossed.y0 > crossed.y) != (crossed.y1 > crossed.y), crossed.x < at)
    crossings = crossed.group_by("x", "y").aggregate(n=crossed.count())
    inside = crossings.filter(crossings.n % 2 == 1)
    return near.semi_join(inside, ["x", "y"])


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
