"""The nearest of many lines to each of many points: their segments filed in the squares of a grid, searched
ring by ring about a point's own square."""

from __future__ import annotations

import math

import numba
import numpy as np
import shapely

_SQUARE = 60.0  # metres: a street's segments lie in few squares, and a square holds few segments
_MAX_SQUARES, _MAX_SEGMENTS = 4_000_000, 8_000_000
_SEGMENT = 2 * _SQUARE  # longer ones are parted, so that none lies in many squares


class SegmentGrid:
    """Lines in metres, prepared for `find_nearest`."""

    def __init__(self, lines: np.ndarray):
        longest = max(_SEGMENT, float(shapely.length(lines).sum()) / _MAX_SEGMENTS)
        points, line = shapely.get_coordinates(shapely.segmentize(lines, longest), return_index=True)
        parts = shapely.get_parts(lines, return_index=True)
        # Where a line has several parts, its points are told apart by part, so that no segment joins two.
        if len(parts[1]) > len(lines):
            points, part = shapely.get_coordinates(shapely.segmentize(parts[0], longest), return_index=True)
            line = parts[1][part]
            same = part[1:] == part[:-1]
        else:
            same = line[1:] == line[:-1]
        self._starts, self._ends = points[:-1][same], points[1:][same]
        self._line = line[:-1][same].astype(np.int64)
        low = points.min(axis=0) if len(points) else np.zeros(2)
        span = points.max(axis=0) - low if len(points) else np.ones(2)
        self._square = max(_SQUARE, longest / 2, math.sqrt(float(span.prod()) / _MAX_SQUARES))
        self._low = low
        self._shape = np.floor(span / self._square).astype(np.int64) + 1
        self._first, self._filed = _file(self._starts, self._ends, low, self._square, self._shape)

    def find_nearest(self, x: np.ndarray, y: np.ndarray, within: float) -> tuple[np.ndarray, np.ndarray]:
        """For each point (metres) the index of its nearest line, -1 where none lies `within` so many metres,
        and the distance (NaN). Of lines equally near, the first."""
        points = np.ascontiguousarray(np.column_stack([x, y]), dtype=float)
        return _search(
            points,
            self._starts,
            self._ends,
            self._line,
            self._first,
            self._filed,
            self._low,
            self._square,
            self._shape,
            float(within),
        )


@numba.njit(cache=True)
def _file(
    starts: np.ndarray, ends: np.ndarray, low: np.ndarray, square: float, shape: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The segments of each square, one square after the other, and where each square's begin."""
    first = np.zeros(shape[0] * shape[1] + 1, dtype=np.int64)
    for fill in range(2):
        if fill == 1:
            for k in range(len(first) - 1):
                first[k + 1] += first[k]
            filed = np.empty(first[-1], dtype=np.int64)
            at = first[:-1].copy()
        for s in range(len(starts)):
            left = int((min(starts[s, 0], ends[s, 0]) - low[0]) / square)
            right = int((max(starts[s, 0], ends[s, 0]) - low[0]) / square)
            bottom = int((min(starts[s, 1], ends[s, 1]) - low[1]) / square)
            top = int((max(starts[s, 1], ends[s, 1]) - low[1]) / square)
            for i in range(left, right + 1):
                for j in range(bottom, top + 1):
                    key = i * shape[1] + j
                    if fill == 0:
                        first[key + 1] += 1
                    else:
                        filed[at[key]] = s
                        at[key] += 1
    return first, filed


@numba.njit(cache=True)
def _search(
    points: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    line: np.ndarray,
    first: np.ndarray,
    filed: np.ndarray,
    low: np.ndarray,
    square: float,
    shape: np.ndarray,
    within: float,
) -> tuple[np.ndarray, np.ndarray]:
    nearest = np.full(len(points), -1, dtype=np.int64)
    distance = np.full(len(points), np.nan)
    rings = int(within / square) + 1
    for p in range(len(points)):
        x, y = points[p, 0], points[p, 1]
        if not (math.isfinite(x) and math.isfinite(y)):
            continue
        column, row = math.floor((x - low[0]) / square), math.floor((y - low[1]) / square)
        best, found = within * within, -1
        for ring in range(rings + 1):
            if ring > 1 and found >= 0 and best <= ((ring - 1) * square) ** 2:
                break  # whatever lies farther out is farther away
            for i in range(max(column - ring, 0), min(column + ring, shape[0] - 1) + 1):
                step = 1 if abs(i - column) == ring or ring == 0 else 2 * ring
                for j in range(row - ring, row + ring + 1, step):
                    if j < 0 or j >= shape[1]:
                        continue
                    key = i * shape[1] + j
                    for k in range(first[key], first[key + 1]):
                        s = filed[k]
                        dx, dy = ends[s, 0] - starts[s, 0], ends[s, 1] - starts[s, 1]
                        long = dx * dx + dy * dy
                        along = 0.0
                        if long > 0:
                            along = ((x - starts[s, 0]) * dx + (y - starts[s, 1]) * dy) / long
                            along = min(1.0, max(0.0, along))
                        off_x, off_y = starts[s, 0] + along * dx - x, starts[s, 1] + along * dy - y
                        apart = off_x * off_x + off_y * off_y
                        if apart < best or (apart == best and (found < 0 or line[s] < found)):
                            best, found = apart, line[s]
        if found >= 0:
            nearest[p], distance[p] = found, math.sqrt(best)
    return nearest, distance
