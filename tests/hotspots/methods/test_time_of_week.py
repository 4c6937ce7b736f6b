"""Counts by hour and weekday, each incident in its own hour."""

from datetime import date

import numpy as np

from analytics.hotspots.methods.time_of_week import choose_trend_unit, count_week
from analytics.hotspots.selection import Selection, select_incidents

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
