"""Resolve the mentions of the store into entities, and write them down with their evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.network.entities.grouping import group_mentions, latest_judgements
from analytics.network.entities.judgement import read_all_judgements
from analytics.network.entities.mentions import ROLES, read_mentions, write_facts
from analytics.network.links.build import build_links, write_links
from analytics.network.state import LINKS_MADE
from analytics.oversight import Actor, record
from analytics.oversight.visibility import refuse_partial
from analytics.resolve.blocking import find_candidates
from analytics.resolve.calibration import fit_calibration
from analytics.resolve.cluster import cluster_mentions, forbid
from analytics.resolve.mention_table import MentionField, read_fields
from analytics.resolve.resolution import (
    APART,
    MODEL,
    NAME_ALONE,
    ResolveParameters,
    belonging,
    find_name_alone,
    learn_from,
    weigh_pairs,
)
from analytics.shared.progress import Progress, ignore_progress
from analytics.store import Store, now

_NO_NAME_ALONE = -1.0  # bits of a pair that nothing but the name speaks for: it is seen, and joins nothing
_STORED_COLUMNS = (
    *("mention", "entity", "name", "facts", "table_name", "source_id", "row_number", "column_name"),
    *("rows", "probability"),
)
_STORED = -8.0  # bits from which a pair is stored for review,
_RARE_NAME = 8.0  # or of its name alone


@dataclass(frozen=True)
class NetworkUpdate:
    """`contradicted`: pairs judged different that judgements of 'same' hold together."""

    mentions: int
    entities: int
    matches: int
    links: int
    contradicted: frozenset[tuple[str, str]]


def update_network(store: Store, actor: Actor, *, progress: Progress = ignore_progress) -> NetworkUpdate:
    """Read every mention, group them under the judgements, and write entities, matches and links anew. Raises
    Refused where part of the store is out of sight."""
    refuse_partial(store)
    progress("Reading who is named", 0.0)
    mentions = read_mentions(store)
    judgements = latest_judgements(read_all_judgements(store))
    progress("Comparing mentions", 0.1)
    entity, probability, matches, torn = resolve_stored(mentions, judgements)
    written = mentions.assign(entity=entity, probability=probability, facts=write_facts(mentions))
    progress("Finding links", 0.6)
    links = build_links(store, written)
    progress("Writing", 0.9)
    tables = {
        "network_mention": written[list(_STORED_COLUMNS)],
        "network_match": matches,
        "network_link": links,
    }
    with store.write() as cursor:
        for name, frame in tables.items():
            cursor.register("fresh", pa.Table.from_pandas(frame, preserve_index=False))
            if name == "network_link":
                write_links(cursor)
            else:
                cursor.execute(f"DELETE FROM {name}").fetchall()
                cursor.execute(f"INSERT INTO {name} BY NAME SELECT * FROM fresh").fetchall()
            cursor.unregister("fresh")
        detail = {name: len(frame) for name, frame in tables.items()} | {"links_made": LINKS_MADE}
        record(cursor, actor, "network: update", "network", detail=detail)
    return NetworkUpdate(len(written), written.entity.nunique(), len(matches), len(links), frozenset(torn))


def resolve_stored(
    mentions: pd.DataFrame, judgements: pd.DataFrame
) -> tuple[list[str], np.ndarray, pd.DataFrame, set[tuple[str, str]]]:
    """(by mention its entity, by mention the probability that it belongs there, the matches as stored, pairs
    whose judgements contradict one another)."""
    columns = [
        "mention",
        "other",
        "source_id",
        "other_source_id",
        "bits",
        "probability",
        "why",
        "model",
        "matched_at",
    ]
    if mentions.empty:
        return [], np.zeros(0), pd.DataFrame(columns=columns), set()
    fields = [field for field in read_fields(mentions, ROLES) if field.known or field.name == "name"]
    parameters = ResolveParameters()
    pairs, _ = find_candidates(fields, parameters.max_in_block)
    learnt = learn_from(fields, pairs, parameters)

    def weigh(asked: np.ndarray) -> np.ndarray:
        return join_bits(weigh_pairs(fields, asked, learnt))

    def join_bits(parts: dict[str, np.ndarray]) -> np.ndarray:
        return forbid(_without_name_alone(parts), parts["apart"], len(keys))

    keys = mentions.mention.tolist()
    parts = weigh_pairs(fields, pairs, learnt)
    bits = _without_name_alone(parts)
    entity, torn = group_mentions(keys, pairs, join_bits(parts), weigh, judgements)
    bold = cluster_mentions(len(keys), pairs, join_bits(parts), weigh)[1]
    spoken = (bits == parts["bits"]) & ~parts[
        "apart"
    ]  # or pairs that may not join would teach that equal names say nothing
    scale = fit_calibration(bits[spoken], (bold[pairs[:, 0]] == bold[pairs[:, 1]])[spoken])
    chance = scale.probability(parts["bits"])
    most = np.where(parts["apart"], APART, NAME_ALONE)
    chance = np.where(spoken, chance, np.minimum(chance, most))
    at = {key: position for position, key in enumerate(keys)}
    label = np.array([at[key] for key in entity])
    likely = np.flatnonzero((bits > _STORED) | (parts["name"] >= _RARE_NAME))
    left, right = pairs[likely].T
    source = mentions.source_id.to_numpy()
    matches = pd.DataFrame(
        {
            "mention": mentions.mention.to_numpy()[left],
            "other": mentions.mention.to_numpy()[right],
            "source_id": source[left],
            "other_source_id": source[right],
            "bits": bits[likely],
            "probability": chance[likely],
            "why": _why(fields, parts, likely),
            "model": MODEL,
            "matched_at": now(),
        },
        columns=columns,
    )
    return entity, belonging(label, pairs, forbid(bits, parts["apart"], 1), scale), matches, torn


def _without_name_alone(parts: dict[str, np.ndarray]) -> np.ndarray:
    """The bits of each pair; of one that nothing but the name speaks for, too few to join."""
    fields = {name: value for name, value in parts.items() if name not in ("bits", "apart")}
    alone = find_name_alone(fields, ("name", "place"))
    return np.where(alone, np.minimum(parts["bits"], _NO_NAME_ALONE), parts["bits"])


def _why(fields: list[MentionField], parts: dict[str, np.ndarray], rows: np.ndarray) -> list[str]:
    table = {field.name: parts[field.name][rows].round(1).tolist() for field in fields}
    return [
        json.dumps({name: value for name, value in zip(table, row, strict=True) if value})
        for row in zip(*table.values(), strict=True)
    ]
