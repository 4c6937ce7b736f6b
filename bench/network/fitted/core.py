"""Core: a few who steer and all know one another; at the edge the tasks, each tied to one of them."""

from __future__ import annotations

import numpy as np

from bench.network.recipes import Events, Rng, _clique, _long, _pair


def _centre(n: int, rng: Rng, low: float = 0.08, high: float = 0.25) -> int:
    return int(np.clip(round(n * rng.uniform(low, high)), 3, 16))


def core_ideal(n: int, rng: Rng) -> Events:
    """Dense among the core, fairly often between core and edge, hardly ever at the edge."""
    k = _centre(n, rng)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.7, 1))
    reach = rng.uniform(0.8, 2.6) / k
    pairs |= {(b, a) for b in range(k) for a in range(k, n) if rng.random() < reach}
    pairs |= {_pair(int(rng.integers(k)), a) for a in range(k, n)}
    for _ in range(int(rng.uniform(0, 0.2) * n)):
        pairs.add(_pair(*rng.choice(np.arange(k, n), 2, replace=False)))
    return _long(rng, pairs)


def core_onion(n: int, rng: Rng) -> Events:
    """A core, deputies around it who know several of the core, and the rest tied to deputies or core."""
    k = _centre(n, rng, 0.08, 0.16)
    second = k + max(int(n * rng.uniform(0.1, 0.25)), 1)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.85, 1))
    for a in range(k, min(second, n)):
        pairs |= {_pair(int(b), a) for b in rng.choice(k, min(int(rng.integers(2, 4)), k), replace=False)}
    for a in range(second, n):
        pairs.add(_pair(int(rng.integers(k)) if rng.random() < 0.6 else int(rng.integers(second)), a))
    return _long(rng, pairs)


def core_cells(n: int, rng: Rng) -> Events:
    """Cells at the edge, each with a handler in the core."""
    k = _centre(n, rng, 0.1, 0.22)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.85, 1))
    at = k
    while at < n:
        cell = list(range(at, min(at + int(rng.integers(1, 5)), n)))
        handler = int(rng.integers(k))
        pairs |= {_pair(handler, a) for a in cell if rng.random() < 0.85} | {_pair(handler, cell[0])}
        if rng.random() < 0.5:
            pairs |= _clique(cell, rng, 0.5)
        at += len(cell)
    return _long(rng, pairs)


def core_board(n: int, rng: Rng) -> Events:
    """A board, each of whom runs a part of unlike size."""
    k = _centre(n, rng, 0.08, 0.2)
    share = rng.dirichlet(np.full(k, rng.uniform(0.8, 4)))
    pairs = _clique(list(range(k)), rng, rng.uniform(0.8, 1))
    for a in range(k, n):
        pairs.add(_pair(int(rng.choice(k, p=share)), a))
        if rng.random() < 0.2:
            pairs.add(_pair(int(rng.integers(k)), a))
    return _long(rng, pairs)


def core_family(n: int, rng: Rng) -> Events:
    """A family, and associates who know one to four of it, some of them one another."""
    k = _centre(n, rng, 0.12, 0.3)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.75, 1))
    known = rng.gamma(1.5, 1, k)
    for a in range(k, n):
        for b in rng.choice(k, min(int(rng.integers(1, 4)), k), replace=False, p=known / known.sum()):
            pairs.add(_pair(int(b), a))
        if a > k and rng.random() < 0.15:
            pairs.add((a - 1, a))
    return _long(rng, pairs)


def core_ranks(n: int, rng: Rng) -> Events:
    """A core, lieutenants each under one or two of it, soldiers under one lieutenant."""
    k = _centre(n, rng, 0.08, 0.16)
    second = min(k + max(int(n * rng.uniform(0.15, 0.3)), 1), n)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.9, 1))
    for a in range(k, second):
        pairs |= {_pair(int(b), a) for b in rng.choice(k, min(int(rng.integers(1, 3)), k), replace=False)}
    for a in range(second, n):
        pairs.add(_pair(int(rng.integers(k, second)), a))
        if rng.random() < 0.35:
            pairs.add(_pair(int(rng.integers(k)), a))
    return _long(rng, pairs)


def core_partners(n: int, rng: Rng) -> Events:
    """A core with affiliates: small closed groups that two of the core look after."""
    k = _centre(n, rng, 0.1, 0.2)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.85, 1))
    at = k
    while at < n:
        group = list(range(at, min(at + int(rng.integers(2, 4)), n)))
        pairs |= _clique(group, rng, 0.7)
        for b in rng.choice(k, min(int(rng.integers(1, 3)), k), replace=False):
            pairs |= {_pair(int(b), a) for a in group if rng.random() < 0.7}
        at += len(group)
    return _long(rng, pairs)


def core_busy(n: int, rng: Rng) -> Events:
    """A dense centre of unlike weight: the nearer to the head, the more ties to all."""
    k = _centre(n, rng, 0.1, 0.25)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.8, 1))
    pull = 1 / np.arange(1, k + 1) ** rng.uniform(0.3, 1)
    for a in range(k, n):
        for b in rng.choice(k, min(int(rng.integers(1, 4)), k), replace=False, p=pull / pull.sum()):
            pairs.add(_pair(int(b), a))
    return _long(rng, pairs)


def core_graded(n: int, rng: Rng) -> Events:
    """Everybody is more or less of the core: the more two are, the likelier they are tied."""
    rank = (np.arange(n) + 1) / n
    depth = 1 / (1 + np.exp((rank - min(rng.uniform(0.1, 0.2), 16 / n)) * rng.uniform(25, 60)))
    pull = np.outer(depth, depth) * rng.uniform(0.8, 1) + np.add.outer(depth, depth) * rng.uniform(0.04, 0.12)
    upper = np.triu(rng.random((n, n)) < np.minimum(pull, 0.95), 1)
    pairs = {(int(a), int(b)) for a, b in zip(*np.nonzero(upper), strict=True)}
    k = max(int((depth > 0.5).sum()), 2)
    return _long(rng, pairs | {_pair(int(rng.integers(k)), a) for a in range(k, n)})


def core_trees(n: int, rng: Rng) -> Events:
    """Each of the core has people, some of whom have people."""
    k = _centre(n, rng, 0.1, 0.2)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.85, 1))
    deep = rng.uniform(0.1, 0.4)
    for a in range(k, n):
        above = int(rng.integers(k)) if rng.random() > deep or a == k else int(rng.integers(k, a))
        pairs.add(_pair(above, a))
        if rng.random() < 0.15:
            pairs.add(_pair(int(rng.integers(k)), a))
    return _long(rng, pairs)


def core_sites(n: int, rng: Rng) -> Events:
    """Sites with a few workers; one of the core is in charge of each, and another looks after the money."""
    k = _centre(n, rng, 0.08, 0.2)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.8, 1))
    at = k
    while at < n:
        site = list(range(at, min(at + int(rng.integers(2, 6)), n)))
        charge, money = (int(x) for x in rng.choice(k, 2, replace=False))
        pairs |= {_pair(charge, a) for a in site if rng.random() < 0.8} | {_pair(charge, site[0])}
        pairs |= {_pair(money, a) for a in site if rng.random() < 0.35}
        pairs |= {_pair(a, b) for a, b in zip(site, site[1:], strict=False) if rng.random() < 0.5}
        at += len(site)
    return _long(rng, pairs)


def core_loose(n: int, rng: Rng) -> Events:
    """A core of which not all meet, an edge that knows one or two of it and now and then one another."""
    k = _centre(n, rng, 0.12, 0.28)
    pairs = _clique(list(range(k)), rng, rng.uniform(0.55, 0.85))
    for a in range(k, n):
        count = min(1 + int(rng.poisson(rng.uniform(0.2, 1))), k)
        pairs |= {_pair(int(b), a) for b in rng.choice(k, count, replace=False)}
    for _ in range(int(rng.uniform(0, 0.3) * n)):
        pairs.add(_pair(*rng.choice(np.arange(k, n), 2, replace=False)))
    return _long(rng, pairs)


CORE = (
    *(core_ideal, core_onion, core_cells, core_board),
    *(core_family, core_ranks, core_partners, core_busy),
    *(core_graded, core_trees, core_sites, core_loose),
)
