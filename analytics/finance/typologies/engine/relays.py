"""Relays: an account receives a sum and soon pays on one much like it."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account

_HOUR = DAY // 24
_MAX_COMPARED = 200  # of the account's payments before and after that its habit is judged by


@dataclass(frozen=True)
class Relays:
    """One value a relay, sorted by `paid`, then `received`: positions in the ledger of what was received
    and of what was paid on, and the `digits` of improbability that the account would pay such a sum so soon
    anyway."""

    received: np.ndarray
    paid: np.ndarray
    digits: np.ndarray


def find_relays(
    ledger: TimedLedger, days: float, min_share: float, max_share: float, min_digits: float
) -> Relays:
    """Every payment on a path that is followed within `days` by one of its payee's of `min_share` to
    `max_share` of its sum, in the same currency, and that is improbable by `min_digits`.

    Expected are as many payments of such a sum as the account makes otherwise in as long, and as often as its
    payments would be of such a sum by everybody's sums. Ledgers without sums have none."""
    nothing = np.empty(0, np.int64)
    if ledger.amount is None:
        return Relays(nothing, nothing, np.empty(0))
    rows = np.flatnonzero(ledger.path & (ledger.amount > 0))
    amount = ledger.amount[rows].astype(float)
    currency = ledger.texts.get("currency", np.zeros(len(ledger), np.int32))[rows]
    n, at = len(ledger.accounts), np.arange(len(rows))
    in_starts, ins = by_account(ledger.payee[rows], at, n)
    out_starts, outs = by_account(ledger.payer[rows], at, n)
    ordered = np.sort(amount)
    low = np.searchsorted(ordered, amount * min_share)
    like = (np.searchsorted(ordered, amount * max_share, "right") - low) / max(len(rows), 1)
    received, paid, digits = _relays(
        *(in_starts, ins, out_starts, outs),
        *(ledger.time[rows], amount, currency, like),
        int(days * DAY),
        min_share,
        max_share,
        float(max(ledger.end - ledger.begin, DAY)),
        min_digits,
    )
    order = np.lexsort((received, paid))
    return Relays(rows[received[order]], rows[paid[order]], digits[order])


@numba.njit(cache=True, nogil=True)
def _relays(
    in_starts: Ints,
    ins: Ints,
    out_starts: Ints,
    outs: Ints,
    time: Ints,
    amount: Floats,
    currency: Ints,
    like: Floats,
    gap: int,
    min_share: float,
    max_share: float,
    length: float,
    min_digits: float,
) -> tuple[Ints, Ints, Floats]:
    size = 0
    received, paid = np.empty(1024, np.int64), np.empty(1024, np.int64)
    digits = np.empty(1024, np.float64)
    for account in range(len(in_starts) - 1):
        low, high = out_starts[account], out_starts[account + 1]
        if low == high:
            continue
        after = low
        for k in range(in_starts[account], in_starts[account + 1]):
            i = ins[k]
            while after < high and time[outs[after]] <= time[i]:
                after += 1
            since, until = max(low, after - _MAX_COMPARED), min(high, after + _MAX_COMPARED)
            alike = 0
            for m in range(since, until):
                share = amount[outs[m]] / amount[i]
                alike += min_share <= share <= max_share
            covered = length
            if until - since < high - low:
                covered = max(float(time[outs[until - 1]] - time[outs[since]]), float(_HOUR))
            for m in range(after, high):
                j = outs[m]
                passed = time[j] - time[i]
                if passed > gap:
                    break
                share = amount[j] / amount[i]
                if currency[j] != currency[i] or not min_share <= share <= max_share:
                    continue
                usual = (alike - 1 + like[i] * (until - since)) / covered
                expected = usual * max(passed, _HOUR)
                found = -np.log10(max(-np.expm1(-expected), 1e-9))
                if found < min_digits:
                    continue
                if size == len(paid):
                    received = np.concatenate((received, np.empty(size, np.int64)))
                    paid = np.concatenate((paid, np.empty(size, np.int64)))
                    digits = np.concatenate((digits, np.empty(size, np.float64)))
                received[size], paid[size], digits[size] = i, j, found
                size += 1
    return received[:size], paid[:size], digits[:size]
