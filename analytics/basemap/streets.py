"""Named streets as arrays on a projected CRS: the nearest street of many points, and the nearest crossing on
it.

Streets meet where their lines touch or come within a metre on one level, so that a bridge is no crossing. Two
names make a crossing; pieces of one street do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from scipy.spatial import cKDTree

from analytics.basemap.segment_grid import SegmentGrid

_TOUCH = 1.0  # metres: what a map's own rounding may leave between two streets that meet
_SAME = 10.0  # metres: crossings of the same two streets closer than this are one
_APART = 1e7  # metres between one street's crossings and the next one's, along the tree's third axis


class StreetIndex:
    """Streets that have a name. `lines` are in metres, `names` theirs, `levels` 0 on the ground."""

    def __init__(self, lines: np.ndarray, names: Sequence[str], levels: np.ndarray):
        spelt: dict[str, str] = {}
        for name in names:
            spelt.setdefault(name.casefold(), name)
        code = {folded: k for k, folded in enumerate(spelt)}
        self.names = np.array(list(spelt.values()), dtype=object)
        self._codes = np.array([code[name.casefold()] for name in names], dtype=np.int64)
        self._grid = SegmentGrid(lines)
        self._levels = np.asarray(levels)
        self._street, self._other, self._places = self._find_crossings(lines)
        self._crossings = cKDTree(np.column_stack([self._places, self._street * _APART]))

    @property
    def crossings(self) -> int:
        """How many places there are where two streets meet."""
        return len(self._street) // 2

    def find_nearest(self, x: np.ndarray, y: np.ndarray, within: float) -> tuple[np.ndarray, np.ndarray]:
        """For each point (metres) its nearest street, as an index into `names` or -1 where none lies `within`
        so many metres, and the distance in metres (NaN)."""
        line, distance = self._grid.find_nearest(x, y, within)
        street, on = np.full(len(x), -1), line >= 0
        street[on] = self._codes[line[on]]
        return street, distance

    def find_crossings_on(
        self, x: np.ndarray, y: np.ndarray, street: np.ndarray, within: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """For each point and its street, the street that crosses it nearest to the point, as an index into
        `names` or -1, and the distance to that crossing in metres (NaN)."""
        other, distance = np.full(len(x), -1), np.full(len(x), np.nan)
        on = np.flatnonzero(street >= 0)
        if not len(self._street) or not len(on):
            return other, distance
        at = np.column_stack([x[on], y[on], street[on] * _APART])
        apart, found = self._crossings.query(at, distance_upper_bound=within)
        near = np.isfinite(apart)
        other[on[near]], distance[on[near]] = self._other[found[near]], apart[near]
        return other, distance

    def _find_crossings(self, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each crossing both ways round: the street, the street that crosses it, and where."""
        a, b = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=_TOUCH)
        pairs = (a < b) & (self._codes[a] != self._codes[b])
        a, b = a[pairs], b[pairs]
        meet = shapely.intersects(lines[a], lines[b])
        level = (self._levels[a] == self._levels[b]) | (meet & shapely.touches(lines[a], lines[b]))
        a, b, meet = a[level], b[level], meet[level]
        near = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(lines[a], lines[b]), 0))
        met = shapely.intersection(lines[a[meet]], lines[b[meet]])
        met_places, pair = shapely.get_coordinates(met, return_index=True)
        street = np.concatenate([self._codes[a[~meet]], self._codes[a[meet]][pair]])
        other = np.concatenate([self._codes[b[~meet]], self._codes[b[meet]][pair]])
        places = np.concatenate([near[~meet], met_places])
        low, high = np.minimum(street, other), np.maximum(street, other)
        keys = np.column_stack([low, high, *(places / _SAME).round().astype(np.int64).T])
        first = np.unique(keys, axis=0, return_index=True)[1]
        low, high, places = low[first], high[first], places[first]
        return np.concatenate([low, high]), np.concatenate([high, low]), np.concatenate([places, places])
