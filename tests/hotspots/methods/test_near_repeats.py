"""Which pairs are near repeats, against every pair written out; their roles and chains."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics.hotspots.methods.near_repeats import NearRepeatParameters, near_repeats
from analytics.hotspots.refusal import TooFewData


def crowd(seed, n=45):
    """Whole places and days in few boxes, so that many pairs lie exactly at a limit, some at one place."""
    rng = np.random.default_rng(seed)
    return *rng.integers(0, 9, (2, n)) * 3.0 - 1e4, rng.integers(100, 112, n)


def write_out_pairs(x, y, day, parameters):
    """Rows (first, second, distance, days, same place, ordered) as the definition has them."""
    rows = []
    for i, j in itertools.combinations(range(len(x)), 2):
        dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
        distance = dx + dy if parameters.metric == "manhattan" else np.sqrt(dx**2 + dy**2)
        if distance < parameters.under_m and abs(day[i] - day[j]) < parameters.under_days:
            first, second = (i, j) if day[i] <= day[j] else (j, i)
            days = int(day[second] - day[first])
            rows.append((first, second, distance, days, distance <= parameters.same_place_m, days > 0))
    return sorted(rows)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
@pytest.mark.parametrize(("under_m", "under_days", "same"), [(6.0, 4, 0.0), (4.0, 2, 0.0), (9.0, 3, 3.0)])
def test_pairs_are_those_under_both_limits(metric, under_m, under_days, same):
    x, y, day = crowd(int(under_m))
    parameters = NearRepeatParameters(under_m, under_days, metric, same)
    pairs = near_repeats(x, y, day, parameters).pairs
    expected = write_out_pairs(x, y, day, parameters)
    assert [tuple(row) for row in pairs.itertuples(index=False)] == expected and len(expected) > 5
    assert list(pairs) == ["first", "second", "distance_m", "days", "same_place", "ordered"]
    assert pairs.index.tolist() == list(range(len(pairs)))


@pytest.mark.parametrize("along", [0, 1])
def test_pairs_along_a_line_of_many_boxes_are_met_once(along):
    """Boxes in one row, and in one column, with gaps among them: 200 incidents, more than chunks."""
    rng = np.random.default_rng(3)
    place = np.zeros((2, 200))
    place[along] = rng.integers(0, 900, 200)
    day = rng.integers(0, 30, 200)
    parameters = NearRepeatParameters(12.0, 6)
    pairs = near_repeats(*place, day, parameters).pairs
    assert [tuple(row) for row in pairs.itertuples(index=False)] == write_out_pairs(*place, day, parameters)


def test_events_count_their_partners_and_are_numbered_by_their_earliest_incident():
    """Two series: rows 0, 4 and 2 follow each other; 1 and 3 are of one day, and 5 follows both."""
    x = np.r_[0.0, 500, 8, 503, 4, 506, np.arange(1, 26) * 1e4]
    day = np.r_[20, 10, 24, 10, 22, 13, np.arange(25)]
    parameters = NearRepeatParameters(10, 5)
    found = near_repeats(x, np.zeros(31), day, parameters)
    expected = pd.DataFrame(
        {
            "row": range(6),
            "role": ["originator", "originator", "near repeat", "originator", "both", "near repeat"],
            "chain": [1, 0, 1, 0, 1, 0],
            "earlier": [0, 0, 2, 0, 1, 2],
            "later": [2, 1, 0, 1, 1, 0],
            "same_day": [0, 1, 0, 1, 0, 0],
        }
    )
    pd.testing.assert_frame_equal(found.events, expected)
    assert found.pairs.ordered.tolist() == [True, True, False, True, True, True]


def test_a_later_partner_and_one_of_the_same_day_make_an_originator():
    x = np.r_[0.0, 0, 0, np.arange(1, 28) * 1e4]
    events = near_repeats(x, x * 0, np.r_[5, 5, 6, np.arange(27)], NearRepeatParameters(10, 5)).events
    assert events.role.tolist() == ["originator", "originator", "near repeat"]
    assert events.same_day.tolist() == [1, 1, 0] and events.earlier.tolist() == [0, 0, 2]


def test_fourteen_days_and_two_hundred_metres_where_nothing_else_is_asked():
    x = np.r_[0.0, 199.9, 0, 0, np.arange(1, 27) * 1e4]
    y = np.r_[0.0, 0, 200, 0, np.zeros(26)]
    day = np.r_[0, 13, 0, 14, np.zeros(26)]
    pairs = near_repeats(x, y, day).pairs
    assert pairs[["first", "second"]].to_numpy().tolist() == [[0, 1], [1, 3]]  # 13 days; 1 day, 199.9 m
    assert not pairs.same_place.any()


def test_months_are_refused():
    x, y, day = crowd(5)
    with pytest.raises(TooFewData, match="month only"):
        near_repeats(x, y, day, time_precision=np.full(45, "month"))


@pytest.mark.parametrize(
    "wrong", [{"under_m": 0.0}, {"under_days": 0}, {"same_place_m": -0.5}, {"metric": "road"}]
)
def test_parameters_without_a_meaning_are_refused(wrong):
    with pytest.raises(ValueError) as refused:
        NearRepeatParameters(**wrong)
    assert str(refused.value) == (
        "Distance and days must be above 0, and the metric one of ('euclidean', 'manhattan')."
    )


def test_the_least_parameters_are_taken():
    NearRepeatParameters(0.5, 1, "manhattan", 0.0)


def test_series_that_begin_on_one_day_are_numbered_in_the_order_of_rows():
    """Pairs at 300 places, each on one of three days."""
    day = np.random.default_rng(4).integers(0, 3, 300)
    x = np.tile(np.arange(300) * 100.0, 2)
    events = near_repeats(x, x * 0, np.tile(day, 2), NearRepeatParameters(10, 5)).events
    by_day = sorted(range(300), key=lambda place: (day[place], place))
    assert events.chain.tolist() == np.tile(np.argsort(by_day), 2).tolist()
