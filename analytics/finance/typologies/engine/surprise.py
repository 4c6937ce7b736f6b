"""How improbable a count is under an account's own history: decimal digits, so that 3 is one in a thousand.

New counterparties come to an account at a rate of its own, known only from its history; rates differ between
accounts as a gamma distribution does whose mean is everybody's (an account without history is like anybody).
The count in a window is then negative binomial (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6)."""

from __future__ import annotations

import math

import numba
import numpy as np

from analytics.finance.typologies.engine.arrays import Ints

_PRIOR = 1.0  # events' worth of weight that everybody's rate has beside the account's own history


@numba.njit(cache=True, nogil=True)
def burst_surprise(count: int, window: float, others: int, exposure: float, rate: float) -> float:
    """-log10 P(at least `count` events in `window`) for an account that had `others` of them in `exposure`,
    where the average account has `rate` a unit of time."""
    shape = others + _PRIOR
    q = window / (window + exposure + _PRIOR / rate)
    return -_log_tail(count, shape, math.log(q), math.log1p(-q)) / math.log(10.0)


@numba.njit(cache=True, nogil=True)
def _log_tail(count: int, shape: float, log_q: float, log_p: float) -> float:
    """log P(X >= count), X negative binomial with P(X = j) = Γ(j + r) / (j! Γ(r)) q^j p^r."""
    if count <= 0:
        return 0.0
    log_term = (
        math.lgamma(count + shape)
        - math.lgamma(count + 1.0)
        - math.lgamma(shape)
        + count * log_q
        + shape * log_p
    )
    q, total, term, j = math.exp(log_q), 1.0, 1.0, count
    while term > 1e-12 * total and j < count + 100_000:
        term *= (j + shape) / (j + 1.0) * q
        total += term
        j += 1
    return min(log_term + math.log(total), 0.0)


@numba.njit(cache=True, nogil=True)
def poisson_surprise(count: int, expected: float) -> float:
    """-log10 P(at least `count`) where `expected` are expected and each comes by itself."""
    if count <= 0:
        return 0.0
    total, term, j = 1.0, 1.0, count
    while term > 1e-12 * total:
        term *= expected / (j + 1.0)
        total += term
        j += 1
    log_tail = count * math.log(expected) - expected - math.lgamma(count + 1.0) + math.log(total)
    return max(-log_tail / math.log(10.0), 0.0)


@numba.njit(cache=True, nogil=True)
def product_surprise(log_sum: float, steps: int) -> float:
    """-log10 P(the product of `steps` uniform numbers is at most exp(-`log_sum`)): Fisher's combination, the
    tail of a gamma distribution."""
    if steps <= 0 or log_sum <= 0:
        return 0.0
    total, term = 1.0, 1.0
    for j in range(1, steps):
        term *= log_sum / j
        total += term
    return max((log_sum - math.log(total)) / math.log(10.0), 0.0)


@numba.njit(cache=True, nogil=True)
def count_between(times: Ints, low: int, high: int, since: int, until: int) -> int:
    """How many of the ascending times[low:high] lie within [since, until]."""
    part = times[low:high]
    return int(np.searchsorted(part, until, "right") - np.searchsorted(part, since, "left"))


@numba.njit(cache=True, nogil=True)
def later_than(time: Ints, order: Ints, low: int, high: int, moment: int) -> int:
    """The first of order[low:high], ascending in time, that is later than a moment."""
    while low < high:
        middle = (low + high) // 2
        if time[order[middle]] <= moment:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True, nogil=True)
def own_surprise(
    times: Ints,
    low: int,
    high: int,
    since: int,
    until: int,
    count: int,
    window: int,
    history: int,
    begin: int,
    end: int,
    rate: float,
) -> float:
    """`burst_surprise` of `count` events of one account within [since, until], judged by its others up to
    `history` before and after; `begin` and `end` are the data's."""
    around_from, around_to = max(since - history, begin), min(until + history, end)
    others = count_between(times, low, high, around_from, around_to) - count
    exposure = max(around_to - around_from - window, window)
    return burst_surprise(count, float(window), others, float(exposure), rate)
