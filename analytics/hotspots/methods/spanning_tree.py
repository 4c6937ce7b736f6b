"""The minimum spanning tree of places by mutual reachability, which HDBSCAN cuts into clusters.

The core distance of a place is that within which `minimum` incidents lie, its own included; the mutual
reachability of two places the largest of their core distances and their distance (Campello, Moulavi & Sander
2013, KDD). Boruvka's algorithm over a k-d tree: in each round every group of places looks for the nearest
place outside, passing over branches that are of its own group or farther than what a place of it has found
(March, Ram & Gray 2010, KDD). Groups at least halve in number each round."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from scipy.spatial import cKDTree
from sklearn.neighbors import KDTree

from analytics.shared.threads import in_threads

_AT_ONCE = 2**22  # neighbours held at once while core distances are computed
_DEPTH = 128  # of the search: twice the levels of a tree of 2**60 places


class SpanningTree(NamedTuple):
    """Edges, shortest first: `first` and `second` (positions of places), `squared` (mutual reachability,
    m2)."""

    first: np.ndarray
    second: np.ndarray
    squared: np.ndarray


def spanning_tree(x: np.ndarray, y: np.ndarray, count: np.ndarray, minimum: int) -> SpanningTree:
    """The tree over distinct places x, y (metres, shape (n,)), each of `count` incidents, at least `minimum`
    in all.

    Where several trees are shortest, any of them: they merge the same places at the same distances.
    """
    tree = KDTree(np.c_[x, y], leaf_size=16)
    _, order, nodes, bounds = (np.asarray(part) for part in tree.get_arrays())
    x, y = x[order], y[order]  # neighbours in space are neighbours in memory from here on
    core = _squared_core_distances(x, y, count[order], minimum)
    start, end, leaf = (np.ascontiguousarray(nodes[name]) for name in ("idx_start", "idx_end", "is_leaf"))
    low, high = np.ascontiguousarray(bounds[0]), np.ascontiguousarray(bounds[1])
    node_core = np.minimum.reduceat(core, start)
    _lift_core_distances(start, end, leaf, core, node_core)
    group = np.arange(len(x))
    node_group = np.empty(len(start), dtype=np.int64)
    nearest, reach = np.full(len(x), -1), np.zeros(len(x))
    edges = np.empty((len(x) - 1, 2), dtype=np.int64)
    squared, found = np.empty(len(x) - 1), 0
    while found < len(edges):
        best = _known_best(group, nearest, reach)
        _lift_groups(start, end, leaf, group, node_group)
        in_threads(
            _look_outside,
            len(x),
            x,
            y,
            core,
            group,
            start,
            end,
            leaf,
            low,
            high,
            node_core,
            node_group,
            best,
            nearest,
            reach,
        )
        found = _join(group, nearest, reach, edges, squared, found)
    shortest = np.argsort(squared, kind="stable")
    first, second = order[edges[shortest]].T
    return SpanningTree(first, second, squared[shortest])


def _squared_core_distances(x: np.ndarray, y: np.ndarray, count: np.ndarray, minimum: int) -> np.ndarray:
    places = np.c_[x, y]
    tree, neighbours = cKDTree(places), min(minimum, len(places))
    core, rows = np.empty(len(places)), max(1, _AT_ONCE // neighbours)
    for first in range(0, len(places), rows):
        mine = places[first : first + rows]
        near = tree.query(mine, k=np.arange(1, neighbours + 1), workers=-1)[1]
        last = (count[near].cumsum(axis=1) >= minimum).argmax(axis=1)
        core[first : first + rows] = ((places[near[np.arange(len(mine)), last]] - mine) ** 2).sum(axis=1)
    return core


@numba.njit(cache=True)
def _lift_core_distances(
    start: np.ndarray, end: np.ndarray, leaf: np.ndarray, core: np.ndarray, node_core: np.ndarray
) -> None:
    """The least core distance in each node of the tree, whose children are at 2k + 1 and 2k + 2."""
    for node in range(len(start) - 1, -1, -1):
        if leaf[node]:
            node_core[node] = core[start[node] : end[node]].min()
        else:
            node_core[node] = min(node_core[2 * node + 1], node_core[2 * node + 2])


@numba.njit(cache=True)
def _lift_groups(
    start: np.ndarray, end: np.ndarray, leaf: np.ndarray, group: np.ndarray, node_group: np.ndarray
) -> None:
    """The group that all places of a node are of, or -1."""
    for node in range(len(start) - 1, -1, -1):
        if leaf[node]:
            mine = group[start[node]]
            for place in range(start[node] + 1, end[node]):
                if group[place] != mine:
                    mine = -1
                    break
            node_group[node] = mine
        else:
            left, right = node_group[2 * node + 1], node_group[2 * node + 2]
            node_group[node] = left if left == right else -1


@numba.njit(cache=True)
def _known_best(group: np.ndarray, nearest: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """By group, the nearest outside that is still known from earlier rounds; what was joined since is
    forgotten."""
    best = np.full(len(group), np.inf)
    for place in range(len(group)):
        if nearest[place] >= 0:
            if group[nearest[place]] == group[place]:
                nearest[place] = -1
            else:
                best[group[place]] = min(best[group[place]], reach[place])
    return best


@numba.njit(cache=True, nogil=True)
def _look_outside(
    first: int,
    last: int,
    x: np.ndarray,
    y: np.ndarray,
    core: np.ndarray,
    group: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    leaf: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    node_core: np.ndarray,
    node_group: np.ndarray,
    best: np.ndarray,
    nearest: np.ndarray,
    reach: np.ndarray,
) -> None:
    """The nearest place outside the group, of every place that could have a nearer one than is known.

    `reach` is what no place outside is nearer than; the distance of `nearest` where there is one. Threads
    write to `best` as they please: whatever stands there was found by some place of the group."""
    waiting, bound = np.empty(_DEPTH, dtype=np.int64), np.empty(_DEPTH)
    for place in range(first, last):
        mine = group[place]
        within = best[mine]
        if nearest[place] >= 0 or reach[place] >= within:
            continue
        found = -1
        waiting[0], bound[0], left = 0, core[place], 1
        while left > 0:
            left -= 1
            node = waiting[left]
            if bound[left] >= within or node_group[node] == mine:
                continue
            if leaf[node]:
                for other in range(start[node], end[node]):
                    if group[other] != mine:
                        dx, dy = x[place] - x[other], y[place] - y[other]
                        away = max(dx * dx + dy * dy, core[place], core[other])
                        if away < within:
                            within, found = away, other
                continue
            near, far = 2 * node + 1, 2 * node + 2
            near_bound = _bound_distance(near, x[place], y[place], core[place], low, high, node_core)
            far_bound = _bound_distance(far, x[place], y[place], core[place], low, high, node_core)
            if far_bound < near_bound:
                near, far, near_bound, far_bound = far, near, far_bound, near_bound
            waiting[left], bound[left] = far, far_bound
            waiting[left + 1], bound[left + 1] = near, near_bound
            left += 2
        nearest[place], reach[place] = found, within
        if found >= 0:
            best[mine] = min(best[mine], within)


@numba.njit(cache=True)
def _bound_distance(
    node: int, x: float, y: float, core: float, low: np.ndarray, high: np.ndarray, node_core: np.ndarray
) -> float:
    dx = max(low[node, 0] - x, 0.0, x - high[node, 0])
    dy = max(low[node, 1] - y, 0.0, y - high[node, 1])
    squared: float = max(dx * dx + dy * dy, core, node_core[node])
    return squared


@numba.njit(cache=True)
def find_root(parent: np.ndarray, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@numba.njit(cache=True)
def _join(
    group: np.ndarray,
    nearest: np.ndarray,
    reach: np.ndarray,
    edges: np.ndarray,
    squared: np.ndarray,
    found: int,
) -> int:
    """Join each group to its nearest; returns how many edges there are now."""
    chosen = np.full(len(group), -1)
    for place in range(len(group)):
        mine = group[place]
        if nearest[place] >= 0 and (chosen[mine] < 0 or reach[place] < reach[chosen[mine]]):
            chosen[mine] = place
    parent = np.arange(len(group))
    for mine in range(len(group)):
        place = chosen[mine]
        if place >= 0:
            here, there = find_root(parent, mine), find_root(parent, group[nearest[place]])
            if here != there:
                parent[max(here, there)] = min(here, there)
                edges[found, 0], edges[found, 1], squared[found] = place, nearest[place], reach[place]
                found += 1
    for place in range(len(group)):
        group[place] = find_root(parent, group[place])
    return found
