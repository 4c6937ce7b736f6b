import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from scipy import stats

from analytics.hotspots.methods.density import density_at, polygon_mask
from analytics.hotspots.methods.density_ratio import Scatter, density_ratio
from analytics.hotspots.refusal import TooFewData

# A ragged area: an L with a lake.
AREA = shapely.Polygon(
    [(0, 0), (6_000, 0), (6_000, 2_500), (2_500, 3_000), (3_000, 6_000), (0, 6_000)]
).difference(shapely.Point(1_500, 1_500).buffer(700))
BOUNDS = (0, 0, 6_000, 6_000)
MASK = polygon_mask(AREA, BOUNDS, 250)
SETTINGS = {"bandwidth": 800, "cell": 250, "bounds": BOUNDS, "mask": MASK}


def scatter(rng, n: int) -> np.ndarray:
    """Points over the area, twice as dense in the west."""
    points = rng.uniform(0, 6_000, (8 * n, 2))
    kept = shapely.contains_xy(AREA, *points.T) & (rng.random(8 * n) < np.where(points[:, 0] < 3_000, 1, 0.5))
    return points[kept][:n]


def test_the_log_ratio_is_that_of_two_direct_sums():
    rng = np.random.default_rng(1)
    cases, reference = scatter(rng, 400).T, scatter(rng, 900).T
    harm = rng.gamma(2, 1, 400)
    inside = [MASK[(p[1] // 250).astype(int), (p[0] // 250).astype(int)] for p in (cases, reference)]
    ratio = density_ratio(Scatter(*cases, harm), Scatter(*reference), permutations=19, **SETTINGS)
    x, y = np.meshgrid(*ratio.log_ratio.centres())
    known = np.isfinite(ratio.log_ratio.values)
    sums = [
        density_at(*p[:, kept], w[kept], x[known], y[known], bandwidth=800, kernel="gaussian") / w[kept].sum()
        for p, w, kept in zip((cases, reference), (harm, np.ones(900)), inside, strict=True)
    ]
    np.testing.assert_allclose(ratio.log_ratio.values[known], np.log(sums[0] / sums[1]), atol=1e-3)
    assert known.sum() > 0.8 * MASK.sum() and not known[~MASK].any()


@pytest.mark.parametrize("null", ["labels", "population"])
def test_without_a_pattern_five_per_cent_of_places_and_of_maps_are_called(null):
    rng = np.random.default_rng(2)
    maps, shares = 0, []
    for seed in range(60):
        reference = scatter(rng, 500)
        cases = scatter(rng, 200) if null == "labels" else reference[rng.integers(0, 500, 200)]
        ratio = density_ratio(
            Scatter(*cases.T), Scatter(*reference.T), null=null, permutations=199, seed=seed, **SETTINGS
        )
        tested = np.isfinite(ratio.p.values)
        shares.append((ratio.p.values[tested] <= 0.05).mean())
        maps += (ratio.p_map.values[tested] <= 0.05).any()
    # Places near each other are called together, so a map's share varies widely about its mean of 0.05.
    assert abs(np.mean(shares) - 0.05) < 4 * np.std(shares) / np.sqrt(60)
    assert stats.binomtest(int(maps), 60, 0.05, alternative="greater").pvalue > 0.001


@pytest.mark.parametrize("null", ["labels", "population"])
def test_a_place_of_threefold_risk_is_found_and_no_other(null):
    rng = np.random.default_rng(3)
    reference, extra = scatter(rng, 3_000), np.array([1_000, 4_500]) + rng.normal(0, 300, (60, 2))
    cases = np.r_[scatter(rng, 400), extra]
    ratio = density_ratio(Scatter(*cases.T), Scatter(*reference.T), null=null, permutations=199, **SETTINGS)
    x, y = np.meshgrid(*ratio.p_map.centres())
    distance = np.hypot(x - 1_000, y - 4_500)
    high = (ratio.p_map.values <= 0.05) & (ratio.log_ratio.values > 0)
    assert high[distance < 300].all() and not high[distance > 2_500].any()


def test_memphis_robberies_against_its_residents(shared_data):
    to_metres = Transformer.from_crs(4326, 32616, always_xy=True)
    robberies = pd.read_csv(shared_data / "incidents/memphis_robberies.csv")
    blocks = pd.read_csv(shared_data / "incidents/memphis_population_blocks.csv.gz")
    city = gpd.read_file(shared_data / "boundaries/memphis_precincts.geojson").to_crs(32616).union_all()
    cell, bounds = 400, city.bounds
    ratio = density_ratio(
        Scatter(*to_metres.transform(robberies.lon, robberies.lat)),
        Scatter(*to_metres.transform(blocks.lon, blocks.lat), blocks.population),
        bandwidth=1_000,
        cell=cell,
        bounds=bounds,
        mask=polygon_mask(city, bounds, cell),
        null="population",
        permutations=199,
    )
    tested = np.isfinite(ratio.p.values)
    high = (ratio.p_map.values <= 0.05) & (ratio.log_ratio.values > 0)
    low = (ratio.p_map.values <= 0.05) & (ratio.log_ratio.values < 0)
    assert high.sum() > 30 and low.sum() > 30 and (high | low).sum() < 0.8 * tested.sum()
    # Few live downtown and many are robbed there: risk is above that of the city as a whole.
    x, y = to_metres.transform(-90.052, 35.143)
    column, row = int((x - bounds[0]) // cell), int((y - bounds[1]) // cell)
    assert high[row, column]


def test_it_refuses_what_it_cannot_carry():
    rng = np.random.default_rng(4)
    few, many = Scatter(*scatter(rng, 20).T), Scatter(*scatter(rng, 200).T)
    with pytest.raises(TooFewData, match="30 cases"):
        density_ratio(few, many, **SETTINGS)
    with pytest.raises(TooFewData, match="Nowhere"):
        density_ratio(many, many, minimum_expected=1e6, **SETTINGS)
    with pytest.raises(ValueError, match="null hypothesis"):
        density_ratio(many, many, null="none", **SETTINGS)
    with pytest.raises(ValueError, match="smaller than a cell"):
        density_ratio(many, many, **SETTINGS | {"bandwidth": 100})
    with pytest.raises(ValueError, match="mask has shape"):
        density_ratio(many, many, **SETTINGS | {"mask": MASK[1:]})
