"""Hubs: shops, payrolls, utilities. So many deal with them all the time that a path through one says
nothing."""

from __future__ import annotations

import numba
import numpy as np

from analytics.finance.typologies.engine.arrays import Flags, Ints
from analytics.finance.typologies.engine.surroundings import DAY, Surroundings


def mark_hubs(
    time: np.ndarray,
    payer: np.ndarray,
    payee: np.ndarray,
    previous: np.ndarray,
    between: np.ndarray,
    accounts: int,
    begin: int,
    end: int,
    surroundings: Surroundings,
) -> np.ndarray:
    """Which transactions are paid to an account that many pay, or by one that pays many.

    `previous`: the time of the pair's transaction before; `between`: whether it is one between two accounts.
    An account is a hub in a block of `history_days` where in that block and the one before, its busiest
    window left out, it had more than `hub_counterparties` different counterparties per 28 days: a burst alone
    makes no hub."""
    at = np.flatnonzero(between)
    hub = np.zeros(len(time), bool)
    max_rate = surroundings.hub_counterparties / (28 * DAY)
    for account in (payee, payer):
        order = at[np.argsort(account[at], kind="stable")]  # by account, then time
        starts = np.searchsorted(account[order], np.arange(accounts + 1))
        mark = np.zeros(len(order), np.bool_)
        periods = (begin, end, surroundings.history, surroundings.window)
        _mark(starts, time[order], previous[order], *periods, max_rate, mark)
        hub[order[mark]] = True
    return hub


@numba.njit(cache=True, nogil=True)
def _mark(
    starts: Ints,
    time: Ints,
    previous: Ints,
    begin: int,
    end: int,
    history: int,
    window: int,
    max_rate: float,
    mark: Flags,
) -> None:
    blocks = (end - begin) // history + 1
    for account in range(len(starts) - 1):
        low, high = starts[account], starts[account + 1]
        if high == low:
            continue
        for block in range((time[low] - begin) // history, blocks):
            since = begin + max(block - 1, 0) * history
            start, stop = begin + block * history, min(begin + (block + 1) * history, end + 1)
            if time[high - 1] < start:
                break
            first = low + np.searchsorted(time[low:high], since)
            last = low + np.searchsorted(time[low:high], stop)
            counterparties = busiest = 0
            tail, inside = first, 0
            # the first dealing with each counterparty, and how many of them the busiest window has
            for k in range(first, last):
                if previous[k] < since:
                    counterparties += 1
                    inside += 1
                while time[tail] < time[k] - window:
                    inside -= previous[tail] < since
                    tail += 1
                busiest = max(busiest, inside)
            observed = max(stop - since - window, window)
            if counterparties - busiest > max_rate * observed:
                own = low + np.searchsorted(time[low:high], start)
                mark[own:last] = True
