"""The part of the network around some nodes: what a chart of links shows and its table lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.network.links.ends import find_ends
from analytics.network.links.entity_page import HUB
from analytics.network.links.node_kinds import value_of_node
from analytics.network.links.place_links import PLACE_LINKS, fill_addresses, read_place_names
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
    """`nodes`: node (of a person its entity), name (of a person), address (of premises and places, as a row
    has it), neighbours (in all), hub. `links`: one row a pair and kind, with node, other, kind, events,
    first_at, last_at, probability, sources. `left_out`: by node, how many of its neighbours are not drawn.
    `towns`: names of the places that more than 50 go to, which are not drawn either."""

    nodes: pd.DataFrame
    links: pd.DataFrame
    left_out: dict[str, int]
    towns: tuple[str, ...] = ()


# Links of the members of some nodes that pass a filter, each from the member's end, with persons as entities.
_LIKELY = (
    "WITH passing AS (SELECT l.*, l.probability * coalesce(a.probability, 1) * coalesce(b.probability, 1)"
    " AS sure, coalesce(a.entity, l.me) AS one, coalesce(b.entity, l.them) AS two FROM {ends} l"
    " LEFT JOIN network_mention a ON a.mention = l.me LEFT JOIN network_mention b ON b.mention = l.them"
    " WHERE (len($kinds::VARCHAR[]) = 0 OR list_contains($kinds::VARCHAR[], l.kind))"
    " AND coalesce(l.last_at >= $first::DATE, true)"
    " AND coalesce(l.first_at < $last::DATE + INTERVAL 1 DAY, true)),"
    " likely AS (SELECT * FROM passing WHERE sure >= $probability AND one <> two)"
)
_NEAR = (
    _LIKELY + " SELECT one AS me, two AS them, count(DISTINCT kind) AS kinds, sum(events)::BIGINT AS events"
    " FROM likely GROUP BY one, two ORDER BY me, kinds DESC, events DESC, them"
)
# A link between two of them is there from both ends: once is enough.
_BETWEEN = (
    _LIKELY + " SELECT least(one, two) AS node, greatest(one, two) AS other, kind,"
    " sum(events)::BIGINT AS events, min(first_at) AS first_at, max(last_at) AS last_at,"
    " max(sure) AS probability, list_sort(list(DISTINCT source_id)) AS sources FROM likely"
    " WHERE me < them AND them IN (SELECT unnest($members::VARCHAR[]))"
    " GROUP BY ALL ORDER BY events DESC, node, other, kind"
)
_NODES = (
    "WITH shown AS (SELECT unnest($nodes::VARCHAR[]) AS id),"
    " near AS (SELECT coalesce(a.entity, l.me) AS id, l.kind, coalesce(b.entity, l.them) AS them,"
    " b.facts ->> 'address' AS address FROM {ends} l LEFT JOIN network_mention a ON a.mention = l.me"
    " LEFT JOIN network_mention b ON b.mention = l.them),"
    " counted AS (SELECT id, kind, count(DISTINCT them) AS n,"
    " any_value(address) FILTER (kind = 'let') AS address FROM near GROUP BY id, kind),"
    " others AS (SELECT id, count(DISTINCT them) AS n FROM near WHERE them <> id GROUP BY id)"
    " SELECT s.id AS node, (SELECT name FROM network_mention WHERE mention = s.id) AS name,"
    " CASE WHEN s.id LIKE 'person:%' THEN NULL ELSE any_value(c.address) END AS address,"
    f" coalesce(any_value(o.n), 0)::BIGINT AS neighbours, coalesce(max(c.n), 0) > {HUB} AS hub"
    " FROM shown s LEFT JOIN counted c ON c.id = s.id LEFT JOIN others o ON o.id = s.id"
    " GROUP BY s.id ORDER BY s.id"
)


def read_neighbourhood(
    store: Store, around: Sequence[str], chosen: LinkFilter | None = None, limit: int = DRAWN
) -> LinkedPart:
    """These nodes and their neighbours, those linked in most ways first, `limit` of each at most, with every
    link between any two of them. A town where more than 50 have been is drawn only around itself, or where
    its kind of link is asked for: it would tie everybody."""
    chosen = chosen or LinkFilter()
    passes = {
        "kinds": list(chosen.kinds),
        "probability": chosen.probability,
        "first": chosen.first,
        "last": chosen.last,
    }
    ends = find_ends(store, around)
    near = store.query(_NEAR.format(ends=ends.sql), passes | ends.parameters).to_pandas()
    towns = set() if set(chosen.kinds) & set(PLACE_LINKS) else _find_towns(store, set(near.them) - {*around})
    near = near[~near.them.isin(towns)]
    drawn = near.groupby("me", sort=False).head(limit)
    shown = sorted({*around, *drawn.them})
    left = near.groupby("me").size() - drawn.groupby("me").size()
    ends = find_ends(store, shown)
    links = store.query(_BETWEEN.format(ends=ends.sql), passes | ends.parameters).to_pandas()
    nodes = store.query(_NODES.format(ends=ends.sql), ends.parameters | {"nodes": shown}).to_pandas()
    nodes = fill_addresses(store, nodes)
    names = read_place_names(store, towns)
    named = tuple(sorted(names.get(town, value_of_node(town)) for town in towns))
    return LinkedPart(nodes, links, {str(node): int(n) for node, n in left.items() if n}, named)


def _find_towns(store: Store, nodes: set[str]) -> set[str]:
    """The places among nodes that have more than 50 neighbours of one kind."""
    places = [node for node in nodes if node.startswith("place:")]
    if not places:
        return set()
    ends = find_ends(store, places, persons=False)
    rows = store.rows(
        f"SELECT DISTINCT me FROM (SELECT me FROM {ends.sql} GROUP BY me, kind"
        f" HAVING count(DISTINCT them) > {HUB})",
        ends.parameters,
    )
    return {str(row["me"]) for row in rows}
