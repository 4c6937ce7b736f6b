"""A treated area beside its control, step by step: steps, expectation and band at exact values."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import stats

from analytics.hotspots.methods.treated_vs_control import count_steps

SINCE = date(2026, 4, 1)
AREAS = {"treated": shapely.box(0, 0, 10, 10), "control": shapely.box(5, 0, 30, 10)}


def points(*rows: tuple[float, float, int]) -> pd.DataFrame:
    """x, y and how many days after the measure began."""
    day = pd.to_datetime(np.datetime64(SINCE) + np.array([row[2] for row in rows]))
    return pd.DataFrame({"x": [r[0] for r in rows], "y": [r[1] for r in rows], "local_date": day})


@pytest.mark.parametrize(
    ("days", "step", "steps"),
    [
        (8, "day", 8),
        (55, "day", 55),
        (56, "week", 8),
        (223, "week", 31),
        (224, "four weeks", 8),
        (7, "day", 7),
    ],
)
def test_the_longest_step_that_leaves_eight_before_is_taken(days, step, steps):
    table, length = count_steps(points((1, 1, 0)), AREAS, SINCE, days)
    each = {"day": 1, "week": 7, "four weeks": 28}[step]
    assert length == step and len(table) == 2 * steps
    start = pd.Timestamp(SINCE) + pd.to_timedelta(each * np.arange(-steps, steps), unit="D")
    assert table.start.tolist() == start.tolist()
    assert table.columns.tolist() == ["start", "treated", "control", "expected", "low", "high"]


def test_each_incident_counts_in_its_step_and_one_in_both_areas_is_the_treateds():
    found = points(
        (1, 1, -9),
        (1, 1, -8),
        (7, 1, -8),
        (20, 1, -8),
        (20, 1, -1),
        (1, 1, 0),
        (20, 1, 7),
        (1, 1, 7),
        (1, 1, 8),
        (20, 1, 8),
        (20, 1, -9),
        (99, 1, 0),
        (1, 50, 0),
    )
    table, _ = count_steps(found, AREAS, SINCE, 8)
    treated, control = np.zeros(16), np.zeros(16)
    treated[0], treated[8], treated[15] = 2, 1, 1
    control[0], control[7], control[15] = 1, 1, 1
    assert table.treated.tolist() == treated.tolist() and table.control.tolist() == control.tolist()
    assert table.expected.tolist() == control.tolist()  # two before in each: as the control did


def test_weeks_are_counted_from_the_measure_both_ways():
    table, _ = count_steps(points((1, 1, -1), (1, 1, -7), (1, 1, -8), (1, 1, 6), (1, 1, 7)), AREAS, SINCE, 56)
    assert table.treated.tolist() == [0] * 6 + [1, 2, 1, 1] + [0] * 6


def test_the_band_is_that_of_a_poisson_count_whose_rate_the_controls_count_tells():
    """Drawn here: the rate from its posterior, the count from the rate."""
    rows = [(1, 1, day) for day in range(-8, 0) for _ in range(6)]
    rows += [(20, 1, day) for day in range(-8, 8) for _ in range(4)]
    table, _ = count_steps(points(*rows), AREAS, SINCE, 8)
    assert table.expected.tolist() == [6.0] * 16 and table.treated.tolist() == [6.0] * 8 + [0.0] * 8
    rng = np.random.default_rng(0)
    drawn = rng.poisson(1.5 * rng.gamma(4.5, 1, 200_000))
    assert table.low[0] == np.quantile(drawn, 0.025) and table.high[0] == np.quantile(drawn, 0.975)
    narrow, _ = count_steps(points(*rows), AREAS, SINCE, 8, interval=0.5)
    assert (narrow.low[0], narrow.high[0]) == (np.quantile(drawn, 0.25), np.quantile(drawn, 0.75))
    assert stats.nbinom(4.5, 0.4).mean() == pytest.approx(4.5 * 1.5)


def test_harm_is_summed_and_has_no_band():
    found = points((1, 1, -1), (20, 1, -1), (20, 1, 0), (1, 1, 0))
    table, _ = count_steps(found, AREAS, SINCE, 8, weight=np.array([3.0, 2.0, 4.0, 5.0]))
    assert table.treated.tolist()[7:9] == [3, 5] and table.control.tolist()[7:9] == [2, 4]
    assert table.expected.tolist()[7:9] == [3, 6] and table.low.isna().all() and table.high.isna().all()


def test_without_a_control_before_nothing_is_expected_and_without_incidents_there_is_no_band():
    table, _ = count_steps(points((1, 1, -1), (20, 1, 0)), AREAS, SINCE, 8)
    assert table.expected.isna().all() and table.low.isna().all()
    table, _ = count_steps(points((20, 1, -1), (1, 1, 0)), AREAS, SINCE, 8)
    assert table.expected.eq(0).all() and table.low.isna().all() and table.high.isna().all()


def test_a_treated_area_smaller_than_its_control_has_a_band_too():
    rows = [(1, 1, day) for day in range(-8, 0)] + [(20, 1, day) for day in range(-8, 8) for _ in range(4)]
    table, _ = count_steps(points(*rows), AREAS, SINCE, 8)
    drawn = np.random.default_rng(0).poisson(0.25 * np.random.default_rng(1).gamma(4.5, 1, 200_000))
    assert (table.low[0], table.high[0]) == (np.quantile(drawn, 0.025), np.quantile(drawn, 0.975))
