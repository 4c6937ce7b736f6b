"""How many street segments have half of what is counted."""

import pandas as pd
import pytest

from analytics.hotspots.catalogue.streets import _count_half


@pytest.mark.parametrize(
    ("counts", "few"),
    [
        ([1], 1),
        ([5, 5], 1),  # exactly half with the first
        ([3, 3, 3, 3], 2),
        ([1, 2, 3, 4], 2),  # 4 of 10 is less than half, 7 is more
        ([4, 3, 2, 1, 0, 0], 2),
        ([49, 51], 1),
        ([1, 1, 1], 2),
        ([0, 0], 0),
        ([], 0),
    ],
)
def test_half_is_reached_by_the_fewest_segments(counts, few):
    assert _count_half(pd.Series(counts, dtype=float)) == few
