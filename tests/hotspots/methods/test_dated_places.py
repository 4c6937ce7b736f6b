"""What near repeats refuse: too few incidents, months for days, points that stand for a street."""

import numpy as np
import pytest

from analytics.hotspots.methods.dated_places import _median_together, check_dated_places
from analytics.hotspots.refusal import TooFewData

X, Y, DAY = np.arange(30.0) * 100, np.arange(30.0) % 7, np.arange(30)


def test_places_are_floats_and_days_whole_numbers():
    x, y, day = check_dated_places([*range(30)], [*range(30)], DAY.astype(float), None)
    assert (x.dtype, y.dtype, day.dtype) == (float, float, np.int64)
    assert x.tolist() == y.tolist() == day.tolist() == list(range(30))


@pytest.mark.parametrize("hours", [0, 23])
def test_a_date_with_a_time_is_its_day(hours):
    stamps = np.datetime64("1970-01-01T00") + DAY * np.timedelta64(24, "h") + np.timedelta64(hours, "h")
    assert check_dated_places(X, Y, stamps, None)[2].tolist() == list(range(30))


def test_a_month_among_the_dates_is_refused():
    precision = np.array(["day"] * 29 + ["month"])
    with pytest.raises(TooFewData) as refused:
        check_dated_places(X, Y, DAY, precision)
    assert str(refused.value) == (
        "Near repeats need the day of each incident; some here are dated to the month only, so that all of "
        "a month would fall on one day. Use data with dates, or compare months by cell instead."
    )
    check_dated_places(X, Y, DAY, precision[:1])


@pytest.mark.parametrize(
    "missing",
    [
        (np.r_[np.nan, X[1:]], Y, DAY),
        (X, np.r_[np.inf, Y[1:]], DAY),
        (X, Y, np.r_[np.nan, DAY[1:]]),
        (X, Y, np.r_[0.5, DAY[1:]]),
    ],
)
def test_a_missing_place_or_part_of_a_day_is_refused(missing):
    with pytest.raises(ValueError, match=r"^Every incident needs a place and a whole day; leave out those"):
        check_dated_places(*missing, None)


def test_a_missing_date_is_refused():
    dates = np.full(30, np.datetime64("2024-01-01"))
    dates[3] = np.datetime64("NaT")
    with pytest.raises(ValueError, match=r"^Every incident needs a date; leave out those without\.$"):
        check_dated_places(X, Y, dates, None)


def test_thirty_incidents_are_enough_and_one_fewer_is_not():
    check_dated_places(X, Y, DAY, None)
    with pytest.raises(TooFewData) as refused:
        check_dated_places(X[1:], Y[1:], DAY[1:], None)
    assert str(refused.value) == (
        "Near repeats need at least 30 incidents with a place and a date; this selection has 29. Widen the "
        "period, the area or the categories."
    )


def test_half_of_the_incidents_may_share_their_place_with_seven_others_and_no_more():
    eight, nine = np.repeat(np.arange(4.0), 8), np.repeat(np.arange(4.0), 9)
    check_dated_places(eight, eight, np.zeros(32), None)
    with pytest.raises(TooFewData) as refused:
        check_dated_places(nine, nine, np.zeros(36), None)
    assert str(refused.value) == (
        "Half of the incidents share their coordinates with 8 others or more: the points stand for a street "
        "or an area, not for an address, and would make near repeats of neighbours. Use data with the "
        "places themselves."
    )


def test_incidents_at_the_coordinates_of_the_median_one():
    x = np.array([5.0, 5, 5, 5, 1, 2, 2])
    assert _median_together(x, x) == 4
    assert _median_together(x[3:], x[3:]) == 1.5
    assert _median_together(np.array([0.0, -0.0, 0.0]), np.array([-0.0, 0.0, 0.0])) == 3  # one place


def test_places_that_differ_in_one_coordinate_or_exchange_them_are_apart():
    x, y = (a.ravel() for a in np.meshgrid(np.arange(40.0), np.arange(40.0) + 20))
    assert _median_together(x, y) == _median_together(x * 0.1, y * -1e6) == 1
    assert _median_together(np.zeros(9), np.arange(9.0)) == _median_together(np.arange(9.0), np.zeros(9)) == 1
