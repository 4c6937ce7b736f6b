"""The groups of units that links hold together: no path of weak links, weak bridges left out, cut pairs kept
apart.

Links of STRONG probability or more, and confirmed pairs, hold whatever they join. A weaker link joins two
groups only where each unit of the one and each of the other are joined by some path whose weak links, their
probabilities multiplied, reach the minimum: two people who share nothing themselves are not one because each
may be the same as a third."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.shared.graph_library import igraph

Pair = tuple[int, int]  # two units, the lower number first
STRONG = 0.9  # the probability from which on a link is as good as the same person
_LARGEST_SMALL_SIDE = 9999.0  # the odds of the surest link there is


def find_groups(
    count: int, links: pd.DataFrame, confirmed: list[Pair], cut: list[Pair], minimum: float
) -> np.ndarray:
    """The groups that standing links (left, right, together: their probability) and confirmed pairs make.

    `minimum`: the probability that a path of weak links must reach. Bridges are weighed before anything is
    cut, or a cut would leave so small a side that a link too weak for the whole stood."""
    strength = -np.log2(1 - links.together.clip(upper=0.9999)) if len(links) else pd.Series(dtype=float)
    pairs = [*zip(links.left, links.right, strict=True)] if len(links) else []
    graph = igraph.Graph(n=count, edges=[*pairs, *confirmed])
    graph.es["odds"] = [
        *(p / (1 - p) for p in (links.together.clip(upper=0.9999) if len(links) else [])),
        *[np.inf] * len(confirmed),
    ]
    graph.es["capacity"] = [*strength, *[1e6] * len(confirmed)]
    graph = graph.simplify(combine_edges={"odds": "max", "capacity": "sum"})
    graph.delete_edges(_weak_bridges(graph))
    graph.delete_edges(_weak_paths(graph, minimum))
    for left, right in cut:
        flow = graph.st_mincut(left, right, capacity="capacity")
        graph.delete_edges(flow.cut)
    return np.array(graph.connected_components().membership, np.int64)


def _weak_bridges(graph: igraph.Graph) -> list[int]:
    """Edges that alone hold two groups together on odds below the number of units of the smaller group."""
    doubtful = [edge for edge in graph.bridges() if graph.es[edge]["odds"] < _LARGEST_SMALL_SIDE]
    if not doubtful:
        return []
    whole = graph.connected_components()
    sizes, piece = whole.sizes(), whole.membership  # each a copy of the whole, so taken once
    weak = []
    for edge in doubtful:
        odds = graph.es[edge]["odds"]
        left, right = graph.es[edge].tuple
        total = sizes[piece[left]]
        if total >= 2 * odds:
            side = _side(graph, left, right)
            if min(side, total - side) > odds:
                weak.append(edge)
    return weak


def _weak_paths(graph: igraph.Graph, minimum: float) -> list[int]:
    """Edges that would join units which no path of enough probability joins, taken from the strongest to the
    weakest."""
    odds = np.array(graph.es["odds"], float)
    cost = np.where(odds >= STRONG / (1 - STRONG), 0.0, np.log1p(1 / np.maximum(odds, 1e-9)))  # -ln p
    if not (cost > 0).any():
        return []
    graph.es["cost"] = cost
    ends = np.array(graph.get_edgelist(), np.int64).reshape(-1, 2)
    strong = igraph.Graph(n=graph.vcount(), edges=ends[cost == 0])
    group = np.array(strong.connected_components().membership, np.int64)
    members = {int(head): np.flatnonzero(group == head) for head in np.unique(group[ends[cost > 0]])}
    limit = -np.log(minimum) + 1e-9
    weak = np.flatnonzero(cost > 0)
    for edge in weak[np.lexsort((ends[weak, 1], ends[weak, 0], cost[weak]))]:
        one, other = group[ends[edge, 0]], group[ends[edge, 1]]
        if one == other:
            continue
        both = np.concatenate([members[one], members[other]])
        part = graph.induced_subgraph(both.tolist())
        place = {vertex: at for at, vertex in enumerate(sorted(both.tolist()))}
        apart = part.distances(
            [place[vertex] for vertex in members[one].tolist()],
            [place[vertex] for vertex in members[other].tolist()],
            weights="cost",
        )
        if np.max(apart) <= limit:
            group[members[other]] = one
            members[one] = both
    return np.flatnonzero(group[ends[:, 0]] != group[ends[:, 1]]).tolist()


def _side(graph: igraph.Graph, start: int, without: int) -> int:
    """How many units are on `start`'s side of the bridge to `without`."""
    reached, waiting = {start}, [start]
    while waiting:
        for near in graph.neighbors(waiting.pop()):
            if near not in reached and near != without:
                reached.add(near)
                waiting.append(near)
    return len(reached)
