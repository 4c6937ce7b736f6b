"""Counts by hour and weekday, each incident in its own hour."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.hotspots.methods.time_of_week import choose_trend_unit, count_trend, count_week
from analytics.hotspots.selection import Selection, select_incidents
from analytics.store.engine import incidents

WHOLE = Selection(1, date(2023, 1, 1), date(2024, 12, 31))


def test_every_incident_counts_in_its_own_hour_and_weekday(engine):
    clock = count_week(engine, select_incidents(WHOLE))
    frame = engine.frame
    year = frame.moment.dt.year.isin([2023, 2024])
    known = frame[year & (frame.n % 10 != 0)].moment
    plain = np.zeros((7, 24), dtype=int)
    np.add.at(plain, (known.dt.day_of_week, known.dt.hour), 1)
    assert (clock.counts == plain).all() and clock.unknown == year.sum() - len(known)
    assert plain[:, 0].sum() > 0 and plain[:, 23].sum() > 0


def test_the_unit_of_a_trend_changes_at_its_limits():
    units = {days: choose_trend_unit(days, monthly=False) for days in (1, 120, 121, 1098, 1099)}
    assert units == {1: "day", 120: "day", 121: "week", 1098: "week", 1099: "month"}
    assert choose_trend_unit(1, monthly=True) == "month"


@pytest.mark.parametrize(
    ("unit", "starts"),
    [
        ("day", ["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02"]),
        ("week", ["2024-01-29"]),
        ("month", ["2024-01-01", "2024-02-01"]),
    ],
)
def test_a_period_without_incidents_is_a_zero_and_not_a_gap(engine, unit, starts):
    rows = incidents()
    ends = [pd.Timestamp("2024-01-30"), pd.Timestamp("2024-02-02")]
    found = count_trend(engine, rows.filter(rows.local_date.isin([day.date() for day in ends])), unit)
    day = engine.frame.moment.dt.normalize()
    counts = [int((day == end).sum()) for end in ends]
    expected = {"day": [counts[0], 0, 0, counts[1]], "week": [sum(counts)], "month": counts}[unit]
    assert found.start.tolist() == [pd.Timestamp(start) for start in starts]
    assert found.columns.tolist() == ["start", "count"] and found["count"].tolist() == expected
    assert min(counts) > 0


def test_of_nothing_there_is_no_trend(engine):
    rows = incidents()
    assert count_trend(engine, rows.filter(rows.area_id == 99), "day").empty
