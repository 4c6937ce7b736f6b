"""A station that delivers nothing is no action that worked."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.tasking.effect import UNJUDGED
from analytics.tasking.effect.silence import find_silent_days
from tests.tasking.effect.test_whole_measure import START, city, measure

AFTER = pd.Timestamp(START)


def test_where_records_stopped_around_the_place_nothing_is_judged_and_the_days_are_named():
    points = city()
    gone = (points.x < 1_000) & (points.local_date >= AFTER + pd.Timedelta(days=2))
    effect = measure(points[~gone])
    assert effect.verdict == UNJUDGED and np.isnan(effect.p) and effect.displacement is None
    assert "From 28 Apr 2026 to 23 May 2026 (26 days) nothing at all is recorded within 1,000 m" in effect.why
    assert "where 78 incidents would be expected" in effect.why
    assert effect.checks.iloc[-1].to_dict() == {
        "check": "Records from within 1,000 m of the place",
        "found": "none from 28 Apr 2026 to 23 May 2026",
        "needed": "about 78, by the rest of the town",
        "met": False,
    }
    assert effect.baselines.after.tolist() == [2] * 3  # what was counted stays


def test_a_gap_before_the_action_counts_too():
    points = city()
    when = points.local_date
    gone = (points.x < 1_000) & (when >= AFTER - pd.Timedelta(days=40)) & (when < AFTER)
    assert measure(points[~gone]).verdict == UNJUDGED


@pytest.mark.parametrize("which", ["the place", "the whole town"])
def test_a_place_that_fell_to_nothing_and_a_gap_of_the_whole_town_are_no_silence(which):
    points = city()
    late = (points.local_date >= AFTER + pd.Timedelta(days=2)) & (
        points.local_date < AFTER + pd.Timedelta(days=20)
    )
    effect = measure(points[~(late & (points.x == 0))] if which == "the place" else points[~late])
    assert effect.verdict != UNJUDGED and "recorded within" not in effect.why
    assert len(effect.checks) == 4


def test_what_was_expected_is_the_share_of_the_rest_and_p_that_of_a_negative_binomial():
    near, rest = np.ones(98), np.full(98, 10.0)
    near[70:90] = 0
    begin, end, expected, p = find_silent_days(near, rest)
    assert (begin, end, expected) == (70, 90, pytest.approx(20.0))
    # 78 even days: no dispersion beyond chance, and the share known from 78 incidents.
    variance = 20 + 20**2 / 78
    size = 20**2 / (variance - 20)
    assert p == pytest.approx(stats.nbinom(size, 20 / variance).pmf(0))


@pytest.mark.parametrize(("days", "found"), [(13, False), (14, False), (15, True)])
def test_fewer_than_fifteen_expected_or_less_than_a_fortnight_is_no_silence(days, found):
    near, rest = np.ones(200), np.full(200, 10.0)
    near[100 : 100 + days] = 0
    assert (find_silent_days(near, rest) is not None) == found
    assert (find_silent_days(2 * near, rest) is not None) == (days >= 14)


def test_counts_that_come_in_bursts_are_silent_by_themselves():
    rest = np.full(200, 10.0)
    bursts = np.zeros(200)
    bursts[::25] = 40.0
    assert find_silent_days(bursts, rest) is None
    assert find_silent_days(np.zeros(200), rest) is None and find_silent_days(bursts, np.zeros(200)) is None
