"""Each detector against a slow and plain one, on random ledgers and whatever the order of the rows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.finance.typologies import cycle, fan_in, fan_out
from analytics.finance.typologies.parameters import Cycle
from tests.finance import slow
from tests.finance.ledgers import PARAMETERS, dense_rows, ledger, random_rows, with_surroundings

quick = settings(max_examples=40, deadline=None)


def listed(results) -> list[tuple]:
    return [
        (tuple(results.rows_of(k).tolist()), int(results.account[k]), float(results.surprise[k]), int(results.anchor[k]))
        for k in range(len(results))
    ]  # fmt: skip


def assert_same(results, expected: list[tuple]) -> None:
    ours, theirs = sorted(listed(results)), sorted(expected)
    assert [entry[:2] for entry in ours] == [entry[:2] for entry in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one[2] == pytest.approx(other[2], rel=1e-6, abs=1e-9)
        assert one[3] == other[3]


@quick
@given(random_rows, st.sampled_from([1, 3, 30]))
def test_what_is_new_first_and_a_hub(rows, hubs):
    made = ledger(rows, with_surroundings(hub_counterparties=hubs))
    for entry in slow.history(made):
        k = entry["at"]
        assert (made.new[k], made.first[k], made.path[k]) == (entry["new"], entry["first"], entry["path"])
        assert made.pair_count[k] == entry["pair_count"]


@quick
@given(random_rows)
def test_fan_in_and_fan_out(rows):
    made = ledger(rows)
    assert_same(fan_in.find(made, PARAMETERS), slow.fan(made, PARAMETERS, "payee", 3))
    assert_same(fan_out.find(made, PARAMETERS), slow.fan(made, PARAMETERS, "payer", 3))


@quick
@given(dense_rows, st.sampled_from([2, 3, 12]))
def test_cycles_are_all_of_them(rows, most):
    made = ledger(rows)
    parameters = with_surroundings()
    parameters = type(parameters)(surroundings=parameters.surroundings, cycle=Cycle(most_edges=most))
    found = [entry[0] for entry in listed(cycle.find(made, parameters))]
    assert len(found) == len(set(found))
    assert set(found) == slow.cycles(made, most)
