"""Monthly forecasts: their intervals hold on data of a known kind, and their score is that of the paper."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.shared.month_dates import next_month
from analytics.strategic.forecast import backtest_months, forecast_months, interval_score, score_forecasts
from analytics.strategic.months import MonthlyCounts


def history(months: int, rate, categories: int = 1, seed: int = 1) -> MonthlyCounts:
    at = np.arange(months)
    mean = np.broadcast_to(rate(at), (categories, months))
    counts = np.random.default_rng(seed).poisson(mean).astype(float)
    names = tuple(f"kind {number:02}" for number in range(categories))
    return MonthlyCounts(names, counts, tuple(next_month(date(2020, 1, 1), step) for step in range(months)))


def test_the_interval_score_by_hand():
    observed, low, high = pd.Series([5.0, 1.0, 14.0]), pd.Series([3.0] * 3), pd.Series([10.0] * 3)
    assert interval_score(observed, low, high).tolist() == pytest.approx([7, 7 + 20 * 2, 7 + 20 * 4])


def test_nine_tenths_of_steady_months_fall_into_their_intervals():
    steady = history(11, lambda at: 30 + 0 * at, categories=400)
    table = forecast_months(steady, horizon=3).table
    future = np.random.default_rng(9).poisson(30, len(table))
    covered = ((future >= table.low) & (future <= table.high)).mean()
    assert 0.88 <= covered <= 0.96


def test_with_two_years_and_more_the_season_is_expected():
    seasonal = history(48, lambda at: 60 + 40 * np.cos(at * np.pi / 6), seed=4)
    table = forecast_months(seasonal).table
    expected = 60 + 40 * np.cos(np.arange(48, 54) * np.pi / 6)
    assert np.abs(table.expected - expected).max() < 25  # five seasons a year are steps, no curve
    assert table.expected.iloc[0] > 1.5 * table.expected.iloc[5]
    assert "season" in forecast_months(seasonal).basis


def test_the_past_that_tests_a_forecast_is_never_what_it_learned_from():
    steady = history(20, lambda at: 25 + 0 * at)
    changed = MonthlyCounts(steady.categories, steady.counts.copy(), steady.months)
    changed.counts[:, -1] += 1000  # of the last month: no earlier forecast may know it
    tested, other = backtest_months(steady), backtest_months(changed)
    pd.testing.assert_frame_equal(tested.drop(columns="observed"), other.drop(columns="observed"))
    assert (other.observed > tested.observed).sum() == (tested.month == steady.months[-1]).sum()


def test_a_short_history_is_refused_in_words():
    found = forecast_months(history(5, lambda at: 9 + 0 * at))
    assert found.table.empty and "6 whole months" in found.refused
    assert forecast_months(None).refused
    assert score_forecasts(found.table).months == 0


def test_a_category_never_seen_lately_and_one_month_of_many_do_no_harm():
    counts = np.zeros((2, 30))
    counts[0, 3], counts[1, -1] = 5, 900
    months = tuple(next_month(date(2022, 5, 1), step) for step in range(30))
    table = forecast_months(MonthlyCounts(("a", "b"), counts, months)).table
    assert np.isfinite(table.drop(columns=["category", "month"]).to_numpy(float)).all()
    assert (table.low <= table.high).all()
