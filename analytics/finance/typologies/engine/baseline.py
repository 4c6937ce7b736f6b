"""What is usual in a block of time: how often an average account meets a new counterparty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analytics.finance.typologies.engine.timed_ledger import Ledger


@dataclass(frozen=True)
class Usual:
    """By block: `events` (new pairs), `rate` of them and `flow` of all payments a microsecond and active
    account, and the chance that two new pairs meet: `through` (one's payee is the other's payer),
    `same_payee`."""

    events: np.ndarray
    rate: np.ndarray
    flow: np.ndarray
    through: np.ndarray
    same_payee: np.ndarray


def blocks_of(time: np.ndarray, ledger: Ledger) -> np.ndarray:
    """The block each time lies in: stretches of the history's length, counted from the data's beginning."""
    return (time - ledger.begin) // ledger.surroundings.history


def what_is_usual(ledger: Ledger) -> Usual:
    """What is usual in each block from the data's beginning to the end; blocks without new pairs have rate
    0."""
    surroundings = ledger.surroundings
    size = int((ledger.end - ledger.begin) // surroundings.history) + 1
    path = np.flatnonzero(ledger.path)
    block, accounts = blocks_of(ledger.time[path], ledger), len(ledger.accounts)
    payments = np.bincount(block, minlength=size)
    keys = np.concatenate([block * accounts + ledger.payer[path], block * accounts + ledger.payee[path]])
    active = np.bincount(np.unique(keys) // max(accounts, 1), minlength=size)
    first = path[ledger.first[path]]
    block = blocks_of(ledger.time[first], ledger)
    events = np.bincount(block, minlength=size)
    starts = ledger.begin + np.arange(size) * surroundings.history
    length = np.clip(
        np.minimum(starts + surroundings.history, ledger.end + 1) - starts, surroundings.window, None
    )
    keys, counts = np.unique(block * accounts + ledger.payee[first], return_counts=True)
    paying, paid = np.unique(block * accounts + ledger.payer[first], return_counts=True)
    same = np.bincount(keys // max(accounts, 1), weights=counts * (counts - 1.0), minlength=size)
    _, left, right = np.intersect1d(keys, paying, assume_unique=True, return_indices=True)
    meet = np.bincount(
        keys[left] // max(accounts, 1), weights=counts[left] * paid[right] * 1.0, minlength=size
    )
    squared = np.maximum(events, 1.0) ** 2
    return Usual(
        events,
        events / np.maximum(active, 1) / length,
        payments / np.maximum(active, 1) / length,
        np.maximum(meet, 1) / squared,
        np.maximum(same, 1) / squared,
    )
