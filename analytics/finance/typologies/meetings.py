"""New pairs that meet at an account: the joins that scatter-gather and bipartite share, as Ibis expressions."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa

from analytics.engine import Engine
from analytics.finance.typologies.ledger import Ledger


def _firsts(ledger: Ledger) -> pa.Table:
    at = np.flatnonzero(ledger.path & ledger.first)
    return pa.table({"at": at, "time": ledger.time[at], "payer": ledger.payer[at], "payee": ledger.payee[at]})


def onward(ledger: Ledger, window: int, engine: Engine) -> np.ndarray:
    """(n, 2) positions: a first transaction to an account, and one of that account to a new payee after it, within
    `window` microseconds. Sorted."""
    table = _firsts(ledger)
    legs = ibis.memtable(table)
    onward = ibis.memtable(table).rename(next_at="at", next_time="time", between="payer", last="payee")
    met = legs.join(
        onward,
        [legs.payee == onward.between, onward.next_time > legs.time, onward.next_time <= legs.time + window],
    )
    return _sorted(engine.run(met.select("at", "next_at")))


def shared_payees(ledger: Ledger, window: int, engine: Engine) -> np.ndarray:
    """(n, 2) positions: first transactions of two payers, the lower first, to one payee within `window`
    microseconds of each other. Sorted."""
    table = _firsts(ledger)
    left = ibis.memtable(table)
    right = ibis.memtable(table).rename(next_at="at", next_time="time", other="payer", shared="payee")
    met = left.join(
        right,
        [
            left.payee == right.shared, left.payer < right.other,
            right.next_time <= left.time + window, left.time <= right.next_time + window,
        ],
    )  # fmt: skip
    return _sorted(engine.run(met.select("at", "next_at")))


def _sorted(found: pa.Table) -> np.ndarray:
    pairs = np.column_stack([found["at"].to_numpy(), found["next_at"].to_numpy()]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
