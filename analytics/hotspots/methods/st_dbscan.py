"""ST-DBSCAN: series of incidents that are dense in space and in time at once.

Source: Birant & Kut (2007), Data & Knowledge Engineering 60(1), with two distances, Eps1 in space and Eps2 in
time; their third threshold, on a cluster's mean value, depends on the order of the rows and is left out.
Not a test: there is no null hypothesis and nothing to correct. Whether pairs are closer than chance would
make them is asked by `knox_table`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd

from analytics.hotspots.methods.spacetime_index import sort_into_cells
from analytics.hotspots.methods.spanning_tree import find_root
from analytics.hotspots.refusal import TooFewData
from analytics.shared.threads import in_threads

MINIMUM_EVENTS = 30
ROLES = ("noise", "border", "core")
_CHUNKS = 64
_ROUNDING = 1e-9  # relative: what is at the limit but for the rounding of its coordinates is within it


@dataclass(frozen=True)
class StDbscanParameters:
    """Two incidents are neighbours at most `eps_m` metres and at most `eps_days` days apart (a cylinder, not
    a ball). An incident with `min_points` neighbours, itself counted, is at the core of a series."""

    eps_m: float = 200
    eps_days: float = 7
    min_points: float = 5

    def __post_init__(self) -> None:
        if not (self.eps_m > 0 and self.eps_days > 0 and self.min_points > 0):
            raise ValueError("Distance, days and least number must be above 0.")


@dataclass(frozen=True)
class Series:
    """`points`, in the rows' order: series (-1 is none), role ('core', 'border', 'noise').
    `table`, one row a series, by its earliest core incident: series, n, weight, first, last, x, y (mean
    centre, metres), spread_m (standard distance from it) and, where given, categories ('a 12, b 3')."""

    points: pd.DataFrame
    table: pd.DataFrame


def st_dbscan(
    x: np.ndarray,
    y: np.ndarray,
    when: np.ndarray,
    parameters: StDbscanParameters = StDbscanParameters(),
    *,
    weight: np.ndarray | None = None,
    category: np.ndarray | None = None,
    time_precision: np.ndarray | None = None,
) -> Series:
    """Series of incidents; the same whatever the order of the rows.

    x, y: metres on a projected CRS; when: datetime64 or days as numbers; all of shape (n,). Two incidents
    dated to the day are whole days apart. With `weight` (at least 0), `min_points` is the least sum of
    weights, so that fewer and graver incidents make a series. A border incident within reach of several
    series joins that of its nearest core incident (then nearest in time, then the earliest series).
    Raises TooFewData under 30 incidents and for dates known to the month only; ValueError for missing values.
    """
    if time_precision is not None and np.any(np.asarray(time_precision) == "month"):
        raise TooFewData(
            "A series needs the day of each incident; some here are dated to the month only. Use data with "
            "dates, or clusters in space alone."
        )
    x, y, when = np.asarray(x, dtype=float), np.asarray(y, dtype=float), np.asarray(when)
    if len(x) < MINIMUM_EVENTS:
        raise TooFewData(
            f"Finding series needs at least {MINIMUM_EVENTS} incidents with a place and a date; this "
            f"selection has {len(x)}. Widen the period, the area or the categories."
        )
    days = _as_days(when)
    weight = np.ones(len(x)) if weight is None else np.asarray(weight, dtype=float)
    label, role = density_clusters(
        x, y, days, weight, parameters.eps_m, parameters.eps_days, parameters.min_points
    )
    points = pd.DataFrame({"series": label, "role": pd.Categorical.from_codes(role, ROLES)})
    table = _series_table(label, x, y, when, weight, category)
    table.attrs = {"parameters": parameters, "incidents": len(x)}
    return Series(points, table)


def density_clusters(
    x: np.ndarray,
    y: np.ndarray,
    days: np.ndarray,
    weight: np.ndarray,
    eps_m: float,
    eps_days: float,
    minimum: float,
) -> tuple[np.ndarray, np.ndarray]:
    """DBSCAN's labels (-1 is noise) and roles (positions in ROLES) with a cylinder for neighbourhood.

    Points in one box of eps_m / sqrt(2) by eps_days are all neighbours, so that boxes, not pairs, are joined:
    many incidents at one address cost no more than one. Raises ValueError for missing or negative values.
    """
    if not np.isfinite(np.r_[x, y, days, weight]).all() or (weight < 0).any():
        raise ValueError("Every incident needs a place, a time and a weight of at least 0.")
    cells = sort_into_cells(x, y, days, eps_m / np.sqrt(2), eps_days)
    order = cells.order
    points = x[order], y[order], days[order]
    box = np.repeat(np.arange(len(cells.key)), np.diff(cells.start))
    steps = sorted(
        ((row, column) for row in range(-2, 3) for column in range(-2, 3)),
        key=lambda s: s[0] ** 2 + s[1] ** 2,
    )
    offsets = np.array([row * cells.row_step + column * cells.column_step for row, column in steps])
    reach2, reach_days = (eps_m * (1 + _ROUNDING)) ** 2, eps_days * (1 + _ROUNDING)
    near = offsets, reach2, reach_days
    core = np.zeros(len(x), dtype=np.bool_)
    minimum = minimum * (1 - _ROUNDING)
    in_threads(_mark_cores, _CHUNKS, *points, weight[order], cells.key, cells.start, *near, minimum, core)
    root = _joined(*points, core, cells.key, cells.start, offsets[offsets >= 0], reach2, reach_days)[box]
    number = _numbers(*points, root, core)
    label, role = np.empty(len(x), dtype=np.int64), np.empty(len(x), dtype=np.int8)
    joined = number.copy()
    in_threads(_label_borders, _CHUNKS, *points, core, number, cells.key, cells.start, *near, joined)
    label[order] = joined
    role[order] = np.where(core, 2, np.where(joined >= 0, 1, 0))
    return label, role


def _as_days(when: np.ndarray) -> np.ndarray:
    if not np.issubdtype(when.dtype, np.datetime64):
        return when.astype(float)
    if np.isnat(when).any():
        raise ValueError("Every incident needs a date; leave out those without.")
    days: np.ndarray = (when - when.min()) / np.timedelta64(1, "D")
    return days


def _numbers(x: np.ndarray, y: np.ndarray, t: np.ndarray, root: np.ndarray, core: np.ndarray) -> np.ndarray:
    """Each core point's cluster, numbered by its earliest core point (then westernmost, southernmost)."""
    number = np.full(len(x), -1, dtype=np.int64)
    at = np.flatnonzero(core)
    earliest = at[np.lexsort((y[at], x[at], t[at]))]
    number[earliest] = pd.factorize(root[earliest])[0]
    return number


def _series_table(
    label: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    when: np.ndarray,
    weight: np.ndarray,
    category: np.ndarray | None,
) -> pd.DataFrame:
    inside = label >= 0
    frame = pd.DataFrame({"series": label, "weight": weight, "when": when, "x": x, "y": y})[inside]
    by_series = frame.groupby("series")
    table = by_series.agg(
        n=("x", "size"),
        weight=("weight", "sum"),
        first=("when", "min"),
        last=("when", "max"),
        x=("x", "mean"),
        y=("y", "mean"),
    )
    off = (frame.x - by_series.x.transform("mean")) ** 2 + (frame.y - by_series.y.transform("mean")) ** 2
    table["spread_m"] = np.sqrt(off.groupby(frame.series).mean())
    if category is not None:
        counted = pd.DataFrame({"series": label, "category": np.asarray(category)})[inside].value_counts()
        counted = counted.reset_index(name="n").sort_values(
            ["series", "n", "category"], ascending=[True, False, True]
        )
        text = counted.category.astype(str) + " " + counted.n.astype(str)
        table["categories"] = text.groupby(counted.series).agg(", ".join)
    return table.reset_index()


@numba.njit(cache=True)
def _advance(low: np.ndarray, high: np.ndarray, key: np.ndarray, wanted: np.ndarray) -> None:
    """Move each offset's [low, high) on to the boxes at `wanted`, one time step before to one after."""
    for o in range(len(wanted)):
        while low[o] < len(key) and key[low[o]] < wanted[o] - 1:
            low[o] += 1
        high[o] = max(high[o], low[o])
        while high[o] < len(key) and key[high[o]] <= wanted[o] + 1:
            high[o] += 1


@numba.njit(cache=True)
def _ranges(
    key: np.ndarray, start: np.ndarray, offsets: np.ndarray, chunk: int
) -> tuple[int, int, np.ndarray, np.ndarray]:
    """The boxes of a chunk of about equally many points, and where its neighbours' ranges begin."""
    n = start[-1]
    first, last = np.searchsorted(start, np.array([chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS]))
    low = np.zeros(len(offsets), dtype=np.int64)
    if first < len(key):
        low = np.searchsorted(key, key[first] + offsets - 1)
    return first, min(last, len(key)), low, low.copy()


@numba.njit(cache=True, nogil=True)
def _mark_cores(
    chunk_from: int,
    chunk_to: int,
    x: np.ndarray,
    y: np.ndarray,
    t: np.ndarray,
    weight: np.ndarray,
    key: np.ndarray,
    start: np.ndarray,
    offsets: np.ndarray,
    reach2: float,
    reach_days: float,
    minimum: float,
    core: np.ndarray,
) -> None:
    for chunk in range(chunk_from, chunk_to):
        first, last, low, high = _ranges(key, start, offsets, chunk)
        for box in range(first, last):
            begin, end = start[box], start[box + 1]
            if weight[begin:end].sum() >= minimum:
                core[begin:end] = True
                continue
            _advance(low, high, key, key[box] + offsets)
            for i in range(begin, end):
                seen = 0.0
                for o in range(len(offsets)):
                    for j in range(start[low[o]], start[high[o]]):
                        dx, dy = x[i] - x[j], y[i] - y[j]
                        if dx * dx + dy * dy <= reach2 and abs(t[i] - t[j]) <= reach_days:
                            seen += weight[j]
                            if seen >= minimum:
                                break
                    if seen >= minimum:
                        core[i] = True
                        break


@numba.njit(cache=True)
def _touch(
    x: np.ndarray,
    y: np.ndarray,
    t: np.ndarray,
    core: np.ndarray,
    first: int,
    first_end: int,
    second: int,
    second_end: int,
    reach2: float,
    reach_days: float,
) -> bool:
    """Whether a core point of one box is a neighbour of a core point of the other."""
    for i in range(first, first_end):
        if core[i]:
            for j in range(second, second_end):
                dx, dy = x[i] - x[j], y[i] - y[j]
                if core[j] and dx * dx + dy * dy <= reach2 and abs(t[i] - t[j]) <= reach_days:
                    return True
    return False


@numba.njit(cache=True)
def _joined(
    x: np.ndarray,
    y: np.ndarray,
    t: np.ndarray,
    core: np.ndarray,
    key: np.ndarray,
    start: np.ndarray,
    offsets: np.ndarray,
    reach2: float,
    reach_days: float,
) -> np.ndarray:
    """Each box's root: boxes whose core points are linked by neighbours have the same. `offsets` look
    ahead."""
    boxes = len(key)
    parent = np.arange(boxes)
    has_core = np.zeros(boxes, dtype=np.bool_)
    for box in range(boxes):
        has_core[box] = core[start[box] : start[box + 1]].any()
    low, high = np.zeros(len(offsets), dtype=np.int64), np.zeros(len(offsets), dtype=np.int64)
    for box in range(boxes):
        if not has_core[box]:
            continue
        _advance(low, high, key, key[box] + offsets)
        for o in range(len(offsets)):
            for other in range(max(low[o], box + 1), high[o]):
                if has_core[other]:
                    mine, theirs = find_root(parent, box), find_root(parent, other)
                    if mine != theirs and _touch(
                        x,
                        y,
                        t,
                        core,
                        start[box],
                        start[box + 1],
                        start[other],
                        start[other + 1],
                        reach2,
                        reach_days,
                    ):
                        parent[max(mine, theirs)] = min(mine, theirs)
    for box in range(boxes):
        parent[box] = find_root(parent, box)
    return parent


@numba.njit(cache=True, nogil=True)
def _label_borders(
    chunk_from: int,
    chunk_to: int,
    x: np.ndarray,
    y: np.ndarray,
    t: np.ndarray,
    core: np.ndarray,
    number: np.ndarray,
    key: np.ndarray,
    start: np.ndarray,
    offsets: np.ndarray,
    reach2: float,
    reach_days: float,
    label: np.ndarray,
) -> None:
    """Labels (core points' own already): for others that of the nearest core point within reach."""
    for chunk in range(chunk_from, chunk_to):
        first, last, low, high = _ranges(key, start, offsets, chunk)
        for box in range(first, last):
            if core[start[box] : start[box + 1]].all():
                continue
            _advance(low, high, key, key[box] + offsets)
            for i in range(start[box], start[box + 1]):
                if core[i]:
                    continue
                nearest = (np.inf, np.inf, np.int64(-1))
                for o in range(len(offsets)):
                    for j in range(start[low[o]], start[high[o]]):
                        if core[j]:
                            dx, dy, dt = x[i] - x[j], y[i] - y[j], abs(t[i] - t[j])
                            distance2 = dx * dx + dy * dy
                            here = (distance2, dt, number[j])
                            if distance2 <= reach2 and dt <= reach_days and here < nearest:
                                nearest = here
                label[i] = nearest[2]
