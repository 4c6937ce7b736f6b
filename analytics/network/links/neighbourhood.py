"""The part of the network around some nodes: what a chart of links shows and its table lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.network.links.entity_page import HUB
from analytics.store import Store

DRAWN = 60  # neighbours of one node that are drawn: more could not be read


@dataclass(frozen=True)
class LinkFilter:
    """Which links count: of these `kinds` (all where empty), of at least this probability, with an event
    between `first` and `last`. A link without a date passes."""

    kinds: tuple[str, ...] = ()
    probability: float = 0.0
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class LinkedPart:
    """`nodes`: node (of a person its entity), name (of a person), address (of premises, as a row has it),
    neighbours (in all), hub. `links`: one row a pair and kind, with node, other, kind, events, first_at,
    last_at, probability, sources. `left_out`: by node, how many of its neighbours are not drawn."""

    nodes: pd.DataFrame
    links: pd.DataFrame
    left_out: dict[str, int]


# Links that touch or lie between the members of some nodes and pass a filter, with persons as entities.
_PASSING = (
    "WITH member AS (SELECT unnest($nodes) AS me UNION SELECT mention FROM network_mention"
    " WHERE entity IN (SELECT unnest($nodes))),"
    " passing AS (SELECT l.*, l.probability * coalesce(a.probability, 1) * coalesce(b.probability, 1)"
    " AS sure, coalesce(a.entity, l.node) AS one, coalesce(b.entity, l.other) AS two"
    " FROM (SELECT * FROM network_link WHERE node IN (FROM member) {how} other IN (FROM member)) l"
    " LEFT JOIN network_mention a ON a.mention = l.node LEFT JOIN network_mention b ON b.mention = l.other"
    " WHERE (len($kinds::VARCHAR[]) = 0 OR list_contains($kinds::VARCHAR[], l.kind))"
    " AND coalesce(l.last_at >= $first::DATE, true)"
    " AND coalesce(l.first_at < $last::DATE + INTERVAL 1 DAY, true)),"
    " likely AS (SELECT * FROM passing WHERE sure >= $probability AND one <> two)"
)
_NEAR = (
    _PASSING.format(how="OR") + ", seen AS (SELECT one AS me, two AS them, kind, events FROM likely UNION ALL"
    " SELECT two, one, kind, events FROM likely)"
    " SELECT me, them, count(DISTINCT kind) AS kinds, sum(events)::BIGINT AS events FROM seen"
    " WHERE me IN (SELECT unnest($nodes)) GROUP BY me, them ORDER BY me, kinds DESC, events DESC, them"
)
_BETWEEN = (
    _PASSING.format(how="AND")
    + " SELECT least(one, two) AS node, greatest(one, two) AS other, kind, sum(events)::BIGINT AS events,"
    " min(first_at) AS first_at, max(last_at) AS last_at, max(sure) AS probability,"
    " list_sort(list(DISTINCT source_id)) AS sources FROM likely"
    " GROUP BY ALL ORDER BY events DESC, node, other, kind"
)
_NODES = (
    "WITH shown AS (SELECT unnest($nodes) AS id),"
    " member AS (SELECT id, coalesce(m.mention, id) AS me FROM shown"
    " LEFT JOIN network_mention m ON m.entity = id),"
    " seen AS (SELECT id, other AS them, kind FROM network_link JOIN member ON me = node"
    " UNION ALL SELECT id, node, kind FROM network_link JOIN member ON me = other),"
    " counted AS (SELECT id, kind, count(DISTINCT coalesce(m.entity, them)) AS n FROM seen"
    " LEFT JOIN network_mention m ON m.mention = them GROUP BY id, kind)"
    " SELECT s.id AS node, (SELECT name FROM network_mention WHERE mention = s.id) AS name,"
    " (SELECT any_value(facts ->> 'address') FROM network_link l"
    " JOIN network_mention m ON m.mention = l.other"
    " WHERE l.node = s.id AND l.kind = 'let') AS address,"
    f" coalesce(sum(n), 0)::BIGINT AS neighbours, coalesce(max(n), 0) > {HUB} AS hub"
    " FROM shown s LEFT JOIN counted c ON c.id = s.id GROUP BY s.id ORDER BY s.id"
)


def read_neighbourhood(
    store: Store, around: Sequence[str], chosen: LinkFilter | None = None, limit: int = DRAWN
) -> LinkedPart:
    """These nodes and their neighbours, those linked in most ways first, `limit` of each at most, with every
    link between any two of them."""
    chosen = chosen or LinkFilter()
    passes = {
        "kinds": list(chosen.kinds),
        "probability": chosen.probability,
        "first": chosen.first,
        "last": chosen.last,
    }
    near = store.query(_NEAR, passes | {"nodes": list(around)}).to_pandas()
    drawn = near.groupby("me", sort=False).head(limit)
    shown = sorted({*around, *drawn.them})
    left = near.groupby("me").size() - drawn.groupby("me").size()
    links = store.query(_BETWEEN, passes | {"nodes": shown}).to_pandas()
    nodes = store.query(_NODES, {"nodes": shown}).to_pandas()
    return LinkedPart(nodes, links, {str(node): int(n) for node, n in left.items() if n})
