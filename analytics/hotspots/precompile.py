"""Compile the counting of near pairs ahead, on which near repeats and Knox's test rest."""

from __future__ import annotations

import numpy as np

from analytics.hotspots.methods.knox import KnoxParameters, knox_table
from analytics.hotspots.methods.near_repeats import near_repeats


def compile_pair_counts() -> None:
    """Count pairs among a few incidents. What is compiled is stored beside the code, for every later
    process."""
    chance = np.random.default_rng(0)
    x, y = chance.uniform(0, 2_000, (2, 60))
    day = chance.integers(0, 300, 60)
    knox_table(x, y, day, KnoxParameters(permutations=9))
    near_repeats(x, y, day)
