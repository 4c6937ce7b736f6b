"""Unusual weeks: hardly any without a pattern, and a burst found with its payments."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.finance.weekly_outliers import WeeklyOutlierParameters, find_weekly_outliers
from tests.finance.payment_tables import START, table


def no_pattern(seed, scatter, accounts=150, weeks=34):
    """Counts a week from a negative binomial of each account's own mean, with a season that all share."""
    rng = np.random.default_rng(seed)
    rows = []
    season = 1 + 0.5 * np.sin(np.arange(weeks) / 5)
    for account, rate in enumerate(rng.gamma(1.5, 1.0, accounts)):
        mean = rate * season[rng.integers(0, 10) :] if account % 2 else rate * season
        counts = (
            rng.negative_binomial(mean / (scatter - 1), 1 / scatter) if scatter > 1 else rng.poisson(mean)
        )
        for week, count in zip(range(weeks - len(mean), weeks), counts, strict=True):
            rows += [
                (7 * week + day + 0.5, f"P{rng.integers(0, 40)}", f"A{account:03d}", 100)
                for day in rng.integers(0, 7, count)
            ]
    return rows


@pytest.mark.parametrize("scatter", [1, 3])
def test_without_a_pattern_hardly_anything_is_reported(scatter):
    found = [
        find_weekly_outliers(table(no_pattern(seed, scatter)), parameters=WeeklyOutlierParameters(weeks=6))
        for seed in range(4)
    ]
    p = np.concatenate([one.p for one in found])
    assert len(p) > 3000 and (p <= 0.05).mean() <= 0.055 and (p <= 0.01).mean() <= 0.012
    assert sum(len(one.found) for one in found) <= 1


def test_a_burst_is_found_with_its_payments_and_a_shared_season_is_not():
    rows = no_pattern(9, 1)
    burst = [(7 * 33 + 1.5 + at / 50, "X", "A003", 100) for at in range(25)]
    found = find_weekly_outliers(table(rows + burst), parameters=WeeklyOutlierParameters(weeks=6)).found
    first = found.iloc[0]
    assert first.account == "A003" and first.measure == "credits" and first.p_fdr < 0.001
    assert set(range(len(rows), len(rows) + 25)) <= set(first.rows) and len(first.rows) == first.observed
    assert first.week <= START + pd.Timedelta(days=7 * 33 + 1) < first.week + pd.Timedelta(days=7)
    alike = pd.Series("g", index=[f"A{at:03d}" for at in range(150)])
    doubled = rows + [
        row for row in rows if row[0] >= 7 * 33
    ]  # everybody does twice as much in the last week
    assert len(find_weekly_outliers(table(doubled), alike, WeeklyOutlierParameters(weeks=1)).found) == 0


def heavy(seed, freedom=3, accounts=150, weeks=34):
    """Sums whose logarithms have heavy tails, each account with a level and a spread of its own: no
    pattern."""
    rng = np.random.default_rng(seed)
    rows = []
    for account in range(accounts):
        rate, level, spread = rng.gamma(2, 1.5), rng.normal(8, 1.2), rng.uniform(0.3, 1.2)
        count = rng.poisson(rate * weeks)
        sums = np.exp(np.minimum(level + spread * rng.standard_t(freedom, count), 25)).astype(int) + 1
        rows += [
            (at, f"P{rng.integers(40)}", f"A{account:03d}", minor)
            for at, minor in zip(rng.uniform(0, 7 * weeks, count), sums, strict=True)
        ]
    return rows


def test_sums_with_heavy_tails_are_no_exceptions_and_a_sum_far_above_them_is():
    alone = WeeklyOutlierParameters(weeks=6)
    tests = [find_weekly_outliers(table(heavy(seed)), parameters=alone) for seed in range(3)]
    assert sum(one.found.measure.str.startswith("sums").sum() for one in tests) <= 1
    rows = heavy(7, freedom=30)
    usual = np.median([row[3] for row in rows if row[2] == "A003"])
    found = find_weekly_outliers(
        table([*rows, (7 * 33 + 1.5, "X", "A003", int(5_000 * usual))]), parameters=alone
    ).found
    first = found[found.measure == "sums in"].iloc[0]
    assert (first.account, first.currency) == ("A003", "GBP") and len(rows) in first.rows
    assert first.observed > 1_000 * first.expected and first.p_fdr < 0.01


def test_expectation_of_one_account_is_that_of_the_formulas_by_hand():
    """Three equal accounts: the group's scatter is at its floor, so the prediction follows by hand."""
    rows = [(7 * week + 0.5 + a / 10, "P", f"A{a}", 100) for week in range(12) for a in range(3)]
    rows += [(7 * 11 + 1 + at / 10, "P", "A0", 100) for at in range(6)]
    e = find_weekly_outliers(
        table(rows), parameters=WeeklyOutlierParameters(weeks=1, min_past_weeks=4, rate=0.5)
    )
    got = e.found[(e.found.account == "A0") & (e.found.measure == "credits")].iloc[0]
    weeks, past = 10, 10.0  # eleven weeks before, of which the first is left out
    shape = rate = 50.0
    expected = (past + shape) / (weeks + rate)
    variance = expected + (past + shape) / (weeks + rate) ** 2
    success = expected / variance
    assert got.observed == 7 and got.expected == pytest.approx(expected) and got.past_mean == 1
    assert got.p == pytest.approx(stats.nbinom.sf(6, expected * success / (1 - success), success), rel=1e-4)


def test_short_pasts_are_not_asked_and_nothing_fails_on_nothing():
    e = find_weekly_outliers(table([(at, "A", "B", 1) for at in range(10)]))
    assert e.tests == 0 and e.not_asked == 2 and e.found.empty
    assert find_weekly_outliers(table([]).astype({"occurred_at": "datetime64[us]"})).tests == 0
    with pytest.raises(ValueError):
        WeeklyOutlierParameters(rate=0)
