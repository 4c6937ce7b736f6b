"""Innocent activities whose payments have the shape of a laundering typology."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.training.payment_draws import (
    DAY,
    HOUR,
    PatternPool,
    Planted,
    draw_beginning,
    draw_moments,
    pay_from_one,
    pay_into_one,
)
from analytics.training.settings import Rng, read_settings


def _plant_presents(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """Guests pay for a wedding present: a fan-in."""
    host, guests = pool.draw_people(1)[0], pool.draw_people(int(rng.integers(9, 16)))
    yield (
        "wedding presents",
        [host, *guests],
        pay_into_one(rng, draw_beginning(rng), 12, guests, host, 20, 250),
        "transfer",
    )


def _plant_payroll(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """A small shop pays its staff: a fan-out, three months running."""
    shop, staff, begin = (
        pool.draw_one("business"),
        pool.draw_people(int(rng.integers(7, 13))),
        draw_beginning(rng, 100),
    )
    payments = [
        p
        for month in range(3)
        for p in pay_from_one(rng, begin + month * 30 * DAY, 1, shop, staff, 300, 1400)
    ]
    yield "small payroll", [shop, *staff], payments, "transfer"


def _plant_collection(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """A charity gathers gifts and passes them on: gather-scatter, but slowly and to few."""
    charity, givers, helped = (
        pool.draw_one("charity"),
        pool.draw_people(int(rng.integers(8, 13))),
        pool.draw_people(4),
    )
    begin = draw_beginning(rng)
    gathered = pay_into_one(rng, begin, 14, givers, charity, 10, 200)
    payments = gathered + pay_from_one(rng, begin + 20 * DAY, 10, charity, helped, 100, 400)
    yield "charity collection", [charity, *givers, *helped], payments, "transfer"


def _plant_group_trip(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """One lends friends the fare, and all of them pay the same agency: scatter-gather."""
    lender, agency, friends = (
        pool.draw_people(1)[0],
        pool.draw_one("agency"),
        pool.draw_people(int(rng.integers(5, 9))),
    )
    fare, begin = int(rng.integers(180, 600)) * 100, draw_beginning(rng)
    payments = []
    for m, payer, friend, _ in pay_from_one(rng, begin, 3, lender, friends, 100, 200):
        payments += [(m, payer, friend, fare), (m + int(rng.integers(4, 90)) * HOUR, friend, agency, fare)]
    yield "group trip", [lender, agency, *friends], payments, "transfer"


def _plant_savings_club(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """Everyone pays the same each month and one takes all, in turn: hubs, and cycles of every length."""
    members, begin = pool.draw_people(int(rng.integers(5, 8))), draw_beginning(rng, 260)
    share, payments = int(rng.integers(4, 15)) * 1000, []
    for month, taker in enumerate(members):
        payers = [who for who in members if who != taker]
        when = draw_moments(rng, begin + month * 30 * DAY, 2, len(payers))
        payments += [(int(m), who, taker, share) for m, who in zip(when, payers, strict=True)]
    yield "savings club", members, payments, "transfer"


def _plant_favours(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """Relatives lend the same sum on, and it comes round: a time-ordered cycle of three or four."""
    ring = pool.draw_people(int(rng.integers(3, 5)))
    minute, payments = draw_beginning(rng) + 10 * HOUR, []
    for payer, payee in zip(ring, ring[1:] + ring[:1], strict=True):
        payments.append((minute, payer, payee, int(rng.integers(5, 40)) * 1000))
        minute += int(rng.integers(1, 12)) * DAY
    yield "family favours", ring, payments, "transfer"


def _plant_flat_rent(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """Flat-mates pay one of them, who pays the landlord the same day: pass-through, every month."""
    tenant, landlord, mates = pool.draw_people(1)[0], pool.draw_one("landlord"), pool.draw_people(3)
    rent, begin, payments = int(rng.integers(30, 60)) * 1000, draw_beginning(rng, 130), []
    for month in range(4):
        day = begin + month * 30 * DAY
        payments += [
            (int(m), mate, tenant, rent) for m, mate in zip(draw_moments(rng, day, 1, 3), mates, strict=True)
        ]
        payments.append((day + 23 * HOUR + 30, tenant, landlord, 4 * rent))
    yield "shared flat", [tenant, landlord, *mates], payments, "transfer"


def _plant_takings(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """A market stall pays its supplier cash most days, on both sides of the line."""
    line, stall, supplier = (
        read_settings()["typologies"]["line"],
        pool.draw_people(1)[0],
        pool.draw_one("business"),
    )
    when = draw_moments(rng, draw_beginning(rng), 14, int(rng.integers(9, 14)))
    sums = (line * 100 * rng.normal(0.93, 0.14, len(when)).clip(0.4)).astype(int) // 500 * 500
    payments = [(int(m), stall, supplier, int(s)) for m, s in zip(when, sums, strict=True)]
    yield "stall takings", [supplier, stall], payments, "cash"


def _plant_treasurer(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """Members of a club in several towns pay its treasurer, who pays the venue: a funnel."""
    treasurer, venue, members = (
        pool.draw_people(1)[0],
        pool.draw_one("business"),
        pool.draw_people(int(rng.integers(12, 18))),
    )
    begin = draw_beginning(rng)
    payments = pay_into_one(rng, begin, 20, members, treasurer, 40, 150)
    payments.append((begin + 22 * DAY, treasurer, venue, int(sum(p[3] for p in payments) * 0.98)))
    yield "club treasurer", [treasurer, venue, *members], payments, "cash", True


def _plant_back_home(rng: Rng, pool: PatternPool) -> Iterator[Planted]:
    """Somebody comes back from abroad and furnishes a flat: dormant, then busy."""
    woken, shops = pool.draw_quiet(), [pool.draw_one("business") for _ in range(int(rng.integers(8, 14)))]
    begin = int(rng.integers(400, read_settings()["period"]["days"] - 30)) * DAY
    payments = pay_into_one(rng, begin, 3, pool.draw_people(2), woken, 400, 900)
    payments += pay_from_one(rng, begin + 2 * DAY, 15, woken, shops, 15, 300)
    yield "back from abroad", [woken, *sorted(set(shops))], payments, "transfer"


INNOCENT_PATTERNS = (
    _plant_presents,
    _plant_payroll,
    _plant_collection,
    _plant_group_trip,
    _plant_savings_club,
    _plant_favours,
    _plant_flat_rent,
    _plant_takings,
    _plant_treasurer,
    _plant_back_home,
)
