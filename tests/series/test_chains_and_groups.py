"""Chains and groups against scipy's own hierarchical clustering."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from analytics.series.chains import find_weakest_links
from analytics.series.groups import group_incidents


def _random_weights(seed, count):
    draw = np.random.default_rng(seed)
    first, second = np.triu_indices(count, 1)
    return first, second, draw.normal(-3, 2, len(first))


@pytest.mark.parametrize("seed", range(5))
def test_the_weakest_link_of_the_best_chain_is_that_of_single_linkage(seed):
    first, second, weight = _random_weights(seed, 40)
    expected = 10 - cophenet(linkage(10 - weight, "single"))
    assert find_weakest_links(40, first, second, weight) == pytest.approx(expected)


def test_a_pair_is_at_least_as_strong_as_itself_and_gains_by_a_third():
    weakest = find_weakest_links(3, np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([5.0, 1.0, 4.0]))
    assert weakest.tolist() == [5, 4, 4]


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_those_of_average_linkage_cut_at_even_odds(seed):
    first, second, weight = _random_weights(seed, 60)
    high = weight.max()
    tree = linkage(high - weight, "average")
    expected = fcluster(tree, high, "distance")
    label = group_incidents(60, first, second, weight, -99)
    alone = label < 0
    label = np.where(alone, 1000 + np.arange(60), label)
    assert adjusted_rand_score(expected, label) == 1


def test_a_pair_that_was_never_a_candidate_counts_as_the_least():
    """Two friends of one incident that nothing ties to each other are no series with it."""
    first, second, weight = np.array([0, 1]), np.array([1, 2]), np.array([2.0, 1.0])
    assert group_incidents(3, first, second, weight, -6).tolist() == [0, 0, -1]
    assert group_incidents(3, first, second, weight, -0.5).tolist() == [0, 0, 0]
