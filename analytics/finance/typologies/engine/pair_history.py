"""What else passed within a pair of accounts, around each payment between them."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.finance.typologies.engine.surroundings import Surroundings
from analytics.store.engine import Engine

FAR = -(2**62)  # a time before any


def measure_pairs(
    time: np.ndarray,
    payer: np.ndarray,
    payee: np.ndarray,
    between: np.ndarray,
    surroundings: Surroundings,
    engine: Engine,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each transaction what else passed between its two accounts: the span of time from the earliest
    within the history before to the latest within it after; the time of the one before, FAR where there is
    none; and how many there are within the history before and after."""
    at = np.flatnonzero(between)
    pairs = ibis.memtable(pa.table({"at": at, "time": time[at], "payer": payer[at], "payee": payee[at]}))
    found = engine.run(pair_history(pairs, surroundings))
    where = found["at"].to_numpy()
    span, previous = np.full(len(time), np.iinfo(np.int64).max), np.full(len(time), FAR)
    pair_count = np.zeros(len(time), np.int64)
    span[where] = found["span"].to_numpy()
    previous[where] = pc.fill_null(found["previous"], FAR).to_numpy()
    pair_count[where] = found["count"].to_numpy()
    return span, previous, pair_count


def pair_history(pairs: ibis.Table, surroundings: Surroundings) -> ibis.Table:
    """For each payment between two accounts (at, time, payer, payee), by its place `at`, what else passed
    between them: `span`, `previous` (null where none) and `count` within the history before and after."""
    reach = surroundings.history

    def around(before: int, after: int) -> Any:  # an Ibis window, which has no public type
        return ibis.range_window(
            group_by=[pairs.payer, pairs.payee], order_by=pairs.time, preceding=before, following=after
        )

    ordered = ibis.window(group_by=[pairs.payer, pairs.payee], order_by=[pairs.time, pairs["at"]])
    return pairs.select(
        "at",
        span=pairs.time.max().over(around(0, reach)) - pairs.time.min().over(around(reach, 0)),
        previous=pairs.time.lag().over(ordered),
        count=pairs.count().over(around(reach, reach)),
    )
