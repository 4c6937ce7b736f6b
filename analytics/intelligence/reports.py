"""Intelligence reports: one graded sentence a line, provenance apart, versions never overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from analytics.intelligence.grading import Grade, check_grade
from analytics.oversight import Actor, record
from analytics.oversight.roles import Tier
from analytics.shared.codes import code_table
from analytics.store import Store, now

_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+(?=\S)|\n+")
_CELL = {
    "stage": "stages",
    "domain": "commercial_domains",
    "operational_domain": "operational_domains",
    "strategic_theme": "strategic_themes",
}
WITHHELD = "withheld from this role"


class ReportedMeanwhile(RuntimeError):
    """Somebody else saved a later version of the same report first."""


@dataclass(frozen=True)
class Line:
    """One sentence of information with its grading. `sanitised` says the same without what betrays the
    source."""

    original: str
    sanitised: str
    grade: Grade
    stage: str | None = None
    domain: str | None = None
    operational_domain: str | None = None
    strategic_theme: str | None = None

    def to_row(self) -> dict[str, Any]:
        """The line as a row of words and codes; `from_row` reads it."""
        return {
            "original": self.original,
            "sanitised": self.sanitised,
            "source": self.grade.source,
            "information": self.grade.information,
            "handling": self.grade.handling,
            "conditions": list(self.grade.conditions),
            **{name: getattr(self, name) for name in _CELL},
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Line:
        """The line that a row says, with a blank for None in its words and grade."""
        grade = Grade(
            row["source"] or "",
            row["information"] or "",
            row["handling"] or "",
            tuple(row["conditions"] or ()),
        )
        cell = {name: row[name] for name in _CELL}
        return cls(row["original"] or "", row["sanitised"] or "", grade, **cell)


LINE_COLUMNS = ("original", "sanitised", "source", "information", "handling", "conditions", *_CELL)


@dataclass(frozen=True)
class Report:
    """What somebody saw or was told. `provenance` is where it comes from and never leaves with a sanitised
    line."""

    title: str
    submitted_by: str
    observed_on: date
    provenance: str
    legal_basis: str
    purpose: str
    retention_group: str
    review_date: date
    lines: tuple[Line, ...] = field(default=())
    place: str | None = None
    reference: str | None = None


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, for one line each; abbreviations may be cut and are joined again by hand."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def find_review_date(group: str, observed_on: date) -> date | None:
    """When a report of this retention group comes up for review; None where the group has no set period."""
    years = code_table("retention_groups")[group].more.get("review_years")
    if years is None:
        return None
    try:
        return observed_on.replace(year=observed_on.year + years)
    except ValueError:  # 29 February
        return date(observed_on.year + years, 2, 28)


def check_report(report: Report) -> None:
    """Raise ValueError, in the user's words, naming the line where one is at fault."""
    needed = {
        "a title": report.title,
        "who submits it": report.submitted_by,
        "where it comes from": report.provenance,
        "a legal basis": report.legal_basis,
        "a purpose": report.purpose,
    }
    missing = [name for name, text in needed.items() if not text.strip()]
    if missing:
        raise ValueError(f"The report still needs {', '.join(missing)}.")
    if report.retention_group not in code_table("retention_groups").codes:
        raise ValueError("Choose a retention group: it sets when the report is reviewed.")
    if report.review_date <= report.observed_on:
        raise ValueError("The review date lies before what was observed.")
    if not report.lines:
        raise ValueError("A report needs at least one line of information.")
    for number, line in enumerate(report.lines, 1):
        try:
            _check_line(line)
        except ValueError as error:
            raise ValueError(f"Line {number}: {error}") from error


def _check_line(line: Line) -> None:
    if not line.original.strip() or not line.sanitised.strip():
        raise ValueError("it needs the words as received and a sanitised text.")
    check_grade(line.grade)
    for name, table in _CELL.items():
        value = getattr(line, name)
        if value is not None and value not in code_table(table).codes:
            raise ValueError(f"{value!r} is no {name.replace('_', ' ')}.")


def save_report(
    store: Store,
    actor: Actor,
    report: Report,
    *,
    report_id: int | None = None,
    latest_seen: int | None = None,
    change_reason: str = "",
) -> tuple[int, int]:
    """Save a new report, or a correction of one as its next version. Returns (report_id, version).

    Raises ValueError where something is missing (a correction needs its reason), KeyError where `report_id`
    is no report, and ReportedMeanwhile where a later version than `latest_seen` exists."""
    check_report(report)
    if report_id is not None and not change_reason.strip():
        raise ValueError("Say why the report is corrected.")
    with store.write(changes_data=False) as cursor:
        return insert_report(cursor, actor, report, report_id, latest_seen, change_reason or "first entry")


def insert_report(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    report: Report,
    report_id: int | None = None,
    latest_seen: int | None = None,
    change_reason: str = "first entry",
    source_id: int | None = None,
) -> tuple[int, int]:
    """The writing itself, in the caller's transaction, of a report that `check_report` has passed."""
    report_id, version = _number_report(cursor, report_id, latest_seen)
    cursor.execute(
        f"INSERT INTO report VALUES ({', '.join('?' * 16)})",
        [
            report_id,
            version,
            report.reference,
            report.title.strip(),
            report.submitted_by.strip(),
            report.observed_on,
            report.place,
            report.provenance.strip(),
            report.legal_basis.strip(),
            report.purpose.strip(),
            report.retention_group,
            report.review_date,
            source_id,
            change_reason.strip(),
            actor.name,
            now(),
        ],
    ).fetchall()
    for number, line in enumerate(report.lines, 1):
        _insert_line(cursor, report_id, version, number, line)
    record(
        cursor,
        actor,
        "save report",
        f"report {report_id} version {version}",
        report.purpose,
        {"lines": len(report.lines), "reason": change_reason},
    )
    return report_id, version


def _number_report(
    cursor: duckdb.DuckDBPyConnection, report_id: int | None, latest_seen: int | None
) -> tuple[int, int]:
    """The number and version of what is to be saved."""
    if report_id is None:
        ((report_id,),) = cursor.execute("SELECT nextval('report_id_sequence')").fetchall()
        return int(report_id), 1
    ((latest,),) = cursor.execute(
        "SELECT max(version) FROM report WHERE report_id = ?", [report_id]
    ).fetchall()
    if latest is None:
        raise KeyError(f"There is no report {report_id}.")
    if latest_seen is not None and latest > latest_seen:
        raise ReportedMeanwhile(
            f"Version {latest} was saved meanwhile. Read it, then correct that one if you must."
        )
    return report_id, latest + 1


def _insert_line(
    cursor: duckdb.DuckDBPyConnection, report_id: int, version: int, number: int, line: Line
) -> None:
    row = replace(line, original=line.original.strip(), sanitised=line.sanitised.strip()).to_row()
    cursor.execute(
        f"INSERT INTO report_line VALUES ({', '.join('?' * (3 + len(row)))})",
        [report_id, version, number, *row.values()],
    ).fetchall()


def load_report(store: Store, report_id: int, version: int | None = None) -> tuple[Report, int]:
    """One version of a report (the latest unless named) and its number. Raises KeyError where there is
    none."""
    rows = store.rows(
        "SELECT * FROM report WHERE report_id = ? AND (? IS NULL OR version = ?) ORDER BY version DESC"
        " LIMIT 1",
        [report_id, version, version],
    )
    if not rows:
        raise KeyError(f"There is no report {report_id}.")
    row = rows[0]
    lines = store.rows(
        "SELECT * FROM report_line WHERE report_id = ? AND version = ? ORDER BY line",
        [report_id, row["version"]],
    )
    fields = {name: row[name] for name in Report.__dataclass_fields__ if name != "lines"}
    return Report(**fields, lines=tuple(_read_line(line) for line in lines)), row["version"]


def _read_line(row: dict[str, Any]) -> Line:
    return Line.from_row(row | {"source": row["source_grade"], "information": row["information_grade"]})


def as_seen(report: Report, tier: Tier, *, is_author: bool = False) -> Report:
    """The report as a role reads it: what its tier does not hold is withheld and says so, lines of other
    handling codes are left out. The author reads the whole."""
    if is_author:
        return report
    lines = tuple(
        line if tier.original else replace(line, original=WITHHELD)
        for line in report.lines
        if line.grade.handling in tier.handling
    )
    return replace(report, lines=lines, provenance=report.provenance if tier.provenance else WITHHELD)


def list_reports(store: Store) -> pd.DataFrame:
    """The latest version of every report, newest first, with its lines, grades (a list), and links in either
    direction that stand: report_id, version, reference, title, submitted_by, observed_on, place,
    retention_group, review_date, saved_at, lines, grades, corroborated, contradicted."""
    return store.query(
        "WITH latest AS (SELECT * FROM report QUALIFY version = max(version) OVER (PARTITION BY report_id)),"
        " graded AS (SELECT report_id, version, count(*) AS lines,"
        "   list(source_grade || information_grade || handling ORDER BY line) AS grades FROM report_line"
        " GROUP BY ALL),"
        " ends AS (SELECT report_id, relation FROM report_link WHERE withdrawn_at IS NULL"
        "   UNION ALL SELECT other_report_id, relation FROM report_link WHERE withdrawn_at IS NULL),"
        " linked AS (SELECT report_id, count(*) FILTER (relation = 'corroborates') AS corroborated,"
        "   count(*) FILTER (relation = 'contradicts') AS contradicted FROM ends GROUP BY ALL)"
        " SELECT report_id, version, reference, title, submitted_by, observed_on, place, retention_group,"
        " review_date,"
        "   saved_at, lines, grades, coalesce(corroborated, 0) AS corroborated, coalesce(contradicted, 0) AS "
        "contradicted"
        " FROM latest JOIN graded USING (report_id, version) LEFT JOIN linked USING (report_id)"
        " ORDER BY saved_at DESC, report_id DESC"
    ).to_pandas()


def list_report_versions(store: Store, report_id: int) -> pd.DataFrame:
    """Every version of a report, newest first: version, title, saved_by, saved_at, change_reason."""
    return store.query(
        "SELECT version, title, saved_by, saved_at, change_reason FROM report WHERE report_id = ?"
        " ORDER BY version DESC",
        [report_id],
    ).to_pandas()
