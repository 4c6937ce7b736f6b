"""Recipes that nothing of the model of network types was chosen or fitted by: four ways to be of each type
and five hybrids, written down before any of them was looked at. Other mechanisms than those of `recipes` and
`fitted`: growth, latent places, thresholds, rosters."""

from __future__ import annotations

import numpy as np

from bench.network.recipes import Events, Recipe, Rng, _clique, _groups, _long, _pair, _short


def flux_active(n: int, rng: Rng) -> Events:
    """Each wakes at a rate of its own, deals with one or two at random and forgets them (Perra et al. 2012,
    Scientific Reports 2)."""
    rate = rng.pareto(rng.uniform(1.8, 3.5), n) + 0.3
    awake = rng.choice(n, int(n * rng.uniform(0.8, 1.6)), p=rate / rate.sum())
    pairs = []
    for a in awake:
        for b in rng.integers(n, size=int(rng.integers(1, 3))):
            if a != b:
                pairs.append(_pair(a, b))
    return _short(rng, pairs or [(0, 1)])


def flux_resale(n: int, rng: Rng) -> Events:
    """Goods that go from hand to hand, three to five hands each, other hands every time."""
    pairs = []
    for _ in range(max(int(n * rng.uniform(0.35, 0.75)), 3)):
        hands = rng.choice(n, min(int(rng.integers(3, 6)), n), replace=False)
        pairs += [_pair(a, b) for a, b in zip(hands, hands[1:], strict=False)]
    return _short(rng, pairs)


def flux_towns(n: int, rng: Rng) -> Events:
    """Deals by chance within a few towns, and some between towns."""
    town = rng.integers(int(np.clip(n // 15, 1, 6)), size=n)
    stays = rng.uniform(0.5, 0.9)
    pairs = []
    for _ in range(int(n * rng.uniform(1.1, 2.3))):
        a = int(rng.integers(n))
        near = np.flatnonzero(town == town[a]) if rng.random() < stays else np.arange(n)
        b = int(rng.choice(near))
        if a != b:
            pairs.append(_pair(a, b))
    return _short(rng, pairs or [(0, 1)])


def flux_stubs(n: int, rng: Rng) -> Events:
    """Each has so many deals, drawn from a geometric law, with whoever has one left."""
    deals = np.minimum(rng.geometric(rng.uniform(0.28, 0.5), n), max(n // 4, 3))
    stubs = rng.permutation(np.repeat(np.arange(n), deals))
    return _short(rng, [_pair(a, b) for a, b in zip(stubs[::2], stubs[1::2], strict=False) if a != b])


def broker_pairs(n: int, rng: Rng) -> Events:
    """Every client is served by one of the couples of brokers, some by a third too."""
    k = int(np.clip(round(n * rng.uniform(0.05, 0.14)), 2, 9))
    pairs = set()
    for a in range(k, n):
        pairs |= {
            _pair(int(b), a) for b in rng.choice(k, 2 + int(k > 2 and rng.random() < 0.2), replace=False)
        }
    return _long(rng, pairs)


def broker_languages(n: int, rng: Rng) -> Events:
    """A few languages, two or three brokers who speak each; a client goes to those of its own."""
    languages = int(np.clip(n // 25, 1, 4))
    k = languages * int(rng.integers(2, 4))
    pairs = set()
    for a in range(k, n):
        own = [b for b in range(k) if b % languages == a % languages]
        pairs |= {_pair(b, a) for b in own if rng.random() < rng.uniform(0.5, 1)}
        if rng.random() < 0.25:
            pairs.add(_pair(int(rng.integers(k)), a))
    return _long(rng, pairs)


def broker_attached(n: int, rng: Rng) -> Events:
    """The more clients a broker has, the more come; most clients have two brokers, few know a client."""
    k = int(np.clip(round(n * rng.uniform(0.05, 0.12)), 2, 10))
    clients = np.full(k, 2.0)
    pairs: set[tuple[int, int]] = set()
    for a in range(k, n):
        chosen = rng.choice(k, 1 + int(rng.random() < 0.75), replace=False, p=clients / clients.sum())
        clients[chosen] += 1
        pairs |= {_pair(int(b), a) for b in chosen}
        if a > k and rng.random() < 0.1:
            pairs.add(_pair(int(rng.integers(k, a)), a))
    return _long(rng, pairs)


def broker_suppliers(n: int, rng: Rng) -> Events:
    """Few suppliers and many buyers; every one of either side is known to about half of the brokers."""
    k = int(np.clip(round(n * rng.uniform(0.04, 0.1)), 2, 6))
    share = rng.uniform(0.4, 0.65)
    pairs: set[tuple[int, int]] = set()
    for a in range(k, n):
        own = np.flatnonzero(rng.random(k) < share)
        own = own if len(own) else rng.integers(k, size=1)
        pairs |= {_pair(int(b), a) for b in own}
    return _long(rng, pairs)


def chain_strip(n: int, rng: Rng) -> Events:
    """A long strip, two or three abreast, from which ties are missing."""
    wide = int(rng.integers(2, 4)) if n >= 24 else 1 + int(n >= 12)
    pairs: set[tuple[int, int]] = set()
    for a in range(n):
        if a + wide < n and rng.random() < 0.9:
            pairs.add((a, a + wide))
        if (a + 1) % wide and a + 1 < n and rng.random() < 0.7 or a + 1 < n and rng.random() < 0.1:
            pairs.add((a, a + 1))
    return _long(rng, pairs)


def chain_cells(n: int, rng: Rng) -> Events:
    """Cells of three to seven whose leaders alone know the leader before and after."""
    pairs: set[tuple[int, int]] = set()
    leader, at = -1, 0
    while at < n:
        cell = list(range(at, min(at + int(rng.integers(3, 8)), n)))
        pairs |= {_pair(cell[0], a) for a in cell[1:]}
        pairs |= {_pair(a, b) for i, a in enumerate(cell[1:]) for b in cell[i + 2 :] if rng.random() < 0.4}
        if leader >= 0:
            pairs.add(_pair(leader, cell[0]))
        leader, at = cell[0], at + len(cell)
    return _long(rng, pairs)


def chain_carriers(n: int, rng: Rng) -> Events:
    """Groups grown by word of mouth, and one or two carriers between each and the next."""
    hops = int(np.clip(n // rng.integers(7, 13), 1, 14))
    carriers = [int(rng.integers(1, 3)) for _ in range(hops)]
    used = sum(carriers)
    groups = _groups(list(range(used, n)), hops + 1, rng) if n - used > 2 * (hops + 1) else []
    if len(groups) < 2:
        return _long(rng, {(a, a + 1) for a in range(n - 1)})
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        for i in range(1, len(group)):
            pairs.add(_pair(group[i], group[int(rng.integers(i))]))
            if i > 1 and rng.random() < 0.5:
                pairs.add(_pair(group[i], group[int(rng.integers(i))]))
    number = 0
    for at, several in enumerate(carriers[: len(groups) - 1]):
        for _ in range(several):
            for group in groups[at : at + 2]:
                for a in rng.choice(group, min(int(rng.integers(1, 3)), len(group)), replace=False):
                    pairs.add(_pair(number, int(a)))
            number += 1
    return _long(rng, pairs)


def chain_valley(n: int, rng: Rng) -> Events:
    """Places along a valley: the chance of a tie falls with distance, and each place knows the next."""
    at = np.arange(n)
    reach = rng.uniform(0.8, 1.8)
    distance = np.abs(at[:, None] - at[None])
    chance = np.where(distance <= 6, np.exp(-distance / reach), 0)
    upper = np.triu(rng.random((n, n)) < chance, 1)
    pairs = {(int(a), int(b)) for a, b in zip(*np.nonzero(upper), strict=True)}
    return _long(rng, pairs | {(a, a + 1) for a in range(n - 1)})


def mesh_copying(n: int, rng: Rng) -> Events:
    """Who comes in works with somebody and with most of that one's partners, up to a number."""
    most = int(rng.integers(7, 14))
    near: list[set[int]] = [set() for _ in range(n)]
    for a in range(1, n):
        partner = int(rng.integers(a))
        wanted = {
            partner,
            *(b for b in near[partner] if rng.random() < 0.6),
            *rng.integers(a, size=2).tolist(),
        }
        for b in sorted(wanted):
            if b != a and len(near[a]) < most and len(near[b]) < most + 3:
                near[a].add(b)
                near[b].add(a)
    return _long(rng, {_pair(a, b) for a in range(n) for b in near[a]} or {(0, 1)})


def mesh_torus(n: int, rng: Rng) -> Events:
    """Neighbours on all sides, diagonals too, and some ties right across."""
    wide = max(int(np.sqrt(n)), 3)
    pairs: set[tuple[int, int]] = set()
    for a in range(n):
        for step in (1, wide, wide + 1, wide - 1):
            b = (a + step) % n
            if a != b and rng.random() < 0.9:
                pairs.add(_pair(a, b))
    pairs |= {_pair(*rng.choice(n, 2, replace=False)) for _ in range(int(0.3 * n))}
    return _long(rng, pairs)


def mesh_interests(n: int, rng: Rng) -> Events:
    """Each has three interests of unlike weight; who shares them works together (random dot products)."""
    place = rng.dirichlet(np.full(3, rng.uniform(0.6, 1.5)), n)
    like = place @ place.T
    chance = like / like.mean() * rng.uniform(6, 13) / max(n - 1, 1)
    upper = np.triu(rng.random((n, n)) < np.minimum(chance, 0.8), 1)
    pairs = {(int(a), int(b)) for a, b in zip(*np.nonzero(upper), strict=True)}
    return _long(rng, pairs | {(a, a + 1) for a in range(n - 1)})


def mesh_rosters(n: int, rng: Rng) -> Events:
    """Shifts by roster: each week everybody is in a shift, with half of the last one's people."""
    size = int(rng.integers(4, 7))
    order = rng.permutation(n)
    pairs: set[tuple[int, int]] = set()
    for _ in range(int(rng.integers(2, 4))):
        for at in range(0, n, size):
            pairs |= _clique(order[at : at + size].tolist(), rng, rng.uniform(0.6, 0.95))
        moved = rng.random(n) < 0.5
        order[moved] = rng.permutation(order[moved])
    return _long(rng, pairs)


def core_nested(n: int, rng: Rng) -> Events:
    """Everybody has a rank; two are tied where their ranks together are high enough."""
    rank = np.sort(rng.random(n) ** rng.uniform(1.2, 2.0))[::-1]
    ties = n * rng.uniform(1.3, 2.2)
    together = rank[:, None] + rank[None] + rng.normal(0, 0.12, (n, n))
    upper = np.triu(np.ones((n, n), bool), 1)
    threshold = np.sort(together[upper])[-int(min(ties, upper.sum()))]
    pairs = {(int(a), int(b)) for a, b in zip(*np.nonzero(upper & (together >= threshold)), strict=True)}
    alone = set(range(n)) - {a for pair in pairs for a in pair}
    return _long(rng, pairs | {_pair(int(rng.integers(max(n // 8, 2))), a) for a in alone if a})


def core_treasurers(n: int, rng: Rng) -> Events:
    """A steering few; two of them pay everybody's agents, the others look after people of their own."""
    k = int(np.clip(round(n * rng.uniform(0.1, 0.2)), 4, 14))
    pairs = _clique(list(range(k)), rng, rng.uniform(0.85, 1))
    for a in range(k, n):
        pairs.add(_pair(int(rng.integers(2, k)), a))
        if rng.random() < 0.4:
            pairs.add(_pair(int(rng.integers(2)), a))
    return _long(rng, pairs)


def core_regions(n: int, rng: Rng) -> Events:
    """Regional heads who all meet, each with a deputy who meets most of them, and with people below both."""
    regions = int(np.clip(round(n * rng.uniform(0.06, 0.12)), 3, 8))
    k = 2 * regions
    pairs = _clique(list(range(regions)), rng, 1)
    for deputy in range(regions, min(k, n)):
        pairs |= {_pair(b, deputy) for b in range(regions) if b == deputy - regions or rng.random() < 0.6}
    for a in range(k, n):
        region = int(rng.integers(regions))
        pairs.add(_pair(region, a))
        if rng.random() < 0.35:
            pairs.add(_pair(region + regions, a))
    return _long(rng, pairs)


def core_grown(n: int, rng: Rng) -> Events:
    """The founders all know one another; who comes later joins through one or two with many ties."""
    k = int(np.clip(round(n * rng.uniform(0.1, 0.2)), 3, 12))
    pairs = _clique(list(range(k)), rng, rng.uniform(0.9, 1))
    degree = np.zeros(n)
    for a, b in pairs:
        degree[[a, b]] += 1
    for a in range(k, n):
        weight = np.maximum(degree[:a], 0.2)
        for b in rng.choice(a, min(int(rng.integers(1, 3)), a), replace=False, p=weight / weight.sum()):
            pairs.add(_pair(int(b), a))
            degree[[int(b), a]] += 1
    return _long(rng, pairs)


KEPT_APART: dict[str, tuple[Recipe, ...]] = {
    "flux": (flux_active, flux_resale, flux_towns, flux_stubs),
    "broker": (broker_pairs, broker_languages, broker_attached, broker_suppliers),
    "chain": (chain_strip, chain_cells, chain_carriers, chain_valley),
    "mesh": (mesh_copying, mesh_torus, mesh_interests, mesh_rosters),
    "core": (core_nested, core_treasurers, core_regions, core_grown),
}


def hybrid_halves(n: int, rng: Rng) -> Events:
    """Half of one type and half of another; a tenth of one half also knows somebody of the other."""
    first = n // 2
    (one, other) = _choose(2, rng)
    events = one(first, rng) + _shift(other(n - first, rng), first)
    events += [_across(int(a), int(rng.integers(first, n)), rng) for a in range(first) if rng.random() < 0.1]
    return [*events, _across(0, first, rng)]


def hybrid_layers(n: int, rng: Rng) -> Events:
    """Two kinds of work, each by its own structure, done by people of whom a third does both."""
    each = max(int(n * 0.66), 4)
    (one, other) = _choose(2, rng)
    return one(each, rng) + _shift(other(each, rng), n - each)


def hybrid_three(n: int, rng: Rng) -> Events:
    """Three parts of three types, each tied to the next by two ties."""
    part = max(n // 3, 5)
    events: Events = []
    for at, recipe in enumerate(_choose(3, rng)):
        events += _shift(recipe(part, rng), at * part)
        for _ in range(2 if at else 0):
            a, b = int(rng.integers(part)) + (at - 1) * part, int(rng.integers(part)) + at * part
            events.append(_across(a, b, rng))
    return events


def hybrid_tail(n: int, rng: Rng) -> Events:
    """A network to whose busiest node a chain of as many is tied."""
    first = n // 2
    recipe = KEPT_APART[str(rng.choice(["broker", "mesh", "core", "flux"]))][int(rng.integers(4))]
    events = recipe(first, rng)
    busiest = int(np.bincount([a for event in events for a in event[:2]]).argmax())
    chain = KEPT_APART["chain"][int(rng.integers(4))]
    return [*events, *_shift(chain(n - first, rng), first), _across(busiest, first, rng)]


def hybrid_rewired(n: int, rng: Rng) -> Events:
    """A core or a broker's network whose edge is a mesh."""
    recipe = KEPT_APART[str(rng.choice(["broker", "core"]))][int(rng.integers(4))]
    first = max(n // 2, 6)
    inner = recipe(first, rng)
    mesh = KEPT_APART["mesh"][int(rng.integers(4))]
    return inner + _shift(mesh(n - first // 2, rng), first // 2)


def _choose(count: int, rng: Rng) -> list[Recipe]:
    kinds = rng.choice(list(KEPT_APART), count, replace=False)
    return [KEPT_APART[str(kind)][int(rng.integers(4))] for kind in kinds]


def _shift(events: Events, by: int) -> Events:
    return [(a + by, b + by, *rest) for a, b, *rest in events]


def _across(a: int, b: int, rng: Rng) -> tuple[int, int, float, float, int]:
    return (a, b, 0.1, 0.9, int(rng.integers(3, 9)))


HYBRIDS_APART = (hybrid_halves, hybrid_layers, hybrid_three, hybrid_tail, hybrid_rewired)
