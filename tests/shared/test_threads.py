"""Compiled kernels called by two sessions at once: the page's threads do that."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.methods.density import density_at
from analytics.hotspots.methods.gi_star import gi_star
from analytics.hotspots.methods.knox import KnoxParameters, knox_table
from analytics.hotspots.methods.st_dbscan import st_dbscan

RNG = np.random.default_rng(2)
X, Y = RNG.uniform(0, 3000, (2, 3000))
DAY = RNG.integers(0, 300, 3000)
CELLS = pd.DataFrame({"i": np.arange(900) // 30, "j": np.arange(900) % 30, "count": RNG.poisson(4, 900)})
CALLS = {
    "knox": lambda: knox_table(X, Y, DAY, KnoxParameters(permutations=99)).p.to_numpy(),
    "st-dbscan": lambda: st_dbscan(X, Y, DAY).points.series.to_numpy(),
    "density": lambda: density_at(X, Y, None, X[:500], Y[:500], bandwidth=300),
    "gi-star": lambda: gi_star(CELLS, Grid("square", 100)).p.to_numpy(),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_answer_is_the_same_from_many_threads_at_once(name):
    alone = CALLS[name]()
    with ThreadPoolExecutor(6) as pool:
        for together in [pool.submit(CALLS[name]) for _ in range(12)]:
            np.testing.assert_array_equal(together.result(), alone)
