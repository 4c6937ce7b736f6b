"""What each node is in the network: how many ties, on how many paths, in whose place nobody is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.network.structure.edge_list import EdgeList
from analytics.shared.graph_library import igraph, seeded_igraph

MOST_WORK = 2e7  # nodes times ties, beyond which paths are counted from some nodes alone
_SOURCES_WORK = 1e7  # ties times those nodes
_FEWEST_SOURCES = 50
_SEED = 0


@dataclass(frozen=True)
class WholeMeasures:
    """Of the network as a whole. `clustering`: closed among connected triples. `bridges`: ties whose loss
    splits a component. Missing values are NaN."""

    nodes: int
    ties: int
    isolated: int
    components: int
    largest_component: int
    density: float
    mean_distance: float
    clustering: float
    modularity: float
    cut_points: int
    bridges: int
    largest_core: int
    degree_centralisation: float
    betweenness_centralisation: float


def measure_nodes(edges: EdgeList, *, seed: int = 0) -> pd.DataFrame:
    """One row a node, in the order of `edges.nodes`: node, degree, strength (sum of weights), betweenness (as
    a share of the (n-1)(n-2)/2 pairs of others), constraint (Burt 1992; NaN without ties), core (k-core),
    cut_point, component (1 the largest), community (Leiden)."""
    graph = edges.graph()
    component = np.array(graph.connected_components().membership, dtype=np.int64)
    strength = np.zeros(len(edges.nodes))
    np.add.at(strength, edges.pairs.ravel(), np.repeat(edges.ties.weight.to_numpy(float), 2))
    cut = np.zeros(len(edges.nodes), dtype=bool)
    cut[graph.articulation_points()] = True
    constraint = graph.constraint() if graph.ecount() else [np.nan] * len(edges.nodes)
    return pd.DataFrame(
        {
            "node": edges.nodes.node.to_numpy(),
            "degree": graph.degree(),
            "strength": strength,
            "betweenness": betweenness_shares(edges),
            "constraint": np.array(constraint, dtype=float),
            "core": graph.coreness(),
            "cut_point": cut,
            "component": number_by_size(component),
            "community": number_by_size(np.array(find_communities(graph, seed=seed)[0])),
        }
    )


def measure_whole(edges: EdgeList, nodes: pd.DataFrame) -> WholeMeasures:
    """`nodes`: of `measure_nodes`, for what is known of each need not be measured again."""
    graph = edges.graph()
    count = graph.vcount()
    components = graph.connected_components().sizes()
    degree, between = nodes.degree.to_numpy(), nodes.betweenness.to_numpy()
    top, most = between.max(initial=0.0), degree.max(initial=0)
    widest = (count - 1) * (count - 2)
    return WholeMeasures(
        nodes=count,
        ties=graph.ecount(),
        isolated=int((degree == 0).sum()),
        components=len(components),
        largest_component=max(components, default=0),
        density=float(graph.density()) if count > 1 else np.nan,
        mean_distance=_mean_distance(graph),
        clustering=float(graph.transitivity_undirected()),
        modularity=float(graph.modularity((nodes.community - 1).tolist())) if graph.ecount() else 0.0,
        cut_points=int(nodes.cut_point.sum()),
        bridges=len(graph.bridges()),
        largest_core=int(nodes.core.max()) if count else 0,
        degree_centralisation=float((most - degree).sum() / widest) if count > 2 else np.nan,
        betweenness_centralisation=float((top - between).sum() / (count - 1)) if count > 2 else np.nan,
    )


def betweenness_shares(edges: EdgeList) -> np.ndarray:
    """Betweenness (Freeman 1977) of each node over the (n-1)(n-2)/2 pairs of the others."""
    return share_paths(edges.graph())


def share_paths(graph: igraph.Graph) -> np.ndarray:
    """The same of a graph; of a large one estimated by the paths from some nodes (Brandes and Pich 2007)."""
    count = graph.vcount()
    if count < 3:
        return np.zeros(count)
    sources = draw_sources(graph)
    if sources is None:
        paths = np.array(graph.betweenness())
    else:
        paths = np.array(graph.betweenness(sources=sources)) * (count / len(sources))
    return np.asarray(paths / ((count - 1) * (count - 2) / 2))


def is_large(graph: igraph.Graph) -> bool:
    """Whether it is too large for what needs every path of it."""
    return bool(graph.vcount() * graph.ecount() > MOST_WORK)


def draw_sources(graph: igraph.Graph) -> list[int] | None:
    """The nodes from which paths are counted (seeded); None where from all."""
    if not is_large(graph):
        return None
    number = int(np.clip(_SOURCES_WORK / graph.ecount(), _FEWEST_SOURCES, graph.vcount()))
    rng = np.random.default_rng(_SEED)
    return sorted(rng.choice(graph.vcount(), number, replace=False).tolist())


def _mean_distance(graph: igraph.Graph) -> float:
    sources = draw_sources(graph)
    if sources is None:
        return float(graph.average_path_length())
    distance = np.concatenate([graph.distances(source=node)[0] for node in sources])
    reached = distance[np.isfinite(distance) & (distance > 0)]
    return float(reached.mean()) if len(reached) else float("nan")


def find_communities(graph: igraph.Graph, *, seed: int) -> tuple[list[int], float]:
    """Communities by Leiden, and their modularity; the same seed gives the same."""
    if not graph.ecount():
        return list(range(graph.vcount())), 0.0
    with seeded_igraph(seed):
        found = graph.community_leiden("modularity", n_iterations=10)
    return found.membership, float(graph.modularity(found.membership))


def number_by_size(member: np.ndarray) -> np.ndarray:
    """Groups numbered from 1, the largest first and then by their first node."""
    if not len(member):
        return member
    size = np.bincount(member)
    first = np.full(len(size), len(member))
    np.minimum.at(first, member, np.arange(len(member)))
    number = np.empty(len(size), dtype=np.int64)
    number[np.lexsort((first, -size))] = np.arange(1, len(size) + 1)
    return np.asarray(number[member])
