"""What a detector returns: results as ordered transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Results:
    """Results of one typology. `rows`: positions in the ledger, result after result, each in order of time;
    `offsets` (one more than results) says where each begins. `account`: who it centres on. `surprise`:
    decimal digits of improbability, comparable within the typology only (see `leads`). `anchor`: the moment
    by which it belongs to a block of time. `cut`: stretches of time (from, until, microseconds) of which
    nothing is listed, because the search took too long. `judged`: how many accounts were looked at."""

    offsets: np.ndarray
    rows: np.ndarray
    account: np.ndarray
    surprise: np.ndarray
    anchor: np.ndarray
    cut: tuple[tuple[int, int], ...] = ()
    judged: int = 0

    def __len__(self) -> int:
        return len(self.account)

    def rows_of(self, result: int) -> np.ndarray:
        return self.rows[self.offsets[result] : self.offsets[result + 1]]

    def select(self, chosen: np.ndarray) -> Results:
        """Only the results at these positions."""
        sizes = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rows = self.rows[np.repeat(self.offsets[:-1][chosen] - offsets[:-1], sizes) + np.arange(offsets[-1])]
        return Results(
            offsets,
            rows,
            self.account[chosen],
            self.surprise[chosen],
            self.anchor[chosen],
            self.cut,
            self.judged,
        )

    @staticmethod
    def of(
        lists: Sequence[np.ndarray],
        account: npt.ArrayLike,
        surprise: npt.ArrayLike,
        anchor: npt.ArrayLike,
        judged: int = 0,
    ) -> Results:
        """Results from the rows of each, in order of time."""
        sizes = np.fromiter((len(rows) for rows in lists), np.int64, len(lists))
        rows = np.concatenate(lists) if lists else np.empty(0, np.int64)
        return Results(
            np.concatenate([[0], np.cumsum(sizes)]),
            rows.astype(np.int64),
            np.asarray(account, np.int32),
            np.asarray(surprise, np.float64),
            np.asarray(anchor, np.int64),
            judged=judged,
        )


def best_of_each(key: np.ndarray, surprise: np.ndarray) -> np.ndarray:
    """Positions of the most surprising of each key; of equal ones the earliest."""
    return best_in_block(key, np.zeros(len(key), np.int64), surprise)


def best_in_block(key: np.ndarray, block: np.ndarray, surprise: np.ndarray) -> np.ndarray:
    """Positions of the most surprising of each (key, block); of equal ones the earliest."""
    order = np.lexsort((np.arange(len(key)), -surprise, block, key))
    fresh = np.ones(len(order), bool)
    fresh[1:] = (key[order][1:] != key[order][:-1]) | (block[order][1:] != block[order][:-1])
    return np.sort(order[fresh])
