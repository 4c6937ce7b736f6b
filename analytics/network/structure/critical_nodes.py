"""Which nodes are important and irreplaceable, and who would step in for each (Williams: a critical node is
high in importance and low in redundancy)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from analytics.network.structure.edge_list import EdgeList
from analytics.network.structure.fragmentation import build_adjacency, measure_fragmentation, sum_closeness
from analytics.network.structure.node_measures import is_large
from analytics.shared.graph_library import igraph

CRITICAL, REPLACEABLE, MINOR = "critical", "important but replaceable", "of little weight"
_FEW_PATHS = 2.0  # paths apart from the node, on average of its neighbours: below it nobody can go round
_COVERED = 0.5  # of a node's neighbours known to one other node: that one could step in
_PAIRS = 60  # of neighbours looked at
_CONSIDERED = 40  # nodes whose redundancy is measured; the others are said to be of little weight
_MANY = 2.0  # times the mean degree
_PATHS = 0.1  # of all pairs' paths


def find_critical(edges: EdgeList, measures: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """One row a node, the weightiest first: node, status, importance (share of what the others reach of one
    another that is lost with it; more than 1 / n is important, and so is a node on a tenth of all paths),
    redundancy (mean number of vertex-disjoint paths without it between those of its neighbours that have no
    tie), substitute (the node that knows most of its neighbours; '' where none does), covered (the share it
    knows), sides (parts that the network falls into around it), kinds (why it matters, in words).

    A node carrying a role that no other has counts as important. A protected node (possible victim or
    witness) is never critical: it is 'protected'. Of a network too large for it (`is_large`) status is blank
    and importance missing. `measures` is of `measure_nodes`."""
    graph = edges.graph()
    large = is_large(graph)
    importance = np.full(len(edges.nodes), np.nan) if large else measure_importance(edges)
    sole = _sole_roles(edges.nodes.role)
    order = np.lexsort((np.arange(len(importance)), -importance))
    missed = importance >= 1 / max(len(importance), 1)
    important = missed | (measures.betweenness.to_numpy() >= _PATHS)
    weighed = [
        int(node)
        for rank, node in enumerate(order)
        if not large and ((important[node] and rank < _CONSIDERED) or sole[node])
    ]
    rows = []
    rng = np.random.default_rng(seed)
    for node in weighed:
        substitute, covered = find_substitute(graph, node, edges.nodes.protected.to_numpy(bool))
        paths = _disjoint_paths(graph, node, rng)
        replaceable = (
            not missed[node]
            or not paths < _FEW_PATHS
            or (covered >= _COVERED and not measures.cut_point[node])
        )
        if sole[node]:
            replaceable = False
        status = REPLACEABLE if replaceable else CRITICAL
        rows.append((node, status, paths, substitute, covered))
    table = pd.DataFrame(
        {
            "node": measures.node,
            "status": "" if large else MINOR,
            "importance": importance,
            "redundancy": np.nan,
            "substitute": "",
            "covered": np.nan,
            "sides": _count_sides(graph),
            "kinds": _describe_kinds(edges, measures, sole),
        }
    )
    for node, status, paths, substitute, covered in rows:
        table.loc[node, ["status", "redundancy", "substitute", "covered"]] = [
            status,
            paths,
            edges.nodes.node[substitute] if substitute is not None else "",
            covered,
        ]
    table.loc[edges.nodes.protected.to_numpy(bool), "status"] = "protected"
    return table.iloc[np.lexsort((order.argsort(), table.status != CRITICAL))].reset_index(drop=True)


def measure_importance(edges: EdgeList) -> np.ndarray:
    """By node, the share of the others' reach (sum of 1 / distance) that is lost without it."""
    count = len(edges.nodes)
    adjacency = build_adjacency(count, edges.pairs)
    own = sum_closeness(adjacency)
    total = own.sum()
    lost = np.zeros(count)
    for node in range(count):
        others = total - 2 * own[node]
        if others > 0 and count > 2:
            left = (1 - measure_fragmentation(adjacency, np.array([node]))) * (count - 1) * (count - 2)
            lost[node] = max(1 - left / others, 0.0)
    return lost


def find_substitute(
    graph: igraph.Graph, node: int, excluded: np.ndarray | None = None
) -> tuple[int | None, float]:
    """The node tied to most of another's neighbours, or one of them tied to the rest, and the share it
    covers; None where no node is tied to any."""
    neighbours = set(graph.neighbors(node))
    if not neighbours:
        return None, 0.0
    nearby = {other for at in neighbours for other in graph.neighbors(at)} | neighbours
    nearby.discard(node)
    best, most = None, 0.0
    for other in sorted(nearby):
        if excluded is not None and excluded[other]:
            continue
        known = len(neighbours & (set(graph.neighbors(other)) | {other}))
        share = known / len(neighbours)
        alone = neighbours == {other}
        if share > most + 1e-12 and not alone and (known > 1 or other not in neighbours):
            best, most = other, share
    return best, most


def _disjoint_paths(graph: igraph.Graph, node: int, rng: np.random.Generator) -> float:
    """The mean number of vertex-disjoint paths without a node between those of its neighbours that it joins:
    who have a tie need it for nothing. Without such a pair it is NaN."""
    neighbours = graph.neighbors(node)
    pairs = [pair for pair in combinations(neighbours, 2) if not graph.are_adjacent(*pair)]
    if not pairs:
        return np.nan
    if len(pairs) > _PAIRS:
        pairs = [pairs[at] for at in rng.choice(len(pairs), _PAIRS, replace=False)]
    rest = graph.copy()
    rest.delete_edges(rest.incident(node))
    return float(np.mean([rest.vertex_connectivity(one, other) for one, other in pairs]))


def _count_sides(graph: igraph.Graph) -> np.ndarray:
    """How many parts a node's component falls into without it: 1 unless it is a cut point."""
    sides = np.ones(graph.vcount(), dtype=np.int64)
    cut = graph.articulation_points()
    blocks = graph.biconnected_components()
    member = np.bincount([at for block in blocks for at in block], minlength=graph.vcount())
    sides[cut] = member[cut]
    return sides


def _sole_roles(roles: pd.Series) -> np.ndarray:
    """Whether a node carries a task that no other node has, where tasks are known of several."""
    counts = roles.value_counts()
    known = int((roles != "").sum())
    return np.array([role != "" and counts[role] == 1 and known > len(counts) for role in roles], dtype=bool)


def _describe_kinds(edges: EdgeList, measures: pd.DataFrame, sole: np.ndarray) -> list[str]:
    """The five kinds of critical node (Williams), as far as ties show them."""
    degree, core = measures.degree.to_numpy(), measures.core.to_numpy()
    centre = (core == core.max(initial=0)) & (core >= 3) & (degree >= _MANY * max(degree.mean(), 1))
    holes = measures.cut_point.to_numpy() | (
        (measures.constraint.to_numpy() < 0.2) & (measures.betweenness.to_numpy() >= _PATHS)
    )
    named = {
        "in the core's centre": centre,
        "many ties": degree >= _MANY * max(degree.mean(), 1),
        "on many paths": measures.betweenness.to_numpy() >= _PATHS,
        "spans a gap": holes & (degree > 1),
        "the only one with its task": sole,
    }
    return ["; ".join(name for name, holds in named.items() if holds[at]) for at in range(len(degree))]
