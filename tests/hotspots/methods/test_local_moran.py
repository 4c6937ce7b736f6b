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
