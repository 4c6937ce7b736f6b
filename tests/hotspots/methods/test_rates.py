import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from esda.smoothing import Empirical_Bayes
from scipy import stats

from analytics.hotspots.methods.rates import AreaRateParameters, area_rates, count_interval, sum_in_areas
from analytics.hotspots.refusal import TooFewData

ONE = AreaRateParameters(per=1)


def town(areas=60, *, seed=0, spread=0.3):
    """Counts of areas whose true rates are known."""
    rng = np.random.default_rng(seed)
    target = np.round(np.exp(rng.normal(6, 1.2, areas)))
    truth = rng.gamma(1 / spread**2, 0.02 * spread**2, areas)
    return rng.poisson(truth * target).astype(float), target, truth


def test_intervals_are_the_exact_poisson_ones():
    count = np.array([0, 1, 3, 17, 400.0])
    table = area_rates(count, np.array([10, 20, 30, 40, 50.0]), AreaRateParameters(per=100))
    low = np.where(count > 0, stats.chi2.ppf(0.025, 2 * count) / 2, 0)
    high = stats.chi2.ppf(0.975, 2 * (count + 1)) / 2
    np.testing.assert_allclose(table.low, 100 * np.nan_to_num(low) / table.target, rtol=1e-9)
    np.testing.assert_allclose(table.high, 100 * high / table.target, rtol=1e-9)
    np.testing.assert_allclose(stats.poisson.cdf(count, high), 0.025, rtol=1e-6)
    assert table.rate.tolist() == [0, 5, 10, 42.5, 800]
    assert table.small.tolist() == [True, True, True, True, False]


@pytest.mark.parametrize("seed", range(3))
def test_shrinkage_matches_esda(seed):
    count, target, _ = town(seed=seed)
    ours = area_rates(count, target, ONE)
    np.testing.assert_allclose(ours.shrunk, Empirical_Bayes(count, target).r.ravel(), rtol=1e-12)


def test_shrunk_rates_are_nearer_the_truth_and_never_wild():
    count, target, truth = town(300)
    table = area_rates(count, target, ONE)
    weighed = lambda estimate: ((estimate - truth) ** 2).mean()  # noqa: E731
    assert weighed(table.shrunk) < 0.5 * weighed(table.rate)
    assert table.shrunk.between(table.rate.min(), table.rate.max()).all()


def test_without_any_difference_all_rates_shrink_to_the_mean():
    """Where the areas differ less than chance alone makes them, Marshall's variance is negative: taken as
    none."""
    count, target = np.full(10, 5.0), np.full(10, 100.0)
    assert (area_rates(count, target, ONE).shrunk == 0.05).all()
    assert (area_rates(np.zeros(10), target, ONE).shrunk == 0).all()


def test_the_interval_covers_at_least_what_it_says():
    rng = np.random.default_rng(3)
    truth = rng.uniform(0.2, 20, 4000)
    table = area_rates(rng.poisson(truth), np.ones(4000), ONE)
    assert 0.95 <= ((table.low <= truth) & (truth <= table.high)).mean() < 0.985


def test_harm_intervals_cover_and_equal_weights_change_nothing_but_the_unit():
    rng = np.random.default_rng(4)
    weights, rates = np.array([1.0, 10, 60]), np.array([12.0, 4, 1.5])
    drawn = rng.poisson(rates, (3000, 3))
    harm, squares = drawn @ weights, drawn @ weights**2
    table = area_rates(harm, np.ones(3000), ONE, squares=squares, largest=60)
    assert ((table.low <= weights @ rates) & (weights @ rates <= table.high)).mean() >= 0.94
    count, target, _ = town()
    plain = area_rates(count, target, ONE)
    sevens = area_rates(7 * count, target, ONE, squares=49 * count, largest=7)
    for column in ("rate", "low", "high", "shrunk"):
        np.testing.assert_allclose(sevens[column], 7 * plain[column], rtol=1e-9)
    assert (sevens.small == plain.small).all()


def test_an_area_without_a_target_has_no_rate():
    table = area_rates(np.array([4.0, 30, 2]), np.array([0, 100, 50.0]), ONE)
    assert table.loc[0, ["rate", "low", "high", "shrunk"]].isna().all() and table["count"][0] == 4
    assert table.rate[1:].notna().all()


def test_refusals():
    with pytest.raises(TooFewData, match="at least two areas"):
        area_rates(np.array([3.0, 4]), np.array([0, 7.0]))
    with pytest.raises(ValueError, match="less than nothing"):
        area_rates(np.array([3.0, -4]), np.array([5, 7.0]))


def test_points_on_a_border_count_once_and_those_outside_are_told():
    outlines = shapely.box([0, 1], [0, 0], [1, 2], [1, 1])
    sums, outside = sum_in_areas(
        np.array([0.5, 1, 1.5, 9]), np.array([0.5, 0.5, 0.5, 9]), [1, 2, 4, 8], outlines
    )
    assert sums.tolist() == [3, 4] and outside == 8


def test_memphis_residents_by_precinct(shared_data):
    precincts = gpd.read_file(shared_data / "boundaries/memphis_precincts.geojson")
    blocks = pd.read_csv(shared_data / "incidents/memphis_population_blocks.csv.gz")
    robberies = pd.read_csv(shared_data / "incidents/memphis_robberies.csv")
    outlines = precincts.geometry.to_numpy()
    residents, outside = sum_in_areas(blocks.lon, blocks.lat, blocks.population, outlines)
    points = gpd.GeoDataFrame(blocks, geometry=gpd.points_from_xy(blocks.lon, blocks.lat), crs=4326)
    joined = points.sjoin(precincts, predicate="within").groupby("index_right").population.sum()
    np.testing.assert_allclose(residents, joined.reindex(range(9), fill_value=0))
    assert residents.sum() + outside == blocks.population.sum()
    count, _ = sum_in_areas(robberies.lon, robberies.lat, np.ones(len(robberies)), outlines)
    table = area_rates(count, residents)
    assert not table.small.any() and (table.low < table.rate).all() and (table.rate < table.high).all()


def test_what_is_negative_or_has_no_target_is_refused_in_words():
    for count, target in (([-1, 2], [5, 5]), ([1, 2], [5, -5])):
        with pytest.raises(ValueError, match=r"^A count or a target cannot be less than nothing\.$"):
            area_rates(np.array(count), np.array(target))
    with pytest.raises(
        TooFewData,
        match=r"^Rates need at least two areas with residents, households or another target in them\. Load "
        r"the target's numbers, or use counts\.$",
    ):
        area_rates(np.array([1, 2, 3]), np.array([0, np.nan, 4]))


def test_the_interval_is_as_wide_as_asked():
    count, target = np.array([0, 3, 40.0]), np.array([10, 10, 10.0])
    table = area_rates(count, target, AreaRateParameters(per=1, interval=0.5))
    np.testing.assert_allclose(table.low[1:], stats.chi2.ppf(0.25, 2 * count[1:]) / 20, rtol=1e-9)
    np.testing.assert_allclose(table.high, stats.chi2.ppf(0.75, 2 * (count + 1)) / 20, rtol=1e-9)
    low, high = count_interval(count)
    np.testing.assert_allclose(high, stats.chi2.ppf(0.975, 2 * (count + 1)) / 2, rtol=1e-9)
    assert low[0] == 0 and low[1] == pytest.approx(stats.chi2.ppf(0.025, 6) / 2)


def test_twenty_incidents_are_not_few_and_of_harm_as_many_as_would_be_as_uncertain():
    assert area_rates(np.array([19, 20, 0]), np.array([9, 9, 9])).small.tolist() == [True, False, True]
    # Sixty of harm: twenty incidents of three each, or fewer heavier ones; half an incident is few.
    harm = area_rates(
        np.array([60.0, 60.0, 0.5]), np.array([9, 9, 9]), squares=np.array([180.0, 200.0, 0.25]), largest=3
    )
    assert harm.small.tolist() == [False, True, True]
    whole = area_rates(np.array([3, 4]), [5, 6])
    assert whole["count"].dtype == whole.target.dtype == float


def test_a_point_in_the_box_of_an_outline_and_not_in_it_counts_in_none():
    triangle, far = shapely.Polygon([(0, 0), (10, 0), (0, 10)]), shapely.box(50, 50, 60, 60)
    sums, outside = sum_in_areas(
        np.array([1.0, 9.0]), np.array([1.0, 9.0]), np.array([3, 4]), np.array([triangle, far])
    )
    assert sums.tolist() == [3, 0] and outside == 4
    sums, outside = sum_in_areas(np.array([1.0]), np.array([1.0]), np.array([3]), np.array([triangle, far]))
    assert sums.tolist() == [3, 0] and outside == 0
