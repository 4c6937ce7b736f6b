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


def flux_forum(n: int, rng: Rng) -> Events:
    """Whoever offers deals with one of the last few who offered, and is soon out of sight again."""
    pairs, recent = [], [int(a) for a in rng.choice(n, min(3, n), replace=False)]
    seen = int(rng.integers(3, 9))
    for _ in range(int(n * rng.uniform(1.1, 2.3))):
        a, b = int(rng.integers(n)), int(rng.choice(recent))
        if a != b:
            pairs.append(_pair(a, b))
        recent = [*recent[-seen:], a]
    return _short(rng, pairs or [(0, 1)])


def flux_waves(n: int, rng: Rng) -> Events:
    """Waves of people: each wave deals among itself, and a few stay for the next."""
    pairs: list[tuple[int, int]] = []
    stayed: list[int] = []
    for wave in np.array_split(rng.permutation(n), int(np.clip(n // rng.integers(7, 25), 1, 6))):
        there = [*stayed, *wave.tolist()]
        pairs += [
            _pair(*rng.choice(there, 2, replace=False)) for _ in range(int(len(there) * rng.uniform(1, 2.2)))
        ]
        stayed = rng.choice(there, max(len(there) // 5, 1), replace=False).tolist()
    return _short(rng, pairs)


def flux_gatherings(n: int, rng: Rng) -> Events:
    """Gatherings of four to nine, at each of which a few find somebody to deal with."""
    pairs = []
    for _ in range(max(int(n * rng.uniform(0.3, 0.7)), 3)):
        there = rng.choice(n, min(int(rng.integers(4, 10)), n), replace=False)
        pairs += [_pair(*rng.choice(there, 2, replace=False)) for _ in range(int(rng.integers(2, 5)))]
    return _short(rng, pairs)


def flux_word_of_mouth(n: int, rng: Rng) -> Events:
    """Deals with strangers, and some with whom one's last partner last dealt with."""
    last: dict[int, int] = {}
    pairs = []
    heard = rng.uniform(0.15, 0.5)
    for _ in range(int(n * rng.uniform(1.2, 2.4))):
        a, b = (int(x) for x in rng.choice(n, 2, replace=False))
        if rng.random() < heard and a in last:
            b = last.get(last[a], b)
        if a != b:
            pairs.append(_pair(a, b))
            last[a], last[b] = b, a
    return _short(rng, pairs)


FLUX = (
    *(flux_gigs, flux_venues, flux_rounds, flux_referrals),
    *(flux_two_sided, flux_crews, flux_uneven, flux_drift),
    *(flux_forum, flux_waves, flux_gatherings, flux_word_of_mouth),
)
