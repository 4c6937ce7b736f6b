"""What removing up to ten nodes would do, as a range over how the network may recover."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.network.structure.critical_nodes import find_substitute
from analytics.network.structure.edge_list import EdgeList
from analytics.network.structure.fragmentation import build_adjacency, measure_fragmentation, measure_many
from analytics.network.structure.key_players import find_key_players
from analytics.shared.graph_library import igraph

MOST_REMOVED = 10
RANDOM_SETS = 200
_WORK = 2e8  # steps of the search for each size
WARNINGS = (
    "Watch or remove: a node left in place and watched may tell more than its removal stops.",
    "Important nodes are replaced: say beforehand who would step in, and look for it afterwards.",
    "A network that falls apart leaves splinters, which may be harder to see and more violent.",
    "What is stopped here may go on elsewhere: record displacement with the result.",
    "The ties known are a part: those who are busy or careless are seen more often than those who matter.",
)


def simulate_disruption(edges: EdgeList, most: int = MOST_REMOVED, *, seed: int = 0) -> pd.DataFrame:
    """One row for each number of nodes removed, from 1: removed, nodes (names), fragmentation of what is left
    under three recoveries (`none`; `substitute`: the likeliest substitute takes over the ties; `new_ties`:
    the orphaned neighbours tie up in a row), low and high over these, `random`, `random_low` and
    `random_high` (mean and 5th to 95th percentile of 200 random sets of that size). Higher is more apart.

    At most a third of the nodes are removed. A protected node never is."""
    count = len(edges.nodes)
    allowed = np.flatnonzero(~edges.nodes.protected.to_numpy(bool))
    most = min(most, count // 3, len(allowed))
    rng = np.random.default_rng(seed)
    adjacency = build_adjacency(count, edges.pairs)
    rows = []
    for size in range(1, most + 1):
        best = find_key_players(edges, size, seed=seed, work=_WORK)
        chosen = np.array(best.chosen)
        sets = np.array([rng.choice(allowed, size, replace=False) for _ in range(RANDOM_SETS)])
        random = measure_many(adjacency, sets)
        outcome = {
            "none": best.fragmentation,
            "substitute": _with_substitutes(edges, chosen),
            "new_ties": _with_new_ties(edges, chosen),
        }
        rows.append(
            {
                "removed": size,
                "nodes": edges.nodes.node[chosen].tolist(),
                **outcome,
                "low": min(outcome.values()),
                "high": max(outcome.values()),
                "random": random.mean(),
                "random_low": np.quantile(random, 0.05),
                "random_high": np.quantile(random, 0.95),
            }
        )
    return pd.DataFrame(rows)


def _with_substitutes(edges: EdgeList, removed: np.ndarray) -> float:
    graph = edges.graph()
    excluded = edges.nodes.protected.to_numpy(bool).copy()
    excluded[removed] = True
    added = []
    for node in removed:
        substitute, _ = find_substitute(graph, int(node), excluded)
        if substitute is not None:
            added += [(substitute, other) for other in graph.neighbors(int(node)) if other != substitute]
    return _fragmentation_with(graph, removed, added)


def _with_new_ties(edges: EdgeList, removed: np.ndarray) -> float:
    """Neighbours of a removed node that are left in different parts tie up, one tie a part."""
    graph = edges.graph()
    rest = graph.copy()
    gone = {int(node) for node in removed}
    rest.delete_edges([edge.index for edge in rest.es if edge.source in gone or edge.target in gone])
    part = rest.connected_components().membership
    added = []
    for node in sorted(gone):
        orphans = [other for other in graph.neighbors(node) if other not in gone]
        first: dict[int, int] = {}
        for other in sorted(orphans, key=lambda at: -graph.degree(at)):
            first.setdefault(part[other], other)
        ends = list(first.values())
        added += list(zip(ends, ends[1:], strict=False))
    return _fragmentation_with(graph, removed, added)


def _fragmentation_with(graph: igraph.Graph, removed: np.ndarray, added: list[tuple[int, int]]) -> float:
    changed = graph.copy()
    changed.add_edges(added)
    changed.simplify()
    pairs = np.array(changed.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    return measure_fragmentation(build_adjacency(graph.vcount(), pairs), removed)
