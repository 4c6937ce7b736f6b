"""What the small charts over time are told to draw, and what they give back."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.shared.week_clock import WeekClock
from ui.components import times


@pytest.fixture
def shown(monkeypatch):
    """What the component was given last, and the session that it answers into."""
    calls, session = [], {}
    monkeypatch.setattr(times, "_component", lambda **given: calls.append(given))
    monkeypatch.setattr(times.st, "session_state", session)
    return calls, session


class _Answer:
    def __init__(self, brushed):
        self.brushed = brushed


def test_a_clock_has_every_hour_and_what_is_dragged_over_is_given_on(shown):
    calls, session = shown
    got = []
    clock = WeekClock(np.arange(168.0).reshape(7, 24), 5)
    times.show_clock(clock, key="clock", label="Clock", dark=False, on_brush=lambda *span: got.append(span))
    data = calls[0]["data"]
    assert data["counts"][6][23] == 167 and data["days"][6] == "Sunday" and data["brushed"]
    session["clock"] = _Answer({"columns": [20, 23], "rows": [5, 6]})
    calls[0]["on_brushed_change"]()
    session["clock"] = _Answer(None)  # a run for something else
    calls[0]["on_brushed_change"]()
    assert got == [((20, 23), (5, 6))]


def test_a_clock_without_a_value_draws_none(shown):
    counts = np.full((7, 24), np.nan)
    counts[0, 0] = 2
    times.show_clock(WeekClock(counts, 0), key="clock", label="Clock", dark=True)
    data = shown[0][0]["data"]
    assert data["counts"][0][:2] == [2, 0] and not data["brushed"]


def show(unit: str, starts: list[str], shaded=None, **more):
    table = pd.DataFrame({"start": pd.to_datetime(starts), "count": range(len(starts))})
    times.show_trend(table.start, table["count"], unit, key="trend", label="Trend", shaded=shaded, **more)


def test_the_trend_shades_the_chosen_days(shown):
    months = ["2024-01-01", "2024-02-01", "2024-03-01"]
    show("month", months, (date(2024, 2, 1), date(2024, 2, 29)))
    assert shown[0][-1]["data"]["shade"] == [1, 2]
    show("month", months, (date(2023, 1, 1), date(2024, 1, 16)))
    assert shown[0][-1]["data"]["shade"] == [0, pytest.approx(16 / 31)]
    show("month", months, (date(2024, 3, 1), date(2025, 3, 1)))
    assert shown[0][-1]["data"]["shade"] == [2, 3]
    show("month", months)
    assert shown[0][-1]["data"]["shade"] is None


def test_the_trend_gives_the_bars_dragged_over(shown):
    got = []
    show("week", ["2024-01-01", "2024-01-08"], on_brush=got.append)
    shown[1]["trend"] = _Answer({"columns": [0, 1], "rows": [0, 0]})
    shown[0][0]["on_brushed_change"]()
    assert got == [(0, 1)]


@pytest.mark.parametrize(
    "unit,starts,ticks",
    [
        ("month", ["2023-12-01", "2024-01-01", "2024-02-01"], ["Dec 2023", "Jan 2024", "Feb"]),
        ("week", ["2024-01-29", "2024-02-05", "2024-02-12"], ["Jan 2024", "Feb", ""]),
        ("day", ["2024-01-07", "2024-01-08", "2024-01-09"], ["", "8 Jan", ""]),
    ],
)
def test_an_axis_names_what_begins(shown, unit, starts, ticks):
    show(unit, starts)
    assert [start["tick"] for start in shown[0][0]["data"]["starts"]] == ticks


def test_an_axis_of_many_years_names_the_years(shown):
    show("month", [str(day.date()) for day in pd.date_range("2015-06-01", periods=60, freq="MS")])
    named = [start["tick"] for start in shown[0][0]["data"]["starts"] if start["tick"]]
    assert named == ["2015", "2016", "2017", "2018", "2019", "2020"]
