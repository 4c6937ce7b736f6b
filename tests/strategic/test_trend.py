"""The trend of a year against a year: figures by hand, by statsmodels, and what it refuses."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from analytics.strategic.trend import FALLING, RISING, STEADY, judge_trends


def test_the_ratio_and_its_interval_are_those_of_a_quasi_poisson_regression():
    counts = np.random.default_rng(3).poisson(40 + 20 * np.sin(np.arange(24)), (1, 24)).astype(float)
    (trend,) = judge_trends(counts)
    months = np.tile(np.arange(12), 2)
    design = np.column_stack([months == month for month in range(12)] + [np.repeat([0, 1], 12)]).astype(float)
    fitted = sm.GLM(counts[0], design, family=sm.families.Poisson()).fit(scale="X2")
    scale = max(1.0, fitted.scale)
    error = fitted.bse[-1] * math.sqrt(scale / fitted.scale)
    reach = stats.t.ppf(0.975, 11) * error
    assert trend.ratio == pytest.approx(math.exp(fitted.params[-1]), rel=1e-6)
    assert trend.low == pytest.approx(math.exp(fitted.params[-1] - reach), rel=1e-5)
    assert trend.high == pytest.approx(math.exp(fitted.params[-1] + reach), rel=1e-5)


def test_intervals_widen_with_the_number_of_problems_and_agree_with_the_verdict():
    row = np.r_[np.full(12, 30.0), np.full(12, 36.0)]
    alone, among = judge_trends(row[None])[0], judge_trends(np.tile(row, (20, 1)))[0]
    assert among.low < alone.low < alone.high < among.high
    assert alone.word == RISING and alone.p < 0.05
    assert among.word == STEADY and among.p > 0.05
    assert judge_trends(row[None, ::-1])[0].word == FALLING


def test_with_nothing_new_about_one_in_twenty_tables_names_anything():
    generator = np.random.default_rng(11)
    wrong = 0
    for _ in range(300):
        trends = judge_trends(generator.negative_binomial(12.5, 1 / 3, (8, 24)).astype(float))
        wrong += any(trend.word != STEADY for trend in trends)
    assert 1 <= wrong <= 30  # 15 expected


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (np.full((1, 8), 9.0), "9 whole months of data; there are 8"),
        (np.r_[np.full(23, 0.0), 3.0][None], "only 3 incidents"),
        (np.r_[np.full(12, 0.0), np.full(12, 9.0)][None], "none was recorded in one of the two spells"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(counts, says):
    (trend,) = judge_trends(counts)
    assert trend.ratio is None and trend.word == "not known"
    assert says in trend.describe()


def test_under_two_years_three_months_stand_against_those_before_and_season_is_named():
    (trend,) = judge_trends(np.r_[np.full(9, 20.0), np.full(3, 40.0)][None])
    assert (trend.months, trend.months_before, trend.ratio) == (3, 9, 2.0)
    assert "season not allowed for" in trend.describe()
