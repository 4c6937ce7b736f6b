"""Behaviour and exceptions: against slow counting, on data with a pattern and on data without."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.finance import behaviour
from analytics.finance.account_features import WORDS, measure_accounts
from analytics.finance.amount_outliers import tail_p
from analytics.finance.behaviour import BehaviourParameters, find_behaviour, prediction_strength
from analytics.finance.payments import read_payments
from analytics.finance.weekly_outliers import OutlierParameters, find_weekly_outliers
from analytics.finance.weekly_totals import total_by_week
from tests.finance.test_trace import START, table


def two_kinds(seed=0, each=40):
    """Shops that are paid small sums by many, by day, and mules who pass large sums on at night."""
    rng = np.random.default_rng(seed)
    rows = []
    for shop in range(each):
        rows += [
            (rng.integers(0, 90) + rng.uniform(0.4, 0.7), f"C{rng.integers(0, 900)}", f"SHOP{shop:02d}", 500)
            for _ in range(40)
        ]
    for mule in range(each):
        for day in rng.integers(0, 90, 12):
            rows += [
                (day + 0.95, f"BOSS{mule % 5}", f"MULE{mule:02d}", 90_000),
                (day + 1.1, f"MULE{mule:02d}", "HAND", 88_000),
            ]
    return table(rows)


def test_groups_are_those_of_what_accounts_do_and_are_said_in_words():
    rows = two_kinds()
    found = find_behaviour(rows, BehaviourParameters(max_clusters=4))
    cluster = found.accounts.set_index("account").cluster
    shops, mules = (
        cluster[[name for name in cluster.index if name.startswith(kind)]] for kind in ("SHOP", "MULE")
    )
    assert shops.nunique() == mules.nunique() == 1 and shops.iloc[0] != mules.iloc[0]
    words = found.clusters.set_index("cluster").words
    assert (
        "night" in words[mules.iloc[0]]
        or "passes on" in words[mules.iloc[0]]
        or "one hand" in words[mules.iloc[0]]
    )
    typical = found.clusters.set_index("cluster").typical[shops.iloc[0]]
    assert all(name.startswith("SHOP") for name in typical) and len(typical) == 5
    again = find_behaviour(rows.sample(frac=1, random_state=3), BehaviourParameters(max_clusters=4))
    pd.testing.assert_frame_equal(found.accounts, again.accounts)
    assert (found.accounts.cluster[found.accounts.payments < 6] == 0).all()
    some = (
        find_behaviour(rows, BehaviourParameters(max_clusters=4, max_tried=60))
        .accounts.set_index("account")
        .cluster
    )
    assert (
        some[shops.index].nunique() == some[mules.index].nunique() == 1
        and some.iloc[-1] != some[mules.index[0]]
    )


def test_data_without_groups_has_one():
    rng = np.random.default_rng(2)
    rows = [
        (d + rng.uniform(0.3, 0.9), f"A{a:02d}", f"A{b:02d}", int(s))
        for d, a, b, s in zip(
            rng.integers(0, 90, 1500),
            rng.integers(0, 80, 1500),
            rng.integers(0, 80, 1500),
            rng.lognormal(8, 1, 1500),
            strict=True,
        )
        if a != b
    ]
    assert find_behaviour(table(rows)).clusters.accounts.tolist() == [80]
    assert find_behaviour(table([(0, "A", "B", 5)])).clusters.empty


def test_prediction_strength_is_that_of_counting_pairs(monkeypatch):
    """With fixed centres, the share of pairs that stay together, pair by pair."""
    points = np.random.default_rng(1).normal(size=(30, 2))
    centres = iter([np.array([[-1.0, 0], [1, 0]]), np.array([[-0.5, -1.0], [0.5, 1]])] * 2)
    monkeypatch.setattr(behaviour, "_centres", lambda *_: next(centres))
    got = prediction_strength(points, 2, 1, 7)
    other = np.array_split(np.random.default_rng(7).permutation(30), 2)[1]
    own, foretold = (
        [min((0, 1), key=lambda k: np.hypot(*(points[p] - c[k]))) for p in other]  # noqa: B023
        for c in (np.array([[-1.0, 0], [1, 0]]), np.array([[-0.5, -1.0], [0.5, 1]]))
    )
    shares = []
    for group in (0, 1):
        pairs = list(itertools.combinations([at for at in range(len(other)) if own[at] == group], 2))
        shares.append(np.mean([foretold[a] == foretold[b] for a, b in pairs]))
    assert got == pytest.approx(min(shares))


def test_features_are_those_of_a_slow_count():
    rng = np.random.default_rng(4)
    rows = [
        (float(d), f"A{a}", f"A{b}" if b < 6 else None, int(s), m)
        for d, a, b, s, m in zip(
            rng.uniform(0, 60, 120),
            rng.integers(0, 6, 120),
            rng.integers(0, 8, 120),
            rng.integers(1, 9999, 120),
            rng.choice(["GBP", "USD"], 120),
            strict=True,
        )
    ]
    frame = table(rows)
    frame["channel"] = rng.choice(["cash", "card", None], len(frame))
    got = measure_accounts(read_payments(frame), "Europe/London")
    assert list(got.columns) == ["payments" if at == 0 else name for at, name in enumerate(["", *WORDS])]
    size = np.log1p(frame.amount_minor) - np.log1p(frame.amount_minor).groupby(frame.currency).transform(
        "median"
    )
    months = (frame.occurred_at.max() - frame.occurred_at.min()).total_seconds() / 86400 / 30.4
    for account in got.index:
        other = frame[frame.from_account != frame.to_account]
        into, out = other[other.to_account == account], other[other.from_account == account]
        both = pd.concat([into, out]).sort_values("occurred_at")
        hour = both.occurred_at.dt.tz_localize("UTC").dt.tz_convert("Europe/London").dt.hour
        gaps = both.occurred_at.diff().dt.total_seconds().dropna()
        cash = (both.channel == "cash") | both.to_account.isna()
        assert got.payments[account] == len(both)
        assert got.credits_a_month[account] == pytest.approx(np.log1p(len(into) / months))
        assert got.payees[account] == pytest.approx(np.log1p(out.to_account.nunique()))
        assert got.debit_size[account] == pytest.approx(size[out.index].median())
        assert got.night[account] == pytest.approx(((hour >= 22) | (hour < 6)).mean())
        assert got.cash[account] == pytest.approx(cash.mean())
        assert got.regular[account] == pytest.approx(1 / (1 + gaps.std() / gaps.mean()))
        assert got.one_payee[account] == pytest.approx(
            out.to_account.fillna("-").value_counts().max() / len(out)
        )


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
        find_weekly_outliers(table(no_pattern(seed, scatter)), parameters=OutlierParameters(weeks=6))
        for seed in range(4)
    ]
    p = np.concatenate([one.p for one in found])
    assert len(p) > 3000 and (p <= 0.05).mean() <= 0.055 and (p <= 0.01).mean() <= 0.012
    assert sum(len(one.found) for one in found) <= 1


def test_a_burst_is_found_with_its_payments_and_a_shared_season_is_not():
    rows = no_pattern(9, 1)
    burst = [(7 * 33 + 1.5 + at / 50, "X", "A003", 100) for at in range(25)]
    found = find_weekly_outliers(table(rows + burst), parameters=OutlierParameters(weeks=6)).found
    first = found.iloc[0]
    assert first.account == "A003" and first.measure == "credits" and first.p_fdr < 0.001
    assert set(range(len(rows), len(rows) + 25)) <= set(first.rows) and len(first.rows) == first.observed
    assert first.week <= START + pd.Timedelta(days=7 * 33 + 1) < first.week + pd.Timedelta(days=7)
    alike = pd.Series("g", index=[f"A{at:03d}" for at in range(150)])
    doubled = rows + [
        row for row in rows if row[0] >= 7 * 33
    ]  # everybody does twice as much in the last week
    assert len(find_weekly_outliers(table(doubled), alike, OutlierParameters(weeks=1)).found) == 0


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
    alone = OutlierParameters(weeks=6)
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


def test_the_tail_of_a_sample_goes_on_as_its_law_does():
    rng = np.random.default_rng(3)
    for law in (stats.genpareto(0.15), stats.genpareto(0.3)):
        sample = np.sort(law.rvs(20_000, random_state=rng))
        far = law.isf([1e-2, 1e-3, 1e-4])
        ratio = tail_p(far, sample) / law.sf(far)
        assert ratio[0] == pytest.approx(1, abs=0.1) and (ratio > 0.3).all() and (ratio < 3).all(), ratio
    assert (np.diff(tail_p(np.linspace(0, 40, 200), sample)) <= 1e-12).all()


def test_expectation_of_one_account_is_that_of_the_formulas_by_hand():
    """Three equal accounts: the group's scatter is at its floor, so the prediction follows by hand."""
    rows = [(7 * week + 0.5 + a / 10, "P", f"A{a}", 100) for week in range(12) for a in range(3)]
    rows += [(7 * 11 + 1 + at / 10, "P", "A0", 100) for at in range(6)]
    e = find_weekly_outliers(table(rows), parameters=OutlierParameters(weeks=1, min_past_weeks=4, rate=0.5))
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
        OutlierParameters(rate=0)


def test_weeks_of_an_account_are_those_of_a_slow_count_by_its_own_clock():
    rows = table([(at, "P", "A", 100) for at in (0.2, 6.9, 7.1, 20.5)] + [(7.2, "A", "P", 900)])
    last = START.tz_localize(None) if START.tzinfo else START
    weeks = total_by_week(
        rows,
        "A",
        last.normalize() + pd.Timedelta(days=14),
        incoming=True,
        currency="GBP",
        time_zone="UTC",
        weeks=3,
    )
    day = (rows.occurred_at - last.normalize()).dt.days
    into = rows.to_account == "A"
    assert weeks.value.tolist() == [
        (rows.amount_minor[into & (day // 7 == at)].sum() / 100) for at in range(3)
    ]
    counts = total_by_week(
        rows, "A", weeks.week.iloc[-1], incoming=False, currency=None, time_zone="UTC", weeks=3
    )
    assert counts.value.sum() == 1
