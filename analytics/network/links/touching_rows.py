"""The imported rows that touch a node, and what each says: when, where and what."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics.network.links.ends import find_ends
from analytics.network.links.node_kinds import is_folded, kind_of_node, value_of_node
from analytics.resolve.roles import fold_text
from analytics.store import Store

_COLUMNS = (
    *("table_name", "source_id", "row_number", "moment", "place", "to_place", "lon", "lat", "about"),
    *("amount_minor", "currency"),
)
# What a table's row says, where it does not say it in a column of the same name.
_SAYS = {
    "advert": {"moment": "posted_at", "about": "concat_ws(' · ', kind, site)"},
    "transaction": {"moment": "occurred_at", "about": "concat_ws(' · ', channel, note)"},
    "journey": {
        "moment": "departed_at",
        "place": "from_place",
        "about": "concat_ws(' · ', mode, service)",
    },
    "communication": {"moment": "started_at", "about": "concat_ws(' · ', kind, seconds || ' s')"},
    "premises": {
        "moment": "CAST(let_from AS TIMESTAMP)",
        "place": "coalesce(address, place)",
        "about": "concat_ws(' · ', kind, status, 'until ' || strftime(let_to, '%-d %b %Y'))",
    },
    "account": {"moment": "CAST(opened AS TIMESTAMP)", "about": "concat_ws(' · ', kind, activity)"},
    "incident": {"moment": "occurred_from", "about": "category"},
}
_LACKS = {  # columns that a table does not have
    "advert": ("to_place", "lon", "lat", "amount_minor", "currency"),
    "transaction": ("to_place", "lon", "lat"),
    "journey": ("amount_minor", "currency"),
    "communication": ("to_place", "amount_minor", "currency"),
    "premises": ("to_place", "amount_minor", "currency"),
    "account": ("to_place", "lon", "lat", "amount_minor", "currency"),
    "incident": ("to_place", "amount_minor", "currency"),
}


def list_touching_rows(store: Store, node: str, other: str | None = None) -> pd.DataFrame:
    """One row for each imported row that a link of the node rests on: table_name, source_id, row_number,
    kinds (of links) and others (nodes; of persons their entities). `other`: of links with this node alone.
    Incidents at an address or place belong to it; reports do not."""
    ends = find_ends(store, [node])
    rows = store.query(
        "WITH parted AS (SELECT coalesce(m.entity, them) AS them, kind, s.table_name, s.source_id,"
        f" unnest(row_numbers) AS row_number FROM {ends.sql} s"
        " LEFT JOIN network_mention m ON m.mention = them"
        " WHERE s.table_name <> 'report')"
        " SELECT table_name, source_id, row_number, list(DISTINCT kind ORDER BY kind) AS kinds,"
        " list(DISTINCT them ORDER BY them) AS others FROM parted WHERE $other IS NULL OR them = $other"
        " GROUP BY ALL ORDER BY ALL",
        ends.parameters | {"other": other},
    ).to_pandas()
    if other is None and is_folded(kind_of_node(node)):
        rows = pd.concat([rows, _list_incidents(store, node)], ignore_index=True)
    return rows


def read_events(store: Store, rows: pd.DataFrame) -> pd.DataFrame:
    """What each of these rows says, in time: table_name, source_id, row_number, moment (UTC, missing where
    unknown; of a let its first day), place, to_place, lon and lat (degrees, WGS 84, where the row has its own
    position), about, amount_minor and currency."""
    parts = [
        store.query(
            f'SELECT {", ".join(_select(str(table)))} FROM "{table}" t'
            " SEMI JOIN wanted USING (source_id, row_number)",
            tables={"wanted": _keys(keys)},
        )
        for table, keys in rows.groupby("table_name")
    ]
    if not parts:
        return pd.DataFrame(columns=list(_COLUMNS))
    joined = pa.concat_tables(parts, promote_options="permissive").to_pandas()
    return joined.sort_values("moment", kind="stable", ignore_index=True)


def read_place_positions(store: Store) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the places that came with a source or were put down by hand, by their name in
    small letters."""
    rows = store.rows(
        "SELECT lower(name) AS name, any_value(lon) AS lon, any_value(lat) AS lat FROM place_position"
        " WHERE level = 'place' GROUP BY ALL"
    )
    return {row["name"]: (row["lon"], row["lat"]) for row in rows}


def read_source_labels(store: Store) -> dict[int, str]:
    """By number, the name of a source with its handling code."""
    rows = store.rows("SELECT source_id, concat_ws(' · ', name, handling) AS label FROM source")
    return {row["source_id"]: row["label"] for row in rows}


def read_touching(store: Store, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows themselves, of one table."""
    return store.query(
        f'SELECT * FROM "{table}" SEMI JOIN wanted USING (source_id, row_number)'
        " ORDER BY source_id, row_number",
        tables={"wanted": _keys(rows)},
    ).to_pandas()


def _select(table: str) -> list[str]:
    written = [f"'{table}' AS table_name"]
    for column in _COLUMNS[1:]:
        says = "NULL" if column in _LACKS[table] else _SAYS[table].get(column, f"t.{column}")
        written.append(f"{says} AS {column}")
    return written


def _keys(rows: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(rows[["source_id", "row_number"]], preserve_index=False)


def _list_incidents(store: Store, node: str) -> pd.DataFrame:
    """Incidents whose place is this very address or place."""
    places = store.query("SELECT DISTINCT place FROM incident WHERE place IS NOT NULL").to_pandas()
    value = value_of_node(node)
    there = places[places.place.map(fold_text) == value]
    own = store.query(
        "SELECT source_id, row_number FROM incident SEMI JOIN there USING (place)"
        " ORDER BY source_id, row_number",
        tables={"there": pa.Table.from_pandas(there.astype({"place": "string"}), preserve_index=False)},
    ).to_pandas()
    return own.assign(table_name="incident", kinds=[["recorded there"]] * len(own), others=[[]] * len(own))
