"""Nodes worth looking at first: those that occur in several domains, and name somebody in particular."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from analytics.network.links.ends import ALL_ENDS, EVERY_NODE, find_ends
from analytics.network.links.entity_page import HUB
from analytics.network.links.place_links import fill_addresses
from analytics.resolve.roles import fold_text
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store

DOMAINS = {  # by table of the evidence, what it is called
    "advert": "adverts",
    "communication": "calls",
    "journey": "journeys",
    "premises": "premises",
    "transaction": "payments",
    "account": "account records",
}


_COLUMNS = ("node", "name", "address", "tables", "neighbours", "events", "first_at", "last_at", "hub")
_NUMBER = re.compile(r"\+?\d(?:[\s().\-]{0,2}\d){6,14}")
_DESCRIBED = (
    "WITH own AS (SELECT coalesce(m.entity, me) AS node, m.name, t.facts ->> 'address' AS address, ends.*"
    " FROM {ends} ends LEFT JOIN network_mention m ON m.mention = me"
    " LEFT JOIN network_mention t ON t.mention = them AND ends.kind = 'let'),"
    " kinds AS (SELECT node, kind, count(DISTINCT them) AS neighbours FROM own GROUP BY ALL),"
    f" busy AS (SELECT node, max(neighbours) > {HUB} AS hub FROM kinds GROUP BY node)"
    " SELECT node, any_value(name) AS name, any_value(address) AS address,"
    " list_sort(list(DISTINCT table_name)) AS tables,"
    " count(DISTINCT them) AS neighbours, sum(events)::BIGINT AS events, min(first_at) AS first_at,"
    " max(last_at) AS last_at, any_value(hub) AS hub FROM own JOIN busy USING (node) GROUP BY node"
)


def list_starting_points(store: Store, limit: int = 200) -> pd.DataFrame:
    """The first nodes, one a row: node (of a person its entity), name (of a person), address (of premises and
    places, as a row has it), tables (of its evidence), neighbours, events, first_at, last_at, hub. Those in
    the most domains first, kind by kind in turn, hubs last: they name nobody in particular."""
    found = store.query(
        f"SELECT * FROM ({_DESCRIBED.format(ends=ALL_ENDS)})"
        " ORDER BY hub, len(tables) DESC, row_number() OVER (PARTITION BY split_part(node, ':', 1), hub"
        " ORDER BY len(tables) DESC, neighbours DESC, node), node LIMIT $limit",
        {"limit": limit},
    )
    return fill_addresses(store, found.to_pandas())


def list_nodes_of_rows(store: Store, rows: pa.Table, limit: int = 200) -> pd.DataFrame:
    """The nodes whose links rest on these rows (table_name, source_id, row_number), those that most of them
    touch first. Columns as of `describe_nodes`."""
    found = store.query(
        "WITH touched AS (SELECT l.node, l.other, w.row_number FROM network_link l JOIN wanted w"
        " ON w.table_name = l.table_name AND w.source_id = l.source_id"
        " AND list_contains(l.row_numbers, w.row_number)),"
        " ends AS (SELECT node AS me, row_number AS touching FROM touched UNION ALL"
        " SELECT other, row_number FROM touched)"
        " SELECT node FROM (SELECT coalesce(m.entity, me) AS node, count(DISTINCT touching) AS touching"
        " FROM ends LEFT JOIN network_mention m ON m.mention = me GROUP BY ALL)"
        # A town where all of them began says less than whom each is of.
        " ORDER BY starts_with(node, 'place:'), touching DESC, node LIMIT ?",
        [limit],
        tables={"wanted": rows},
    ).to_pandas()
    return describe_nodes(store, found.node.tolist())


def list_nodes_in_text(store: Store, text: str, limit: int = 50) -> pd.DataFrame:
    """The nodes that a text names: telephones in any writing, accounts, vehicles, e-mails, addresses, and
    people by their whole name. Columns as of `describe_nodes`."""
    phones = [
        f"phone:{value}"
        for found in _NUMBER.findall(text)
        if (value := normalise_identifier(found, "GB")) is not None
    ]
    rows = store.rows(
        "WITH known AS (SELECT node, split_part(node, ':', 2) AS value FROM"
        f" {EVERY_NODE} WHERE NOT starts_with(node, 'person:') AND NOT starts_with(node, 'operation:')"
        " AND NOT starts_with(node, 'advert:'))"
        " SELECT node FROM (SELECT DISTINCT node FROM known WHERE length(value) >= 5"
        " AND (list_contains($phones, node)"
        " OR contains($folded, ' ' || lower(value) || ' ')"
        " OR (NOT starts_with(node, 'place:') AND contains($text, lower(value))))"
        " UNION SELECT DISTINCT entity FROM network_mention WHERE length(name) >= 5"
        " AND contains($text, lower(name)))"
        " ORDER BY starts_with(node, 'place:'), node LIMIT $limit",
        {"phones": phones, "folded": f" {fold_text(text)} ", "text": text.lower(), "limit": limit},
    )
    return describe_nodes(store, [str(row["node"]) for row in rows])


def describe_nodes(store: Store, nodes: Sequence[str]) -> pd.DataFrame:
    """One row for each of these nodes, in their order, with the columns of `list_starting_points`."""
    if not nodes:
        return pd.DataFrame(columns=_COLUMNS)
    ends = find_ends(store, nodes)
    found = store.query(_DESCRIBED.format(ends=ends.sql), ends.parameters)
    order = {node: at for at, node in enumerate(nodes)}
    described = fill_addresses(store, found.to_pandas())
    return described.sort_values("node", key=lambda own: own.map(order), ignore_index=True)
