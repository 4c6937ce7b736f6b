import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from esda.getisord import G_Local
from libpysal.weights import W
from scipy import special, stats

from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.methods import emerging
from analytics.hotspots.methods.emerging import (
    BinStatistics,
    CubeParameters,
    RecurrenceParameters,
    SpaceTimeCube,
    _classes,
    _moving_sum,
    _pearson_two_sided,
    build_cube,
    classify_emerging,
    classify_recurrence,
    mann_kendall,
    measure_bins,
    split_steps,
)
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import Selection
from analytics.store.engine import DuckDBEngine

KINDS = pytest.mark.parametrize("kind", ["hexagon", "square"])


def cube_of(values, i, j):
    edges = pd.date_range("2020-01-01", periods=values.shape[1] + 1, freq="7D")
    return SpaceTimeCube(pd.DataFrame({"i": i, "j": j}), edges, values.astype(float), int(values.sum()))


def town(n=16, *, seed=0, mean=1.0, steps=20, irregular=False):
    rng = np.random.default_rng(seed)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(n), np.arange(n)))
    if irregular:  # a river, a ragged coast and a hole
        keep = (np.abs(i - j) > 1) & (i + j < 1.6 * n) & (np.hypot(i - 4, j - 9) > 2)
        i, j = i[keep], j[keep]
    return cube_of(rng.poisson(mean, (len(i), steps)), i, j)


def space_time_weights(cube, grid, steps_back):
    """libpysal weights over the bins, cell by cell, without the bin itself (esda adds it)."""
    row = {(a, b): k for k, (a, b) in enumerate(zip(cube.cells.i, cube.cells.j, strict=True))}
    steps = cube.values.shape[1]
    offsets = ((0, 0), *grid.neighbours())
    neighbours = {
        k * steps + t: [
            row[a + di, b + dj] * steps + t - back
            for back in range(min(t, steps_back) + 1)
            for di, dj in offsets
            if (a + di, b + dj) in row and (di, dj, back) != (0, 0, 0)
        ]
        for (a, b), k in row.items()
        for t in range(steps)
    }
    return W(neighbours, silence_warnings=True)


@KINDS
def test_gi_star_over_the_cube_matches_esda(kind):
    cube, grid = town(8, irregular=True, steps=12), Grid(kind, 100)
    ours = measure_bins(cube, grid, CubeParameters("cube", steps_back=1))
    weights = space_time_weights(cube, grid, 1)
    theirs = G_Local(cube.values.ravel(), weights, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(ours.z.ravel(), theirs.Zs, rtol=1e-9)


@KINDS
def test_gi_star_on_one_slice_matches_esda(kind):
    cube, grid = town(9, irregular=True, steps=12), Grid(kind, 100)
    ours = measure_bins(cube, grid, CubeParameters("slice", steps_back=0))
    one = SpaceTimeCube(cube.cells, cube.edges[:2], cube.values[:, 7:8], 100)
    theirs = G_Local(
        one.values[:, 0], space_time_weights(one, grid, 0), transform="B", star=True, permutations=0
    )
    np.testing.assert_allclose(ours.z[:, 7], theirs.Zs, rtol=1e-9)


def test_the_slice_of_two_steps_matches_esda():
    cube, grid = town(9, steps=12), Grid("square", 100)
    ours = measure_bins(cube, grid, CubeParameters("slice", steps_back=1))
    two = SpaceTimeCube(cube.cells, cube.edges[:3], cube.values[:, 4:6], 100)
    theirs = G_Local(
        two.values.ravel(), space_time_weights(two, grid, 1), transform="B", star=True, permutations=0
    )
    np.testing.assert_allclose(ours.z[:, 5], theirs.Zs.reshape(-1, 2)[:, 1], rtol=1e-9)


@pytest.mark.parametrize("mean", [0.1, 2.0])
def test_p_matches_random_placement(mean):
    """The share of 20,000 random placements at least as extreme, for one cell with all its neighbours."""
    cube, grid = town(10, mean=mean, steps=10), Grid("square", 100)
    ours = measure_bins(cube, grid, CubeParameters("slice", steps_back=0))
    values = cube.values[:, 3]
    rng = np.random.default_rng(1)
    sums = rng.permuted(np.tile(values, (20_000, 1)), axis=1)[:, :9].sum(axis=1)
    near = (np.abs(cube.cells.i - 5) <= 1) & (np.abs(cube.cells.j - 5) <= 1)
    middle = np.flatnonzero((cube.cells.i == 5) & (cube.cells.j == 5))[0]
    observed = values[near].sum()
    above, below = (sums >= observed).mean(), (sums <= observed).mean()
    middle_p = 2 * min(above - (sums == observed).mean() / 2, below - (sums == observed).mean() / 2)
    assert near.sum() == 9 and ours.p[middle, 3] == pytest.approx(min(1, middle_p), abs=0.05)


@pytest.mark.parametrize(("mean", "irregular"), [(0.1, True), (1.0, False), (1.0, True)])
def test_without_a_pattern_few_cubes_hold_any_hotspot_and_few_cells_a_trend(mean, irregular):
    false_maps, trends = 0, []
    for seed in range(60):
        cube, grid = town(10, seed=seed, mean=mean, irregular=irregular, steps=16), Grid("square", 100)
        bins = measure_bins(cube, grid, CubeParameters())
        false_maps += (bins.verdict != 0).any()
        trends.append((mann_kendall(bins.z, overlap=1)[1] <= 0.05).mean())
    assert stats.binomtest(false_maps, 60, 0.05, alternative="greater").pvalue > 1e-3
    assert 0.02 < np.mean(trends) < 0.07


def slow_mann_kendall(series):
    n = len(series)
    s = sum(np.sign(series[b] - series[a]) for a in range(n) for b in range(a + 1, n))
    ties = pd.Series(series).value_counts()
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    return (s - np.sign(s)) / np.sqrt(variance) if variance > 0 else 0.0


def test_mann_kendall_matches_the_pairs_counted_one_by_one_and_scipy():
    rng = np.random.default_rng(2)
    series = np.vstack([rng.normal(size=(20, 15)), rng.integers(0, 3, (20, 15)), np.zeros((1, 15))])
    z, p = mann_kendall(series.astype(float))
    np.testing.assert_allclose(z, [slow_mann_kendall(row) for row in series], atol=1e-12)
    tau = stats.kendalltau(np.arange(15), series[0])
    s = tau.statistic * 15 * 14 / 2
    assert z[0] == pytest.approx((s - np.sign(s)) / np.sqrt(15 * 14 * 35 / 18))
    assert (z[-1], p[-1]) == (0, 1)
    corrected = mann_kendall(series.astype(float), overlap=1)[0]
    assert (np.abs(corrected[z != 0]) < np.abs(z[z != 0])).all()


@pytest.mark.parametrize(
    ("steps", "trend", "expected"),
    [
        ("0000000000", 0, ""),
        ("0000000001", 0, "new"),
        ("0000000011", 0, "consecutive"),
        ("0111111111", 1, "intensifying"),
        ("1111111111", -1, "diminishing"),
        ("1111110111", 0, "persistent"),
        ("1111111110", 1, "historical"),
        ("0010000001", 0, "sporadic"),
        ("0010000011", 0, "sporadic"),
        ("0c10000001", 0, "oscillating"),
        ("0c00000001", 0, "new"),
        ("0c00000011", 0, "consecutive"),
        ("1111100000", 0, ""),
        ("c000000000", 0, ""),
    ],
)
def test_each_class_as_it_is_written(steps, trend, expected):
    on = np.array([[c == "1" for c in steps]])
    cold = np.array([[c == "c" for c in steps]])
    assert _classes(on, cold, np.array([trend]), 0.9).tolist() == [expected]


def planted():
    """A town of mean 3 with one lasting place, one that rises from nothing, and one that ended."""
    cube = town(20, mean=3.0, steps=20, seed=9)
    rng = np.random.default_rng(1)
    i, j = cube.cells.i.to_numpy(), cube.cells.j.to_numpy()
    for (ci, cj), when in {(4, 4): slice(0, 20), (15, 4): slice(16, 20), (4, 15): slice(0, 10)}.items():
        near = (np.abs(i - ci) <= 1) & (np.abs(j - cj) <= 1)
        cube.values[near, when] += rng.poisson(9, cube.values[near, when].shape)
    middle = {
        name: np.flatnonzero((i == a) & (j == b))[0]
        for name, a, b in (("lasting", 4, 4), ("rising", 15, 4), ("ended", 4, 15), ("nothing", 15, 15))
    }
    return cube, middle


def test_planted_places_get_their_class():
    cube, middle = planted()
    found = classify_emerging(cube, Grid("square", 100), CubeParameters("slice"))["class"]
    assert found[middle["lasting"]] == "persistent hot"
    assert found[middle["rising"]] == "consecutive hot"
    assert found[middle["nothing"]] == found[middle["ended"]] == "no pattern"
    four = classify_recurrence(cube, Grid("square", 100))
    assert four["class"][list(middle.values())].tolist() == [
        "persistent hot",
        "emerging hot",
        "former hot",
        "no pattern",
    ]
    assert four.filter(like="share").to_numpy().max() <= 1


def test_recent_and_older_steps_do_not_overlap():
    """Hot in the last older step and no other: sfhotspot 1.0.0 counts that step as recent."""
    cube, _ = planted()
    grid = Grid("square", 100)
    only = cube.values.copy()
    only[:] = town(20, mean=3.0, steps=20, seed=9).values
    near = (np.abs(cube.cells.i - 10) <= 1) & (np.abs(cube.cells.j - 10) <= 1)
    only[near.to_numpy(), 15] += 20
    parameters = RecurrenceParameters(hotspot_share=0.05, change_level=1)
    table = classify_recurrence(replace(cube, values=only), grid, parameters)
    cell = table[(table.i == 10) & (table.j == 10)].iloc[0]
    assert (cell.hot_share, cell.recent_hot_share, cell["class"]) == (1 / 20, 0, "former hot")


def test_the_cube_of_a_store_counts_every_incident_in_its_cell_and_step(store):
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(
        {
            "n": range(3000),
            "x": rng.uniform(0, 2000, 3000),
            "y": rng.uniform(0, 2000, 3000),
            "moment": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 365, 3000), unit="D"),
            "category": rng.choice(["a", "b", "c"], 3000),
        }
    )
    with store.write() as cursor:
        cursor.register("frame", frame)
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, x, y) SELECT 1, n, 1, category, moment, moment, 'minute', "
            "CAST(moment AS DATE), x, y FROM frame"
        ).fetchall()
    grid, selection = Grid("square", 500), Selection(1, date(2023, 1, 1), date(2023, 12, 31))
    study = pd.DataFrame([(a, b) for a in range(4) for b in range(4)][1:], columns=["i", "j"])
    edges = split_steps(date(2023, 2, 10), date(2023, 12, 31), None)
    cube = build_cube(DuckDBEngine(store), selection, grid, study, edges)
    harm = build_cube(DuckDBEngine(store), selection, grid, study, edges, {"a": 2.0, "b": 0.5})
    inside = frame[frame.moment >= "2023-03-01"]
    for k, (a, b) in enumerate(study.to_numpy()):
        mine = inside[(inside.x // 500 == a) & (inside.y // 500 == b)]
        expected = mine.groupby(mine.moment.dt.month).n.count().reindex(range(3, 13), fill_value=0)
        assert cube.values[k].tolist() == expected.tolist()
        weight = mine.category.map({"a": 2.0, "b": 0.5, "c": 0.0})
        assert harm.values[k].sum() == pytest.approx(weight.sum())
    assert cube.incidents == harm.incidents == cube.values.sum()
    weeks = build_cube(
        DuckDBEngine(store), selection, grid, study, split_steps(date(2023, 1, 1), date(2023, 12, 31), 7)
    )
    week = (frame.moment - weeks.edges[0]).dt.days // 7
    outside = (frame.x < 500) & (frame.y < 500)
    expected = week[(week >= 0) & ~outside].value_counts().reindex(range(52), fill_value=0)
    assert weeks.values.sum(axis=0).tolist() == expected.tolist()


def test_steps_are_whole():
    edges = split_steps(date(2024, 1, 1), date(2024, 1, 31), 7)
    assert (edges[0], edges[-1], len(edges)) == (pd.Timestamp("2024-01-04"), pd.Timestamp("2024-02-01"), 5)
    months = split_steps(date(2024, 1, 15), date(2024, 3, 31), None)
    assert months.tolist() == [
        pd.Timestamp("2024-02-01"),
        pd.Timestamp("2024-03-01"),
        pd.Timestamp("2024-04-01"),
    ]


@pytest.mark.parametrize("days", [None, 28])
def test_a_period_without_a_whole_step_is_refused(days):
    with pytest.raises(TooFewData, match="No whole step"):
        split_steps(date(2024, 1, 15), date(2024, 2, 5), days)


def test_moving_sums():
    assert _moving_sum(np.array([[1.0, 2, 4, 8]]), np.array([1, 2, 2, 2])).tolist() == [[1, 3, 6, 12]]


def test_refusals():
    grid = Grid("square", 100)
    with pytest.raises(TooFewData, match="10 steps"):
        classify_emerging(town(10, steps=5), grid)
    alike = town(10, steps=12)
    with pytest.raises(TooFewData, match="same count"):
        classify_emerging(replace(alike, values=np.ones_like(alike.values)), grid)


@pytest.mark.parametrize("baseline", ["cube", "slice"])
@pytest.mark.parametrize("steps_back", [0, 2])
def test_p_is_that_of_the_hypergeometric_distributions_moments(baseline, steps_back):
    """Counts of 0 and 1 are drawn without replacement: their sum's mean, deviation and skewness are known."""
    values = (np.random.default_rng(4).random((36, 12)) < 0.3).astype(float)
    i, j = np.divmod(np.arange(36), 6)
    ours = measure_bins(cube_of(values, i, j), Grid("square", 100), CubeParameters(baseline, steps_back))
    for step in (0, 1, 2, 11):
        reached = slice(max(0, step - steps_back), step + 1)
        base = values if baseline == "cube" else values[:, reached]
        for cell in (0, 3, 14):  # in a corner, at an edge, in the middle
            near = (np.abs(i - i[cell]) <= 1) & (np.abs(j - j[cell]) <= 1)
            drawn = stats.hypergeom(base.size, int(base.sum()), values[near, reached].size)
            mean, variance, skew = drawn.stats("mvs")
            z = (values[near, reached].sum() - mean) / np.sqrt(variance)
            tails = stats.pearson3.cdf(z, skew), stats.pearson3.sf(z, skew)
            assert ours.z[cell, step] == pytest.approx(z)
            assert ours.p[cell, step] == pytest.approx(min(1, 2 * min(tails)), abs=1e-6)
    adjusted = stats.false_discovery_control(ours.p.ravel()).reshape(ours.p.shape)
    np.testing.assert_allclose(ours.p_adjusted, adjusted)


def test_p_of_skewed_counts_is_that_of_every_choice_of_four_cells():
    values = np.random.default_rng(5).negative_binomial(0.6, 0.2, (30, 10)).astype(float)
    i, j = np.divmod(np.arange(30), 5)
    ours = measure_bins(cube_of(values, i, j), Grid("square", 100), CubeParameters("slice", steps_back=0))
    choices = np.array(list(itertools.combinations(range(30), 4)))
    corner = [0, 1, 5, 6]
    for step in range(10):
        sums = values[choices, step].sum(axis=1)
        z = (values[corner, step].sum() - sums.mean()) / sums.std()
        skew = stats.skew(sums)
        tails = stats.pearson3.cdf(z, skew), stats.pearson3.sf(z, skew)
        assert ours.z[0, step] == pytest.approx(z)
        assert ours.p[0, step] == pytest.approx(min(1, 2 * min(tails)), abs=1e-6)


def test_p_of_three_counts_in_a_cube_is_that_of_all_ways_they_can_fall():
    """Counts of 10, 20 and 30 in 300 bins: each subset of them falls into the neighbourhood by chance."""
    values = np.zeros((30, 10))
    values[6, 3], values[7, 4], values[20, 8] = 10, 20, 30
    i, j = np.divmod(np.arange(30), 5)
    ours = measure_bins(cube_of(values, i, j), Grid("square", 100), CubeParameters("cube", steps_back=1))
    for cell, step, bins, observed in ((0, 3, 8, 10), (6, 4, 18, 30), (6, 0, 9, 0), (20, 9, 12, 30)):
        sums, chance = [], []
        for size in range(4):
            for subset in itertools.combinations([10, 20, 30], size):
                sums.append(sum(subset))
                chance.append(special.comb(297, bins - size) / special.comb(300, bins))
        sums, chance = np.array(sums), np.array(chance)
        mean = sums @ chance
        deviation = np.sqrt((sums - mean) ** 2 @ chance)
        skew = ((sums - mean) / deviation) ** 3 @ chance
        z = (observed - mean) / deviation
        tails = stats.pearson3.cdf(z, skew), stats.pearson3.sf(z, skew)
        assert ours.z[cell, step] == pytest.approx(z)
        assert ours.p[cell, step] == pytest.approx(min(1, 2 * min(tails)), rel=1e-6)


def test_the_tails_are_those_of_pearsons_third_type():
    z = np.array([-30.0, -2.5, -0.3, 0.0, 0.4, 1.0, 2.5, 6.0])
    for skew in (-2.5, -0.4, 0.0, 0.3, 1.0, 5.0):
        p = _pearson_two_sided(z, np.full(8, skew))
        tails = np.minimum(stats.pearson3.cdf(z, skew), stats.pearson3.sf(z, skew))
        np.testing.assert_allclose(p, np.minimum(1, 2 * tails), atol=2e-5)


def test_a_step_that_is_alike_everywhere_and_a_neighbourhood_that_is_all_have_z_0_and_p_1(monkeypatch):
    cube = town(10, steps=12)
    cube.values[:, 3] = 2
    bins = measure_bins(cube, Grid("square", 100), CubeParameters("slice", steps_back=0))
    assert (bins.z[:, 3] == 0).all() and (bins.p[:, 3] == 1).all() and (bins.verdict[:, 3] == 0).all()
    assert (bins.z[:, [2, 4]] != 0).any(axis=0).all()
    monkeypatch.setattr(emerging, "MINIMUM_CELLS", 4)
    four = town(2, steps=12, mean=9)
    bins = measure_bins(four, Grid("square", 100), CubeParameters("slice", steps_back=0))
    assert (bins.z == 0).all() and (bins.p == 1).all()


def test_bins_of_a_level_are_hot_or_cold():
    cube, middle = planted()
    cube.values[middle["nothing"] + np.array([-21, -20, -19, -1, 0, 1, 19, 20, 21])] = 0
    bins = measure_bins(cube, Grid("square", 100), CubeParameters("slice", level=0.01))
    assert ((bins.verdict != 0) == (bins.p_adjusted <= 0.01)).all()
    assert (bins.verdict[middle["lasting"]] == 1).all() and (bins.verdict[middle["nothing"]] == -1).all()
    wide = measure_bins(cube, Grid("square", 100), CubeParameters("slice", level=0.2))
    assert (wide.verdict != 0).sum() > (bins.verdict != 0).sum()
    assert CubeParameters() == CubeParameters("cube", 1, 0.05, 0.9)
    assert RecurrenceParameters() == RecurrenceParameters(0.1, 0.8, 0.2, 0.05)


def test_ten_steps_thirty_cells_and_sixty_incidents_are_enough_and_one_fewer_is_not():
    rng = np.random.default_rng(3)
    values = rng.multinomial(60, np.full(300, 1 / 300)).reshape(30, 10).astype(float)
    cube, grid = cube_of(values, *np.divmod(np.arange(30), 5)), Grid("square", 100)
    assert measure_bins(cube, grid, CubeParameters()).z.shape == (30, 10)
    fewer = [
        (cube_of(values[:, :9], *np.divmod(np.arange(30), 5)), 60, "9, 30 and 60"),
        (cube_of(values[:29], *np.divmod(np.arange(29), 5)), 60, "10, 29 and 60"),
        (cube, 59, "10, 30 and 59"),
    ]
    for short, incidents, said in fewer:
        with pytest.raises(TooFewData) as refused:
            measure_bins(replace(short, incidents=incidents), grid, CubeParameters())
        assert str(refused.value) == (
            "Emerging hotspots need at least 10 steps of time, 30 cells and 60 incidents; here are "
            f"{said}. Take a longer period, shorter steps, or compare two periods instead."
        )
    with pytest.raises(TooFewData) as refused:
        measure_bins(replace(cube, values=np.full((30, 10), 0.1)), grid, CubeParameters())
    assert str(refused.value) == "Every cell holds the same count: there is nothing to tell apart."


@pytest.mark.parametrize("overlap", [0, 1, 3, 30])
def test_mann_kendalls_variance_minds_the_steps_that_values_share(overlap):
    """Hamed & Rao's factor written out; values that share k of overlap + 1 steps correlate by that share."""
    series = np.random.default_rng(8).integers(0, 6, (12, 9)).astype(float)
    n, factor = 9, 1.0
    for lag in range(1, min(overlap, n - 1) + 1):
        rank = 6 / np.pi * np.arcsin((overlap + 1 - lag) / (overlap + 1) / 2)
        factor += 2 / (n * (n - 1) * (n - 2)) * (n - lag) * (n - lag - 1) * (n - lag - 2) * rank
    z, p = mann_kendall(series, overlap=overlap)
    np.testing.assert_allclose(z, np.array([slow_mann_kendall(row) for row in series]) / np.sqrt(factor))
    np.testing.assert_allclose(p, 2 * stats.norm.sf(np.abs(z)))


# A character a step: h hot, c cold, any other neither.
CELLS = {
    "hhhhhhhhhh": ("persistent hot", 0.0),
    "cccccccccc": ("persistent cold", 0.0),
    "hhhhhhhhhH": ("intensifying hot", 9.0),
    "hhhhhhhhHh": ("diminishing hot", -9.0),
    "cccccccccC": ("intensifying cold", -9.0),
    "ccccccccCc": ("diminishing cold", 9.0),
    "hhhhhhhhh.": ("historical hot", 0.0),
    "ccccccccc.": ("historical cold", 0.0),
    "hhhhhhhhhc": ("new cold", 0.0),
    "ccccccccch": ("new hot", 0.0),
    "c.......hh": ("consecutive hot", 0.0),
    "h..c.....c": ("oscillating cold", 0.0),
    "c..h.....h": ("oscillating hot", 0.0),
    "...h.....h": ("sporadic hot", 0.0),
    "...c.....c": ("sporadic cold", 0.0),
    "...h......": ("no pattern", 0.0),
}


def bins_of(cells):
    """Statistics with the verdicts of CELLS, and z in each cell's last step its number."""
    sign = {"h": 1, "c": -1, ".": 0}
    verdict = np.array([[sign[step] for step in cell.lower()] for cell in cells])
    z = np.tile(np.arange(len(cells))[:, None] * 1.0, verdict.shape[1])
    z[:, -1] += 100
    return BinStatistics(z, np.ones(verdict.shape), np.ones(verdict.shape), verdict)


def test_every_cell_has_the_class_of_its_steps(monkeypatch):
    trend = np.array([z for _, z in CELLS.values()])
    monkeypatch.setattr(emerging, "measure_bins", lambda cube, grid, parameters: bins_of(CELLS))
    p = 2 * stats.norm.sf(np.abs(trend))

    def trends(z, *, overlap):
        assert overlap == 2 and (z[:, 0] == np.arange(len(CELLS))).all()
        return trend, p

    monkeypatch.setattr(emerging, "mann_kendall", trends)
    cube = cube_of(np.arange(160).reshape(16, 10), np.arange(16), np.arange(16) + 50)
    found = classify_emerging(cube, Grid("square", 100), CubeParameters(steps_back=2))
    assert found["class"].tolist() == [kind for kind, _ in CELLS.values()]
    assert found.hot_steps.tolist() == [cell.lower().count("h") for cell in CELLS]
    assert found.cold_steps.tolist() == [cell.lower().count("c") for cell in CELLS]
    assert found.total.tolist() == cube.values.sum(axis=1).tolist()
    assert found.last_z.tolist() == list(range(100, 116)) and found.trend_z.tolist() == trend.tolist()
    assert found.trend_p.tolist() == p.tolist()
    np.testing.assert_allclose(found.trend_p_adjusted, stats.false_discovery_control(p))
    assert found[["i", "j"]].to_numpy().tolist() == [[k, k + 50] for k in range(16)]


def test_a_trend_counts_at_the_level_asked_for(monkeypatch):
    monkeypatch.setattr(emerging, "measure_bins", lambda cube, grid, parameters: bins_of(["hhhhhhhhhh"]))
    monkeypatch.setattr(emerging, "mann_kendall", lambda z, overlap: (np.array([2.0]), np.array([0.2])))
    one = cube_of(np.ones((1, 10)), [0], [0])
    for level, kind in ((0.05, "persistent hot"), (0.2, "intensifying hot")):
        found = classify_emerging(one, Grid("square", 100), CubeParameters(level=level))
        assert found["class"].tolist() == [kind]


@pytest.mark.parametrize(
    ("steps", "expected", "shares"),
    [
        ("hhhhhhhh..", "persistent hot", (0.8, 0, 0, 0)),
        ("hhhhhhh...", "former hot", (0.7, 0, 0, 0)),
        (".......h.h", "intermittent hot", (0.2, 0, 0.5, 0)),
        (".........h", "emerging hot", (0.1, 0, 0.5, 0)),
        ("c.........", "former cold", (0, 0.1, 0, 0)),
        ("........cc", "emerging cold", (0, 0.2, 0, 1)),
        ("cccc..ccc.", "intermittent cold", (0, 0.7, 0, 0.5)),
        ("ccccccccc.", "persistent cold", (0, 0.9, 0, 0.5)),
        ("h........c", "mixed", (0.1, 0.1, 0, 0.5)),
        ("..........", "no pattern", (0, 0, 0, 0)),
    ],
)
def test_each_class_of_recurrence(monkeypatch, steps, expected, shares):
    def measured(cube, grid, parameters):
        assert parameters == CubeParameters("slice", 0, 0.03)
        return bins_of([steps])

    monkeypatch.setattr(emerging, "measure_bins", measured)
    one = cube_of(np.ones((1, 10)), [4], [7])
    parameters = RecurrenceParameters(level=0.03, change_level=1)
    (row,) = classify_recurrence(one, Grid("square", 100), parameters).to_dict("records")
    assert row == {
        "i": 4,
        "j": 7,
        "hot_share": shares[0],
        "recent_hot_share": shares[2],
        "cold_share": shares[1],
        "recent_cold_share": shares[3],
        "class": expected,
    }


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("h........." + "h.........", "intermittent hot"),  # a tenth of either
        ("h........." + "..........", "former hot"),
        (".........." + "h.........", "emerging hot"),
    ],
)
def test_a_tenth_of_the_steps_is_enough(monkeypatch, steps, expected):
    monkeypatch.setattr(emerging, "measure_bins", lambda cube, grid, parameters: bins_of([steps]))
    one = cube_of(np.ones((1, 20)), [0], [0])
    parameters = RecurrenceParameters(recent_share=0.5, change_level=1)
    assert classify_recurrence(one, Grid("square", 100), parameters)["class"].tolist() == [expected]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (".........h" + ".........h", "intermittent hot"),
        ("................hhhh", "emerging hot"),
        ("cccccccccccccc......", "former cold"),
        ("c.c.cc..c...c..c....", "intermittent cold"),  # 7 of 16, then 0 of 4: chance gives it in 15 %
        ("...................c", "no pattern"),
    ],
)
def test_a_change_that_chance_gives_is_no_former_and_no_emerging_place(monkeypatch, steps, expected):
    monkeypatch.setattr(emerging, "measure_bins", lambda cube, grid, parameters: bins_of([steps]))
    one = cube_of(np.ones((1, 20)), [0], [0])
    assert classify_recurrence(one, Grid("square", 100))["class"].tolist() == [expected]


@pytest.mark.parametrize("mean", [0.5, 2, 8])
def test_few_places_change_their_class_where_nothing_changes(mean):
    """A town with a busy middle, the same in each of 24 steps: a sixth of its cells were 'former cold' at 12
    steps before the change had a test."""
    side, changed, cells = 20, 0, 0
    i, j = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    rate = mean * (0.2 + 3 * np.exp(-(((i - 10) ** 2 + (j - 10) ** 2) / 36)))
    for seed in range(3):
        values = np.random.default_rng(seed).poisson(rate[:, None], (len(i), 24)).astype(float)
        found = classify_recurrence(cube_of(values, i, j), Grid("square", 100))["class"]
        changed += int(found.str.startswith(("former", "emerging")).sum())
        cells += len(found)
    assert changed / cells < 0.02


def test_a_bin_just_at_the_level_is_called():
    cube, _ = planted()
    parameters = CubeParameters("slice")
    adjusted = np.sort(np.unique(measure_bins(cube, Grid("square", 100), parameters).p_adjusted))
    level = adjusted[adjusted > 0][2]
    bins = measure_bins(cube, Grid("square", 100), replace(parameters, level=level))
    assert ((bins.verdict != 0) == (bins.p_adjusted <= level)).all() and (bins.p_adjusted == level).any()


def test_the_least_of_the_recent_steps_is_one_and_they_are_rounded_down(monkeypatch):
    monkeypatch.setattr(emerging, "measure_bins", lambda cube, grid, parameters: bins_of([".........h"]))
    one = cube_of(np.ones((1, 10)), [0], [0])
    for share, recent in ((0.01, 1.0), (0.19, 1.0), (0.49, 0.25)):
        parameters = RecurrenceParameters(recent_share=share)
        found = classify_recurrence(one, Grid("square", 100), parameters)
        assert found.recent_hot_share[0] == recent


def test_whole_steps_at_the_limits_of_a_period():
    week = split_steps(date(2024, 3, 4), date(2024, 3, 10), 7)
    assert week.tolist() == [pd.Timestamp("2024-03-04"), pd.Timestamp("2024-03-11")]
    month = split_steps(date(2024, 2, 1), date(2024, 2, 29), None)
    assert month.tolist() == [pd.Timestamp("2024-02-01"), pd.Timestamp("2024-03-01")]
    with pytest.raises(TooFewData) as refused:
        split_steps(date(2024, 3, 5), date(2024, 3, 10), 7)
    assert str(refused.value) == (
        "No whole step of time lies from 2024-03-05 to 2024-03-10. Take a longer period or shorter steps."
    )


def test_a_cube_of_months_runs_over_the_year_and_leaves_out_what_has_no_place_day_or_cell(store):
    """Rows: x, y, day, category."""
    rows = [
        (5.0, 5.0, "2023-10-31", "a"),  # the day before the first step
        (5.0, 5.0, "2023-11-01", "a"),
        (15.0, 5.0, "2023-11-30", "b"),
        (5.0, 5.0, "2023-12-31", "a"),
        (5.0, 5.0, "2024-01-31", "b"),
        (5.0, 5.0, "2024-02-01", "a"),  # the day after the last
        (None, None, "2023-11-05", "a"),
        (95.0, 5.0, "2023-11-05", "a"),  # in no cell of the study area
    ]
    frame = pd.DataFrame(rows, columns=["x", "y", "day", "category"]).assign(n=range(8))
    with store.write() as cursor:
        cursor.register("frame", frame)
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, x, y) SELECT 1, n, 1, category, CAST(day AS DATE), "
            "CAST(day AS DATE), 'day', CAST(day AS DATE), x, y FROM frame"
        ).fetchall()
    study = pd.DataFrame({"i": [1, 0], "j": [0, 0]}, index=[7, 3])
    edges = split_steps(date(2023, 11, 1), date(2024, 1, 31), None)
    given = DuckDBEngine(store), Selection(1, date(2020, 1, 1), date(2020, 1, 2)), Grid("square", 10), study
    cube = build_cube(*given, edges)
    assert cube.values.tolist() == [[1, 0, 0], [1, 1, 1]] and cube.incidents == 4
    assert cube.cells.to_dict("list") == {"i": [1, 0], "j": [0, 0]} and cube.cells.index.tolist() == [0, 1]
    assert (cube.edges == edges).all()
    harm = build_cube(*given, edges, {"a": 2.5})  # b has no weight
    assert harm.values.tolist() == [[0, 0, 0], [2.5, 2.5, 0]] and harm.incidents == 4
    over_the_year = build_cube(*given, split_steps(date(2023, 12, 1), date(2024, 2, 29), None))
    assert over_the_year.values.tolist() == [[0, 0, 0], [1, 1, 1]]
    days = build_cube(*given, split_steps(date(2023, 11, 29), date(2023, 12, 2), 2))
    assert days.values.tolist() == [[1, 0], [0, 0]]
