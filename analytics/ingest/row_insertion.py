"""The rows of a file into the store: the good ones to their kind, the refused ones to quarantine."""

from __future__ import annotations

import json

import duckdb
import pyarrow.compute as pc

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable
from analytics.ingest.attributes import attributes_sql
from analytics.ingest.distinct import DistinctRows
from analytics.ingest.import_report import Outcome
from analytics.ingest.losses import RowCounts, describe_losses
from analytics.ingest.mapping import Mapping
from analytics.ingest.rows import Rows
from analytics.ingest.sql import RawRows, literal, quoted


def write_rows(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawTable,
    table: RawRows,
    mapping: Mapping,
    rows: Rows,
    few_attributes: DistinctRows | None,
    source_id: int,
) -> Outcome:
    """Insert the good rows and quarantine the rest. `few_attributes`: which rows have the same attributes,
    where many have."""
    number = f"{table.table}.row_number"
    columns = rows.columns
    if names := mapping.of("attribute"):
        columns |= {"attributes": attributes_sql(table, names, few_attributes)}
    ((accepted,),) = cursor.execute(
        f"""INSERT INTO {quoted(mapping.kind)} (source_id, row_number, {", ".join(columns)})
        SELECT {source_id}, {number}, {", ".join(columns.values())}
        FROM {rows.source} WHERE {rows.accepted or f"{rows.reason} IS NULL"}"""
    ).fetchall()
    if rows.repeats:
        _write_repeats(cursor, raw, table, mapping.kind, rows, columns, source_id)
    if accepted < raw.table.num_rows:
        written = ", ".join(f"{literal(name)}, left({table.column(name)}, 1000)" for name in mapping.names())
        cursor.execute(
            f"""INSERT INTO quarantine SELECT {source_id}, row_number, reason, raw FROM (
                SELECT {number}, {rows.reason} AS reason, json_object({written}) AS raw FROM {rows.source}
            ) WHERE reason IS NOT NULL ORDER BY row_number"""
        ).fetchall()
    _keep_malformed(cursor, source_id, raw, accepted)
    last = pc.max(table.rows.column("row_number")).as_py() if raw.table.num_rows else 0
    unplaced, undated = (
        _count_blank(cursor, mapping.kind, source_id, last, column) for column in (rows.place, rows.date)
    )
    refused = raw.table.num_rows - accepted + len(raw.refused)
    counts = RowCounts(raw.table.num_rows + len(raw.refused), refused, unplaced, undated)
    malformed = [reason for _, reason, _ in raw.refused]
    losses = describe_losses(cursor, counts, rows, table, mapping, malformed)
    return Outcome(accepted, refused, unplaced, rows.area_id, rows.notes, rows.time_zone, losses)


def _count_blank(
    cursor: duckdb.DuckDBPyConnection, kind: str, source_id: int, last: int, column: str | None
) -> int:
    """How many accepted rows of the file, whose last has this number, have no value in a column; 0 where the
    kind has no such column."""
    if column is None:
        return 0
    ((count,),) = cursor.execute(
        f"SELECT count(*) FROM {quoted(kind)} WHERE source_id = ? AND row_number <= ? AND {column} IS NULL",
        [source_id, last],
    ).fetchall()
    return int(count)


def _write_repeats(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawTable,
    table: RawRows,
    kind: str,
    rows: Rows,
    columns: dict[str, str],
    source_id: int,
) -> None:
    """Insert the good rows that stand for several once more for each after the first."""
    last = max([*raw.table.column("row_number").to_pylist(), *(number for number, _, _ in raw.refused)])
    named = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    cursor.execute(
        f"""INSERT INTO {quoted(kind)} (source_id, row_number, {", ".join(columns)})
        SELECT {source_id}, {last} + row_number() OVER (ORDER BY number, repeat), {", ".join(columns)} FROM (
            SELECT {table.table}.row_number AS number, unnest(range(1, {rows.repeats})) AS repeat, {named}
            FROM {rows.source} WHERE {rows.reason} IS NULL AND {rows.repeats} > 1
        )"""
    ).fetchall()


def _keep_malformed(cursor: duckdb.DuckDBPyConnection, source_id: int, raw: RawTable, accepted: int) -> None:
    """Quarantine the rows that do not fit the header. Raises UnreadableFile, with the commonest reason, where
    the file gave no row at all."""
    if raw.refused:
        malformed = [
            [source_id, number, why, json.dumps({"text": text[:1000]})] for number, why, text in raw.refused
        ]
        cursor.executemany("INSERT INTO quarantine VALUES (?, ?, ?, ?)", malformed)
    if accepted == 0:
        ((why,),) = cursor.execute(
            "SELECT coalesce(mode(reason), 'no rows') FROM quarantine WHERE source_id = ?", [source_id]
        ).fetchall()
        raise UnreadableFile(f"No row could be accepted; most often: {why}.")
