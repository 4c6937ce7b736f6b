"""The ground a forecast is made on: cells, the places of incidents, and what was known on a given morning."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from analytics.hotspots.grid.cells import CellLookup, Grid, index_cells

ADDRESS = 10.0  # metres: incidents in one square of this width are at one address
PLACES_PER_CELL = 4  # across: a kernel takes an incident at the middle of a square of a quarter cell


@dataclass(frozen=True)
class Incidents:
    """Incidents in the order of their days: x and y (metres, projected), day (days since 1970), weight."""

    x: np.ndarray
    y: np.ndarray
    day: np.ndarray
    weight: np.ndarray
    weighted: bool

    @classmethod
    def from_frame(cls, points: pd.DataFrame) -> Incidents:
        """From columns x, y, local_date and, if there, weight (1 otherwise). The order of rows is of no
        account. Raises ValueError for coordinates or weights that are not finite, and negative weights."""
        day = points.local_date.to_numpy().astype("datetime64[D]").astype(np.int64)
        x, y = (points[name].to_numpy(dtype=float) for name in ("x", "y"))
        weighted = "weight" in points
        weight = points["weight"].to_numpy(dtype=float) if weighted else np.ones(len(points))
        if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(weight).all()):
            raise ValueError("Coordinates and weights must be finite numbers.")
        if (weight < 0).any():
            raise ValueError("Weights must not be negative.")
        order = np.lexsort((weight, y, x, day))
        return cls(x[order], y[order], day[order], weight[order], weighted)


@dataclass(frozen=True)
class Kernel:
    """How risk falls with distance (metres): 'gaussian' with standard deviation `width`, cut at three of
    them, or 'halving' every `width`, cut at four. Both have unit volume on the plane before the cut."""

    form: str
    width: float

    @property
    def reach(self) -> float:
        return self.width * (3 if self.form == "gaussian" else 4)

    def density(self, distance: np.ndarray) -> np.ndarray:
        """Per square metre."""
        if self.form == "gaussian":
            return np.exp(-((distance / self.width) ** 2) / 2) / (2 * math.pi * self.width**2)
        return np.exp2(-distance / self.width) * math.log(2) ** 2 / (2 * math.pi * self.width**2)


class Ground:
    """Cells that ever had an incident, with the day of their first, and each incident's cell.

    Cells first used after an origin are here too, so that one set of rows serves every origin; what a
    forecast may know of them is nothing (`Past.known`).
    """

    def __init__(self, incidents: Incidents, grid: Grid):
        self.incidents, self.grid = incidents, grid
        i, j = index_cells(grid, incidents.x, incidents.y)
        cells, self.cell = np.unique(np.stack([i, j]), axis=1, return_inverse=True)
        self.i, self.j = cells
        self.cell = self.cell.ravel()
        self.first_day = np.full(len(self), np.iinfo(np.int64).max)
        np.minimum.at(self.first_day, self.cell, incidents.day)
        step = grid.size / PLACES_PER_CELL
        squares = np.stack([np.floor(incidents.x / step), np.floor(incidents.y / step)])
        places, self.place = np.unique(squares, axis=1, return_inverse=True)
        self.place = self.place.ravel()
        self._places = (places.T + 0.5) * step
        self._kernels: dict[Kernel, sparse.csr_array] = {}

    def __len__(self) -> int:
        return len(self.i)

    def spread(self, kernel: Kernel) -> sparse.csr_array:
        """Matrix (cells, places): the share of an incident at a place that the kernel lends to a cell."""
        if kernel not in self._kernels:
            if kernel.width < self.grid.size / 2:
                raise ValueError(
                    f"The kernel's width ({kernel.width:g} m) is under half a cell ({self.grid.size:g} m)."
                )
            centres = cKDTree(np.stack(self.grid.centres(self.i, self.j), axis=1))
            pairs = centres.sparse_distance_matrix(
                cKDTree(self._places), kernel.reach, output_type="coo_matrix"
            ).tocsr()
            pairs.data = kernel.density(pairs.data) * self.grid.cell_km2 * 1e6
            self._kernels[kernel] = sparse.csr_array(pairs)
        return self._kernels[kernel]

    @cached_property
    def _addressed(self) -> tuple[np.ndarray, np.ndarray]:
        squares = np.stack([np.floor(self.incidents.x / ADDRESS), np.floor(self.incidents.y / ADDRESS)])
        _, first, address = np.unique(squares, axis=1, return_index=True, return_inverse=True)
        return address.ravel(), self.cell[first]

    @property
    def addresses(self) -> np.ndarray:
        """Each incident's address: the square of 10 m that it lies in, numbered."""
        return self._addressed[0]

    @property
    def address_cell(self) -> np.ndarray:
        """The cell of each address, by its first incident."""
        return self._addressed[1]

    @cached_property
    def touching(self) -> sparse.csr_array:
        """Matrix (cells, cells): 1 where two cells touch."""
        lookup = CellLookup(self.i, self.j)
        shifted = np.stack([lookup.shifted(di, dj) for di, dj in self.grid.neighbours()])
        _, rows = np.nonzero(shifted >= 0)
        columns = shifted[shifted >= 0]
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(self), len(self)))


@dataclass(frozen=True)
class Horizon:
    """How far a forecast looks: so many days, or with `months` so many calendar months, from the first of
    one. `days` is then their length on average and orders nothing. Days are numbers since 1970."""

    days: int
    months: int = 0

    def step(self, origin: int, periods: int = 1) -> int:
        """The day so many periods after `origin` (before it, where negative)."""
        if not self.months:
            return origin + periods * self.days
        month = np.datetime64(origin, "D").astype("datetime64[M]") + periods * self.months
        return int(month.astype("datetime64[D]").astype(np.int64))

    def find_year_before(self, origin: int, season: int) -> tuple[int, int]:
        """First day and the day after the last of the same days a year before, widened to `season` days; of
        the same calendar months."""
        if self.months:
            first = Horizon(0, 12).step(origin, -1)
            return first, self.step(first)
        days = max(self.days, season)
        first = origin - 365 - (days - self.days) // 2
        return first, first + days


class Past:
    """What was known on the morning of `origin` (a day number): only incidents of earlier days.

    Counts are remembered, for several methods start from the same ones. `end` is the day after the last that
    is forecast, `horizon` the days until then.
    """

    def __init__(self, ground: Ground, origin: int, ahead: Horizon | int):
        self.ground, self.origin = ground, origin
        self.ahead = Horizon(ahead) if isinstance(ahead, int) else ahead
        self.end = self.ahead.step(origin)
        self.horizon = self.end - origin
        days = ground.incidents.day
        self._n = int(np.searchsorted(days, origin))
        self.weight = ground.incidents.weight[: self._n]
        self.days = int(origin - days[0]) if self._n else 0
        self.known = ground.first_day < origin
        self._rates: dict[tuple[float, Kernel | None], np.ndarray] = {}

    @property
    def age(self) -> np.ndarray:
        """Of each incident in days, yesterday's 1; not stored, because pasts are stored by the dozen."""
        return self.origin - self.ground.incidents.day[: self._n]

    def between(self, first: int, end: int) -> np.ndarray:
        """Sum of weights by cell over incidents from the day `first` to the day before `end`."""
        return self.window(self.origin - end + 1, self.origin - first)

    def window(self, youngest: int, oldest: int) -> np.ndarray:
        """Sum of weights by cell over incidents `youngest` to `oldest` days old (yesterday's are 1)."""
        days = self.ground.incidents.day
        first = np.searchsorted(days, self.origin - oldest)
        last = np.searchsorted(days, self.origin - youngest, side="right")
        return np.bincount(self.ground.cell[first:last], self.weight[first:last], minlength=len(self.ground))

    @cached_property
    def unit(self) -> float:
        """The weight of an incident, weighted by itself: 1 where incidents are only counted."""
        total = self.weight.sum()
        return float((self.weight**2).sum() / total) if total > 0 else 1.0

    def effective_days(self, half_life: float) -> float:
        """Days of history, each weighing half as much for every `half_life` days it lies back."""
        if math.isinf(half_life):
            return float(self.days)
        daily = 0.5 ** (1 / half_life)
        days: float = daily * (1 - daily**self.days) / (1 - daily)
        return days

    def rate(self, half_life: float = math.inf, kernel: Kernel | None = None) -> np.ndarray:
        """Weight per day and cell: the history decayed by `half_life` days (never, by default), spread in
        space by `kernel` (not at all, by default)."""
        key = (half_life, kernel)
        if key not in self._rates:
            weight = self.weight * np.exp2(-np.arange(self.days + 1) / half_life)[self.age]
            if kernel is None:
                sums = np.bincount(self.ground.cell[: self._n], weight, minlength=len(self.ground))
            else:
                matrix = self.ground.spread(kernel)
                sums = matrix @ np.bincount(self.ground.place[: self._n], weight, minlength=matrix.shape[1])
            self._rates[key] = sums / self.effective_days(half_life)
        return self._rates[key]

    def recency(self) -> np.ndarray:
        """Days since each cell's last incident; the length of the history plus one where there was none."""
        latest = np.full(len(self.ground), self.days + 1)
        np.minimum.at(latest, self.ground.cell[: self._n], self.age)
        return latest
