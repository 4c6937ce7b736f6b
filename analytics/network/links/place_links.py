"""Who began or ended a journey where, and which addresses and operations of adverts lie or work where.

A place is a town, station, venue, street or pick-up point as rows name it. One with a house number, or that
a row of premises or accounts has as an address, is the node of that address: a pick-up at a flat leads to
the flat. A town is a hub, and a shared place is no proof: links of places are in no measured structure."""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb
import pandas as pd
import pyarrow as pa

from analytics.network.links.ends import find_ends
from analytics.network.links.node_kinds import is_folded, kind_of_node, value_of_node
from analytics.resolve.roles import find_role, fold_text
from analytics.store import Store

FROM_PLACE, TO_PLACE, AT_PLACE = "journey from", "journey to", "at place"
PLACE_LINKS = (FROM_PLACE, TO_PLACE, AT_PLACE)
MOST_AT_PLACE = 1_000  # links of one kind that a place has from one source: those with most events
_SHORTEST, _LONGEST = 2, 120  # letters; and characters, of which more is a sentence
# Columns that name places, by table.
_NAMED_IN = {
    "journey": ("from_place", "to_place"),
    "premises": ("place", "address"),
    "advert": ("place",),
    "account": ("address",),
}
# 'Terminal 5', 'Gate 12' and 'M6' are numbers of public places, not of houses.
_PUBLIC_NUMBER = re.compile(
    r"\b(?:terminal|gate|platform|junction|pier|berth|stop|stand|bay|exit|hall|zone)\s*\d+[a-z]?"
    r"(?=\s*(?:$|[,;()]))|\b[abemn]\d{1,4}\b",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"\b(?:flat|cottage|farm|apartment|house|villa)\b", re.IGNORECASE)
# The row's traveller, or what else it knows somebody by.
_WHO = (
    "(SELECT mention AS who, source_id, row_number FROM person WHERE table_name = 'journey'"
    " UNION ALL SELECT 'vehicle:' || trim(vehicle), source_id, row_number FROM journey"
    " WHERE trim(vehicle) <> '' AND coalesce(trim(traveller), '') = ''"
    " UNION ALL SELECT 'document:' || trim(document), source_id, row_number FROM journey"
    " WHERE trim(document) <> '' AND coalesce(trim(traveller), '') = ''"
    " UNION ALL SELECT phone.node, source_id, row_number FROM journey JOIN phone ON raw = contact"
    " WHERE coalesce(trim(traveller), '') = '')"
)


def is_address(text: str) -> bool:
    """Whether a place names a house, which may be somebody's home; a town, a station or a street does not."""
    return any(map(str.isdigit, _PUBLIC_NUMBER.sub(" ", text))) or _HOUSE.search(text) is not None


def find_place_links(cursor: duckdb.DuckDBPyConnection, mentions: pd.DataFrame) -> list[pd.DataFrame]:
    """Tables with the columns of `network_link`. The cursor knows `phone` (raw, node) and `person` (mention,
    table_name, source_id, row_number)."""
    spots = _map_spots(cursor, mentions)
    cursor.register("spot", pa.table({"raw": list(spots), "node": list(spots.values())}))
    found = [cursor.execute(sql).df() for sql in _STATEMENTS]
    cursor.unregister("spot")
    return [*found, _place_premises(mentions, spots)]


def read_place_names(store: Store, nodes: Iterable[str]) -> dict[str, str]:
    """By node of a place or an address, how one of its rows writes it."""
    asked = [node for node in nodes if is_folded(kind_of_node(node))]
    if not asked:
        return {}
    ends = find_ends(store, asked, persons=False)
    first = store.query(
        "SELECT me, table_name, arg_min(source_id, (source_id, row_numbers[1])) AS source_id,"
        " arg_min(row_numbers[1], (source_id, row_numbers[1])) AS row_number"
        f" FROM {ends.sql} WHERE table_name <> 'report' GROUP BY ALL ORDER BY ALL",
        ends.parameters,
    ).to_pandas()
    names: dict[str, str] = {}
    for table, rows in first.groupby("table_name", sort=True):
        if (columns := _NAMED_IN.get(str(table))) is None:
            continue
        written = store.query(
            f'SELECT wanted.me, [{", ".join(columns)}] AS texts FROM "{table}"'
            " JOIN wanted USING (source_id, row_number) ORDER BY source_id, row_number",
            tables={"wanted": pa.Table.from_pandas(rows, preserve_index=False)},
        ).to_pylist()
        for row in written:
            for text in row["texts"]:
                if text and fold_text(text) == value_of_node(row["me"]):
                    names[row["me"]] = text.strip()
    return names


def fill_addresses(store: Store, nodes: pd.DataFrame) -> pd.DataFrame:
    """The table (node, address and others) with the address of places, and of premises that nobody rents."""
    names = read_place_names(store, nodes.node[nodes.address.isna()])
    known = nodes.address.astype(object)
    return nodes.assign(address=known.where(known.notna(), nodes.node.map(names).astype(object)))


def _map_spots(cursor: duckdb.DuckDBPyConnection, mentions: pd.DataFrame) -> dict[str, str]:
    """By text that rows have as a place, its node."""
    texts = [
        str(row[0])
        for row in cursor.execute(
            "SELECT DISTINCT unnest([from_place, to_place]) AS text FROM journey UNION"
            " SELECT place FROM premises UNION SELECT place FROM advert"
        ).fetchall()
        if row[0] is not None
    ]
    addresses = {fold_text(text) for text in mentions.address.unique()}
    values = find_role("place").normalise(pd.Series(texts, dtype=object))  # '' of what says nothing
    spots = {}
    for text, value in zip(texts, values, strict=True):
        if len(text) <= _LONGEST and sum(map(str.isalpha, value)) >= _SHORTEST:
            spots[text] = f"{'premises' if value in addresses or is_address(text) else 'place'}:{value}"
    return spots


def _aggregate(ends: str, kind: str, table: str) -> str:
    """The statement of links from one of ends: who, spot, source_id, row_number, moment."""
    return (
        "SELECT * EXCLUDE spot FROM (SELECT least(who, spot) AS node, greatest(who, spot) AS other,"
        f" '{kind}' AS kind, source_id, '{table}' AS table_name,"
        " list(row_number ORDER BY row_number) AS row_numbers, count(*) AS events,"
        " min(moment) AS first_at, max(moment) AS last_at, 1.0 AS probability, spot"
        f" FROM ({ends}) GROUP BY ALL) QUALIFY row_number() OVER (PARTITION BY spot, source_id"
        f" ORDER BY events DESC, node, other) <= {MOST_AT_PLACE}"
    )


_STATEMENTS = (
    _aggregate(
        "SELECT who, spot.node AS spot, source_id, row_number, departed_at AS moment"
        f" FROM journey JOIN {_WHO} USING (source_id, row_number) JOIN spot ON raw = from_place",
        FROM_PLACE,
        "journey",
    ),
    _aggregate(
        "SELECT who, spot.node AS spot, source_id, row_number, coalesce(arrived_at, departed_at) AS moment"
        f" FROM journey JOIN {_WHO} USING (source_id, row_number) JOIN spot ON raw = to_place",
        TO_PLACE,
        "journey",
    ),
    _aggregate(
        "SELECT 'operation:' || operation_id AS who, spot.node AS spot, source_id, row_number,"
        " posted_at AS moment FROM advert JOIN operation_advert USING (source_id, row_number)"
        " JOIN spot ON raw = place",
        AT_PLACE,
        "advert",
    ),
)


def _place_premises(mentions: pd.DataFrame, spots: dict[str, str]) -> pd.DataFrame:
    """An address and the town or venue that its row names beside it; where it names no address, who rents
    there."""
    own = mentions[(mentions.table_name == "premises") & mentions.place.isin(spots.keys())]
    address = [f"premises:{fold_text(text)}" if text else "" for text in own.address]
    found = pd.DataFrame(
        {
            "node": own.mention.where([not text for text in address], address),
            "other": own.place.map(spots),
            "kind": AT_PLACE,
            "source_id": own.source_id,
            "table_name": own.table_name,
            "row_numbers": [list(rows) for rows in own.row_numbers],
            "events": own.rows,
            "first_at": own.begins.astype("datetime64[us]"),
            "last_at": own.ends.astype("datetime64[us]"),
            "probability": 1.0,
        }
    )
    found = found[found.node != found.other].drop_duplicates(["node", "other", "source_id"])
    ends = ["node", "other"]
    ordered = found.assign(node=found[ends].min(axis=1), other=found[ends].max(axis=1))
    most = found.groupby(["other", "source_id"]).cumcount() < MOST_AT_PLACE
    return ordered[most]
