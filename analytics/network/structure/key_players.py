"""The set of nodes whose removal fragments a network most: not the same as its most central nodes.

The key-player problem of Borgatti (2006, Comput Math Organ Theory 12), by distance-weighted fragmentation.
All sets are tried where they are few; otherwise the best of several searches, of which the first begins from
the greedy set, so that the result is never below it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from analytics.network.structure.edge_list import EdgeList
from analytics.network.structure.fragmentation import (
    Adjacency,
    build_adjacency,
    measure_fragmentation,
    measure_many,
)
from analytics.network.structure.node_measures import betweenness_shares

_CANDIDATES = 250  # of a large network: the nodes on most paths and with most ties
WORK = 2e9  # steps of the kernel, for which a person waits a few seconds
_RESTARTS = 12
_LEVELS = 6  # steps between the farthest nodes, as a rule


@dataclass(frozen=True)
class KeyPlayers:
    """`chosen`: positions, in no order of weight. `fragmentation` without them, `intact` with all; `greedy`,
    `by_degree` and `by_betweenness` without as many chosen so. `exact`: every set was tried."""

    chosen: tuple[int, ...]
    fragmentation: float
    intact: float
    greedy: float
    by_degree: float
    by_betweenness: float
    exact: bool


def find_key_players(edges: EdgeList, size: int, *, seed: int = 0, work: float = WORK) -> KeyPlayers:
    """The best set of `size` nodes, found in about `work` steps. A possible victim or witness is never in it
    (`protected` in the nodes).

    Raises ValueError where the network has no more than `size` nodes that may be chosen."""
    count = len(edges.nodes)
    allowed = np.flatnonzero(~edges.nodes.protected.to_numpy(bool))
    if not 1 <= size < count or size > len(allowed):
        raise ValueError(f"A set of {size} cannot be taken from {len(allowed)} nodes that may be chosen.")
    adjacency = build_adjacency(count, edges.pairs)
    degree = np.diff(adjacency[0])
    between = betweenness_shares(edges)
    intact = measure_fragmentation(adjacency, np.zeros(0, np.int64))
    candidates = allowed[np.lexsort((allowed, -degree[allowed]))]
    one_set = (count + len(adjacency[1])) * ((count + 63) // 64) * _LEVELS
    exact = comb(len(allowed), size) * one_set <= work
    if exact:
        sets = np.array(list(combinations(allowed.tolist(), size)), dtype=np.int64)
        values = measure_many(adjacency, sets)
        best = sets[int(values.argmax())]
        greedy = _grow(adjacency, allowed, size)
    else:
        if 4 * len(allowed) * size * one_set > work:
            most = np.argsort(-between[allowed], kind="stable")[: _CANDIDATES // 2]
            candidates = np.unique(np.r_[candidates[: _CANDIDATES // 2], allowed[most]])
        greedy = _grow(adjacency, candidates, size)
        best = _search(adjacency, candidates, greedy, seed, work / one_set)
    return KeyPlayers(
        tuple(sorted(int(node) for node in best)),
        measure_fragmentation(adjacency, best),
        intact,
        measure_fragmentation(adjacency, greedy),
        measure_fragmentation(adjacency, _top(degree, allowed, size)),
        measure_fragmentation(adjacency, _top(between, allowed, size)),
        exact,
    )


def _top(values: np.ndarray, allowed: np.ndarray, size: int) -> np.ndarray:
    return allowed[np.argsort(-values[allowed], kind="stable")[:size]]


def _grow(adjacency: Adjacency, candidates: np.ndarray, size: int) -> np.ndarray:
    """The greedy set: each time the node that fragments most."""
    chosen = np.zeros(0, np.int64)
    for _ in range(size):
        rest = np.setdiff1d(candidates, chosen)
        sets = np.column_stack([np.tile(chosen, (len(rest), 1)), rest])
        chosen = sets[int(measure_many(adjacency, sets).argmax())]
    return chosen


def _search(
    adjacency: Adjacency, candidates: np.ndarray, greedy: np.ndarray, seed: int, tries: float
) -> np.ndarray:
    """Swaps until none helps, from the greedy set, and from seeded random ones while about so many sets may
    still be tried."""
    size = len(greedy)
    rng = np.random.default_rng(seed)
    best = _swap(adjacency, candidates, greedy)
    value, tried = measure_fragmentation(adjacency, best), 3 * len(candidates) * size
    for _ in range(_RESTARTS):
        tried += 4 * len(candidates) * size
        if tried > tries:
            break
        found = _swap(adjacency, candidates, rng.choice(candidates, size, replace=False))
        reached = measure_fragmentation(adjacency, found)
        if reached > value + 1e-12:
            best, value = found, reached
    return best


def _swap(adjacency: Adjacency, candidates: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Borgatti's swaps: one node out and another in, the best such pair, while it helps."""
    value = measure_fragmentation(adjacency, chosen)
    while True:
        rest = np.setdiff1d(candidates, chosen)
        if not len(rest):
            return chosen
        sets = np.concatenate(
            [
                np.column_stack([np.tile(np.delete(chosen, at), (len(rest), 1)), rest])
                for at in range(len(chosen))
            ]
        )
        values = measure_many(adjacency, sets)
        if values.max() <= value + 1e-12:
            return chosen
        chosen, value = sets[int(values.argmax())], values.max()
