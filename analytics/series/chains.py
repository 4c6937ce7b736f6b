"""The best chain between two incidents: as strong as its weakest link."""

from __future__ import annotations

import numba
import numpy as np


def find_weakest_links(count: int, first: np.ndarray, second: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """For each pair, the weight of the weakest link on the best chain that joins its two incidents, which is
    at least its own weight. `count`: incidents; the other arguments, one entry a pair.

    The chains of a maximum spanning forest are the best ones (Gower and Ross 1969)."""
    order = np.argsort(-weight, kind="stable")
    parent, link = _grow_forest(count, first[order], second[order], weight[order])
    weakest: np.ndarray = _climb(parent, link, first, second)
    return weakest


@numba.njit(nogil=True, cache=True)
def _grow_forest(
    count: int, first: np.ndarray, second: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Union by size without shortening of paths: each incident's parent, and the weight at which its tree was
    joined to the parent's. Trees stay as shallow as the logarithm of their size."""
    parent, size, link = np.arange(count), np.ones(count, np.int64), np.full(count, -np.inf)
    for k in range(len(first)):
        a, b = first[k], second[k]
        while parent[a] != a:
            a = parent[a]
        while parent[b] != b:
            b = parent[b]
        if a == b:
            continue
        if size[a] < size[b]:
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
        link[b] = weight[k]
    return parent, link


@numba.njit(nogil=True, cache=True)
def _climb(parent: np.ndarray, link: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The weakest link between the two of each pair: links fall on the way up, so the lower end climbs by the
    stronger link until both meet."""
    weakest = np.empty(len(first))
    for k in range(len(first)):
        a, b = first[k], second[k]
        lowest = np.inf
        while a != b:
            if link[a] >= link[b]:
                lowest, a = link[a], parent[a]
            else:
                lowest, b = link[b], parent[b]
        weakest[k] = lowest
    return weakest
