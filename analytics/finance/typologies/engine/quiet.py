"""How quiet an account is otherwise: decimal digits by which it meets fewer new accounts than the average
one.

Chance picks its accounts among the busy, in proportion to what they do; people who are used for once are like
anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from analytics.finance.typologies.engine.baseline import blocks_of
from analytics.finance.typologies.engine.surprise import count_between

if TYPE_CHECKING:
    from analytics.finance.typologies.engine.timed_ledger import Ledger


def quietness(ledger: Ledger, account: np.ndarray, index: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """For each transaction of a new pair on a path log10((average + 1) / (others + 1/2)), where `others` are
    the new accounts that `account` (payer or payee) met on that side within the history around it, besides
    this one, and `average` what the average account meets in as long; 0 for any other transaction."""
    starts, order = index
    digits = np.zeros(len(ledger))
    if len(order):
        rate = ledger.usual.rate[blocks_of(ledger.time[order], ledger)]
        values = np.zeros(len(order))
        _quiet(
            account[order],
            ledger.time[order],
            starts,
            rate,
            ledger.surroundings.history,
            ledger.begin,
            ledger.end,
            values,
        )
        digits[order] = values
    return digits


@numba.njit(cache=True, nogil=True)
def _quiet(account, time, starts, rate, history, begin, end, values):
    for k in range(len(account)):
        since, until = max(time[k] - history, begin), min(time[k] + history, end)
        others = count_between(time, starts[account[k]], starts[account[k] + 1], since, until) - 1
        values[k] = np.log10((rate[k] * (until - since) + 1.0) / (others + 0.5))
