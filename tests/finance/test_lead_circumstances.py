"""What a lead's circumstances say of money that is gathered and handed on, at exact values."""

import numpy as np
import pytest

from analytics.finance.lead_circumstances import PairIndex, measure_circumstances
from analytics.finance.typologies.engine.timed_ledger import build_ledger
from analytics.finance.typologies.parameters import read_parameters
from tests.finance.ledgers import engine, row, table

MONTH = 30 * 24
CREW = [f"W{k}" for k in range(5)]


def months(*, sums: str = "differ", handed: float = 0.9, to: str = "BOSS", rounds: int = 4) -> list[dict]:
    """Each month five pay one, who pays most of it to another two days later."""
    rows = []
    for month in range(rounds):
        got = 0
        for k, who in enumerate(CREW):
            sum_ = 20_000 + 1_000 * k + (37 * (3 * k + 7 * month) if sums == "differ" else 0)
            rows.append(row(MONTH * month + 3 * k, who, "KEEPER", sum_))
            got += sum_
        rows.append(row(MONTH * month + 60, "KEEPER", to, round(handed * got)))
    return rows


def circumstances(payments: list[dict], beside: list[dict] | None = None) -> dict[str, float]:
    """Of `payments` as a lead about KEEPER, among those `beside`."""
    both = payments + (beside or [])
    for number, payment in enumerate(both):
        payment["row_number"] = number
    ledger = build_ledger(table(both), read_parameters().surroundings, engine())
    rows = np.flatnonzero(ledger.row_number < len(payments))
    return measure_circumstances(
        ledger, PairIndex.of(ledger), rows, ledger.accounts.to_pylist().index("KEEPER")
    )


def test_each_time_that_most_goes_on_at_once_counts():
    assert circumstances(months())["handed_on"] == 4
    assert circumstances(months(rounds=2))["handed_on"] == 2
    assert circumstances(months(handed=0.6))["handed_on"] == 0
    assert circumstances(months(handed=1.1))["handed_on"] == 0


def test_what_goes_to_one_of_the_payers_or_to_a_business_is_not_handed_on():
    assert circumstances(months(to="W0"))["handed_on"] == 0
    shop = [row(5 * k, f"C{k}", "SHOP", 900) for k in range(20)]
    assert circumstances(months(to="SHOP"), shop)["handed_on"] == 0
    assert circumstances(months(), shop)["handed_on"] == 4


@pytest.mark.parametrize(("sums", "share"), [("same", 1.0), ("differ", 0.0)])
def test_rents_are_the_same_every_time_and_takings_differ(sums, share):
    assert circumstances(months(sums=sums))["constant"] == share


def test_what_the_payers_pay_outside_of_the_lead_tells_rents_too():
    """A lead of one month: that the sums are the same every month stands in the rows beside it."""
    every = months(sums="same")
    assert circumstances(every[:6], every[6:])["constant"] == 1.0
    assert circumstances(every[:6])["constant"] == 0.0
    assert circumstances(every[:6], months()[6:12])["constant"] == pytest.approx(0.0)


def gifts(unit: int, currency: str) -> tuple[list[dict], list[dict]]:
    """Gifts of 2,000 and 5,000 of a currency's notes of 50, and everyday sums of 50 to 4,950."""
    sums = [2_000, 5_000] * 5
    given = [row(k, f"G{k}", "KEEPER", unit * sum_, currency) for k, sum_ in enumerate(sums)]
    beside = [row(3 * k, f"A{k}", f"B{k}", unit * 50 * (k + 1), currency) for k in range(99)]
    return given, beside


def test_round_sums_are_told_where_every_note_is_a_whole_ten():
    """In francs every sum is one of whole tens; in pounds one with pence is not."""
    given, beside = gifts(100, "XOF")
    assert circumstances(given, beside)["round"] == pytest.approx(1 - 14 / 109)
    pounds = [row(2 * k, f"A{k}", f"B{k}", 2_000 + 37 * k) for k in range(100)]
    assert circumstances([row(k, f"G{k}", "KEEPER", 5_000) for k in range(9)], pounds)["round"] > 0.8


def test_sums_are_large_or_small_within_their_currency_alone():
    given, beside = gifts(100, "XOF")
    alone = circumstances(given, beside)
    given, beside = gifts(100, "XOF")
    pounds = [row(k, f"C{k}", f"D{k}", 1_500 + k) for k in range(900)]
    mixed = circumstances(given, beside + pounds)
    assert mixed["sums"] == pytest.approx(alone["sums"]) and mixed["round"] == pytest.approx(alone["round"])
