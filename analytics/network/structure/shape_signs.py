"""Signs of a network's shape: what is left without its centre, where it is cut easiest, how its groups hang
together, and what of it a random network with the same numbers of ties would show too."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import eigsh

from analytics.network.structure.node_measures import find_communities
from analytics.shared.graph_library import igraph, seeded_igraph

_REWIRED = 3  # random networks with the same numbers of ties
_DENSE = 30  # nodes up to which all eigenvectors are found at once
_FULL = 64  # nodes up to which a matrix of all pairs is multiplied faster than one of ties, in one thread
_MIDDLE = 0.25  # a cut leaves at least this share of the nodes on either side
_COVERED = 0.8  # of the ties, touched by the fewest of the busiest nodes


Adjacency: TypeAlias = np.ndarray | csr_array


def read_adjacency(graph: igraph.Graph) -> Adjacency:
    """Which nodes are tied, as numbers by pair."""
    ends = np.array(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    both = np.concatenate([ends, ends[:, ::-1]])
    count = graph.vcount()
    if count <= _FULL:
        full = np.zeros((count, count))
        full[both[:, 0], both[:, 1]] = 1
        return full
    return csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count))


def measure_cover(ends: np.ndarray, degree: np.ndarray, order: np.ndarray) -> tuple[float, float, float]:
    """(share of nodes, busiest first, that touch four of five ties; density among them; ties among them
    beyond what their numbers of ties let one expect, of all possible)."""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    first = rank[ends].min(axis=1)
    size = max(int(np.quantile(first, _COVERED)) + 1, 2)
    inside = rank[ends].max(axis=1) < size
    own = degree[order[:size]]
    possible = size * (size - 1) / 2
    expected = min((own.sum() ** 2 - (own**2).sum()) / 2 / degree.sum(), possible)
    return size / len(order), inside.sum() / possible, (inside.sum() - expected) / possible


def measure_rest(graph: igraph.Graph, centre: np.ndarray) -> tuple[float, float, float]:
    """(largest part of what is left without the centre, share of it without a tie, ties a node in it)."""
    rest = graph.induced_subgraph(np.flatnonzero(~centre).tolist())
    if not rest.vcount():
        return 0.0, 1.0, 0.0
    degree = np.array(rest.degree())
    return (
        max(rest.connected_components().sizes()) / rest.vcount(),
        float((degree == 0).mean()),
        float(degree.mean()),
    )


def measure_cut(adjacency: Adjacency, degree: np.ndarray) -> tuple[float, float, float]:
    """(the gap of the normalised Laplacian, in powers of ten; ties of the easiest cut through the middle, of
    all; nodes in a row: the ties of that cut against those of the mean cut)."""
    count = adjacency.shape[0]
    scale = 1 / np.sqrt(degree)
    walk = (
        adjacency * np.outer(scale, scale)
        if isinstance(adjacency, np.ndarray)
        else diags_array(scale) @ adjacency @ diags_array(scale)
    )
    if count <= _DENSE:
        values, vectors = np.linalg.eigh(walk)
        second, gap = vectors[:, -2], 1 - values[-2]
    else:
        values, vectors = eigsh(
            walk, k=2, which="LA", v0=np.sqrt(degree) + np.linspace(0, 1, count), tol=1e-5
        )
        second, gap = vectors[:, values.argmin()], 1 - values.min()
    order = np.argsort(second * scale, kind="stable")
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    ends = np.column_stack(adjacency.nonzero())
    low, high = rank[ends].min(axis=1), rank[ends].max(axis=1)
    crossing = np.cumsum(np.bincount(low, minlength=count) - np.bincount(high, minlength=count)) / 2
    edge = max(int(count * _MIDDLE), 1)
    middle = crossing[edge - 1 : count - edge]
    ties = degree.sum() / 2
    lowest = middle.min() if len(middle) else crossing.max()
    spans = (high - low).mean() / count
    return float(np.log10(max(gap, 1e-4))), float(lowest / ties), float(spans)


def measure_groups(member: np.ndarray, ends: np.ndarray) -> tuple[float, float, float]:
    """(groups, in powers of two; tied groups a group; ties between two groups that are tied)."""
    groups = int(member.max()) + 1
    pairs = np.sort(member[ends], axis=1)
    across = pairs[pairs[:, 0] != pairs[:, 1]]
    tied = len(np.unique(across, axis=0))
    return float(np.log2(groups)), 2 * tied / groups, len(across) / max(tied, 1)


def measure_squares(adjacency: Adjacency) -> float:
    """The number of closed squares."""
    shared = adjacency @ adjacency
    if isinstance(shared, np.ndarray):
        common = shared[np.triu_indices(len(shared), 1)]
    else:
        shared = shared.tocoo()
        common = shared.data[shared.row < shared.col]
    return float((common * (common - 1) / 2).sum() / 2)


def compare_small_shapes(
    ends: np.ndarray, degree: np.ndarray, triangle: np.ndarray, square: np.ndarray
) -> tuple[float, float, float]:
    """(stars of three ties, closed squares, two triangles with a common tie), each for one path of three ties
    and in powers of two. `triangle` and `square`: by tie, how many it is part of."""
    stars = (degree * (degree - 1) * (degree - 2) / 6).sum()
    paths = (degree[ends] - 1).prod(axis=1).sum() - triangle.sum()
    joined = (triangle * (triangle - 1) / 2).sum()
    counts = np.array([stars, square.sum(), joined]) + 1
    first, second, third = np.log2(counts / (paths + 1))
    return float(first), float(second), float(third)


def compare_with_random(
    graph: igraph.Graph, adjacency: Adjacency, centre: np.ndarray, modularity: float, *, seed: int
) -> dict[str, float]:
    """What the network has beyond others with the same numbers of ties (Molloy and Reed 1995): modularity,
    closed triples, closed squares, distance, depth of the innermost core, ties within the centre."""
    rows = []
    with seeded_igraph(seed):
        copies = []
        for _ in range(_REWIRED):
            copy = graph.copy()
            copy.rewire(n=10 * graph.ecount())
            copies.append(copy)
    size = int(centre.sum())
    for at, copy in enumerate([graph, *copies]):
        ends = np.array(copy.get_edgelist())
        rows.append(
            (
                modularity if at == 0 else find_communities(copy, seed=seed)[1],
                copy.transitivity_undirected(mode="zero"),
                np.log2(1 + measure_squares(adjacency if at == 0 else read_adjacency(copy))),
                np.log2(copy.average_path_length()),
                np.log2(max(copy.coreness())),
                centre[ends].all(axis=1).sum() / (size * (size - 1) / 2),
            )
        )
    beyond = np.array(rows[0]) - np.mean(rows[1:], axis=0)
    names = (
        *("modularity_beyond", "clustering_beyond", "squares_beyond"),
        *("distance_beyond", "depth_beyond", "centre_beyond"),
    )
    return dict(zip(names, beyond.tolist(), strict=True))
