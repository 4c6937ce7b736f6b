"""Which combinations of values the rows of a file have: each is read once, however many rows have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

_SPREADS = np.uint64(0x9E3779B97F4A7C15)  # odd, so that nothing is lost by it


@dataclass(frozen=True)
class DistinctRows:
    """`codes`: of each row, from 0 in the order in which they first come; `first`: the first row of each."""

    codes: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]


def find_distinct(columns: Sequence[npt.NDArray[np.generic]]) -> DistinctRows:
    """The distinct combinations of columns of numbers, at least one column; NaN equals NaN."""
    words = [_as_words(column) for column in columns]
    mixed = words[0]
    for word in words[1:]:
        mixed = (mixed * _SPREADS) ^ word
    distinct = _number_distinct(mixed)
    if all((word[distinct.first][distinct.codes] == word).all() for word in words):
        return distinct
    codes = _number_distinct(words[0]).codes  # two combinations came to the same mixture
    for word in words[1:]:
        others = _number_distinct(word)
        codes = _number_distinct(codes * len(others.first) + others.codes).codes
    return _number_distinct(codes)


def _as_words(column: npt.NDArray[np.generic]) -> npt.NDArray[np.uint64]:
    wide = column.astype(np.float64 if column.dtype.kind == "f" else np.int64)
    return wide.view(np.uint64)


def _number_distinct(values: npt.NDArray[np.generic]) -> DistinctRows:
    codes, _ = pd.factorize(values)
    return find_first_rows(codes)


def find_first_rows(codes: npt.NDArray[np.integer]) -> DistinctRows:
    """The first row of each code, of rows that are coded already from 0 in the order in which they come."""
    numbers: npt.NDArray[np.int64] = codes.astype(np.int64)
    first = np.zeros(int(numbers.max(initial=-1)) + 1, np.int64)
    first[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)  # the last to be written is the first row
    return DistinctRows(numbers, first)
