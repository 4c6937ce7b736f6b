"""The flow picture: layers by time, folds, and what a label may hold."""

import json

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.figures.flow import MAXIMUM_MARKS, flow_chart, lay_out
from analytics.figures.money import lanes_chart, sankey_chart
from tests.examples import examples


def edges(pairs):
    first = pd.date_range("2024-01-01", periods=len(pairs), freq="h")
    return pd.DataFrame(
        {
            "from": [a for a, _ in pairs],
            "to": [b for _, b in pairs],
            "payments": 1,
            "description": "1.00 GBP",
            "weight": 0.1,
            "first": first,
            "inside": True,
        }
    )


def test_money_moves_from_left_to_right():
    flow = lay_out(edges([("a", "b"), ("b", "c"), ("a", "c"), ("c", "a")]), {}, {})
    layer = flow.nodes.set_index("node").layer
    assert layer.a < layer.b < layer.c
    assert flow.edges.back.tolist() == [False, False, False, True]


def test_many_leaves_are_folded_and_counted():
    pairs = [(f"p{k}", "hub") for k in range(12)] + [("hub", "end")]
    roles = {f"p{k}": "payer" for k in range(12)}
    flow = lay_out(edges(pairs), roles, {})
    assert len(flow.nodes) == 3 and flow.folded == 12
    assert "12 accounts" in set(flow.nodes.label) and flow.edges.payments.sum() == 13
    assert len(lay_out(edges(pairs), roles, {}, fold=False).nodes) == 14


def test_above_the_most_a_picture_is_summarised():
    pairs = [(f"a{k}", f"b{k}") for k in range(MAXIMUM_MARKS)]
    flow = lay_out(edges(pairs), {}, {}, fold=False)
    assert len(flow.nodes) <= MAXIMUM_MARKS and flow.edges.payments.sum() == MAXIMUM_MARKS
    assert flow.nodes.accounts.sum() == 2 * MAXIMUM_MARKS


def test_a_mark_of_one_account_can_be_chosen_and_a_folded_one_cannot():
    pairs = [(f"p{k}", "hub") for k in range(12)] + [("hub", "end")]
    drawn = flow_chart(lay_out(edges(pairs), {}, {"hub": "…4471"}), chosen="hub", label="Flow")
    marks = {mark["label"]: mark for mark in drawn["marks"]}
    assert not marks["12 accounts"]["choosable"] and marks["12 accounts"]["accounts"] == 12
    assert marks["…4471"]["chosen"] and marks["…4471"]["choosable"] and not marks["end"]["chosen"]
    assert {(arrow["from"], arrow["to"]) for arrow in drawn["arrows"]} <= {
        (a, b) for a in range(3) for b in range(3)
    }
    assert json.loads(json.dumps(drawn)) == drawn


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=30, unique=True))
def test_any_payments_can_be_drawn(pairs):
    flow = lay_out(edges([(f"n{a}", f"n{b}") for a, b in pairs]), {}, {})
    assert flow.edges.payments.sum() == len(pairs)
    assert set(flow.edges["from"]) | set(flow.edges["to"]) == set(flow.nodes.node)
    assert not flow.nodes.duplicated(["x", "y"]).any()
    drawn = flow_chart(flow, chosen=None, label="Flow")
    assert len(drawn["marks"]) == len(flow.nodes) and len(drawn["arrows"]) == len(flow.edges)


def test_a_label_cannot_hold_markup():
    evil = "<img src=x onerror=alert(1)>"
    payments = pd.DataFrame(
        {
            "occurred_at": pd.to_datetime(["2024-01-01"]),
            "from_account": ["a"],
            "to_account": ["b"],
            "description": [evil],
        }
    )
    pairs = pd.DataFrame({"from": ["a"], "to": ["b"], "value": [1.0], "payments": [1]})
    for figure in (
        lanes_chart(payments, {"a": evil, "b": evil}, dark=False),
        sankey_chart(pairs, {"a": evil, "b": evil}, "GBP", dark=False),
    ):
        assert "<img" not in str(figure)
