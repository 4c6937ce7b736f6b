from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analytics.hotspots.methods.trend import (
    FREQUENCY,
    MINIMUM_HISTORY,
    TrendParameters,
    _design,
    _holidays,
    _predict,
    compare_with_expected,
    count_periods,
)
from analytics.hotspots.refusal import TooFewData

PLAIN = TrendParameters(outlier=np.inf)


def series(unit, n, *, seed=1, mean=40.0, dispersion=2.0, start="2015-01-05"):
    """Independent counts with a season, a trend and (days) a weekend, over-dispersed by a known factor."""
    rng = np.random.default_rng(seed)
    starts = pd.date_range(pd.Timestamp(start), periods=n, freq=FREQUENCY[unit])
    level = mean * np.exp(0.2 * np.sin(2 * np.pi * starts.day_of_year / 365.25) + 0.05 * np.arange(n) / n)
    level = level * (np.where(starts.day_of_week >= 5, 1.3, 1.0) if unit == "day" else 1.0)
    level = level * (starts.days_in_month / 30.4375 if unit == "month" else 1.0)
    size = np.asarray(level) / (dispersion - 1)
    return pd.DataFrame({"start": starts, "count": rng.negative_binomial(size, 1 / dispersion)})


@pytest.mark.parametrize(("unit", "n"), [("day", 800), ("week", 160), ("month", 48)])
def test_the_last_prediction_matches_statsmodels(unit, n):
    frame = series(unit, n)
    ours = compare_with_expected(frame, unit, PLAIN).iloc[-1]
    starts = pd.DatetimeIndex(frame.start)
    x = {"level": 1.0, "trend": np.arange(n)}
    if unit == "day":
        x |= {f"weekday {d}": (starts.day_of_week == d) * 1.0 for d in range(1, 7)}
    for k in (1, 2):
        x |= {f"sine {k}": np.sin(k * starts.day_of_year / 365.25 * 2 * np.pi)}
        x |= {f"cosine {k}": np.cos(k * starts.day_of_year / 365.25 * 2 * np.pi)}
    x = pd.DataFrame(x, index=range(n))
    length = np.log(starts.days_in_month) if unit == "month" else np.zeros(n)
    first = max(0, n - 1 - round(3 * {"day": 365.25, "week": 365.25 / 7, "month": 12}[unit]))
    past = slice(first, n - 1)
    fit = sm.GLM(frame["count"][past], x[past], family=sm.families.Poisson(), offset=length[past]).fit(
        scale="X2"
    )
    theirs = fit.get_prediction(x.iloc[[-1]], offset=length[-1:])
    assert ours.expected == pytest.approx(theirs.predicted[0], rel=1e-7)
    scale = max(fit.scale, 1)
    variance = scale * ours.expected + theirs.se[0] ** 2 * scale / fit.scale
    variance *= fit.df_resid / (fit.df_resid - 2)
    size = ours.expected**2 / (variance - ours.expected)
    prediction = stats.nbinom(size, ours.expected / variance)
    assert (ours.low, ours.high) == prediction.interval(0.95)
    tail = min(prediction.cdf(frame["count"].iloc[-1]), prediction.sf(frame["count"].iloc[-1] - 1))
    assert ours.p == pytest.approx(min(1, 2 * tail), rel=1e-6)


def test_what_follows_changes_no_prediction():
    frame = series("week", 200)
    cut = compare_with_expected(frame.iloc[:150], "week")
    changed = frame.assign(count=np.where(np.arange(200) >= 150, 10_000, frame["count"]))
    columns = ["expected", "low", "high", "p"]
    pd.testing.assert_frame_equal(compare_with_expected(changed, "week").iloc[:150][columns], cut[columns])


@pytest.mark.parametrize(("unit", "n", "repeats"), [("day", 900, 1), ("week", 300, 4), ("month", 120, 12)])
def test_the_band_covers_what_it_says_and_exceptions_are_few_without_any(unit, n, repeats):
    tables = [
        compare_with_expected(series(unit, n, seed=s), unit).iloc[MINIMUM_HISTORY[unit] :]
        for s in range(repeats)
    ]
    table = pd.concat(tables)
    covered = table["count"].between(table.low, table.high).mean()
    assert 0.92 < covered < 0.98
    assert (
        stats.binomtest(int((table.p <= 0.05).sum()), len(table), 0.05, alternative="greater").pvalue > 1e-3
    )
    assert sum((t.exception != "").any() for t in tables) <= 1 + repeats // 4


def test_planted_exceptions_are_found_and_an_old_one_does_not_hide_a_new_one():
    frame = series("week", 200)
    frame.loc[[120, 150], "count"] = [140, 140]
    frame.loc[180, "count"] = 2
    found = compare_with_expected(frame, "week")
    flagged = found.exception[found.exception != ""]
    assert flagged.to_dict() == {120: "more", 150: "more", 180: "fewer"}
    blunt = compare_with_expected(frame, "week", PLAIN)
    assert found.high[150] < blunt.high[150]


def test_public_holidays_are_expected():
    rng = np.random.default_rng(3)
    starts = pd.date_range("2018-01-01", "2021-12-31")
    import holidays

    free = starts.isin(
        pd.DatetimeIndex(sorted(holidays.country_holidays("US", "IL", years=range(2018, 2022))))
    )
    frame = pd.DataFrame({"start": starts, "count": rng.poisson(np.where(free, 90, 45))})
    known = compare_with_expected(frame, "day", TrendParameters(country="US", subdivision="IL"))
    unknown = compare_with_expected(frame, "day")
    late = free & (starts.year == 2021)
    assert known.expected[late].mean() == pytest.approx(90, rel=0.1)
    assert (known.exception[late] != "").sum() == 0 and (unknown.exception[late] != "").sum() > 5
    with pytest.raises(TooFewData, match="No public holidays are known for XX"):
        compare_with_expected(frame, "day", TrendParameters(country="XX"))


def test_harm_sums_keep_their_band():
    """Sums of unequal weights over the same process: the band is in the weights' own unit."""
    frame = series("week", 300, dispersion=1.001, mean=12)
    rng = np.random.default_rng(8)
    sums = np.array([rng.choice([1.0, 3.0, 40.0], k, p=[0.7, 0.25, 0.05]).sum() for k in frame["count"]])
    harm = compare_with_expected(frame.assign(count=sums), "week")
    table = harm.iloc[26:]
    assert 0.9 < table["count"].between(table.low, table.high).mean() < 0.99
    times_ten = compare_with_expected(frame.assign(count=sums * 10), "week")
    assert (times_ten.exception == harm.exception).all()


def test_rare_and_absent_events():
    frame = pd.DataFrame({"start": pd.date_range("2020-01-06", periods=80, freq="W-MON"), "count": 0})
    table = compare_with_expected(frame, "week")
    assert (table.expected.iloc[26:] > 0).all() and (table.exception == "").all()
    frame.loc[79, "count"] = 6
    assert compare_with_expected(frame, "week").exception.iloc[-1] == "more"


def test_only_whole_periods_are_counted():
    dates = pd.to_datetime(["2024-01-03", "2024-01-08", "2024-01-14", "2024-01-15", "2024-01-22"])
    table = count_periods(dates, date(2024, 1, 3), date(2024, 1, 22), "week")
    assert table.start.dt.date.tolist() == [date(2024, 1, 8), date(2024, 1, 15)]
    assert table["count"].tolist() == [2, 1]
    heavy = count_periods(dates, date(2024, 1, 1), date(2024, 1, 31), "month", weights=np.arange(5) / 2)
    assert heavy["count"].tolist() == [5.0]
    with pytest.raises(TooFewData, match="no whole month"):
        count_periods(dates, date(2024, 1, 3), date(2024, 1, 22), "month")


def test_refusals():
    with pytest.raises(TooFewData, match="at least 12 months"):
        compare_with_expected(series("month", 12), "month")
    with pytest.raises(ValueError, match="without a gap"):
        compare_with_expected(series("month", 20).drop(index=4), "month")


def test_chicago_assaults(shared_data):
    rows = pd.read_csv(shared_data / "incidents/chicago_aggravated_assaults_2010_2016.csv.gz")
    column = next(c for c in rows.columns if "date" in c.lower())
    days = pd.to_datetime(rows[column]).dt.normalize().to_numpy()
    frame = count_periods(days, date(2010, 1, 1), date(2016, 12, 31), "week")
    table = compare_with_expected(frame, "week", TrendParameters(country="US", subdivision="IL")).iloc[26:]
    assert 0.85 < table["count"].between(table.low, table.high).mean() <= 1
    assert len(table) > 300 and table.seasonal.iloc[-1]


def test_public_holidays_are_counted_in_their_day_and_their_week():
    days = pd.date_range("2025-12-24", periods=10)
    assert _holidays(days, "day", "GB", "ENG").tolist() == [0, 1, 1, 0, 0, 0, 0, 0, 1, 0]
    weeks = pd.date_range("2025-12-15", periods=4, freq="W-MON")
    # The last week begins in one year, and its holiday lies in the next.
    assert _holidays(weeks, "week", "GB", "ENG").tolist() == [0, 2, 1, 0]
    assert _holidays(days[:1], "week", "GB", "ENG").tolist() == [2]
    assert _holidays(pd.date_range("2026-01-02", periods=1), "day", "GB", "SCT").tolist() == [1]
    for country, part, named in (("XX", None, "XX"), ("GB", "QQ", "GB QQ")):
        words = (
            rf"^No public holidays are known for {named}\. Give another country or subdivision, or none\.$"
        )
        with pytest.raises(TooFewData, match=words):
            _holidays(days, "day", country, part)


@pytest.mark.parametrize(
    ("unit", "country", "columns"),
    [("day", None, 8), ("day", "GB", 9), ("week", None, 2), ("week", "GB", 3), ("month", "GB", 2)],
)
def test_what_a_model_is_made_of(unit, country, columns):
    starts = pd.date_range("2024-01-01", periods=60, freq=FREQUENCY[unit])
    plain, season, offset = _design(starts, unit, TrendParameters(country=country, harmonics=2))
    assert plain.shape == (60, columns) and season.shape == (60, 4) and (plain[:, 0] == 1).all()
    a_year = {"day": 365.25, "week": 365.25 / 7, "month": 12}[unit]
    assert plain[:, 1] == pytest.approx(np.arange(60) / a_year)
    if unit == "day":
        assert plain[:, 2:8].sum(axis=1).tolist() == (starts.day_of_week != 0).astype(float).tolist()
        assert (plain[np.arange(60), 1 + starts.day_of_week][starts.day_of_week > 0] == 1).all()
    assert season[:, 0] ** 2 + season[:, 1] ** 2 == pytest.approx(1)
    assert season[:, 2] == pytest.approx(2 * season[:, 0] * season[:, 1])  # the wave of half a year
    days = starts.days_in_month.to_numpy() / 30.4375
    assert np.exp(offset) == pytest.approx(days if unit == "month" else 1)


@pytest.mark.parametrize("wild", [None, 7, 20])
def test_one_wild_period_is_weighed_down_once_and_the_prediction_is_that_of_the_weighted_regression(wild):
    """statsmodels fits, and its hat matrix gives the leverage; Anscombe's residual decides the weight."""
    rng = np.random.default_rng(6)
    n, parameters = 40, TrendParameters(outlier=2.0)
    x = np.column_stack([np.ones(n), np.linspace(0, 1, n), rng.normal(size=n)])
    y = rng.poisson(np.exp(3 + 0.4 * x[:, 1] + 0.1 * x[:, 2])).astype(float)
    if wild is not None:
        y[wild] = 150
    offset, x_next = np.log(rng.uniform(0.8, 1.2, n)), np.array([1.0, 1.1, 0.3])
    weight, weighed = np.ones(n), 0
    for _ in range(2):
        fit = sm.GLM(y, x, sm.families.Poisson(), offset=offset, var_weights=weight).fit(tol=1e-12)
        mean = fit.mu
        dispersion = max((weight * (y - mean) ** 2 / mean).sum() / (n - 3), 1.0)
        root = x * np.sqrt(weight * mean)[:, None]
        leverage = np.diag(root @ np.linalg.inv(root.T @ root) @ root.T)
        covariance = dispersion * np.linalg.inv(root.T @ root)
        residual = 1.5 * (y ** (2 / 3) * mean ** (-1 / 3) - mean ** (1 / 3))
        residual = residual / np.sqrt(dispersion * (1 - leverage))
        fitted = fit.params
        weight = np.where(np.abs(residual) > 2.0, residual**-2.0, 1.0)
        if (weight == 1).all():
            break
        weight, weighed = weight * n / weight.sum(), weighed + 1
    assert weighed >= (wild is not None)
    expected = np.exp(x_next @ fitted + 0.2)
    variance = dispersion * expected + expected**2 * (x_next @ covariance @ x_next)
    variance *= (n - 3) / (n - 5)
    found = _predict(y, x, x_next, offset, 0.2, True, parameters)
    assert found == pytest.approx((expected, variance, 1.0), rel=1e-6)


def test_harm_is_tested_in_units_of_its_dispersion_so_that_its_unit_does_not_matter():
    frame = series("week", 90)
    ones = compare_with_expected(frame.assign(count=frame["count"] * 1.0), "week", PLAIN)
    sevens = compare_with_expected(frame.assign(count=frame["count"] * 7.0), "week", PLAIN)
    for column in ("expected", "low", "high"):
        np.testing.assert_allclose(sevens[column], 7 * ones[column], rtol=2e-3)
    np.testing.assert_allclose(sevens.p, ones.p, rtol=1e-2)
    assert (ones.low <= ones.expected)[ones.p.notna()].all()


def test_a_season_is_fitted_once_two_years_lie_behind():
    result = compare_with_expected(series("month", 40), "month", PLAIN)
    assert result.seasonal.tolist() == [False] * 24 + [True] * 16
    short = compare_with_expected(series("month", 40), "month", TrendParameters(window_years=1.5))
    assert not short.seasonal.any()
    for column in ("expected", "low", "high", "p", "p_adjusted"):
        assert result[column].dtype == float and result[column].isna().sum() == MINIMUM_HISTORY["month"]
    tested = result.p[result.p.notna()]
    np.testing.assert_allclose(
        result.p_adjusted[result.p.notna()], stats.false_discovery_control(tested, method="bh")
    )


def test_periods_count_their_first_day_and_not_the_next_ones_and_sum_weights():
    days = pd.to_datetime([f"2026-01-{day:02d}" for day in (5, 11, 12, 25, 26, 4)])
    span = date(2026, 1, 5), date(2026, 1, 25)
    found = count_periods(days, *span, "week")
    assert found["count"].tolist() == [2, 1, 1]
    assert found.start.tolist() == [pd.Timestamp(f"2026-01-{day:02d}") for day in (5, 12, 19)]
    weighed = count_periods(days, *span, "week", weights=[1.5, 2, 3, 4, 50, 60])
    assert weighed["count"].tolist() == [3.5, 3, 4]
    assert count_periods(days[:1], *span, "week")["count"].tolist() == [1, 0, 0]
    cut = count_periods(days, span[0], date(2026, 1, 24), "week")
    assert cut["count"].tolist() == [2, 1]  # the third week lacks its Sunday
