"""A harbour, kept apart: accounts have balances and pay what they can; money is conserved from hand to
hand."""

from __future__ import annotations

import heapq

import numpy as np

from bench.finance.worlds.sheet import MadeWorld, Sheet

_DAYS, _PEOPLE, _EMPLOYERS = 240, 1400, 30


def harbour(seed: int) -> MadeWorld:
    """Eight months simulated event by event. Wages come every other week and are spent down at a pace of each
    one's own; remittances go abroad in fixed corridors; crews share lodgings and settle up."""
    sheet = Sheet(np.random.default_rng([seed, 4]), _DAYS)
    people, shops = sheet.open_accounts(_PEOPLE), sheet.open_accounts(20)
    _spend_wages(sheet, people, sheet.open_accounts(_EMPLOYERS), shops, sheet.open_accounts(400))
    _together(sheet, people, shops)
    for _ in range(5):
        for scheme in (
            _toll,
            _gang_dues,
            _shell_round,
            _strawmen,
            _hawala,
            _splitters,
            _small_parcels,
            _sweep,
        ):
            scheme(sheet, people)
    return sheet.close()


def _spend_wages(
    sheet: Sheet, people: np.ndarray, employers: np.ndarray, shops: np.ndarray, abroad: np.ndarray
) -> None:
    rng = sheet.rng
    crew = rng.integers(0, _PEOPLE // 7, _PEOPLE)
    mates = {number: people[crew == number] for number in np.unique(crew).tolist()}
    employer, home = rng.choice(employers, _PEOPLE), rng.choice(abroad, _PEOPLE)
    wage, pace = rng.gamma(9, 100, _PEOPLE), rng.gamma(4, 1.4, _PEOPLE)
    balance = np.zeros(_PEOPLE)
    events = [(rng.uniform(0, 14), 0, k) for k in range(_PEOPLE)]
    heapq.heapify(events)
    while events:
        day, what, k = heapq.heappop(events)
        if day >= _DAYS:
            continue
        if what == 0:
            sheet.pay(day, employer[k], people[k], wage[k])
            balance[k] += wage[k]
            heapq.heappush(events, (day + 14, 0, k))
            heapq.heappush(events, (day + rng.exponential(pace[k]), 1, k))
            continue
        sum_ = balance[k] * rng.beta(1.2, 4)
        draw = rng.random()
        if draw < 0.5:
            sheet.pay(day, people[k], rng.choice(shops), sum_)
        elif draw < 0.72:
            sheet.pay(day, people[k], home[k], sum_ * 2)
            sum_ *= 2
        elif draw < 0.95:
            payee = rng.choice(mates[int(crew[k])])
            sheet.pay(day, people[k], payee, sum_)
            balance[int(payee)] += sum_
        else:
            sheet.pay(day, people[k], rng.choice(people), sum_)
        balance[k] -= sum_
        if balance[k] > 60:
            heapq.heappush(events, (day + rng.exponential(pace[k]), 1, k))


def _together(sheet: Sheet, people: np.ndarray, shops: np.ndarray) -> None:
    rng = sheet.rng
    for _ in range(15):
        mark, pair, day = sheet.mark("wedding"), rng.choice(people), rng.uniform(15, _DAYS - 15)
        for guest in rng.choice(people, rng.integers(12, 80), replace=False):
            sheet.pay(day + rng.laplace(0, 3), guest, pair, 5 * np.ceil(rng.lognormal(2.3, 0.6)), mark)
        for _ in range(3):
            sheet.pay(day + rng.uniform(0, 10), pair, rng.choice(shops), rng.uniform(300, 1500), mark)
    for _ in range(8):  # for the family of one who died: passed on to them whole
        mark, organiser, family = sheet.mark("funeral collection"), rng.choice(people), rng.choice(people)
        givers, day = rng.choice(people, rng.integers(15, 50), replace=False), rng.uniform(5, _DAYS - 20)
        sums = rng.choice([10, 20, 30, 50], len(givers))
        for giver, sum_ in zip(givers, sums, strict=True):
            sheet.pay(day + rng.exponential(2), giver, organiser, sum_, mark)
        sheet.pay(day + 10, organiser, family, sums.sum(), mark)
    for _ in range(5):
        mark, parish = sheet.mark("charity"), sheet.open_accounts(1)[0]
        faithful = rng.choice(people, rng.integers(30, 90), replace=False)
        for week in range(_DAYS // 7):
            for giver in faithful[rng.random(len(faithful)) < 0.25]:
                sheet.pay(7 * week + 0.4 + rng.random(), giver, parish, rng.choice([2, 5, 10, 20]), mark)
        for month in range(1, _DAYS // 30):
            sheet.pay(30 * month, parish, rng.choice(shops), 600, mark)
    for _ in range(9):
        mark, keeper = sheet.mark("club"), rng.choice(people)
        for member in rng.choice(people, rng.integers(9, 22), replace=False):
            start = rng.uniform(0, 60)
            for week in range(0, _DAYS // 7, 2):
                sheet.pay(start + 7 * week + rng.random(), member, keeper, 6, mark)
    for _ in range(14):
        mark, host = sheet.mark("lodging"), rng.choice(people)
        for guest in rng.choice(people, rng.integers(3, 8), replace=False):
            start, price = rng.uniform(0, 120), 5 * rng.integers(14, 30)
            for week in range(rng.integers(4, 17)):
                sheet.pay(start + 7 * week + rng.uniform(0, 2), guest, host, price, mark)
    for _ in range(40):  # lent and paid back
        mark, (lender, borrower) = sheet.mark("loan"), rng.choice(people, 2, replace=False)
        day, sum_ = rng.uniform(0, _DAYS - 60), 20 * rng.integers(2, 30)
        sheet.pay(day, lender, borrower, sum_, mark)
        sheet.pay(day + rng.uniform(1, 40), borrower, lender, sum_, mark)


def _toll(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("slow fan-in")
    gate, beyond = rng.choice(people, 2, replace=False)
    day, waiting = rng.uniform(0, 60), 0.0
    for payer in rng.choice(people, rng.integers(14, 32), replace=False):
        sum_ = rng.normal(450, 90)
        sheet.pay(day, payer, gate, sum_, mark, True)
        waiting += sum_
        day += rng.gamma(2, 2.2)
        if rng.random() < 0.3:
            sheet.pay(day, gate, beyond, waiting * 0.93, mark, True)
            waiting = 0.0


def _gang_dues(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("monthly collection")
    master, over, *crew = rng.choice(people, rng.integers(7, 14), replace=False)
    for round_ in range(rng.integers(3, 7)):
        day, got = 28 * round_ + 20, 0.0
        for who in crew:
            sum_ = rng.normal(380, 60)
            sheet.pay(day + 3 * rng.random(), who, master, sum_, mark, True)
            got += sum_
        sheet.pay(day + rng.uniform(3, 6), master, over, got * rng.uniform(0.8, 0.98), mark, True)


def _shell_round(sheet: Sheet, _people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("company loop")
    shells = sheet.open_accounts(rng.integers(3, 8))
    day = rng.uniform(0, 40)
    for _ in range(rng.integers(2, 6)):
        sum_ = rng.lognormal(9.3, 0.4)
        for k in range(len(shells)):
            sheet.pay(day, shells[k], shells[(k + 1) % len(shells)], sum_, mark, True)
            day, sum_ = day + rng.uniform(0.5, 5), sum_ * rng.uniform(0.97, 1.0)
        day += rng.uniform(5, 20)


def _strawmen(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("mules with equal sums")
    source, sink, *straw = rng.choice(people, rng.integers(7, 13), replace=False)
    day, sum_ = rng.uniform(5, _DAYS - 40), 100 * rng.integers(6, 20)
    for who in straw:
        sheet.pay(day + rng.normal(1, 0.3), source, who, sum_, mark, True)
        sheet.pay(day + rng.uniform(3, 16), who, sink, 0.95 * sum_, mark, True)


def _hawala(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("chain over weeks")
    hands, sum_, day = rng.choice(people, rng.integers(5, 9), replace=False), rng.uniform(1500, 9000), 0.0
    day = rng.uniform(5, _DAYS - 90)
    for payer, payee in zip(hands[:-1], hands[1:], strict=True):
        sheet.pay(day, payer, payee, sum_, mark, True)
        day, sum_ = day + rng.gamma(3, 2), sum_ * 0.98


def _splitters(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("scatter-gather")
    source, sink, *middle = rng.choice(people, rng.integers(6, 13), replace=False)
    day = rng.uniform(5, _DAYS - 40)
    for who in middle:
        sum_, moment = rng.gamma(4, 250), day + 8 * rng.random()
        sheet.pay(moment, source, who, sum_, mark, True)
        sheet.pay(moment + rng.gamma(2, 3), who, sink, sum_ * rng.uniform(0.88, 0.99), mark, True)


def _small_parcels(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("smurfing")
    one, *payers = rng.choice(people, rng.integers(6, 12), replace=False)
    day = rng.uniform(5, _DAYS - 40)
    for payer in payers:
        for _ in range(rng.integers(1, 5)):
            sheet.pay(day + 25 * rng.random(), payer, one, rng.triangular(920, 985, 999), mark, True)


def _sweep(sheet: Sheet, people: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("short fan-in")
    one, out, *payers = rng.choice(people, rng.integers(9, 18), replace=False)
    day, sums = rng.uniform(5, _DAYS - 10), rng.gamma(3, 150, len(payers))
    for payer, sum_ in zip(payers, sums, strict=True):
        sheet.pay(day + 2 * rng.random(), payer, one, sum_, mark, True)
    sheet.pay(day + 2 + rng.random(), one, out, 0.97 * sums.sum(), mark, True)
