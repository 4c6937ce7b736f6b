"""A household, a trade or an exploitation as account data would show it: who, what they pay, what else is
known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import SupportsInt

import numpy as np

from analytics.training.people import COUNTRY, TOWNS, TRADES, People
from analytics.training.settings import Rng, Row, convert_to_utc, read_settings

_HOME = TOWNS["destination"][0]
TOWN_LIST = [town for towns in TOWNS.values() for town in towns]
# day, minute, payer, payee, pence, channel, category, note, town
_Payment = tuple[int, int, int | None, int | None, int, str, str | None, str | None, str]


@dataclass
class Scheme:
    """One household, trade or exploitation. `organisers` and `others` are indices into People (the others of
    an exploitation are its victims); `network` is None where innocent. `shared` are accounts that give one
    contact (and, where they are `kin`, bear one family name), `opened` the days since the first of the period
    on which accounts were opened."""

    name: str
    kind: str
    network: str | None
    organisers: list[int]
    others: list[int]
    payments: list[_Payment] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)
    opened: dict[int, int] = field(default_factory=dict)
    kin: bool = False

    def pay(
        self,
        day: SupportsInt,
        hour: float,
        payer: int | None,
        payee: int | None,
        pounds: float,
        channel: str = "transfer",
        category: str | None = None,
        note: str | None = None,
        town: str = _HOME,
    ) -> None:
        """Add one payment; `payee` None is cash drawn, `payer` None is cash paid in. Hours may be parts."""
        last = read_settings()["period"]["days"] - 1
        when = min(int(day), last), int(hour * 60) % 1440
        self.payments.append(
            (*when, payer, payee, max(100, int(pounds * 100)), channel, category, note, town)
        )

    def truth(self, people: People) -> Row:
        """What a trainer needs to score a class."""
        named = {
            part: [people.account[who].as_py() for who in getattr(self, part)]
            for part in ("organisers", "others")
        }
        return {
            "name": self.name,
            "kind": self.kind,
            "network": self.network,
            "payments": len(self.payments),
            **named,
        }

    def rows(self, people: People) -> list[Row]:
        """The payments as rows of the transactions table, without reference."""
        day, minute = (np.array([payment[at] for payment in self.payments]) for at in (0, 1))
        names = people.account.to_pylist()
        return [
            {
                "occurred_at": when.item(),
                "from_account": None if payer is None else names[payer],
                "to_account": None if payee is None else names[payee],
                "amount_minor": amount,
                "currency": "GBP",
                "channel": channel,
                "merchant_category": category,
                "place": town,
                "country": COUNTRY["origin" if channel == "remittance" else "destination"],
                "stage": None,
                "note": note,
            }
            for when, (_, _, payer, payee, amount, channel, category, note, town) in zip(
                convert_to_utc(day, minute), self.payments, strict=True
            )
        ]


def collect_account_facts(schemes: list[Scheme]) -> dict[int, Row]:
    """By index into People: whose contact the account gives (`contact_of`), whose family name its holder
    bears (`kin_of`), and the day it was `opened`."""
    facts: dict[int, Row] = {}
    for scheme in schemes:
        for who in scheme.shared:
            facts.setdefault(who, {})["contact_of"] = scheme.shared[0]
            if scheme.kin:
                facts[who]["kin_of"] = scheme.shared[0]
        for who, day in scheme.opened.items():
            facts.setdefault(who, {})["opened"] = day
    return facts


class PeoplePool:
    """Draws people: `new` ones, whose accounts had no payment before, and `known` ones; nobody twice while
    they last."""

    def __init__(self, rng: Rng, people: People, taken: np.ndarray) -> None:
        half = len(people.quiet) // 2  # the other half is for accounts that wake
        free = np.setdiff1d(people.regular[len(people.regular) // 20 :], taken)  # not those with a calendar
        self._new, self._known = people.quiet[half:], rng.permutation(free if len(free) else people.regular)
        self._trade = people.trade()
        self._people, self._rng, self._drawn = people, rng, {"new": 0, "known": 0}

    def draw_new(self, count: int) -> list[int]:
        return self._draw("new", self._new, count)

    def draw_known(self, count: int) -> list[int]:
        return self._draw("known", self._known, count)

    def draw_one(self, kind: str) -> int:
        return int(self._rng.choice(self._people.of(kind)))

    def draw_shop(self, trade: str) -> int:
        """A business of one trade, where the city has one."""
        shops = np.flatnonzero(self._trade == list(TRADES).index(trade))
        return int(self._rng.choice(shops)) if len(shops) else self.draw_one("business")

    def _draw(self, which: str, people: np.ndarray, count: int) -> list[int]:
        start = self._drawn[which]
        self._drawn[which] += count
        return [int(people[(start + k) % len(people)]) for k in range(count)]


def draw_begin_day(rng: Rng, room: int) -> int:
    return int(rng.integers(60, read_settings()["period"]["days"] - room))


def add_living_costs(
    rng: Rng, scheme: Scheme, pool: PeoplePool, who: int, begin: int, days: int, count: int
) -> None:
    """Groceries, chemists, clothes, a meal: what an account shows of somebody who lives from it."""
    for _ in range(count):
        category, low, high = (
            ("groceries", 8, 70),
            ("fast food", 5, 20),
            ("pharmacy", 4, 25),
            ("clothing", 10, 60),
            ("retail", 5, 50),
        )[int(rng.choice(5, p=[0.45, 0.2, 0.1, 0.1, 0.15]))]
        scheme.pay(
            begin + rng.integers(0, days),
            rng.uniform(8, 21.5),
            who,
            pool.draw_shop(category),
            rng.uniform(low, high),
            "card",
            category,
        )
