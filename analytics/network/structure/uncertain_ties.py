"""Measures where ties are uncertain: over sampled networks, each tie there as often as it is likely."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.network.structure.edge_list import EdgeList
from analytics.network.structure.node_measures import share_paths
from analytics.shared.graph_library import igraph

SAMPLES = 500
_WORK = 4e8  # nodes times ties times samples, for which a person waits


def measure_uncertain(edges: EdgeList, *, samples: int = SAMPLES, seed: int = 0) -> pd.DataFrame:
    """By node: degree, degree_low, degree_high, betweenness, betweenness_low, betweenness_high (mean and the
    5th and 95th percentile) and top_share (of samples in which no node has a higher betweenness).

    Fewer samples are drawn of a large network; `attrs['samples']` says how many."""
    count, ties = len(edges.nodes), len(edges.ties)
    samples = max(20, min(samples, int(_WORK / max(count * ties, 1))))
    rng = np.random.default_rng(seed)
    pairs, chance = edges.pairs, edges.ties.probability.to_numpy(float)
    degree, between = np.zeros((samples, count)), np.zeros((samples, count))
    for at in range(samples):
        graph = igraph.Graph(n=count, edges=pairs[rng.random(ties) < chance].tolist())
        degree[at] = graph.degree()
        between[at] = share_paths(graph)
    highest = between.max(axis=1, keepdims=True)
    table = pd.DataFrame({"node": edges.nodes.node.to_numpy()})
    for name, values in (("degree", degree), ("betweenness", between)):
        table[name] = values.mean(axis=0)
        table[f"{name}_low"], table[f"{name}_high"] = np.quantile(values, [0.05, 0.95], axis=0)
    table["top_share"] = ((between >= highest - 1e-12) & (highest > 0)).mean(axis=0)
    table.attrs["samples"] = samples
    return table
