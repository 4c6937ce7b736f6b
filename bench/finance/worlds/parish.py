"""A parish: households in circles of friends, months by the calendar, sums by occasion."""

from __future__ import annotations

import numpy as np

from bench.finance.worlds.sheet import MadeWorld, Sheet

_DAYS, _PEOPLE, _CIRCLE = 270, 1500, 12


def parish(seed: int) -> MadeWorld:
    """Nine months of 1,500 people who mostly pay shops, and otherwise the dozen they are close to."""
    sheet = Sheet(np.random.default_rng([seed, 1]), _DAYS)
    people, shops = sheet.open_accounts(_PEOPLE), sheet.open_accounts(40)
    firms, landlords = sheet.open_accounts(25), sheet.open_accounts(60)
    friends = _friends(sheet, people)
    _everyday(sheet, people, shops, firms, landlords, friends)
    _gatherings(sheet, people, shops, friends)
    _schemes(sheet, people)
    return sheet.close()


def _friends(sheet: Sheet, people: np.ndarray) -> list[np.ndarray]:
    """A ring in which everybody knows the nearest, and one or two far away."""
    rng = sheet.rng
    near = [(k + np.arange(-_CIRCLE // 2, _CIRCLE // 2 + 1)) % len(people) for k in range(len(people))]
    return [np.unique(np.r_[own[own != k], rng.integers(0, len(people), 2)]) for k, own in enumerate(near)]


def _everyday(
    sheet: Sheet,
    people: np.ndarray,
    shops: np.ndarray,
    firms: np.ndarray,
    landlords: np.ndarray,
    friends: list[np.ndarray],
) -> None:
    rng = sheet.rng
    for who in people.tolist():
        firm, landlord = rng.choice(firms), rng.choice(landlords)
        wage, rent, near = rng.lognormal(7.4, 0.3), round(rng.lognormal(6.4, 0.3), -1), rng.choice(shops, 5)
        for month in range(_DAYS // 30):
            sheet.pay(30 * month + 25 + rng.random(), firm, who, wage)
            if who % 3:
                sheet.pay(30 * month + 1 + 3 * rng.random(), who, landlord, rent)
        for day in rng.uniform(0, _DAYS, rng.poisson(10)):
            sheet.pay(day, who, rng.choice(near), rng.lognormal(3, 0.8))
        if who % 8 == 0:  # a standing order to somebody of the family
            child, sum_ = rng.choice(friends[who]), 25 * rng.integers(1, 9)
            for month in range(_DAYS // 30):
                sheet.pay(30 * month + 2 + rng.random(), who, child, sum_)
        for day in rng.uniform(0, _DAYS, rng.poisson(5)):
            friend, sum_ = rng.choice(friends[who]), rng.lognormal(3.4, 0.9)
            sheet.pay(day, who, friend, sum_)
            if rng.random() < 0.4:  # a debt paid back, or a gift returned
                sheet.pay(day + rng.exponential(8), friend, who, sum_ * rng.choice([1, 1, 0.5, 1.4]))


def _gatherings(sheet: Sheet, people: np.ndarray, shops: np.ndarray, friends: list[np.ndarray]) -> None:
    rng = sheet.rng
    for _ in range(14):
        mark, couple, day = sheet.mark("wedding"), rng.choice(people), rng.uniform(20, _DAYS - 20)
        second = np.concatenate([friends[k] for k in friends[couple]])
        for guest in rng.permutation(np.unique(second))[: rng.integers(15, 60)]:
            sheet.pay(
                day + rng.normal(0, 4), guest, couple, rng.choice([30, 50, 50, 80, 100, 150, 200]), mark
            )
        paid = rng.choice(people if rng.random() < 0.4 else shops)  # a cook, or a firm
        sheet.pay(day + rng.uniform(3, 12), couple, paid, rng.uniform(1500, 6000), mark)
    for _ in range(4):
        mark, charity = sheet.mark("charity"), sheet.open_accounts(1)[0]
        for day in rng.uniform(0, _DAYS, 60):
            sheet.pay(day, rng.choice(people), charity, rng.choice([5, 10, 20, 25, 50]), mark)
        for start in rng.uniform(10, _DAYS - 20, 2):  # an appeal
            for donor in rng.choice(people, rng.integers(40, 120), replace=False):
                sheet.pay(start + rng.exponential(4), donor, charity, rng.choice([10, 20, 20, 50, 100]), mark)
        for month in range(1, _DAYS // 30):
            sheet.pay(30 * month, charity, rng.choice(shops[:6]), rng.uniform(500, 3000), mark)
    for _ in range(10):
        mark, treasurer = sheet.mark("club"), rng.choice(people)
        members, dues = rng.choice(people, rng.integers(12, 35), replace=False), rng.choice([8, 12, 15, 20])
        for month in range(_DAYS // 30):
            for member in members:
                sheet.pay(30 * month + rng.uniform(0, 9), member, treasurer, dues, mark)
            sheet.pay(30 * month + 12, treasurer, rng.choice(shops), dues * len(members) * 0.8, mark)
    for _ in range(8):  # an agent who passes the rents on to the owner
        mark, (agent, owner) = sheet.mark("letting agent"), rng.choice(people, 2, replace=False)
        tenants = rng.choice(people, rng.integers(4, 12), replace=False)
        rents = 25 * rng.integers(14, 45, len(tenants))
        for month in range(_DAYS // 30):
            for tenant, rent in zip(tenants, rents, strict=True):
                sheet.pay(30 * month + 1 + rng.exponential(1.2), tenant, agent, rent, mark)
            sheet.pay(30 * month + 8 + rng.random(), agent, owner, 0.9 * rents.sum(), mark)
    for _ in range(25):
        mark, one, day = sheet.mark("birthday collection"), rng.choice(people), rng.uniform(5, _DAYS - 5)
        for giver in rng.permutation(friends[one])[: rng.integers(5, 11)]:
            sheet.pay(day + rng.uniform(-3, 0), giver, one, rng.choice([10, 15, 20]), mark)
        sheet.pay(day + rng.uniform(0, 3), one, rng.choice(shops), 100 + 50 * rng.random(), mark)
    for _ in range(5):  # what each can spare, for one family, to whom it all goes
        mark, (keeper, family) = sheet.mark("hardship fund"), rng.choice(people, 2, replace=False)
        day, sums = rng.uniform(10, _DAYS - 50), rng.lognormal(3.5, 0.7, rng.integers(30, 90))
        for giver, sum_ in zip(rng.choice(people, len(sums), replace=False), sums, strict=True):
            sheet.pay(day + rng.uniform(0, 24), giver, keeper, sum_, mark)
        sheet.pay(day + 26, keeper, family, 0.97 * sums.sum(), mark)


def _schemes(sheet: Sheet, people: np.ndarray) -> None:
    for _ in range(6):
        _slow_fan_in(sheet, people)
        _monthly_collection(sheet, people)
        _company_loop(sheet)
        _equal_mules(sheet, people)
        _week_chain(sheet, people)
        _scatter_gather(sheet, people)
        _smurfing(sheet, people)
        _short_fan(sheet, people)


def _slow_fan_in(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("slow fan-in")
    collector, boss = rng.choice(people, 2, replace=False)
    start, length, got = rng.uniform(5, 120), rng.uniform(60, 130), 0.0
    payers = rng.choice(people, rng.integers(12, 30), replace=False)
    for day, payer in zip(np.sort(rng.uniform(start, start + length, len(payers))), payers, strict=True):
        sum_ = rng.lognormal(6.2, 0.5)
        sheet.pay(day, payer, collector, sum_, mark, True)
        got += sum_
        if got > 2500:
            sheet.pay(day + rng.uniform(0.2, 3), collector, boss, got * rng.uniform(0.85, 0.97), mark, True)
            got = 0.0


def _monthly_collection(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("monthly collection")
    collector, boss, *payers = rng.choice(people, rng.integers(8, 17), replace=False)
    share = rng.lognormal(5.8, 0.3, len(payers))
    for month in range(rng.integers(0, 3), rng.integers(5, 9)):
        sums = share * rng.uniform(0.8, 1.2, len(payers))
        for payer, sum_ in zip(payers, sums, strict=True):
            sheet.pay(30 * month + 26 + rng.uniform(0, 2.5), payer, collector, sum_, mark, True)
        sheet.pay(30 * month + 29 + rng.random(), collector, boss, sums.sum() * 0.92, mark, True)


def _company_loop(sheet: Sheet) -> None:
    rng, mark = sheet.rng, sheet.mark("company loop")
    firms = sheet.open_accounts(rng.integers(3, 7))
    every = rng.uniform(20, 35)
    for firm in firms:  # some trade beside it
        for day in rng.uniform(0, sheet.days, 20):
            sheet.pay(day, firm, rng.choice(firms), rng.lognormal(6.5, 0.8))
    day = rng.uniform(5, 60)
    while day < sheet.days - 30 and rng.random() < 0.9:
        sum_, moment = rng.uniform(8000, 40000), day
        for k in range(len(firms)):
            sheet.pay(moment, firms[k], firms[(k + 1) % len(firms)], sum_, mark, True)
            moment, sum_ = moment + rng.uniform(1, 6), sum_ * rng.uniform(0.94, 0.995)
        day += every


def _equal_mules(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("mules with equal sums")
    source, sink, *mules = rng.choice(people, rng.integers(7, 15), replace=False)
    day, sum_ = rng.uniform(5, sheet.days - 30), rng.choice([400, 900, 1450, 2400])
    for mule in mules:
        moment = day + rng.uniform(0, 6)
        sheet.pay(moment, source, mule, sum_, mark, True)
        sheet.pay(moment + rng.uniform(1, 12), mule, sink, sum_ * 0.93, mark, True)


def _week_chain(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("chain over weeks")
    links = rng.choice(people, rng.integers(5, 10), replace=False)
    day, sum_ = rng.uniform(5, sheet.days - 80), rng.lognormal(8.2, 0.6)
    for payer, payee in zip(links[:-1], links[1:], strict=True):
        sheet.pay(day, payer, payee, sum_, mark, True)
        day, sum_ = day + rng.uniform(2, 10), sum_ * rng.uniform(0.95, 0.99)


def _scatter_gather(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("scatter-gather")
    source, sink, *middle = rng.choice(people, rng.integers(6, 14), replace=False)
    day = rng.uniform(5, sheet.days - 40)
    for who in middle:
        moment, sum_ = day + rng.uniform(0, 10), rng.lognormal(6.8, 0.6)
        sheet.pay(moment, source, who, sum_, mark, True)
        sheet.pay(moment + rng.uniform(0.5, 9), who, sink, sum_ * rng.uniform(0.85, 0.98), mark, True)


def _smurfing(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("smurfing")
    collector, *payers = rng.choice(people, rng.integers(6, 14), replace=False)
    day = rng.uniform(5, sheet.days - 40)
    for payer in payers:
        for _ in range(rng.integers(1, 4)):
            sheet.pay(day + rng.uniform(0, 20), payer, collector, rng.uniform(880, 999), mark, True)


def _short_fan(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("short fan-in")
    collector, out, *payers = rng.choice(people, rng.integers(9, 20), replace=False)
    day, got = rng.uniform(5, sheet.days - 15), 0.0
    for payer in payers:
        sum_ = rng.lognormal(6, 0.7)
        sheet.pay(day + rng.uniform(0, 3), payer, collector, sum_, mark, True)
        got += sum_
    sheet.pay(day + rng.uniform(3, 5), collector, out, got * rng.uniform(0.8, 0.95), mark, True)
