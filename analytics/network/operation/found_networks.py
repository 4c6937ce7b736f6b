"""The networks that stand out of all links: who both call and pay one another, and hang together."""

from __future__ import annotations

import pandas as pd

from analytics.network.links.build import CALL, PAYMENT
from analytics.network.operation.actors import OWNERSHIP, find_actors, select_ties, tie_actors
from analytics.network.operation.selection import NetworkSelection
from analytics.shared.graph_library import igraph
from analytics.store import Store

SMALLEST = 6  # nodes, under which it is a household or a few friends
MOST_LINKS = 3_000_000  # beyond which nobody should wait for all of them
_LISTED = 30


def list_networks(store: Store) -> pd.DataFrame:
    """One row a network, the largest first: seed (its node with most contacts), nodes, ties, contacts.
    Empty where there are more than 3 million links."""
    (count,) = store.rows("SELECT count(*) AS links FROM network_link")
    if count["links"] > MOST_LINKS:
        return pd.DataFrame(columns=["seed", "nodes", "ties", "contacts"])
    links = store.query(
        "SELECT least(coalesce(a.entity, l.node), coalesce(b.entity, l.other)) AS one,"
        " greatest(coalesce(a.entity, l.node), coalesce(b.entity, l.other)) AS two, l.kind, l.table_name,"
        " sum(l.events)::BIGINT AS events FROM network_link l"
        " LEFT JOIN network_mention a ON a.mention = l.node"
        " LEFT JOIN network_mention b ON b.mention = l.other"
        " WHERE list_contains($kinds::VARCHAR[], l.kind) GROUP BY ALL",
        {"kinds": [PAYMENT, CALL, *OWNERSHIP]},
    ).to_pandas()
    actors = find_actors(links)
    strict = NetworkSelection(("",), minimum_kinds=2)
    ties = select_ties(tie_actors(links, actors), actors, strict)
    ties = ties.groupby(["one", "two"], as_index=False).events.sum()
    graph = igraph.Graph.TupleList(ties[["one", "two"]].itertuples(index=False), directed=False)
    names = graph.vs["name"] if graph.vcount() else []
    part = dict(zip(names, graph.connected_components().membership, strict=True))
    ties = ties.assign(part=ties.one.map(part))
    rows = []
    for _, own in ties.groupby("part"):
        contacts = (
            pd.concat([own.set_index("one").events, own.set_index("two").events]).groupby(level=0).sum()
        )
        if len(contacts) >= SMALLEST:
            rows.append((str(contacts.idxmax()), len(contacts), len(own), int(own.events.sum())))
    table = pd.DataFrame(rows, columns=["seed", "nodes", "ties", "contacts"])
    return table.sort_values(["nodes", "seed"], ascending=[False, True], ignore_index=True).head(_LISTED)
