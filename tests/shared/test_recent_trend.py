"""The last weeks against those before them: what is beyond chance, what is within it, what cannot be said."""

from datetime import date, timedelta

import numpy as np

from analytics.shared.recent_trend import measure_recent_trend

MONDAY = date(2025, 1, 6)


def weeks(counts) -> list[tuple[date, int]]:
    return [(MONDAY + timedelta(weeks=k), int(count)) for k, count in enumerate(counts)]


def test_a_rise_is_told_from_chance_and_in_words():
    rise = measure_recent_trend(weeks([9] + [4, 6, 5, 5] * 10 + [12, 11, 13, 12]))
    assert rise.is_beyond_chance and rise.recent == 48 and rise.expected == 20 and rise.before == 40
    assert rise.describe("incidents") == (
        f"48 incidents in the 4 weeks to {rise.last.day} Nov 2025, where the 40 weeks before led one to "
        "expect 20.0: more than chance would give."
    )
    level = measure_recent_trend(weeks([9] + [4, 6, 5, 5] * 11))
    assert not level.is_beyond_chance and level.describe("incidents").endswith("within chance.")
    assert "fewer than" in measure_recent_trend(weeks([9] + [5] * 40 + [0] * 4)).describe("adverts")


def test_weeks_that_are_not_whole_are_left_out():
    trend = weeks([1] + [5] * 20 + [1])
    last_day = MONDAY + timedelta(weeks=21, days=2)  # the last week has three days
    measured = measure_recent_trend(trend, last_day)
    assert measured.recent == 20 and measured.last == MONDAY + timedelta(weeks=21, days=-1)


def test_what_cannot_be_tested_says_so():
    assert "too few weeks" in measure_recent_trend(weeks([1, 2, 3, 4, 5, 6])).describe("incidents")
    assert measure_recent_trend(weeks([1, 2])) is None
    assert measure_recent_trend([]) is None
    gap = weeks([1] * 40)
    assert measure_recent_trend(gap[:20] + gap[21:]) is None
    quarters = [(date(2025, month, 1), 3) for month in (1, 4, 7, 10)]
    assert measure_recent_trend(quarters) is None


def test_steady_counts_are_seldom_beyond_chance():
    """At 5 %, of counts that do not change: bursty ones too."""
    rng = np.random.default_rng(3)
    for draw in (rng.poisson(3.0, (400, 57)), rng.negative_binomial(1.5, 0.3, (400, 57))):
        flagged = [measure_recent_trend(weeks(row)).is_beyond_chance for row in draw]
        assert np.mean(flagged) <= 0.07
    assert not measure_recent_trend(weeks([0] * 57)).is_beyond_chance


def test_months_are_judged_by_calendar_months():
    starts = [date(2023 + k // 12, k % 12 + 1, 1) for k in range(20)]
    rising = measure_recent_trend([(start, 10 if k < 17 else 30) for k, start in enumerate(starts)])
    assert rising is not None
    assert (rising.unit, rising.periods, rising.recent, rising.before) == ("month", 3, 90, 16)
    assert rising.last == date(2024, 8, 31) and rising.is_beyond_chance
    assert "3 months to 31 Aug 2024" in rising.describe("incidents")
    few = measure_recent_trend([(start, 10) for start in starts[:6]])
    assert few is not None and "too few months" in few.describe("incidents")
    assert measure_recent_trend([(date(2024, 1, 1), 5), (date(2024, 3, 1), 5), (date(2024, 5, 1), 5)]) is None
