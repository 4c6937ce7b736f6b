"""Laundering typologies planted in the transactions, and innocent activities of the same shape.

The shapes are those of the money-laundering literature (fan-in and fan-out, gather-scatter, scatter-gather,
cycles: Altman et al. 2023; pass-through, structuring, funnel accounts, dormant accounts: FATF and FinCEN
advisories)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics.training.networks import Network
from analytics.training.people import COUNTRY, TOWNS, People
from analytics.training.settings import Rng, Row, convert_to_utc, read_settings, seed_stream

_HOUR, _DAY = 60, 24 * 60
_HOME = TOWNS["destination"][0]
Payment = tuple[int, int, int, int]  # minute since the first local midnight, payer, payee, amount in pence
# kind, accounts (the hub first), payments, channel; and True where paid in from several towns
Planted = tuple[str, list[int], list[Payment], str] | tuple[str, list[int], list[Payment], str, bool]


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
            "first_day": min(minutes) // _DAY,
            "last_day": max(minutes) // _DAY,
        }

    def rows(self, people: People, rng: Rng) -> list[Row]:
        """The payments as rows of the transactions table, without reference."""
        minutes = np.array([payment[0] for payment in self.payments])
        times = convert_to_utc(minutes // _DAY, minutes % _DAY)
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
    pool = _Pool(rng, free if len(free) else people.regular, people)
    patterns: list[Pattern] = []
    for copy in range(copies):
        for at, make in enumerate(_GUILTY):
            network = networks[(copy * len(_GUILTY) + at) % len(networks)]
            organiser = int(rng.choice(network.members))
            patterns += _name_patterns(make(rng, pool, organiser), network.name, copy)
    for copy in range(copies * read_settings()["typologies"]["innocent_for_each"]):
        for innocent in _INNOCENT:
            patterns += _name_patterns(innocent(rng, pool), None, copy)
    return patterns


def _name_patterns(planted: Iterable[Planted], network: str | None, copy: int) -> Iterator[Pattern]:
    for kind, accounts, payments, channel, *scattered in planted:
        paid = [payment for payment in payments if payment[1] != payment[2]]  # in a village, pool may repeat
        yield Pattern(
            f"{kind}-{copy + 1}",
            kind,
            network,
            [int(who) for who in accounts],
            paid,
            channel,
            bool(scattered),
        )


class _Pool:
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


def _begin(rng: Rng, room: int = 60) -> int:
    """A first minute that leaves `room` days before the period ends."""
    return int(rng.integers(20, read_settings()["period"]["days"] - room)) * _DAY


def _moments(rng: Rng, begin: int, days: int, count: int) -> np.ndarray:
    """Sorted minutes by day (07:00 to 23:00) within so many days."""
    day = rng.integers(0, days, count) * _DAY
    return np.sort(begin + day + rng.integers(7 * _HOUR, 23 * _HOUR, count))


def _sums(rng: Rng, count: int, low: int, high: int) -> np.ndarray:
    """Amounts in pence between so many pounds, some of them round."""
    amount = rng.integers(low * 100, high * 100, count)
    return np.where(rng.random(count) < 0.35, amount // 1000 * 1000, amount)


def _many_to_one(
    rng: Rng, begin: int, days: int, payers: list[int], payee: int, low: int, high: int
) -> list[Payment]:
    when, sums = _moments(rng, begin, days, len(payers)), _sums(rng, len(payers), low, high)
    return [(int(m), payer, payee, int(s)) for m, payer, s in zip(when, payers, sums, strict=True)]


def _one_to_many(
    rng: Rng, begin: int, days: int, payer: int, payees: list[int], low: int, high: int
) -> list[Payment]:
    when, sums = _moments(rng, begin, days, len(payees)), _sums(rng, len(payees), low, high)
    return [(int(m), payer, payee, int(s)) for m, payee, s in zip(when, payees, sums, strict=True)]


def _shares(rng: Rng, total: int, count: int) -> list[int]:
    """A total split among so many, unevenly."""
    parts = rng.dirichlet(np.full(count, 8.0))
    return [max(100, int(total * part)) for part in parts]


def _fan_in(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    payers = pool.draw_people(int(rng.integers(9, 15)))
    yield (
        "fan-in",
        [organiser, *payers],
        _many_to_one(rng, _begin(rng), 8, payers, organiser, 150, 900),
        "transfer",
    )


def _fan_out(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    payees = pool.draw_people(int(rng.integers(9, 15)))
    yield (
        "fan-out",
        [organiser, *payees],
        _one_to_many(rng, _begin(rng), 5, organiser, payees, 150, 900),
        "transfer",
    )


def _gather_scatter(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    payers, payees = pool.draw_people(int(rng.integers(7, 11))), pool.draw_people(int(rng.integers(5, 9)))
    hub, begin = pool.draw_people(1)[0], _begin(rng)
    gathered = _many_to_one(rng, begin, 5, payers, hub, 200, 900)
    passed_on = int(sum(payment[3] for payment in gathered) * rng.uniform(0.92, 0.98))
    payees = [organiser, *payees]
    when = _moments(rng, begin + 5 * _DAY, 3, len(payees))
    out = [
        (int(m), hub, who, s)
        for m, who, s in zip(when, payees, _shares(rng, passed_on, len(payees)), strict=True)
    ]
    yield "gather-scatter", [hub, *payers, *payees], gathered + out, "transfer"


def _scatter_gather(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    between, sink = pool.draw_people(int(rng.integers(6, 11))), pool.draw_people(1)[0]
    payments = _one_to_many(rng, _begin(rng), 3, organiser, between, 300, 900)
    onward = [
        (m + int(rng.integers(8, 60)) * _HOUR, who, sink, int(amount * rng.uniform(0.93, 0.98)))
        for m, _, who, amount in payments
    ]
    yield "scatter-gather", [organiser, sink, *between], payments + onward, "transfer"


def _cycles(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    """One of each length from 3 to 8, every payment later than the one before."""
    for length in range(3, 9):
        ring = [organiser, *pool.draw_people(length - 1)]
        minute, amount, payments = _begin(rng) + 10 * _HOUR, int(rng.integers(800, 3000)) * 100, []
        for payer, payee in zip(ring, ring[1:] + ring[:1], strict=True):
            payments.append((minute, payer, payee, amount))
            minute += int(rng.integers(2, 40)) * _HOUR
            amount = int(amount * rng.uniform(0.94, 0.99))
        yield f"cycle of {length}", ring, payments, "transfer"


def _pass_through(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    payers, mule = pool.draw_people(int(rng.integers(5, 8))), pool.draw_people(1)[0]
    payments = []
    for m, payer, _, amount in _many_to_one(rng, _begin(rng), 30, payers, mule, 300, 950):
        payments.append((m, payer, mule, amount))
        payments.append(
            (m + int(rng.integers(10, 300)), mule, organiser, int(amount * rng.uniform(0.92, 0.98)))
        )
    yield "rapid pass-through", [mule, organiser, *payers], payments, "transfer"


def _structuring(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    line, payers = read_settings()["typologies"]["line"], pool.draw_people(3)
    when = _moments(rng, _begin(rng), 12, int(rng.integers(9, 14)))
    sums = rng.integers(int(line * 0.88) * 100, line * 100 - 100, len(when)) // 500 * 500
    payments = [(int(m), int(rng.choice(payers)), organiser, int(s)) for m, s in zip(when, sums, strict=True)]
    yield "structuring", [organiser, *payers], payments, "cash"


def _funnel(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    payers, funnel, begin = pool.draw_people(int(rng.integers(13, 20))), pool.draw_people(1)[0], _begin(rng)
    gathered = _many_to_one(rng, begin, 14, payers, funnel, 100, 800)
    payments, balance = list(gathered), 0
    for m, _, _, amount in gathered:
        balance += amount
        if balance > 150_000:
            payments.append((m + int(rng.integers(3, 30)) * _HOUR, funnel, organiser, int(balance * 0.97)))
            balance = 0
    yield "funnel account", [funnel, organiser, *payers], payments, "cash", True


def _dormant(rng: Rng, pool: _Pool, organiser: int) -> Iterator[Planted]:
    woken, others = pool.draw_quiet(), pool.draw_people(int(rng.integers(8, 12)))
    begin = int(rng.integers(400, read_settings()["period"]["days"] - 20)) * _DAY
    payments = _many_to_one(rng, begin, 9, others, woken, 150, 900)
    payments += _one_to_many(rng, begin + _DAY, 10, woken, [organiser] * len(others), 150, 850)
    yield "dormant then busy", [woken, organiser, *others], payments, "transfer"


_GUILTY = (
    _fan_in,
    _fan_out,
    _gather_scatter,
    _scatter_gather,
    _cycles,
    _pass_through,
    _structuring,
    _funnel,
    _dormant,
)


def _presents(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """Guests pay for a wedding present: a fan-in."""
    host, guests = pool.draw_people(1)[0], pool.draw_people(int(rng.integers(9, 16)))
    yield (
        "wedding presents",
        [host, *guests],
        _many_to_one(rng, _begin(rng), 12, guests, host, 20, 250),
        "transfer",
    )


def _payroll(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """A small shop pays its staff: a fan-out, three months running."""
    shop, staff, begin = (
        pool.draw_one("business"),
        pool.draw_people(int(rng.integers(7, 13))),
        _begin(rng, 100),
    )
    payments = [
        p
        for month in range(3)
        for p in _one_to_many(rng, begin + month * 30 * _DAY, 1, shop, staff, 300, 1400)
    ]
    yield "small payroll", [shop, *staff], payments, "transfer"


def _collection(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """A charity gathers gifts and pool them on: gather-scatter, but slowly and to few."""
    charity, givers, helped = (
        pool.draw_one("charity"),
        pool.draw_people(int(rng.integers(8, 13))),
        pool.draw_people(4),
    )
    begin = _begin(rng)
    gathered = _many_to_one(rng, begin, 14, givers, charity, 10, 200)
    payments = gathered + _one_to_many(rng, begin + 20 * _DAY, 10, charity, helped, 100, 400)
    yield "charity collection", [charity, *givers, *helped], payments, "transfer"


def _group_trip(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """One lends friends the fare, and all of them pay the same agency: scatter-gather."""
    lender, agency, friends = (
        pool.draw_people(1)[0],
        pool.draw_one("agency"),
        pool.draw_people(int(rng.integers(5, 9))),
    )
    fare, begin = int(rng.integers(180, 600)) * 100, _begin(rng)
    payments = []
    for m, payer, friend, _ in _one_to_many(rng, begin, 3, lender, friends, 100, 200):
        payments += [(m, payer, friend, fare), (m + int(rng.integers(4, 90)) * _HOUR, friend, agency, fare)]
    yield "group trip", [lender, agency, *friends], payments, "transfer"


def _savings_club(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """Everyone pays the same each month and one takes all, in turn: hubs, and cycles of every length."""
    members, begin = pool.draw_people(int(rng.integers(5, 8))), _begin(rng, 260)
    share, payments = int(rng.integers(4, 15)) * 1000, []
    for month, taker in enumerate(members):
        payers = [who for who in members if who != taker]
        when = _moments(rng, begin + month * 30 * _DAY, 2, len(payers))
        payments += [(int(m), who, taker, share) for m, who in zip(when, payers, strict=True)]
    yield "savings club", members, payments, "transfer"


def _favours(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """Relatives lend the same sum on, and it comes round: a time-ordered cycle of three or four."""
    ring = pool.draw_people(int(rng.integers(3, 5)))
    minute, payments = _begin(rng) + 10 * _HOUR, []
    for payer, payee in zip(ring, ring[1:] + ring[:1], strict=True):
        payments.append((minute, payer, payee, int(rng.integers(5, 40)) * 1000))
        minute += int(rng.integers(1, 12)) * _DAY
    yield "family favours", ring, payments, "transfer"


def _flat_rent(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """Flat-mates pay one of them, who pays the landlord the same day: pass-through, every month."""
    tenant, landlord, mates = pool.draw_people(1)[0], pool.draw_one("landlord"), pool.draw_people(3)
    rent, begin, payments = int(rng.integers(30, 60)) * 1000, _begin(rng, 130), []
    for month in range(4):
        day = begin + month * 30 * _DAY
        payments += [
            (int(m), mate, tenant, rent) for m, mate in zip(_moments(rng, day, 1, 3), mates, strict=True)
        ]
        payments.append((day + 23 * _HOUR + 30, tenant, landlord, 4 * rent))
    yield "shared flat", [tenant, landlord, *mates], payments, "transfer"


def _takings(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """A market stall pays its supplier cash most days, on both sides of the line."""
    line, stall, supplier = (
        read_settings()["typologies"]["line"],
        pool.draw_people(1)[0],
        pool.draw_one("business"),
    )
    when = _moments(rng, _begin(rng), 14, int(rng.integers(9, 14)))
    sums = (line * 100 * rng.normal(0.93, 0.14, len(when)).clip(0.4)).astype(int) // 500 * 500
    payments = [(int(m), stall, supplier, int(s)) for m, s in zip(when, sums, strict=True)]
    yield "stall takings", [supplier, stall], payments, "cash"


def _treasurer(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """Members of a club in several towns pay its treasurer, who pays the venue: a funnel."""
    treasurer, venue, members = (
        pool.draw_people(1)[0],
        pool.draw_one("business"),
        pool.draw_people(int(rng.integers(12, 18))),
    )
    begin = _begin(rng)
    payments = _many_to_one(rng, begin, 20, members, treasurer, 40, 150)
    payments.append((begin + 22 * _DAY, treasurer, venue, int(sum(p[3] for p in payments) * 0.98)))
    yield "club treasurer", [treasurer, venue, *members], payments, "cash", True


def _back_home(rng: Rng, pool: _Pool) -> Iterator[Planted]:
    """Somebody comes back from abroad and furnishes a flat: dormant, then busy."""
    woken, shops = pool.draw_quiet(), [pool.draw_one("business") for _ in range(int(rng.integers(8, 14)))]
    begin = int(rng.integers(400, read_settings()["period"]["days"] - 30)) * _DAY
    payments = _many_to_one(rng, begin, 3, pool.draw_people(2), woken, 400, 900)
    payments += _one_to_many(rng, begin + 2 * _DAY, 15, woken, shops, 15, 300)
    yield "back from abroad", [woken, *sorted(set(shops))], payments, "transfer"


_INNOCENT = (
    _presents,
    _payroll,
    _collection,
    _group_trip,
    _savings_club,
    _favours,
    _flat_rent,
    _takings,
    _treasurer,
    _back_home,
)
