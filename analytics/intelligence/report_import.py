"""Reports from a CSV or Excel file: one graded line a row, rows of one reference being one report.

Which column means what is a mapping of the kind `report` (`analytics/ingest/kinds/report.py`), which may also
give one value for all rows that say nothing. `review_date` may be left out where the retention group has a
period; conditions are written 'A1 S2'. Grades of other systems are read across to the 3x5x2."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Unpack

import duckdb

from analytics.ingest import ImportReport, Mapping, RawTable, SourceDetails, UnreadableFile
from analytics.ingest.import_report import Outcome
from analytics.ingest.job import HowImported, run_import
from analytics.ingest.steps import Steps
from analytics.ingest.written_dates import read_written_date
from analytics.intelligence.grade_columns import read_handling, read_information, read_source
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, check_report, find_review_date, insert_report
from analytics.oversight import Actor
from analytics.store import Store


def import_reports(
    store: Store,
    actor: Actor,
    path: Path,
    mapping: Mapping,
    details: SourceDetails,
    *,
    area: str | None = None,
    **how: Unpack[HowImported],
) -> ImportReport:
    """Import a file of reports, each whole or not at all: a bad row refuses its report, with the reason on
    that row.

    The same content twice adds nothing. A report belongs to no area, so `area` is not used. Raises
    UnreadableFile, also recorded as a failed import, or Cancelled."""

    def write(cursor: duckdb.DuckDBPyConnection, raw: RawTable, source_id: int, step: Steps) -> Outcome:
        step("Grading", 0.4)
        reports, refused = grade_reports(raw, mapping, details)
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
        accepted = sum(len(report.lines) for report in reports)
        return Outcome(accepted, len(refused), notes=note_read_across(raw, mapping))

    return run_import(store, actor, path, mapping, details, write, **how)


def grade_reports(
    raw: RawTable, mapping: Mapping, details: SourceDetails
) -> tuple[list[Report], list[tuple[int, str, dict[str, Any]]]]:
    """The good reports of a file, and the rows that are refused: row number, reason, row; those of other
    reports in order, then those that do not fit the header."""
    reports: list[Report] = []
    refused: list[tuple[int, str, dict[str, Any]]] = []
    rows = _rows(raw, mapping)
    day_first = _is_day_first([row["observed_on"] for row in rows])
    for reference, members in _by_reference(rows):
        if not reference:
            refused += [
                (row["row_number"], "no reference: which report is it a line of?", row) for row in members
            ]
            continue
        faults = {}
        lines = []
        for row in members:
            try:
                lines.append(_line(row, mapping))
                check_report(replace(_head(reference, row, details, day_first), lines=(lines[-1],)))
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
            reports.append(replace(_head(reference, members[0], details, day_first), lines=tuple(lines)))
    malformed = [(number, why, {"text": text[:1000]}) for number, why, text in raw.refused]
    return reports, sorted(refused, key=lambda item: item[0]) + malformed


def note_read_across(raw: RawTable, mapping: Mapping) -> tuple[str, ...]:
    """Notes on grades of another system in a file, which are stored as the 3x5x2 grades they stand for."""
    foreign: dict[str, set[tuple[str, str]]] = {"source": set(), "information": set(), "handling": set()}
    for row in _rows(raw, mapping):
        read = {
            "source": read_source(row["source"]),
            "information": read_information(row["information"]),
            "handling": read_handling(row["handling"])[0],
        }
        for role, code in read.items():
            written = row[role].strip()
            if written and not written.upper().startswith(code[:1]) or "TLP" in written.upper():
                foreign[role].add((written, code))
    return tuple(
        f"grades of {role} are read across to the 3x5x2: "
        + ", ".join(f"{written} as {code}" for written, code in sorted(codes)[:6])
        for role, codes in foreign.items()
        if codes
    )


def _rows(raw: RawTable, mapping: Mapping) -> list[dict[str, Any]]:
    """Every row as {role: text}, with its row_number; what it leaves blank is what stands for all rows."""
    columns = {role: raw.table.column(names[0]).to_pylist() for role, names in mapping.columns}
    columns["row_number"] = raw.table.column("row_number").to_pylist()
    # Only a line under conditions needs these two, so they are not what stands for all rows.
    always = {role: text for role, text in mapping.constants if role not in ("sanitised", "conditions")}
    return [
        {role: value if role == "row_number" else value or "" for role, value in row.items()}
        | {role: text for role, text in always.items() if not (row.get(role) or "").strip()}
        for row in (dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))
    ]


def _is_day_first(texts: list[str]) -> bool:
    """Whether 03/04/2024 is 3 April: it is unless some date can only be read the other way round."""
    return not any(
        read_written_date(text) is None and read_written_date(text, day_first=False) for text in set(texts)
    )


def _by_reference(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows grouped by reference, the groups and their rows in the order of the file."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["reference"].strip(), []).append(row)
    return list(groups.items())


def _head(reference: str, row: dict[str, str], details: SourceDetails, day_first: bool) -> Report:
    observed = _day(row["observed_on"], "observed_on", day_first)
    group = row["retention_group"].strip()
    text = row.get("review_date", "").strip()
    try:
        review = _day(text, "review_date", day_first) if text else find_review_date(group, observed)
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


def _line(row: dict[str, str], mapping: Mapping) -> Line:
    handling, conditions = read_handling(row["handling"])
    stated = tuple(row.get("conditions", "").replace(",", " ").upper().split())
    if handling == "C":
        given = tuple(mapping.constant("conditions").replace(",", " ").upper().split())
        stated = stated or conditions or given
    grade = Grade(read_source(row["source"]), read_information(row["information"]), handling, stated)
    cell = {
        name: row.get(name, "").strip().lower() or None
        for name in ("stage", "domain", "operational_domain", "strategic_theme")
    }
    original = row["original"].strip()
    sanitised = row.get("sanitised", "").strip() or _not_sanitised(grade, original, mapping)
    return Line(original, sanitised, grade, **cell)


def _not_sanitised(grade: Grade, original: str, mapping: Mapping) -> str:
    """Without a sanitised text of its own, a line that may be shared is shared as it stands; one under
    conditions must have been sanitised by a person, or carries the words that stand for all such lines."""
    if grade.handling == "P":
        return original
    if stand_in := mapping.constant("sanitised"):
        return stand_in
    raise ValueError(
        "a line under handling code C needs a sanitised text of its own, or one given for all such lines "
        "(--value sanitised=...)."
    )


def _day(text: str, column: str, day_first: bool) -> date:
    found = read_written_date(text, day_first=day_first)
    if found is None or found.precision == "month":
        raise ValueError(f"{column} {text!r} is no date like 2026-03-31")
    return found.at.date()
