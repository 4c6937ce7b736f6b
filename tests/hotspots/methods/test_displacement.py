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
    before_after,
    combine_by_harm,
    count_areas,
    e_test,
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
