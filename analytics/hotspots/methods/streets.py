"""Street segments: incidents snapped to the nearest street, and how many each hundred metres holds.

A segment is one feature of the boundary layer with role 'street', as the source cut it: a cul-de-sac is a
segment like another. An incident as near to two segments (at a junction) goes to the first of them in the
layer's order. Source: Weisburd, Groff & Yang (2012), The Criminology of Place (street segments as the unit);
Weisburd (2015)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analytics.hotspots.refusal import TooFewData
from analytics.store import Store

SAME_DISTANCE = 1e-6  # metres: less apart is as near


@dataclass(frozen=True)
class SnappedPoints:
    """For each incident: `street`, the position of its segment or -1; `distance`, metres to the nearest
    segment (also where that is too far); NaN where the incident has no place. `far`, `unplaced`: how many of
    each."""

    street: np.ndarray
    distance: np.ndarray
    far: int
    unplaced: int


def street_layer(store: Store, area_id: int) -> pd.DataFrame:
    """The area's streets: source_id, row_number, name, geometry (lines in the area's CRS, metres), in the
    order of their source. Raises TooFewData where there is no such layer."""
    rows = store.query(
        "SELECT source_id, row_number, name, geometry FROM boundary WHERE area_id = ? AND role = 'street' "
        "ORDER BY source_id, row_number",
        [area_id],
    ).to_pandas()
    if rows.empty:
        raise TooFewData(
            "There are no streets for this area. Import a layer of streets, with the role 'street', on the "
            "Data page."
        )
    (epsg,) = (row["epsg"] for row in store.rows("SELECT epsg FROM area WHERE area_id = ?", [area_id]))
    to_metres = Transformer.from_crs(4326, epsg, always_xy=True)
    lines = shapely.from_wkb(rows.geometry.to_numpy())
    return rows.assign(geometry=shapely.transform(lines, to_metres.transform, interleaved=False))


def snap_to_streets(
    x: np.ndarray, y: np.ndarray, lines: np.ndarray, *, tolerance: float = 50.0
) -> SnappedPoints:
    """Give each incident (x, y in metres) its nearest line, if that is within `tolerance` metres.

    Farther ones are reported and not forced onto a street. Each distinct place is looked up once.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    street, distance = np.full(len(x), -1), np.full(len(x), np.nan)
    placed = np.isfinite(x) & np.isfinite(y)
    places, inverse = np.unique(x[placed] + 1j * y[placed], return_inverse=True)
    points = shapely.points(places.real, places.imag)
    tree = shapely.STRtree(lines)
    (place, line), apart = tree.query_nearest(points, return_distance=True)
    nearest = np.full(len(places), np.inf)
    np.minimum.at(nearest, place, apart)
    # At a junction rounding decides which street is nearer by a billionth: look a hair's breadth further.
    near, others = tree.query(
        points, predicate="dwithin", distance=np.minimum(nearest, tolerance) + SAME_DISTANCE
    )
    first = np.full(len(places), len(lines))
    np.minimum.at(first, place, line)
    np.minimum.at(first, near, others)
    within = nearest <= tolerance
    distance[placed] = nearest[inverse]
    street[placed] = np.where(within, first, -1)[inverse]
    return SnappedPoints(street, distance, int((~within)[inverse].sum()), int((~placed).sum()))


def count_on_streets(
    lines: np.ndarray, snapped: SnappedPoints, *, weights: np.ndarray | None = None
) -> pd.DataFrame:
    """One row a segment, in the order of `lines`: length_m, count (or the sum of `weights`, one an incident)
    and per_100m; NaN per 100 m where the segment has no length."""
    matched = snapped.street >= 0
    count = np.bincount(
        snapped.street[matched],
        None if weights is None else np.asarray(weights)[matched],
        minlength=len(lines),
    )
    length = shapely.length(lines)
    per = np.divide(100 * count, length, out=np.full(len(lines), np.nan), where=length > 0)
    return pd.DataFrame({"length_m": length, "count": count, "per_100m": per})
