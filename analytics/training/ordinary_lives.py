"""Ordinary lives that look like exploitation in account data: families, charities, landlords, agencies,
travellers."""

from __future__ import annotations

from analytics.training.people import TOWNS
from analytics.training.schemes import TOWN_LIST, PeoplePool, Scheme, add_living_costs, draw_begin_day
from analytics.training.settings import Rng


def _family_account(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """Earners of one family have their wages paid into one account, and live from it."""
    home, begin = pool.draw_new(1)[0], draw_begin_day(rng, 150)
    kin = pool.draw_known(2)
    scheme.organisers, scheme.others, scheme.shared = [home], kin, [home, *kin]
    scheme.kin = True
    employers, landlord = (
        [pool.draw_one("business") for _ in range(2)] + [pool.draw_one("agency")],
        pool.draw_one("landlord"),
    )
    for month in range(4):
        for employer in employers:
            scheme.pay(
                begin + 30 * month, rng.uniform(8, 12), employer, home, rng.uniform(900, 2100), note="wages"
            )
        scheme.pay(begin + 30 * month + 3, 9, home, landlord, 880, note="rent")
    add_living_costs(rng, scheme, pool, home, begin, 120, 18)


def _young_earner(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """Lives with the parents, who keep most of the wage for a home of one's own."""
    young, parent = pool.draw_new(1)[0], pool.draw_known(1)[0]
    begin, employer = draw_begin_day(rng, 200), pool.draw_one("business")
    scheme.organisers, scheme.others, scheme.shared = [parent], [young], [parent, young]
    scheme.kin = True
    scheme.opened = {young: begin - 12}
    for month in range(6):
        wage = rng.uniform(900, 1300)
        scheme.pay(begin + 30 * month, rng.uniform(8, 12), employer, young, wage, note="wages")
        scheme.pay(begin + 30 * month, rng.uniform(14, 22), young, parent, wage * rng.uniform(0.6, 0.85))
    add_living_costs(rng, scheme, pool, young, begin, 180, int(rng.integers(1, 6)))


def _seasonal_crew(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """Come for the harvest: accounts opened together on the farm's number, weekly pay, shops, money home."""
    crew, begin = pool.draw_new(4), draw_begin_day(rng, 90)
    employer, remitter = pool.draw_one("agency"), pool.draw_one("remitter")
    scheme.others, scheme.shared = crew, crew
    scheme.opened = {who: begin - int(rng.integers(3, 20)) for who in crew}
    for who in crew:
        for week in range(0, 10, 2):
            scheme.pay(
                begin + 7 * week, rng.uniform(8, 12), employer, who, rng.uniform(500, 800), note="wages"
            )
            if week % 4 == 0:
                scheme.pay(
                    begin + 7 * week + rng.integers(1, 5),
                    rng.uniform(9, 20),
                    who,
                    remitter,
                    rng.uniform(200, 400),
                    "remittance",
                    note="family",
                )
        add_living_costs(rng, scheme, pool, who, begin, 70, 5)


def _touring_band(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """Rooms in one town after another, and fares for all four."""
    leader, begin = pool.draw_known(1)[0], draw_begin_day(rng, 60)
    hotel, rail, site = (pool.draw_shop(trade) for trade in ("lodging", "travel", "advertising"))
    scheme.organisers = [leader]
    for leg, town in enumerate(rng.permutation(TOWN_LIST)[:5]):
        day = begin + 3 * leg
        scheme.pay(
            day, rng.uniform(12, 23), leader, hotel, rng.uniform(120, 260), "card", "lodging", town=town
        )
        for _ in range(2):
            scheme.pay(
                day, rng.uniform(6, 12), leader, rail, rng.uniform(30, 120), "card", "travel", town=town
            )
        scheme.pay(
            day, rng.uniform(9, 18), leader, site, rng.uniform(10, 40), "card", "advertising", town=town
        )
        scheme.pay(
            day + 1, rng.uniform(22, 25), pool.draw_one("business"), leader, rng.uniform(200, 600), town=town
        )
    add_living_costs(rng, scheme, pool, leader, begin, 60, 6)


def _small_practice(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """A masseur advertises every week, sees clients in the evening, and pays rent for the room."""
    own, begin = pool.draw_known(1)[0], draw_begin_day(rng, 90)
    site, landlord = pool.draw_shop("advertising"), pool.draw_one("landlord")
    scheme.organisers = [own]
    for week in range(8):
        for _ in range(int(rng.integers(1, 4))):
            scheme.pay(
                begin + 7 * week,
                rng.uniform(9, 23),
                own,
                site,
                int(rng.choice([6, 12, 24])),
                "card",
                "advertising",
            )
        for client in pool.draw_known(int(rng.integers(1, 4))):
            scheme.pay(
                begin + 7 * week + rng.integers(0, 6),
                rng.uniform(12, 22),
                client,
                own,
                int(rng.integers(7, 13)) * 5,
            )
        if week % 4 == 0:
            scheme.pay(begin + 7 * week + 2, 10, own, landlord, 400, note="rent")
    add_living_costs(rng, scheme, pool, own, begin, 56, 8)


def _night_driver(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """Pays in the night's takings on the way home."""
    driver, begin = pool.draw_known(1)[0], draw_begin_day(rng, 60)
    scheme.organisers = [driver]
    for shift in range(12):
        scheme.pay(
            begin + 3 * shift,
            rng.uniform(23, 29),
            None,
            driver,
            int(rng.integers(6, 20)) * 10,
            "cash",
            town=str(rng.choice(TOWNS["destination"])),
        )
    add_living_costs(rng, scheme, pool, driver, begin, 40, 6)


def _evening_school(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """Pupils pay their fees by instalments."""
    school, pupils, begin = (
        pool.draw_one("agency"),
        pool.draw_known(int(rng.integers(5, 9))),
        draw_begin_day(rng, 200),
    )
    scheme.organisers, scheme.others = [school], pupils
    fee = int(rng.integers(12, 35)) * 10
    for who in pupils:
        for month in range(5):
            scheme.pay(begin + 30 * month + rng.integers(0, 4), rng.uniform(8, 22), who, school, fee)


def _large_family(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """Shops for seven, travels with all of them, and shares one telephone."""
    parent, begin = pool.draw_known(1)[0], draw_begin_day(rng, 60)
    kin = pool.draw_known(3)
    hotel, rail = pool.draw_shop("lodging"), pool.draw_shop("travel")
    scheme.organisers, scheme.others, scheme.shared = [parent], kin, [parent, *kin]
    scheme.kin = True
    add_living_costs(rng, scheme, pool, parent, begin, 40, 22)
    for day in (begin + 10, begin + 13):
        for _ in range(3):
            scheme.pay(day, rng.uniform(6, 12), parent, rail, rng.uniform(15, 60), "card", "travel")
    scheme.pay(begin + 10, 18, parent, hotel, 180, "card", "lodging", town="Tarnwick")
    for who in kin:
        scheme.pay(
            begin + rng.integers(0, 40), rng.uniform(9, 21), parent, who, rng.uniform(10, 60), note="family"
        )


def _refuge(rng: Rng, pool: PeoplePool, scheme: Scheme) -> None:
    """A charity pays rooms and fares for those it shelters."""
    charity, begin = pool.draw_one("charity"), draw_begin_day(rng, 60)
    hotel, rail, shop = (pool.draw_shop(trade) for trade in ("lodging", "travel", "pharmacy"))
    scheme.organisers = [charity]
    for night in range(8):
        town = str(rng.choice(TOWNS["destination"]))
        scheme.pay(
            begin + 2 * night,
            rng.uniform(15, 25),
            charity,
            hotel,
            rng.uniform(50, 90),
            "card",
            "lodging",
            town=town,
        )
        for _ in range(2):
            scheme.pay(
                begin + 2 * night,
                rng.uniform(7, 20),
                charity,
                rail,
                rng.uniform(10, 50),
                "card",
                "travel",
                town=town,
            )
        scheme.pay(
            begin + 2 * night + 1, 11, charity, shop, rng.uniform(20, 60), "card", "pharmacy", town=town
        )


ORDINARY = (
    _family_account,
    _young_earner,
    _seasonal_crew,
    _touring_band,
    _small_practice,
    _night_driver,
    _evening_school,
    _large_family,
    _refuge,
)
