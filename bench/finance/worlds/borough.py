"""A borough, kept apart: people pay by nearness and habit, and many innocent hands collect and hand on."""

from __future__ import annotations

import numpy as np

from bench.finance.worlds.sheet import MadeWorld, Sheet

_DAYS, _PEOPLE = 300, 1300


def borough(seed: int) -> MadeWorld:
    """Ten months of 1,300 people on a map: whom one pays falls with the distance and grows with who was paid
    before. Agents, associations, syndicates and carers gather money and pass it on as collectors of debts
    do."""
    sheet = Sheet(np.random.default_rng([seed, 6]), _DAYS)
    people, shops = sheet.open_accounts(_PEOPLE), sheet.open_accounts(50)
    _habits(sheet, people, shops, sheet.open_accounts(35), sheet.open_accounts(8))
    _gatherings(sheet, people, shops)
    _hands(sheet, people, shops)
    for _ in range(5):
        for scheme in (_dues, _levy, _trickle, _invoices, _pawns, _file, _prism, _slices, _swoop):
            scheme(sheet, people)
    return sheet.close()


def _habits(
    sheet: Sheet, people: np.ndarray, shops: np.ndarray, firms: np.ndarray, utilities: np.ndarray
) -> None:
    rng = sheet.rng
    at = rng.uniform(0, 1, (_PEOPLE, 2))
    for who in range(_PEOPLE):
        firm, wage, payday = rng.choice(firms), rng.lognormal(7.2, 0.4), rng.integers(0, 28)
        near = np.exp(-8 * np.hypot(*(at - at[who]).T))
        near[who] = 0
        known = rng.choice(_PEOPLE, 9, replace=False, p=near / near.sum())
        weight = rng.dirichlet(np.full(9, 0.6))
        for month in range(_DAYS // 28):
            sheet.pay(28 * month + payday + rng.random(), firm, who, wage * rng.normal(1, 0.05))
            for utility in utilities[:3]:
                sheet.pay(28 * month + 6, who, utility, rng.lognormal(3.8, 0.3))
        for day in rng.uniform(0, _DAYS, rng.poisson(14)):
            sheet.pay(day, who, rng.choice(shops), rng.lognormal(3.2, 0.9))
        for day in rng.uniform(0, _DAYS, rng.poisson(9)):
            sheet.pay(day, who, rng.choice(known, p=weight), rng.lognormal(3.6, 1.0))
        for day in rng.uniform(0, _DAYS, rng.poisson(1.2)):  # bought from a stranger
            sheet.pay(day, who, rng.choice(people), rng.lognormal(4.2, 1.1))


def _gatherings(sheet: Sheet, people: np.ndarray, shops: np.ndarray) -> None:
    rng = sheet.rng
    for _ in range(12):
        mark, couple, day = sheet.mark("wedding"), rng.choice(people), rng.uniform(15, _DAYS - 15)
        for guest in rng.choice(people, rng.integers(15, 70), replace=False):
            sheet.pay(day + rng.normal(-1, 5), guest, couple, 10 * rng.integers(2, 21), mark)
        sheet.pay(day + rng.uniform(1, 9), couple, rng.choice(shops), rng.uniform(900, 5000), mark)
    for _ in range(6):
        mark, ill, day = sheet.mark("appeal"), rng.choice(people), rng.uniform(10, _DAYS - 40)
        for giver in rng.choice(people, rng.integers(30, 110), replace=False):
            sheet.pay(day + rng.exponential(6), giver, ill, rng.choice([5, 10, 15, 20, 50]), mark)
    for _ in range(10):
        mark, minder = sheet.mark("childminder"), rng.choice(people)
        for parent in rng.choice(people, rng.integers(3, 7), replace=False):
            for week in range(rng.integers(0, 10), _DAYS // 7):
                sheet.pay(7 * week + rng.uniform(0, 2), parent, minder, 9 * rng.integers(8, 25), mark)
    for _ in range(30):
        mark, (one, two) = sheet.mark("loan"), rng.choice(people, 2, replace=False)
        day, sum_ = rng.uniform(0, _DAYS - 90), rng.lognormal(5.5, 0.8)
        sheet.pay(day, one, two, sum_, mark)
        for part in range(3):
            sheet.pay(day + 25 * (part + 1) + rng.random(), two, one, sum_ / 3, mark)


def _hands(sheet: Sheet, people: np.ndarray, shops: np.ndarray) -> None:
    """Innocent hands that collect and hand on."""
    rng = sheet.rng
    for _ in range(7):
        mark, (agent, owner) = sheet.mark("letting agent"), rng.choice(people, 2, replace=False)
        tenants = rng.choice(people, rng.integers(5, 20), replace=False)
        rents = rng.integers(380, 1100, len(tenants))
        for month in range(_DAYS // 30):
            got = 0
            for tenant, rent in zip(tenants, rents, strict=True):
                if rng.random() < 0.93:  # some are late, and pay double
                    sheet.pay(30 * month + rng.exponential(2), tenant, agent, rent, mark)
                    got += rent
            sheet.pay(30 * month + 10, agent, owner, 0.88 * got, mark)
    for _ in range(6):  # members give what they can; it goes to the chair of the old town
        mark, (keeper, chair) = sheet.mark("association"), rng.choice(people, 2, replace=False)
        members = rng.choice(people, rng.integers(10, 35), replace=False)
        for month in range(_DAYS // 30):
            gave = members[rng.random(len(members)) < 0.7]
            sums = rng.choice([10, 15, 20, 25, 30, 50], len(gave))
            for member, sum_ in zip(gave, sums, strict=True):
                sheet.pay(30 * month + rng.uniform(0, 20), member, keeper, sum_, mark)
            if month % 2:
                sheet.pay(30 * month + 22, keeper, chair, 1.7 * sums.sum(), mark)
    for _ in range(6):
        mark, (buyer, *members) = sheet.mark("lottery syndicate"), rng.choice(people, 9, replace=False)
        for week in range(_DAYS // 7):
            for member in members:
                sheet.pay(7 * week + rng.random(), member, buyer, 5, mark)
            sheet.pay(7 * week + 1.5, buyer, shops[0], 40, mark)
    for _ in range(8):  # children share what their mother's carer costs, by the hours worked
        mark, (eldest, carer) = sheet.mark("shared care"), rng.choice(people, 2, replace=False)
        others = rng.choice(people, rng.integers(2, 5), replace=False)
        for month in range(_DAYS // 30):
            each = rng.uniform(90, 260)
            for other in others:
                sheet.pay(30 * month + 27 + rng.uniform(0, 3), other, eldest, each, mark)
            sheet.pay(30 * month + 30.5, eldest, carer, each * (len(others) + 1), mark)


def _dues(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("monthly collection")
    keeper, above, *own = rng.choice(people, rng.integers(7, 15), replace=False)
    owed = rng.uniform(180, 520, len(own))
    for month in range(rng.integers(0, 3), rng.integers(5, 10)):
        sums = owed * rng.normal(1, 0.18, len(own))
        for who, sum_ in zip(own, sums, strict=True):
            sheet.pay(30 * month + 27 + rng.gamma(2, 0.7), who, keeper, sum_, mark, True)
        sheet.pay(
            30 * month + 33 + rng.random(), keeper, above, sums.sum() * rng.uniform(0.78, 0.97), mark, True
        )


def _levy(sheet: Sheet, people: np.ndarray) -> None:
    """Of the takings, every month, by workers who come and go."""
    rng, mark = sheet.rng, sheet.mark("monthly collection of those who change")
    keeper, above, *own = rng.choice(people, rng.integers(16, 26), replace=False)
    for month in range(rng.integers(0, 3), rng.integers(6, 10)):
        now, got = own[month : month + 9], 0.0
        for who in now:
            sum_ = rng.lognormal(6.0, 0.4)
            sheet.pay(30 * month + rng.uniform(0, 5), who, keeper, sum_, mark, True)
            got += sum_
        for part in rng.dirichlet(np.full(2, 8)):
            sheet.pay(30 * month + 6 + rng.random(), keeper, above, got * 0.93 * part, mark, True)


def _trickle(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("slow fan-in")
    keeper, out = rng.choice(people, 2, replace=False)
    payers, day, got = rng.choice(people, rng.integers(13, 28), replace=False), rng.uniform(5, 90), 0.0
    for payer in payers:
        sum_ = rng.gamma(5, 80)
        sheet.pay(day, payer, keeper, sum_, mark, True)
        day, got = day + rng.exponential(5), got + sum_
        if rng.random() < 0.25:
            sheet.pay(day, keeper, out, got * rng.uniform(0.85, 0.99), mark, True)
            got = 0.0


def _invoices(sheet: Sheet, _people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("company loop")
    firms, day = sheet.open_accounts(rng.integers(3, 7)), rng.uniform(3, 50)
    for _ in range(rng.integers(2, 6)):
        sum_ = rng.lognormal(9, 0.5)
        for k in range(len(firms)):
            sheet.pay(day, firms[k], firms[(k + 1) % len(firms)], sum_, mark, True)
            day, sum_ = day + rng.gamma(2, 1.5), sum_ * rng.uniform(0.95, 1.0)
        day += rng.uniform(10, 30)


def _pawns(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("mules with equal sums")
    source, sink, *own = rng.choice(people, rng.integers(6, 13), replace=False)
    day, sum_ = rng.uniform(5, _DAYS - 40), 50 * rng.integers(9, 50)
    for who in own:
        moment = day + rng.uniform(0, 4)
        sheet.pay(moment, source, who, sum_, mark, True)
        sheet.pay(moment + rng.gamma(2, 3), who, sink, 0.94 * sum_, mark, True)


def _file(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("chain over weeks")
    own, sum_ = rng.choice(people, rng.integers(5, 9), replace=False), rng.lognormal(8.3, 0.5)
    day = rng.uniform(5, _DAYS - 90)
    for payer, payee in zip(own[:-1], own[1:], strict=True):
        sheet.pay(day, payer, payee, sum_, mark, True)
        day, sum_ = day + rng.uniform(1, 11), sum_ * rng.uniform(0.94, 0.99)


def _prism(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("scatter-gather")
    source, sink, *own = rng.choice(people, rng.integers(6, 13), replace=False)
    day = rng.uniform(5, _DAYS - 40)
    for who in own:
        sum_, moment = rng.lognormal(6.9, 0.5), day + rng.uniform(0, 9)
        sheet.pay(moment, source, who, sum_, mark, True)
        sheet.pay(moment + rng.gamma(2, 2.5), who, sink, sum_ * rng.uniform(0.86, 0.98), mark, True)


def _slices(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("smurfing")
    one, *payers = rng.choice(people, rng.integers(6, 13), replace=False)
    day = rng.uniform(5, _DAYS - 40)
    for payer in payers:
        for _ in range(rng.integers(1, 4)):
            sheet.pay(day + 24 * rng.random(), payer, one, 1000 * rng.beta(30, 2), mark, True)


def _swoop(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("short fan-in")
    one, out, *payers = rng.choice(people, rng.integers(9, 18), replace=False)
    day, sums = rng.uniform(5, _DAYS - 10), rng.lognormal(6.1, 0.6, len(payers))
    for payer, sum_ in zip(payers, sums, strict=True):
        sheet.pay(day + 3 * rng.random(), payer, one, sum_, mark, True)
    sheet.pay(day + 3 + rng.random(), one, out, 0.9 * sums.sum(), mark, True)
