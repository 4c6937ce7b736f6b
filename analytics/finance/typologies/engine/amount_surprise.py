"""How large a payment is beside what its payer pays otherwise: evidence in decimal digits."""

from __future__ import annotations

import numba
import numpy as np

from analytics.finance.typologies.engine.arrays import Floats, Ints

_MAX_COMPARED = 100  # of the payer's payments before, and as many after


def amount_surprise(
    time: np.ndarray, payer: np.ndarray, amount: np.ndarray | None, currency: np.ndarray | None, history: int
) -> np.ndarray:
    """log10 of how much likelier a payment's size is for one of a scheme than for any of its payer's.

    `share` is the share of the payer's payments of the same currency, within the history before and after,
    that are at least as large (equal ones count half). Among a payer's own it is uniform; a scheme is taken
    to draw it from a Beta(1/2, 1), which makes the largest of twenty 2.2 times as likely and the smallest
    half. 0 where amount, currency or payer is not recorded. `time` ascending, microseconds."""
    digits = np.zeros(len(time))
    if amount is None or currency is None or not len(time):
        return digits
    known = np.flatnonzero((payer >= 0) & (amount > 0) & (currency >= 0))
    known = known[np.lexsort((known, currency[known], payer[known]))]
    if len(known):
        own_payer, own_currency = payer[known], currency[known]
        other = (own_payer[1:] != own_payer[:-1]) | (own_currency[1:] != own_currency[:-1])
        starts = np.flatnonzero(np.r_[True, other, True])
        share = np.zeros(len(known))
        _fill_share(starts, time[known], amount[known], history, share)
        digits[known] = -np.log10(2 * np.sqrt(share))
    return digits


@numba.njit(cache=True, nogil=True)
def _fill_share(starts: Ints, time: Ints, amount: Ints, history: int, share: Floats) -> None:
    for group in range(len(starts) - 1):
        low, high = starts[group], starts[group + 1]
        for k in range(low, high):
            larger, others = 0.5, 0
            for j in range(max(low, k - _MAX_COMPARED), min(high, k + _MAX_COMPARED + 1)):
                if j != k and abs(time[j] - time[k]) <= history:
                    others += 1
                    larger += 1.0 if amount[j] > amount[k] else 0.5 if amount[j] == amount[k] else 0.0
            share[k] = larger / (others + 1)
