"""The measured signs of a network's structure that its type is read from.

Each is a number that does not grow with the network by itself; what a file cannot show (repetition without
weights, the life of ties without dates) is NaN."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.network.structure.edge_list import EdgeList
from analytics.network.structure.node_measures import find_communities
from analytics.network.structure.shape_signs import (
    compare_small_shapes,
    compare_with_random,
    measure_cover,
    measure_cut,
    measure_groups,
    measure_rest,
    read_adjacency,
)
from analytics.shared.graph_library import igraph

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
    "size": "nodes, in powers of two",
    "cover": "the busiest nodes that touch four of five ties",
    "cover_density": "ties among those, of all possible",
    "cover_beyond": "ties among those beyond what chance would make",
    "rest_together": "largest part of what is left without the centre",
    "rest_alone": "nodes without a tie once the centre is gone",
    "rest_degree": "ties a node without the centre",
    "gap": "how hard it is to cut, in powers of ten",
    "cut": "ties of the easiest cut through the middle",
    "spans": "how far along a line the ties reach",
    "groups": "communities, in powers of two",
    "groups_tied": "communities that a community is tied to",
    "groups_ties": "ties between two tied communities",
    "edge_paths": "paths through the busiest tie",
    "no_detour": "ties in no closed triple or square",
    "constraint_low": "Burt's constraint, the lowest tenth",
    "constraint_mean": "Burt's constraint, mean",
    "single_on_centre": "nodes with one or two ties, tied to the centre",
    "centre_known": "nodes of the centre that a node outside it is tied to",
    "modularity_beyond": "separation beyond a network of the same numbers of ties",
    "clustering_beyond": "closed triples beyond such a network's",
    "squares_beyond": "closed squares beyond such a network's, in powers of two",
    "distance_beyond": "mean distance beyond such a network's, in powers of two",
    "depth_beyond": "innermost core beyond such a network's, in powers of two",
    "centre_beyond": "ties within the centre beyond such a network's",
    "busy_tied": "ties between two nodes with twice the mean number of ties or more",
    "stars": "stars of three ties for each path of three ties, in powers of two",
    "squares": "closed squares for each path of three ties, in powers of two",
    "joined_triangles": "pairs of triangles with a common tie for each path of three ties, in powers of two",
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
    signs |= _shape(graph, ends, degree, by_ties, centre, np.array(member), modularity, seed=seed)
    if weight is not None:
        signs["repetition"] = float(np.log2(weight / weight.min()).mean())
        signs["repeated"] = float((weight / weight.min() >= 3).mean())
    return {name: float(value) for name, value in signs.items()}


def _shape(
    graph: igraph.Graph,
    ends: np.ndarray,
    degree: np.ndarray,
    by_ties: np.ndarray,
    centre: np.ndarray,
    member: np.ndarray,
    modularity: float,
    *,
    seed: int,
) -> dict[str, float]:
    adjacency = read_adjacency(graph)
    count = graph.vcount()
    constraint = np.nan_to_num(np.array(graph.constraint()), nan=1.0)
    inside = centre[ends]
    known = np.zeros(count)
    np.add.at(known, ends[:, 0], inside[:, 1])
    np.add.at(known, ends[:, 1], inside[:, 0])
    few = ~centre & (degree <= 2)
    shared = adjacency @ adjacency
    cubed = shared @ adjacency
    triangle = np.asarray(shared[ends[:, 0], ends[:, 1]]).ravel()
    square = np.asarray(cubed[ends[:, 0], ends[:, 1]]).ravel() - degree[ends].sum(axis=1) + 1
    shapes = compare_small_shapes(ends, degree, triangle, square)
    values = {
        "size": np.log2(count),
        **dict(
            zip(("cover", "cover_density", "cover_beyond"), measure_cover(ends, degree, by_ties), strict=True)
        ),
        **dict(zip(("rest_together", "rest_alone", "rest_degree"), measure_rest(graph, centre), strict=True)),
        **dict(zip(("gap", "cut", "spans"), measure_cut(adjacency, degree), strict=True)),
        **dict(zip(("groups", "groups_tied", "groups_ties"), measure_groups(member, ends), strict=True)),
        "edge_paths": max(graph.edge_betweenness()) / (count**2 / 4),
        "no_detour": ((triangle == 0) & (square == 0)).mean(),
        "constraint_low": np.quantile(constraint, 0.1),
        "constraint_mean": constraint.mean(),
        "single_on_centre": (known[few] > 0).mean() if few.any() else 0.5,
        "centre_known": known[~centre].mean() if (~centre).any() else 0.0,
        "busy_tied": (degree[ends].min(axis=1) >= 2 * degree.mean()).mean(),
        **dict(zip(("stars", "squares", "joined_triangles"), shapes, strict=True)),
    }
    return values | compare_with_random(graph, adjacency, centre, modularity, seed=seed)


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
