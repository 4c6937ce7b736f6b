"""Detectors whose windows come from the accounts' own rhythm: relays, hands-on, slow fans, similar sums."""

import math
import random

import pytest
from hypothesis import given, settings

from analytics.finance.typologies.detectors import hand_on, relay_chain, relay_gather, similar_sums, slow_fan
from analytics.finance.typologies.engine.relays import find_relays
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.parameters import Parameters
from tests.examples import examples
from tests.finance.ledgers import find, ledger, random_rows, row

PLAIN = Parameters()
HOUR = DAY // 24


def everyday() -> list[dict]:
    """A year in which everybody pays two contacts all the time, in sums of every size."""
    chance = random.Random(5)
    rows = []
    for _ in range(1200):
        payer = chance.randrange(40)
        payee = (payer + chance.choice([1, 2])) % 40
        rows.append(row(chance.uniform(0, 8760), f"P{payer}", f"P{payee}", int(chance.lognormvariate(8, 1))))
    return rows


def found_rows(detector, rows: list[dict]) -> list[set[str]]:
    """The names of the payers and payees of each result, the most surprising first."""
    built = ledger(rows, PLAIN)
    results = find(detector, built, PLAIN)
    order = sorted(range(len(results)), key=lambda k: -results.surprise[k])
    return [
        {built.name(who) for at in results.rows_of(k) for who in (built.payer[at], built.payee[at])}
        for k in order
    ]


@settings(max_examples=examples(15))
@given(random_rows)
def test_relays_are_those_of_a_plain_search(rows):
    built = ledger(rows)
    if built.amount is None:
        return
    usable = [k for k in range(len(built)) if built.path[k] and built.amount[k] > 0]
    codes = built.texts.get("currency")
    expected = {}
    length = max(built.end - built.begin, DAY)
    for i in usable:
        like = sum(0.8 * built.amount[i] <= built.amount[k] <= 1.1 * built.amount[i] for k in usable)
        own = [k for k in usable if built.payer[k] == built.payee[i]]
        alike = sum(0.8 <= built.amount[k] / built.amount[i] <= 1.1 for k in own)
        for j in own:
            passed = int(built.time[j] - built.time[i])
            if not 0 < passed <= 5 * DAY or not 0.8 <= built.amount[j] / built.amount[i] <= 1.1:
                continue
            if codes is not None and codes[i] != codes[j]:
                continue
            rate = (alike - 1 + like / len(usable) * len(own)) / length * max(passed, HOUR)
            digits = -math.log10(max(1 - math.exp(-rate), 1e-9))
            if digits >= 0.1:
                expected[i, j] = digits
    relays = find_relays(built, 5, 0.8, 1.1, 0.1)
    got = dict(
        zip(zip(relays.received.tolist(), relays.paid.tolist(), strict=True), relays.digits, strict=True)
    )
    assert got == pytest.approx(expected)


def test_a_sum_passed_on_for_weeks_is_one_relay():
    hops = [row(3000 + 150 * k, f"H{k}", f"H{k + 1}", 900_000 - 9_000 * k) for k in range(5)]
    assert {f"H{k}" for k in range(6)} in found_rows(relay_chain.CHAIN, everyday() + hops)[:3]


def test_rounds_of_the_same_companies_are_one_loop_and_two_way_payments_are_none():
    loop = [
        row(1000 + 720 * month + 60 * k, f"F{k}", f"F{(k + 1) % 3}", 700_000 - 9_000 * k)
        for month in range(4)
        for k in range(3)
    ]
    back = [row(2000, "X", "Y", 800_000), row(2100, "Y", "X", 800_000)]
    assert found_rows(relay_chain.LOOP, everyday() + loop + back) == [{"F0", "F1", "F2"}]


def test_equal_sums_through_several_accounts_to_one_sink():
    mules = [
        row(
            4000 + 24 * k + 200 * leg,
            *(("S", f"M{k}") if leg == 0 else (f"M{k}", "T")),
            240_000 - 9_000 * leg,
        )
        for k in range(6)
        for leg in (0, 1)
    ]
    assert {"S", "T"} <= found_rows(relay_gather.DETECTOR, everyday() + mules)[0]


def test_a_slow_gathering_is_not_cut_at_the_edge_of_a_block():
    slow = [row(24 * (30 + 2 * k), f"G{k}", "C", 40_000) for k in range(14)]  # across day 35
    on = [row(24 * 60, "C", "Z", 500_000)]
    assert found_rows(slow_fan.FAN_IN, everyday() + slow + on)[0] == {"C", "Z", *(f"G{k}" for k in range(14))}


def test_monthly_collections_handed_on_are_found_though_the_payers_are_standing_contacts():
    rows = []
    for month in range(5):
        rows += [row(720 * month + 600 + 3 * k, f"W{k}", "C", 30_000 + 700 * k) for k in range(7)]
        rows.append(row(720 * month + 640, "C", "BOSS", 205_000))
    assert found_rows(hand_on.DETECTOR, everyday() + rows)[0] == {"C", "BOSS", *(f"W{k}" for k in range(7))}


def test_sums_just_alike_are_found_and_equal_dues_are_not():
    smurfs = [row(3000 + 40 * k, f"D{k % 4}", "C", 950_000 + 1_900 * k) for k in range(10)]
    dues = [row(3000 + 40 * k, f"E{k % 4}", "CLUB", 970_000) for k in range(10)]
    assert found_rows(similar_sums.DETECTOR, everyday() + smurfs + dues)[0] == {"C", "D0", "D1", "D2", "D3"}
    assert all("CLUB" not in names for names in found_rows(similar_sums.DETECTOR, everyday() + smurfs + dues))
