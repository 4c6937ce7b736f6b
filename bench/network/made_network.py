"""A made-up network of many kinds of nodes, for the time that its drawing takes."""

from __future__ import annotations

import random

import pandas as pd

from analytics.figures.link_marks import NODE_MARKS
from analytics.shared.graph_library import igraph, seeded_igraph

_KINDS = {
    "phone": 30,
    "person": 28,
    "account": 14,
    "premises": 8,
    "operation": 5,
    "email": 5,
    "vehicle": 4,
    "report": 3,
}
_STATUSES = {"": 94, "hub": 2, "critical": 2, "protected": 2}


def make_network(nodes: int, ties: int, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and links as `build_link_chart` takes them: a body with hubs, and small components."""
    draw = random.Random(seed)
    body = nodes * 9 // 10
    with seeded_igraph(seed):
        graph = igraph.Graph.Static_Power_Law(body, ties - (nodes - body), exponent_out=2.6)
    pairs = [(edge.source, edge.target) for edge in graph.es]
    pairs += [(k, draw.randrange(k // 5 * 5, k + 1) if k % 5 else k // 7) for k in range(body, nodes)]
    kinds = draw.choices(list(_KINDS), list(_KINDS.values()), k=nodes)
    listed = pd.DataFrame(
        {
            "id": [f"{kind}:{k}" for k, kind in enumerate(kinds)],
            "label": [f"{NODE_MARKS[kind].label} {k}" for k, kind in enumerate(kinds)],
            "kind": kinds,
            "status": draw.choices(list(_STATUSES), list(_STATUSES.values()), k=nodes),
            "group": [f"Group {k % 12 + 1}" if k < 36 else "" for k in range(nodes)],
            "note": "",
        }
    )
    starts = [pd.Timestamp("2026-01-01") + pd.Timedelta(days=draw.randrange(250)) for _ in pairs]
    links = pd.DataFrame(
        {
            "node": [listed.id[one] for one, _ in pairs],
            "other": [listed.id[other] for _, other in pairs],
            "kind": draw.choices(["call", "payment", "uses", "journey together"], k=len(pairs)),
            "probability": [draw.choice((0.3, 0.6, 0.9, 1.0)) for _ in pairs],
            "events": [draw.choice((1, 1, 2, 5, 30)) for _ in pairs],
            "first_at": starts,
            "last_at": [start + pd.Timedelta(days=draw.randrange(60)) for start in starts],
        }
    )
    return listed, links
