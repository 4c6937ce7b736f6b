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
_ROUNDED = 0.1  # metres within which two points are one
_MAX_AT_POINT = 24  # lines that meet at one point
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
    def is_empty(self) -> bool:
        return not len(self.names)

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
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each point and its street, the street that crosses it nearest to the point, as an index into
        `names` or -1, the distance to that crossing in metres, and where it is, shape (points, 2) (NaN)."""
        other, distance = np.full(len(x), -1), np.full(len(x), np.nan)
        where = np.full((len(x), 2), np.nan)
        on = np.flatnonzero(street >= 0)
        if not len(self._street) or not len(on):
            return other, distance, where
        at = np.column_stack([x[on], y[on], street[on] * _APART])
        apart, found = self._crossings.query(at, distance_upper_bound=within)
        near = np.isfinite(apart)
        other[on[near]], distance[on[near]] = self._other[found[near]], apart[near]
        where[on[near]] = self._places[found[near]]
        return other, distance, where

    def _find_crossings(self, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each crossing both ways round: the street, the street that crosses it, and where."""
        a, b, shared = _find_shared_points(lines)
        known = np.unique(a * len(lines) + b)
        c, d = shapely.STRtree(lines).query(lines)
        others = (c < d) & (self._codes[c] != self._codes[d])
        c, d = c[others], d[others]
        c, d = (ends[~np.isin(c * len(lines) + d, known)] for ends in (c, d))
        c, d, met = self._meet(lines, c, d)
        street, other = self._codes[np.concatenate([a, c])], self._codes[np.concatenate([b, d])]
        places = np.concatenate([shared, met])
        low, high = np.minimum(street, other), np.maximum(street, other)
        keys = np.column_stack([low, high, *(places / _SAME).round().astype(np.int64).T])
        first = np.unique(keys, axis=0, return_index=True)[1]
        first = first[low[first] != high[first]]
        low, high, places = low[first], high[first], places[first]
        return np.concatenate([low, high]), np.concatenate([high, low]), np.concatenate([places, places])

    def _meet(
        self, lines: np.ndarray, a: np.ndarray, b: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of pairs of lines that share no point of theirs, those that meet all the same, and where: on one
        level, or where one ends at the other."""
        near = shapely.dwithin(lines[a], lines[b], _TOUCH)
        a, b = a[near], b[near]
        crosses = shapely.intersects(lines[a], lines[b])
        level = (self._levels[a] == self._levels[b]) | (crosses & shapely.touches(lines[a], lines[b]))
        a, b, crosses = a[level], b[level], crosses[level]
        met, pair = shapely.get_coordinates(
            shapely.intersection(lines[a[crosses]], lines[b[crosses]]), return_index=True
        )
        beside = shapely.get_point(shapely.shortest_line(lines[a[~crosses]], lines[b[~crosses]]), 0)
        return (
            np.concatenate([a[crosses][pair], a[~crosses]]),
            np.concatenate([b[crosses][pair], b[~crosses]]),
            np.concatenate([met, shapely.get_coordinates(beside)]),
        )


def _find_shared_points(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of lines that share a point of theirs, the first of lesser number, and the point: as streets do
    that a map lets meet, whatever their levels."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    grid = (points / _ROUNDED).round().astype(np.int64)
    order = np.lexsort((line, grid[:, 1], grid[:, 0]))
    grid, line, points = grid[order], line[order], points[order]
    found = []
    for step in range(1, _MAX_AT_POINT):
        pairs = np.flatnonzero((grid[step:] == grid[:-step]).all(axis=1))
        if not len(pairs):
            break
        found.append(pairs[line[pairs] != line[pairs + step]] + np.array([[0], [step]]))
    first, second = np.concatenate(found, axis=1) if found else np.zeros((2, 0), dtype=np.int64)
    return line[first], line[second], points[first]
