"""Rings, harm, near repeats and the quotient's interval around a place, each against counts written out."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from statsmodels.stats.proportion import proportion_confint

from analytics.hotspots.methods.displacement import AREAS, AreaCounts, BeforeAfterParameters, Dispersion
from analytics.tasking.effect import EffectParameters
from analytics.tasking.effect.spillover import _quotient_interval, _ring, _wilson, measure_surroundings

BEFORE, AFTER = (date(2026, 1, 1), date(2026, 1, 30)), (date(2026, 1, 31), date(2026, 2, 9))
TREATED = shapely.box(-50, -50, 50, 50)
CONTROLS = [shapely.box(x - 50, -50, x + 50, 50) for x in (3000, 6000)]
RING = EffectParameters(ring=100.0)


@pytest.mark.parametrize(("k", "n"), [(0, 4), (1, 4), (3, 7), (4, 4), (50, 120)])
@pytest.mark.parametrize("level", [0.95, 0.9])
def test_the_interval_of_a_share_is_wilsons(k, n, level):
    assert _wilson(k, n, level) == pytest.approx(proportion_confint(k, n, 1 - level, method="wilson"))
    assert all(0 <= limit <= 1 for limit in _wilson(k, n, level))


def test_of_nothing_there_is_no_share():
    assert np.isnan(_wilson(0, 0)).all()


def test_rings_are_as_wide_as_asked_and_leave_the_place_out():
    inner, outer = _ring(TREATED, 0, 100.0), _ring(TREATED, 1, 100.0)
    for ring, reach in ((inner, (60, 140)), (outer, (160, 240))):
        assert all(ring.contains(shapely.Point(x, 0)) for x in reach)
    assert not inner.contains(shapely.Point(0, 0)) and not inner.contains(shapely.Point(155, 0))
    assert not outer.intersects(TREATED) and not outer.contains(shapely.Point(145, 0))
    assert not outer.contains(shapely.Point(255, 0))
    assert inner.area + TREATED.area == pytest.approx(TREATED.buffer(100).area)
    assert outer.area == pytest.approx(TREATED.buffer(200).area - TREATED.buffer(100).area)


def incidents(where: dict[tuple[float, float], tuple[int, int]], **columns) -> pd.DataFrame:
    """Incidents by place: how many in the 30 days before, from the last backwards, and the 10 after."""
    rows = []
    for (x, y), (before, after) in where.items():
        rows += [(x, y, pd.Timestamp(BEFORE[1]) - pd.Timedelta(days=k % 30)) for k in range(before)]
        rows += [(x, y, pd.Timestamp(AFTER[0]) + pd.Timedelta(days=k % 10)) for k in range(after)]
    return pd.DataFrame(rows, columns=["x", "y", "local_date"]).assign(**columns)


WHERE = {
    (0, 0): (30, 4),
    (100, 0): (6, 3),  # the first ring
    (200, 0): (5, 1),  # the second
    (400, 0): (9, 9),  # beyond
    (3000, 0): (20, 10),
    (6000, 0): (10, 10),
    (3100, 0): (8, 4),
    (6200, 0): (4, 6),
}


def measure(points: pd.DataFrame, parameters=RING, controls=CONTROLS):
    day = points.local_date.to_numpy().astype("datetime64[D]")
    return measure_surroundings(points, day, TREATED, controls, BEFORE, AFTER, parameters)


def test_rings_show_what_was_counted_and_what_the_controls_rings_lead_one_to_expect():
    rings = measure(incidents(WHERE)).rings
    assert rings.columns.tolist() == ["ring", "before", "after", "expected"]
    assert rings.ring.tolist() == ["0 to 100 m", "100 to 200 m"]
    assert rings.before.tolist() == [6, 5] and rings.after.tolist() == [3, 1]
    assert rings.expected.tolist() == [6 * 4 / 8, 5 * 6 / 4]
    alone = measure(incidents({at: n for at, n in WHERE.items() if at[0] < 3050 or at[0] == 6000}))
    assert alone.rings.expected.isna().all()  # nothing in the controls' rings before


def test_the_difference_is_per_control_place_and_for_the_length_of_the_days_before():
    found = measure(incidents(WHERE)).displacement.difference.set_index("part").estimate
    k, n = 10 / 30, 2
    local = (4 / k - 30) - (20 / k / n - 30 / n)
    beside = (3 / k - 6) - (4 / k / n - 8 / n)
    assert found["local"] == pytest.approx(local) and found["displacement"] == pytest.approx(beside)
    assert found["total"] == pytest.approx(local + beside)


def test_days_outside_both_periods_count_for_nothing():
    late = incidents(WHERE).assign(local_date=pd.Timestamp("2026-02-10"))
    early = incidents(WHERE).assign(local_date=pd.Timestamp("2025-12-31"))
    plain, padded = measure(incidents(WHERE)), measure(pd.concat([late, incidents(WHERE), early]))
    pd.testing.assert_frame_equal(plain.rings, padded.rings)
    pd.testing.assert_frame_equal(plain.displacement.difference, padded.displacement.difference)


def test_too_few_for_the_published_measures_leaves_them_out():
    few = measure(incidents({(0, 0): (2, 1), (3000, 0): (2, 1), (100, 0): (3, 1)}))
    assert few.displacement is None and few.quotient is None and few.rings.before.tolist() == [3, 0]


def test_harm_is_summed_by_weight_with_nothing_for_an_incident_without_one(monkeypatch):
    twice = Dispersion(2.0, np.inf)
    monkeypatch.setattr("analytics.tasking.effect.spillover.measure_dispersion", lambda day, before: twice)
    points = incidents(WHERE)
    weight = np.where(points.x == 0, 4.0, 10.0)
    weight[np.flatnonzero(points.x == 0)[:5]] = np.nan  # five of the 30 before at the place
    harm = measure(points.assign(harm=weight)).harm
    assert harm.columns.tolist() == ["part", "before", "after", "estimate", "low", "high", "p"]
    assert harm.part.tolist() == ["local", "displacement", "total"]
    assert harm.before.tolist() == [100, 60, 160] and harm.after.tolist() == [16, 30, 46]
    k, n = 10 / 30, 2
    assert harm.estimate[0] == pytest.approx((16 / k - 100) - (200 / k - 300) / n)
    # A compound Poisson's variance (squared weights over the squared divisor) times the dispersion.
    variance = 2 * (25 * 16 + 4 * 16 / k**2 + 30 * 100 / n**2 + 20 * 100 / (k * n) ** 2)
    assert harm.high[0] - harm.estimate[0] == pytest.approx(1.644854 * np.sqrt(variance), rel=1e-6)
    assert measure(points.assign(harm=np.nan)).harm.empty and measure(points).harm.empty


def test_near_repeats_are_those_that_another_followed_whose_days_are_all_in_one_period():
    """Counted by hand: pairs under 60 m and 5 days apart; the last four days of a period are not whole."""
    days = {"before": ["01-01", "01-03", "01-10", "01-25", "01-26", "01-27"], "after": ["01-31", "02-02"]}
    when = [pd.Timestamp(f"2026-{day}") for day in (*days["before"], *days["after"])]
    own = pd.DataFrame({"x": 0.0, "y": 0.0, "local_date": when})
    other = pd.DataFrame({"x": 3000.0, "y": [0.0, 40.0, 0.0], "local_date": [when[0], when[1], when[6]]})
    # Thirty are needed: these lie far from everything and from each other.
    alone = pd.DataFrame({"x": 50_000.0, "y": 1000.0 * np.arange(30), "local_date": when[0]})
    points = pd.concat([own, other, alone], ignore_index=True)
    parameters = EffectParameters(ring=100.0, near_m=60.0, near_days=5)
    found = measure(points, parameters).near_repeats
    assert measure(points, parameters).near_refused == ""
    assert found.columns.tolist() == ["area", "period", "incidents", "followed", "share", "low", "high"]
    assert found[["area", "period", "incidents", "followed"]].to_numpy().tolist() == [
        ["the place", "before", 5, 3],  # 1, 3, 10, 25 and 26 Jan; followed: 1, 25 and 26 Jan
        ["the place", "after", 2, 1],
        ["similar places", "before", 2, 1],
        ["similar places", "after", 1, 0],
    ]
    assert found.share.tolist() == [3 / 5, 1 / 2, 1 / 2, 0]
    assert found.low[0] == pytest.approx(proportion_confint(3, 5, method="wilson")[0])
    apart = measure(points, EffectParameters(ring=100.0, near_m=40.0, near_days=5)).near_repeats
    assert apart.followed.tolist()[2] == 0  # 40 m is not under 40 m
    one_area = measure(points.drop(index=10), parameters).near_repeats
    assert one_area.incidents[3] == 0 and np.isnan(one_area.share[3]) and np.isnan(one_area.low[3])


def counts(**areas: tuple[float, float]) -> dict[str, AreaCounts]:
    return {name: AreaCounts(*areas[name]) for name in AREAS}


FELL = counts(treated=(400, 100), control=(600, 400), displacement=(300, 80), displacement_control=(300, 100))


def test_the_quotients_interval_is_that_of_counts_drawn_as_poisson():
    """Drawn all at once here instead of one after another; large counts agree within chance."""
    weighing = BeforeAfterParameters((1.0, 1 / 3), {"control": 2.0, "displacement_control": 2.0})
    low, high = _quotient_interval(FELL, weighing, 0)
    rng, n = np.random.default_rng(1), 20_000
    drawn = {
        name: (rng.poisson(area.before, n), rng.poisson(area.after, n) * 3) for name, area in FELL.items()
    }
    share = {
        name: drawn[name][1] / (drawn["control"][1] / 2) - drawn[name][0] / (drawn["control"][0] / 2)
        for name in ("treated", "displacement")
    }
    quotient = (share["displacement"] / share["treated"])[share["treated"] < 0]
    expected = np.quantile(quotient, [0.025, 0.975])
    width = expected[1] - expected[0]
    assert abs(low - expected[0]) < 0.08 * width and abs(high - expected[1]) < 0.08 * width
    assert _quotient_interval(FELL, weighing, 0) == (low, high) != _quotient_interval(FELL, weighing, 1)
    narrow = _quotient_interval(FELL, BeforeAfterParameters((1.0, 1 / 3), weighing.area_weights, 0.5), 0)
    assert low < narrow[0] < narrow[1] < high


def test_there_is_no_interval_without_a_fall_nor_where_most_draws_have_none():
    weighing = BeforeAfterParameters()
    rose = counts(
        treated=(100, 400), control=(600, 400), displacement=(300, 80), displacement_control=(300, 100)
    )
    assert _quotient_interval(rose, weighing, 0) is None
    barely = counts(treated=(12, 0.8), control=(12, 1), displacement=(12, 1), displacement_control=(12, 1))
    assert _quotient_interval(barely, weighing, 0) is None  # its control is nought in a third of the draws


def test_the_interval_goes_by_the_seed_of_the_parameters():
    points = incidents(WHERE)
    first, again = measure(points).quotient, measure(points).quotient
    assert first == again != measure(points, EffectParameters(ring=100.0, seed=1)).quotient


def test_dates_known_to_the_month_alone_have_no_near_repeats_and_the_refusal_says_so():
    points = incidents(WHERE)
    points["y"] = 0.1 * np.arange(len(points))  # of many at one address nothing would be told
    coarse = measure(points.assign(time_precision="month"))
    assert coarse.near_repeats.empty and "month only" in coarse.near_refused
    assert not measure(points.assign(time_precision="day")).near_repeats.empty
