"""What a detector returns: results as ordered transactions, and on demand the roles and the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.finance.typologies.engine.timed_ledger import Ledger


@dataclass(frozen=True)
class Results:
    """Results of one typology. `rows`: positions in the ledger, result after result, each in order of time;
    `offsets` (one more than results) says where each begins. `account`: who it centres on. `surprise`:
    decimal digits of improbability, comparable within the typology only (see `leads`). `anchor`: the moment
    by which it belongs to a block of time. `cut`: stretches of time (from, until, microseconds) of which
    nothing is listed, because the search took too long. `judged`: how many accounts were looked at."""

    typology: str
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

    def keep(self, chosen: np.ndarray) -> Results:
        """Only the results at these positions."""
        sizes = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        rows = self.rows[np.repeat(self.offsets[:-1][chosen] - offsets[:-1], sizes) + np.arange(offsets[-1])]
        return Results(
            self.typology,
            offsets,
            rows,
            self.account[chosen],
            self.surprise[chosen],
            self.anchor[chosen],
            self.cut,
            self.judged,
        )

    @staticmethod
    def of(typology: str, lists: list[np.ndarray], account, surprise, anchor, judged: int = 0) -> Results:
        sizes = np.fromiter((len(rows) for rows in lists), np.int64, len(lists))
        rows = np.concatenate(lists) if lists else np.empty(0, np.int64)
        return Results(
            typology,
            np.concatenate([[0], np.cumsum(sizes)]),
            rows.astype(np.int64),
            np.asarray(account, np.int32),
            np.asarray(surprise, np.float64),
            np.asarray(anchor, np.int64),
            judged=judged,
        )


@dataclass(frozen=True)
class Explanation:
    """`roles`: account (its position in the ledger's names) -> its part. `why`: one sentence, plain text."""

    roles: dict[int, str]
    why: str


Explain = Callable[[Ledger, np.ndarray, int], Explanation]


def best_of_each(key: np.ndarray, surprise: np.ndarray) -> np.ndarray:
    """Positions of the most surprising of each key; of equal ones the earliest."""
    return best_in_block(key, np.zeros(len(key), np.int64), surprise)


def best_in_block(key: np.ndarray, block: np.ndarray, surprise: np.ndarray) -> np.ndarray:
    """Positions of the most surprising of each (key, block); of equal ones the earliest."""
    order = np.lexsort((np.arange(len(key)), -surprise, block, key))
    fresh = np.ones(len(order), bool)
    fresh[1:] = (key[order][1:] != key[order][:-1]) | (block[order][1:] != block[order][:-1])
    return np.sort(order[fresh])
