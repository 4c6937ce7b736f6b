"""Nodes worth looking at first: those that occur in several domains, and name somebody in particular."""

from __future__ import annotations

import pandas as pd

from analytics.network.links.entity_page import HUB
from analytics.store import Store

DOMAINS = {  # by table of the evidence, what it is called
    "advert": "adverts",
    "communication": "calls",
    "journey": "journeys",
    "premises": "premises",
    "transaction": "payments",
    "account": "account records",
}


def list_starting_points(store: Store, limit: int = 200) -> pd.DataFrame:
    """The first nodes, one a row: node (of a person its entity), name (of a person, else missing), tables
    (of its evidence), neighbours, events, first_at, last_at, hub. Those in the most domains first, hubs
    last: they name nobody in particular."""
    return store.query(
        "WITH ends AS (SELECT node AS me, other AS them, kind, table_name, events, first_at, last_at"
        " FROM network_link UNION ALL SELECT other, node, kind, table_name, events, first_at, last_at"
        " FROM network_link),"
        " own AS (SELECT coalesce(m.entity, me) AS node, m.name, ends.* FROM ends"
        " LEFT JOIN network_mention m ON m.mention = me),"
        " kinds AS (SELECT node, kind, count(DISTINCT them) AS neighbours FROM own GROUP BY ALL),"
        f" busy AS (SELECT node, max(neighbours) > {HUB} AS hub FROM kinds GROUP BY node)"
        " SELECT node, any_value(name) AS name, list(DISTINCT table_name ORDER BY table_name) AS tables,"
        " count(DISTINCT them) AS neighbours, sum(events)::BIGINT AS events, min(first_at) AS first_at,"
        " max(last_at) AS last_at, any_value(hub) AS hub FROM own JOIN busy USING (node) GROUP BY node"
        " ORDER BY hub, len(tables) DESC, neighbours DESC, node LIMIT ?",
        [limit],
    ).to_pandas()
