"""Mesh: many ways between any two, no centre that all goes through, stable ties."""

from __future__ import annotations

import numpy as np

from analytics.shared.graph_library import igraph, seeded_igraph
from bench.network.recipes import Events, Rng, _clique, _long, _pair


def _pairs(graph: igraph.Graph) -> set[tuple[int, int]]:
    return {_pair(a, b) for a, b in graph.get_edgelist() if a != b}


def mesh_near(n: int, rng: Rng) -> Events:
    """Those near one another in a town, each with many."""
    at = rng.random((n, 2))
    distance = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    mean = rng.uniform(6, 14)
    order = np.argsort(distance, axis=1)[:, 1 : min(int(mean * 0.7) + 1, n)]
    pairs = {_pair(a, int(b)) for a in range(n) for b in order[a]}
    pairs |= {_pair(*rng.choice(n, 2, replace=False)) for _ in range(int(n * rng.uniform(0.3, 1)))}
    return _long(rng, pairs)


def mesh_blocks(n: int, rng: Rng) -> Events:
    """Two to five groups with many ties between them too."""
    block = rng.integers(int(rng.integers(2, 6)), size=n)
    inside = rng.uniform(5, 10) / max(n / (block.max() + 1), 4)
    across = inside * rng.uniform(0.25, 0.6)
    pairs = set()
    for a in range(n):
        for b in range(a + 1, n):
            if rng.random() < min(inside if block[a] == block[b] else across, 0.8):
                pairs.add((a, b))
    pairs |= {(a, a + 1) for a in range(n - 1)}
    return _long(rng, pairs)


def mesh_tasks(n: int, rng: Rng) -> Events:
    """Tasks done by four to seven, in another mixture each; everybody has two or three."""
    pairs: set[tuple[int, int]] = set()
    for _ in range(max(int(n * rng.uniform(0.35, 0.6)), 3)):
        team = rng.choice(n, min(int(rng.integers(4, 8)), n), replace=False).tolist()
        pairs |= _clique(team, rng, rng.uniform(0.6, 1))
    pairs |= {(a, (a + 1) % n) for a in range(n - 1)}
    return _long(rng, pairs)


def mesh_regular(n: int, rng: Rng) -> Events:
    """Everybody with as many others."""
    degree = int(min(rng.integers(5, 13), n - 2))
    with seeded_igraph(int(rng.integers(1 << 30))):
        graph = igraph.Graph.K_Regular(n, degree - degree * n % 2)
    return _long(rng, _pairs(graph))


def mesh_specialists(n: int, rng: Rng) -> Events:
    """Three or four trades; each works with several of every other."""
    trade = np.arange(n) % int(rng.integers(2, 5))
    pairs = set()
    for a in range(n):
        for other in set(trade.tolist()) - {int(trade[a])}:
            there = np.flatnonzero(trade == other)
            for b in rng.choice(there, min(int(rng.integers(2, 5)), len(there)), replace=False):
                pairs.add(_pair(a, int(b)))
    return _long(rng, pairs)


def mesh_kin(n: int, rng: Rng) -> Events:
    """Families, married into one another many times."""
    pairs: set[tuple[int, int]] = set()
    at = 0
    while at < n:
        family = list(range(at, min(at + int(rng.integers(3, 8)), n)))
        pairs |= _clique(family, rng, rng.uniform(0.7, 1))
        at += len(family)
    pairs |= {_pair(*rng.choice(n, 2, replace=False)) for _ in range(int(n * rng.uniform(1, 2.5)))}
    return _long(rng, pairs)


def mesh_uneven(n: int, rng: Rng) -> Events:
    """Some with more ties than others, all with many."""
    busy = rng.gamma(rng.uniform(3, 8), 1, n)
    weight = np.outer(busy, busy)
    chance = weight / weight.mean() * rng.uniform(6, 14) / max(n - 1, 1)
    upper = np.triu(rng.random((n, n)) < np.minimum(chance, 0.8), 1)
    pairs = {(int(a), int(b)) for a, b in zip(*np.nonzero(upper), strict=True)}
    return _long(rng, pairs | {(a, a + 1) for a in range(n - 1)})


def mesh_small_world(n: int, rng: Rng) -> Events:
    """A ring of near neighbours with long ties."""
    reach = int(min(rng.integers(3, 6), max((n - 1) // 2, 1)))
    with seeded_igraph(int(rng.integers(1 << 30))):
        graph = igraph.Graph.Watts_Strogatz(1, n, reach, rng.uniform(0.1, 0.5))
    return _long(rng, _pairs(graph))


def mesh_closing(n: int, rng: Rng) -> Events:
    """Ties at random, then between those who know somebody in common."""
    near: list[set[int]] = [set() for _ in range(n)]
    for a in range(1, n):
        _tie(near, a, int(rng.integers(a)))
    wanted, closed = n * rng.uniform(2.5, 6.5), rng.uniform(0.3, 0.8)
    for _ in range(int(wanted)):
        a, b = (int(x) for x in rng.choice(n, 2, replace=False))
        if rng.random() < closed and near[a]:
            b = int(rng.choice(sorted(near[int(rng.choice(sorted(near[a])))])))
        _tie(near, a, b)
    return _long(rng, {_pair(a, b) for a in range(n) for b in near[a]})


def _tie(near: list[set[int]], a: int, b: int) -> None:
    if a != b:
        near[a].add(b)
        near[b].add(a)


def mesh_rows_and_columns(n: int, rng: Rng) -> Events:
    """Everybody has a place and a trade, and works with some of both."""
    width = int(np.clip(round(np.sqrt(n) * rng.uniform(0.8, 1.6)), 3, 16))
    row, column = np.arange(n) // width, np.arange(n) % width
    same = (row[:, None] == row) | (column[:, None] == column)
    share = min(rng.uniform(6, 13) / max(same.sum() / n, 1), 0.95)
    upper = np.triu(same & (rng.random((n, n)) < share), 1)
    pairs = {(int(a), int(b)) for a, b in zip(*np.nonzero(upper), strict=True)}
    return _long(rng, pairs | {(a, a + 1) for a in range(n - 1)})


def mesh_two_sides(n: int, rng: Rng) -> Events:
    """Two sides, each of whose people deals with many of the other."""
    first = max(int(n * rng.uniform(0.35, 0.65)), 3)
    share = min(rng.uniform(2.5, 5.5) * n / max(first * (n - first), 1), 0.85)
    pairs = {(a, b) for a in range(first) for b in range(first, n) if rng.random() < share}
    pairs |= {_pair(a, int(rng.integers(first, n))) for a in range(first)}
    pairs |= {_pair(int(rng.integers(first)), b) for b in range(first, n)}
    return _long(rng, pairs)


def mesh_fading(n: int, rng: Rng) -> Events:
    """The further apart in a town, the seldomer a tie, but never not at all."""
    at = rng.random((n, 2))
    distance = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    chance = np.exp(-distance / rng.uniform(0.08, 0.4))
    np.fill_diagonal(chance, 0)
    chance = np.minimum(chance * rng.uniform(6, 13) * n / chance.sum(), 0.9)
    upper = np.triu(rng.random((n, n)) < chance, 1)
    pairs = {(int(a), int(b)) for a, b in zip(*np.nonzero(upper), strict=True)}
    return _long(rng, pairs | {_pair(a, int(rng.integers(a))) for a in range(1, n)})


MESH = (
    *(mesh_near, mesh_blocks, mesh_tasks, mesh_regular),
    *(mesh_specialists, mesh_kin, mesh_uneven, mesh_small_world),
    *(mesh_closing, mesh_rows_and_columns, mesh_two_sides, mesh_fading),
)
