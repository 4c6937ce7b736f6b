"""A delta, kept apart: market people with telephones for purses, in a currency of large whole sums."""

from __future__ import annotations

import numpy as np

from bench.finance.worlds.sheet import MadeWorld, Sheet

_DAYS, _PEOPLE, _MARKET = 252, 1100, 5  # a market every fifth day
_LINE = 200_000  # above it a payment is reported


def delta(seed: int) -> MadeWorld:
    """36 weeks of 1,100 people who buy from each other, lend, and send money home; no card, hardly a shop.
    Wholesalers, savings circles, agents of absent owners and bursars gather and hand on as criminals do."""
    sheet = Sheet(np.random.default_rng([seed, 7]), _DAYS)
    people = sheet.open_accounts(_PEOPLE)
    _days(sheet, people, sheet.open_accounts(14), sheet.open_accounts(25))
    _circles(sheet, people)
    _occasions(sheet, people)
    _offices(sheet, people)
    _market(sheet, people)
    for _ in range(4):
        for scheme in (_swoop, _season, _protection, _round, _slices, _carriers, _spray, _two_levels):
            scheme(sheet, people)
    return sheet.close()


def _whole(rng: np.random.Generator, middle: float, spread: float = 0.6, step: int = 50) -> float:
    """A sum in whole steps of the smallest note."""
    return max(step, step * round(middle * rng.lognormal(0, spread) / step))


def _some(sheet: Sheet, people: np.ndarray, low: int, high: int) -> np.ndarray:
    return sheet.rng.choice(people, sheet.rng.integers(low, high + 1), replace=False)


def _days(sheet: Sheet, people: np.ndarray, employers: np.ndarray, kiosks: np.ndarray) -> None:
    rng = sheet.rng
    for who in people:
        known = rng.choice(people, rng.integers(4, 16), replace=False)
        liked = rng.dirichlet(np.full(len(known), 0.8))
        busy = rng.lognormal(0, 0.7)
        for day in rng.uniform(0, _DAYS, rng.poisson(16 * busy)):
            sheet.pay(day, who, rng.choice(known, p=liked), _whole(rng, 3_500, 0.9))
        for day in rng.uniform(0, _DAYS, rng.poisson(3)):
            sheet.pay(day, who, rng.choice(people), _whole(rng, 6_000, 1.0))
        for day in rng.uniform(0, _DAYS, rng.poisson(8)):
            sheet.pay(day, who, rng.choice(kiosks), _whole(rng, 1_500, 0.6))
        if rng.random() < 0.3:  # wages of the week or of the month
            employer, wage = rng.choice(employers), _whole(rng, 22_000, 0.4, 500)
            apart, first = rng.choice([7, 30]), rng.integers(0, 7)
            for day in range(first, _DAYS, apart):
                sheet.pay(day + 0.6, employer, who, wage * apart / 7)
        if rng.random() < 0.25:
            home = rng.choice(people)
            for day in range(rng.integers(0, 30), _DAYS, 30):
                sheet.pay(day + rng.uniform(0, 5), who, home, _whole(rng, 15_000, 0.3, 500))


def _circles(sheet: Sheet, people: np.ndarray) -> None:
    rng = sheet.rng
    for _ in range(9):  # everybody's share goes to whose turn it is
        mark, members = sheet.mark("tontine"), _some(sheet, people, 7, 16)
        share, apart = 2_500 * rng.integers(2, 13), rng.choice([7, 10, 14])
        for turn, day in enumerate(range(rng.integers(0, 40), _DAYS, apart)):
            taker = members[turn % len(members)]
            for member in members:
                sheet.pay(day + rng.uniform(0, 2), member, taker, share, mark)
    for _ in range(5):
        mark, (keeper, *members) = sheet.mark("club dues"), _some(sheet, people, 12, 30)
        dues = 500 * rng.integers(1, 7)
        for day in range(0, _DAYS, 28):
            for member in members:
                if rng.random() < 0.85:
                    sheet.pay(day + rng.exponential(4), member, keeper, dues, mark)
    for _ in range(9):  # brothers and sisters, then the hospital or the school
        mark, (eldest, paid, *others) = sheet.mark("family pool"), _some(sheet, people, 5, 9)
        for day in rng.uniform(0, _DAYS - 10, rng.integers(1, 4)):
            sums = [_whole(rng, 18_000, 0.5, 500) for _ in others]
            for other, sum_ in zip(others, sums, strict=True):
                sheet.pay(day + rng.exponential(1.5), other, eldest, sum_, mark)
            sheet.pay(day + 6 + rng.random(), eldest, paid, 500 * round(sum(sums) * 1.15 / 500), mark)


def _occasions(sheet: Sheet, people: np.ndarray) -> None:
    rng = sheet.rng
    for _ in range(14):
        mark, (host, cook, *guests) = sheet.mark("wedding"), _some(sheet, people, 25, 90)
        day = 7 * rng.integers(2, 34) + 5
        for guest in guests:
            sheet.pay(day + rng.normal(0, 2), guest, host, rng.choice([2_000, 5_000, 10_000, 20_000]), mark)
        sheet.pay(day + 3, host, cook, _whole(rng, 250_000, 0.3, 1000), mark)
    for _ in range(4):
        mark, (keeper, *givers) = sheet.mark("charity drive"), _some(sheet, people, 40, 120)
        day = rng.uniform(10, _DAYS - 40)
        for giver in givers:
            sheet.pay(day + rng.exponential(8), giver, keeper, rng.choice([500, 1_000, 2_000, 5_000]), mark)
    for _ in range(5):
        mark, (platform, owner, *givers) = sheet.mark("crowdfunding"), _some(sheet, people, 30, 80)
        day, got = rng.uniform(10, _DAYS - 40), 0.0
        for giver in givers:
            sum_ = _whole(rng, 8_000, 0.7, 500)
            got += sum_
            sheet.pay(day + rng.uniform(0, 21), giver, platform, sum_, mark)
        sheet.pay(day + 25, platform, owner, 0.93 * got, mark)


def _offices(sheet: Sheet, people: np.ndarray) -> None:
    rng = sheet.rng
    for _ in range(6):  # agents take rents for an owner who lives abroad
        mark, (owner, agent, second, *tenants) = sheet.mark("landlord's agents"), _some(sheet, people, 14, 26)
        rents = [2_500 * rng.integers(6, 25) for _ in tenants]
        for day in range(rng.integers(0, 10), _DAYS, 30):
            got = {agent: 0.0, second: 0.0}
            for k, (tenant, rent) in enumerate(zip(tenants, rents, strict=True)):
                to = (agent, second)[k % 2]
                if rng.random() < 0.9:
                    got[to] += rent
                    sheet.pay(day + rng.exponential(3), tenant, to, rent, mark)
            for to, sum_ in got.items():
                sheet.pay(day + 14, to, owner, 0.9 * sum_, mark)
    bureau = sheet.open_accounts(1)[0]
    for _ in range(5):  # one bureau pays the wages of several small firms
        mark, (firm, *staff) = sheet.mark("payroll bureau"), _some(sheet, people, 9, 20)
        wages = [_whole(rng, 60_000, 0.3, 500) for _ in staff]
        for day in range(27, _DAYS, 30):
            sheet.pay(day, firm, bureau, 1.03 * sum(wages), mark)
            for one, wage in zip(staff, wages, strict=True):
                sheet.pay(day + 1 + rng.random(), bureau, one, wage, mark)
    fund, school = sheet.open_accounts(2)
    mark, students = sheet.mark("student loans"), _some(sheet, people, 35, 35)
    for day in (20, 110, 200):  # the loan comes, most of it is the fee of the term
        for student in students:
            sheet.pay(day + rng.uniform(0, 1), fund, student, 150_000, mark)
            sheet.pay(day + 1 + rng.exponential(5), student, school, 135_000, mark)


def _market(sheet: Sheet, people: np.ndarray) -> None:
    rng = sheet.rng
    for _ in range(5):  # traders settle on market days, the wholesaler pays the importer
        mark, (wholesaler, importer, *traders) = sheet.mark("wholesaler"), _some(sheet, people, 9, 18)
        for day in range(rng.integers(0, _MARKET), _DAYS, _MARKET):
            sums = [_whole(rng, 30_000, 0.6) for _ in traders if rng.random() < 0.75]
            for trader, sum_ in zip(rng.permutation(traders), sums, strict=False):
                sheet.pay(day + rng.uniform(0.2, 0.8), trader, wholesaler, sum_, mark)
            sheet.pay(day + 1.3 + rng.random(), wholesaler, importer, 50 * round(0.92 * sum(sums) / 50), mark)
    for _ in range(8):  # strangers buy, the seller pays two suppliers
        mark, (seller, one, two) = sheet.mark("marketplace seller"), _some(sheet, people, 3, 3)
        for day in rng.uniform(0, _DAYS, rng.poisson(70)):
            sheet.pay(day, rng.choice(people), seller, _whole(rng, 9_000, 0.5), mark)
        for day in range(15, _DAYS, 15):
            sheet.pay(day, seller, (one, two)[day % 2], _whole(rng, 25_000, 0.3), mark)


def _swoop(sheet: Sheet, people: np.ndarray) -> None:
    """Fan-in over days: victims of one false message pay an account that is emptied."""
    rng, mark = sheet.rng, sheet.mark("fan-in over days")
    (taker, above, *victims), day, got = _some(sheet, people, 10, 22), rng.uniform(10, _DAYS - 15), 0.0
    for victim in victims:
        sum_ = _whole(rng, 28_000, 0.6)
        got += sum_
        sheet.pay(day + rng.uniform(0, 4.5), victim, taker, sum_, mark, True)
    for part in (0.55, 0.4):
        sheet.pay(day + 4.5 + rng.uniform(0, 2), taker, above, part * got, mark, True)


def _season(sheet: Sheet, people: np.ndarray) -> None:
    """Fan-in over weeks: fees for work abroad."""
    rng, mark = sheet.rng, sheet.mark("fan-in over weeks")
    taker, above, *victims = _some(sheet, people, 9, 17)
    day, span, got = rng.uniform(5, _DAYS - 70), rng.uniform(30, 58), 0.0
    for at in np.sort(rng.uniform(0, span, len(victims))):
        sum_ = _whole(rng, 70_000, 0.4, 500)
        got += sum_
        sheet.pay(day + at, victims.pop(), taker, sum_, mark, True)
        if got > 260_000:
            sheet.pay(day + at + rng.uniform(0.5, 3), taker, above, 0.93 * got, mark, True)
            got = 0.0


def _protection(sheet: Sheet, people: np.ndarray) -> None:
    """A collection each fortnight from stalls, in sums that follow the takings."""
    rng, mark = sheet.rng, sheet.mark("collection")
    keeper, above, *stalls = _some(sheet, people, 8, 13)
    for day in range(rng.integers(0, 60), rng.integers(150, _DAYS), 14):
        sums = [_whole(rng, 14_000, 0.45) for _ in stalls]
        for stall, sum_ in zip(stalls, sums, strict=True):
            sheet.pay(day + rng.uniform(0, 3), stall, keeper, sum_, mark, True)
        sheet.pay(day + 3.2 + rng.uniform(0, 1.5), keeper, above, 0.9 * sum(sums), mark, True)


def _round(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("cycle")
    ring, day, sum_ = _some(sheet, people, 3, 7), rng.uniform(5, _DAYS - 40), _whole(rng, 160_000, 0.5)
    for k, payer in enumerate(ring):
        sheet.pay(day, payer, ring[(k + 1) % len(ring)], sum_, mark, True)
        day += rng.exponential(3) + 0.1
        sum_ *= rng.uniform(0.94, 1.0)


def _slices(sheet: Sheet, people: np.ndarray) -> None:
    """Smurfing: hands pay one account just below the line."""
    rng, mark = sheet.rng, sheet.mark("smurfing")
    taker, *hands = _some(sheet, people, 4, 7)
    day = rng.uniform(5, _DAYS - 20)
    for _ in range(rng.integers(7, 14)):
        sum_ = _LINE - 500 * rng.integers(1, 31)
        sheet.pay(day + rng.uniform(0, 11), rng.choice(hands), taker, sum_, mark, True)


def _carriers(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("mule chain")
    hops, day, sum_ = _some(sheet, people, 5, 8), rng.uniform(5, _DAYS - 40), _whole(rng, 220_000, 0.4)
    for payer, payee in zip(hops[:-1], hops[1:], strict=True):
        sheet.pay(day, payer, payee, sum_, mark, True)
        day += rng.uniform(0.3, 4)
        sum_ *= rng.uniform(0.9, 0.97)


def _spray(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("gather-scatter")
    middle, *others = _some(sheet, people, 12, 19)
    day, got, half = rng.uniform(5, _DAYS - 20), 0.0, len(others) // 2
    for payer in others[:half]:
        sum_ = _whole(rng, 45_000, 0.5)
        got += sum_
        sheet.pay(day + rng.uniform(0, 3), payer, middle, sum_, mark, True)
    for payee, share in zip(others[half:], rng.dirichlet(np.full(len(others) - half, 5)), strict=True):
        sheet.pay(day + 3 + rng.uniform(0, 3), middle, payee, 0.95 * got * share, mark, True)


def _two_levels(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("two-level funnel")
    top, abroad, *middle = _some(sheet, people, 5, 6)
    day, total = rng.uniform(5, _DAYS - 25), 0.0
    for hand in middle:
        got = 0.0
        for payer in _some(sheet, people, 4, 6):
            sum_ = _whole(rng, 25_000, 0.5)
            got += sum_
            sheet.pay(day + rng.uniform(0, 6), payer, hand, sum_, mark, True)
        sheet.pay(day + 6 + rng.uniform(0, 2), hand, top, 0.95 * got, mark, True)
        total += 0.95 * got
    sheet.pay(day + 8 + rng.uniform(0, 2), top, abroad, 0.97 * total, mark, True)
