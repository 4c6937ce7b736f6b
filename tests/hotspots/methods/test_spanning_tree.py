"""The minimum spanning tree by mutual reachability, against all distances written out."""

import numpy as np
import pytest
from scipy import sparse

from analytics.hotspots.methods import spanning_tree as spanning_tree_module
from analytics.hotspots.methods.spanning_tree import (
    _bound_distance,
    _squared_core_distances,
    find_root,
    spanning_tree,
)


def write_out(x, y, count, minimum):
    """Core distances and mutual reachabilities, both squared."""
    square = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    core = np.array([np.sort(np.repeat(row, count))[minimum - 1] for row in square])
    reach = np.maximum(square, np.maximum(core[:, None], core))
    return core, reach


def places(seed, n):
    rng = np.random.default_rng(seed)
    points = np.unique(rng.normal(0, 100, (n, 2)).round(0 if seed % 2 else 3), axis=0)
    return *rng.permutation(points).T, rng.integers(1, 4, len(points))


@pytest.mark.parametrize(
    ("seed", "n", "minimum"), [(0, 90, 5), (1, 90, 5), (2, 60, 1), (3, 120, 12), (4, 20, 30)]
)
def test_the_tree_is_the_shortest(seed, n, minimum):
    x, y, count = places(seed, n)
    core, reach = write_out(x, y, count, minimum)
    tree = spanning_tree(x, y, count, minimum)
    np.fill_diagonal(reach, 0)
    shortest = np.sort(sparse.csgraph.minimum_spanning_tree(reach).data)
    np.testing.assert_allclose(tree.squared, shortest)
    np.testing.assert_allclose(tree.squared, reach[tree.first, tree.second])
    links = sparse.coo_array((np.ones(len(x) - 1), (tree.first, tree.second)), shape=(len(x), len(x)))
    assert sparse.csgraph.connected_components(links, directed=False)[0] == 1
    np.testing.assert_allclose(_squared_core_distances(x, y, count, minimum), core)


def test_places_far_from_each_other_are_joined_by_their_nearest():
    """Three groups along a line, each far more than a leaf of the search's tree: 20 places in 1 m steps."""
    x = np.concatenate([at + np.arange(20.0) for at in (0, 100, 500)])
    tree = spanning_tree(x, np.zeros(60), np.ones(60, dtype=np.int64), 1)
    assert tree.squared.tolist() == [1.0] * 57 + [81.0**2, 381.0**2]
    ends = [sorted([tree.first[k], tree.second[k]]) for k in (57, 58)]
    assert ends == [[19, 20], [39, 40]]


def test_one_place_has_no_edge_and_two_have_one():
    one = spanning_tree(np.zeros(1), np.zeros(1), np.array([9]), 5)
    assert len(one.first) == len(one.second) == len(one.squared) == 0
    two = spanning_tree(np.array([0.0, 3]), np.array([0.0, 4]), np.array([1, 9]), 5)
    assert sorted([two.first[0], two.second[0]]) == [0, 1] and two.squared.tolist() == [25.0]


def test_core_distances_do_not_depend_on_how_many_are_sought_at_once(monkeypatch):
    x, y, count = places(5, 50)
    whole = _squared_core_distances(x, y, count, 7)
    for at_once in (1, 7 * 13):
        monkeypatch.setattr(spanning_tree_module, "_AT_ONCE", at_once)
        np.testing.assert_array_equal(_squared_core_distances(x, y, count, 7), whole)


def test_the_bound_of_a_box_is_its_nearest_point_or_a_core_distance():
    low, high = np.array([[10.0, 20.0]]), np.array([[13.0, 25.0]])
    for (x, y), away in {
        (6, 17): 25,
        (17, 28): 25,
        (11, 19): 1,
        (12, 26): 1,
        (11, 22): 0,
        (9, 22): 1,
    }.items():
        assert _bound_distance(0, x, y, 0.0, low, high, np.array([0.0])) == away
    assert _bound_distance(0, 6, 17, 26.0, low, high, np.array([0.0])) == 26
    assert _bound_distance(0, 6, 17, 0.0, low, high, np.array([27.0])) == 27


def test_the_root_is_found_and_the_way_to_it_made_shorter():
    parent = np.array([0, 0, 1, 2, 3])
    assert [find_root(parent.copy(), at) for at in range(5)] == [0] * 5
    find_root(parent, 4)
    assert parent.tolist() == [0, 0, 0, 2, 2]
