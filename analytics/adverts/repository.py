"""Campaigns and operations in the store: read as arrays, written as a whole, with lasting numbers."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.adverts.campaign_outliers import WORDING
from analytics.adverts.identifiers.kinds import linking_kinds
from analytics.store import Store

_ROW = ["source_id", "row_number"]


def read_units(store: Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The adverts in the order of (source, row) with campaign_id, similarity and operation_id where there is
    one; and the campaigns' scores."""
    adverts = store.query(
        "SELECT a.source_id, a.row_number, campaign_id, similarity, operation_id FROM advert a"
        " LEFT JOIN campaign_advert c USING (source_id, row_number) LEFT JOIN operation_advert o"
        " USING (source_id, row_number)"
        " ORDER BY a.source_id, a.row_number"
    ).to_pandas()
    return adverts, store.query("SELECT campaign_id, score FROM campaign").to_pandas()


def read_texts(store: Store) -> pa.ChunkedArray:
    """Title and text of every advert, in the order of (source, row)."""
    return store.query(
        "SELECT concat_ws(chr(10), title, body) AS text FROM advert ORDER BY source_id, row_number"
    )["text"]


def read_linking(store: Store) -> pd.DataFrame:
    """advert (position in the order of source and row), kind, value, confidence of the identifiers that
    link."""
    return store.query(
        "WITH numbered AS (SELECT source_id, row_number, row_number() OVER (ORDER BY source_id, row_number)"
        " - 1 AS advert FROM advert)"
        " SELECT advert, kind, value, max(confidence) AS confidence FROM advert_identifier JOIN numbered"
        " USING (source_id, row_number)"
        " WHERE list_contains(?::VARCHAR[], kind) GROUP BY ALL ORDER BY ALL",
        [list(linking_kinds())],
    ).to_pandas()


def read_outlier_links(store: Store) -> pd.DataFrame:
    """The links that say which adverts were taken out of a campaign as outliers, in the columns of
    operation_link."""
    return store.query(
        "SELECT * EXCLUDE (operation_id) FROM operation_link WHERE identifier_kind = ?"
        " AND standing = 'suppressed' ORDER BY ALL",
        [WORDING],
    ).to_pandas()


def read_decisions(store: Store, adverts: pd.DataFrame) -> list[tuple[int, int, str]]:
    """The analysts' decisions in force, as positions of adverts; those on adverts that are gone are left
    out."""
    rows = store.query(
        "SELECT left_source, left_row, right_source, right_row, decision FROM operation_link_decision"
        " ORDER BY decision_id"
    ).to_pylist()
    if not rows:
        return []
    position = {key: at for at, key in enumerate(zip(adverts.source_id, adverts.row_number, strict=True))}
    latest: dict[tuple[int, int], str] = {}
    for row in rows:
        sides = (row["left_source"], row["left_row"]), (row["right_source"], row["right_row"])
        if all(side in position for side in sides):
            one, other = sorted(position[side] for side in sides)
            latest.pop((one, other), None)  # so that the latest decision comes last
            latest[one, other] = row["decision"]
    return [(*pair, decision) for pair, decision in latest.items() if decision != "withdraw"]


def match_numbers(store: Store, kind: str, new: np.ndarray, old: pd.Series) -> dict[int, int]:
    """Each new group's lasting number: that of the old group it shares most adverts with, else one never
    used.

    `kind` is campaign or operation; `new` (n,) has -1 for none, `old` (n,) is missing for none. An old number
    goes to one new group only."""
    frame = pd.DataFrame({"new": new, "old": old.to_numpy()})
    shared = frame[frame.new >= 0].dropna().groupby(["new", "old"]).size().reset_index(name="n")
    numbers: dict[int, int] = {}
    used: set[int] = set()
    for row in shared.sort_values(["n", "old", "new"], ascending=[False, True, True]).itertuples():
        if row.new not in numbers and row.old not in used:
            numbers[int(row.new)] = int(row.old)
            used.add(row.old)
    without = [int(group) for group in np.unique(new[new >= 0]) if group not in numbers]
    return numbers | dict(zip(without, allocate_numbers(store, kind, len(without)), strict=True))


def allocate_numbers(store: Store, kind: str, count: int) -> list[int]:
    """Numbers never used before, of a campaign or an operation."""
    with store.write(changes_data=False) as cursor:
        rows = cursor.execute(f"SELECT nextval('{kind}_id_sequence') FROM range(?)", [count]).fetchall()
    return [number for (number,) in rows]


def write_campaigns(
    cursor: duckdb.DuckDBPyConnection, adverts: pd.DataFrame, campaigns: pd.DataFrame
) -> None:
    """Replace all campaigns: `campaigns` (campaign_id, score), memberships as `adverts` has them."""
    members = adverts[adverts.campaign_id.notna()]
    counts = members.groupby("campaign_id").size().rename("adverts")
    table = campaigns.set_index("campaign_id").join(counts, how="inner").reset_index()
    _replace(cursor, "campaign", table[["campaign_id", "score", "adverts"]])
    _replace(cursor, "campaign_advert", members[["campaign_id", *_ROW, "similarity"]])


def write_operations(
    cursor: duckdb.DuckDBPyConnection, adverts: pd.DataFrame, operations: pd.DataFrame, links: pd.DataFrame
) -> None:
    """Replace all operations: `operations` (operation_id, score, adverts, campaigns); memberships as
    `adverts` has them; `links` in the columns of operation_link."""
    members = adverts[adverts.operation_id.notna()]
    _replace(cursor, "operation", operations[["operation_id", "score", "adverts", "campaigns"]])
    _replace(cursor, "operation_advert", members[["operation_id", *_ROW]])
    within = members[members.campaign_id.notna()][["operation_id", "campaign_id"]].drop_duplicates()
    _replace(cursor, "operation_campaign", within)
    _replace(cursor, "operation_link", links)


def _replace(cursor: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    cursor.execute(f"DELETE FROM {table}").fetchall()
    insert(cursor, table, pa.Table.from_pandas(rows, preserve_index=False))


def insert(cursor: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Append rows by column name; the table's name is one of this package's own."""
    cursor.register("advert_rows", rows)
    cursor.execute(f"INSERT INTO {table} BY NAME SELECT * FROM advert_rows").fetchall()
    cursor.unregister("advert_rows")
