"""New pairs that meet at an account: the joins that scatter-gather and bipartite share, as Ibis
expressions."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa

from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.store.engine import Engine


def with_time_slots(table: ibis.Table, window: int, back: bool = False) -> tuple[ibis.Table, ibis.Table]:
    """The table twice, each with a `slot` of time `window` microseconds long, so that of any two rows at most
    `window` apart, the left one not later (or, with `back`, either), the slots are the same exactly once.
    Joined on it the cost grows with the rows and not with the square of the time they cover."""
    slot = (table.time // window).cast("int64")
    slots = [slot, slot + 1] + ([slot - 1] if back else [])
    return table.mutate(slot=ibis.array(slots).unnest()), table.mutate(slot=slot)


def _first_payments(ledger: TimedLedger) -> ibis.Table:
    at = np.flatnonzero(ledger.path & ledger.first)
    return ibis.memtable(
        pa.table({"at": at, "time": ledger.time[at], "payer": ledger.payer[at], "payee": ledger.payee[at]})
    )


def join_onward(ledger: TimedLedger, window: int, engine: Engine) -> np.ndarray:
    """(n, 2) positions: a first transaction to an account, and one of that account to a new payee after it,
    within `window` microseconds. Sorted."""
    legs, onward = with_time_slots(_first_payments(ledger), window)
    onward = onward.rename(next_at="at", next_time="time", between="payer", last="payee", next_slot="slot")
    met = legs.join(
        onward,
        [
            legs.payee == onward.between,
            legs.slot == onward.next_slot,
            onward.next_time > legs.time,
            onward.next_time <= legs.time + window,
        ],
    )
    return _sort_pairs(engine.run(met.select("at", "next_at")))


def join_shared_payees(ledger: TimedLedger, window: int, engine: Engine) -> np.ndarray:
    """(n, 2) positions: first transactions of two payers, the lower first, to one payee within `window`
    microseconds of each other. Sorted."""
    left, right = with_time_slots(_first_payments(ledger), window, back=True)
    right = right.rename(next_at="at", next_time="time", other="payer", shared="payee", next_slot="slot")
    met = left.join(
        right,
        [
            left.payee == right.shared,
            left.slot == right.next_slot,
            left.payer < right.other,
            right.next_time <= left.time + window,
            left.time <= right.next_time + window,
        ],
    )
    return _sort_pairs(engine.run(met.select("at", "next_at")))


def _sort_pairs(found: pa.Table) -> np.ndarray:
    pairs = np.column_stack([found["at"].to_numpy(), found["next_at"].to_numpy()]).astype(np.int64)
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])
