"""HDBSCAN's clusters from a spanning tree: which groups last longest as the distance falls.

Source: Campello, Moulavi & Sander (2013), KDD: a cluster is born where a group splits into two or more of at
least `minimum` incidents, loses incidents as the distance falls, and ends where it splits or dissolves. Its
stability is the sum over its incidents of 1 / distance at which each leaves, less 1 / distance at its birth;
those chosen have the greatest sum of stabilities with none inside another. The whole is never a cluster.
Edges of one length are cut at once, so that the answer depends on the distances alone, not on which edges a
tree has."""

from __future__ import annotations

import numba
import numpy as np

from analytics.hotspots.methods.spanning_tree import SpanningTree, find_root


def stable_clusters(tree: SpanningTree, count: np.ndarray, minimum: int) -> np.ndarray:
    """Each place's cluster, or -1; `count`: incidents at each place."""
    entered, parent, stability = _condensed(*tree, count.astype(np.int64), minimum)
    clusters: np.ndarray = _chosen(parent, stability)[entered]
    return clusters


@numba.njit(cache=True)
def _condensed(
    first: np.ndarray, second: np.ndarray, squared: np.ndarray, count: np.ndarray, minimum: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """From the shortest edge to the longest: the cluster that each place enters (-1: none), each cluster's
    parent (-1: the whole) and stability. Children come before their parents.

    A group is known by its root; `cluster` is the one it has become, `head`, `tail` and `following` list its
    places while it is none."""
    n = len(count)
    root, size = np.arange(n), count.copy()
    cluster, entered = np.full(n, -1), np.full(n, -1)
    head, tail, following = np.arange(n), np.arange(n), np.full(n, -1)
    parent, stability, made = np.full(2 * n, -1), np.zeros(2 * n), 0
    for place in range(n):
        if count[place] >= minimum:  # at one place, so that nothing parts them
            cluster[place] = entered[place] = made
            stability[made], made = np.inf, made + 1
    old, seen = np.empty(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    subclusters = np.zeros(n, dtype=np.int64)  # by new root: clusters among its parts
    done = 0
    while done < len(first):
        until = done + 1
        while until < len(first) and squared[until] == squared[done]:
            until += 1
        density = 1 / np.sqrt(squared[done])
        parts = 0
        for edge in range(done, until):
            for end in (first[edge], second[edge]):
                at = find_root(root, end)
                if not seen[at]:
                    seen[at], old[parts], parts = True, at, parts + 1
        own = size[old[:parts]].copy()
        for edge in range(done, until):
            a, b = find_root(root, first[edge]), find_root(root, second[edge])
            if a != b:
                a, b = (a, b) if size[a] >= size[b] else (b, a)
                root[b], size[a] = a, size[a] + size[b]
        for k in range(parts):
            subclusters[find_root(root, old[k])] += cluster[old[k]] >= 0
        was = cluster[old[:parts]].copy()
        for k in range(parts):  # the new groups' clusters: their only one, or a new one
            now = find_root(root, old[k])
            if subclusters[now] == 1 and was[k] >= 0:
                cluster[now] = was[k]
                stability[was[k]] += (size[now] - own[k]) * density
            elif old[k] == now and subclusters[now] != 1:
                cluster[now] = -1
                if subclusters[now] > 1 or size[now] >= minimum:
                    cluster[now] = made
                    stability[made], made = size[now] * density, made + 1
        for k in range(parts):  # the old groups enter them
            now = find_root(root, old[k])
            if was[k] >= 0:
                if subclusters[now] > 1:
                    parent[was[k]] = cluster[now]
                    stability[was[k]] -= own[k] * density
            elif cluster[now] >= 0:
                place = head[old[k]]
                while place >= 0:
                    entered[place], place = cluster[now], following[place]
            elif old[k] != now:
                following[tail[now]], tail[now] = head[old[k]], tail[old[k]]
        for k in range(parts):
            seen[old[k]] = False
            subclusters[find_root(root, old[k])] = 0
        done = until
    return entered, parent[:made], stability[:made]


@numba.njit(cache=True)
def _chosen(parent: np.ndarray, stability: np.ndarray) -> np.ndarray:
    """By cluster, the chosen one it is or lies in, or -1; and -1 once more at the end, for places in none."""
    clusters = len(parent)
    below, best = np.zeros(clusters), stability.copy()
    for k in range(clusters):
        best[k] = max(stability[k], below[k])
        if parent[k] >= 0:
            below[parent[k]] += best[k]
    within = np.full(clusters + 1, -1)
    for k in range(clusters - 1, -1, -1):
        if parent[k] >= 0:
            within[k] = within[parent[k]]
            if within[k] < 0 and stability[k] >= below[k]:
                within[k] = k
    return within
