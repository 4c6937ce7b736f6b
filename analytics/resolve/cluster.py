"""Mentions grouped into entities by all the evidence between them, not by a chain of likely pairs.

Every two mentions of a component of likely pairs are compared, and two groups join only while the mean weight
of all pairs across them is for it (average linkage). So a group cannot grow over one weak bridge, and two
documents or birth dates that cannot be one person's keep it apart."""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_LARGEST = 1500  # mentions whose every pair is weighed at once; a larger component is first cut at more bits
_CUTS = (0.0, 2.0, 4.0, 6.0, 9.0, 12.0, 16.0, 20.0, 25.0, 30.0)
CAUTION = 1.0
_BATCH = 2_000_000  # pairs weighed at once

FORBIDDEN = 100.0  # bits against a join across a pair that is kept apart, for any two mentions there are

Weigh = Callable[[np.ndarray], np.ndarray]  # of (pairs, 2) positions, the bits with the prior


def cluster_mentions(
    count: int, pairs: np.ndarray, weight: np.ndarray, weigh: Weigh, *, caution: float = CAUTION
) -> tuple[np.ndarray, np.ndarray]:
    """By mention, the position of the first mention of its entity, and the same without caution.

    `weight`: bits of the pairs, prior included; `weigh` gives those of any others. `caution`: bits asked of a
    join for each doubling of the smaller group."""
    likely = weight > 0
    pairs, weight = pairs[likely], weight[likely]
    label, bold = np.arange(count), np.arange(count)
    todo = [(np.arange(len(pairs)), 0)]
    groups: list[np.ndarray] = []
    while todo:
        own, level = todo.pop()
        own = own[weight[own] > _CUTS[level]]
        if not len(own):
            continue
        member = _components(count, pairs[own])
        order = np.argsort(member[pairs[own, 0]], kind="stable")
        cuts = np.flatnonzero(np.diff(member[pairs[own[order], 0]])) + 1
        size = np.bincount(member)
        for part in np.split(own[order], cuts):
            if size[member[pairs[part[0], 0]]] > _LARGEST and level + 1 < len(_CUTS):
                todo.append((part, level + 1))
            else:
                groups.append(np.unique(pairs[part]))
    for batch in _batches(groups):
        _join_batch(batch, weigh, caution, label, bold)
    return label, bold


def forbid(bits: np.ndarray, apart: np.ndarray, count: int) -> np.ndarray:
    """The bits of pairs, so that no group of `count` mentions holds two that are kept `apart`."""
    return np.where(apart, -FORBIDDEN * (1.0 + float(count) ** 2), bits)


def _components(count: int, pairs: np.ndarray) -> np.ndarray:
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def _batches(groups: list[np.ndarray]) -> list[list[np.ndarray]]:
    batches: list[list[np.ndarray]] = []
    room = 0
    for group in groups:
        if room < len(group) ** 2 // 2 or not batches:
            batches.append([])
            room = _BATCH
        batches[-1].append(group)
        room -= len(group) ** 2 // 2
    return batches


def _join_batch(
    groups: list[np.ndarray], weigh: Weigh, caution: float, label: np.ndarray, bold: np.ndarray
) -> None:
    inside = [np.triu_indices(len(group), 1) for group in groups]
    every = np.concatenate(
        [np.column_stack([group[i], group[j]]) for group, (i, j) in zip(groups, inside, strict=True)]
    )
    values = weigh(every)
    at = 0
    for group, (i, j) in zip(groups, inside, strict=True):
        matrix = np.zeros((len(group), len(group)))
        matrix[i, j] = values[at : at + len(i)]
        matrix[j, i] = matrix[i, j]
        at += len(i)
        bold[group] = group[_average_linkage(matrix.copy(), 0.0)]
        label[group] = group[_average_linkage(matrix, caution)]


@numba.njit(cache=True, nogil=True)
def _average_linkage(total: np.ndarray, caution: float) -> np.ndarray:
    """Join the two groups with the highest mean weight across them while it is above `stop`; by mention, the
    first of its group. `total` is changed to sums across groups."""
    count = len(total)
    size = np.ones(count)
    alive = np.ones(count, np.bool_)
    first = np.arange(count)
    best = np.empty(count, np.int64)
    for i in range(count):
        best[i] = _best_of(total, size, alive, i, caution)
    while True:
        one, top = -1, 0.0
        for i in range(count):
            if alive[i] and best[i] >= 0:
                mean = _support(total, size, i, best[i], caution)
                if mean > top:
                    one, top = i, mean
        if one < 0:
            return first
        other = best[one]
        if other < one:
            one, other = other, one
        alive[other] = False
        for k in range(count):
            if alive[k] and k != one:
                total[one, k] += total[other, k]
                total[k, one] = total[one, k]
            if first[k] == other:
                first[k] = one
        size[one] += size[other]
        for i in range(count):
            if alive[i]:
                if i == one or best[i] == other or best[i] == one:
                    best[i] = _best_of(total, size, alive, i, caution)
                elif i != one:
                    own = _support(total, size, i, one, caution)
                    if best[i] < 0 or own > _support(total, size, i, best[i], caution):
                        best[i] = one


@numba.njit(cache=True, nogil=True)
def _support(total: np.ndarray, size: np.ndarray, i: int, k: int, caution: float) -> float:
    """The mean weight across two groups, less what is asked of large ones."""
    mean: float = total[i, k] / (size[i] * size[k])
    asked: float = caution * np.log2(min(size[i], size[k]))
    return mean - asked


@numba.njit(cache=True, nogil=True)
def _best_of(total: np.ndarray, size: np.ndarray, alive: np.ndarray, i: int, caution: float) -> int:
    best, top = -1, -np.inf
    for k in range(len(total)):
        if alive[k] and k != i:
            mean = _support(total, size, i, k, caution)
            if mean > top:
                best, top = k, mean
    return best
