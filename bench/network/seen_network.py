"""A network as police see it: the busy more, many ties not at all, lawful contacts among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.shared.graph_library import igraph
from bench.network.recipes import Recipe, Rng, _pair

_FEWEST = 8  # nodes, which a type needs


@dataclass(frozen=True)
class SeenNetwork:
    """`left`, `right`, `weight` (contacts), `begin`, `end` (shares of the period) by tie; `size`: nodes."""

    kind: str
    recipe: str
    size: int
    left: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    begin: np.ndarray
    end: np.ndarray


def make_network(
    kind: str, recipe: Recipe, rng: Rng, size: int | None = None, unseen: tuple[float, float] = (0.2, 0.6)
) -> SeenNetwork:
    """One network as police see it: a share of ties `unseen`, those of busy nodes seen more; up to 15 % of
    the ties lawful contacts, most of them seen once."""
    smallest = 16 if kind == "mixed" else 8
    n = size or int(np.exp(rng.uniform(np.log(smallest), np.log(200))))
    label = rng.permutation(n)
    ties: dict[tuple[int, int], list[float]] = {}
    for a, b, begin, end, contacts in recipe(n, rng):
        if a != b:
            _add(ties, _pair(label[a], label[b]), begin, min(end, 1.0), contacts)
    lawful = int(len(ties) * rng.uniform(0, 0.15))
    for _ in range(lawful):
        outside = n + int(rng.integers(max(n // 10, 1))) if rng.random() < 0.5 else int(rng.integers(n))
        a = int(rng.integers(n))
        if a != outside:
            begin = rng.uniform(0, 0.9)
            _add(ties, _pair(a, outside), begin, begin + 0.05, int(rng.integers(1, 4)))
    pairs = np.array(list(ties))
    facts = np.array(list(ties.values()))
    strength = np.zeros(pairs.max() + 1)
    np.add.at(strength, pairs.ravel(), np.repeat(facts[:, 2], 2))
    seen = see(pairs, facts[:, 2], strength, 1 - rng.uniform(*unseen), rng)
    used, at = np.unique(pairs[seen], return_inverse=True)
    at = at.reshape(-1, 2)
    return SeenNetwork(
        kind, recipe.__name__, len(used), at[:, 0], at[:, 1], facts[seen, 2], facts[seen, 0], facts[seen, 1]
    )


def draw_around(seen: SeenNetwork, rng: Rng) -> SeenNetwork:
    """What is found of it from one node: all within two to six ties of an end of a random tie, farther where
    fewer than eight nodes are so near."""
    graph = igraph.Graph(n=seen.size, edges=np.column_stack([seen.left, seen.right]).tolist())
    begin = int(rng.choice(np.r_[seen.left, seen.right]))
    steps = int(rng.integers(2, 7))
    near = graph.neighborhood(begin, order=steps)
    while len(near) < _FEWEST and len(wider := graph.neighborhood(begin, order=steps + 1)) > len(near):
        near, steps = wider, steps + 1
    inside = np.zeros(seen.size, dtype=bool)
    inside[near] = True
    ties = inside[seen.left] & inside[seen.right]
    number = np.cumsum(inside) - 1
    return SeenNetwork(
        seen.kind,
        seen.recipe,
        len(near),
        number[seen.left[ties]],
        number[seen.right[ties]],
        seen.weight[ties],
        seen.begin[ties],
        seen.end[ties],
    )


def see(pairs: np.ndarray, weight: np.ndarray, strength: np.ndarray, share: float, rng: Rng) -> np.ndarray:
    """Which ties are seen: a `share` of them, more of those with many contacts."""
    busy = np.log1p(weight) + 0.5 * np.log1p(strength[pairs].max(axis=1))
    score = busy / busy.mean() * rng.uniform(0.3, 1) + rng.gumbel(0, 0.5, len(pairs))
    count = max(int(round(share * len(pairs))), 4)
    return np.sort(np.argsort(-score)[:count])


def _add(
    ties: dict[tuple[int, int], list[float]], pair: tuple[int, int], begin: float, end: float, contacts: float
) -> None:
    if pair in ties:
        old = ties[pair]
        ties[pair] = [min(old[0], begin), max(old[1], end), old[2] + contacts]
    else:
        ties[pair] = [begin, end, contacts]
