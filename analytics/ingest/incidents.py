"""Recorded crime into the store: one transaction, every refused row kept with its number and reason."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from zoneinfo import available_timezones

import duckdb

from analytics.ingest.area import choose_area
from analytics.ingest.header import UnreadableFile
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
from analytics.ingest.mapping import FORMATS, Mapping
from analytics.ingest.places import joined_places, locate, read_places
from analytics.ingest.readers import RawTable, read_file
from analytics.ingest.sql import column, literal, optional
from analytics.ingest.times import date_times, joined_times, read_times
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


def _import(store, actor, file_name, raw: RawTable, mapping: Mapping, details, area, step) -> ImportReport:
    check_mapping(raw, mapping)
    if held := already_held(store, "incident", raw.sha256):
        return held
    with store.write() as cursor, step.interrupting(cursor):
        if held := already_held(store, "incident", raw.sha256):  # by another session while this one waited
            return held
        cursor.register("raw_file", raw.table)
        step("Reading dates", 0.3)
        notes = read_times(cursor, mapping)
        step("Reading coordinates", 0.35)
        places = read_places(cursor, mapping)
        area_id, epsg, time_zone = choose_area(
            cursor, area or None, details.name, places.middle(), mapping.time_zone
        )
        step("Locating", 0.45)
        locate(cursor, places, epsg)
        notes += date_times(cursor, mapping, time_zone)
        step("Writing", 0.6)
        source_id = new_source_id(cursor)
        accepted, quarantined, unplaced = _write_rows(cursor, raw, mapping, source_id, area_id)
        cursor.unregister("raw_file")
        report = ImportReport(
            source_id,
            raw.table.num_rows + len(raw.refused),
            accepted,
            quarantined,
            unplaced,
            False,
            area_id,
            (*raw.notes, *notes, *places.notes),
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


def category_text(mapping: Mapping) -> str:
    """SQL over raw_file: a row's category, NULL where none is given."""
    return optional(mapping.category) if mapping.category else literal(mapping.category_constant or "")


def _write_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawTable, mapping: Mapping, source_id: int, area_id: int
) -> tuple[int, int, int]:
    """Insert the good rows and quarantine the rest; returns accepted, quarantined, unplaced."""
    rows = f"FROM raw_file {joined_times(mapping)} {joined_places(mapping)}"
    # Trimming and judging every row costs half as much as writing it, so only what needs it gets it.
    neat = _neat(cursor, {mapping.category, mapping.place, mapping.reference} - {None})
    category, place, reference = (
        column(name) if name in neat else text
        for name, text in (
            (mapping.category, category_text(mapping)),
            (mapping.place, optional(mapping.place)),
            (mapping.reference, optional(mapping.reference)),
        )
    )
    reason = f"coalesce(dated.reason, if({category} IS NULL, 'no category', NULL), located.reason)"
    doubts = [f"{table}.reason IS NULL" for table in ("dated", "located") if _has_reasons(cursor, table)]
    if mapping.category and (mapping.category not in neat or raw.table.column(mapping.category).null_count):
        doubts.append(f"{category} IS NOT NULL")
    ((accepted,),) = cursor.execute(
        f"""INSERT INTO incident
        SELECT {source_id}, row_number, {area_id}, {reference}, {category}, dated.occurred_from, dated.occurred_to,
            dated.time_precision, dated.local_date, dated.local_hour, dated.local_weekday, {place},
            located.lon, located.lat, located.x, located.y, NULL
        {rows} {"WHERE " + " AND ".join(doubts) if doubts else ""}"""
    ).fetchall()
    if accepted < raw.table.num_rows:
        cursor.execute(
            f"""INSERT INTO quarantine SELECT {source_id}, row_number, reason, raw FROM (
                SELECT row_number, {reason} AS reason,
                    to_json(struct_pack(date := dated.start_text, "end" := dated.end_text, category := {category},
                        x := located.x_text, y := located.y_text, place := {place}, reference := {reference})) AS raw
                {rows}
            ) WHERE reason IS NOT NULL ORDER BY row_number"""
        ).fetchall()
    keep_malformed(cursor, source_id, raw, accepted)
    ((unplaced,),) = cursor.execute(
        "SELECT count(*) FROM incident WHERE source_id = ? AND x IS NULL", [source_id]
    ).fetchall()
    return accepted, raw.table.num_rows - accepted + len(raw.refused), unplaced


def _neat(cursor, columns: set[str]) -> set[str]:
    """Those columns in which no text is blank or has a blank at either end."""
    neat = set()
    for name in columns:
        text = column(name)
        ((untidy,),) = cursor.execute(
            f"SELECT bool_or({text} = '' OR starts_with({text}, ' ') OR ends_with({text}, ' ')) FROM raw_file"
        ).fetchall()
        if not untidy:
            neat.add(name)
    return neat


def _has_reasons(cursor, table: str) -> bool:
    return bool(cursor.execute(f"SELECT count(reason) FROM {table}").fetchall()[0][0])
