"""Everything that touches one telephone, account, flat, person or operation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pandas as pd

from analytics.network.links.build import node_of
from analytics.network.links.ends import EVERY_NODE, find_ends
from analytics.network.links.node_kinds import NODE_KINDS
from analytics.resolve.roles import PLAIN_LETTERS_SQL, fold_text
from analytics.shared.graph_library import igraph
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store

HUB = 50  # neighbours of one kind, above which a node names nobody in particular


# Names that may fold to the same text, told without folding a million of them: their plain letters and digits
# are the same, or one has a sign that the store takes apart otherwise than `fold_text`.
_MAY_FOLD_ALIKE = (
    f"regexp_replace(strip_accents({PLAIN_LETTERS_SQL.format('lower(name)')}), '[^a-z0-9]', '', 'g') = $plain"
    " OR regexp_matches(name, $others)"
)
_OTHER_SIGNS = "[^\\x00-\\x7fÀ-ÖØ-öø-įĴ-ĽŁ-ňŊ-ž’]"


class NoEntity(LookupError):
    """Nothing of that name is in the network."""


@dataclass(frozen=True)
class WeakestMatch:
    """The match without which an entity would fall in two: its `bits`, the two mentions, and how many
    mentions each part would have, the part of `mention` first."""

    bits: float
    mention: str
    other: str
    parts: tuple[int, int]


@dataclass(frozen=True)
class EntityView:
    """`node`: the node, or the entity of a person. `mentions`: of the person, as `network_mention`; empty for
    others. `links`: other (node, or entity of a person), name (of that person), kind, events, first_at,
    last_at, probability (link and match together), sources, table_name, row_numbers. `neighbours`: how many.
    `hub`: more than 50 of one kind. `weakest`: the weakest match that holds the person's mentions together
    (None where one mention, or a judgement, is all). `matches`: pairs of its own mentions, with
    the bits of each field (`why`). `unsure`: pairs that may belong."""

    node: str
    mentions: pd.DataFrame
    links: pd.DataFrame
    neighbours: int
    hub: bool
    weakest: WeakestMatch | None
    matches: pd.DataFrame
    unsure: pd.DataFrame


def find_node(store: Store, asked: str, region: str = "GB") -> str:
    """The node that a text means: a node's own name, a telephone in any writing, an account, an address, an
    e-mail, or the name of exactly one person. Raises NoEntity in words."""
    found = find_nodes(store, asked, region)
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(found[:5])
        raise NoEntity(f"{len(found)} entities have that name. Choose one: {listed}.")
    raise NoEntity("Nothing of that name is in the network. Has it been updated (achilles network update)?")


def find_nodes(store: Store, asked: str, region: str = "GB") -> list[str]:
    """The nodes that a text may mean, as for `find_node`: one, several people of one name, or none."""
    text = asked.strip()
    phone = normalise_identifier(text, region) or ""
    candidates = [
        text,
        f"phone:{phone}",
        *(node_of(kind.code, text) for kind in NODE_KINDS.values() if kind.by_value),
    ]
    kind, _, value = text.partition(":")
    if kind == "phone":
        candidates.append(f"phone:{normalise_identifier(value, region)}")
    ends = find_ends(store, candidates, persons=False)
    found = store.rows(f"SELECT DISTINCT me AS node FROM {ends.sql}", ends.parameters)
    nodes = {row["node"] for row in found}
    for candidate in candidates:
        if candidate in nodes:
            return [find_entity(store, candidate)]
    people = store.rows(
        "SELECT DISTINCT entity FROM network_mention"
        " WHERE mention = ? OR entity = ? OR lower(name) = lower(?)",
        [text, text, text],
    )
    if not people:
        folded = fold_text(text)
        alike = store.rows(
            f"SELECT DISTINCT entity, name FROM network_mention WHERE {_MAY_FOLD_ALIKE}",
            {"plain": re.sub("[^a-z0-9]", "", folded), "others": _OTHER_SIGNS},
        )
        people = [row for row in alike if fold_text(row["name"]) == folded]
    return sorted({str(row["entity"]) for row in people})


def search_nodes(store: Store, asked: str, limit: int = 30) -> list[str]:
    """The nodes that a text may mean, else those whose value or name contains each of its words."""
    if (exact := find_nodes(store, asked)) or not (words := fold_text(asked).split()):
        return exact[:limit]
    digits = "".join(filter(str.isdigit, asked))
    rows = store.rows(
        "WITH known AS (SELECT node, lower(split_part(node, ':', 2)) AS text FROM"
        f" {EVERY_NODE} WHERE NOT starts_with(node, 'person:')"
        " UNION ALL SELECT DISTINCT entity, lower(name) FROM network_mention)"
        " SELECT DISTINCT node FROM known WHERE list_bool_and([contains(text, word) FOR word IN $words])"
        " OR (length($digits) >= 5 AND starts_with(node, 'phone:') AND contains(text, ltrim($digits, '0')))"
        " ORDER BY node LIMIT $limit",
        {"words": words, "digits": digits, "limit": limit},
    )
    return [str(row["node"]) for row in rows]


def read_entity(store: Store, node: str) -> EntityView:
    """The view of a node of `find_node`. Person nodes at the other end are given as their entity."""
    mentions = store.query(
        "SELECT * FROM network_mention WHERE entity = ? ORDER BY source_id, table_name, row_number", [node]
    ).to_pandas()
    ends = find_ends(store, [node])
    own = mentions.mention.tolist() or [node]
    links = store.query(
        "SELECT coalesce(m.entity, own.them) AS other, any_value(m.name) AS name, own.kind,"
        " sum(events)::BIGINT AS events, min(first_at) AS first_at, max(last_at) AS last_at,"
        " max(own.probability * coalesce(m.probability, 1) * coalesce(s.probability, 1)) AS probability,"
        " list(DISTINCT own.source_id ORDER BY own.source_id) AS sources, own.table_name,"
        " list_sort(list_distinct(flatten(list(own.row_numbers))))[:20] AS row_numbers"
        f" FROM {ends.sql} own LEFT JOIN network_mention m ON m.mention = own.them"
        " LEFT JOIN network_mention s ON s.mention = own.me"
        " WHERE coalesce(m.entity, own.them) <> $node GROUP BY ALL ORDER BY events DESC, other, own.kind",
        ends.parameters | {"node": node},
    ).to_pandas()
    pairs = store.query(
        "WITH own AS (SELECT * FROM network_match WHERE mention IN (SELECT unnest(?))"
        " OR other IN (SELECT unnest(?)))"
        " SELECT x.*, a.entity AS entity, b.entity AS other_entity, b.name AS other_name, a.name"
        " FROM own x"
        " JOIN network_mention a ON a.mention = x.mention JOIN network_mention b ON b.mention = x.other",
        [own, own],
    ).to_pandas()
    inside = pairs[pairs.entity == pairs.other_entity]
    per_kind = links.groupby("kind").other.nunique()
    return EntityView(
        node,
        mentions,
        links,
        links.other.nunique(),
        bool((per_kind > HUB).any()),
        _weakest(own, inside) if len(own) > 1 else None,
        inside.sort_values("bits", ascending=False, ignore_index=True),
        pairs[pairs.entity != pairs.other_entity].sort_values("bits", ascending=False, ignore_index=True),
    )


def entity_as_json(view: EntityView) -> dict[str, object]:
    """The content of the file of `achilles network entity`."""
    return {
        "entity": view.node,
        "neighbours": view.neighbours,
        "hub": view.hub,
        "weakest_bits": view.weakest.bits if view.weakest else None,
        "weakest_match": [view.weakest.mention, view.weakest.other] if view.weakest else None,
        "mentions": _records(view.mentions),
        "links": _records(view.links),
        "matches": _records(view.matches.drop(columns=["entity", "other_entity", "model", "matched_at"])),
        "may_be_one": _records(view.unsure.drop(columns=["entity", "model", "matched_at"])),
    }


def has_node(store: Store, node: str) -> bool:
    """Whether the network has this node, not as a person."""
    ends = find_ends(store, [node], persons=False)
    return bool(store.rows(f"SELECT 1 FROM {ends.sql} LIMIT 1", ends.parameters))


def find_entity(store: Store, node: str) -> str:
    """The entity that a mention is in; any other node is its own."""
    found = store.rows("SELECT entity FROM network_mention WHERE mention = ?", [node])
    return str(found[0]["entity"]) if found else node


def _weakest(mentions: list[str], inside: pd.DataFrame) -> WeakestMatch | None:
    """Of the strongest tree of matches that holds the mentions together, the weakest branch."""
    graph = igraph.Graph(len(mentions))
    at = {mention: position for position, mention in enumerate(mentions)}
    ends = [(at[one], at[other]) for one, other in zip(inside.mention, inside.other, strict=True)]
    graph.add_edges(ends)
    if not graph.is_connected():
        return None
    tree = graph.spanning_tree(weights=(-inside.bits).tolist(), return_tree=False)
    branch = min(tree, key=lambda edge: float(inside.bits.iloc[edge]))
    row = inside.iloc[branch]
    parts = graph.subgraph_edges([edge for edge in tree if edge != branch], delete_vertices=False)
    first = len(parts.subcomponent(at[str(row.mention)]))
    sizes = (first, len(mentions) - first)
    return WeakestMatch(float(row.bits), str(row.mention), str(row.other), sizes)


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    records: list[dict[str, object]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return records
