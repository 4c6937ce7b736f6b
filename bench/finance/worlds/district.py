"""A district: payments call forth payments. People answer those who paid them, and come in bursts."""

from __future__ import annotations

import numpy as np

from bench.finance.worlds.sheet import MadeWorld, Sheet

_DAYS, _PEOPLE = 365, 1200


def district(seed: int) -> MadeWorld:
    """A year of 1,200 accounts. Who pays whom grows by preference for those paid before; a third of all
    payments is answered; at the turn of the year everybody sends gifts."""
    sheet = Sheet(np.random.default_rng([seed, 3]), _DAYS)
    people, shops = sheet.open_accounts(_PEOPLE), sheet.open_accounts(15)
    _bursts(sheet, people, shops)
    _innocent(sheet, people, shops)
    for _ in range(5):
        _tribute(sheet, people)
        _debt_bondage(sheet, people)
        _invoice_ring(sheet)
        _card_mules(sheet, people)
        _courier(sheet, people)
        _fan_of_fans(sheet, people)
        _below_the_line(sheet, people)
        _burst_in_burst_out(sheet, people)
    return sheet.close()


def _bursts(sheet: Sheet, people: np.ndarray, shops: np.ndarray) -> None:
    rng = sheet.rng
    known: list[list[int]] = [list(rng.choice(people, 2)) for _ in people]
    taste = rng.gamma(1.2, 1.0, _PEOPLE)
    for who in people.tolist():
        level = rng.normal(3.6, 0.5)
        for burst in rng.uniform(0, _DAYS, rng.poisson(5 * taste[who] + 1)):
            for day in burst + np.cumsum(rng.exponential(0.8, rng.geometric(0.4))):
                if rng.random() < 0.45:
                    sheet.pay(day, who, rng.choice(shops), rng.lognormal(3, 0.7))
                    continue
                if rng.random() < 0.12:
                    known[who].append(int(rng.choice(people)))
                payee = known[who][int(len(known[who]) * rng.random() ** 1.5)]
                sum_ = np.ceil(rng.lognormal(level, 0.8))
                sheet.pay(day, who, payee, sum_)
                known[who].append(payee)
                if rng.random() < 0.33:
                    sheet.pay(
                        day + rng.exponential(3), payee, who, np.ceil(sum_ * rng.choice([0.5, 1, 1, 1.2]))
                    )


def _innocent(sheet: Sheet, people: np.ndarray, shops: np.ndarray) -> None:
    rng = sheet.rng
    for _ in range(150):  # gifts at the turn of the year
        mark, elder = sheet.mark("festival gifts"), rng.choice(people)
        for child in rng.choice(people, rng.integers(3, 9), replace=False):
            sheet.pay(180 + rng.normal(0, 2), elder, child, rng.choice([8, 18, 28, 88, 168]), mark)
    for _ in range(10):
        mark, couple, day = sheet.mark("wedding"), rng.choice(people), rng.uniform(20, _DAYS - 20)
        for guest in rng.choice(people, rng.integers(25, 110), replace=False):
            sheet.pay(
                day + rng.exponential(2) - 3, guest, couple, rng.choice([66, 88, 100, 200, 300, 500]), mark
            )
        sheet.pay(day + 4, couple, rng.choice(shops), rng.uniform(3000, 9000), mark)
    for _ in range(6):
        mark, club = sheet.mark("club"), sheet.open_accounts(1)[0]
        members = rng.choice(people, rng.integers(20, 60), replace=False)
        for year in (20, 200):
            for member in members:
                sheet.pay(year + rng.gamma(2, 6), member, club, 60, mark)
            sheet.pay(year + 45, club, rng.choice(shops), 40 * len(members), mark)
    for _ in range(8):
        mark, owner = sheet.mark("rent"), rng.choice(people)
        for tenant in rng.choice(people, rng.integers(2, 9), replace=False):
            rent, due = rng.uniform(300, 900), rng.integers(0, 28)
            for month in range(12):
                sheet.pay(30.4 * month + due + rng.exponential(0.7), tenant, owner, rent, mark)
        for month in range(12):  # the mortgage, to a private lender
            sheet.pay(30.4 * month + 29, owner, people[int(owner) * 7 % _PEOPLE], 700, mark)
    for _ in range(5):
        mark, school = sheet.mark("school trip"), rng.choice(people)
        parents, day = rng.choice(people, 28, replace=False), rng.uniform(10, _DAYS - 50)
        for parent in parents:
            for part in range(2):
                sheet.pay(day + 20 * part + rng.exponential(3), parent, school, 45, mark)
        sheet.pay(day + 45, school, rng.choice(shops), 28 * 88, mark)
    for _ in range(4):
        mark, charity = sheet.mark("charity"), sheet.open_accounts(1)[0]
        for donor in rng.choice(people, 60, replace=False):
            for month in range(rng.integers(0, 9), 12):
                sheet.pay(30.4 * month + 5 + rng.random(), donor, charity, rng.choice([5, 10, 15]), mark)
        for donor in rng.choice(people, 90, replace=False):
            sheet.pay(300 + rng.exponential(8), donor, charity, 10 * rng.integers(1, 11), mark)
    for _ in range(25):
        mark, firm = sheet.mark("payroll"), sheet.open_accounts(1)[0]
        for who in rng.choice(people, rng.integers(5, 40), replace=False):
            for month in range(12):
                sheet.pay(30.4 * month + 27, firm, who, rng.uniform(1500, 1900), mark)
    for _ in range(2):  # a grant each term, most of which is the fee of the college
        mark, (fund, college) = sheet.mark("grants"), sheet.open_accounts(2)
        students = rng.choice(people, rng.integers(15, 38), replace=False)
        for term in (25, 130, 260):
            for student in students:
                sheet.pay(term + rng.random(), fund, student, 1200, mark)
                sheet.pay(term + 1 + rng.exponential(6), student, college, 1000, mark)


def _tribute(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("slow fan-in")
    collector, cash = rng.choice(people, 2, replace=False)
    payers, day = rng.choice(people, rng.integers(15, 40), replace=False), rng.uniform(10, 120)
    for payer in payers:
        sum_ = 50 * rng.integers(3, 16)
        sheet.pay(day, payer, collector, sum_, mark, True)
        if rng.random() < 0.5:
            sheet.pay(day + rng.exponential(1), collector, cash, sum_ * 1.8, mark, True)
        day += rng.exponential(5)


def _debt_bondage(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("monthly collection")
    collector, *workers = rng.choice(people, rng.integers(6, 12), replace=False)
    boss, rate = rng.choice(people), 20 * rng.integers(10, 30)
    for month in range(rng.integers(0, 5), rng.integers(8, 12)):
        for worker in workers:
            sheet.pay(30.4 * month + 28 + rng.exponential(0.8), worker, collector, rate, mark, True)
        sheet.pay(30.4 * month + 31.5, collector, boss, rate * len(workers) * 0.9, mark, True)


def _invoice_ring(sheet: Sheet) -> None:
    rng, mark = sheet.rng, sheet.mark("company loop")
    firms = sheet.open_accounts(rng.integers(3, 6))
    for month in range(rng.integers(0, 3), rng.integers(6, 12)):
        sum_, day = 1000 * rng.integers(5, 25), 30.4 * month + rng.uniform(0, 8)
        for k in range(len(firms)):
            sheet.pay(day, firms[k], firms[(k + 1) % len(firms)], sum_, mark, True)
            day += rng.uniform(2, 7)


def _card_mules(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("mules with equal sums")
    source, sink, *mules = rng.choice(people, rng.integers(6, 16), replace=False)
    day, sum_ = rng.uniform(10, _DAYS - 60), 250 * rng.integers(2, 12)
    for mule in mules:
        moment = day + rng.uniform(0, 20)
        sheet.pay(moment, source, mule, sum_, mark, True)
        sheet.pay(moment + rng.exponential(4) + 0.1, mule, sink, sum_ * 0.9, mark, True)


def _courier(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("chain over weeks")
    links, sum_ = rng.choice(people, rng.integers(5, 8), replace=False), rng.uniform(2000, 12000)
    day = rng.uniform(10, _DAYS - 90)
    for payer, payee in zip(links[:-1], links[1:], strict=True):
        sheet.pay(day, payer, payee, sum_, mark, True)
        day, sum_ = day + rng.uniform(4, 14), sum_ - rng.uniform(20, 200)


def _fan_of_fans(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("scatter-gather")
    source, sink, *middle = rng.choice(people, rng.integers(6, 12), replace=False)
    total, day = rng.uniform(8000, 30000), rng.uniform(10, _DAYS - 60)
    for who, part in zip(middle, rng.dirichlet(np.full(len(middle), 4)), strict=True):
        moment = day + rng.uniform(0, 3)
        sheet.pay(moment, source, who, total * part, mark, True)
        sheet.pay(moment + rng.uniform(5, 20), who, sink, total * part * 0.96, mark, True)


def _below_the_line(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("smurfing")
    collector, *payers = rng.choice(people, rng.integers(4, 9), replace=False)
    day = rng.uniform(10, _DAYS - 60)
    for payer in payers:
        for _ in range(rng.integers(2, 5)):
            sheet.pay(day + rng.uniform(0, 40), payer, collector, rng.uniform(2600, 2990), mark, True)


def _burst_in_burst_out(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("gather-scatter")
    middle, *rest = rng.choice(people, 15, replace=False)
    day, got = rng.uniform(10, _DAYS - 20), 0.0
    for payer in rest[:8]:
        sum_ = rng.lognormal(6, 0.5)
        sheet.pay(day + 3 * rng.random(), payer, middle, sum_, mark, True)
        got += sum_
    for payee, part in zip(rest[8:], rng.dirichlet(np.full(6, 3)), strict=True):
        sheet.pay(day + 3 + 4 * rng.random(), middle, payee, got * part * 0.95, mark, True)
