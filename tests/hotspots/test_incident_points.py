"""Incidents counted by the engine weigh as much as the incidents themselves."""

from datetime import date

import numpy as np
import pytest

from analytics.hotspots.incident_points import count_alike, read_incident_points, weigh_incidents
from analytics.hotspots.methods.aoristic import aoristic_clock
from analytics.hotspots.methods.trend import count_periods
from analytics.hotspots.selection import Selection

PERIOD = Selection(1, date(2023, 3, 1), date(2023, 9, 30))
MOMENTS = ("occurred_from", "occurred_to", "time_precision")


@pytest.mark.parametrize("weights", [None, {"even": 2.25}])
@pytest.mark.parametrize("any_period", [True, False])
def test_days_counted_by_the_engine_give_the_same_weeks(engine, weights, any_period):
    points = read_incident_points(engine, PERIOD, any_period=any_period, located=False)
    days, number = count_alike(engine, PERIOD, ("local_date",), weights, any_period=any_period)
    assert len(days) < len(points) / 2
    span = date(2023, 1, 1), date(2024, 12, 31)
    expected = count_periods(points.local_date, *span, "week", weights=weigh_incidents(points, weights))
    found = count_periods(days.local_date.astype("datetime64[us]"), *span, "week", weights=number)
    assert found["count"].dtype == expected["count"].dtype
    assert found["count"].tolist() == expected["count"].tolist() and expected["count"].sum() > 100


@pytest.mark.parametrize("weights", [None, {"even": 2.25, "odd": 0.5}])
def test_moments_counted_by_the_engine_give_the_same_clock(engine, weights):
    points = read_incident_points(engine, PERIOD, located=False)
    moments, number = count_alike(engine, PERIOD, MOMENTS, weights)
    given = [
        (points, weigh_incidents(points, weights)),
        (moments, number),
    ]
    clocks = [
        aoristic_clock(
            frame.occurred_from.to_numpy(),
            frame.occurred_to.to_numpy(),
            "Europe/Paris",
            weights=weight,
            time_precision=frame.time_precision.to_numpy(),
        )
        for frame, weight in given
    ]
    np.testing.assert_allclose(clocks[1].weights, clocks[0].weights)
    assert clocks[1].known == pytest.approx(clocks[0].known) and clocks[0].known > 100
