"""A market: traders of very different size with weekly rhythms, random guests, savings circles,
crowdfunding."""

from __future__ import annotations

import numpy as np

from bench.finance.worlds.sheet import MadeWorld, Sheet

_DAYS, _TRADERS = 180, 900


def market(seed: int) -> MadeWorld:
    """Half a year of 900 traders. Activity and partners are heavy-tailed, a tenth of all payments goes to
    strangers, suppliers refund, and gatherings draw on anybody."""
    sheet = Sheet(np.random.default_rng([seed, 2]), _DAYS)
    traders = sheet.open_accounts(_TRADERS)
    _trade(sheet, traders)
    _gatherings(sheet, traders)
    for _ in range(5):
        _quiet_collector(sheet, traders)
        _fortnightly_levy(sheet, traders)
        _carousel(sheet, traders)
        _salary_mules(sheet, traders)
        _relay(sheet, traders)
        _layers(sheet, traders)
        _deposits(sheet, traders)
        _payout(sheet, traders)
    return sheet.close()


def _trade(sheet: Sheet, traders: np.ndarray) -> None:
    rng = sheet.rng
    weight = rng.pareto(1.3, _TRADERS) + 0.2
    weight /= weight.sum()
    size = 26_000
    payers = rng.choice(traders, size, p=weight)
    suppliers = [rng.choice(traders, rng.integers(2, 9), p=weight) for _ in traders]
    strange = rng.random(size) < 0.1
    payees = np.array(
        [
            rng.choice(traders) if odd else rng.choice(suppliers[who])
            for who, odd in zip(payers, strange, strict=True)
        ]
    )
    weekday = rng.choice(7, size, p=[0.22, 0.2, 0.2, 0.18, 0.14, 0.05, 0.01])
    days = 7 * rng.integers(0, _DAYS // 7, size) + weekday + rng.beta(4, 4, size)
    price = rng.lognormal(5, 0.8, _TRADERS)
    sums = price[payees] * rng.lognormal(0, 0.7, size)
    sheet.pay_all(days, payers, payees, sums)
    for k in np.flatnonzero(rng.random(size) < 0.05):
        sheet.pay(days[k] + rng.exponential(6), payees[k], payers[k], sums[k] * rng.choice([1.0, 0.3, 0.5]))


def _gatherings(sheet: Sheet, traders: np.ndarray) -> None:
    rng = sheet.rng
    for _ in range(12):
        mark, host, day = sheet.mark("wedding"), rng.choice(traders), rng.uniform(10, _DAYS - 10)
        for guest in rng.choice(traders, rng.integers(20, 70), replace=False):
            sheet.pay(day + rng.triangular(-10, 0, 6), guest, host, 10 * rng.integers(2, 25), mark)
    for _ in range(5):
        mark, maker, day = sheet.mark("crowdfunding"), rng.choice(traders), rng.uniform(5, _DAYS - 50)
        backers = rng.choice(traders, rng.integers(50, 150), replace=False)
        pledged = rng.choice([15, 25, 40, 75], len(backers))
        for backer, sum_ in zip(backers, pledged, strict=True):
            sheet.pay(day + 30 * rng.beta(0.6, 0.6), backer, maker, sum_, mark)
        sheet.pay(day + 31 + 5 * rng.random(), maker, rng.choice(traders[:50]), pledged.sum() * 0.7, mark)
    for _ in range(6):  # each month the pot goes to another member
        mark, members = sheet.mark("savings circle"), rng.choice(traders, rng.integers(6, 13), replace=False)
        share = 50 * rng.integers(1, 7)
        for month in range(_DAYS // 30):
            for member in members:
                receiver = members[month % len(members)]
                sheet.pay(30 * month + 3 + rng.random(), member, receiver, share, mark)
    for _ in range(4):
        mark, charity = sheet.mark("charity"), sheet.open_accounts(1)[0]
        for day in rng.uniform(0, _DAYS, rng.integers(150, 300)):
            sheet.pay(day, rng.choice(traders), charity, rng.lognormal(3, 0.6), mark)
        for day in rng.uniform(10, _DAYS, 8):
            sheet.pay(day, charity, rng.choice(traders), rng.lognormal(6, 0.5), mark)
    for _ in range(20):
        mark, employer = sheet.mark("payroll"), rng.choice(traders)
        staff = rng.choice(traders, rng.integers(4, 25), replace=False)
        wage = rng.lognormal(5.6, 0.3, len(staff))
        for week in range(_DAYS // 7):
            for who, sum_ in zip(staff, wage, strict=True):
                sheet.pay(7 * week + 4.6 + 0.1 * rng.random(), employer, who, sum_, mark)
    for _ in range(12):
        mark, landlord = sheet.mark("rent"), rng.choice(traders)
        for tenant in rng.choice(traders, rng.integers(3, 12), replace=False):
            rent = 10 * rng.integers(30, 120)
            for month in range(rng.integers(0, 3), _DAYS // 30):
                sheet.pay(30 * month + rng.uniform(0, 4), tenant, landlord, rent, mark)
    for _ in range(6):  # what each can spare, sent home together
        mark, (sender, home) = sheet.mark("family remittance"), rng.choice(traders, 2, replace=False)
        relatives = rng.choice(traders, rng.integers(3, 9), replace=False)
        for month in range(_DAYS // 30):
            sums = 5 * rng.integers(4, 30, len(relatives))
            for who, sum_ in zip(relatives, sums, strict=True):
                sheet.pay(30 * month + 20 + rng.uniform(0, 7), who, sender, sum_, mark)
            sheet.pay(30 * month + 28 + rng.random(), sender, home, sums.sum(), mark)
    for _ in range(15):  # friends who settle between themselves
        mark, group = sheet.mark("shared costs"), rng.choice(traders, 4, replace=False)
        for day in rng.uniform(0, _DAYS, 12):
            payer, payee = rng.choice(group, 2, replace=False)
            sheet.pay(day, payer, payee, rng.lognormal(3.3, 0.6), mark)


def _quiet_collector(sheet: Sheet, traders: np.ndarray) -> None:
    """A new account that many pay once or twice over months, and that keeps what it got."""
    rng, mark = sheet.rng, sheet.mark("slow fan-in")
    collector = sheet.open_accounts(1)[0]
    start, length = rng.uniform(5, 60), rng.uniform(45, 110)
    for payer in rng.choice(traders, rng.integers(10, 25), replace=False):
        for day in rng.uniform(start, start + length, rng.integers(1, 3)):
            sheet.pay(day, payer, collector, rng.lognormal(6.8, 0.4), mark, True)


def _fortnightly_levy(sheet: Sheet, traders: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("monthly collection")
    collector, first, second, *payers = rng.choice(traders, rng.integers(9, 18), replace=False)
    for round_ in range(rng.integers(0, 3), rng.integers(5, 11)):
        day, got = 14 * round_ + 5, 0.0
        for payer in payers:
            if rng.random() < 0.85:
                sum_ = rng.lognormal(5.5, 0.35)
                sheet.pay(day + rng.uniform(0, 2), payer, collector, sum_, mark, True)
                got += sum_
        part = rng.uniform(0.3, 0.7)
        sheet.pay(day + 2.5 + rng.random(), collector, first, got * part * 0.95, mark, True)
        sheet.pay(day + 2.5 + rng.random(), collector, second, got * (1 - part) * 0.95, mark, True)


def _carousel(sheet: Sheet, traders: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("company loop")
    ring = rng.choice(traders, rng.integers(3, 6), replace=False)
    sum_, day = rng.lognormal(8.5, 0.4), rng.uniform(3, 40)
    for _ in range(rng.integers(3, 7)):
        for k in range(len(ring)):
            sheet.pay(day, ring[k], ring[(k + 1) % len(ring)], sum_ * rng.uniform(0.9, 1.0), mark, True)
            day += rng.exponential(2.5) + 0.3
        day += rng.uniform(5, 15)


def _salary_mules(sheet: Sheet, traders: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("mules with equal sums")
    source, sink, *mules = rng.choice(traders, rng.integers(6, 12), replace=False)
    sum_ = 50 * rng.integers(10, 60)
    for month in range(rng.integers(1, 3), rng.integers(3, 6)):
        for mule in mules:
            sheet.pay(30 * month + 10 + rng.random(), source, mule, sum_, mark, True)
            sheet.pay(30 * month + 11 + rng.uniform(0, 5), mule, sink, sum_ - 50, mark, True)


def _relay(sheet: Sheet, traders: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("chain over weeks")
    links, sum_ = rng.choice(traders, rng.integers(4, 9), replace=False), rng.lognormal(8.8, 0.5)
    day = rng.uniform(5, _DAYS - 90)
    for payer, payee in zip(links[:-1], links[1:], strict=True):
        sheet.pay(day, payer, payee, sum_, mark, True)
        day, sum_ = day + rng.gamma(2, 3.5), sum_ * rng.uniform(0.9, 1.0)


def _layers(sheet: Sheet, traders: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("scatter-gather")
    source, sink, *middle = rng.choice(traders, rng.integers(5, 12), replace=False)
    day = rng.uniform(5, _DAYS - 50)
    for who in middle:
        moment, sum_ = day + rng.exponential(5), rng.lognormal(7.5, 0.5)
        sheet.pay(moment, source, who, sum_, mark, True)
        for part in rng.dirichlet(np.full(2, 5)):  # leaves in two parts
            sheet.pay(moment + rng.exponential(5) + 0.2, who, sink, sum_ * part * 0.94, mark, True)


def _deposits(sheet: Sheet, traders: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("smurfing")
    collectors, payers = rng.choice(traders, 2, replace=False), rng.choice(traders, 7, replace=False)
    day = rng.uniform(5, _DAYS - 40)
    for payer in payers:
        for _ in range(rng.integers(2, 6)):
            moment = day + rng.uniform(0, 28)
            sheet.pay(moment, payer, rng.choice(collectors), rng.uniform(9000, 9990), mark, True)


def _payout(sheet: Sheet, traders: np.ndarray) -> None:
    rng, mark = sheet.rng, sheet.mark("short fan-out")
    source, day = rng.choice(traders), rng.uniform(5, _DAYS - 10)
    for payee in rng.choice(traders, rng.integers(8, 18), replace=False):
        sheet.pay(day + rng.uniform(0, 4), source, payee, rng.lognormal(6.5, 0.6), mark, True)
