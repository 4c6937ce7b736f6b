"""The signs of a network's shape on networks whose answer is plain."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from analytics.network.structure.shape_signs import (
    compare_with_random,
    measure_cover,
    measure_cut,
    measure_groups,
    measure_rest,
    measure_squares,
    read_adjacency,
)
from analytics.network.structure.signs import signs_of_graph
from analytics.shared.graph_library import igraph


def _cut(graph: igraph.Graph) -> tuple[float, float, float]:
    return measure_cut(read_adjacency(graph), np.array(graph.degree(), float))


@pytest.mark.parametrize("length", [20, 60])  # all eigenvectors, and two of them
def test_a_line_is_cut_by_one_tie_and_reaches_one_step_along_itself(length):
    gap, cut, spans = _cut(igraph.Graph.Ring(length, circular=False))
    assert cut == pytest.approx(1 / (length - 1)) and spans == pytest.approx(1 / length)
    assert gap == pytest.approx(np.log10(1 - np.cos(np.pi / (length - 1))), abs=1e-3)
    assert _cut(igraph.Graph.Full(length))[0] > gap


def test_two_cliques_with_a_bridge_are_cut_at_it():
    graph = igraph.Graph.Full(6) + igraph.Graph.Full(6)
    graph.add_edge(0, 6)
    assert _cut(graph)[1] == pytest.approx(1 / 31)
    assert measure_groups(np.repeat([0, 1], 6), np.array(graph.get_edgelist())) == (1.0, 1.0, 1.0)


def test_squares_are_those_of_a_complete_graph_and_of_two_brokers():
    assert measure_squares(read_adjacency(igraph.Graph.Full(5))) == 15  # three for each four nodes
    assert measure_squares(read_adjacency(igraph.Graph.Full_Bipartite(2, 6))) == 15  # each two clients


def test_one_node_covers_a_star_and_nothing_is_left_without_it():
    star = igraph.Graph.Star(11, center=0)
    degree = np.array(star.degree(), float)
    share, density, _ = measure_cover(
        np.array(star.get_edgelist()), degree, np.argsort(-degree, kind="stable")
    )
    assert share == pytest.approx(2 / 11) and density == 1
    assert measure_rest(star, np.arange(11) == 0) == (0.1, 1.0, 0.0)


def test_brokers_have_fewer_ties_among_themselves_than_chance_and_a_core_has_more():
    edge = [(at, at + 1) for at in range(4, 33)]  # so that other networks have the same numbers of ties
    brokers, core = igraph.Graph(34, edge), igraph.Graph(34, edge)
    brokers.add_edges([(at % 4, at) for at in range(4, 34)] + [((at + 1) % 4, at) for at in range(4, 34)])
    core.add_edges([(at % 4, at) for at in range(4, 34)] + [(a, b) for a in range(4) for b in range(a)])
    centre = np.arange(34) < 4
    beyond = [
        compare_with_random(graph, read_adjacency(graph), centre, 0.0, seed=0)["centre_beyond"]
        for graph in (brokers, core)
    ]
    assert beyond[0] < 0 < beyond[1]


def test_small_shapes_are_those_counted_one_by_one():
    rng = np.random.default_rng(4)
    graph = igraph.Graph([(a, b) for a, b in combinations(range(9), 2) if rng.random() < 0.45])
    near = [set(own) for own in graph.get_adjlist()]
    stars = sum(1 for own in near for _ in combinations(own, 3))
    paths = sum(
        1
        for a, b, c, d in permutations(range(9), 4)
        if b in near[a] and c in near[b] and d in near[c] and a < d
    )
    squares = sum(
        1
        for a, b, c, d in permutations(range(9), 4)
        if a == min(a, b, c, d) and b < d and b in near[a] and c in near[b] and d in near[c] and a in near[d]
    )
    joined = sum(1 for one, two in graph.get_edgelist() for _ in combinations(near[one] & near[two], 2))
    signs = signs_of_graph(graph, None)
    expected = [np.log2((count + 1) / (paths + 1)) for count in (stars, 4 * squares, joined)]
    assert [signs[name] for name in ("stars", "squares", "joined_triangles")] == pytest.approx(expected)
