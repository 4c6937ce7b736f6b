import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.methods.local_moran import local_moran
from analytics.hotspots.refusal import TooFewData
from tests.hotspots.methods.test_gi_star import esda_weights, irregular_cells

# esda numbers the quadrants of the scatterplot anticlockwise from the upper right.
ESDA_QUADRANTS = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}


@pytest.mark.parametrize("kind", ["hexagon", "square"])
@pytest.mark.parametrize("rings", [1, 2])
def test_it_matches_esda(interpreted_esda, kind, rings):
    from esda.moran import Moran_Local

    grid, rng = Grid(kind, 100), np.random.default_rng(1)
    cells = irregular_cells(1, 300).assign(count=1)
    cells["harm"] = rng.lognormal(0, 1.5, len(cells))
    ours = local_moran(cells, grid, value="harm", rings=rings)
    theirs = Moran_Local(
        cells.harm.to_numpy(),
        esda_weights(cells, grid, rings),
        permutations=9_999,
        keep_simulations=False,
        seed=1,
        n_jobs=1,
    )
    np.testing.assert_allclose(ours.moran, theirs.Is, rtol=1e-9, atol=1e-12)
    joined = (ours.quadrant != "").to_numpy()
    theirs_named = np.array([ESDA_QUADRANTS[q] for q in theirs.q])
    assert joined.sum() > 280 and (ours.quadrant[joined] == theirs_named[joined]).all()
    one_sided = ours.p / 2
    error = 4 * np.sqrt(one_sided * (1 - one_sided) / 9_999) + 2e-4
    tested = joined & (one_sided < 0.45)
    assert (np.abs(one_sided - theirs.p_sim) <= error)[tested].all()


def test_a_planted_cluster_and_a_planted_outlier_are_named():
    i, j = (a.ravel() for a in np.meshgrid(np.arange(30), np.arange(30)))
    count = np.random.default_rng(2).poisson(5, i.size)
    count[np.hypot(i - 8, j - 8) < 3] += 15
    hole = (i == 8) & (j == 8)
    count[hole] = 0
    cells = local_moran(pd.DataFrame({"i": i, "j": j, "count": count}), Grid("square", 100))
    inside = (np.hypot(i - 8, j - 8) < 2) & ~hole
    assert (cells.verdict[inside] == "high-high").all()
    assert cells.verdict[hole].tolist() == ["low-high"]
    far = np.hypot(i - 8, j - 8) > 6
    assert (cells.verdict[far] != "").mean() < 0.01


def test_five_per_cent_gives_five_per_cent_on_a_ragged_area_without_a_pattern():
    grid, rng = Grid("square", 100), np.random.default_rng(3)
    cells = irregular_cells(3, 400).assign(count=1)
    joined = [bool(around) for around in esda_weights(cells, grid).neighbors.values()]
    shares, maps = [], 0
    for seed in range(150):
        cells["harm"] = rng.lognormal(0, 1.5, len(cells))
        tested = local_moran(cells, grid, value="harm", permutations=9_999, seed=seed)
        shares.append((tested.p[joined] <= 0.05).mean())
        maps += (tested.verdict != "").any()
    assert 0.04 < np.mean(shares) < 0.06
    assert stats.binomtest(maps, 150, 0.05, alternative="greater").pvalue > 0.001


def test_a_cell_without_neighbours_is_not_called():
    cells = irregular_cells(4, 60)
    cells["count"] = 1 + np.arange(60) % 3
    alone = pd.DataFrame({"i": [500], "j": [500], "count": [900]})
    tested = local_moran(pd.concat([cells, alone], ignore_index=True), Grid("hexagon", 100)).iloc[-1]
    assert (tested.moran, tested.p, tested.quadrant, tested.verdict) == (0, 1, "", "")


def test_it_refuses_too_few_data():
    with pytest.raises(TooFewData, match="Moran.*30 cells"):
        local_moran(irregular_cells(5, 20).assign(count=9), Grid("square", 100))


def block(seed, side=12):
    counts = np.random.default_rng(seed).poisson(4, (side, side))
    counts[2:5, 2:5] += 9
    i, j = np.divmod(np.arange(side * side), side)
    return pd.DataFrame({"i": i, "j": j, "count": counts.ravel()})


def test_the_level_itself_is_called_and_nothing_above_it():
    cells, grid = block(3), Grid("square", 100)
    p = local_moran(cells, grid, permutations=999)
    np.testing.assert_allclose(p.p_adjusted, stats.false_discovery_control(p.p))
    for level in np.sort(p.p_adjusted.unique())[:3]:
        found = local_moran(cells, grid, permutations=999, level=level)
        called = found.p_adjusted <= level
        assert (found.verdict == found.quadrant.where(called, "")).all()
        assert found.p_adjusted[found.verdict != ""].max() == level
    assert found.verdict.dtype == found.quadrant.dtype == pd.StringDtype(na_value=np.nan)


def test_a_ring_of_neighbours_and_99999_draws_where_nothing_else_is_asked():
    cells, grid = block(4), Grid("square", 100)
    cells.loc[40, "count"] = 400
    asked = local_moran(cells, grid, level=0.05, value="count", rings=1, permutations=99_999, seed=0)
    pd.testing.assert_frame_equal(local_moran(cells, grid), asked)
    assert (local_moran(cells, grid, seed=1).p != asked.p).any()
    few = local_moran(cells, grid, permutations=99, seed=1)
    assert few.p.min() >= 2 / 100
    pd.testing.assert_frame_equal(few, local_moran(cells, grid, permutations=99, seed=1))


def test_a_cell_or_neighbours_at_the_mean_are_not_above_it():
    """A board of 1 and 3 with 2 in the middle, whose eight neighbours have the mean of 2 as well."""
    i, j = (a.ravel() for a in np.meshgrid(np.arange(7), np.arange(7), indexing="ij"))
    count = np.where(i < 3, 1, np.where(i > 3, 3, 2))
    found = local_moran(pd.DataFrame({"i": i, "j": j, "count": count}), Grid("square", 100))
    found = found.set_index(["i", "j"])
    assert (found.quadrant[3] == "low-low").all() and (found.moran[3] == 0).all()
    assert (found.quadrant[0] == "low-low").all() and (found.quadrant[6] == "high-high").all()


def test_too_few_data_are_named():
    with pytest.raises(TooFewData) as refused:
        local_moran(irregular_cells(5, 29).assign(count=1), Grid("square", 100))
    assert str(refused.value) == (
        "Local Moran's I needs at least 30 cells and 30 incidents; this selection has 29 cells and 29 "
        "incidents. Widen the period or choose smaller cells."
    )
