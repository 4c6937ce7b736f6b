"""Near repeats by name: the pairs behind a Knox table, which incidents were followed nearby, and which
followed."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd
from scipy import sparse

from analytics.hotspots.methods.dated_places import METRICS, check_dated_places
from analytics.hotspots.methods.spacetime_index import CHUNKS, sort_into_cells
from analytics.shared.threads import in_threads


@dataclass(frozen=True)
class NearRepeatParameters:
    """A pair counts if its distance is under `under_m` and its dates differ by fewer than `under_days` days,
    as in the table's bins; `same_place_m` and `metric` as in KnoxParameters."""

    under_m: float = 200
    under_days: int = 14
    metric: str = "euclidean"
    same_place_m: float = 0.0

    def __post_init__(self) -> None:
        if self.under_m <= 0 or self.under_days < 1 or self.same_place_m < 0 or self.metric not in METRICS:
            raise ValueError(f"Distance and days must be above 0, and the metric one of {METRICS}.")


@dataclass(frozen=True)
class NearRepeats:
    """`pairs`: first, second (row positions, in order of date), distance_m, days, same_place, ordered: False
    where both have the same date, which leaves open which came first.
    `events`: row, role, chain, earlier, later, same_day (how many partners). Only incidents with a partner.
    role: 'originator' (only later partners), 'near repeat' (only earlier), 'both', or 'same day only', where
    no order can be told. chain: number of the connected series, by its earliest incident.
    """

    pairs: pd.DataFrame
    events: pd.DataFrame


def near_repeats(
    x: np.ndarray,
    y: np.ndarray,
    day: np.ndarray,
    parameters: NearRepeatParameters = NearRepeatParameters(),
    *,
    time_precision: np.ndarray | None = None,
) -> NearRepeats:
    """The pairs behind the table: which incidents were followed nearby, and which followed.

    Takes and refuses what `knox_table` does. A list, not a test: pairs are here by chance too, as many as
    the table expects.
    """
    x, y, day = check_dated_places(x, y, day, time_precision)
    i, j, distance = _near_pairs(x, y, day, parameters)
    swap = (day[j] < day[i]) | ((day[j] == day[i]) & (j < i))
    first, second = np.where(swap, j, i), np.where(swap, i, j)
    days = day[second] - day[first]
    pairs = pd.DataFrame(
        {
            "first": first,
            "second": second,
            "distance_m": distance,
            "days": days,
            "same_place": distance <= parameters.same_place_m,
            "ordered": days > 0,
        }
    ).sort_values(["first", "second"], ignore_index=True)
    return NearRepeats(pairs, _events(pairs, day))


def _events(pairs: pd.DataFrame, day: np.ndarray) -> pd.DataFrame:
    row, at = np.unique(np.r_[pairs["first"], pairs["second"]], return_inverse=True)
    first, second = at[: len(pairs)], at[len(pairs) :]
    ordered, n = pairs.ordered.to_numpy(), len(row)
    later, earlier = (np.bincount(side[ordered], minlength=n) for side in (first, second))
    same_day = np.bincount(np.r_[first[~ordered], second[~ordered]], minlength=n)
    links = sparse.coo_array((np.ones(len(pairs)), (first, second)), shape=(n, n))
    component = sparse.csgraph.connected_components(links, directed=False)[1]
    by_date = np.argsort(day[row], kind="stable")
    chain = np.zeros(n, dtype=np.int64)
    chain[by_date] = pd.factorize(component[by_date])[0]
    role = np.select(
        [(later > 0) & (earlier > 0), later > 0, earlier > 0],
        ["both", "originator", "near repeat"],
        "same day only",
    )
    return pd.DataFrame(
        {"row": row, "role": role, "chain": chain, "earlier": earlier, "later": later, "same_day": same_day}
    )


def _near_pairs(
    x: np.ndarray, y: np.ndarray, day: np.ndarray, parameters: NearRepeatParameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair once: i, j, distance."""
    cells = sort_into_cells(x, y, day, parameters.under_m, parameters.under_days)
    order = cells.order
    ahead = np.array(
        [0, cells.column_step, *(cells.row_step + side * cells.column_step for side in (-1, 0, 1))]
    )
    given = (
        x[order],
        y[order],
        day[order],
        cells.key,
        cells.start,
        ahead,
        float(parameters.under_m),
        int(parameters.under_days),
        parameters.metric == "manhattan",
    )
    counts = np.zeros(CHUNKS + 1, dtype=np.int64)
    nothing = np.empty(0, dtype=np.int64)
    in_threads(_list_near, CHUNKS, *given, counts, nothing, nothing, np.empty(0), False)
    begin = np.cumsum(np.r_[0, counts[:-1]])
    first, second = np.empty((2, begin[-1]), dtype=np.int64)
    distance = np.empty(begin[-1])
    in_threads(_list_near, CHUNKS, *given, begin, first, second, distance, True)
    return order[first], order[second], distance


@numba.njit(cache=True, nogil=True)
def _list_near(
    chunk_from: int,
    chunk_to: int,
    x: np.ndarray,
    y: np.ndarray,
    day: np.ndarray,
    key: np.ndarray,
    start: np.ndarray,
    ahead: np.ndarray,
    under_m: float,
    under_days: float,
    manhattan: bool,
    at: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    distance: np.ndarray,
    listing: bool,
) -> None:
    """Each chunk's pairs nearer than both limits, met once: counted into `at`, or, `listing`, written from
    `at` on.

    Boxes are as large as the limits. Of a box's neighbours those ahead suffice (key differences `ahead`, a
    time before and after each): its own and later times, the next column, the three of the next row."""
    chunks, n = len(at) - 1, len(x)
    for chunk in range(chunk_from, chunk_to):
        found = at[chunk] if listing else 0
        box, last = np.searchsorted(start, np.array([chunk * n // chunks, (chunk + 1) * n // chunks]))
        low = np.zeros(len(ahead), dtype=np.int64)
        if box < len(key):
            low = np.searchsorted(key, key[box] + ahead - 1)
        high = low.copy()
        while box < min(last, len(key)):
            for side in range(len(ahead)):
                wanted = key[box] + ahead[side]
                while low[side] < len(key) and key[low[side]] < wanted - 1:
                    low[side] += 1
                high[side] = max(high[side], low[side])
                while high[side] < len(key) and key[high[side]] <= wanted + 1:
                    high[side] += 1
            for i in range(start[box], start[box + 1]):
                for side in range(len(ahead)):
                    begin = i + 1 if side == 0 else start[low[side]]
                    for j in range(begin, start[high[side]]):
                        dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
                        away = dx + dy if manhattan else np.sqrt(dx * dx + dy * dy)
                        if away < under_m and abs(day[i] - day[j]) < under_days:
                            if listing:
                                first[found], second[found], distance[found] = i, j, away
                            found += 1
            box += 1
        if not listing:
            at[chunk] = found
