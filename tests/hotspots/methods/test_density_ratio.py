import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from scipy import stats

from analytics.hotspots.methods.density import GaussianNodes, density_at, polygon_mask
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


def small_sets(seed):
    """40 weighted cases and 55 reference points over 1,000 m by 800 m, some of them outside."""
    rng = np.random.default_rng(seed)
    cases = rng.uniform(-40, 1_040, 40), rng.uniform(-40, 840, 40), rng.gamma(4, 1, 40)
    reference = rng.uniform(-60, 1_060, 55), rng.uniform(-60, 860, 55), rng.gamma(4, 1, 55)
    return tuple(Scatter(x + WEST, y + SOUTH, weight) for x, y, weight in (cases, reference))


WEST, SOUTH = 5_000.0, -3_000.0
WINDOW = {"bandwidth": 220.0, "cell": 200.0, "bounds": (WEST, SOUTH, WEST + 1_000.0, SOUTH + 800.0)}
NOTCH = np.ones((4, 5), dtype=bool)
NOTCH[3, 4] = False


def lying_in(points, mask):
    row = np.floor((points.y - SOUTH) / 200).astype(int)
    column = np.floor((points.x - WEST) / 200).astype(int)
    inside = (row >= 0) & (row < 4) & (column >= 0) & (column < 5)
    inside[inside] = mask[row[inside], column[inside]]
    return points.x[inside], points.y[inside], points.weights[inside]


def draw_by_algorithm_s(n, of, seed):
    """Knuth's selection sampling by Vigna's xorshift64*, in Python's whole numbers."""
    state, wanted, drawn = int(seed), n, []
    for k in range(of):
        state ^= state >> 12
        state = (state ^ (state << 25)) % 2**64
        state ^= state >> 27
        share = ((state * 0x2545F4914F6CDD1D) % 2**64 >> 11) / 2**53
        if share * (of - k) < wanted:
            wanted, drawn = wanted - 1, [*drawn, k]
    assert wanted == 0
    return np.array(drawn)


def density_of(points, at):
    x, y, weight = points
    square = (at[0][:, None] - x) ** 2 + (at[1][:, None] - y) ** 2
    return np.exp(-square / 2 / 220**2) @ weight / (2 * np.pi * 220**2)


@pytest.mark.parametrize("null", ["labels", "population"])
@pytest.mark.parametrize(
    ("mask", "minimum", "exchanged"), [(None, 11.5, False), (NOTCH, 11.5, False), (None, 13.5, True)]
)
def test_the_ratio_its_p_and_what_is_expected_are_those_of_sums_written_out(null, mask, minimum, exchanged):
    """More reference points than cases, or fewer: the lesser number is what is expected under labels."""
    cases, reference = small_sets(5)[:: -1 if exchanged else 1]
    area = np.ones((4, 5), dtype=bool) if mask is None else mask
    one, other = lying_in(cases, area), lying_in(reference, area)
    n, m = len(one[0]), len(other[0])
    assert 30 <= min(n, m) < 40 and max(n, m) < 55
    x, y = np.meshgrid(WEST + np.arange(100, 1_000, 200.0), SOUTH + np.arange(100, 800, 200.0))
    at = x[area], y[area]
    effective = [w.sum() ** 2 / (w**2).sum() for w in (one[2], other[2])]
    together = tuple(np.r_[a, b] for a, b in zip(one, other, strict=True))
    f, g = density_of(one, at) / one[2].sum(), density_of(other, at) / other[2].sum()
    null_density = g if null == "population" else density_of(together, at) / together[2].sum()
    kernel_area = 4 * np.pi * 220**2
    counted = effective[0] if null == "population" else min(effective)
    tested = null_density * counted * kernel_area >= minimum
    assert 0.3 < tested.mean() < 1
    # Every draw made again. Points are numbered by their row of nodes, and as given within it.
    nodes = GaussianNodes(220.0, 200.0, (WEST, SOUTH), (4, 5))
    order = np.argsort(np.floor(nodes.positions(together[0], together[1])[1]), kind="stable")
    rng, simulated = np.random.default_rng(9), []
    seeds = rng.integers(1, 2**64, 19, np.uint64)
    for seed in seeds:
        if null == "population":
            rows = rng.choice(m, n, p=other[2] / other[2].sum())
            drawn = density_of((other[0][rows], other[1][rows], rng.permutation(one[2])), at)
            simulated.append(drawn / one[2].sum() - g)
        else:
            chosen = np.zeros(n + m, dtype=bool)
            chosen[order[draw_by_algorithm_s(n, n + m, seed)]] = True
            halves = [tuple(values[side] for values in together) for side in (chosen, ~chosen)]
            simulated.append(np.subtract(*(density_of(half, at) / half[2].sum() for half in halves)))
    simulated, observed = np.array(simulated)[:, tested], (f - g)[tested]
    tails = np.minimum((simulated >= observed).sum(axis=0), (simulated <= observed).sum(axis=0))
    scale = np.sqrt(null_density[tested])
    largest = np.abs(simulated / scale).max(axis=1)
    exceeded = (largest[:, None] >= np.abs(observed / scale)).sum(axis=0)

    told = []
    ratio = density_ratio(
        cases,
        reference,
        **WINDOW,
        mask=mask,
        null=null,
        minimum_expected=minimum,
        permutations=19,
        seed=9,
        progress=told.append,
    )
    assert told == [0, 8 / 19, 16 / 19]
    for raster in (ratio.log_ratio, ratio.p, ratio.p_map, ratio.expected):
        assert (raster.x0, raster.y0, raster.cell, raster.values.shape) == (WEST, SOUTH, 200, (4, 5))
        assert np.isnan(raster.values[~area]).all()
    assert (np.isfinite(ratio.p.values[area]) == tested).all()
    np.testing.assert_allclose(ratio.log_ratio.values[area][tested], np.log(f / g)[tested], atol=1e-3)
    np.testing.assert_allclose(ratio.p.values[area][tested], np.minimum(1, 2 * (tails + 1) / 20))
    np.testing.assert_allclose(ratio.p_map.values[area][tested], (exceeded + 1) / 20)
    expected = null_density * effective[0] * kernel_area
    np.testing.assert_allclose(ratio.expected.values[area], expected, rtol=1e-3)


def test_labels_five_cases_and_999_permutations_where_nothing_else_is_asked():
    cases, reference = (Scatter(points.x, points.y) for points in small_sets(6))
    plain = density_ratio(cases, reference, **WINDOW)
    asked = density_ratio(
        cases, reference, **WINDOW, null="labels", minimum_expected=5.0, permutations=999, seed=0
    )
    ones = density_ratio(
        Scatter(cases.x, cases.y, np.ones(40)), Scatter(reference.x, reference.y, np.ones(55)), **WINDOW
    )
    for name in ("log_ratio", "p", "p_map", "expected"):
        values = getattr(plain, name).values
        np.testing.assert_array_equal(values, getattr(asked, name).values)
        np.testing.assert_array_equal(values, getattr(ones, name).values)


def test_points_without_a_weight_count_nothing():
    cases, reference = small_sets(7)
    more = Scatter(np.r_[cases.x, WEST + 500.0], np.r_[cases.y, SOUTH + 500.0], np.r_[cases.weights, 0.0])
    one, two = (density_ratio(points, reference, **WINDOW, permutations=9) for points in (cases, more))
    np.testing.assert_array_equal(one.p.values, two.p.values)


def test_where_there_is_none_of_either_the_ratio_is_a_million_to_one():
    """Cases in the west, reference points in the east, more than a kernel's reach apart."""
    rng = np.random.default_rng(8)
    west, east = rng.uniform(0, 300, (2, 40)), rng.uniform(0, 300, (2, 40))
    ratio = density_ratio(
        Scatter(*west),
        Scatter(east[0] + 3_700, east[1]),
        bandwidth=100,
        cell=100,
        bounds=(0, 0, 4_000, 300),
        permutations=19,
        minimum_expected=1.0,
    )
    known = np.isfinite(ratio.log_ratio.values)
    assert not known[:, 15:25].any() and known[:, :3].all() and known[:, -3:].all()
    assert (ratio.log_ratio.values[:, :3] == np.log(1e6)).all()
    assert (ratio.log_ratio.values[:, -3:] == -np.log(1e6)).all()


def test_thirty_of_each_are_enough_and_what_is_refused_is_named():
    rng = np.random.default_rng(9)
    x, y = rng.uniform(0, 800, (2, 31)) + [[WEST], [SOUTH]]
    thirty, fewer = Scatter(x[:30], y[:30]), Scatter(x[:29], y[:29])
    assert np.nanmax(density_ratio(thirty, thirty, **WINDOW, permutations=2).p.values) == 1
    for pair, counts in (((fewer, thirty), "29 and 30"), ((thirty, fewer), "30 and 29")):
        with pytest.raises(TooFewData) as refused:
            density_ratio(*pair, **WINDOW)
        assert str(refused.value) == (
            "A ratio of densities needs at least 30 cases and 30 reference points in the study area; there "
            f"are {counts}. Widen the period or the area."
        )
    with pytest.raises(TooFewData) as refused:
        density_ratio(thirty, thirty, **WINDOW, minimum_expected=400.0)
    assert str(refused.value) == (
        "Nowhere are 400 cases expected within the kernel: choose a wider bandwidth or a longer period."
    )
    for asked, message in (
        ({"null": "none"}, "The null hypothesis is one of labels, population, not 'none'."),
        ({"bandwidth": 199.5}, "The bandwidth (199.5 m) is smaller than a cell (200 m)."),
        ({"cell": 0.0}, "The bandwidth (220 m) is smaller than a cell (0 m)."),
        ({"mask": NOTCH[1:]}, "The mask has shape (3, 5), the raster (4, 5)."),
    ):
        with pytest.raises(ValueError) as unknown:
            density_ratio(thirty, thirty, **WINDOW | asked)
        assert str(unknown.value) == message
    density_ratio(thirty, thirty, **WINDOW | {"bandwidth": 200.0}, permutations=1)
