"""Each detector against a slow and plain one, on random ledgers and whatever the order of the rows."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.finance.leads import find_leads
from analytics.finance.typologies.catalogue import DETECTORS
from analytics.finance.typologies.detectors import (
    bipartite,
    chain,
    cycle,
    dormant,
    fan,
    funnel,
    gather_scatter,
    pass_through,
    remittance,
    ring,
    scatter_gather,
    stack,
    structuring,
    third_party,
)
from tests.examples import examples
from tests.finance import reference_detectors
from tests.finance.ledgers import (
    PARAMETERS,
    START,
    dense_rows,
    engine,
    find,
    holders,
    layered_rows,
    ledger,
    random_rows,
    row,
    table,
    with_surroundings,
)

quick = settings(max_examples=examples(15))


def listed(results) -> list[tuple]:
    return [
        (
            tuple(results.rows_of(k).tolist()),
            int(results.account[k]),
            float(results.surprise[k]),
            int(results.anchor[k]),
        )
        for k in range(len(results))
    ]


def assert_same(results, expected: list[tuple]) -> None:
    ours, theirs = sorted(listed(results)), sorted(expected)
    assert [entry[:2] for entry in ours] == [entry[:2] for entry in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one[2] == pytest.approx(other[2], rel=1e-6, abs=1e-9)
        assert one[3] == other[3]


@quick
@given(random_rows, st.sampled_from([1, 3, 30]))
def test_what_is_new_first_and_a_hub(rows, hubs):
    built = ledger(rows, with_surroundings(hub_counterparties=hubs))
    for entry in reference_detectors.history(built):
        k = entry["at"]
        assert (built.new[k], built.first[k], built.path[k]) == (entry["new"], entry["first"], entry["path"])
        assert built.pair_count[k] == entry["pair_count"]


@quick
@given(random_rows)
def test_how_large_a_payment_is_beside_its_payers_others(rows):
    built = ledger(rows)
    for entry in reference_detectors.rows_of(built):
        assert built.amount_surprise[entry["at"]] == pytest.approx(
            reference_detectors.amount_surprise(built, entry), abs=1e-12
        )


@quick
@given(random_rows)
def test_fan_in_and_fan_out(rows):
    built = ledger(rows)
    assert_same(find(fan.FAN_IN, built), reference_detectors.fan(built, PARAMETERS, "payee", 3))
    assert_same(find(fan.FAN_OUT, built), reference_detectors.fan(built, PARAMETERS, "payer", 3))


@quick
@given(dense_rows, st.sampled_from([2, 3, 12]))
def test_cycles_are_all_of_them(rows, most):
    built = ledger(rows)
    parameters = PARAMETERS.replace(cycle.DETECTOR, max_edges=most)
    found = [entry[0] for entry in listed(find(cycle.DETECTOR, built, parameters))]
    assert len(found) == len(set(found))
    assert set(found) == reference_detectors.cycles(built, most)


@quick
@given(random_rows)
def test_gather_scatter(rows):
    built = ledger(rows)
    assert_same(find(gather_scatter.DETECTOR, built), reference_detectors.gather_scatter(built, PARAMETERS))


@quick
@given(dense_rows)
def test_scatter_gather(rows):
    built = ledger(rows)
    assert_same(find(scatter_gather.DETECTOR, built), reference_detectors.scatter_gather(built, PARAMETERS))


@quick
@given(dense_rows)
def test_bipartite(rows):
    built = ledger(rows)
    assert_same(find(bipartite.DETECTOR, built), reference_detectors.bipartite(built, PARAMETERS))


@quick
@given(layered_rows)
def test_stack(rows):
    built = ledger(rows)
    found = find(stack.DETECTOR, built, layers=find(bipartite.DETECTOR, built))
    assert_same(found, reference_detectors.stack(built, PARAMETERS))


@quick
@given(random_rows, holders)
def test_third_party_control(rows, accounts):
    built = ledger(rows, accounts=accounts)
    if built.has("phone"):
        assert_same(find(third_party.DETECTOR, built), reference_detectors.third_party(built, PARAMETERS))


@quick
@given(dense_rows, st.sampled_from([3, 5]))
def test_rings_are_all_of_them(rows, most):
    built = ledger(rows)
    found = [
        entry[0]
        for entry in listed(find(ring.DETECTOR, built, PARAMETERS.replace(ring.DETECTOR, max_edges=most)))
    ]
    assert set(found) == reference_detectors.rings(built, most)


@quick
@given(dense_rows)
def test_chains_are_the_best_that_lead_to_their_last_payment(rows):
    built = ledger(rows)
    expected = reference_detectors.best_chain(built, PARAMETERS)
    found = find(chain.DETECTOR, built)
    for found_rows, account, surprise, _ in listed(found):
        path = list(found_rows)
        assert all(
            built.payee[a] == built.payer[b] and built.time[a] < built.time[b]
            for a, b in zip(path, path[1:], strict=False)
        )
        assert account == built.payer[path[0]]
        assert surprise == pytest.approx(expected[path[-1]][0], rel=1e-6)
    strongest, simple = max(expected.values(), default=(0.0, False))
    if strongest >= PARAMETERS.surroundings.min_surprise and simple:
        assert found.surprise.max() == pytest.approx(strongest, rel=1e-6)


@quick
@given(random_rows)
def test_structuring_and_pass_through(rows):
    built = ledger(rows)
    if all(built.has(column) for column in ("amount_minor", "currency", "channel")):
        assert_same(find(structuring.DETECTOR, built), reference_detectors.structuring(built, PARAMETERS))
        assert_same(find(pass_through.DETECTOR, built), reference_detectors.pass_through(built, PARAMETERS))


@quick
@given(random_rows)
def test_funnels_remittances_and_dormant_accounts(rows):
    built = ledger(rows)
    assert_same(find(dormant.DETECTOR, built), reference_detectors.dormant(built, PARAMETERS))
    if built.has("channel") and built.has("place"):
        assert_same(find(funnel.DETECTOR, built), reference_detectors.funnel(built, PARAMETERS))
        assert_same(find(remittance.DETECTOR, built), reference_detectors.remittance(built, PARAMETERS))


@settings(max_examples=examples(6))
@given(random_rows, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_result(rows, random):
    numbered = [{"row_number": at, **entry} for at, entry in enumerate(rows, 2)]
    shuffled = random.sample(numbered, len(numbered))
    one, other = ledger(numbered), ledger(shuffled)
    for detector in DETECTORS:
        if all(one.has(column) for column in detector.needs) and not detector.builds_on:
            assert listed(find(detector, one)) == listed(find(detector, other))


def test_a_stack_is_two_layers_on_the_same_middlemen():
    upper = [
        row(k, payer, payee)
        for k, (payer, payee) in enumerate([("A", "M"), ("A", "N"), ("B", "M"), ("B", "N")])
    ]
    lower = [
        row(20 + k, payer, payee)
        for k, (payer, payee) in enumerate([("M", "Y"), ("M", "Z"), ("N", "Y"), ("N", "Z")])
    ]
    calm = [row(300 + 9 * k, f"P{k}", f"Q{k}") for k in range(40)]
    built = ledger(upper + lower + calm)
    layers = find(bipartite.DETECTOR, built)
    found = find(stack.DETECTOR, built, layers=layers)
    assert len(layers) == 2 and [entry[0] for entry in listed(found)] == [tuple(range(8))]
    assert found.surprise[0] == pytest.approx(layers.surprise.sum())
    part = stack.explain(built, found.rows_of(0), int(found.account[0])).roles
    assert {built.name(who): role for who, role in part.items()} == {
        "A": "source",
        "B": "source",
        "M": "middleman",
        "N": "middleman",
        "Y": "sink",
        "Z": "sink",
    }
    early = ledger(
        lower[:0]
        + [dict(entry, occurred_at=entry["occurred_at"].replace(year=2025)) for entry in lower]
        + upper
        + calm
    )
    assert len(find(stack.DETECTOR, early, layers=find(bipartite.DETECTOR, early))) == 0


def test_accounts_worked_through_one_phone():
    rows = [row(k, who, "SINK") for k, who in enumerate("ABC")] + [row(9, "D", "SINK")]
    holders = pa.table(
        {"reference": list("ABCD"), "phone": ["1", "1", "1", "2"], "holder": ["x", "y", "z", "w"]}
    )
    built = ledger(rows, accounts=holders)
    found = find(third_party.DETECTOR, built)
    assert [entry[0] for entry in listed(found)] == [(0, 1, 2)]
    assert set(third_party.explain(built, found.rows_of(0), int(found.account[0])).roles.values()) == {
        "payee",
        "controlled account",
    }
    same = ledger(rows, accounts=holders.set_column(2, "holder", pa.array(["x", "x", "x", "w"])))
    assert len(find(third_party.DETECTOR, same)) == 0  # one person's three accounts


def test_currencies_are_never_mixed():
    """Five payments just under the line, in two currencies of two lines: neither alone reaches four."""
    rows = [row(k, "A", "B", 950, "GBP", "cash") for k in range(3)] + [
        row(5 + k, "A", "B", 880, "EUR", "cash") for k in range(2)
    ]
    rows += [row(200 + k, "C", f"D{k}", 100, cur, "cash") for k, cur in enumerate(["GBP", "EUR"] * 20)]
    few = PARAMETERS.replace(structuring.DETECTOR, min_payments=4)
    assert len(find(structuring.DETECTOR, ledger(rows), few)) == 0
    more = [*rows, row(4, "A", "B", 950, "GBP", "cash")]
    assert len(find(structuring.DETECTOR, ledger(more), few)) == 1
    passed = [
        row(0, "A", "B", 1000, "GBP"),
        row(1, "B", "C", 950, "EUR"),
        *[row(100 + k, "X", "Y") for k in range(9)],
    ]
    assert len(find(pass_through.DETECTOR, ledger(passed))) == 0
    passed[1] = row(1, "B", "C", 950, "GBP")
    assert len(find(pass_through.DETECTOR, ledger(passed))) == 1


def test_a_search_that_is_cut_short_says_so():
    rows = [row(k, payer, payee) for k, (payer, payee) in enumerate(["AB", "BC", "CA", "AB", "BC", "CA"] * 5)]
    short = PARAMETERS.replace(cycle.DETECTOR, max_steps=3).replace(ring.DETECTOR, max_steps=1)
    built = ledger(rows)
    ((since, until),) = find(cycle.DETECTOR, built, short).cut
    assert built.begin < since < until == built.begin + built.surroundings.history
    assert len(find(ring.DETECTOR, built, short).cut) == 1
    assert find(cycle.DETECTOR, built).cut == find(ring.DETECTOR, built).cut == ()
    few, note, *_ = find_leads(table(rows), short, engine=engine()).notes
    assert "cover 1.2 days" in few
    assert "'cycle' took too many steps: those that begin from 2026-01-01T" in note


def test_silence_is_counted_from_where_the_data_begin_not_from_the_opening_of_an_account():
    rows = [row(0, "X", "Y")] + [row(24 * 20 + hour, "X", "Z") for hour in range(4)]
    accounts = pa.table({"reference": ["Z"], "opened": [START - timedelta(days=3000)]})
    built = ledger(rows, accounts=accounts)
    account = built.accounts.index("Z").as_py()
    assert built.since[account] == built.begin
    assert account in find(dormant.DETECTOR, built).account
    explanation = dormant.explain(built, np.flatnonzero(built.payee == account), account)
    assert "saw nothing for 20 days" in explanation.why
