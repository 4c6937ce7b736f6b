"""Square and hexagonal grids on the area's projected CRS, addressed by integers.

A cell is (i, j). Squares: column and row of a grid anchored at the CRS's origin. Hexagons: axial
coordinates (q, r) of a pointy-top grid. `size` is the width across flats, in metres. Neighbours are found
by integer offsets, never by a floating-point distance.
Source of the hexagon arithmetic: Patel, A., "Hexagonal Grids" (Red Blob Games), cube rounding.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import ibis
import numba
import numpy as np

from analytics.shared.projection import find_transformer

KINDS = ("hexagon", "square")
SIZES = (100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10_000, 15_000, 20_000)
_OFFSETS = {
    "hexagon": ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)),
    "square": ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)),
}


@dataclass(frozen=True)
class Grid:
    """A grid of one kind and cell size (metres across flats)."""

    kind: str
    size: float

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.size <= 0:
            raise ValueError(f"A grid is of hexagons or squares of a positive size, not {self}.")

    @property
    def cell_km2(self) -> float:
        """Area of one cell, square kilometres."""
        share = math.sqrt(3) / 2 if self.kind == "hexagon" else 1.0
        return share * self.size**2 / 1e6

    def neighbours(self, rings: int = 1) -> tuple[tuple[int, int], ...]:
        """Index offsets of the cells around a cell, itself left out, within `rings` steps from touching cell
        to touching cell: 6, 18, 36 for hexagons; 8, 24, 48 (the queen's moves) for squares."""
        if rings < 1:
            raise ValueError(f"Neighbours lie one or more rings away, not {rings}.")
        within = {(0, 0)}
        for _ in range(rings):
            within |= {(i + di, j + dj) for i, j in within for di, dj in _OFFSETS[self.kind]}
        return tuple(sorted(within - {(0, 0)}))

    def index(self, x: ibis.Value, y: ibis.Value) -> tuple[ibis.Value, ibis.Value]:
        """Cell index (i, j) of projected coordinates, as engine expressions."""
        if self.kind == "square":
            return (x / self.size).floor().cast("int64"), (y / self.size).floor().cast("int64")
        radius = self.size / math.sqrt(3)
        q = (x * (math.sqrt(3) / 3) - y / 3) / radius
        r = y * (2 / 3) / radius
        s = -q - r
        rounded_q, rounded_r, rounded_s = q.round(), r.round(), s.round()
        off_q, off_r, off_s = (rounded_q - q).abs(), (rounded_r - r).abs(), (rounded_s - s).abs()
        q_worst = (off_q > off_r) & (off_q > off_s)
        i = ibis.ifelse(q_worst, -rounded_r - rounded_s, rounded_q)
        j = ibis.ifelse(~q_worst & (off_r > off_s), -rounded_q - rounded_s, rounded_r)
        return i.cast("int64"), j.cast("int64")

    def centres(self, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Projected coordinates (metres) of cell centres."""
        if self.kind == "square":
            return (i + 0.5) * self.size, (j + 0.5) * self.size
        return self.size * (i + j / 2), self.size * math.sqrt(3) / 2 * j

    def rings(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Closed outlines, shape (cells, vertices + 1, 2), projected metres."""
        count = 6 if self.kind == "hexagon" else 4
        radius = self.size / math.sqrt(3) if self.kind == "hexagon" else self.size / math.sqrt(2)
        start = math.pi / 2 if self.kind == "hexagon" else math.pi / 4
        angles = start + 2 * math.pi * np.arange(count + 1) / count
        x, y = self.centres(np.asarray(i), np.asarray(j))
        return np.stack([x[:, None] + radius * np.cos(angles), y[:, None] + radius * np.sin(angles)], axis=-1)


def index_cells(grid: Grid, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`Grid.index` for arrays."""
    if grid.kind == "square":
        return np.floor(x / grid.size).astype(np.int64), np.floor(y / grid.size).astype(np.int64)
    radius = grid.size / math.sqrt(3)
    q = (x * (math.sqrt(3) / 3) - y / 3) / radius
    r = y * (2 / 3) / radius
    s = -q - r
    i, j, k = np.round(q), np.round(r), np.round(s)
    off_q, off_r, off_s = np.abs(i - q), np.abs(j - r), np.abs(k - s)
    q_worst = (off_q > off_r) & (off_q > off_s)
    r_worst = ~q_worst & (off_r > off_s)
    return np.where(q_worst, -j - k, i).astype(np.int64), np.where(r_worst, -i - k, j).astype(np.int64)


def name_cells(i: np.ndarray, j: np.ndarray) -> list[str]:
    """Cells as text, 'x-12y34': no name begins with a sign, which a spreadsheet would take for a formula."""
    return [f"x{a}y{b}" for a, b in zip(np.asarray(i).tolist(), np.asarray(j).tolist(), strict=True)]


def read_cell_name(name: str) -> tuple[int, int]:
    """(i, j) of a cell's name. Raises ValueError where it is none."""
    found = re.fullmatch(r"x(-?\d{1,9})y(-?\d{1,9})", name)
    if found is None:
        raise ValueError(f"{name!r} is not the name of a cell.")
    return int(found[1]), int(found[2])


def outline_cells(epsg: int, grid: Grid, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Closed rings of cells in WGS 84, shape (cells, vertices + 1, 2), five decimals."""
    rings = grid.rings(i, j)
    lon, lat = find_transformer(epsg, 4326).transform(rings[..., 0], rings[..., 1])
    return np.stack([lon, lat], axis=-1).round(5)


def locate_centres(epsg: int, grid: Grid, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes of cell centres, WGS 84."""
    return find_transformer(epsg, 4326).transform(*grid.centres(i, j))


class CellLookup:
    """Finds cells by index among a fixed set; a cell that is not in the set is row -1."""

    def __init__(self, i: np.ndarray, j: np.ndarray):
        keys = (np.asarray(i, dtype=np.int64) << 32) + np.asarray(j, dtype=np.int64)
        in_order = bool((keys[1:] >= keys[:-1]).all())
        self._order = np.arange(len(keys)) if in_order else np.argsort(keys)
        self._sorted = keys if in_order else keys[self._order]

    def shifted(self, di: int, dj: int) -> np.ndarray:
        """For every cell, the row of the cell at offset (di, dj), or -1."""
        return _matches(self._sorted, self._order, (di << 32) + dj)

    def sums(self, values: np.ndarray, offsets: tuple[tuple[int, int], ...]) -> tuple[np.ndarray, np.ndarray]:
        """For every cell, the sum of `values` over the cells at `offsets` and the number of those cells;
        cells outside the set count as nothing."""
        total, number = np.zeros(len(values)), np.zeros(len(values), dtype=np.int64)
        values = np.ascontiguousarray(values, dtype=float)
        for di, dj in offsets:
            _add_matches(self._sorted, self._order, (di << 32) + dj, values, total, number)
        return total, number


# The keys wanted at an offset ascend as the keys do, so one walk along both finds every match.
@numba.njit(cache=True)
def _matches(keys: np.ndarray, order: np.ndarray, shift: int) -> np.ndarray:
    rows = np.full(len(keys), -1, dtype=np.int64)
    at = 0
    for k in range(len(keys)):
        while at < len(keys) and keys[at] < keys[k] + shift:
            at += 1
        if at == len(keys):
            break
        if keys[at] == keys[k] + shift:
            rows[order[k]] = order[at]
    return rows


@numba.njit(cache=True)
def _add_matches(
    keys: np.ndarray, order: np.ndarray, shift: int, values: np.ndarray, total: np.ndarray, number: np.ndarray
) -> None:
    at = 0
    for k in range(len(keys)):
        while at < len(keys) and keys[at] < keys[k] + shift:
            at += 1
        if at == len(keys):
            break
        if keys[at] == keys[k] + shift:
            total[order[k]] += values[order[at]]
            number[order[k]] += 1
