"""Kernel density: a smoothed picture of where incidents are, not a test.

Densities are incidents (or summed weights) per square kilometre; coordinates, bandwidth and cells are metres
on a projected CRS. Kernels of the distance d, h being the bandwidth: 'quartic' 3 / (pi h^2) * (1 - (d/h)^2)^2
for d < h (Silverman 1986, eq. 4.5), as CrimeStat and ArcGIS use; summed exactly. 'gaussian' exp(-d^2 / 2h^2)
/ (2 pi h^2); on a raster by the fast Fourier transform of points spread by cubic B-splines, whose own
smoothing is divided out (as in non-uniform transforms: Dutt & Rokhlin 1993): within 1e-3 of the exact sum
wherever the density exceeds a ten-thousandth of its maximum. Edge corrections, for a study area known as a
mask: 'uniform' divides by the kernel's mass within the area at each place (Diggle 1985, Applied Statistics
34, 138-147); 'diggle' weights each incident by the reciprocal of that mass at the incident, which keeps the
total (Jones 1993, Statistics and Computing 3, 135-146)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd
import shapely
from scipy import fft, signal

from analytics.hotspots.grid.cells import Grid
from analytics.shared.threads import in_threads

# How far a kernel reaches, in bandwidths; at six the gaussian is 1.5e-8 of its height.
REACH = {"quartic": 1.0, "gaussian": 6.0}
# A kernel's density at distance 0, times the squared bandwidth.
HEIGHT = {"quartic": 3 / math.pi, "gaussian": 1 / (2 * math.pi)}
EDGES = ("none", "uniform", "diggle")


@dataclass(frozen=True)
class Raster:
    """`values` (rows from south to north, columns from west to east) at the centres of square cells of `cell`
    metres; (x0, y0) is the south-west corner. NaN outside the study area."""

    values: np.ndarray
    x0: float
    y0: float
    cell: float

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """x of the columns and y of the rows, metres."""
        rows, columns = self.values.shape
        return self.x0 + (np.arange(columns) + 0.5) * self.cell, self.y0 + (np.arange(rows) + 0.5) * self.cell


def density_raster(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    bandwidth: float,
    cell: float,
    bounds: tuple[float, float, float, float],
    kernel: str = "quartic",
    edge: str = "none",
    mask: np.ndarray | None = None,
) -> Raster:
    """Density at the centres of cells over `bounds` (west, south, east, north; the last cells may overhang).

    `mask`: booleans of the raster's shape, True in the study area (see `polygon_mask`; default everywhere);
    with it, incidents outside count nothing and densities outside are NaN. Without it incidents beyond the
    bounds count as far as the kernel reaches, unless `edge` corrects for them. Time grows with the number of
    incidents, for the quartic times (bandwidth / cell)^2. Raises ValueError for a bandwidth smaller than a
    cell, an unknown kernel or edge, a mask of another shape, or a missing coordinate or weight."""
    _check_kernel(kernel)
    if edge not in EDGES:
        raise ValueError(f"An edge correction is one of {', '.join(EDGES)}, not {edge!r}.")
    if not bandwidth >= cell > 0:
        raise ValueError(f"The bandwidth ({bandwidth:g} m) is smaller than a cell ({cell:g} m).")
    x, y, weights = _points(x, y, weights)
    rows, columns = raster_shape(bounds, cell)
    if mask is not None and mask.shape != (rows, columns):
        raise ValueError(f"The mask has shape {mask.shape}, the raster {(rows, columns)}.")
    if mask is not None or edge != "none":
        area = np.ones((rows, columns), dtype=bool) if mask is None else mask
        row, column = np.floor((y - bounds[1]) / cell), np.floor((x - bounds[0]) / cell)
        within = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        row, column = row[within].astype(int), column[within].astype(int)
        inside = area[row, column]
        x, y, weights = x[within][inside], y[within][inside], weights[within][inside]
        if edge != "none":
            mass = kernel_mass(area, bandwidth / cell, kernel)
        if edge == "diggle":
            weights = weights / mass[row[inside], column[inside]]
    raster = _quartic_raster if kernel == "quartic" else gaussian_raster
    values = raster(x, y, weights, bandwidth, cell, bounds[:2], (rows, columns)) * 1e6
    if edge == "uniform":
        values = np.divide(values, mass, out=values, where=area)
    if mask is not None:
        values[~mask] = np.nan
    return Raster(values, bounds[0], bounds[1], cell)


def density_at(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray | None,
    at_x: np.ndarray,
    at_y: np.ndarray,
    *,
    bandwidth: float,
    kernel: str = "quartic",
) -> np.ndarray:
    """Exact density of incidents at any places, such as a grid's cell centres, without edge correction.
    The gaussian is summed within six bandwidths."""
    _check_kernel(kernel)
    if not bandwidth > 0:
        raise ValueError(f"A bandwidth is a positive number of metres, not {bandwidth:g}.")
    sums = KernelSums(x, y, weights, bandwidth * REACH[kernel]).at(at_x, at_y, bandwidth, kernel)
    return sums * HEIGHT[kernel] / bandwidth**2 * 1e6


def kernel_density(cells: pd.DataFrame, grid: Grid, bandwidth: float) -> np.ndarray:
    """Quartic density at each cell's centre from the cells' counts (columns i, j, count), taken at the
    centres.

    Coarse where the bandwidth is under two cells; ValueError under one. `density_at` with the incidents
    themselves and `grid.centres` is exact. No edge correction: density falls towards the study area's edge.
    """
    if bandwidth < grid.size:
        raise ValueError(f"The bandwidth ({bandwidth:g} m) is smaller than a cell ({grid.size} m).")
    x, y = grid.centres(cells.i.to_numpy(), cells.j.to_numpy())
    return density_at(x, y, cells["count"].to_numpy(), x, y, bandwidth=bandwidth)


def raster_shape(bounds: tuple[float, float, float, float], cell: float) -> tuple[int, int]:
    """Rows and columns of cells that cover `bounds`."""
    west, south, east, north = bounds
    if not (east > west and north > south):
        raise ValueError(f"Bounds are west, south, east, north, not {bounds}.")
    return math.ceil((north - south) / cell - 1e-9), math.ceil((east - west) / cell - 1e-9)


def polygon_mask(
    polygon: shapely.Geometry, bounds: tuple[float, float, float, float], cell: float
) -> np.ndarray:
    """The cells of the raster over `bounds` whose centre lies in `polygon` (projected metres)."""
    rows, columns = raster_shape(bounds, cell)
    x, y = bounds[0] + (np.arange(columns) + 0.5) * cell, bounds[1] + (np.arange(rows) + 0.5) * cell
    shapely.prepare(polygon)
    mask: np.ndarray = shapely.contains_xy(polygon, *np.meshgrid(x, y))
    return mask


def kernel_mass(mask: np.ndarray, bandwidth_cells: float, kernel: str) -> np.ndarray:
    """The share of the kernel around each cell of `mask` that lies within it, by the midpoint rule; NaN
    outside."""
    reach = math.ceil(bandwidth_cells * REACH[kernel])
    square = (np.arange(-reach, reach + 1) / bandwidth_cells) ** 2
    ratio = square[:, None] + square[None, :]
    weight = np.clip(1 - ratio, 0, None) ** 2 if kernel == "quartic" else np.exp(-ratio / 2)
    mass = signal.fftconvolve(mask.astype(float), weight / weight.sum(), mode="same")
    return np.where(mask, np.clip(mass, 0, 1), np.nan)


class KernelSums:
    """Sums of a kernel over points at any places and bandwidths: the points are sorted once, into boxes of
    `width` metres, best about the least reach that will be asked for."""

    def __init__(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray | None, width: float):
        x, y, weights = _points(x, y, weights)
        boxes = _boxes(x, y, width)
        order = np.argsort(boxes)
        self._width = width
        self._points = boxes[order], x[order], y[order], weights[order]

    def at(self, x: np.ndarray, y: np.ndarray, bandwidth: float, kernel: str) -> np.ndarray:
        """Weighted sums of the kernel, scaled to 1 at distance 0, at each place."""
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        around = math.ceil(bandwidth * REACH[kernel] / self._width)
        boxes = _boxes(x, y, self._width)
        sums = np.zeros(len(x))
        in_threads(
            _sums_at, len(x), *self._points, x, y, boxes, around, bandwidth, kernel == "gaussian", sums
        )
        return sums


class GaussianNodes:
    """The nodes that points are spread to and smoothed on, over a raster of `shape` from `corner`.

    A bandwidth below three cells is resolved by a finer grid within the cells.
    """

    def __init__(self, bandwidth: float, cell: float, corner: tuple[float, float], shape: tuple[int, int]):
        self._finer = math.ceil(min(3.0, 3 * cell / bandwidth))
        self._step = cell / self._finer
        self._margin = math.ceil(bandwidth * REACH["gaussian"] / self._step) + 3
        self._first = corner[0] + cell / 2, corner[1] + cell / 2
        self._shape = shape
        self.size = tuple(
            fft.next_fast_len(self._finer * cells + 2 * self._margin, real=True) for cells in shape
        )
        down, across = fft.fftfreq(self.size[0]), fft.rfftfreq(self.size[1])
        self._down, self._across = (
            _gaussian_over_spline(frequency, bandwidth / self._step) for frequency in (down, across)
        )

    def positions(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of points among the nodes, in units of their distance: along a row, and across rows."""
        u, v = (
            (at - first) / self._step + self._margin for at, first in zip((x, y), self._first, strict=True)
        )
        return u, v

    def smooth(self, nodes: np.ndarray) -> np.ndarray:
        """Density per square metre at the raster's cell centres of what was spread to the nodes."""
        transformed = fft.rfft2(nodes, workers=-1)
        transformed *= self._down[:, None]
        transformed *= self._across
        smoothed = fft.irfft2(transformed, s=self.size, workers=-1)
        rows, columns = (
            slice(self._margin, self._margin + self._finer * cells, self._finer) for cells in self._shape
        )
        density: np.ndarray = np.clip(smoothed[rows, columns], 0, None) / self._step**2
        return density


def gaussian_raster(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    bandwidth: float,
    cell: float,
    corner: tuple[float, float],
    shape: tuple[int, int],
) -> np.ndarray:
    """Density per square metre."""
    grid = GaussianNodes(bandwidth, cell, corner, shape)
    nodes = np.zeros(grid.size)
    spread_points(*grid.positions(x, y), weights, nodes)
    return grid.smooth(nodes)


def _gaussian_over_spline(frequency: np.ndarray, bandwidth: float) -> np.ndarray:
    ratio: np.ndarray = np.exp(-2 * (np.pi * bandwidth * frequency) ** 2) / np.sinc(frequency) ** 4
    return ratio


def _quartic_raster(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    bandwidth: float,
    cell: float,
    corner: tuple[float, float],
    shape: tuple[int, int],
) -> np.ndarray:
    # In units of cells from the first centre; a row of the raster then needs one slice of the points by y.
    u, v = (x - corner[0]) / cell - 0.5, (y - corner[1]) / cell - 0.5
    order = np.argsort(v)
    values = np.zeros(shape)
    in_threads(_quartic_rows, len(values), u[order], v[order], weights[order], bandwidth / cell, values)
    values *= HEIGHT["quartic"] / bandwidth**2
    return values


def _points(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    weights = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    if not len(x) == len(y) == len(weights):
        raise ValueError(f"There are {len(x)} x, {len(y)} y and {len(weights)} weights.")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(weights).all()):
        raise ValueError("A coordinate or a weight is missing: leave such incidents out.")
    return x, y, weights


def _check_kernel(kernel: str) -> None:
    if kernel not in REACH:
        raise ValueError(f"A kernel is one of {', '.join(REACH)}, not {kernel!r}.")


def _boxes(x: np.ndarray, y: np.ndarray, width: float) -> np.ndarray:
    return (np.floor(y / width).astype(np.int64) << 32) + np.floor(x / width).astype(np.int64)


@numba.njit(cache=True, nogil=True)
def _sums_at(
    start: int,
    stop: int,
    boxes: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    at_x: np.ndarray,
    at_y: np.ndarray,
    at_boxes: np.ndarray,
    around: int,
    bandwidth: float,
    gaussian: bool,
    sums: np.ndarray,
) -> None:
    for place in range(start, stop):
        total = 0.0
        for row in range(-around, around + 1):
            middle = at_boxes[place] + (row << 32)
            first, last = np.searchsorted(boxes, middle - around), np.searchsorted(boxes, middle + around + 1)
            for k in range(first, last):
                ratio = ((x[k] - at_x[place]) ** 2 + (y[k] - at_y[place]) ** 2) / bandwidth**2
                if gaussian:
                    if ratio < 36.0:
                        total += weights[k] * math.exp(-0.5 * ratio)
                elif ratio < 1.0:
                    total += weights[k] * (1.0 - ratio) ** 2
        sums[place] = total


@numba.njit(cache=True, nogil=True, fastmath=True)
def _quartic_rows(
    start: int,
    stop: int,
    u: np.ndarray,
    v: np.ndarray,
    weights: np.ndarray,
    bandwidth: float,
    values: np.ndarray,
) -> None:
    columns = values.shape[1]
    for row in range(start, stop):
        first, last = np.searchsorted(v, row - bandwidth), np.searchsorted(v, row + bandwidth)
        for k in range(first, last):
            left = 1.0 - ((v[k] - row) / bandwidth) ** 2
            if left > 0.0:
                half = bandwidth * math.sqrt(left)
                left_end, right_end = (
                    max(0, math.ceil(u[k] - half)),
                    min(columns - 1, math.floor(u[k] + half)),
                )
                for column in range(left_end, right_end + 1):
                    values[row, column] += weights[k] * (left - ((u[k] - column) / bandwidth) ** 2) ** 2


@numba.njit(cache=True, nogil=True)
def spread_points(u: np.ndarray, v: np.ndarray, weights: np.ndarray, nodes: np.ndarray) -> None:
    """Add weights at positions among the nodes (rows, columns) to them."""
    for k in range(len(u)):
        spread_one(u[k], v[k], weights[k], nodes)


@numba.njit(cache=True, nogil=True, inline="always")
def spread_one(u: float, v: float, weight: float, nodes: np.ndarray) -> None:
    """Share a weight at (u, v) among the 16 nodes round it, by cubic B-splines."""
    rows, columns = nodes.shape
    column, row = math.floor(u), math.floor(v)
    if row < 1 or column < 1 or row > rows - 3 or column > columns - 3:
        return
    across, along = _cubic(u - column), _cubic(v - row)
    for a in range(4):
        for b in range(4):
            nodes[row - 1 + a, column - 1 + b] += weight * along[a] * across[b]


@numba.njit(cache=True)
def _cubic(t: float) -> tuple[float, float, float, float]:
    return (
        (1 - t) ** 3 / 6,
        (3 * t**3 - 6 * t**2 + 4) / 6,
        (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6,
        t**3 / 6,
    )
