"""The groups of units that links hold together: weak bridges left out, cut pairs kept apart."""

from __future__ import annotations

import igraph
import numpy as np
import pandas as pd

Pair = tuple[int, int]  # two units, the lower number first
_LARGEST_SMALL_SIDE = 9999.0  # the odds of the surest link there is


def find_groups(count: int, links: pd.DataFrame, confirmed: list[Pair], cut: list[Pair]) -> np.ndarray:
    """The groups that standing links and confirmed pairs make, weak bridges left out and cut pairs kept
    apart. Bridges are weighed before anything is cut, or a cut would leave so small a side that a link too
    weak for the whole stood."""
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


def _side(graph: igraph.Graph, start: int, without: int) -> int:
    """How many units are on `start`'s side of the bridge to `without`."""
    reached, waiting = {start}, [start]
    while waiting:
        for near in graph.neighbors(waiting.pop()):
            if near not in reached and near != without:
                reached.add(near)
                waiting.append(near)
    return len(reached)
