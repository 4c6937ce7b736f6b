"""What the chart component is given, which of its answers are passed on, and its files."""

from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st

from analytics.figures.link_chart import LinkChart, build_link_chart, tie_id
from ui.components import link_chart as component
from ui.components.link_chart import show_link_chart


@pytest.fixture
def mounted(monkeypatch):
    """What was given to the component, and a way to answer as the browser does."""
    given = {}
    monkeypatch.setattr(component, "_component", lambda **values: given.update(values))
    monkeypatch.setattr(st, "session_state", {})

    def answer(name, value):
        st.session_state["chart"] = SimpleNamespace(**{name: value})
        given[f"on_{name}_change"]()

    return given, answer


@pytest.fixture
def chart() -> LinkChart:
    nodes = pd.DataFrame(
        {"id": ["phone:1", "person:2"], "label": ["<b>…1</b>", "Å"], "kind": ["phone", "person"]}
    )
    links = pd.DataFrame([("phone:1", "person:2", "uses")], columns=["node", "other", "kind"])
    return build_link_chart(nodes, links, selected="phone:1")


def test_ids_come_back_and_nothing_else_does(mounted, chart):
    given, answer = mounted
    picked, expanded, ties = [], [], []
    show_link_chart(
        chart, key="chart", on_pick=picked.append, on_expand=expanded.append, on_pick_tie=ties.append
    )
    person, phone = given["data"]["nodes"]["ids"]
    assert given["data"]["expandable"] and given["data"]["selected"] == phone
    for value in (person, "person:2", None, {"x": 1}):
        answer("picked", value)
        answer("expanded", value)
    for value in (
        [person, phone, "uses"],
        [phone, person, "uses"],
        [person, phone, "call"],
        "uses",
        [1, 2],
        None,
    ):
        answer("tie", value)
    assert (picked, expanded) == (["person:2"], ["person:2"])
    assert ties == [tie_id("phone:1", "person:2", "uses")] * 2


def test_another_selection_is_another_message_of_the_same_data(chart):
    other = LinkChart(chart.nodes, chart.ties, selected="person:2")
    assert chart.message()["dataKey"] == other.message()["dataKey"]
    assert chart.message()["selected"] != other.message()["selected"]
    moved = LinkChart(chart.nodes[:1], ())
    assert moved.message()["dataKey"] != chart.message()["dataKey"]


def test_without_a_way_to_expand_none_is_offered(mounted, chart):
    given, answer = mounted
    show_link_chart(chart, key="chart")
    assert not given["data"]["expandable"]
    answer("expanded", given["data"]["nodes"]["ids"][0])
