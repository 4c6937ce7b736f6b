"""What is normal in a block of time: how often an average account meets a new counterparty, and how quiet one
account is beside it.

Chance picks its accounts among the busy, in proportion to what they do; people who are used for once are like
anybody. So a pattern through quiet accounts says more."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.blocks import Blocks
from analytics.finance.typologies.engine.surprise import count_between


@dataclass(frozen=True)
class Baseline:
    """By block: `events` (new pairs), `rate` of them and `flow` of all payments a microsecond and active
    account, and the chance that two new pairs meet: `through` (one's payee is the other's payer),
    `same_payee`."""

    events: np.ndarray
    rate: np.ndarray
    flow: np.ndarray
    through: np.ndarray
    same_payee: np.ndarray


def measure_baseline(
    time: np.ndarray,
    payer: np.ndarray,
    payee: np.ndarray,
    first: np.ndarray,
    accounts: int,
    blocks: Blocks,
    window: int,
) -> Baseline:
    """The baseline of every block; blocks without new pairs have rate 0.

    Arrays have one value a payment on a path; `first`: whether it is the first of a new pair."""
    size, accounts_or_one = blocks.count, max(accounts, 1)
    block = blocks.of(time)
    payments = np.bincount(block, minlength=size)
    ends = np.concatenate([block * accounts + payer, block * accounts + payee])
    active = np.bincount(np.unique(ends) // accounts_or_one, minlength=size)
    block, payer, payee = block[first], payer[first], payee[first]
    events = np.bincount(block, minlength=size)
    starts = blocks.start_of(np.arange(size))
    length = np.clip(np.minimum(starts + blocks.length, blocks.end + 1) - starts, window, None)
    paid, paid_count = np.unique(block * accounts + payee, return_counts=True)
    paying, paying_count = np.unique(block * accounts + payer, return_counts=True)
    same = np.bincount(paid // accounts_or_one, weights=paid_count * (paid_count - 1.0), minlength=size)
    _, left, right = np.intersect1d(paid, paying, assume_unique=True, return_indices=True)
    meetings = paid_count[left] * paying_count[right] * 1.0
    meet = np.bincount(paid[left] // accounts_or_one, weights=meetings, minlength=size)
    squared = np.maximum(events, 1.0) ** 2
    return Baseline(
        events,
        events / np.maximum(active, 1) / length,
        payments / np.maximum(active, 1) / length,
        np.maximum(meet, 1) / squared,
        np.maximum(same, 1) / squared,
    )


def measure_quietness(
    account: np.ndarray, time: np.ndarray, starts: np.ndarray, rate: np.ndarray, blocks: Blocks
) -> np.ndarray:
    """For each first payment of a new pair log10((average + 1) / (others + 1/2)), where `others` are the new
    accounts that `account` met on that side within a block's length before and after, besides this one, and
    `average` what the average account meets in as long.

    Payments are sorted by account, then time; `starts`: where each account's begin (one more than accounts);
    `rate`: of the block of each."""
    digits = np.zeros(len(account))
    if len(account):
        _fill_quietness(account, time, starts, rate, blocks.length, blocks.begin, blocks.end, digits)
    return digits


@numba.njit(cache=True, nogil=True)
def _fill_quietness(
    account: Ints, time: Ints, starts: Ints, rate: Floats, history: int, begin: int, end: int, digits: Floats
) -> None:
    for k in range(len(account)):
        since, until = max(time[k] - history, begin), min(time[k] + history, end)
        others = count_between(time, starts[account[k]], starts[account[k] + 1], since, until) - 1
        digits[k] = np.log10((rate[k] * (until - since) + 1.0) / (others + 0.5))
