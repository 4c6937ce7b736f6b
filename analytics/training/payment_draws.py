"""How planted payments are drawn: by whom, when, and how much."""

from __future__ import annotations

import numpy as np

from analytics.training.people import People
from analytics.training.settings import Rng, read_settings

HOUR, DAY = 60, 24 * 60  # minutes
Payment = tuple[int, int, int, int]  # minute since the first local midnight, payer, payee, amount in pence
# kind, accounts (the hub first), payments, channel; and True where paid in from several towns
Planted = tuple[str, list[int], list[Payment], str] | tuple[str, list[int], list[Payment], str, bool]


class PatternPool:
    """Draws people, nobody twice while there are people left."""

    def __init__(self, rng: Rng, free: np.ndarray, people: People) -> None:
        self._free, self._quiet, self._people, self._rng = rng.permutation(free), people.quiet, people, rng
        self._drawn = self._woken = 0

    def draw_people(self, count: int) -> list[int]:
        self._drawn += count
        return [int(self._free[(self._drawn - k - 1) % len(self._free)]) for k in range(count)]

    def draw_quiet(self) -> int:
        """A holder whose account has had no payment so far."""
        self._woken += 1
        return int(self._quiet[(self._woken - 1) % len(self._quiet)])

    def draw_one(self, kind: str) -> int:
        return int(self._rng.choice(self._people.of(kind)))


def draw_beginning(rng: Rng, room: int = 60) -> int:
    """A first minute that leaves `room` days before the period ends."""
    return int(rng.integers(20, read_settings()["period"]["days"] - room)) * DAY


def draw_moments(rng: Rng, begin: int, days: int, count: int) -> np.ndarray:
    """Sorted minutes by day (07:00 to 23:00) within so many days."""
    day = rng.integers(0, days, count) * DAY
    return np.sort(begin + day + rng.integers(7 * HOUR, 23 * HOUR, count))


def draw_sums(rng: Rng, count: int, low: int, high: int) -> np.ndarray:
    """Amounts in pence between so many pounds, some of them round."""
    amount = rng.integers(low * 100, high * 100, count)
    return np.where(rng.random(count) < 0.35, amount // 1000 * 1000, amount)


def pay_into_one(
    rng: Rng, begin: int, days: int, payers: list[int], payee: int, low: int, high: int
) -> list[Payment]:
    when, sums = draw_moments(rng, begin, days, len(payers)), draw_sums(rng, len(payers), low, high)
    return [(int(m), payer, payee, int(s)) for m, payer, s in zip(when, payers, sums, strict=True)]


def pay_from_one(
    rng: Rng, begin: int, days: int, payer: int, payees: list[int], low: int, high: int
) -> list[Payment]:
    when, sums = draw_moments(rng, begin, days, len(payees)), draw_sums(rng, len(payees), low, high)
    return [(int(m), payer, payee, int(s)) for m, payee, s in zip(when, payees, sums, strict=True)]


def split_total(rng: Rng, total: int, count: int) -> list[int]:
    """A total split among so many, unevenly."""
    parts = rng.dirichlet(np.full(count, 8.0))
    return [max(100, int(total * part)) for part in parts]
