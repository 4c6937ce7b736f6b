"""A campus, kept apart: terms and holidays, groups that overlap, many gatherings and few schemes."""

from __future__ import annotations

import numpy as np

from bench.finance.worlds.sheet import MadeWorld, Sheet

_DAYS, _STUDENTS = 200, 1600


def campus(seed: int) -> MadeWorld:
    """Two terms of 1,600 students with parents. Money moves in groups (flat, course, team) of which
    everybody has three; gatherings outnumber schemes by four to one, and schemes copy the sums of
    gatherings."""
    sheet = Sheet(np.random.default_rng([seed, 5]), _DAYS)
    students, parents = sheet.open_accounts(_STUDENTS), sheet.open_accounts(_STUDENTS)
    shops = sheet.open_accounts(12)
    groups = _groups(sheet, students)
    _term(sheet, students, parents, shops, groups)
    _gather(sheet, students, shops, groups)
    for _ in range(4):
        for scheme in (_drip, _rota, _ghost_firms, _ticket_mules, _pass_parcel, _two_layers, _under_limit):
            scheme(sheet, students)
    return sheet.close()


def _groups(sheet: Sheet, students: np.ndarray) -> list[np.ndarray]:
    rng, groups = sheet.rng, []
    for size in (5, 14, 30):
        mixed = rng.permutation(students)
        groups += [mixed[k : k + size] for k in range(0, _STUDENTS, size)]
    return groups


def _term(
    sheet: Sheet, students: np.ndarray, parents: np.ndarray, shops: np.ndarray, groups: list[np.ndarray]
) -> None:
    rng = sheet.rng
    allowance = 20 * rng.integers(10, 45, _STUDENTS)
    for k, who in enumerate(students.tolist()):
        for month in range(7):
            sheet.pay(29 * month + rng.normal(2, 0.5), parents[k], who, allowance[k])
        for day in _in_term(rng, rng.poisson(11)):
            sheet.pay(day, who, rng.choice(shops), rng.gamma(2, 9))
    for group in groups:
        for _ in range(rng.poisson(7)):  # one pays, some of the others pay their share back
            payer, sharers = rng.choice(group), rng.permutation(group)[: rng.integers(2, 6)]
            day, share = _in_term(rng, 1)[0], round(rng.gamma(2, 6), 2)
            for who in sharers:
                sheet.pay(day + rng.exponential(2), who, payer, share)


def _in_term(rng: np.random.Generator, size: int) -> np.ndarray:
    """Days in one of the two terms."""
    return rng.uniform(0, 80, size) + 110 * rng.integers(0, 2, size)


def _gather(sheet: Sheet, students: np.ndarray, shops: np.ndarray, groups: list[np.ndarray]) -> None:
    rng = sheet.rng
    large = [group for group in groups if len(group) >= 14]
    for _ in range(45):
        group, day = large[rng.integers(len(large))], _in_term(rng, 1)[0]
        mark, treasurer, price = sheet.mark("trip"), rng.choice(group), rng.choice([18, 25, 40, 65])
        for who in group[group != treasurer]:
            sheet.pay(day + rng.exponential(4), who, treasurer, price, mark)
        sheet.pay(day + 12, treasurer, rng.choice(shops), price * len(group), mark)
    for _ in range(25):
        mark, one = sheet.mark("appeal"), rng.choice(students)
        day, people = _in_term(rng, 1)[0], rng.choice(students, rng.integers(20, 120), replace=False)
        for who in people:
            sheet.pay(day + rng.weibull(0.7) * 6, who, one, rng.choice([3, 5, 5, 10, 20]), mark)
    for _ in range(20):
        mark, seller = sheet.mark("tickets sold on"), rng.choice(students)
        price = rng.choice([12, 30, 55])
        for who in rng.choice(students, rng.integers(6, 30), replace=False):
            sheet.pay(_in_term(rng, 1)[0], who, seller, price, mark)
    for _ in range(12):
        mark, host = sheet.mark("rent by rota"), rng.choice(students)
        for who in rng.choice(students, 4, replace=False):
            for month in range(7):
                sheet.pay(29 * month + 4 + rng.random(), who, host, 320, mark)
        for month in range(7):
            sheet.pay(29 * month + 6, host, students[int(host) - 1], 1600, mark)
    for _ in range(8):
        mark, couple, day = sheet.mark("wedding"), rng.choice(students), rng.uniform(20, 180)
        for guest in rng.choice(students, rng.integers(20, 60), replace=False):
            sheet.pay(day + rng.normal(0, 5), guest, couple, 10 * rng.integers(2, 11), mark)


def _drip(sheet: Sheet, students: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("slow fan-in")
    one, next_ = rng.choice(students, 2, replace=False)
    start = rng.uniform(0, 60)
    for who in rng.choice(students, rng.integers(14, 28), replace=False):
        day, sum_ = start + rng.uniform(0, 90), 5 * rng.integers(20, 70)
        sheet.pay(day, who, one, sum_, mark, True)
        sheet.pay(day + rng.exponential(1.5), one, next_, sum_ * 0.9, mark, True)


def _rota(sheet: Sheet, students: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("monthly collection")
    one, next_, *own = rng.choice(students, rng.integers(8, 14), replace=False)
    for month in range(rng.integers(0, 3), 7):
        sums = 10 * rng.integers(15, 40, len(own))
        for who, sum_ in zip(own, sums, strict=True):
            sheet.pay(29 * month + 3 + 2 * rng.random(), who, one, sum_, mark, True)
        sheet.pay(29 * month + 5 + rng.random(), one, next_, sums.sum() * 0.88, mark, True)


def _ghost_firms(sheet: Sheet, _students: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("company loop")
    firms = sheet.open_accounts(rng.integers(3, 6))
    day = rng.uniform(0, 30)
    for _ in range(rng.integers(3, 6)):
        for k in range(len(firms)):
            sum_ = 4000 * rng.uniform(0.97, 1.0)
            sheet.pay(day, firms[k], firms[(k + 1) % len(firms)], sum_, mark, True)
            day += rng.uniform(1, 5)
        day += 10


def _ticket_mules(sheet: Sheet, students: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("mules with equal sums")
    source, sink, *mules = rng.choice(students, rng.integers(8, 16), replace=False)
    day, sum_ = rng.uniform(0, 150), rng.choice([180, 300, 480])
    for who in mules:
        moment = day + 5 * rng.random()
        sheet.pay(moment, source, who, sum_, mark, True)
        sheet.pay(moment + 1 + rng.exponential(4), who, sink, sum_ - 20, mark, True)


def _pass_parcel(sheet: Sheet, students: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("chain over weeks")
    hands, sum_, day = rng.choice(students, 7, replace=False), rng.uniform(600, 3000), rng.uniform(0, 120)
    for payer, payee in zip(hands[:-1], hands[1:], strict=True):
        sheet.pay(day, payer, payee, sum_, mark, True)
        day, sum_ = day + rng.uniform(1, 9), sum_ * rng.uniform(0.93, 1.0)


def _two_layers(sheet: Sheet, students: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("scatter-gather")
    source, sink, *middle = rng.choice(students, rng.integers(7, 12), replace=False)
    day = rng.uniform(0, 150)
    for who in middle:
        sum_, moment = rng.lognormal(5.6, 0.5), day + 4 * rng.random()
        sheet.pay(moment, source, who, sum_, mark, True)
        sheet.pay(moment + rng.uniform(1, 14), who, sink, sum_ * 0.92, mark, True)


def _under_limit(sheet: Sheet, students: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("smurfing")
    one, *payers = rng.choice(students, 8, replace=False)
    day = rng.uniform(0, 150)
    for who in payers:
        for _ in range(rng.integers(1, 4)):
            sheet.pay(day + 21 * rng.random(), who, one, rng.uniform(460, 499), mark, True)
