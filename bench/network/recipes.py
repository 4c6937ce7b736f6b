"""Networks of known type, each type by several recipes that have nothing in common but what the type means
(Williams). `seen_network.py` shows them as police see them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Rng = np.random.Generator
Events = list[tuple[int, int, float, float, int]]  # two nodes, begin and end (0 to 1), contacts
Recipe = Callable[[int, Rng], Events]


def _long(rng: Rng, pairs: set[tuple[int, int]]) -> Events:
    """Ties that last, used again and again."""
    events: Events = []
    for a, b in sorted(pairs):
        begin = rng.uniform(0, 0.3)
        events.append((a, b, begin, rng.uniform(max(0.6, begin), 1), 2 + int(rng.poisson(rng.uniform(3, 9)))))
    return events


def _short(rng: Rng, pairs: list[tuple[int, int]]) -> Events:
    events: Events = []
    for a, b in pairs:
        begin = rng.uniform(0, 0.95)
        events.append((a, b, begin, begin + rng.exponential(0.03), 1 + int(rng.random() < 0.3)))
    return events


def _pair(a: int, b: int) -> tuple[int, int]:
    return (int(min(a, b)), int(max(a, b)))


def _clique(nodes: list[int], rng: Rng, density: float = 1.0) -> set[tuple[int, int]]:
    pairs = {_pair(a, b) for i, a in enumerate(nodes) for b in nodes[i + 1 :] if rng.random() < density}
    return pairs | {_pair(a, b) for a, b in zip(nodes, nodes[1:], strict=False)}


def _groups(nodes: list[int], count: int, rng: Rng) -> list[list[int]]:
    cuts = (
        np.sort(rng.choice(np.arange(2, len(nodes) - 1), max(count - 1, 0), replace=False))
        if count > 1
        else []
    )
    return [part.tolist() for part in np.split(np.array(nodes), cuts) if len(part)]


def flux_deals(n: int, rng: Rng) -> Events:
    """Any two for one deal."""
    return _short(
        rng, [_pair(*rng.choice(n, 2, replace=False)) for _ in range(int(n * rng.uniform(1.2, 2.5)))]
    )


def flux_teams(n: int, rng: Rng) -> Events:
    """Teams of three or four for one job, made up each time."""
    pairs = []
    for _ in range(max(int(n * rng.uniform(0.4, 0.7)), 3)):
        team = [int(x) for x in rng.choice(n, int(rng.integers(2, 5)), replace=False)]
        pairs += sorted(_clique(team, rng))
    return _short(rng, pairs)


def flux_market(n: int, rng: Rng) -> Events:
    """A market whose people come and go: each is there for a while and deals with whoever is there too."""
    begin = np.sort(rng.uniform(0, 0.85, n))
    stay = rng.uniform(0.1, 0.3, n)
    events: Events = []
    for _ in range(int(n * rng.uniform(1.3, 2.6))):
        a = int(rng.integers(n))
        there = [
            b for b in range(n) if b != a and begin[b] < begin[a] + stay[a] and begin[a] < begin[b] + stay[b]
        ]
        if there:
            b = int(rng.choice(there))
            at = max(begin[a], begin[b])
            events.append((*_pair(a, b), at, at + 0.02, 1 + int(rng.random() < 0.3)))
    return events


def flux_friends(n: int, rng: Rng) -> Events:
    """Small-timers with one or two partners each, loosely near one another, partners changed."""
    at = rng.random((n, 2))
    pairs = []
    for a in range(n):
        near = np.argsort(((at - at[a]) ** 2).sum(axis=1))[1 : max(8, n // 4)]
        for b in rng.choice(near, min(int(rng.integers(1, 3)), len(near)), replace=False):
            pairs.append(_pair(a, int(b)))
    return _short(rng, pairs)


def broker_pool(n: int, rng: Rng) -> Events:
    """Everyone deals through two of a few brokers."""
    k = int(np.clip(round(n * rng.uniform(0.06, 0.15)), 2, 10))
    pairs = {_pair(b, a) for a in range(k, n) for b in rng.choice(k, 2, replace=False)}
    return _long(rng, pairs)


def broker_popular(n: int, rng: Rng) -> Events:
    """Brokers of unlike fame, clients with one to three of them, some deals between clients."""
    k = int(np.clip(round(n * rng.uniform(0.08, 0.18)), 3, 14))
    fame = 1 / np.arange(1, k + 1) ** rng.uniform(0.3, 0.8)
    fame /= fame.sum()
    pairs = set()
    for a in range(k, n):
        for b in rng.choice(k, min(int(rng.integers(1, 4)), k), replace=False, p=fame):
            pairs.add(_pair(int(b), a))
    for _ in range(int(0.15 * n)):
        pairs.add(_pair(*rng.choice(np.arange(k, n), 2, replace=False)))
    return _long(rng, pairs)


def broker_markets(n: int, rng: Rng) -> Events:
    """Sellers on one side, buyers on the other, and a few brokers tied to many of both."""
    k = int(np.clip(round(n * rng.uniform(0.06, 0.14)), 2, 9))
    sides = np.array_split(np.arange(k, n), 2)
    pairs = set()
    for side in sides:
        for a in side:
            for b in rng.choice(k, min(2, k), replace=False):
                if rng.random() < 0.85:
                    pairs.add(_pair(int(b), int(a)))
    return _long(rng, pairs)


def broker_teams(n: int, rng: Rng) -> Events:
    """Small crews, each reached through two of the brokers by most of its members."""
    k = int(np.clip(round(n * rng.uniform(0.07, 0.15)), 2, 10))
    pairs: set[tuple[int, int]] = set()
    rest = list(range(k, n))
    for start in range(0, len(rest), 3):
        crew = rest[start : start + 3]
        if rng.random() < 0.5:
            pairs |= _clique(crew, rng)
        for b in rng.choice(k, min(2, k), replace=False):
            pairs |= {_pair(int(b), a) for a in crew if rng.random() < 0.8}
    return _long(rng, pairs)


def chain_cliques(n: int, rng: Rng) -> Events:
    """Groups in a row, one tie from each to the next."""
    groups = _groups(list(range(n)), int(np.clip(n // rng.integers(4, 9), 3, 25)), rng)
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        pairs |= _clique(group, rng, rng.uniform(0.6, 1))
    pairs |= {_pair(a[-1], b[0]) for a, b in zip(groups, groups[1:], strict=False)}
    return _long(rng, pairs)


def chain_transporters(n: int, rng: Rng) -> Events:
    """Groups in a row, and between two of them a transporter who belongs to neither."""
    count = int(np.clip(n // rng.integers(5, 10), 2, 20))
    movers = count - 1
    groups = _groups(list(range(movers, n)), count, rng)
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        pairs |= _clique(group, rng, rng.uniform(0.4, 0.9))
    for at, (a, b) in enumerate(zip(groups, groups[1:], strict=False)):
        pairs |= {_pair(at, int(x)) for x in rng.choice(a, min(2, len(a)), replace=False)}
        pairs |= {_pair(at, int(x)) for x in rng.choice(b, min(2, len(b)), replace=False)}
    return _long(rng, pairs)


def chain_ends(n: int, rng: Rng) -> Events:
    """A cluster at both ends and a line between them (Bruinsma and Bernasco 2004)."""
    line = int(np.clip(round(n * rng.uniform(0.25, 0.5)), 2, 40))
    first = (n - line) // 2
    ends = [list(range(line, line + first)), list(range(line + first, n))]
    pairs = {(a, a + 1) for a in range(line - 1)}
    for group in ends:
        pairs |= _clique(group, rng, rng.uniform(0.4, 0.9))
    pairs |= {_pair(0, int(x)) for x in rng.choice(ends[0], min(2, len(ends[0])), replace=False)}
    pairs |= {_pair(line - 1, int(x)) for x in rng.choice(ends[1], min(2, len(ends[1])), replace=False)}
    for a in range(1, line - 2):
        if rng.random() < 0.3:
            pairs.add((a, a + 2))
    return _long(rng, pairs)


def chain_stages(n: int, rng: Rng) -> Events:
    """Recruiters, movers, receivers: sparse groups, each passing on through one or two of its own."""
    groups = _groups(list(range(n)), int(np.clip(n // rng.integers(6, 14), 3, 12)), rng)
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        pairs |= {_pair(group[at], group[int(rng.integers(0, at))]) for at in range(1, len(group))}
        pairs |= {
            _pair(*rng.choice(group, 2, replace=False)) for _ in range(len(group) // 2) if len(group) > 2
        }
    for a, b in zip(groups, groups[1:], strict=False):
        for _ in range(int(rng.integers(1, 3))):
            pairs.add(_pair(int(rng.choice(a)), int(rng.choice(b))))
    return _long(rng, pairs)


def mesh_random(n: int, rng: Rng) -> Events:
    """Anyone with many others."""
    mean = rng.uniform(5, 16)
    p = min(mean / max(n - 1, 1), 0.7)
    pairs = {(a, b) for a in range(n) for b in range(a + 1, n) if b == a + 1 or rng.random() < p}
    return _long(rng, pairs)


def mesh_overlapping(n: int, rng: Rng) -> Events:
    """Each works in two or three groups by task."""
    count = max(n // int(rng.integers(3, 8)), 3)
    member = [rng.choice(count, min(int(rng.integers(2, 4)), count), replace=False) for _ in range(n)]
    pairs: set[tuple[int, int]] = set()
    for group in range(count):
        pairs |= _clique([a for a in range(n) if group in member[a]], rng, rng.uniform(0.5, 0.9))
    return _long(rng, pairs)


def mesh_lattice(n: int, rng: Rng) -> Events:
    """Neighbours in a ring, and ties across it."""
    reach = int(np.clip(rng.integers(2, 5), 2, max(n // 3, 2)))
    pairs = {
        _pair(a, (a + step) % n) for a in range(n) for step in range(1, reach + 1) if a != (a + step) % n
    }
    moved = set()
    for a, b in sorted(pairs):
        if rng.random() < 0.25:
            c = int(rng.integers(n))
            moved.add(_pair(a, c) if c != a else (a, b))
        else:
            moved.add((a, b))
    return _long(rng, moved)


def mesh_layers(n: int, rng: Rng) -> Events:
    """Stages of the trade, each of whose many nodes deals with several of the next."""
    layers = [part.tolist() for part in np.array_split(rng.permutation(n), int(np.clip(n // 6, 2, 5)))]
    pairs = set()
    for a, b in zip(layers, layers[1:], strict=False):
        for one in a:
            for other in rng.choice(b, min(int(rng.integers(2, 6)), len(b)), replace=False):
                pairs.add(_pair(one, int(other)))
        for other in b:
            for one in rng.choice(a, min(2, len(a)), replace=False):
                pairs.add(_pair(int(one), other))
    for layer in layers:
        for _ in range(len(layer) // 2):
            if len(layer) > 1:
                pairs.add(_pair(*rng.choice(layer, 2, replace=False)))
    return _long(rng, pairs)


def core_periphery(n: int, rng: Rng) -> Events:
    """A dense steering core, and each of the others tied to one or two of it."""
    k = int(np.clip(round(n * rng.uniform(0.12, 0.25)), 3, 20))
    pairs = _clique(list(range(k)), rng, rng.uniform(0.8, 1))
    for a in range(k, n):
        pairs |= {_pair(int(b), a) for b in rng.choice(k, int(rng.integers(1, 3)), replace=False)}
    return _long(rng, pairs)


def core_franchise(n: int, rng: Rng) -> Events:
    """A core that sponsors crews, each run by one who answers to one or two of the core."""
    k = int(np.clip(round(n * rng.uniform(0.12, 0.22)), 3, 14))
    pairs = _clique(list(range(k)), rng, rng.uniform(0.85, 1))
    rest = list(range(k, n))
    at = 0
    while at < len(rest):
        crew = rest[at : at + int(rng.integers(2, 6))]
        pairs |= {_pair(crew[0], a) for a in crew[1:]}
        pairs |= {_pair(int(b), crew[0]) for b in rng.choice(k, int(rng.integers(1, 3)), replace=False)}
        at += len(crew)
    return _long(rng, pairs)


def core_command(n: int, rng: Rng) -> Events:
    """A core that directs everyone by hand: each of the others is tied to several of it."""
    k = int(np.clip(round(n * rng.uniform(0.1, 0.2)), 3, 14))
    pairs = _clique(list(range(k)), rng)
    for a in range(k, n):
        pairs |= {_pair(int(b), a) for b in rng.choice(k, min(int(rng.integers(1, 4)), k), replace=False)}
        if rng.random() < 0.25 and n - k > 1:
            b = int(rng.integers(k, n))
            if b != a:
                pairs.add(_pair(a, b))
    return _long(rng, pairs)


def core_hub(n: int, rng: Rng) -> Events:
    """One head, deputies tied to it and to one another, and staff shared out among them."""
    k = int(np.clip(round(n * rng.uniform(0.1, 0.2)), 3, 10))
    pairs = _clique(list(range(k)), rng, 0.9)
    for a in range(k, n):
        if rng.random() < 0.6:
            pairs.add((0, a))
        pairs.add(_pair(int(rng.integers(1, k)), a))
    return _long(rng, pairs)


def hybrid_core_chain(n: int, rng: Rng) -> Events:
    """A core with its edge at one end of a chain."""
    return _joined(core_periphery, chain_cliques, n, rng)


def hybrid_mesh_broker(n: int, rng: Rng) -> Events:
    return _joined(mesh_random, broker_pool, n, rng)


def hybrid_chain_mesh(n: int, rng: Rng) -> Events:
    return _joined(chain_transporters, mesh_overlapping, n, rng)


def hybrid_core_mesh(n: int, rng: Rng) -> Events:
    return _joined(core_franchise, mesh_random, n, rng)


def hybrid_broker_chain(n: int, rng: Rng) -> Events:
    return _joined(broker_popular, chain_stages, n, rng)


def hybrid_flux_core(n: int, rng: Rng) -> Events:
    return _joined(flux_deals, core_hub, n, rng)


def _joined(one: Recipe, other: Recipe, n: int, rng: Rng) -> Events:
    """Two networks of about equal size, joined at a few nodes."""
    first = int(round(n * rng.uniform(0.4, 0.6)))
    events = one(first, rng)
    events += [(a + first, b + first, *rest) for a, b, *rest in other(n - first, rng)]
    for _ in range(int(rng.integers(2, 4 + n // 30))):
        a, b = int(rng.integers(first)), int(rng.integers(first, n))
        events.append((a, b, 0.1, 0.9, int(rng.integers(3, 9))))
    return events


RECIPES: dict[str, tuple[Recipe, ...]] = {
    "flux": (flux_deals, flux_teams, flux_market, flux_friends),
    "broker": (broker_pool, broker_popular, broker_markets, broker_teams),
    "chain": (chain_cliques, chain_transporters, chain_ends, chain_stages),
    "mesh": (mesh_random, mesh_overlapping, mesh_lattice, mesh_layers),
    "core": (core_periphery, core_franchise, core_command, core_hub),
}
HYBRIDS = (
    hybrid_core_chain,
    hybrid_mesh_broker,
    hybrid_chain_mesh,
    hybrid_core_mesh,
    hybrid_broker_chain,
    hybrid_flux_core,
)
