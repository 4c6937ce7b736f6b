"""The row that a source has in the store: found by the content of its file, numbered and written."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, fields, replace

import duckdb

from analytics.formats.readers import RawTable
from analytics.ingest.import_report import ImportReport, SourceDetails
from analytics.ingest.mapping import Mapping
from analytics.oversight import Actor, record
from analytics.shared.wording import write_day
from analytics.store import Store, now


def find_by_content(store: Store, kind: str, sha256: str, parts: Collection[str] = ()) -> ImportReport | None:
    """The report of the source of this kind with the same content, or None where it is new. Of a file of
    several parts, one of other parts is another source."""
    for row in store.rows(
        "SELECT * FROM source WHERE kind = ? AND sha256 = ? ORDER BY source_id", [kind, sha256]
    ):
        earlier = json.loads(row["parameters"] or "{}").get("reading", {}).get("parts", [])
        if parts and earlier and not set(parts) & set(earlier):
            continue
        counts = (row["rows_in"], row["rows_accepted"], row["rows_quarantined"])
        notes = (f"'{row['name']}', imported {write_day(row['imported_at'])}",)
        return ImportReport(row["source_id"], *counts, 0, True, row["area_id"], notes)
    return None


def find_imported(store: Store, kind: str, raw: RawTable) -> ImportReport | None:
    """The report of the source of this kind that the same parts of the same file gave, or None."""
    return find_by_content(store, kind, raw.sha256, _read_parts(raw))


def find_former(store: Store, kind: str, raw: RawTable) -> SourceDetails | None:
    """What is stated of the source of the same file and kind, if there is one."""
    found = find_imported(store, kind, raw)
    if found is None:
        return None
    (row,) = store.rows("SELECT * FROM source WHERE source_id = ?", [found.source_id])
    return SourceDetails(**{field.name: row[field.name] for field in fields(SourceDetails)})


def _read_parts(raw: RawTable) -> tuple[str, ...]:
    """The names of the parts of a file that were read, sorted."""
    return tuple(sorted({part.name for part in raw.layout.parts if part.is_read}))


def new_source_id(cursor: duckdb.DuckDBPyConnection) -> int:
    return int(cursor.execute("SELECT nextval('source_id_sequence')").fetchall()[0][0])


def insert_source(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    file_name: str,
    raw: RawTable,
    details: SourceDetails,
    mapping: Mapping,
    report: ImportReport,
    time_zone: str | None,
    is_replaced: bool,
) -> None:
    """Write the source's own row and its audit record, in the caller's transaction."""
    stored = replace(mapping, reading=replace(mapping.reading, parts=_read_parts(raw)), doubts=())
    cursor.execute(
        "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, parameters, area_id,"
        " imported_at,"
        " imported_by, legal_basis, purpose, handling, review_date, rows_in, rows_accepted,"
        " rows_quarantined, time_zone)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            report.source_id,
            mapping.kind,
            details.name,
            file_name,
            raw.sha256,
            raw.format,
            json.dumps(asdict(stored)),
            report.area_id,
            now(),
            actor.name,
            details.legal_basis,
            details.purpose,
            details.handling,
            details.review_date,
            report.rows_in,
            report.accepted,
            report.quarantined,
            time_zone,
        ],
    ).fetchall()
    record(
        cursor,
        actor,
        "import again" if is_replaced else "import",
        f"source {report.source_id}",
        details.purpose,
        {
            "kind": mapping.kind,
            "file": file_name,
            "sha256": raw.sha256,
            "accepted": report.accepted,
            "quarantined": report.quarantined,
        },
    )
