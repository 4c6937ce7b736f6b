"""How much of a network's reach is lost without some of its nodes: distance-weighted fragmentation.

F = 1 - (sum over pairs of 1 / distance) / (number of pairs), 0 where all are tied to all, 1 where none is to
any (Borgatti 2006, Comput Math Organ Theory 12). Distances of all pairs are found level by level on rows of
bits, 64 nodes a word, so that thousands of sets can be tried."""

from __future__ import annotations

import numba
import numpy as np

Adjacency = tuple[np.ndarray, np.ndarray]  # start of each node's neighbours, and the neighbours


def build_adjacency(count: int, pairs: np.ndarray) -> Adjacency:
    """The neighbours of each of `count` nodes, by (ties, 2) positions."""
    ends = np.concatenate([pairs, pairs[:, ::-1]]) if len(pairs) else np.zeros((0, 2), np.int64)
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(ends[:, 0], minlength=count), out=start[1:])
    return start, np.ascontiguousarray(ends[:, 1])


def measure_fragmentation(adjacency: Adjacency, removed: np.ndarray) -> float:
    """F of the nodes that are left. With fewer than two left it is 1."""
    count = len(adjacency[0]) - 1
    gone = np.zeros(count, np.bool_)
    gone[removed] = True
    return float(_fragmentation(*adjacency, gone))


def measure_many(adjacency: Adjacency, sets: np.ndarray) -> np.ndarray:
    """F without each of `sets`, (sets, k) positions."""
    result = np.zeros(len(sets))
    _fragmentation_of_sets(*adjacency, np.ascontiguousarray(sets, dtype=np.int64), result)
    return result


def sum_closeness(adjacency: Adjacency) -> np.ndarray:
    """By node, the sum of 1 / distance to all others."""
    count = len(adjacency[0]) - 1
    by_node = np.zeros(count)
    _closeness(*adjacency, np.zeros(count, np.bool_), by_node)
    return by_node


@numba.njit(cache=True, nogil=True)
def _count_bits(word: np.uint64) -> np.int64:
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@numba.njit(cache=True, nogil=True)
def _closeness(start: np.ndarray, neighbours: np.ndarray, gone: np.ndarray, by_node: np.ndarray) -> float:
    """The sum of 1 / distance over ordered pairs of nodes that are left; `by_node` gets each node's own."""
    count = len(start) - 1
    words = (count + 63) // 64
    reached = np.zeros((count, words), np.uint64)
    active, growing = np.empty(count, np.int64), 0  # the nodes that reach farther still
    for node in range(count):
        if not gone[node]:
            reached[node, node // 64] = np.uint64(1) << np.uint64(node % 64)
            active[growing] = node
            growing += 1
    ahead = reached.copy()
    distance, total = 0, 0.0
    while growing:
        distance += 1
        still, pairs = 0, np.int64(0)
        for node in active[:growing]:
            fresh = np.int64(0)
            for word in range(words):
                bits = reached[node, word]
                for at in range(start[node], start[node + 1]):
                    bits |= reached[neighbours[at], word]
                added = bits ^ reached[node, word]
                if added:
                    fresh += _count_bits(added)
                ahead[node, word] = bits
            if fresh:  # who reaches nobody new at this distance reaches nobody at any greater one
                active[still] = node
                still += 1
                pairs += fresh
                by_node[node] += fresh / distance
        growing = still
        total += pairs / distance
        reached, ahead = ahead, reached
    return total


@numba.njit(cache=True, nogil=True)
def _fragmentation(start: np.ndarray, neighbours: np.ndarray, gone: np.ndarray) -> float:
    left = 0
    for node in range(len(gone)):
        left += 0 if gone[node] else 1
    if left < 2:
        return 1.0
    reach = _closeness(start, neighbours, gone, np.zeros(len(gone)))
    return 1.0 - reach / (left * (left - 1))


@numba.njit(cache=True, nogil=True)
def _fragmentation_of_sets(
    start: np.ndarray, neighbours: np.ndarray, sets: np.ndarray, result: np.ndarray
) -> None:
    gone = np.zeros(len(start) - 1, np.bool_)
    for at in range(len(sets)):
        gone[:] = False
        for node in sets[at]:
            gone[node] = True
        result[at] = _fragmentation(start, neighbours, gone)
