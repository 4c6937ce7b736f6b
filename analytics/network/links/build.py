"""Links between what the store names: telephones, accounts, persons, premises, places, vehicles, operations.

A node is 'kind:value'; a person is its mention, so that grouping mentions anew changes no link. One row a
pair, kind and source: a source that goes takes its links along."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.network.links.copresence import PRESENT, find_copresence
from analytics.network.links.node_kinds import is_folded
from analytics.network.links.place_links import PLACE_LINKS, find_place_links
from analytics.network.links.report_links import MAY_MEAN, NAMES, REPORT_SAYS, find_report_links
from analytics.resolve.roles import fold_text
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store

PAYMENT, CALL, HOLDS, USES, LET, OWNS = "payment", "call", "holds", "uses", "let", "owns"
PAID_FOR, TOGETHER, ADVERTISES, HOUSEHOLD = (
    "journey paid for",
    "journey together",
    "advert contact",
    "same household",
)
DEVICE = "handset"
KINDS = (
    *(PAYMENT, CALL, HOLDS, USES, LET, OWNS, PAID_FOR, TOGETHER, ADVERTISES, DEVICE, PRESENT),
    *(REPORT_SAYS, NAMES, MAY_MEAN, HOUSEHOLD, *PLACE_LINKS),
)
_LARGEST_PARTY = 8  # travellers of one departure: more is a coach
_LARGEST_HOUSE = 6  # people at one address or telephone: more is a block, or a switchboard
# Kinds of identifier in adverts that name a node: those that link adverts. The subjects do not import each
# other, so a test compares this with their registry.
ADVERT_NODES = ("phone", "email", "handle", "url", "crypto")
_FACT_NODES = {
    "telephone": ("phone", USES),
    "email": ("email", USES),
    "document": ("document", USES),
    "plate": ("vehicle", USES),
    "account": ("account", HOLDS),
    "address": ("premises", LET),
}
COLUMNS = [
    *("node", "other", "kind", "source_id", "table_name", "row_numbers", "events", "first_at", "last_at"),
    *("probability", "report_id", "line"),
]


def build_links(store: Store, mentions: pd.DataFrame, region: str = "GB") -> pd.DataFrame:
    """Every link, with the columns of `network_link`. `mentions`: of `read_mentions`, with entity and
    probability."""
    with store.read() as cursor:
        cursor.register("phone", map_phones(cursor, region))
        cursor.register("person", tell_persons(mentions))
        parts = [cursor.execute(sql).df() for sql in _STATEMENTS]
        parts.append(_copresences(cursor.execute(_OCCASIONS).df()))
        parts += find_place_links(cursor, mentions)
    parts += [_facts(mentions), _households(mentions)]
    nodes = sorted({node for part in parts for side in ("node", "other") for node in part[side]})
    parts.append(find_report_links(store, nodes, mentions, region))
    found = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)])
    found = found.reindex(columns=COLUMNS).astype(dict.fromkeys(("source_id", "report_id", "line"), "Int32"))
    return found


def write_links(cursor: duckdb.DuckDBPyConnection) -> None:
    """Put the links of `fresh` in the place of those stored, once in the order of each end (see migration
    0047)."""
    for table, end in (("network_link", "node"), ("network_link_back", "other")):
        cursor.execute(f"DELETE FROM {table}").fetchall()
        cursor.execute(
            f"INSERT INTO {table} BY NAME SELECT *, md5_number_lower({end}) AS {end}_key FROM fresh"
            f" ORDER BY {end}_key"
        ).fetchall()


def node_of(kind: str, value: str) -> str:
    """The node of a value as a row has it. What is given as a telephone may be an e-mail."""
    if kind == "phone" and "@" in value:
        kind = "email"
    return f"{kind}:{fold_text(value) if is_folded(kind) else value}"


def map_phones(cursor: duckdb.DuckDBPyConnection, region: str) -> pa.Table:
    """raw, node of every telephone that a call, an advert's column or a journey without a traveller names."""
    raw = [
        str(row[0])
        for row in cursor.execute(
            "SELECT from_phone FROM communication WHERE from_phone IS NOT NULL"
            " UNION SELECT to_phone FROM communication WHERE to_phone IS NOT NULL"
            " UNION SELECT contact FROM advert WHERE contact IS NOT NULL"
            " UNION SELECT contact FROM journey"
            " WHERE contact IS NOT NULL AND coalesce(trim(traveller), '') = ''"
        ).fetchall()
    ]
    normal = [normalise_identifier(text, region) for text in raw]
    known = [(text, node_of("phone", value)) for text, value in zip(raw, normal, strict=True) if value]
    return pa.table({"raw": [text for text, _ in known], "node": [node for _, node in known]})


def tell_persons(mentions: pd.DataFrame) -> pa.Table:
    """mention, table_name, source_id, row_number, column_name for every row that a mention stands for."""
    wanted = mentions[mentions.table_name.isin(["journey"])]
    columns = ["mention", "table_name", "source_id", "column_name", "row_numbers"]
    exploded = wanted[columns].explode("row_numbers").rename(columns={"row_numbers": "row_number"})
    return pa.Table.from_pandas(
        exploded.astype({"row_number": "int64", "source_id": "int32"}), preserve_index=False
    )


def _aggregated(pairs: str, kind: str, table: str) -> str:
    """The statement of links from one of pairs: one, two, source_id, row_number, moment."""
    return (
        f"SELECT least(one, two) AS node, greatest(one, two) AS other, '{kind}' AS kind, source_id,"
        f" '{table}' AS table_name, list(row_number ORDER BY row_number) AS row_numbers,"
        " count(*) AS events, min(moment) AS first_at, max(moment) AS last_at, 1.0 AS probability"
        f" FROM ({pairs}) WHERE one <> two GROUP BY ALL"
    )


# Each traveller of a departure with what tells a party: one account that paid on one route, or one booking.
_PARTIES = (
    "(SELECT *, count(*) OVER (PARTITION BY source_id, departed_at, journey) AS party FROM ("
    "SELECT j.source_id, j.row_number, j.departed_at, p.mention, unnest(["
    "concat_ws('/', 'paid', j.from_place, j.to_place, j.paid_by), 'booked/' || j.reference], max_depth := 1)"
    " AS journey, j.paid_by, j.reference FROM journey j JOIN person p ON p.table_name = 'journey'"
    " AND p.source_id = j.source_id AND p.row_number = j.row_number)"
    " WHERE CASE WHEN starts_with(journey, 'paid/') THEN paid_by IS NOT NULL ELSE trim(reference) <> '' END)"
)
_STATEMENTS = (
    _aggregated(
        "SELECT 'account:' || from_account AS one, 'account:' || to_account AS two, source_id, row_number,"
        ' occurred_at AS moment FROM "transaction" WHERE from_account IS NOT NULL AND to_account IS NOT NULL',
        PAYMENT,
        "transaction",
    ),
    _aggregated(
        "SELECT a.node AS one, b.node AS two, source_id, row_number, started_at AS moment FROM communication"
        " JOIN phone a ON a.raw = from_phone JOIN phone b ON b.raw = to_phone",
        CALL,
        "communication",
    ),
    _aggregated(
        "SELECT 'account:' || j.paid_by AS one, p.mention AS two, j.source_id, j.row_number,"
        " j.departed_at AS moment FROM journey j JOIN person p ON p.table_name = 'journey'"
        " AND p.source_id = j.source_id AND p.row_number = j.row_number WHERE j.paid_by IS NOT NULL",
        PAID_FOR,
        "journey",
    ),
    _aggregated(
        "SELECT DISTINCT a.mention AS one, b.mention AS two, a.source_id, a.row_number,"
        f" a.departed_at AS moment FROM {_PARTIES} a JOIN {_PARTIES} b ON a.source_id = b.source_id"
        " AND a.departed_at = b.departed_at AND a.journey = b.journey AND a.mention < b.mention"
        f" WHERE a.party <= {_LARGEST_PARTY}",
        TOGETHER,
        "journey",
    ),
    _aggregated(
        "SELECT coalesce('operation:' || o.operation_id,"
        " 'advert:' || a.source_id || '/' || a.row_number) AS one,"
        " i.node AS two, a.source_id, a.row_number, a.posted_at AS moment FROM advert a JOIN ("
        "SELECT source_id, row_number, kind || ':' || value AS node FROM advert_identifier"
        f" WHERE kind IN ({', '.join(repr(code) for code in ADVERT_NODES)})"
        " UNION SELECT source_id, row_number, node FROM advert JOIN phone ON raw = contact"
        ") i USING (source_id, row_number) LEFT JOIN operation_advert o USING (source_id, row_number)",
        ADVERTISES,
        "advert",
    ),
    _aggregated(
        "SELECT a.node AS one, 'device:' || trim(device) AS two, source_id, row_number,"
        " started_at AS moment FROM communication JOIN phone a ON a.raw = from_phone"
        " WHERE length(trim(device)) > 5",
        DEVICE,
        "communication",
    ),
)
# Departures by route and minute, and telephones by cell and hour: node, route, slot, moment, and the row.
_OCCASIONS = (
    "SELECT p.mention AS node, concat_ws('/', j.from_place, j.to_place, j.mode) AS route,"
    " CAST(departed_at AS VARCHAR) AS slot, departed_at AS moment, j.source_id, j.row_number,"
    " 'journey' AS table_name FROM journey j JOIN person p ON p.source_id = j.source_id"
    " AND p.row_number = j.row_number WHERE departed_at IS NOT NULL AND from_place IS NOT NULL"
    " UNION ALL SELECT a.node, coalesce(place, round(lon, 3) || '/' || round(lat, 3)),"
    " strftime(started_at, '%Y-%m-%d %H'), started_at, source_id, row_number, 'communication'"
    " FROM communication JOIN phone a ON a.raw = from_phone"
    " WHERE started_at IS NOT NULL AND (place IS NOT NULL OR lon IS NOT NULL)"
    " ORDER BY ALL"
)


def _copresences(occasions: pd.DataFrame) -> pd.DataFrame:
    """Of each source and table by itself, so that a source takes what it alone said."""
    parts = []
    for (source, table), own in occasions.groupby(["source_id", "table_name"], sort=True):
        found = find_copresence(own.assign(key=own.row_number))
        parts.append(
            found.rename(columns={"one": "node", "two": "other"}).assign(
                kind=PRESENT,
                source_id=source,
                table_name=table,
                row_numbers=[sorted(set(keys)) for keys in found["keys"]],
            )
        )
    return pd.concat(parts) if parts else pd.DataFrame(columns=COLUMNS)


def _facts(mentions: pd.DataFrame) -> pd.DataFrame:
    """A person and what its own row says of it."""
    parts = []
    for field, (kind, link) in _FACT_NODES.items():
        own = mentions[mentions[field] != ""]
        if field == "account":  # a fare that an account paid does not make it the traveller's
            own = own[own.table_name != "journey"]
        kinds = np.where(own.column_name == "owner", OWNS, link) if field == "address" else link
        parts.append(
            pd.DataFrame(
                {
                    "node": [node_of(kind, value) for value in own[field]],
                    "other": own.mention,
                    "kind": kinds,
                    "source_id": own.source_id,
                    "table_name": own.table_name,
                    "row_numbers": [list(rows) for rows in own.row_numbers],
                    "events": own.rows,
                    "first_at": own.begins if field == "address" else pd.NaT,
                    "last_at": own.ends if field == "address" else pd.NaT,
                    "probability": 1.0,
                }
            )
        )
    found = pd.concat(parts, ignore_index=True)
    return found.astype({"first_at": "datetime64[us]", "last_at": "datetime64[us]"})


def _households(mentions: pd.DataFrame) -> pd.DataFrame:
    """People of one family name at one address or telephone, who are not one person: kept apart, and told
    as what they are."""
    people = mentions.assign(family=[fold_text(name).split(" ")[-1] for name in mentions.name])
    rows: list[tuple[object, ...]] = []
    for field in ("address", "telephone"):
        there = people[people[field] != ""]
        value = [fold_text(text) for text in there[field]] if field == "address" else there[field]
        house = ["value", "family"]
        firsts = there.assign(value=value).drop_duplicates([*house, "entity"])
        size = firsts.groupby(house).entity.transform("size")
        for _, people_there in firsts[size.between(2, _LARGEST_HOUSE)].groupby(house, sort=True):
            rows += _pairs(people_there)
    return pd.DataFrame(rows, columns=COLUMNS[:10]).astype(
        {"first_at": "datetime64[us]", "last_at": "datetime64[us]"}
    )


def _pairs(people: pd.DataFrame) -> Iterable[tuple[object, ...]]:
    listed = list(people.itertuples())
    for at, one in enumerate(listed):
        for two in listed[at + 1 :]:
            node, other = sorted((str(one.mention), str(two.mention)))
            rows = list(one.row_numbers)
            yield (node, other, HOUSEHOLD, one.source_id, one.table_name, rows, 1, pd.NaT, pd.NaT, 0.8)
