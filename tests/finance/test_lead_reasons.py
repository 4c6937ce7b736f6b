"""What speaks for and against a lead, and what it does to its chance of being wrong."""

import math
import random

import pytest

from analytics.finance.lead_circumstances import CIRCUMSTANCES
from analytics.finance.lead_reasons import REASONS, Weights, read_weights, weigh_reasons
from analytics.finance.leads import find_leads
from analytics.finance.typologies.catalogue import DETECTORS
from tests.finance.ledgers import engine, row, table
from tests.finance.planted_leads import everyday

ONE = dict.fromkeys([*CIRCUMSTANCES, "shape", "surprise", "beyond"], 1.0)


@pytest.fixture(scope="module")
def found():
    chance = random.Random(3)
    wedding = [row(300 + chance.uniform(0, 90), f"P{k}", "COUPLE", 5_000) for k in range(60, 90)]
    wedding.append(row(400, "COUPLE", "SHOP", 140_000))
    debts = [row(200 + 9 * k, *(("P1", "P2") if k % 2 else ("P2", "P1")), 1_000) for k in range(6)]
    collected = [row(500 + chance.uniform(0, 60), f"P{k}", "FRONT", 60_000 + 991 * k) for k in range(20, 38)]
    collected.append(row(565, "FRONT", "BEYOND", 1_500_000))
    return find_leads(table(everyday() + wedding + debts + collected), engine=engine())


def of(found, account: str):
    own = found.leads[found.leads.account == account]
    return own.iloc[0] if len(own) else None


def test_a_collection_that_is_passed_on_stands_before_a_wedding(found):
    front, couple = of(found, "FRONT"), of(found, "COUPLE")
    assert front["rank"] == 1
    assert couple is None or couple.by_chance > 5 * front.by_chance


def test_reasons_are_named_with_their_digits(found):
    against = found.reasons[found.reasons.side == "against"]
    assert len(against) and (against.digits < 0).all()
    front = found.reasons[found.reasons.lead_id == of(found, "FRONT").lead_id]
    assert "passed on" in set(front.reason[front.side == "for"])
    assert found.reasons.holds.between(0, 1).all() and set(found.reasons.lead_id) <= set(found.leads.lead_id)


def test_a_wedding_is_named():
    guests = ONE | {"forwarded": 0, "sums": -0.3, "usual": 0, "accounts": 1.4, "season": 0}
    weighed = {name: digits for _, name, _, _, digits in weigh_reasons(guests, read_weights())}
    assert weighed["wedding or other celebration"] < 0


def test_two_way_payments_are_never_sure_and_nothing_of_score_nought_is_listed(found):
    between = found.evidence.groupby("lead_id").agg(payers=("from_account", "nunique"))
    two_way = set(between.index[between.payers <= 2]) & set(found.leads.lead_id[found.leads.accounts == 2])
    assert two_way and (found.leads[found.leads.lead_id.isin(two_way)].by_chance > 0.2).all()
    assert (found.leads.score > 0).all() and not any(math.copysign(1, s) < 0 for s in found.leads.score)


def test_a_lead_has_its_sum(found):
    front = of(found, "FRONT")
    rows = found.evidence[found.evidence.lead_id == front.lead_id]
    assert front.amount_minor == rows.amount_minor.sum() and front.currency == "GBP"


def test_the_weights_are_of_reasons_and_typologies_that_exist_and_have_their_sides():
    weights = read_weights()
    assert set(weights.digits) == {reason.name for reason in REASONS}
    assert set(weights.typologies) == {detector.name for detector in DETECTORS}
    for reason in REASONS:
        digits = weights.digits[reason.name]
        assert digits >= 0 if reason.side == "for" else digits < 0


def test_more_against_is_surer_to_be_wrong():
    weights = Weights(
        version="1", slope=1, offset=0, typologies={"fan-in": 0}, digits={"two-way payments": -1}
    )
    one, two = (weights.chance_of_wrong("fan-in", ONE | {"accounts": many, "large": 0}) for many in (1, 0.3))
    assert one == pytest.approx(0.5) and two > 0.75


def test_a_shape_beyond_chance_alone_counts_nothing_where_the_accounts_pay_each_other_anyway():
    weights = Weights(version="1", slope=1, offset=0, shape_alone=1, typologies={"cycle": -2}, digits={})
    apart, both_ways = (weights.chance_of_wrong("cycle", ONE | {"reciprocal": share}) for share in (0.0, 1.0))
    assert apart == pytest.approx(1 - (0.8 - 0.3 / 1.01), abs=1e-3) and both_ways == pytest.approx(
        1 / 1.01, abs=1e-3
    )


def test_the_chance_stated_rises_with_the_one_that_orders_and_is_never_below_it():
    weights = read_weights()
    chances = [k / 100 for k in range(101)]
    stated = [weights.state_chance(chance) for chance in chances]
    assert stated == sorted(stated) and stated[0] == 0 and stated[-1] == 1
    assert all(said >= chance - 1e-9 for said, chance in zip(stated, chances, strict=True))
    assert weights.state_chance(0.1) == pytest.approx(0.1)  # what is sure stays as it was


def test_a_shape_beyond_chance_is_no_evidence_where_it_is_a_wedding():
    """Shuffled payments give no wedding either."""
    guests = ONE | {"forwarded": 0, "sums": -0.3, "usual": 0, "accounts": 1.6, "reciprocal": 0, "large": 0}
    pressed = guests | {"large": 0.4, "sums": 1.5, "round": 0, "forwarded": 1}
    weights = read_weights()
    without = weights.model_copy(update={"shape_alone": 0.0})
    assert weights.chance_of_wrong("fan-in", guests) == without.chance_of_wrong("fan-in", guests)
    weak = weights.model_copy(update={"offset": -9.0})
    assert weak.chance_of_wrong("fan-in", pressed) < 0.6 < weak.chance_of_wrong("fan-in", guests)


def test_gifts_usual_for_the_givers_are_a_wedding_though_the_cook_was_paid():
    spent = ONE | {"forwarded": 1, "sums": 0.3, "usual": 0, "accounts": 1.6, "large": 0.0}
    held = {reason.name: reason.holds(spent) for reason in REASONS}
    assert held["wedding or other celebration"] == 1 and held["many small givers"] == pytest.approx(0.7)
    pressed = {reason.name: reason.holds(spent | {"large": 0.2}) for reason in REASONS}
    assert pressed["wedding or other celebration"] == 0 and pressed["many small givers"] == 0
