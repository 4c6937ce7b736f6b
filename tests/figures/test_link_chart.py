"""The chart of links as data: places, ties, and what the browser is told."""

import json

import numpy as np
import pandas as pd
import pytest

from analytics.figures.link_chart import build_link_chart, tie_id


def table(pairs, **more):
    return pd.DataFrame(pairs, columns=["node", "other", "kind"]).assign(**more)


def nodes(names, **more):
    return pd.DataFrame({"id": names, "label": names, "kind": "phone"}).assign(**more)


RING = [(f"p{k}", f"p{(k + 1) % 12}", "call") for k in range(12)]
PAIR = [("q1", "q2", "payment")]
NAMES = [f"p{k}" for k in range(12)] + ["q1", "q2", "alone"]


@pytest.fixture
def chart():
    return build_link_chart(nodes(NAMES), table(RING + PAIR), selected="p0")


def test_the_order_of_rows_changes_no_place(chart):
    shuffled = build_link_chart(
        nodes(NAMES).sample(frac=1, random_state=1), table(RING + PAIR).sample(frac=1, random_state=2)
    )
    assert shuffled.positions == chart.positions


def test_components_stand_apart_and_fill_the_chart(chart):
    places = chart.positions
    ring = np.array([places[name] for name in NAMES[:12]])
    for name in ("q1", "q2", "alone"):
        x, y = places[name]
        inside = ring[:, 0].min() <= x <= ring[:, 0].max() and ring[:, 1].min() <= y <= ring[:, 1].max()
        assert not inside
    every = np.array(list(places.values()))
    assert np.ptp(ring, axis=0).prod() > 0.3 * np.ptp(every, axis=0).prod()


def test_an_expanded_chart_leaves_every_node_where_it_was(chart):
    more = RING + PAIR + [("p3", f"new{k}", "call") for k in range(5)] + [("far", "farther", "call")]
    names = NAMES + [f"new{k}" for k in range(5)] + ["far", "farther"]
    grown = build_link_chart(nodes(names), table(more), former=chart.positions)
    assert {name: grown.positions[name] for name in NAMES} == chart.positions
    reach = [np.hypot(*np.subtract(grown.positions[f"new{k}"], chart.positions["p3"])) for k in range(5)]
    assert min(reach) > 20 and max(reach) < 500


def test_rows_of_one_pair_and_kind_become_one_tie():
    links = table(
        [("a", "b", "call"), ("b", "a", "call"), ("a", "b", "payment"), ("a", "gone", "call")],
        events=[2, 3, 1, 1],
        probability=[0.4, 0.3, 1.0, 1.0],
        first_at=pd.to_datetime(["2026-02-01", "2026-01-05", None, None]),
        last_at=pd.to_datetime(["2026-02-03", "2026-01-06", None, None]),
    )
    chart = build_link_chart(nodes(["a", "b"]), links)
    call = chart.find_tie(tie_id("b", "a", "call"))
    assert (call.weight, call.probability, call.first, call.last) == (5, 0.4, "2026-01-05", "2026-02-03")
    assert [tie.kind for tie in chart.ties] == ["call", "payment"]


def test_the_browser_is_told_no_id_and_its_tokens_are_read_back(chart):
    hidden = build_link_chart(
        pd.DataFrame({"id": ["phone:+447700900123"], "label": ["Phone ...123"], "kind": ["phone"]}), table([])
    )
    sent = json.dumps(hidden.message())
    assert "447700900123" not in sent
    assert hidden.read_token(hidden.message()["nodes"]["ids"][0]) == "phone:+447700900123"
    assert chart.read_token("nothing of this chart") is None
