"""The bench judges places from counts alone: as the page does from points."""

import numpy as np
import pytest

from bench.tasking.effect import SIDE, city, judge, judge_counts

MIDDLE = SIDE * SIDE // 2


@pytest.mark.parametrize(
    ("seed", "planted"), [(0, {"effect": 0.5}), (3, {"effect": 0.5, "town": 0.6}), (4, {"effect": 2.0})]
)
def test_a_verdict_from_counts_is_the_one_from_points(seed, planted):
    counted = judge_counts(city(np.random.default_rng(seed), at=MIDDLE, **planted), MIDDLE)
    whole = judge(seed, at=MIDDLE, **planted)
    assert counted.verdict == whole.verdict and whole.is_compared
    assert counted.measured.p == pytest.approx(whole.p)
    local = whole.displacement.difference.set_index("part").loc["local"]
    assert counted.sign == int(local.low > 0) - int(local.high < 0)
