from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import stats
from statsmodels.stats.rates import confint_poisson_2indep, etest_poisson_2indep, test_poisson_2indep

from analytics.hotspots.methods.displacement import (
    AreaCounts,
    BeforeAfterParameters,
    Dispersion,
    before_after,
    combine_by_harm,
    count_areas,
    e_test,
    measure_dispersion,
    rate_ratio,
    relative_rate,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from analytics.hotspots.refusal import TooFewData

test_poisson_2indep.__test__ = False  # statsmodels' name, not a test of ours
PAPER = {
    "control": AreaCounts(308, 318),
    "treated": AreaCounts(207, 110),
    "displacement_control": AreaCounts(150, 140),
    "displacement": AreaCounts(178, 157),
}


def test_the_papers_difference():
    total = weighted_displacement_difference(PAPER).iloc[2]
    assert (total.part, total.estimate, total.se) == ("total", -118, pytest.approx(np.sqrt(1568)))
    assert (round(total.z, 2), round(total.low), round(total.high)) == (-2.98, -196, -40)
    assert total.p == pytest.approx(2 * stats.norm.cdf(-118 / np.sqrt(1568)))


def test_time_weights_as_published():
    counts = {"control": AreaCounts(100, 50), "treated": AreaCounts(80, 20)}
    local = weighted_displacement_difference(counts, BeforeAfterParameters((2, 1))).iloc[0]
    assert local.estimate == -20 and local.se == pytest.approx(np.sqrt(115), rel=1e-12)


def test_area_weights_as_published():
    sizes = {"control": 0.9, "treated": 1.2, "displacement_control": 1.6, "displacement": 1.5}
    total = weighted_displacement_difference(PAPER, BeforeAfterParameters(area_weights=sizes)).iloc[2]
    published = [-99.69444444, 35.4280755, -2.813995483, -169.1321965, -30.25669241]
    np.testing.assert_allclose(
        total[["estimate", "se", "z", "low", "high"]].astype(float), published, rtol=1e-8
    )


HARM = np.array([3, 2, 5, 7, 10])
CONTROL = np.array([(133, 91), (388, 305), (148, 97), (86, 64), (94, 67)])
TREATED = np.array([(130, 74), (327, 202), (398, 190), (144, 92), (183, 96)])


def test_harm_weights_as_published():
    each = [
        weighted_displacement_difference({"control": AreaCounts(*c), "treated": AreaCounts(*t)}).iloc[0]
        for c, t in zip(CONTROL, TREATED, strict=True)
    ]
    harm = combine_by_harm([e.estimate for e in each], [e.se for e in each], HARM).iloc[0]
    published = [-1721, 304.10360077, -5.65925558, -2317.03210507, -1124.96789493]
    np.testing.assert_allclose(
        harm[["estimate", "se", "z", "low", "high"]].astype(float), published, rtol=1e-8
    )


def test_harm_counted_at_once_equals_harm_combined_by_category():
    def weighted(rows):
        return AreaCounts(*(HARM @ rows).astype(float), *(HARM**2 @ rows).astype(float))

    counts = {"control": weighted(CONTROL), "treated": weighted(TREATED)}
    local = weighted_displacement_difference(counts).iloc[0]
    np.testing.assert_allclose([local.estimate, local.se], [-1721, 304.10360077], rtol=1e-8)
    result = before_after(counts)
    assert result.areas[["rate_ratio", "p", "p_etest"]].isna().all(axis=None) and np.isnan(
        result.relative["p"]
    )


def test_the_difference_holds_its_level_without_an_effect():
    """Treated and control both rise by a tenth; 99 % of binomial(1500, .05) lies within 54 to 97."""
    rng = np.random.default_rng(0)
    rejected = 0
    for before, after in zip(rng.poisson(80, (1500, 2)), rng.poisson(88, (1500, 2)), strict=True):
        counts = {name: AreaCounts(before[k], after[k]) for k, name in enumerate(("treated", "control"))}
        rejected += weighted_displacement_difference(counts).p[0] <= 0.05
    assert 54 <= rejected <= 97


@pytest.mark.parametrize("times", [1, 3])
def test_the_difference_holds_its_level_where_counts_vary_more_than_poisson(times):
    """Weeks of negative binomial counts with `times` the variance of Poisson, twelve before and four after.
    Taken as Poisson, more than a fifth would be called at three times. `bench.tasking.overdispersion` has
    the rates to a tenth of a percent."""
    rng = np.random.default_rng(7)
    runs, mean = 1000, {"treated": 10.0, "control": 60.0}
    weeks = {
        name: rng.poisson(m, (runs, 16))
        if times == 1
        else rng.negative_binomial(m / (times - 1), 1 / times, (runs, 16))
        for name, m in mean.items()
    }
    first = np.datetime64("2024-01-01")
    period = (first.item(), (first + 83).item())
    days = first + 7 * np.arange(12)
    called = plain = 0
    for run in range(runs):
        counts = {name: AreaCounts(w[run, :12].sum(), w[run, 12:].sum()) for name, w in weeks.items()}
        dispersion = {
            name: measure_dispersion(np.repeat(days, w[run, :12]), period) for name, w in weeks.items()
        }
        scaled = BeforeAfterParameters((3.0, 1.0), {"control": 6.0})
        plain += weighted_displacement_difference(counts, scaled).p[0] <= 0.05
        called += (
            weighted_displacement_difference(counts, replace(scaled, dispersion=dispersion)).p[0] <= 0.05
        )
    assert 0.03 <= called / runs <= 0.07
    assert plain / runs > 0.2 or times == 1


def test_dispersion_is_pearsons_chi_square_and_statsmodels_scale():
    import statsmodels.api as sm

    rng = np.random.default_rng(1)
    weekly = rng.negative_binomial(5, 0.4, 10)
    day = (
        np.datetime64("2024-01-01") + np.repeat(7 * np.arange(10), weekly) + rng.integers(0, 7, weekly.sum())
    )
    found = measure_dispersion(day, (date(2024, 1, 1), date(2024, 3, 10)))
    family = sm.families.Poisson()
    assert found.factor == pytest.approx(sm.GLM(weekly, np.ones(10), family=family).fit(scale="X2").scale)
    assert found.freedom == 9
    assert measure_dispersion(day, (date(2024, 1, 1), date(2024, 1, 27))) == Dispersion()  # under four weeks
    assert measure_dispersion(day[:0], (date(2024, 1, 1), date(2024, 3, 10))) == Dispersion()


@pytest.mark.parametrize(
    "case",
    [
        (0, 3, 1, 1),
        (6, 2, 1, 1),
        (20, 10, 4, 2),
        (60, 51, 51477.5, 54308.7),
        (13, 40, 2, 3),
        (700, 650, 1, 1),
    ],
)
def test_the_e_test_is_statsmodels(case):
    count, reference, exposure, other = case
    peer = etest_poisson_2indep(count, exposure, reference, other, method="score")[1]
    assert e_test(*case) == pytest.approx(peer, rel=1e-9)


def test_the_e_test_as_published():
    assert round(e_test(6, 2), 4) == 0.1749 and e_test(0, 3) == pytest.approx(0.0884, abs=5e-5)
    assert np.isnan(e_test(0, 0)) and e_test(20, 20) <= 1


@pytest.mark.parametrize("case", [(6, 2, 1, 1), (13, 40, 2, 3), (110, 207, 1, 2), (0, 5, 1, 1), (4, 0, 2, 1)])
def test_the_exact_ratio_inverts_its_test(case):
    count, reference, exposure, other = case
    result = rate_ratio(*case)
    peer = test_poisson_2indep(count, exposure, reference, other, method="exact-cond")
    assert result["p"] == pytest.approx(peer.pvalue, rel=1e-9)
    for limit, one_sided in (
        (result["low"], stats.binom.sf(count - 1, count + reference, _share(result["low"], exposure, other))),
        (result["high"], stats.binom.cdf(count, count + reference, _share(result["high"], exposure, other))),
    ):
        assert limit in (0, np.inf) or one_sided == pytest.approx(0.025, rel=1e-6)
    if min(count, reference) > 5:  # the asymptotic interval is near by then
        low, high = confint_poisson_2indep(count, exposure, reference, other, method="score", compare="ratio")
        np.testing.assert_allclose([result["low"], result["high"]], [low, high], rtol=0.15)


def _share(ratio, exposure, other):
    """The first count's share of the sum where the rates have this ratio."""
    return 1.0 if np.isinf(ratio) else ratio * exposure / (ratio * exposure + other)


def test_the_relative_rate_is_the_odds_ratio():
    from statsmodels.stats.contingency_tables import Table2x2

    peer = Table2x2([[110, 207], [318, 308]])
    result = relative_rate(PAPER["treated"], PAPER["control"])
    assert result["ratio"] == pytest.approx(peer.oddsratio)
    np.testing.assert_allclose([result["low"], result["high"]], peer.oddsratio_confint())
    assert result["p"] == pytest.approx(peer.oddsratio_pvalue())
    assert np.isnan(relative_rate(AreaCounts(5, 0), AreaCounts(6, 6))["ratio"])


def test_the_quotient_by_hand():
    counts = {
        "treated": AreaCounts(100, 50),
        "control": AreaCounts(200, 200),
        "displacement": AreaCounts(80, 90),
    }
    # Treated: 50/200 - 100/200 = -.25; displacement: 90/200 - 80/200 = .05; some moved next door.
    assert weighted_displacement_quotient(counts) == pytest.approx(-0.2)
    assert weighted_displacement_quotient(counts | {"treated": AreaCounts(50, 100)}) is None
    assert weighted_displacement_quotient(counts | {"control": AreaCounts(0, 5)}) is None
    assert weighted_displacement_quotient({k: counts[k] for k in ("treated", "control")}) is None


def test_areas_are_counted_and_tested():
    rng = np.random.default_rng(1)
    points = pd.DataFrame(
        {
            "x": rng.uniform(0, 400, 2000),
            "y": rng.uniform(0, 100, 2000),
            "local_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, 2000), unit="D"),
        }
    )
    points.loc[0, "x"] = np.nan
    areas = {
        "treated": shapely.box(100, 0, 200, 100),
        "control": shapely.box(300, 0, 400, 100),
        "displacement": shapely.box(50, 0, 250, 100),
    }
    periods = (date(2024, 1, 1), date(2024, 1, 31)), (date(2024, 2, 1), date(2024, 3, 31))
    counts, parameters = count_areas(points, areas, *periods)
    late = points.local_date >= "2024-02-01"
    treated, ring = points.x.between(100, 200), points.x.between(50, 250)
    assert (counts["treated"].before, counts["treated"].after) == (
        (treated & ~late).sum(),
        (treated & late).sum(),
    )
    buffer = counts["displacement"]
    assert (buffer.before, buffer.after) == ((ring & ~treated & ~late).sum(), (ring & ~treated & late).sum())
    assert parameters.time_weights == (1, 60 / 31) and not buffer.weighted
    result = before_after(counts, parameters)
    assert result.areas.area.tolist() == ["treated", "control", "displacement"]
    row = result.areas.iloc[0]
    assert (
        row.rate_ratio == pytest.approx(row.after / row.before * 31 / 60)
        and row.low < row.rate_ratio < row.high
    )
    doubled = count_areas(points, areas, *periods, weight=np.full(2000, 2.0))[0]["treated"]
    assert (doubled.before, doubled.variances[0]) == (
        2 * counts["treated"].before,
        4 * counts["treated"].before,
    )
    with pytest.raises(ValueError, match="without an overlap"):
        count_areas(points, areas, periods[1], periods[0])


def test_what_is_refused():
    with pytest.raises(TooFewData, match="Fewer than 10"):
        before_after({"treated": AreaCounts(2, 1), "control": AreaCounts(3, 3)})
    with pytest.raises(ValueError, match="negative"):
        AreaCounts(-1, 2)
    with pytest.raises(ValueError, match="Areas are"):
        BeforeAfterParameters(area_weights={"buffer": 2})
    with pytest.raises(ValueError, match="above 0"):
        BeforeAfterParameters((0, 1))


@pytest.mark.parametrize("counts", [(-1, 0), (0, -1), (1, 1, -1, 0), (1, 1, 0, -1)])
def test_counts_and_variances_below_nought_are_refused(counts):
    with pytest.raises(ValueError, match=r"^Counts and variances cannot be negative\.$"):
        AreaCounts(*counts)
    assert AreaCounts(0, 0).variances == (0, 0)


@pytest.mark.parametrize(
    ("times", "areas", "level"),
    [((0, 1), {}, 0.5), ((1, 0), {}, 0.5), ((1, 1), {"control": 0}, 0.5), ((1, 1), {}, 0), ((1, 1), {}, 1)],
)
def test_weights_are_above_nought_and_the_level_lies_between(times, areas, level):
    with pytest.raises(ValueError, match=r"^Weights must be above 0, and the level between 0 and 1\.$"):
        BeforeAfterParameters(times, areas, level)
    assert BeforeAfterParameters((0.5, 1e-9), {"control": 1e-9}, 0.99).level == 0.99


def test_everything_on_one_change_uses_the_weights_and_the_level_given():
    parameters = BeforeAfterParameters((2.0, 1.0), {"control": 1.5}, 0.8)
    result = before_after(PAPER, parameters)
    assert result.parameters is parameters
    assert result.areas.columns.tolist() == [
        "area",
        "before",
        "after",
        "rate_ratio",
        "low",
        "high",
        "p",
        "p_etest",
    ]
    for row in result.areas.itertuples():
        expected = rate_ratio(row.after, row.before, 1.0, 2.0, level=0.8)
        assert {name: getattr(row, name) for name in expected} == expected
        assert row.p_etest == e_test(row.after, row.before, 1.0, 2.0)
    pd.testing.assert_frame_equal(result.difference, weighted_displacement_difference(PAPER, parameters))
    assert result.relative == relative_rate(PAPER["treated"], PAPER["control"], level=0.8)
    assert result.quotient == weighted_displacement_quotient(PAPER, parameters)
    shares = {name: (PAPER[name].before / 2, PAPER[name].after) for name in PAPER}
    control = tuple(value / 1.5 for value in shares["control"])
    moved = {name: shares[name][1] / control[1] - shares[name][0] / control[0] for name in shares}
    assert result.quotient is None or result.quotient == pytest.approx(
        moved["displacement"] / moved["treated"]
    )
    longer = BeforeAfterParameters((1.0, 3.0), {"control": 1.5})
    thirds = {name: (PAPER[name].before, PAPER[name].after / 3) for name in PAPER}
    by = (thirds["control"][0] / 1.5, thirds["control"][1] / 1.5)
    moved = {name: thirds[name][1] / by[1] - thirds[name][0] / by[0] for name in thirds}
    assert moved["treated"] < 0
    assert weighted_displacement_quotient(PAPER, longer) == pytest.approx(
        moved["displacement"] / moved["treated"]
    )


def test_ten_incidents_in_the_treated_area_and_its_control_are_enough():
    assert before_after({"treated": AreaCounts(4, 1), "control": AreaCounts(3, 2)}).quotient is None
    with pytest.raises(TooFewData, match=r"chance\. Use longer periods or larger areas\.$"):
        before_after({"treated": AreaCounts(4, 1), "control": AreaCounts(3, 1)})


def test_harm_leaves_the_tests_of_counts_blank_in_its_own_area_alone():
    harm = AreaCounts(20.0, 10.0, 100.0, 40.0)
    for weighted in ("treated", "control"):
        result = before_after(PAPER | {weighted: harm})
        table = result.areas.set_index("area")
        blank = table[["rate_ratio", "low", "high", "p", "p_etest"]].isna().all(axis=1)
        assert blank.to_dict() == {name: name == weighted for name in table.index}
        assert result.areas.rate_ratio.dtype == float and len(result.areas) == 4
        assert set(result.relative) == {"ratio", "low", "high", "p"}
        assert np.isnan(list(result.relative.values())).all()


def test_a_ratio_of_nothing_is_nothing_and_of_one_is_one():
    nothing = rate_ratio(0, 0)
    assert set(nothing) == {"rate_ratio", "low", "high", "p"} and np.isnan(list(nothing.values())).all()
    one = rate_ratio(1, 0)
    assert one["rate_ratio"] == np.inf and one["p"] == 1
    assert rate_ratio(6, 3)["rate_ratio"] == 2 and rate_ratio(6, 3, 2, 1)["rate_ratio"] == 1
    assert rate_ratio(6, 3, level=0.5)["low"] > rate_ratio(6, 3)["low"]
    low, high = stats.binomtest(6, 9).proportion_ci(0.5, method="exact")
    assert rate_ratio(6, 3, level=0.5)["low"] == pytest.approx(low / (1 - low))


def test_a_difference_of_nothing_has_no_z():
    table = weighted_displacement_difference({"treated": AreaCounts(0, 0), "control": AreaCounts(0, 0)})
    assert table.part.tolist() == ["local", "displacement", "total"]
    assert table.estimate.eq(0).all() and table.z.isna().all() and table.low.eq(0).all()
    small = weighted_displacement_difference(
        {"treated": AreaCounts(0, 1), "control": AreaCounts(0, 0)}, BeforeAfterParameters((4, 4))
    )
    assert small.z[0] == pytest.approx(1)


def test_harm_combined_is_one_row():
    row = combine_by_harm([1, -2], [3, 4], [10, 5], level=0.8)
    assert row.part.tolist() == ["harm"] and row.estimate.tolist() == [0]
    assert row.se[0] == pytest.approx(np.sqrt(30**2 + 20**2))
    assert row.high[0] == pytest.approx(stats.norm.ppf(0.9) * row.se[0])


def test_no_quotient_without_a_control_or_a_fall():
    areas = {"displacement": AreaCounts(5, 5), "treated": AreaCounts(10, 5)}
    assert weighted_displacement_quotient(areas | {"control": AreaCounts(0, 5)}) is None
    assert weighted_displacement_quotient(areas | {"control": AreaCounts(5, 0)}) is None
    assert weighted_displacement_quotient(areas | {"control": AreaCounts(2, 1)}) is None  # as its control
    assert weighted_displacement_quotient(areas | {"control": AreaCounts(1, 1)}) == 0


def test_periods_follow_each_other_and_one_day_is_a_period():
    points = pd.DataFrame(
        {
            "x": [1.0, 1.0, np.nan, 1.0, 5.0],
            "y": [1.0, 1.0, 1.0, np.nan, 5.0],
            "local_date": pd.to_datetime(["2026-01-01", "2026-01-02"] + ["2026-01-01"] * 3),
        }
    )
    areas = {"treated": shapely.box(0, 0, 2, 2), "control": shapely.box(0, 0, 9, 9)}
    first, second, third = (date(2026, 1, day) for day in (1, 2, 3))
    counts, parameters = count_areas(points, areas, (first, first), (second, second))
    assert (counts["treated"].before, counts["treated"].after) == (1, 1)
    assert (counts["control"].before, counts["control"].after) == (1, 0)
    assert parameters.time_weights == (1.0, 1.0)
    for before, after in (
        ((second, first), (third, third)),
        ((first, first), (third, second)),
        ((first, second), (second, third)),
        ((second, third), (first, third)),
    ):
        with pytest.raises(
            ValueError, match=r"^Give the period before, then the one after, without an overlap\.$"
        ):
            count_areas(points, areas, before, after)
