"""What the chart over periods is told to draw."""

import json
from datetime import date

import numpy as np
import pytest

from ui.components import series
from ui.components.series import DayMark, DrawnSeries, SeriesBand, show_series

WEEKS = [date(2024, 12, 23), date(2024, 12, 30), date(2025, 1, 6)]


@pytest.fixture
def shown(monkeypatch):
    calls = []
    monkeypatch.setattr(series, "_component", lambda **given: calls.append(given["data"]))
    return calls


def test_a_missing_value_is_none_and_all_of_it_can_be_sent(shown):
    show_series(
        WEEKS, "week", [DrawnSeries("a", np.array([1, np.nan, 2]), "#000")], "a week", key="k", label="A"
    )
    assert shown[0]["series"][0]["values"] == [1, None, 2]
    assert json.loads(json.dumps(shown[0])) == shown[0]
    assert [start["name"] for start in shown[0]["starts"]] == ["23 Dec 2024", "30 Dec 2024", "6 Jan 2025"]


def test_a_mark_stands_where_its_day_begins_and_one_bar_stands_out(shown):
    show_series(
        WEEKS,
        "week",
        [DrawnSeries("", [1, 2, 3], "#000", "bars")],
        "a week",
        key="k",
        label="A",
        mark=DayMark(date(2025, 1, 6), "action", "#f00"),
        stressed=(date(2024, 12, 30), "#f00"),
        band=SeriesBand("90 %", [0, 1, np.nan], [2, 3, np.nan], "#ccc"),
    )
    assert shown[0]["mark"]["at"] == 2 and shown[0]["stressed"]["at"] == 1
    assert shown[0]["band"]["low"] == [0, 1, None]
    show_series(WEEKS, "month", [], "a month", key="k", label="A", stressed=(date(2020, 1, 1), "#f00"))
    assert shown[1]["stressed"] is None and shown[1]["starts"][0]["name"] == "Dec 2024"
