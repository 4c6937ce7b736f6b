"""Reports from a CSV or Excel file: one graded line a row, rows of one reference being one report.

Which column means what is a mapping of the kind `report` (`analytics/ingest/roles.py`). Days are written
YYYY-MM-DD; `review_date` may be left out where the retention group has a period; conditions are written
'A1 S2'."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from analytics.ingest import ImportReport, Mapping, RawTable, SourceDetails, UnreadableFile
from analytics.ingest.job import Outcome, Steps, run_import
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, check_report, insert_report, review_due
from analytics.oversight import Actor
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store


def import_reports(
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
    """Import a file of reports, each whole or not at all: a bad row refuses its report, with the reason on
    that row.

    The same content twice adds nothing. A report belongs to no area, so `area` is not used. Raises
    UnreadableFile, also recorded as a failed import, or Cancelled."""

    def write(cursor: duckdb.DuckDBPyConnection, raw: RawTable, source_id: int, step: Steps) -> Outcome:
        step("Grading", 0.4)
        reports, refused = graded_reports(raw, mapping, details)
        if not reports:
            raise UnreadableFile(f"No report could be accepted; the first reason: {refused[0][1]}")
        step("Writing", 0.6)
        reason = f"imported from {Path(path).name}"
        for report in reports:
            insert_report(cursor, actor, report, change_reason=reason, source_id=source_id)
        if refused:
            cursor.executemany(
                "INSERT INTO quarantine VALUES (?, ?, ?, ?)",
                [[source_id, number, why, json.dumps(row)] for number, why, row in refused],
            )
        return Outcome(sum(len(report.lines) for report in reports), len(refused))

    return run_import(store, actor, path, mapping, details, write, progress=progress, cancelled=cancelled)


def graded_reports(
    raw: RawTable, mapping: Mapping, details: SourceDetails
) -> tuple[list[Report], list[tuple[int, str, dict[str, Any]]]]:
    """The good reports of a file, and the rows that are refused: row number, reason, row; those of other
    reports in order, then those that do not fit the header."""
    reports: list[Report] = []
    refused: list[tuple[int, str, dict[str, Any]]] = []
    for reference, members in _by_reference(_rows(raw, mapping)):
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


def _rows(raw: RawTable, mapping: Mapping) -> list[dict[str, Any]]:
    """Every row as {role: text}, with its row_number."""
    columns = {role: raw.table.column(names[0]).to_pylist() for role, names in mapping.columns}
    columns["row_number"] = raw.table.column("row_number").to_pylist()
    return [
        {
            role: value if role == "row_number" else value or ""
            for role, value in zip(columns, row, strict=True)
        }
        for row in zip(*columns.values(), strict=True)
    ]


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
