"""Near repeats: are pairs of incidents close in space and time more frequent than chance would make them?

Null hypothesis: the dates are exchangeable among the places, so being close in space says nothing of being
close in time. Tested by permuting the dates over the places (Monte Carlo).
Sources: Knox (1964), Applied Statistics 13; Johnson et al. (2007), J. Quantitative Criminology 23; bins and
labels of Ratcliffe's Near Repeat Calculator 1.3, whose 'a to b' means [a - 1, b).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd
from scipy import stats

from analytics.hotspots.methods.dated_places import METRICS, check_dated_places
from analytics.hotspots.methods.spacetime_index import CHUNKS, sort_into_cells
from analytics.shared.threads import in_threads

LABELS = ("intervals", "nrc")
_DATES_HELD = 500_000_000  # over all permutations counted in one search for the pairs: 1 GB
_MAXIMUM_AT_ONCE = 128  # permutations: more would hardly be faster, and could not be stopped meanwhile
_SHUFFLED_AT_ONCE = 8  # permutations written side by side, which a column at a time would be slow


@dataclass(frozen=True)
class KnoxParameters:
    """How pairs are sorted into the table, and how it is tested.

    `distance_edges_m` and `day_edges`, ascending, are the upper edges of half-open intervals: with (100, 200)
    a pair falls in 'same place' (distance at most `same_place_m`), else in under 100 m, [100, 200) or 200 m
    and more; days are [0, 7), [7, 14) and 14 and more with (7, 14). Days between two incidents are the
    difference of their local calendar dates, so 0 is the same date. `metric` is 'euclidean' or 'manhattan'.

    `labels` 'intervals' names the bins as they are; 'nrc' as the Near Repeat Calculator does ('1 to 100' for
    under 100 m, '101 to 200' for [100, 200), '0 to 7' for [0, 7)), for comparison with its output. Where its
    labels should be true instead, give their edges: `with_labels_true()`.
    """

    distance_edges_m: tuple[float, ...] = (100, 200, 300, 400)
    day_edges: tuple[int, ...] = (7, 14, 21, 28)
    metric: str = "euclidean"
    same_place_m: float = 0.0
    permutations: int = 999
    seed: int = 0
    labels: str = "intervals"

    def __post_init__(self) -> None:
        distances = (self.same_place_m, *self.distance_edges_m)
        if not self.distance_edges_m or self.same_place_m < 0 or np.any(np.diff(distances) <= 0):
            raise ValueError("Distance edges must ascend from above the same-place tolerance.")
        days = (0, *self.day_edges)
        if not self.day_edges or np.any(np.diff(days) <= 0) or any(day != int(day) for day in days):
            raise ValueError("Day edges must be ascending whole numbers above 0.")
        if self.metric not in METRICS or self.labels not in LABELS or self.permutations < 1:
            raise ValueError(f"metric is one of {METRICS}, labels of {LABELS}; permutations at least 1.")

    def with_labels_true(self) -> KnoxParameters:
        """The bins that the Near Repeat Calculator's labels say: '1 to 100' m as [1, 101) (whole metres,
        rounded down), 'same place' as at most 1 m, '0 to 7' days as 0 to 7 inclusive."""
        return KnoxParameters(
            tuple(edge + 1 for edge in self.distance_edges_m),
            tuple(day + 1 for day in self.day_edges),
            self.metric,
            1.0,
            self.permutations,
            self.seed,
        )


def knox_table(
    x: np.ndarray,
    y: np.ndarray,
    day: np.ndarray,
    parameters: KnoxParameters = KnoxParameters(),
    *,
    time_precision: np.ndarray | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> pd.DataFrame:
    """Pairs of incidents by distance and days between them, against chance.

    x, y: metres on a projected CRS; day: local dates (datetime64, or whole day numbers); all of shape (n,).
    One row a cell: distance and days (labels), distance_from_m, distance_to_m, day_from, day_to (the interval
    [from, to); 'same place' is closed at its tolerance), observed, expected (the exact mean over all
    permutations: row total x column total / pairs), ratio, p (one-sided, more than expected, (r + 1) /
    (permutations + 1)) and p_fdr (Benjamini-Hochberg over the table's cells where pairs are expected).
    Parameters are in `attrs`. A harm weight has no meaning here: pairs are counted. `progress` is told the
    share done, and may raise. Raises TooFewData under 30 incidents, for dates known to the month only
    (`time_precision` 'month', one an incident) and for points that are stand-ins for their neighbourhood;
    ValueError for parts of days."""
    x, y, day = check_dated_places(x, y, day, time_precision)
    day = day - day.min()
    longest = int(day.max())
    day = day.astype(np.int16 if longest < 2**15 else np.int32)  # most of the time goes into reading them
    edges = np.array([np.nextafter(parameters.same_place_m, np.inf), *parameters.distance_edges_m], float)
    day_bin = np.searchsorted(parameters.day_edges, np.arange(longest + 1), side="right").astype(np.uint16)
    cells = sort_into_cells(x, y, np.zeros(len(x)), edges[-1], 1)
    place = x[cells.order], y[cells.order]
    shape = len(edges) + 1, len(parameters.day_edges) + 1
    totals = _pairs_by_days(day, parameters.day_edges)

    def tables(days: np.ndarray) -> np.ndarray:
        """Pairs by distance and days for each column of dates (n, tables); the far row is the remainder."""
        counts = np.zeros((CHUNKS, days.shape[1], shape[0] * shape[1]), dtype=np.int64)
        in_threads(
            _count_near,
            CHUNKS,
            *place,
            days,
            cells.key,
            cells.start,
            cells.row_step,
            cells.column_step,
            edges,
            parameters.metric == "manhattan",
            day_bin,
            shape[1],
            counts,
        )
        near: np.ndarray = counts.sum(axis=0).reshape(-1, *shape)
        near[:, -1] = totals - near.sum(axis=1)
        return near

    seeds = np.random.default_rng(parameters.seed).integers(1, 2**64, parameters.permutations, np.uint64)
    batch = min(_MAXIMUM_AT_ONCE, max(1, _DATES_HELD // len(x)))
    at_least = np.zeros(shape, dtype=np.int64)
    for first in range(0, parameters.permutations, batch):
        progress(first / parameters.permutations)
        chosen = seeds[first : first + batch]
        days = np.empty((len(day), 1 + len(chosen)), dtype=day.dtype)
        days[:, 0] = day[cells.order]
        in_threads(_permute, len(chosen), day, chosen, days[:, 1:])
        counted = tables(days)
        observed = counted[0]
        at_least += (counted[1:] >= observed).sum(axis=0)
    table = _compare_with_chance(observed, totals, at_least, parameters)
    table.attrs = {"parameters": parameters, "incidents": len(x)}
    return table


def _compare_with_chance(
    observed: np.ndarray, totals: np.ndarray, at_least: np.ndarray, parameters: KnoxParameters
) -> pd.DataFrame:
    """The table's cells with what chance gives. `observed`: pairs by distance and days; `totals`: pairs by
    days; `at_least`: in how many permutations a cell had as many pairs as observed, or more."""
    expected = observed.sum(axis=1, keepdims=True) * totals / totals.sum()
    p = (at_least + 1) / (parameters.permutations + 1)
    table = _bins(parameters).assign(observed=observed.ravel(), expected=expected.ravel())
    table["ratio"] = np.divide(
        table.observed, table.expected, where=table.expected > 0, out=np.full(len(table), np.nan)
    )
    table["p"] = p.ravel()
    tested = (table.expected > 0).to_numpy()  # where no pair can be, there is nothing to correct for
    table["p_fdr"] = 1.0
    table.loc[tested, "p_fdr"] = stats.false_discovery_control(p.ravel()[tested], method="bh")
    return table


def _pairs_by_days(day: np.ndarray, edges: tuple[int, ...]) -> np.ndarray:
    """All pairs by bin of days between them, whatever their distance: shape (len(edges) + 1,)."""
    days, count = np.unique(day, return_counts=True)
    cumulative = np.r_[0, np.cumsum(count)]
    after = np.searchsorted(days, days + np.array(edges)[:, None])
    later = cumulative[after] - cumulative[1:]
    under = (count * (count - 1) // 2).sum() + (later * count).sum(axis=1)
    return np.diff(under, prepend=0, append=len(day) * (len(day) - 1) // 2)


def _bins(parameters: KnoxParameters) -> pd.DataFrame:
    """One row a cell of the table, row by row: labels and true intervals."""
    same, edges, days = parameters.same_place_m, parameters.distance_edges_m, parameters.day_edges
    if parameters.labels == "nrc":
        distance = ["Same location", *_nrc((0, *edges), "{:g} to {:g}"), f"More than {edges[-1]:g}"]
        day = [f"0 to {days[0]}", *_nrc(days, "{:d} to {:d}"), f"More than {days[-1]}"]
    else:
        distance = [
            "same place" if same == 0 else f"same place (at most {same:g} m)",
            f"over {same:g} and under {edges[0]:g} m",
            *(f"{low:g} to under {high:g} m" for low, high in zip(edges, edges[1:], strict=False)),
            f"{edges[-1]:g} m or more",
        ]
        starts = (0, *days)
        day = [_whole_days(low, high - 1) for low, high in zip(starts, days, strict=False)]
        day.append(f"{days[-1]} days or more")
    space = pd.DataFrame(
        {
            "distance": distance,
            "distance_from_m": [0.0, same, *edges],
            "distance_to_m": [same, *edges, np.inf],
        }
    )
    time = pd.DataFrame({"days": day, "day_from": [0, *days], "day_to": [*map(float, days), np.inf]})
    return space.merge(time, how="cross")


def _nrc(edges: tuple[float, ...], form: str) -> list[str]:
    return [form.format(low + 1, high) for low, high in zip(edges, edges[1:], strict=False)]


def _whole_days(first: int, last: int) -> str:
    if last == 0:
        return "same day"
    return f"{first} to {last} days" if last > first else f"{first} day{'s' * (first > 1)}"


@numba.njit(cache=True, nogil=True)
def _permute(first: int, last: int, values: np.ndarray, seeds: np.ndarray, out: np.ndarray) -> None:
    """One permutation of `values` a seed into out (n, len(seeds)): the same on any number of threads.

    Fisher-Yates with xorshift64* (Vigna 2016), several times faster than NumPy's, which is most of a table's
    time. Scaling its upper 32 bits favours no index by more than n / 2^32.
    """
    half = np.uint64(32)
    shuffled = np.empty((min(_SHUFFLED_AT_ONCE, last - first), len(values)), values.dtype)
    for begin in range(first, last, len(shuffled)):
        batch = min(len(shuffled), last - begin)
        for k in range(batch):
            shuffled[k] = values
            state = seeds[begin + k]
            for i in range(len(values) - 1, 0, -1):
                state ^= state >> np.uint64(12)
                state ^= state << np.uint64(25)
                state ^= state >> np.uint64(27)
                upper = (state * np.uint64(0x2545F4914F6CDD1D)) >> half
                j = (upper * np.uint64(i + 1)) >> half
                shuffled[k, i], shuffled[k, j] = shuffled[k, j], shuffled[k, i]
        for i in range(len(values)):
            for k in range(batch):
                out[i, begin + k] = shuffled[k, i]


@numba.njit(cache=True, nogil=True)
def _count_near(
    chunk_from: int,
    chunk_to: int,
    x: np.ndarray,
    y: np.ndarray,
    days: np.ndarray,
    key: np.ndarray,
    start: np.ndarray,
    row_step: int,
    column_step: int,
    edges: np.ndarray,
    manhattan: bool,
    day_bin: np.ndarray,
    day_bins: int,
    counts: np.ndarray,
) -> None:
    """Add to counts (chunks, tables, cells) every pair nearer than edges[-1], met once, for every column of
    `days`. Half of a box's neighbours suffice: the rest of its row's three boxes, and the row after."""
    boxes, n, reach = len(key), len(x), edges[-1]
    for chunk in range(chunk_from, chunk_to):
        table = counts[chunk]
        first = int(np.searchsorted(start, chunk * n // len(counts)))
        last = int(np.searchsorted(start, (chunk + 1) * n // len(counts)))
        east = low = high = first
        for box in range(first, min(last, boxes)):
            while east < boxes and key[east] <= key[box] + column_step:
                east += 1
            while low < boxes and key[low] < key[box] + row_step - column_step:
                low += 1
            while high < boxes and key[high] <= key[box] + row_step + column_step:
                high += 1
            for i in range(start[box], start[box + 1]):
                for side in range(2):
                    begin, end = (i + 1, start[east]) if side == 0 else (start[low], start[high])
                    for j in range(begin, end):
                        dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
                        distance = dx + dy if manhattan else np.sqrt(dx * dx + dy * dy)
                        if distance < reach:
                            band = 0
                            while distance >= edges[band]:
                                band += 1
                            for k in range(days.shape[1]):
                                between = abs(days[i, k] - days[j, k])
                                table[k, band * day_bins + day_bin[between]] += 1
