"""From verified links to campaigns, without trusting chains of links.

Links are taken from the strongest to the weakest. Two groups become one only if their own members agree: the
mean agreement over pairs of their representatives (up to REPRESENTATIVES each) must reach the level asked
for; one advert may join a group of ESTABLISHED members or more, whose template is known well, at FORGIVEN of
that level. So A like B and B like C does not make A and C one campaign, and a phrase that all share joins
nobody."""

from __future__ import annotations

import numba
import numpy as np

from analytics.adverts.campaigns.agreement import load_table, make_table, match_words, sum_shared_weight
from analytics.adverts.campaigns.arrays import Flags, Floats, Int, Ints, PairTable
from analytics.adverts.campaigns.tokens import Tokens

REPRESENTATIVES = 4
ESTABLISHED, FORGIVEN = 3, 0.85
_REFUSALS = 1 << 16


def choose_leaders(neighbour: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Documents that are no near copy (bool `near`, as `neighbour`) of an earlier leader. Near copies of a
    copy do not count, so that a chain of small changes keeps a leader at every few steps."""
    leading = np.zeros(len(neighbour), np.bool_)
    _choose_leaders(neighbour, near, leading)
    return np.flatnonzero(leading)


def group_by_agreement(
    tokens: Tokens,
    weights: np.ndarray,
    neighbour: np.ndarray,
    agreement: np.ndarray,
    supported: np.ndarray,
    minimum: float,
    settled: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The group of each document (its first member's position) and the representatives of that group
    (d, REPRESENTATIVES; -1 beyond them; rows of first members only).

    agreement: (d, neighbours), 0 where there is no verified link; supported: see `agreements`;
    settled: the number of the group that a document is in already, -1 for none. Two such groups stay apart.
    """
    one, k = np.nonzero(agreement >= FORGIVEN * minimum)
    two, strength = neighbour[one, k], agreement[one, k]
    low, high = np.minimum(one, two).astype(np.int32), np.maximum(one, two).astype(np.int32)
    order = np.lexsort((high, low, -strength))
    parent = np.arange(len(tokens), dtype=np.int32)
    members = np.ones(len(tokens), np.int32)
    representatives = np.full((len(tokens), REPRESENTATIVES), -1, np.int32)
    representatives[:, 0] = parent
    settled = np.full(len(tokens), -1, np.int32) if settled is None else settled.astype(np.int32)
    _settle(settled, int(settled.max(initial=-1)) + 1, parent, members, representatives)
    _join(
        tokens.start,
        tokens.word,
        weights,
        supported,
        low[order],
        high[order],
        strength[order],
        minimum,
        settled,
        parent,
        members,
        representatives,
    )
    return parent, representatives


@numba.njit(cache=True)
def measure_agreement(
    table: PairTable,
    mask: int,
    stamp: Int,
    turn: Int,
    start: Ints,
    word: Ints,
    weights: Floats,
    supported: Floats,
    a: int,
    b: int,
) -> float:
    """How far b agrees with a, which is loaded."""
    match_words(table, mask, stamp, turn, word, start[a], start[a + 1], start[b], start[b + 1])
    shared = sum_shared_weight(table, weights, start[a], start[a + 1], start[b], start[b + 1])
    agreement: float = min(shared / np.sqrt(max(supported[a] * supported[b], 1e-6)), 1.0)
    return agreement


@numba.njit(cache=True)
def _choose_leaders(neighbour: Ints, near: Flags, leading: Flags) -> None:
    for d in range(len(neighbour)):
        leading[d] = True
        for k in range(neighbour.shape[1]):
            other = neighbour[d, k]
            if other >= 0 and other < d and near[d, k] and leading[other]:
                leading[d] = False
                break


@numba.njit(cache=True)
def _root(parent: Ints, d: int) -> int:
    while parent[d] != d:
        parent[d] = parent[parent[d]]
        d = parent[d]
    return d


@numba.njit(cache=True)
def _join(
    start: Ints,
    word: Ints,
    weights: Floats,
    supported: Floats,
    low: Ints,
    high: Ints,
    strength: Floats,
    minimum: float,
    settled: Ints,
    parent: Ints,
    members: Ints,
    representatives: Ints,
) -> None:
    table, stamp, turn = make_table(), np.int64(0), np.int64(0)
    refused = np.zeros((_REFUSALS, 4), np.int32)  # two groups and their sizes when they last disagreed
    for e in range(len(low)):
        one, two = _root(parent, low[e]), _root(parent, high[e])
        if one == two:
            continue
        if settled[one] >= 0 and settled[two] >= 0:
            continue
        if one > two:
            one, two = two, one
        place = (one * 31 + two * 17) % _REFUSALS
        memory = refused[place]
        if memory[0] == one and memory[1] == two and memory[2] == members[one] and memory[3] == members[two]:
            continue
        needed = minimum
        if min(members[one], members[two]) == 1 and max(members[one], members[two]) >= ESTABLISHED:
            needed = FORGIVEN * minimum
        if members[one] == 1 and members[two] == 1:
            if strength[e] < needed:
                continue
        else:
            few, many = (one, two) if members[one] <= members[two] else (two, one)
            pairs = (representatives[few] >= 0).sum() * (representatives[many] >= 0).sum()
            total, left = 0.0, pairs
            for a in representatives[few]:
                if a < 0 or total >= needed * pairs or total + left < needed * pairs:
                    break  # what is left cannot change the answer: no agreement is above 1
                stamp += 1
                mask = load_table(table, word, start[a], start[a + 1], stamp)
                for b in representatives[many]:
                    if b < 0 or total >= needed * pairs or total + left < needed * pairs:
                        break
                    turn += 1
                    total += measure_agreement(
                        table, mask, stamp, turn, start, word, weights, supported, a, b
                    )
                    left -= 1
            if total < needed * pairs:
                memory[0], memory[1], memory[2], memory[3] = one, two, members[one], members[two]
                continue
        _merge(parent, members, representatives, one, two)
        settled[one] = max(settled[one], settled[two])
    for d in range(len(parent)):
        parent[d] = _root(parent, d)


@numba.njit(cache=True)
def _settle(settled: Ints, numbers: int, parent: Ints, members: Ints, representatives: Ints) -> None:
    """Join the documents that have the same number; their first member keeps it."""
    head = np.full(numbers, -1, np.int32)
    for d in range(len(settled)):
        if settled[d] >= 0:
            if head[settled[d]] < 0:
                head[settled[d]] = d
            else:
                _merge(parent, members, representatives, head[settled[d]], d)


@numba.njit(cache=True)
def _merge(parent: Ints, members: Ints, representatives: Ints, one: int, two: int) -> None:
    """The larger group's representatives first, then the other's."""
    both = np.full(2 * REPRESENTATIVES, -1, np.int32)
    first, second = (one, two) if members[one] >= members[two] else (two, one)
    n = 0
    for group in (first, second):
        for i in range(REPRESENTATIVES):
            if representatives[group, i] >= 0:
                both[n] = representatives[group, i]
                n += 1
    representatives[one] = both[:REPRESENTATIVES]
    parent[two] = one
    members[one] += members[two]
