from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from analytics.hotspots.methods.aoristic import AoristicParameters, _zone_offsets, aoristic_clock
from analytics.hotspots.refusal import TooFewData


def moments(*texts):
    return np.array(texts, dtype="datetime64[s]")


def minute_by_minute(start, end, zone):
    """The slow transparent way: each possible minute asks the time zone for its own local hour."""
    cells = np.zeros((7, 24))
    for a, b in zip(start, end, strict=True):
        minutes = (
            pd.date_range(a, b, freq="min", inclusive="left", tz="UTC")
            if b > a
            else [pd.Timestamp(a, tz="UTC")]
        )
        for minute in minutes:
            local = minute.astimezone(ZoneInfo(zone))
            cells[local.weekday(), local.hour] += 1 / len(minutes)
    return cells


@pytest.fixture
def washington(shared_data):
    """1,025 burglaries as (start, end) in UTC, and the published sum of each hour of the week, (7, 24)."""
    rows = pd.read_csv(
        shared_data / "oracles/dcburglaries_utc.csv", parse_dates=["StartDateTime", "EndDateTime"]
    )
    expected = pd.read_csv(shared_data / "oracles/dcburgsum_expected.csv").iloc[:24, 1:].to_numpy(float).T
    return rows.StartDateTime, rows.EndDateTime, expected


def wall_clock(moments):
    return moments.dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.tz_localize(None)


def test_the_published_168_cells(washington):
    """The package subtracts readings of the wall clock, which is this function on local readings in 'UTC'."""
    start, end, expected = washington
    clock = aoristic_clock(wall_clock(start).to_numpy(), wall_clock(end).to_numpy(), "UTC")
    np.testing.assert_allclose(clock.weights, expected, rtol=0, atol=0.0005)
    assert clock.weights.sum() == pytest.approx(1025)


def test_only_nights_on_which_the_clocks_change_differ_from_the_published_cells(washington):
    start, end, expected = washington
    ours = aoristic_clock(start.to_numpy(), end.to_numpy(), "America/New_York")
    assert 0.0005 < np.abs(ours.weights - expected).max() < 0.03
    same = ((wall_clock(end) - wall_clock(start)) == (end - start)) | end.isna()
    assert 0 < (~same).sum() < 15
    plain = aoristic_clock(start[same].to_numpy(), end[same].to_numpy(), "America/New_York")
    wall = aoristic_clock(wall_clock(start[same]).to_numpy(), wall_clock(end[same]).to_numpy(), "UTC")
    np.testing.assert_allclose(plain.weights, wall.weights, atol=1e-9)


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"]
)
def test_matches_a_walk_minute_by_minute_over_the_changes_of_the_clock(zone):
    rng = np.random.default_rng(4)
    start = np.datetime64("2023-01-01", "s") + rng.integers(0, 365 * 1440, 120) * np.timedelta64(60, "s")
    around = moments("2023-03-12", "2023-11-05", "2023-04-01", "2023-09-30", "2023-03-19", "2023-04-23")
    start = np.concatenate(
        [start, np.repeat(around, 8) + rng.integers(0, 2880, 48) * np.timedelta64(60, "s")]
    )
    end = start + rng.integers(0, 2000, len(start)) * np.timedelta64(60, "s")
    clock = aoristic_clock(start, end, zone)
    np.testing.assert_allclose(clock.weights, minute_by_minute(start, end, zone), atol=1e-9)


def test_the_days_of_23_and_25_hours():
    spring = aoristic_clock(moments("2023-03-12T05:00"), moments("2023-03-13T04:00"), "America/New_York")
    autumn = aoristic_clock(moments("2023-11-05T04:00"), moments("2023-11-06T05:00"), "America/New_York")
    assert spring.weights[6, 2] == 0 and spring.weights[6, [1, 3]] == pytest.approx(1 / 23)
    assert autumn.weights[6, 1] == pytest.approx(2 / 25) and autumn.weights[6, 2] == pytest.approx(1 / 25)


def test_a_day_without_a_time_gives_each_hour_a_twenty_fourth():
    clock = aoristic_clock(
        moments("2023-06-05"),
        moments("2023-06-06"),
        "UTC",
        time_precision=np.array(["day"]),
        weights=np.array([6.0]),
    )
    np.testing.assert_allclose(clock.weights[0], 0.25)
    assert (clock.known, clock.spread, clock.unknown) == (0, 6, 0)


def test_the_rules_for_intervals_that_say_little():
    start = moments("2023-06-05T10:30", "2023-06-05T10:30", "2023-06-05T10:10", "2023-06-01", "NaT")
    end = moments("NaT", "2023-06-05T09:00", "2023-06-05T11:10", "2023-06-08", "2023-06-08")
    package = aoristic_clock(start, end, "UTC")
    assert package.weights[0, 10] == pytest.approx(2 + 50 / 60 + 1 / 168)
    assert package.weights[3, 3] == pytest.approx(1 / 168)
    assert (package.known, package.spread, package.unknown) == (2, 2, 1)
    assert package.known_share == pytest.approx(0.4)
    strict = aoristic_clock(start, end, "UTC", AoristicParameters(no_end="unknown", too_long="unknown"))
    assert (strict.known, strict.spread, strict.unknown) == (0, 1, 4)
    assert strict.weights.sum() == pytest.approx(1)


def test_months_are_not_spread_and_alone_are_refused():
    start, end = moments("2023-06-01", "2023-06-05T10:00"), moments("2023-07-01", "2023-06-05T10:20")
    clock = aoristic_clock(start, end, "UTC", time_precision=np.array(["month", "minute"]))
    assert (clock.known, clock.unknown, clock.weights.sum()) == (1, 1, 1)
    with pytest.raises(TooFewData, match="month"):
        aoristic_clock(start[:1], end[:1], "UTC", time_precision=np.array(["month"]))


def test_missing_and_reversed_ends_in_real_data(shared_data):
    rows = pd.read_csv(shared_data / "oracles/NYburg.csv", parse_dates=["FR_DT", "TO_DT"]).dropna(
        subset="FR_DT"
    )
    start = rows.FR_DT.to_numpy("datetime64[s]")
    end = rows.TO_DT.to_numpy("datetime64[s]")
    unusable = np.isnat(end) | (end <= start)
    assert unusable.sum() > 49
    clock = aoristic_clock(start, end, "UTC", AoristicParameters(no_end="unknown"))
    assert clock.unknown == unusable.sum()
    assert clock.weights.sum() == pytest.approx(len(rows) - unusable.sum())


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("America/New_York", ["2023-03-12T06:00", "2023-11-05T05:00"]),
        ("Australia/Lord_Howe", ["2023-04-01T14:00", "2023-09-30T15:00"]),  # by half an hour
        ("Asia/Kolkata", ["2023-06-01T00:00"]),  # five hours and a half ahead
    ],
)
def test_short_intervals_over_a_change_of_the_clock_are_walked_minute_by_minute(zone, changes):
    """From a minute to four hours, begun at odd minutes in the hours about the change; a weight each."""
    start = np.concatenate(
        [
            np.datetime64(change, "s") + np.array([-37, 0, 25, 59, 89]) * np.timedelta64(60, "s")
            for change in changes
        ]
    )
    end = start + np.resize([10, 65, 150, 240, 1], len(start)) * np.timedelta64(60, "s")
    weights = np.arange(1.0, len(start) + 1)
    clock = aoristic_clock(start, end, zone, weights=weights)
    cells = sum(w * minute_by_minute([a], [b], zone) for a, b, w in zip(start, end, weights, strict=True))
    np.testing.assert_allclose(clock.weights, cells, atol=1e-9)
    assert clock.known + clock.spread == pytest.approx(weights.sum()) and clock.unknown == 0


def test_an_interval_of_weeks_meets_every_change_of_the_clock_in_it():
    """From before the spring change to after the autumn one: 238 days and an hour of the local clock."""
    start, end = moments("2023-03-10T05:00"), moments("2023-11-10T05:00")
    parameters = AoristicParameters(longest_days=300)
    clock = aoristic_clock(start, end, "America/New_York", parameters)
    hours = pd.date_range(start[0], end[0], freq="h", inclusive="left", tz="UTC").tz_convert(
        "America/New_York"
    )
    expected = np.zeros((7, 24))
    np.add.at(expected, (hours.day_of_week, hours.hour), 1 / len(hours))
    np.testing.assert_allclose(clock.weights, expected)


def test_an_hour_of_the_local_clock_is_known_and_a_minute_more_is_spread():
    start = moments("2023-06-05T10:00", "2023-06-05T10:00", "2023-06-05T10:59", "2023-06-05T10:20")
    end = moments("2023-06-05T11:00", "2023-06-05T11:01", "2023-06-05T11:01", "2023-06-05T10:50")
    clock = aoristic_clock(start, end, "UTC", weights=np.array([1.0, 2, 4, 8]))
    assert (clock.known, clock.spread, clock.unknown) == (9, 6, 0) and clock.known_share == 9 / 15
    assert clock.weights[0, 10] == pytest.approx(1 + 2 * 60 / 61 + 4 / 2 + 8)
    assert clock.weights[0, 11] == pytest.approx(2 / 61 + 4 / 2)
    moved = aoristic_clock(start, end, "Asia/Kolkata", weights=np.array([1.0, 2, 4, 8]))
    assert moved.known == 4  # from 16:29 to 16:31 of the clock there; the others run over 16:00


def test_an_interval_of_just_the_longest_days_is_too_long():
    start, end = moments("2023-06-05", "2023-06-05"), moments("2023-06-12", "2023-06-11T23:59:59")
    evenly = aoristic_clock(start, end, "UTC", weights=np.array([168.0, 0.0]))
    np.testing.assert_allclose(evenly.weights, 1)
    assert (evenly.known, evenly.spread) == (0, 168)
    unknown = aoristic_clock(start, end, "UTC", AoristicParameters(too_long="unknown"))
    assert (unknown.unknown, unknown.weights.sum()) == (1, pytest.approx(1))
    days = aoristic_clock(start, end, "UTC", AoristicParameters(too_long="unknown", longest_days=8))
    assert days.unknown == 0


def test_an_end_at_its_start_is_no_end():
    start, end = (
        moments("2023-06-05T10:30", "2023-06-06T12:00"),
        moments("2023-06-05T10:30", "2023-06-06T12:01"),
    )
    at_start = aoristic_clock(start, end, "UTC", AoristicParameters(no_end="start"))
    assert (at_start.weights[0, 10], at_start.known, at_start.unknown) == (1, 2, 0)
    left_out = aoristic_clock(start, end, "UTC", AoristicParameters(no_end="unknown"))
    assert (left_out.weights[0, 10], left_out.known, left_out.unknown) == (0, 1, 1)


def test_nothing_to_put_on_the_clock_is_refused_in_words():
    start = moments("2023-06-01", "NaT")
    with pytest.raises(TooFewData) as refused:
        aoristic_clock(start, start, "UTC", time_precision=np.array(["month", "day"]))
    assert str(refused.value) == (
        "No offence here says more about its time than the month. The hours of the week need a date, and are "
        "worth reading only where most records give a time of day."
    )


@pytest.mark.parametrize(
    ("zone", "first", "last", "expected"),
    [
        ("UTC", "2023-01-01", "2023-12-31", [0]),
        ("Europe/London", "2023-03-26T01:00", "2023-03-26T01:00", [0, 3600]),
        ("Europe/London", "2023-03-25T00:00", "2023-03-25T00:01", [0, 3600]),  # a day ahead is looked at
        ("Europe/London", "2023-01-01", "2023-12-31", [0, 3600, 0]),
        ("Africa/Casablanca", "2023-03-01", "2023-05-01", [3600, 0, 3600]),
    ],
)
def test_offsets_hold_from_the_minute_at_which_the_clocks_change(zone, first, last, expected):
    first, last = (int(moment.astype(int)) for moment in moments(first, last))
    changes, offsets = _zone_offsets(zone, first, last)
    assert offsets.tolist() == expected and changes[0] <= first
    for change, offset in zip(changes[1:], offsets[1:], strict=True):
        for moment, holds in ((change - 60, False), (change, True)):
            local = pd.Timestamp(moment, unit="s", tz=ZoneInfo(zone))
            assert (local.utcoffset().total_seconds() == offset) == holds


def test_an_interval_that_begins_as_the_clocks_change_is_within_one_hour():
    start, end = moments("2023-03-12T07:00"), moments("2023-03-12T07:10")
    clock = aoristic_clock(start, end, "America/New_York")
    assert (clock.weights[6, 3], clock.known, clock.spread) == (1, 1, 0)


@pytest.mark.parametrize("unit", ["us", "ns", "m"])
def test_moments_may_be_of_any_unit_and_an_interval_of_any_length(unit):
    start, end = (
        moments("2023-06-05T10:30", "2023-06-05T12:58", "NaT"),
        moments("NaT", "2023-06-05T13:01", "NaT"),
    )
    clock = aoristic_clock(start.astype(f"datetime64[{unit}]"), end.astype(f"datetime64[{unit}]"), "UTC")
    assert clock.weights[0, [10, 12, 13]].tolist() == [1, pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert clock.unknown == 1
    second = aoristic_clock(
        moments("2023-06-05T10:59:59"), moments("2023-06-05T11:00:00"), "UTC", weights=[3]
    )
    assert second.weights[0, 10] == second.known == 3
