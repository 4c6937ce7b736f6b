"""Flux: short deals with changing partners, no stable centre, no lasting groups."""

from __future__ import annotations

import numpy as np

from bench.network.recipes import Events, Rng, _clique, _pair, _short


def flux_gigs(n: int, rng: Rng) -> Events:
    """Whoever has a job calls a few helpers, another each time."""
    pairs = []
    for _ in range(max(int(n * rng.uniform(0.3, 0.8)), 3)):
        team = rng.choice(n, min(int(rng.integers(2, 6)), n), replace=False)
        pairs += [_pair(team[0], other) for other in team[1:]]
    return _short(rng, pairs)


def flux_venues(n: int, rng: Rng) -> Events:
    """Many meeting places; each knows one to three of them, and deals with whoever is there."""
    places = max(int(n * rng.uniform(0.15, 0.4)), 3)
    known = [rng.choice(places, int(rng.integers(1, 4)), replace=True) for _ in range(n)]
    at = [[a for a in range(n) if place in known[a]] for place in range(places)]
    pairs = []
    for _ in range(int(n * rng.uniform(1.1, 2.4))):
        there = at[int(rng.integers(places))]
        if len(there) > 1:
            pairs.append(_pair(*rng.choice(there, 2, replace=False)))
    return _short(rng, pairs)


def flux_rounds(n: int, rng: Rng) -> Events:
    """Rounds in which some pair up at random."""
    pairs = []
    for _ in range(int(rng.integers(3, 9))):
        order = rng.permutation(n)[: max(int(n * rng.uniform(0.4, 0.9)), 2)]
        pairs += [_pair(a, b) for a, b in zip(order[::2], order[1::2], strict=False)]
    return _short(rng, pairs)


def flux_referrals(n: int, rng: Rng) -> Events:
    """Each comes by a word of somebody who was there before, then deals with one or two others once."""
    pairs = []
    for a in range(1, n):
        pairs.append(_pair(a, int(rng.integers(a))))
        for _ in range(int(rng.poisson(rng.uniform(0.3, 1.3)))):
            b = int(rng.integers(n))
            if b != a:
                pairs.append(_pair(a, b))
    return _short(rng, pairs)


def flux_two_sided(n: int, rng: Rng) -> Events:
    """Many who sell and many who buy, each sale to whoever asks."""
    first = max(int(n * rng.uniform(0.3, 0.6)), 2)
    pairs = [
        _pair(int(rng.integers(first)), int(rng.integers(first, n)))
        for _ in range(int(n * rng.uniform(1.2, 2.4)))
    ]
    return _short(rng, pairs)


def flux_crews(n: int, rng: Rng) -> Events:
    """Crews that dissolve after a week; their people go to other crews."""
    pairs = []
    for _ in range(int(rng.integers(2, 5))):
        order = rng.permutation(n)[: max(int(n * rng.uniform(0.4, 0.8)), 3)].tolist()
        while len(order) > 1:
            size = int(rng.integers(2, 5))
            crew, order = order[:size], order[size:]
            pairs += sorted(_clique(crew, rng, rng.uniform(0.5, 1)))
    return _short(rng, pairs)


def flux_uneven(n: int, rng: Rng) -> Events:
    """Some deal more than others, none of them for long."""
    busy = rng.gamma(rng.uniform(1.2, 4), 1, n)
    busy /= busy.sum()
    pairs = [_pair(*rng.choice(n, 2, replace=False, p=busy)) for _ in range(int(n * rng.uniform(1.1, 2.3)))]
    return _short(rng, pairs)


def flux_drift(n: int, rng: Rng) -> Events:
    """Everybody moves about a town: one deals with those who are near just then."""
    pairs = []
    reach = rng.uniform(0.06, 0.14) * np.sqrt(60 / max(n, 20))
    for _ in range(int(rng.integers(3, 7))):
        at = rng.random((n, 2))
        near = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) < reach
        ones, others = np.nonzero(np.triu(near, 1))
        chosen = rng.random(len(ones)) < rng.uniform(0.3, 0.8)
        pairs += [_pair(a, b) for a, b in zip(ones[chosen], others[chosen], strict=True)]
    if len(pairs) < n:
        pairs += [_pair(*rng.choice(n, 2, replace=False)) for _ in range(n - len(pairs))]
    return _short(rng, pairs[: int(2.6 * n)])


FLUX = (
    *(flux_gigs, flux_venues, flux_rounds, flux_referrals),
    *(flux_two_sided, flux_crews, flux_uneven, flux_drift),
)
