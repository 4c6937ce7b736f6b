"""Laundering typologies planted in the transactions, beside innocent activities of the same shape.

The shapes are those of the money-laundering literature (fan-in and fan-out, gather-scatter, scatter-gather,
cycles: Altman et al. 2023; pass-through, structuring, funnel accounts, dormant accounts: FATF and FinCEN
advisories)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics.training.innocent_patterns import INNOCENT_PATTERNS
from analytics.training.networks import Network
from analytics.training.payment_draws import (
    DAY,
    HOUR,
    PatternPool,
    Payment,
    Planted,
    draw_beginning,
    draw_moments,
    pay_from_one,
    pay_into_one,
    split_total,
)
from analytics.training.people import COUNTRY, TOWNS, People
from analytics.training.settings import Rng, Row, convert_to_utc, read_settings, seed_stream

_HOME = TOWNS["destination"][0]


@dataclass(frozen=True)
class Pattern:
    """One planted shape. `accounts` are indices into People, the hub first; `network` is None where
    innocent."""

    name: str
    kind: str
    network: str | None
    accounts: list[int]
    payments: list[Payment]
    channel: str
    scattered: bool = False  # paid in from several towns

    @property
    def innocent(self) -> bool:
        return self.network is None

    def truth(self, people: People) -> Row:
        """What a trainer needs to score a class; days count from the first of the period."""
        minutes = [payment[0] for payment in self.payments]
        return {
            "name": self.name,
            "kind": self.kind,
            "network": self.network,
            "accounts": [people.account[who].as_py() for who in self.accounts],
            "payments": len(self.payments),
            "first_day": min(minutes) // DAY,
            "last_day": max(minutes) // DAY,
        }

    def rows(self, people: People, rng: Rng) -> list[Row]:
        """The payments as rows of the transactions table, without reference."""
        minutes = np.array([payment[0] for payment in self.payments])
        times = convert_to_utc(minutes // DAY, minutes % DAY)
        towns = [town for group in TOWNS.values() for town in group]
        return [
            {
                "occurred_at": when.item(),
                "from_account": people.account[payer].as_py(),
                "to_account": people.account[payee].as_py(),
                "amount_minor": amount,
                "currency": "GBP",
                "channel": self.channel if rng.random() < 0.85 else "transfer",
                "merchant_category": None,
                "place": str(rng.choice(towns)) if self.scattered else _HOME,
                "country": COUNTRY["destination"],
                "stage": None,
                "note": str(rng.choice(["family", "bills"])) if rng.random() < 0.4 else None,
            }
            for when, (_, payer, payee, amount) in zip(times, self.payments, strict=True)
        ]


def build_patterns(seed: int, scale: float, people: People, networks: list[Network]) -> list[Pattern]:
    """Every typology round(sqrt(scale)) times, run for a network, and the innocent look-alikes in larger
    number."""
    rng, copies = seed_stream(seed, "typologies"), max(1, round(scale**0.5))
    taken = np.concatenate([network.members for network in networks])
    free = np.setdiff1d(people.regular, taken)
    pool = PatternPool(rng, free if len(free) else people.regular, people)
    patterns: list[Pattern] = []
    for copy in range(copies):
        for at, make in enumerate(_LAUNDERING_PATTERNS):
            network = networks[(copy * len(_LAUNDERING_PATTERNS) + at) % len(networks)]
            organiser = int(rng.choice(network.members))
            patterns += _name_patterns(make(rng, pool, organiser), network.name, copy)
    for copy in range(copies * read_settings()["typologies"]["innocent_for_each"]):
        for innocent in INNOCENT_PATTERNS:
            patterns += _name_patterns(innocent(rng, pool), None, copy)
    return patterns


def _name_patterns(planted: Iterable[Planted], network: str | None, copy: int) -> Iterator[Pattern]:
    for kind, accounts, payments, channel, *scattered in planted:
        # In a small city the pool repeats people.
        paid = [payment for payment in payments if payment[1] != payment[2]]
        yield Pattern(
            f"{kind}-{copy + 1}",
            kind,
            network,
            [int(who) for who in accounts],
            paid,
            channel,
            bool(scattered),
        )


def _plant_fan_in(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    payers = pool.draw_people(int(rng.integers(9, 15)))
    yield (
        "fan-in",
        [organiser, *payers],
        pay_into_one(rng, draw_beginning(rng), 8, payers, organiser, 150, 900),
        "transfer",
    )


def _plant_fan_out(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    payees = pool.draw_people(int(rng.integers(9, 15)))
    yield (
        "fan-out",
        [organiser, *payees],
        pay_from_one(rng, draw_beginning(rng), 5, organiser, payees, 150, 900),
        "transfer",
    )


def _plant_gather_scatter(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    payers, payees = pool.draw_people(int(rng.integers(7, 11))), pool.draw_people(int(rng.integers(5, 9)))
    hub, begin = pool.draw_people(1)[0], draw_beginning(rng)
    gathered = pay_into_one(rng, begin, 5, payers, hub, 200, 900)
    passed_on = int(sum(payment[3] for payment in gathered) * rng.uniform(0.92, 0.98))
    payees = [organiser, *payees]
    when = draw_moments(rng, begin + 5 * DAY, 3, len(payees))
    out = [
        (int(m), hub, who, s)
        for m, who, s in zip(when, payees, split_total(rng, passed_on, len(payees)), strict=True)
    ]
    yield "gather-scatter", [hub, *payers, *payees], gathered + out, "transfer"


def _plant_scatter_gather(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    between, sink = pool.draw_people(int(rng.integers(6, 11))), pool.draw_people(1)[0]
    payments = pay_from_one(rng, draw_beginning(rng), 3, organiser, between, 300, 900)
    onward = [
        (m + int(rng.integers(8, 60)) * HOUR, who, sink, int(amount * rng.uniform(0.93, 0.98)))
        for m, _, who, amount in payments
    ]
    yield "scatter-gather", [organiser, sink, *between], payments + onward, "transfer"


def _plant_cycles(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    """One of each length from 3 to 8, every payment later than the one before."""
    for length in range(3, 9):
        ring = [organiser, *pool.draw_people(length - 1)]
        minute, amount, payments = draw_beginning(rng) + 10 * HOUR, int(rng.integers(800, 3000)) * 100, []
        for payer, payee in zip(ring, ring[1:] + ring[:1], strict=True):
            payments.append((minute, payer, payee, amount))
            minute += int(rng.integers(2, 40)) * HOUR
            amount = int(amount * rng.uniform(0.94, 0.99))
        yield f"cycle of {length}", ring, payments, "transfer"


def _plant_pass_through(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    payers, mule = pool.draw_people(int(rng.integers(5, 8))), pool.draw_people(1)[0]
    payments = []
    for m, payer, _, amount in pay_into_one(rng, draw_beginning(rng), 30, payers, mule, 300, 950):
        payments.append((m, payer, mule, amount))
        payments.append(
            (m + int(rng.integers(10, 300)), mule, organiser, int(amount * rng.uniform(0.92, 0.98)))
        )
    yield "rapid pass-through", [mule, organiser, *payers], payments, "transfer"


def _plant_structuring(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    line, payers = read_settings()["typologies"]["line"], pool.draw_people(3)
    when = draw_moments(rng, draw_beginning(rng), 12, int(rng.integers(9, 14)))
    sums = rng.integers(int(line * 0.88) * 100, line * 100 - 100, len(when)) // 500 * 500
    payments = [(int(m), int(rng.choice(payers)), organiser, int(s)) for m, s in zip(when, sums, strict=True)]
    yield "structuring", [organiser, *payers], payments, "cash"


def _plant_funnel(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    payers, funnel, begin = (
        pool.draw_people(int(rng.integers(13, 20))),
        pool.draw_people(1)[0],
        draw_beginning(rng),
    )
    gathered = pay_into_one(rng, begin, 14, payers, funnel, 100, 800)
    payments, balance = list(gathered), 0
    for m, _, _, amount in gathered:
        balance += amount
        if balance > 150_000:
            payments.append((m + int(rng.integers(3, 30)) * HOUR, funnel, organiser, int(balance * 0.97)))
            balance = 0
    yield "funnel account", [funnel, organiser, *payers], payments, "cash", True


def _plant_dormant(rng: Rng, pool: PatternPool, organiser: int) -> Iterator[Planted]:
    woken, others = pool.draw_quiet(), pool.draw_people(int(rng.integers(8, 12)))
    begin = int(rng.integers(400, read_settings()["period"]["days"] - 20)) * DAY
    payments = pay_into_one(rng, begin, 9, others, woken, 150, 900)
    payments += pay_from_one(rng, begin + DAY, 10, woken, [organiser] * len(others), 150, 850)
    yield "dormant then busy", [woken, organiser, *others], payments, "transfer"


_LAUNDERING_PATTERNS = (
    _plant_fan_in,
    _plant_fan_out,
    _plant_gather_scatter,
    _plant_scatter_gather,
    _plant_cycles,
    _plant_pass_through,
    _plant_structuring,
    _plant_funnel,
    _plant_dormant,
)
