"""Broker: many who do not know one another, tied again and again through a few who could stand in for each
other."""

from __future__ import annotations

import numpy as np

from bench.network.recipes import Events, Rng, _clique, _long, _pair


def _few(n: int, rng: Rng, low: float = 0.04, high: float = 0.15) -> int:
    return int(np.clip(round(n * rng.uniform(low, high)), 2, 14))


def broker_loyal(n: int, rng: Rng) -> Events:
    """Each client has a broker of its own, and a second for when that one is away."""
    k = _few(n, rng)
    pairs = set()
    for a in range(k, n):
        own = int(rng.integers(k))
        pairs.add(_pair(own, a))
        if rng.random() < rng.uniform(0.5, 1):
            pairs.add(_pair((own + 1 + int(rng.integers(k - 1))) % k, a))
    return _long(rng, pairs)


def broker_regions(n: int, rng: Rng) -> Events:
    """Regions, each with two or three brokers; some brokers serve the next region too."""
    regions = int(np.clip(n // 20, 1, 4))
    pairs: set[tuple[int, int]] = set()
    for part in np.array_split(np.arange(n), regions):
        own = part[: max(2, min(int(rng.integers(2, 5)), len(part) // 3))]
        for a in part[len(own) :]:
            pairs |= {_pair(b, a) for b in rng.choice(own, min(2, len(own)), replace=False)}
        for b in own:
            if rng.random() < 0.6:
                pairs |= {_pair(b, a) for a in rng.choice(n, max(n // 15, 1), replace=False) if a != b}
    return _long(rng, pairs)


def broker_services(n: int, rng: Rng) -> Events:
    """Papers, lodging, transport: brokers by service; a client needs two or three services."""
    services = int(rng.integers(2, 4))
    each = int(np.clip(round(n * rng.uniform(0.02, 0.06)), 1, 4))
    k = services * each
    pairs = set()
    for a in range(k, n):
        for service in rng.choice(services, int(rng.integers(2, services + 1)), replace=False):
            pairs.add(_pair(int(service) * each + int(rng.integers(each)), a))
    return _long(rng, pairs)


def broker_fame(n: int, rng: Rng) -> Events:
    """New clients go to the broker of whom most speak, and to another."""
    k = _few(n, rng, 0.05, 0.18)
    fame = np.ones(k)
    pairs = set()
    for a in range(k, n):
        for b in rng.choice(
            k, min(1 + int(rng.random() < rng.uniform(0.4, 1)), k), replace=False, p=fame / fame.sum()
        ):
            fame[b] += rng.uniform(0.2, 1)
            pairs.add(_pair(int(b), a))
    return _long(rng, pairs)


def broker_crews(n: int, rng: Rng) -> Events:
    """Crews with a foreman, who deals through two or three brokers."""
    k = _few(n, rng, 0.05, 0.1)
    pairs: set[tuple[int, int]] = set()
    at = k
    while at < n:
        crew = list(range(at, min(at + int(rng.integers(1, 4)), n)))
        pairs |= {_pair(crew[0], a) for a in crew[1:]}
        pairs |= {_pair(b, crew[0]) for b in rng.choice(k, min(int(rng.integers(2, 4)), k), replace=False)}
        at += len(crew)
    return _long(rng, pairs)


def broker_agents(n: int, rng: Rng) -> Events:
    """Some agents bring clients, and each agent works with two of the brokers, as some clients do."""
    k = _few(n, rng, 0.04, 0.09)
    agents = range(k, k + max((n - k) // 6, 1))
    pairs = set()
    for a in agents:
        pairs |= {_pair(b, a) for b in rng.choice(k, min(2, k), replace=False)}
    for a in range(agents.stop, n):
        pairs.add(_pair(int(rng.choice(agents)) if rng.random() < 0.35 else int(rng.integers(k)), a))
        pairs.add(_pair(int(rng.integers(k)), a))
    return _long(rng, pairs)


def broker_known(n: int, rng: Rng) -> Events:
    """Brokers who know some of the other brokers, among clients who know a few clients."""
    k = _few(n, rng)
    pairs = _clique(list(range(k)), rng, rng.uniform(0, 0.35)) if rng.random() < 0.4 else set()
    for a in range(k, n):
        pairs |= {_pair(int(b), a) for b in rng.choice(k, min(int(rng.integers(1, 4)), k), replace=False)}
    for _ in range(int(rng.uniform(0, 0.35) * n)):
        pairs.add(_pair(*rng.choice(np.arange(k, n), 2, replace=False)))
    return _long(rng, pairs)


def broker_shared(n: int, rng: Rng) -> Events:
    """All the brokers serve most of the clients: any of them will do."""
    k = int(np.clip(round(n * rng.uniform(0.04, 0.1)), 2, 6))
    share = rng.uniform(0.35, 0.8)
    pairs = {(b, a) for b in range(k) for a in range(k, n) if rng.random() < share}
    pairs |= {_pair(int(rng.integers(k)), a) for a in range(k, n)}
    return _long(rng, pairs)


def broker_shifts(n: int, rng: Rng) -> Events:
    """Brokers take turns: a client who comes two or three times meets whoever is there."""
    k = _few(n, rng)
    turn = rng.dirichlet(np.full(k, rng.uniform(1, 6)))
    pairs = set()
    for a in range(k, n):
        pairs |= {_pair(int(b), a) for b in rng.choice(k, int(rng.integers(1, 4)), p=turn)}
    return _long(rng, pairs)


def broker_wholesale(n: int, rng: Rng) -> Events:
    """Brokers supply many sellers, some of the brokers each; a few sellers have a buyer."""
    k = _few(n, rng, 0.04, 0.1)
    sellers = k + max(round((n - k) * rng.uniform(0.65, 0.95)), 1)
    pairs = set()
    for a in range(k, sellers):
        count = min(1 + int(rng.poisson(rng.uniform(0.6, 1.6))), k)
        pairs |= {_pair(int(b), a) for b in rng.choice(k, count, replace=False)}
    pairs |= {_pair(int(rng.integers(k, sellers)), a) for a in range(sellers, n)}
    return _long(rng, pairs)


def broker_introductions(n: int, rng: Rng) -> Events:
    """Brokers who make some of their clients known to each other."""
    k = _few(n, rng, 0.05, 0.12)
    pairs = {_pair(int(b), a) for a in range(k, n) for b in rng.choice(k, min(2, k), replace=False)}
    clients = [[a for a in range(k, n) if (b, a) in pairs] for b in range(k)]
    for own in clients:
        for _ in range(int(len(own) * rng.uniform(0.05, 0.35))):
            pairs.add(_pair(*rng.choice(own, 2, replace=False)) if len(own) > 1 else (0, own[0]))
    return _long(rng, pairs)


def broker_near(n: int, rng: Rng) -> Events:
    """Clients about a town go to the two or three brokers who are nearest."""
    k = _few(n, rng, 0.05, 0.14)
    at, offices = rng.random((n, 2)), rng.random((k, 2))
    pairs = set()
    for a in range(k, n):
        near = np.argsort(((offices - at[a]) ** 2).sum(axis=1))
        pairs |= {_pair(int(b), a) for b in near[: int(rng.integers(2, 4))] if rng.random() < 0.85}
        pairs.add(_pair(int(near[0]), a))
    return _long(rng, pairs)


BROKER = (
    *(broker_loyal, broker_regions, broker_services, broker_fame),
    *(broker_crews, broker_agents, broker_known, broker_shared),
    *(broker_shifts, broker_wholesale, broker_introductions, broker_near),
)
