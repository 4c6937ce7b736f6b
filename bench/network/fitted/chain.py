"""Chain: a line of groups or persons, held together by ties that little can replace."""

from __future__ import annotations

import numpy as np

from bench.network.recipes import Events, Rng, _clique, _groups, _long, _pair


def _row(n: int, rng: Rng, low: int, high: int) -> list[list[int]]:
    return _groups(list(range(n)), int(np.clip(n // rng.integers(low, high), 2, 25)), rng)


def _star(nodes: list[int]) -> set[tuple[int, int]]:
    return {_pair(nodes[0], a) for a in nodes[1:]}


def chain_line(n: int, rng: Rng) -> Events:
    """One after another, with some at the side who help one of them."""
    line = max(int(n * rng.uniform(0.4, 0.8)), 3)
    pairs = {(a, a + 1) for a in range(line - 1)}
    pairs |= {_pair(int(rng.integers(line)), a) for a in range(line, n)}
    pairs |= {(a, a + 2) for a in range(line - 2) if rng.random() < 0.15}
    return _long(rng, pairs)


def chain_clumps(n: int, rng: Rng) -> Events:
    """Loose groups, one or two ties between neighbours."""
    groups = _row(n, rng, 4, 12)
    pairs: set[tuple[int, int]] = set()
    density = rng.uniform(0.3, 0.8)
    for group in groups:
        pairs |= _clique(group, rng, density)
    for a, b in zip(groups, groups[1:], strict=False):
        for _ in range(int(rng.integers(1, 3))):
            pairs.add(_pair(int(rng.choice(a)), int(rng.choice(b))))
    return _long(rng, pairs)


def chain_road(n: int, rng: Rng) -> Events:
    """Along a road: each knows whoever is near on it."""
    at = np.sort(rng.random(n) + 0.3 * np.arange(n) / n)
    reach = rng.uniform(1.2, 3.0) / n * (1.3 if n < 30 else 1)
    pairs = {(a, b) for a in range(n) for b in range(a + 1, min(a + 7, n)) if at[b] - at[a] < reach}
    pairs |= {(a, a + 1) for a in range(n - 1) if at[a + 1] - at[a] < 4 * reach or rng.random() < 0.8}
    return _long(rng, pairs)


def chain_stations(n: int, rng: Rng) -> Events:
    """Stations with helpers of their own; one courier runs between two stations."""
    stations = int(np.clip(n // rng.integers(5, 11), 2, 18))
    couriers = list(range(stations, 2 * stations - 1))
    pairs: set[tuple[int, int]] = set()
    for at, courier in enumerate(couriers):
        pairs |= {_pair(at, courier), _pair(at + 1, courier)}
    for a in range(2 * stations - 1, n):
        pairs.add(_pair(int(rng.integers(stations)), a))
        if rng.random() < 0.3 and a + 1 < n:
            pairs.add((a, a + 1))
    return _long(rng, pairs)


def chain_fork(n: int, rng: Rng) -> Events:
    """A row of groups that forks once."""
    groups = _row(n, rng, 4, 9)
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        pairs |= _clique(group, rng, rng.uniform(0.5, 1))
    fork = max(len(groups) // 2, 1)
    for at in range(1, len(groups)):
        before = fork - 1 if at == (len(groups) + fork) // 2 and rng.random() < 0.5 else at - 1
        pairs.add(_pair(int(rng.choice(groups[before])), int(rng.choice(groups[at]))))
    return _long(rng, pairs)


def chain_relay(n: int, rng: Rng) -> Events:
    """Groups whose runner hands over to the runner of the next; some groups are stars."""
    groups = _row(n, rng, 4, 10)
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        pairs |= _star(group) if rng.random() < 0.4 else _clique(group, rng, rng.uniform(0.5, 1))
    for a, b in zip(groups, groups[1:], strict=False):
        pairs.add(_pair(a[-1], b[0]))
        if rng.random() < 0.3 and len(a) > 1:
            pairs.add(_pair(a[-2], b[0]))
    return _long(rng, pairs)


def chain_steps(n: int, rng: Rng) -> Events:
    """Many short stages of one to four, each known to the stage before and after alone."""
    pairs: set[tuple[int, int]] = set()
    before: list[int] = []
    at = 0
    while at < n:
        stage = list(range(at, min(at + int(rng.integers(1, 5)), n)))
        for a in stage:
            if before:
                pairs |= {
                    _pair(int(b), a)
                    for b in rng.choice(before, min(int(rng.integers(1, 3)), len(before)), replace=False)
                }
        if len(stage) > 1 and rng.random() < 0.5:
            pairs |= _clique(stage, rng, 0.5)
        before, at = stage, at + len(stage)
    return _long(rng, pairs)


def chain_families(n: int, rng: Rng) -> Events:
    """Close families of unlike size in a row; a cousin in each knows the next."""
    pairs: set[tuple[int, int]] = set()
    at, last = 0, -1
    while at < n:
        family = list(range(at, min(at + int(rng.integers(2, 11)), n)))
        pairs |= _clique(family, rng, rng.uniform(0.7, 1))
        if last >= 0:
            pairs |= {
                _pair(last, int(a))
                for a in rng.choice(family, min(int(rng.integers(1, 3)), len(family)), replace=False)
            }
        last, at = int(rng.choice(family)), at + len(family)
    return _long(rng, pairs)


def chain_trunk(n: int, rng: Rng) -> Events:
    """A line, and short lines that lead to it."""
    line = max(int(n * rng.uniform(0.3, 0.6)), 3)
    pairs = {(a, a + 1) for a in range(line - 1)}
    at = line
    while at < n:
        branch = list(range(at, min(at + int(rng.integers(1, 4)), n)))
        pairs.add((int(rng.integers(line)), branch[0]))
        pairs |= set(zip(branch, branch[1:], strict=False))
        at += len(branch)
    return _long(rng, pairs)


def chain_funnel(n: int, rng: Rng) -> Events:
    """Groups that shrink from one to the next; the head of each passes on through a go-between or by hand."""
    pairs: set[tuple[int, int]] = set()
    at, size, last = 0, max(n * rng.uniform(0.25, 0.45), 3), -1
    while at < n:
        group = list(range(at, min(at + max(round(size), 2), n)))
        pairs |= _star(group)
        pairs |= {_pair(*rng.choice(group, 2, replace=False)) for _ in group if len(group) > 1}
        if last >= 0:
            pairs.add((last, group[0]))
        last, at, size = group[-1], at + len(group), size * rng.uniform(0.5, 0.9)
    return _long(rng, pairs)


def chain_two_lines(n: int, rng: Rng) -> Events:
    """Two rows of small groups that end in one."""
    groups = [list(range(at, min(at + 5, n))) for at in range(0, n, 5)]
    half = max(len(groups) // 2, 1)
    pairs: set[tuple[int, int]] = set()
    density = rng.uniform(0.4, 0.9)
    for group in groups:
        pairs |= _clique(group, rng, density)
    for at in range(1, len(groups)):
        to = at + 1 if at == half - 1 and at + 1 < len(groups) else at - 1
        other = groups[-1] if at == half else groups[to]
        pairs.add(_pair(int(rng.choice(groups[at])), int(rng.choice(other))))
        if rng.random() < 0.3:
            pairs.add(_pair(int(rng.choice(groups[at])), int(rng.choice(other))))
    return _long(rng, {(a, b) for a, b in pairs if a != b})


def chain_escorts(n: int, rng: Rng) -> Events:
    """Stages of unlike density; of each, two escorts know two of the next."""
    groups = _row(n, rng, 5, 12)
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        pairs |= _clique(group, rng, rng.uniform(0.15, 0.9))
    for a, b in zip(groups, groups[1:], strict=False):
        pairs |= {_pair(one, other) for one in a[-2:] for other in b[:2] if rng.random() < 0.7}
        pairs.add(_pair(a[-1], b[0]))
    return _long(rng, pairs)


CHAIN = (
    *(chain_line, chain_clumps, chain_road, chain_stations),
    *(chain_fork, chain_relay, chain_steps, chain_families),
    *(chain_trunk, chain_funnel, chain_two_lines, chain_escorts),
)
