"""The flexible Farrington algorithm against published answers and an independent regression."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analytics.warnings.farrington import (
    FarringtonParameters,
    TooShortHistory,
    assign_seasons,
    expect_week,
    find_same_week,
)


def _weeks(count, first="2018-01-01"):
    return np.datetime64(first) + 7 * np.arange(count)


@pytest.mark.parametrize(
    ("series", "answers", "alarms"),
    [
        ("salmonella_agona", "ff_agona_nbplugin", [284, 285]),
        ("salmNewport_germany", "ff_newport2011_con_noufaily", [400, 409, 410, 411, 412, 415, 416, 417]),
    ],
)
def test_published_weeks_are_reproduced(shared_data, series, answers, alarms):
    folder = shared_data / "oracles" / "early_warning"
    data = pd.read_csv(folder / f"{series}.csv")
    expected = pd.read_csv(folder / f"expected_{answers}.csv")
    starts = data.week_start.to_numpy().astype("datetime64[D]")
    found = [expect_week(data.observed, starts, t - 1) for t in expected.t]
    known = expected.expected.notna().to_numpy()
    mean = np.array([week.expected[0] for week in found])
    dispersion = np.array([week.dispersion[0] for week in found])
    bound = np.array([week.bound[0] for week in found])
    assert np.abs(mean - expected.expected)[known].max() < 6e-7
    assert np.abs(dispersion - expected.phiVector)[known].max() < 8e-6
    np.testing.assert_array_equal(bound, expected.upperbound)  # NaN where the recent counts are too few
    assert expected.t[data.observed.to_numpy()[expected.t - 1] > bound].tolist() == alarms
    p = np.array([week.p[0] for week in found])
    np.testing.assert_allclose(p[known], expected.pvalue[known], atol=2e-6)


def test_regression_is_that_of_an_independent_implementation():
    generator = np.random.default_rng(3)
    weeks = np.arange(260)
    rate = np.exp(1.5 + 0.002 * weeks + 0.4 * np.sin(2 * np.pi * weeks / 52))
    y = generator.negative_binomial(4, 4 / (4 + rate))
    starts, at, parameters = _weeks(260), 259, FarringtonParameters(weight_above=np.inf)
    season = assign_seasons(starts, at, parameters)
    known = np.flatnonzero((season >= 0) & (np.arange(260) < at - parameters.left_out))
    design = np.column_stack(
        [np.ones(len(known)), known - at, *(season[known] == part for part in range(1, 10))]
    ).astype(float)
    fit = sm.GLM(y[known], design, family=sm.families.Poisson()).fit(scale="X2", tol=1e-12)
    week = expect_week(y, starts, at, parameters)
    assert week.expected[0] == pytest.approx(np.exp(fit.params[0]), rel=1e-7)
    assert week.dispersion[0] == pytest.approx(max(1, fit.scale), rel=1e-6)
    assert week.weeks_learned == len(known)


def test_an_earlier_outbreak_weighs_less():
    generator = np.random.default_rng(5)
    y = generator.poisson(6, 260)
    starts = _weeks(260)
    same_season = find_same_week(starts, 259, 1)
    calm = expect_week(y, starts, 259).expected[0]
    y[same_season - 1 : same_season + 2] = 60
    robust = expect_week(y, starts, 259).expected[0]
    naive = expect_week(y, starts, 259, FarringtonParameters(weight_above=np.inf)).expected[0]
    assert abs(robust - calm) < 1.5 < naive - calm


def test_a_rise_under_way_is_not_its_own_excuse():
    y = np.random.default_rng(8).poisson(10, 260)
    before = expect_week(y, _weeks(260), 259).expected[0]
    y[259 - 26 : 259] *= 5
    assert expect_week(y, _weeks(260), 259).expected[0] == pytest.approx(before, rel=1e-9)
    y[259 - 27] *= 5
    assert expect_week(y, _weeks(260), 259).expected[0] != pytest.approx(before, rel=1e-9)


def test_a_trend_that_leads_above_all_that_was_seen_is_dropped():
    y = np.concatenate([np.zeros(200, dtype=int), np.arange(60) // 6])
    week = expect_week(np.vstack([y, np.full(260, 4)]), _weeks(260), 259)
    assert week.trend.tolist() == [False, True]
    assert week.expected[0] <= y[: 259 - 26].max()


def test_series_do_not_influence_each_other():
    y = np.random.default_rng(2).poisson([[3.0], [30.0], [0.1]], (3, 260))
    together = expect_week(y, _weeks(260), 259)
    apart = [expect_week(row, _weeks(260), 259) for row in y]
    np.testing.assert_allclose(together.expected, [week.expected[0] for week in apart], rtol=1e-6)
    np.testing.assert_array_equal(together.bound, [week.bound[0] for week in apart])


def test_the_same_week_of_earlier_years_is_the_nearest():
    starts = _weeks(300, "2008-01-03")  # Thursdays
    at = int(np.flatnonzero(starts == np.datetime64("2013-06-06"))[0])
    found = [str(starts[find_same_week(starts, at, years)]) for years in (1, 2, 3)]
    assert found == ["2012-06-07", "2011-06-09", "2010-06-03"]


def test_seasons_fill_the_year_in_nearly_equal_parts():
    season = assign_seasons(_weeks(260), 259, FarringtonParameters())
    year = season[find_same_week(_weeks(260), 259, 1) + 4 : 259 - 3]
    sizes = np.bincount(year)[1:]
    assert set(sizes) == {5} and list(dict.fromkeys(year)) == list(range(1, 10))
    assert (season == 0).sum() == 4 + 4 * 7


def test_too_short_a_history_is_refused():
    with pytest.raises(TooShortHistory, match="4 years of weeks are needed"):
        expect_week(np.ones(200), _weeks(200), 199)


def test_no_bound_for_too_few_recent_cases():
    y = np.zeros(260)
    y[-1] = 4
    assert np.isnan(expect_week(y, _weeks(260), 259).bound[0])
    y[-4] = 1
    assert expect_week(y, _weeks(260), 259).bound[0] == 0


def test_the_same_week_of_a_leap_day_is_that_of_the_28th():
    starts = _weeks(60, "2023-01-12")  # among them 29 February 2024
    at = list(starts.astype(str)).index("2024-02-29")
    assert str(starts[find_same_week(starts, at, 1)]) == "2023-03-02"
