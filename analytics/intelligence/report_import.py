"""Reports from a CSV or Excel file: one graded line a row, rows of one reference being one report.

Columns, by these names in any case: reference, title, submitted_by, observed_on (YYYY-MM-DD), place,
provenance, retention_group, review_date (optional where the group has a period), original, sanitised, source,
information, handling, conditions ('A1 S2'), stage, domain, operational_domain, strategic_theme."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file
from analytics.ingest.job import (
    ImportReport,
    SourceDetails,
    Steps,
    already_held,
    failures_recorded,
    insert_source,
    new_source_id,
)
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, check_report, insert_report, review_due
from analytics.oversight import Actor
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store

NEEDED = (
    "reference",
    "title",
    "submitted_by",
    "observed_on",
    "provenance",
    "retention_group",
    "original",
    "source",
    "information",
    "handling",
)
OPTIONAL = (
    "place",
    "review_date",
    "sanitised",
    "conditions",
    "stage",
    "domain",
    "operational_domain",
    "strategic_theme",
)


def import_reports(
    store: Store,
    actor: Actor,
    path: Path,
    details: SourceDetails,
    *,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> ImportReport:
    """Import a file of reports, each whole or not at all: a bad row refuses its report, with the reason on
    that row.

    The same content twice adds nothing. Raises UnreadableFile, also recorded as a failed import, or
    Cancelled."""
    step, file_name = Steps(progress, cancelled), Path(path).name
    with failures_recorded(store, actor, file_name, "report", details.purpose):
        step("Reading the file", 0.1)
        raw = read_file(path)
        _columns(raw)
        if held := already_held(store, "report", raw.sha256):
            return held
        step("Grading", 0.4)
        reports, refused = graded_reports(raw, details)
        if not reports:
            raise UnreadableFile(f"No report could be accepted; the first reason: {refused[0][1]}")
        with store.write() as cursor:
            if held := already_held(store, "report", raw.sha256):
                return held
            source_id = new_source_id(cursor)
            step("Writing", 0.6)
            for report in reports:
                insert_report(
                    cursor, actor, report, change_reason=f"imported from {file_name}", source_id=source_id
                )
            if refused:
                cursor.executemany(
                    "INSERT INTO quarantine VALUES (?, ?, ?, ?)",
                    [[source_id, number, why, json.dumps(row)] for number, why, row in refused],
                )
            accepted = sum(len(report.lines) for report in reports)
            total = raw.table.num_rows + len(raw.refused)
            outcome = ImportReport(source_id, total, accepted, len(refused), 0, False, None, raw.notes)
            insert_source(cursor, actor, "report", file_name, raw, details, {}, outcome)
            step("Committing", 0.95)
        return outcome


def graded_reports(
    raw: RawTable, details: SourceDetails
) -> tuple[list[Report], list[tuple[int, str, dict[str, Any]]]]:
    """The good reports of a file, and the rows that are refused: row number, reason, row; those of other
    reports in order, then those that do not fit the header. Raises UnreadableFile where a needed column is
    missing."""
    reports: list[Report] = []
    refused: list[tuple[int, str, dict[str, Any]]] = []
    for reference, members in _by_reference(_rows(raw)):
        if not reference:
            refused += [
                (row["row_number"], "no reference: which report is it a line of?", row) for row in members
            ]
            continue
        faults = {}
        lines = []
        for row in members:
            try:
                lines.append(_line(row))
                check_report(replace(_head(reference, row, details), lines=(lines[-1],)))
            except ValueError as error:
                faults[row["row_number"]] = str(error).removeprefix("Line 1: ")
        if faults:
            refused += [
                (
                    row["row_number"],
                    faults.get(row["row_number"], f"another row of report {reference} is refused"),
                    row,
                )
                for row in members
            ]
        else:
            reports.append(replace(_head(reference, members[0], details), lines=tuple(lines)))
    malformed = [(number, why, {"text": text[:1000]}) for number, why, text in raw.refused]
    return reports, sorted(refused, key=lambda item: item[0]) + malformed


def _rows(raw: RawTable) -> list[dict[str, str]]:
    """Every row as {column in lower case: text}, with its row_number."""
    wanted = {old: new for old, new in _columns(raw).items() if new in NEEDED + OPTIONAL}
    table = raw.table.select([*wanted, "row_number"]).rename_columns([*wanted.values(), "row_number"])
    return [
        {key: (value or "") if key != "row_number" else value for key, value in row.items()}
        for row in table.to_pylist()
    ]


def _columns(raw: RawTable) -> dict[str, str]:
    """The file's columns by the names asked for. Raises UnreadableFile where a needed one is missing."""
    names = {name: name.strip().lower().replace(" ", "_") for name in raw.columns}
    missing = [name for name in NEEDED if name not in names.values()]
    if missing:
        raise UnreadableFile(
            f"The file has no column {missing[0]!r}. A file of reports needs: {', '.join(NEEDED)}; "
            f"it may have {', '.join(OPTIONAL)}."
        )
    return names


def _by_reference(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows grouped by reference, the groups and their rows in the order of the file."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["reference"].strip(), []).append(row)
    return list(groups.items())


def _head(reference: str, row: dict[str, str], details: SourceDetails) -> Report:
    observed = _day(row["observed_on"], "observed_on")
    group = row["retention_group"].strip()
    text = row.get("review_date", "").strip()
    try:
        review = _day(text, "review_date") if text else review_due(group, observed)
    except KeyError as error:
        raise ValueError(error.args[0]) from error
    return Report(
        row["title"].strip(),
        row["submitted_by"].strip(),
        observed,
        row["provenance"].strip(),
        details.legal_basis,
        details.purpose,
        group,
        review or details.review_date,
        place=row.get("place", "").strip() or None,
        reference=reference.strip(),
    )


def _line(row: dict[str, str]) -> Line:
    conditions = tuple(row.get("conditions", "").replace(",", " ").upper().split())
    grade = Grade(
        row["source"].strip(), row["information"].strip().upper(), row["handling"].strip().upper(), conditions
    )
    cell = {
        name: row.get(name, "").strip().lower() or None
        for name in ("stage", "domain", "operational_domain", "strategic_theme")
    }
    original = row["original"].strip()
    return Line(original, row.get("sanitised", "").strip() or _not_sanitised(grade, original), grade, **cell)


def _not_sanitised(grade: Grade, original: str) -> str:
    """Without a sanitised text of its own, a line that may be shared is shared as it stands; one under
    conditions must have been sanitised by a person."""
    if grade.handling != "P":
        raise ValueError("a line under handling code C needs a sanitised text of its own.")
    return original


def _day(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise ValueError(f"{column} {text!r} is no date like 2026-03-31") from error
