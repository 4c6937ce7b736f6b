"""Recorded crime into the store: one transaction, every refused row kept with its number and reason."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from zoneinfo import available_timezones

import duckdb

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file
from analytics.ingest.area import choose_area
from analytics.ingest.date_formats import FORMATS
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
from analytics.ingest.mapping import Mapping
from analytics.ingest.places import LocatedPlaces, locate, read_places
from analytics.ingest.sql import RawRows, literal, register_rows
from analytics.ingest.times import DatedTimes, date_times, read_times
from analytics.oversight import Actor
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store


def import_incidents(
    store: Store,
    actor: Actor,
    path: Path,
    mapping: Mapping,
    details: SourceDetails,
    *,
    area: str | None = None,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> ImportReport:
    """Import a file of incidents. The same content twice adds nothing.

    `area` names the working area (made if new); without it an area that holds the file's places is used, or
    one is made. Raises UnreadableFile, also recorded as a failed import, or Cancelled; either way nothing is
    kept."""
    step, file_name = Steps(progress, cancelled), Path(path).name
    with failures_recorded(store, actor, file_name, "incident", details.purpose):
        step("Reading the file", 0.05)
        raw = read_file(path, {column for column in _columns(mapping) if column})
        return _import(store, actor, file_name, raw, mapping, details, area, step)


def _import(
    store: Store,
    actor: Actor,
    file_name: str,
    raw: RawTable,
    mapping: Mapping,
    details: SourceDetails,
    area: str | None,
    step: Steps,
) -> ImportReport:
    check_mapping(raw, mapping)
    if held := already_held(store, "incident", raw.sha256):
        return held
    with store.write() as cursor, step.interrupting(cursor):
        if held := already_held(store, "incident", raw.sha256):  # by another session while this one waited
            return held
        rows = register_rows(cursor, raw.table)
        step("Reading dates", 0.3)
        written = read_times(cursor, rows, mapping.times())
        step("Reading coordinates", 0.35)
        places = read_places(cursor, rows, mapping)
        area_id, epsg, time_zone = choose_area(
            cursor, area or None, details.name, places.middle(), mapping.time_zone
        )
        step("Locating", 0.45)
        located = locate(cursor, places, epsg)
        dated = date_times(cursor, written, time_zone)
        step("Writing", 0.6)
        source_id = new_source_id(cursor)
        accepted, quarantined, unplaced = _write_rows(
            cursor, raw, rows, mapping, dated, located, source_id, area_id
        )
        cursor.unregister(rows.table)
        report = ImportReport(
            source_id,
            raw.table.num_rows + len(raw.refused),
            accepted,
            quarantined,
            unplaced,
            False,
            area_id,
            (*raw.notes, *written.notes, *dated.notes, *places.notes),
        )
        insert_source(cursor, actor, "incident", file_name, raw, details, asdict(mapping), report)
        step("Committing", 0.95)
    return report


def _columns(mapping: Mapping) -> list[str | None]:
    """The columns that a mapping names."""
    return [
        *mapping.start,
        *mapping.end,
        mapping.category,
        mapping.longitude,
        mapping.latitude,
        mapping.place,
        mapping.reference,
    ]


def check_mapping(raw: RawTable, mapping: Mapping) -> None:
    """Raise UnreadableFile where the mapping lacks a date or category or names a column the file has not."""
    missing = [name for name in _columns(mapping) if name and name not in raw.columns]
    if missing:
        raise UnreadableFile(
            f"The file has no column {missing[0]!r}. Its columns: {', '.join(raw.columns)[:300]}."
        )
    if not mapping.start:
        raise UnreadableFile("Say which column holds the date: none looks like one.")
    if not mapping.category and not (mapping.category_constant or "").strip():
        raise UnreadableFile("Say which column holds the category, or name one category for all rows.")
    if mapping.start_format not in FORMATS:
        raise UnreadableFile(f"The date format {mapping.start_format!r} is not known.")
    if bool(mapping.longitude) != bool(mapping.latitude):
        raise UnreadableFile("Say which columns hold both coordinates, or neither.")
    if mapping.time_zone and mapping.time_zone not in available_timezones():
        raise UnreadableFile(
            f"There is no time zone {mapping.time_zone!r}. One is named like America/Chicago."
        )
    if mapping.longitude and mapping.epsg == 0:
        raise UnreadableFile(
            "The coordinates are not degrees. Say which coordinate system they are in (its EPSG number)."
        )


def category_text(raw: RawRows, mapping: Mapping) -> str:
    """SQL: a row's category, NULL where none is given."""
    return raw.text(mapping.category) if mapping.category else literal(mapping.category_constant or "")


def _write_rows(
    cursor: duckdb.DuckDBPyConnection,
    file: RawTable,
    raw: RawRows,
    mapping: Mapping,
    dated: DatedTimes,
    located: LocatedPlaces,
    source_id: int,
    area_id: int,
) -> tuple[int, int, int]:
    """Insert the good rows and quarantine the rest; returns accepted, quarantined, unplaced."""
    d, p = dated.table, located.table
    rows = f"FROM {raw.table} {dated.join(raw)} {located.join(raw)}"
    # Trimming and judging every row costs half as much as writing it, so only what needs it gets it.
    named = {name for name in (mapping.category, mapping.place, mapping.reference) if name}
    neat = {name for name in named if _is_neat(cursor, raw, name)}
    category, place, reference = (
        raw.column(name) if name in neat else text
        for name, text in (
            (mapping.category, category_text(raw, mapping)),
            (mapping.place, raw.text(mapping.place)),
            (mapping.reference, raw.text(mapping.reference)),
        )
    )
    reason = f"coalesce({d}.reason, if({category} IS NULL, 'no category', NULL), {p}.reason)"
    doubts = [f"{table}.reason IS NULL" for table in (d, p) if _has_reasons(cursor, table)]
    if mapping.category and (mapping.category not in neat or file.table.column(mapping.category).null_count):
        doubts.append(f"{category} IS NOT NULL")
    ((accepted,),) = cursor.execute(
        f"""INSERT INTO incident
        SELECT {source_id}, row_number, {area_id}, {reference}, {category},
            {d}.occurred_from, {d}.occurred_to, {d}.time_precision,
            {d}.local_date, {d}.local_hour, {d}.local_weekday,
            {place}, {p}.lon, {p}.lat, {p}.x, {p}.y, NULL
        {rows} {"WHERE " + " AND ".join(doubts) if doubts else ""}"""
    ).fetchall()
    if accepted < file.table.num_rows:
        cursor.execute(
            f"""INSERT INTO quarantine SELECT {source_id}, row_number, reason, raw FROM (
                SELECT row_number, {reason} AS reason,
                    to_json(struct_pack(date := {d}.start_text, "end" := {d}.end_text, category := {category},
                        x := {p}.x_text, y := {p}.y_text, place := {place}, reference := {reference})) AS raw
                {rows}
            ) WHERE reason IS NOT NULL ORDER BY row_number"""
        ).fetchall()
    keep_malformed(cursor, source_id, file, accepted)
    ((unplaced,),) = cursor.execute(
        "SELECT count(*) FROM incident WHERE source_id = ? AND x IS NULL", [source_id]
    ).fetchall()
    return accepted, file.table.num_rows - accepted + len(file.refused), unplaced


def _is_neat(cursor: duckdb.DuckDBPyConnection, raw: RawRows, name: str) -> bool:
    """Whether no text of a column is blank or has a blank at either end."""
    text = raw.column(name)
    ((untidy,),) = cursor.execute(
        f"SELECT bool_or({text} = '' OR starts_with({text}, ' ') OR ends_with({text}, ' ')) FROM {raw.table}"
    ).fetchall()
    return not untidy


def _has_reasons(cursor: duckdb.DuckDBPyConnection, table: str) -> bool:
    ((count,),) = cursor.execute(f"SELECT count(reason) FROM {table}").fetchall()
    return bool(count)
