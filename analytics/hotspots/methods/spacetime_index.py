"""Points sorted into boxes of space and time, so that whatever is near is found by integer keys.

Boxes are `side` metres square and `days` long. A box's key orders boxes by row, column and time; empty rows,
columns and times are left around them, so that adding steps to a key never lands in another row's boxes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

CHUNKS = 32  # parts that a search for near pairs is cut into, so that every thread is kept busy
_MARGIN = 2  # boxes left empty at either end of a row and of a column's time


def find_distinct_places(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x and y of each place that occurs, by x and then y, and the position in them of each of the points
    (n,)."""
    order = np.argsort(y)
    order = order[np.argsort(x[order], kind="stable")]  # several times faster than lexsort
    x, y = x[order], y[order]
    other = np.r_[True, (x[1:] != x[:-1]) | (y[1:] != y[:-1])]
    at = np.empty(len(x), dtype=np.int64)
    at[order] = np.cumsum(other) - 1
    return x[other], y[other], at


class Cells(NamedTuple):
    """`order` lists the points box by box; box b holds order[start[b]:start[b + 1]] and has the key key[b].

    `row_step` and `column_step` are the differences of key between boxes next to each other; boxes that
    follow in time differ by 1.
    """

    order: np.ndarray
    key: np.ndarray
    start: np.ndarray
    row_step: int
    column_step: int


def sort_into_cells(x: np.ndarray, y: np.ndarray, t: np.ndarray, side: float, days: float) -> Cells:
    """The boxes that hold points. x, y in metres, t in days, all of shape (n,), n > 0 and finite.

    Raises ValueError where the points lie too far apart for 64-bit keys, as with a stray coordinate.
    """
    row, column, bin_ = (
        np.floor((values - values.min()) / width) for values, width in ((y, side), (x, side), (t, days))
    )
    column_step = int(bin_.max()) + 1 + _MARGIN
    row_step = (int(column.max()) + 1 + 2 * _MARGIN) * column_step
    if (int(row.max()) + 2 * _MARGIN) * row_step >= 2**62:
        raise ValueError("The points lie too far apart for so small a distance; look for stray coordinates.")
    key = row.astype(np.int64) * row_step + column.astype(np.int64) * column_step + bin_.astype(np.int64)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
    return Cells(order, ordered[first], np.append(first, len(key)), row_step, column_step)
