"""Judging recent counts: what is expected, what chance gives, and what stands out."""

import numpy as np
import pytest
from scipy import stats

from analytics.warnings.expectation import choose_model, expect_latest, judge_sums
from analytics.warnings.farrington import TooShortHistory
from analytics.warnings.permutation import permute_history
from analytics.warnings.series import judge_drift_of_series, judge_sums_of_series


def _weeks(count):
    return np.datetime64("2019-01-07") + 7 * np.arange(count)


def _months(count):
    return (np.datetime64("2015-01", "M") + np.arange(count)).astype("datetime64[D]")


@pytest.mark.parametrize(
    ("weeks", "years", "words"),
    [
        (250, 4, "season and trend over 4 years, the last 8 weeks left out"),
        (170, 3, "season and trend over 3 years"),
        (110, 2, "season over 2 years"),
        (60, None, "level of 52 weeks, the last 8 weeks left out. Season and trend are not allowed for"),
        (24, None, "level of 16 weeks"),
    ],
)
def test_the_longest_history_that_is_there_is_used(weeks, years, words):
    model = choose_model(_weeks(weeks), monthly=False)
    assert (model.parameters.years if model.parameters else None) == years
    assert words in model.describe()


def test_months_are_judged_by_months():
    model = choose_model(_months(40), monthly=True)
    assert model.parameters.years == 3 and "the last 3 months left out" in model.describe()
    assert choose_model(_months(12), monthly=True).parameters is None
    with pytest.raises(TooShortHistory, match="needs 9 months of data before the day .* there are 8"):
        choose_model(_months(8), monthly=True)


def test_too_few_weeks_are_refused():
    with pytest.raises(TooShortHistory, match="needs 24 weeks .* there are 23"):
        choose_model(_weeks(23), monthly=False)


def test_a_level_is_a_negative_binomial_written_out():
    counts = np.random.default_rng(1).negative_binomial(3, 0.25, (1, 40)).astype(float)
    model = choose_model(_weeks(40), monthly=False)
    p, expected = judge_sums(counts, expect_latest(counts, _weeks(40), model, 4))
    learned = counts[0, : 40 - 8]
    mean, phi = learned.mean(), learned.var(ddof=1) / learned.mean()
    variance = phi * 2 * mean + phi * mean / len(learned) * 4
    success = 2 * mean / variance
    tail = stats.nbinom.sf(counts[0, -2:].sum() - 1, 2 * mean * success / (1 - success), success)
    assert expected[0, -2] == pytest.approx(2 * mean)
    assert p[0, -2] == pytest.approx(tail)


def test_season_is_expected_and_a_rise_beyond_it_is_not():
    generator = np.random.default_rng(6)
    week = np.arange(230)
    season = 20 * (1 + 0.6 * np.cos(2 * np.pi * (week - 229) / 52.18))  # the last weeks are the year's height
    counts = generator.poisson(np.tile(season, (6, 1))).astype(float)
    counts[0, -3:] = generator.poisson(2 * season[-3:])
    judged = judge_sums_of_series(counts, _weeks(230))
    assert judged.p[0] < 0.02 and judged.periods[0] in (2, 4)
    assert (judged.p[1:] > 0.02).all()
    width = judged.periods[0]
    assert judged.expected[0] == pytest.approx(season[-width:].sum(), rel=0.25)


def test_a_slow_drift_is_seen_where_no_week_stands_out():
    generator = np.random.default_rng(10)
    counts = generator.poisson(12, (8, 240)).astype(float)
    counts[2, -20:] = generator.poisson(16, 20)
    judged = judge_drift_of_series(counts, _weeks(240))
    assert judged.p.argmin() == 2 and judged.p[2] < 0.01
    assert 14 <= judged.periods[2] <= 26
    with pytest.raises(TooShortHistory):
        judge_drift_of_series(counts[:, -90:], _weeks(90))


def test_p_is_as_rare_as_it_says_when_nothing_is_new():
    generator = np.random.default_rng(21)
    p = [
        judge_sums_of_series(
            generator.poisson(8, (20, 150)).astype(float), _weeks(150), permutations=19, seed=run
        ).p
        for run in range(6)
    ]
    share = np.mean(np.concatenate(p) <= 0.1)
    assert 0.03 <= share <= 0.13


def test_a_window_of_too_few_cases_says_nothing():
    counts = np.zeros((2, 120))
    counts[0, -1], counts[1, -1] = 2, 3
    judged = judge_sums_of_series(counts, _weeks(120))
    assert judged.p[0] == 1 and judged.p[1] < 0.05


def test_the_same_seed_gives_the_same_answer():
    counts = np.random.default_rng(3).poisson(5, (3, 130)).astype(float)
    first, again = (judge_sums_of_series(counts, _weeks(130)) for _ in range(2))
    other = judge_sums_of_series(counts, _weeks(130), seed=2)
    np.testing.assert_array_equal(first.p, again.p)
    assert (first.chance != other.chance).any()


def test_permuted_histories_keep_season_and_level_and_forget_the_rise():
    week = np.arange(220)
    season = 30 * (1 + 0.5 * np.sin(2 * np.pi * week / 52.18))
    counts = np.random.default_rng(4).poisson(season).astype(float)[None]
    calm = counts.copy()
    counts[0, -6:] *= 10
    model = choose_model(_weeks(220), monthly=False)
    copies = permute_history(counts, model, 200, np.random.default_rng(0))
    assert copies.shape == (1, 200, 220)
    quarter = copies[0, :, -13:].mean()
    assert quarter == pytest.approx(calm[0, -65:-52].mean(), rel=0.2)
    np.testing.assert_array_equal(  # a quarter before the recent one holds the weeks it held
        np.sort(copies[0, 7, -26:-13]), np.sort(counts[0, -26:-13])
    )
    assert (copies[0, :, -26:-13] != counts[0, -26:-13]).any()


def test_permuted_histories_grow_as_the_series_does():
    counts = np.repeat([20.0, 30, 45, 67], 52)[None]
    model = choose_model(_weeks(208), monthly=False)
    copies = permute_history(counts, model, 50, np.random.default_rng(0))
    assert copies[0, :, -5:].mean() == pytest.approx(67, rel=0.1)
