"""The measured signs of a network's structure that its type is read from.

Each is a number that does not grow with the network by itself; what a file cannot show (repetition without
weights, the life of ties without dates) is NaN."""

from __future__ import annotations

import igraph
import numpy as np
import pandas as pd

from analytics.network.structure.edge_list import EdgeList
from analytics.network.structure.node_measures import find_communities

SIGNS = {
    "density": "ties among all pairs",
    "mean_degree": "ties a node, in powers of two",
    "degree_spread": "how unlike the nodes' numbers of ties are",
    "degree_centralisation": "how far ties gather on one node",
    "paths_of_one": "paths through the busiest broker",
    "paths_of_few": "share of all brokerage with the top tenth of nodes",
    "brokers_share": "neighbours that the three busiest brokers have in common",
    "brokers_tied": "ties among the three busiest brokers",
    "clustering": "closed among connected triples",
    "clustering_excess": "closed triples beyond a random network's",
    "modularity": "separation into communities",
    "cut_points": "nodes whose loss splits the network",
    "bridges": "ties whose loss splits the network",
    "distance": "mean distance against a random network's",
    "diameter": "longest distance against a random network's",
    "paths_apart": "vertex-disjoint paths of two nodes, of as many as their ties allow",
    "core_share": "nodes in the innermost core",
    "core_density": "ties within the centre (the tenth with most ties), of all possible",
    "edge_density": "ties among the others, against those within the centre",
    "core_touch": "ties that touch the centre",
    "likes_tied": "whether nodes with many ties are tied to their like",
    "single": "nodes with one tie",
    "largest_part": "nodes in the largest component",
    "repetition": "contacts a tie, in powers of two",
    "repeated": "ties with three contacts or more",
    "life": "how long a tie lasts, of the whole period",
    "member_life": "how long a node is seen, of the whole period",
}
_PAIRS = 12  # of nodes, between which paths are counted


def measure_signs(edges: EdgeList, *, seed: int = 0) -> dict[str, float]:
    """Every sign of SIGNS, by name."""
    return signs_of_graph(
        edges.graph(),
        edges.ties.weight.to_numpy(float) if edges.contacts else None,
        *_lives(edges),
        seed=seed,
    )


def signs_of_graph(
    whole: igraph.Graph,
    weight: np.ndarray | None,
    life: float = np.nan,
    member_life: float = np.nan,
    *,
    seed: int = 0,
) -> dict[str, float]:
    """The signs of the largest component of a graph with `weight` by tie."""
    signs = dict.fromkeys(SIGNS, np.nan)
    components = whole.connected_components()
    tied = np.array(whole.degree()) > 0
    graph = components.giant()
    count, ties = graph.vcount(), graph.ecount()
    if count < 4 or ties < 3:
        return signs
    rng = np.random.default_rng(seed)
    degree = np.array(graph.degree(), dtype=float)
    between = np.array(graph.betweenness())
    mean_degree = degree.mean()
    by_paths = np.lexsort((np.arange(count), -between))
    by_ties = np.lexsort((-between, -degree))
    few = max(round(count / 10), 2)
    centre = np.zeros(count, dtype=bool)
    centre[by_ties[: max(few, 3)]] = True
    ends = np.array(graph.get_edgelist())
    inside = centre[ends].sum(axis=1)
    size = int(centre.sum())
    core_density = (inside == 2).sum() / (size * (size - 1) / 2)
    rest = count - size
    edge_density = (inside == 0).sum() / max(rest * (rest - 1) / 2, 1)
    clustering = graph.transitivity_undirected(mode="zero")
    usual_distance = np.log(count) / np.log(max(mean_degree, 1.5))
    coreness = np.array(graph.coreness())
    member, modularity = find_communities(graph, seed=seed)
    signs |= {
        "density": graph.density(),
        "mean_degree": np.log2(mean_degree),
        "degree_spread": degree.std() / mean_degree,
        "degree_centralisation": (degree.max() - degree).sum() / ((count - 1) * (count - 2)),
        "paths_of_one": between.max() / ((count - 1) * (count - 2) / 2),
        "paths_of_few": between[by_paths[:few]].sum() / max(between.sum(), 1e-9),
        "clustering": clustering,
        "clustering_excess": clustering - graph.density(),
        "modularity": modularity,
        "cut_points": len(graph.articulation_points()) / count,
        "bridges": len(graph.bridges()) / ties,
        "distance": graph.average_path_length() / usual_distance,
        "diameter": graph.diameter() / usual_distance,
        "paths_apart": _paths_apart(graph, degree, rng),
        "core_share": (coreness == coreness.max()).mean(),
        "core_density": core_density,
        "edge_density": edge_density / max(core_density, 1 / size**2),
        "core_touch": (inside > 0).mean(),
        "likes_tied": np.nan_to_num(graph.assortativity_degree(directed=False)),
        "single": (degree == 1).mean(),
        "largest_part": count / max(tied.sum(), 1),
        "life": life,
        "member_life": member_life,
    }
    signs["brokers_share"], signs["brokers_tied"] = _brokers(graph, by_paths[:3])
    if weight is not None:
        signs["repetition"] = float(np.log2(weight / weight.min()).mean())
        signs["repeated"] = float((weight / weight.min() >= 3).mean())
    return {name: float(value) for name, value in signs.items()}


def _brokers(graph: igraph.Graph, top: np.ndarray) -> tuple[float, float]:
    """(mean share of neighbours that two of the top brokers have in common, share of them that are tied)."""
    shared, tied = [], []
    for i, one in enumerate(top):
        for other in top[i + 1 :]:
            first = set(graph.neighbors(one)) - {int(other)}
            second = set(graph.neighbors(other)) - {int(one)}
            shared.append(len(first & second) / max(min(len(first), len(second)), 1))
            tied.append(graph.are_adjacent(int(one), int(other)))
    return float(np.mean(shared)), float(np.mean(tied))


def _paths_apart(graph: igraph.Graph, degree: np.ndarray, rng: np.random.Generator) -> float:
    shares = []
    for _ in range(_PAIRS):
        one, other = (int(at) for at in rng.choice(graph.vcount(), 2, replace=False))
        if not graph.are_adjacent(one, other):
            shares.append(graph.vertex_connectivity(one, other) / min(degree[one], degree[other]))
    return float(np.mean(shares)) if shares else 1.0


def _lives(edges: EdgeList) -> tuple[float, float]:
    """(median life of a tie, of a node), as shares of the whole period; NaN without dates."""
    events = edges.events[edges.events.from_date.notna()]
    if events.empty:
        return np.nan, np.nan
    begin = events.from_date
    end = events.to_date.where(events.to_date >= begin, begin)
    span = (end.max() - begin.min()).total_seconds()
    if span <= 0:
        return np.nan, np.nan
    frame = events.assign(begin=begin, end=end)
    ties = frame.groupby(["left", "right"]).agg(begin=("begin", "min"), end=("end", "max"))
    sides = [
        frame[[side, "begin", "end"]].set_axis(["node", "begin", "end"], axis=1) for side in ("left", "right")
    ]
    nodes = pd.concat(sides).groupby("node").agg(begin=("begin", "min"), end=("end", "max"))
    lives = [float((part.end - part.begin).median().total_seconds() / span) for part in (ties, nodes)]
    return lives[0], lives[1]
