"""What is reached from one node, link by link. What many share ends the way: beyond it is anybody."""

from __future__ import annotations

import pandas as pd

from analytics.network.links.entity_page import HUB
from analytics.store import Store

MAY_BE_ONE = "may be one person"
_LIKELY = 0.03  # probability below which a pair that may be one person is not followed
_NEIGHBOURS = """
    WITH edge AS (SELECT unnest(?) AS entity),
    own AS (
        SELECT mention AS me, entity, probability FROM network_mention
        WHERE entity IN (SELECT entity FROM edge)
        UNION ALL SELECT entity, entity, 1.0 FROM edge WHERE entity NOT LIKE 'person:%'
    ),
    link AS (
        SELECT own.entity, other AS other, kind, l.probability * own.probability AS probability
        FROM network_link l JOIN own ON l.node = own.me
        UNION ALL
        SELECT own.entity, node, kind, l.probability * own.probability
        FROM network_link_back l JOIN own ON l.other = own.me
        UNION ALL
        SELECT own.entity, unnest([x.mention, x.other]), 'may be one person', x.probability
        FROM network_match x JOIN own ON (own.me = x.mention OR own.me = x.other) WHERE x.probability >= ?
    )
    SELECT link.entity AS through, coalesce(m.entity, link.other) AS node, kind,
        max(link.probability * coalesce(m.probability, 1)) AS probability
    FROM link LEFT JOIN network_mention m ON m.mention = link.other
    WHERE coalesce(m.entity, link.other) <> link.entity GROUP BY 1, 2, 3
    QUALIFY count(*) OVER (PARTITION BY link.entity, kind) <= ? OR link.entity = ?
"""


def reach_from(store: Store, start: str, steps: int = 3, *, unsure: bool = True) -> pd.DataFrame:
    """Every node within so many links of `start` (a node of `find_node`): node, step, through (the node
    before it), kind (of the link), probability (that the whole way holds), by step and probability.

    A hub is reached and never passed. `unsure`: pairs of persons that wait for a judgement are followed too,
    as 'may be one person': such a way says where to look, not who it is."""
    found = pd.DataFrame(
        [(start, 0, "", "", 1.0)], columns=["node", "step", "through", "kind", "probability"]
    )
    edge = found
    for step in range(1, steps + 1):
        ways = store.query(
            _NEIGHBOURS, [edge.node.tolist(), _LIKELY if unsure else 2.0, HUB, start]
        ).to_pandas()
        ways = ways[~ways.node.isin(set(found.node))]
        sure = edge.set_index("node").probability
        ways = ways.assign(step=step, probability=ways.probability * ways.through.map(sure))
        best = ways.sort_values(
            ["probability", "node", "through", "kind"], ascending=[False, True, True, True]
        )
        edge = best.drop_duplicates("node")[list(found)]
        if edge.empty:
            break
        found = pd.concat([found, edge], ignore_index=True)
    return found
