"""The places most like a tasked one, and what was counted at each, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely

from analytics.hotspots.refusal import TooFewData

MINIMUM_PLACES = 20


def like_places(
    before: np.ndarray,
    treated: shapely.Geometry,
    elsewhere: Sequence[shapely.Geometry],
    *,
    clear: float,
    maximum: int,
) -> np.ndarray:
    """Offsets (n, 2) that move `treated` onto the places most like it, nearest in the square root of their
    count of `before` (points, (n, 2)) first. Places lie on a grid about as wide as the treated area and
    `clear` metres or more from every tasked place. Raises TooFewData where fewer than MINIMUM_PLACES ever had
    an incident."""
    known, count, step, middle = count_places(before, treated)
    offset = known * step
    kept_clear = shapely.union_all([treated, *elsewhere]).buffer(clear + step)
    free = ~shapely.contains_xy(kept_clear, *(middle + offset).T)
    own = count[(known == 0).all(axis=1)].sum()
    offset, count = offset[free], count[free]
    if len(offset) < MINIMUM_PLACES:
        raise TooFewData(
            f"Only {len(offset)} other places ever had an incident: {MINIMUM_PLACES} are needed to "
            "compare with."
        )
    order = np.lexsort((offset[:, 1], offset[:, 0], np.abs(np.sqrt(count) - np.sqrt(own))))
    similar: np.ndarray = offset[order[:maximum]]
    return similar


def count_places(
    points: np.ndarray, treated: shapely.Geometry
) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Places on a grid about as wide as the treated area, itself (0, 0): their columns and rows (n, 2),
    counts of `points`, the grid's step and the middle of the treated area in metres."""
    west, south, east, north = treated.bounds
    step = max(east - west, north - south)
    middle = np.array([(west + east) / 2, (south + north) / 2])
    cell = np.round((points - middle) / step).astype(np.int64)
    known, count = np.unique(cell, axis=0, return_counts=True)
    return known, count, step, middle


def count_rest(
    xy: np.ndarray,
    day: np.ndarray,
    tasked: Sequence[shapely.Geometry],
    *,
    clear: float,
    first: date,
    last: date,
) -> np.ndarray:
    """Daily counts (days,) of all that lies `clear` metres or more from every tasked place."""
    days = (last - first).days + 1
    at = (day - np.datetime64(first)).astype(int)
    within = np.flatnonzero((at >= 0) & (at < days))
    near = shapely.contains_xy(shapely.union_all(list(tasked)).buffer(clear), *xy[within].T)
    return np.bincount(at[within][~near], minlength=days).astype(float)


def moved_to(treated: shapely.Geometry, offsets: np.ndarray) -> list[shapely.Geometry]:
    """The treated area's shape at each offset."""
    return [shapely.transform(treated, lambda xy, by=by: xy + by) for by in offsets]


def daily_counts(
    xy: np.ndarray, day: np.ndarray, places: Sequence[shapely.Geometry], first: date, last: date
) -> np.ndarray:
    """Counts by place and day, (places, days); a point on a border is inside."""
    days = (last - first).days + 1
    at = (day - np.datetime64(first)).astype(int)
    within = np.flatnonzero((at >= 0) & (at < days))
    found, place = shapely.STRtree(places).query(shapely.points(xy[within]), predicate="intersects")
    counts = np.zeros((len(places), days))
    np.add.at(counts, (place, at[within][found]), 1)
    return counts
