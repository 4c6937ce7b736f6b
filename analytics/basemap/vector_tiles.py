"""Mapbox Vector Tiles, version 2.1: shapes in the units of a tile in, bytes out.

Source: https://github.com/mapbox/vector-tile-spec/tree/master/2.1. A layer's shapes are written by a compiled
kernel, since a tile of a city holds thousands of points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np
import shapely

EXTENT = 4096  # units across a tile
_TYPES = {"point": 1, "line": 2, "polygon": 3}
Geometry = Literal["point", "line", "polygon"]


@dataclass(frozen=True)
class _Rings:
    """Points of a layer's lines or rings (units of the tile): where each begins, and of which shape it is."""

    points: np.ndarray
    starts: np.ndarray
    owner: np.ndarray


def encode_layer(
    name: str, geometry: Geometry, shapes: np.ndarray, properties: Sequence[dict[str, str]]
) -> bytes:
    """One layer of a tile: `shapes` (units of the tile, y down), of which parts of another geometry are left
    out, and the texts of each. b'' where nothing of it is large enough to be drawn."""
    rings = _POINTS[geometry](shapes)
    if not len(rings.owner):
        return b""
    written, ends = _write_commands(
        rings.points, rings.starts, rings.owner, len(shapes), geometry == "polygon"
    )
    keys: dict[str, int] = {}
    values: dict[str, int] = {}
    features, begin, kind = [], 0, _TYPES[geometry]
    body = written.tobytes()
    for row, end in enumerate(ends.tolist()):
        if end > begin:
            tags = bytearray()
            for key, value in properties[row].items():
                tags += _varint(keys.setdefault(key, len(keys)))
                tags += _varint(values.setdefault(value, len(values)))
            feature = _sized(0x12, bytes(tags)) + bytes((0x18, kind)) + _sized(0x22, body[begin:end])
            features.append(_sized(0x12, feature))
        begin = end
    parts = [b"\x78\x02", _sized(0x0A, name.encode()), *features]
    parts += [_sized(0x1A, key.encode()) for key in keys]
    parts += [_sized(0x22, _sized(0x0A, value.encode())) for value in values]
    parts.append(b"\x28" + _varint(EXTENT))
    return _sized(0x1A, b"".join(parts))


def _read_points(shapes: np.ndarray) -> _Rings:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    keep = shapely.get_type_id(parts) == 0
    points = _rounded(shapely.get_coordinates(parts[keep]))
    return _Rings(points, np.arange(len(points) + 1), owner[keep])


def _read_lines(shapes: np.ndarray) -> _Rings:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    keep = shapely.get_type_id(parts) == 1
    points, line = shapely.get_coordinates(parts[keep], return_index=True)
    points, line = _without_repeats(_rounded(points), line)
    return _select(points, line, owner[keep], _lengths(line, keep.sum()) >= 2)


def _read_polygons(shapes: np.ndarray) -> _Rings:
    """The rings, each without its closing point: outer ones clockwise as seen, holes the other way."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    keep = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    rings, part = shapely.get_rings(parts[keep], return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    points, ring = _without_repeats(_rounded(points), ring)
    is_outer = np.diff(part, prepend=-1) != 0
    area = _areas(points, ring, len(rings))
    drawn = (_lengths(ring, len(rings)) >= 4) & (area != 0)
    drawn &= drawn[np.flatnonzero(is_outer)][part] if len(part) else drawn  # no hole without what it is in
    points = _turn(points, ring, np.where(is_outer, area < 0, area > 0))
    last = np.diff(ring, append=-1) != 0
    return _select(points[~last], ring[~last], owner[keep][part], drawn)


_POINTS = {"point": _read_points, "line": _read_lines, "polygon": _read_polygons}


def _rounded(points: np.ndarray) -> np.ndarray:
    rounded: np.ndarray = np.round(points).astype(np.int64)
    return rounded


def _without_repeats(points: np.ndarray, ring: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    new = np.ones(len(points), dtype=bool)
    new[1:] = (points[1:] != points[:-1]).any(axis=1) | (ring[1:] != ring[:-1])
    return points[new], ring[new]


def _lengths(ring: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(ring, minlength=count)


def _areas(points: np.ndarray, ring: np.ndarray, count: int) -> np.ndarray:
    """Twice the signed area of each closed ring (the surveyor's formula)."""
    x, y = points[:-1].T, points[1:].T
    cross = (x[0] * y[1] - y[0] * x[1]) * (ring[:-1] == ring[1:])
    return np.bincount(ring[:-1], weights=cross, minlength=count)


def _turn(points: np.ndarray, ring: np.ndarray, turned: np.ndarray) -> np.ndarray:
    """The points with those of the `turned` rings in the opposite order."""
    at = np.arange(len(points))
    ends = np.cumsum(_lengths(ring, len(turned)))
    starts = ends - _lengths(ring, len(turned))
    mirrored = starts[ring] + ends[ring] - 1 - at
    return points[np.where(turned[ring], mirrored, at)]


def _select(points: np.ndarray, ring: np.ndarray, owner: np.ndarray, drawn: np.ndarray) -> _Rings:
    points = points[drawn[ring]]
    lengths = _lengths(ring, len(drawn))[drawn]
    return _Rings(points, np.concatenate([[0], np.cumsum(lengths)]), owner[drawn])


@numba.njit(cache=True)
def _put(out: np.ndarray, at: int, value: int) -> int:
    while value > 127:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@numba.njit(cache=True)
def _write_commands(
    points: np.ndarray, starts: np.ndarray, owner: np.ndarray, shapes: int, closed: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The commands of all shapes one after the other (MoveTo, LineTo, ClosePath; signed steps zigzagged), and
    where each shape's end."""
    out = np.empty(10 * len(points) + 12 * len(owner) + 8, dtype=np.uint8)
    ends = np.zeros(shapes, dtype=np.int64)
    at, x, y, shape = 0, 0, 0, 0
    for r in range(len(owner)):
        while shape < owner[r]:
            ends[shape] = at
            shape += 1
            x, y = 0, 0
        first, last = starts[r], starts[r + 1]
        at = _put(out, at, 9)
        for k in range(first, last):
            if k == first + 1:
                at = _put(out, at, ((last - first - 1) << 3) | 2)
            east, south = points[k, 0] - x, points[k, 1] - y
            at = _put(out, at, (east << 1) ^ (east >> 63))
            at = _put(out, at, (south << 1) ^ (south >> 63))
            x, y = points[k, 0], points[k, 1]
        if closed:
            at = _put(out, at, 15)
    while shape < shapes:
        ends[shape] = at
        shape += 1
    return out[:at], ends


_SHORT = tuple(bytes((value,)) for value in range(128))


def _varint(value: int) -> bytes:
    if value < 128:
        return _SHORT[value]
    out = bytearray()
    while value > 127:
        out.append((value & 127) | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _sized(tag: int, body: bytes) -> bytes:
    return bytes((tag,)) + _varint(len(body)) + body
