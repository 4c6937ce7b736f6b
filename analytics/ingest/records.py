"""Adverts, accounts and transactions into the store: one transaction, every refused row kept with its
reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file, sample
from analytics.ingest.job import (
    ImportReport,
    SourceDetails,
    Steps,
    already_held,
    failures_recorded,
    insert_source,
    keep_malformed,
    new_source_id,
)
from analytics.ingest.record_mapping import (
    RecordMapping,
    as_parameters,
    check_record_mapping,
    undeclared_contacts,
)
from analytics.ingest.record_rows import ROWS, Rows
from analytics.ingest.sql import RawRows, quoted, register_rows
from analytics.oversight import Actor
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store

_SAMPLE = 20_000


def import_records(
    store: Store,
    actor: Actor,
    path: Path,
    mapping: RecordMapping,
    details: SourceDetails,
    *,
    area: str | None = None,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> ImportReport:
    """Import a file of adverts, accounts or transactions (`mapping.kind`). The same content twice adds
    nothing.

    `area` names a working area already held, whose time zone its times then have. Raises UnreadableFile, also
    recorded as a failed import, or Cancelled; either way nothing is kept."""
    step, file_name, kind = Steps(progress, cancelled), Path(path).name, mapping.kind
    with failures_recorded(store, actor, file_name, kind, details.purpose):
        step("Reading the file", 0.05)
        raw = read_file(path, mapping.names(), kind=kind)
        check_record_mapping(raw, mapping)
        if held := already_held(store, kind, raw.sha256):
            return held
        with store.write() as cursor, step.interrupting(cursor):
            if held := already_held(store, kind, raw.sha256):  # by another session while this one waited
                return held
            area_id, time_zone = _area(cursor, area, mapping)
            table = register_rows(cursor, raw.table)
            step("Reading times and amounts", 0.3)
            rows = ROWS[kind](cursor, table, mapping, time_zone)
            step("Writing", 0.55)
            source_id = new_source_id(cursor)
            accepted, quarantined = _write(cursor, raw, table, mapping, rows, source_id)
            step("Finishing", 0.9)
            cursor.unregister(table.table)
            notes = (*raw.notes, *rows.notes, *_time_zone_notes(mapping, time_zone))
            report = ImportReport(
                source_id,
                raw.table.num_rows + len(raw.refused),
                accepted,
                quarantined,
                0,
                False,
                area_id,
                notes,
            )
            insert_source(
                cursor, actor, kind, file_name, raw, details, as_parameters(mapping), report, time_zone
            )
            step("Committing", 0.95)
        return report


def preview_records(
    store: Store, raw: RawTable, mapping: RecordMapping, rows: int = 200
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The first rows as they would be read, with the reason where one is refused, and notes. Nothing is
    written.

    Raises UnreadableFile where the mapping cannot be used.
    """
    check_record_mapping(raw, mapping)
    some = sample(raw.table, _SAMPLE)
    first = raw.table.slice(0, rows)
    with store.read() as cursor:
        zone, make_rows = mapping.time_zone or "UTC", ROWS[mapping.kind]
        notes = make_rows(cursor, register_rows(cursor, some), mapping, zone).notes
        table = register_rows(cursor, first)
        read = make_rows(cursor, table, mapping, zone)
        columns = ", ".join(f"{sql} AS {name}" for name, sql in read.columns.items())
        frame = cursor.sql(
            f"SELECT {table.table}.row_number, {read.reason} AS refused, {columns} FROM {read.source}"
            f" ORDER BY {table.table}.row_number"
        ).df()
        cursor.unregister(table.table)
    return frame, (
        *notes,
        *_time_zone_notes(mapping, mapping.time_zone or "UTC"),
        *undeclared_contacts(raw, mapping),
    )


def _area(
    cursor: duckdb.DuckDBPyConnection, name: str | None, mapping: RecordMapping
) -> tuple[int | None, str]:
    """(area_id, time zone) of the working area named; none, and the mapping's zone or UTC, where none is
    named."""
    if not name:
        return None, mapping.time_zone or "UTC"
    found = cursor.execute("SELECT area_id, time_zone FROM area WHERE name = ?", [name]).fetchall()
    if not found:
        raise UnreadableFile(
            f"There is no working area {name!r}: import its incidents or boundaries first, or leave it out."
        )
    return found[0][0], mapping.time_zone or found[0][1]


def _time_zone_notes(mapping: RecordMapping, time_zone: str) -> tuple[str, ...]:
    if mapping.of("time") and mapping.kind != "account" and not mapping.times_are_utc and time_zone == "UTC":
        return ("times are read as UTC: name the working area or the time zone if they are local",)
    return ()


def _write(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawTable,
    table: RawRows,
    mapping: RecordMapping,
    rows: Rows,
    source_id: int,
) -> tuple[int, int]:
    """Insert the good rows and quarantine the rest; returns how many of each."""
    names = ", ".join(rows.columns)
    ((accepted,),) = cursor.execute(
        f"""INSERT INTO "{mapping.kind}" (source_id, row_number, {names})
        SELECT {source_id}, {table.table}.row_number, {", ".join(rows.columns.values())}
        FROM {rows.source} WHERE {rows.reason} IS NULL"""
    ).fetchall()
    if accepted < raw.table.num_rows:
        written = ", ".join(f"{quoted(name)} := left({table.column(name)}, 1000)" for name in mapping.names())
        cursor.execute(
            f"""INSERT INTO quarantine SELECT {source_id}, row_number, reason, raw FROM (
                SELECT {table.table}.row_number, {rows.reason} AS reason,
                    to_json(struct_pack({written})) AS raw
                FROM {rows.source}
            ) WHERE reason IS NOT NULL ORDER BY row_number"""
        ).fetchall()
    keep_malformed(cursor, source_id, raw, accepted)
    return accepted, raw.table.num_rows - accepted + len(raw.refused)


def with_currency(mapping: RecordMapping, currency: str | None) -> RecordMapping:
    """The mapping with the currency of rows that state none."""
    return replace(mapping, currency=currency.upper()) if currency else mapping
