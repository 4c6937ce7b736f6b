"""How far two maps agree: the cells on top of each, and their rank correlation, written out."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.hotspots.methods.agreement import measure_agreement


def test_the_top_cells_of_each_are_compared():
    first = pd.Series([9, 8, 7, 6, 5, 4, 3, 2, 1, 0.0], index=list("abcdefghij"))
    second = pd.Series([9, 1, 8, 7, 0, 0, 0, 2, 3, 4.0], index=list("abcdefghij"))
    found = measure_agreement(first, second, share=0.3)  # abc and acd
    assert (found.both, found.only_first, found.only_second) == (2, 1, 1)
    assert found.overlap == 2 / 4
    assert found.spearman == pytest.approx(stats.spearmanr(first, second)[0])
    whole = measure_agreement(first, second, share=1)
    assert (whole.both, whole.overlap) == (10, 1.0)


def test_a_cell_that_one_map_lacks_has_nothing_there():
    first, second = pd.Series({"a": 3.0, "b": 2.0}), pd.Series({"c": 5.0, "b": 1.0})
    found = measure_agreement(first, second, share=1 / 3)
    assert (found.both, found.only_first, found.only_second, found.overlap) == (0, 1, 1, 0.0)
    assert found.spearman == pytest.approx(stats.spearmanr([3, 2, 0], [0, 1, 5])[0])


def test_five_per_cent_and_at_least_one_cell_are_compared():
    cells = pd.Series(np.arange(60.0))
    assert measure_agreement(cells, cells).both == 3
    few = pd.Series([1.0, 2.0])
    assert measure_agreement(few, few).both == 1
    assert measure_agreement(few, few[::-1]).overlap == 1


@pytest.mark.parametrize("share", [0, -0.1, 1.01])
def test_the_share_compared_is_one(share):
    with pytest.raises(ValueError, match=r"^The share of cells compared lies between 0 and 1\.$"):
        measure_agreement(pd.Series([1.0]), pd.Series([1.0]), share)


def test_cells_that_tie_are_taken_by_their_id():
    first, second = pd.Series({"c": 1.0, "b": 1.0, "a": 1.0}), pd.Series({"a": 1.0, "b": 2.0, "c": 1.0})
    found = measure_agreement(first, second, share=2 / 3)
    assert (found.cells, found.top, found.both) == (3, 2, 2)  # a and b of each
    assert np.isnan(found.spearman)  # the first map is flat
    one = pd.Series([4.0])
    assert np.isnan(measure_agreement(one, one).spearman)


def test_many_cells_that_tie_are_taken_by_their_id():
    ids = np.random.default_rng(2).permutation(100)
    first = pd.Series(ids % 2 + 0.0, index=ids)  # 50 tie on top
    second = first.where(ids < 20, 0.0)
    assert measure_agreement(first, second, share=0.1).both == 10  # the odd ones under 20


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("flat", [[4.0], [4.0, 4.0], [4.0] * 5])
def test_a_map_that_is_alike_everywhere_correlates_with_none(flat):
    flat = pd.Series(flat)
    varied = pd.Series(np.arange(len(flat)) + 1.0)
    for pair in ((flat, varied), (varied, flat), (flat, flat)):
        assert np.isnan(measure_agreement(*pair).spearman)


def test_two_cells_are_enough_to_correlate():
    up, down = pd.Series([1.0, 2.0]), pd.Series([5.0, 3.0])
    assert measure_agreement(up, up).spearman == pytest.approx(1)
    assert measure_agreement(up, down).spearman == pytest.approx(-1)
