"""Findings: what an analysis says, how sure it is, what else would explain it, and the rows it rests on.

A version is never changed. An edit, or a rerun, is another version with its reason; earlier ones
stay readable and are what an earlier brief cites."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from analytics.intelligence.evidence import EVIDENCE_TABLES
from analytics.intelligence.evidence_state import read_evidence_states, write_fingerprint_sql
from analytics.intelligence.finding_results import FindingResult, read_result
from analytics.oversight import Actor, record
from analytics.oversight.roles import Tier
from analytics.shared.codes import code_table
from analytics.store import Store, now

CONFIDENCE = code_table("confidence").codes
LIKELIHOOD = code_table("probability_yardstick").codes
_JSON = ("parameters", "alternatives", "recipe", "hypotheses")


class RevisedMeanwhile(RuntimeError):
    """Somebody else saved a later version of the same finding first."""


@dataclass(frozen=True)
class Finding:
    """One lead. `alternatives` are dicts of 'explanation' and 'how to tell'; periods are inclusive dates.

    `recipe` is what its room needs to make it again (`kind` names how; see `analytics.reruns`), None where it
    cannot be. `likelihood` is a code of the probability yardstick, None where none is stated. `hypotheses` is
    the table of `analytics.intelligence.hypotheses`, None until somebody begins it."""

    title: str
    statement: str
    method: str
    parameters: dict[str, Any]
    data_version: int
    area_id: int | None
    period_from: date | None
    period_to: date | None
    result: FindingResult
    confidence: str
    confidence_basis: str
    assumptions: str
    alternatives: list[dict[str, str]] = field(default_factory=list)
    handling: str = str(code_table("handling")["P"])
    recipe: dict[str, Any] | None = None
    likelihood: str | None = None
    hypotheses: dict[str, Any] | None = None


def save_finding(
    store: Store, actor: Actor, finding: Finding, evidence: pa.Table, *, lines: Sequence[tuple[int, int]] = ()
) -> int:
    """Save a first version with its evidence; returns its number.

    `evidence` are rows (table_name, source_id, row_number), `lines` lines of reports (report number, line).
    Raises ValueError where there is neither, for a table that holds no evidence or a word off its yardstick,
    and KeyError for a line that does not exist."""
    _check(finding)
    with store.write(changes_data=False) as cursor:
        return insert_finding(cursor, actor, finding, evidence, lines)


def insert_finding(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    finding: Finding,
    evidence: pa.Table,
    lines: Sequence[tuple[int, int]],
) -> int:
    """The writing itself of a first version, in the caller's transaction. Raises as `save_finding` does."""
    _check(finding)
    (finding_id,) = cursor.execute("SELECT nextval('finding_id_sequence')").fetchall()[0]
    _insert(cursor, actor, finding_id, 1, finding, None)
    _insert_evidence(cursor, finding_id, 1, evidence, lines)
    detail = {"rows": evidence.num_rows, "lines": len(lines)}
    record(cursor, actor, "save finding", f"finding {finding_id}", detail=detail)
    return int(finding_id)


def revise_finding(
    store: Store,
    actor: Actor,
    finding_id: int,
    finding: Finding,
    *,
    latest_seen: int,
    change_reason: str,
    evidence: pa.Table | None = None,
) -> int:
    """Save the next version of a finding, with new rows or, without `evidence`, those of version
    `latest_seen`; returns the version. Lines of reports stay cited.

    Raises ValueError as `save_finding` does or without a reason, KeyError where there is no such finding, and
    RevisedMeanwhile where a later version than `latest_seen` exists: nothing of either is lost.
    """
    _check(finding)
    if not change_reason.strip():
        raise ValueError("Say why the finding is changed.")
    with store.write(changes_data=False) as cursor:
        latest = _latest(cursor, finding_id)
        if latest > latest_seen:
            raise RevisedMeanwhile(
                f"Version {latest} was saved meanwhile. Your text is still here: read that version, then "
                f"save."
            )
        version = latest + 1
        _insert(cursor, actor, finding_id, version, finding, change_reason.strip())
        lines = cursor.execute(
            "INSERT INTO finding_report SELECT finding_id, ?, report_id, report_version, line"
            " FROM finding_report"
            " WHERE finding_id = ? AND version = ? RETURNING report_id, line",
            [version, finding_id, latest],
        ).fetchall()
        if evidence is not None:
            _insert_evidence(cursor, finding_id, version, evidence, lines, lines_kept=True)
        else:
            cursor.execute(
                "INSERT INTO finding_evidence SELECT finding_id, ?, table_name, source_id, row_number,"
                " fingerprint"
                " FROM finding_evidence WHERE finding_id = ? AND version = ?",
                [version, finding_id, latest],
            ).fetchall()
        what = f"finding {finding_id} version {version}"
        record(cursor, actor, "revise finding", what, change_reason.strip())
    return version


def _check(finding: Finding) -> None:
    if not finding.title.strip() or not finding.statement.strip():
        raise ValueError("A finding needs its title and what it says.")
    if finding.confidence not in CONFIDENCE:
        raise ValueError(f"Confidence is one of {', '.join(CONFIDENCE)}, not {finding.confidence!r}.")
    if finding.likelihood is not None and finding.likelihood not in LIKELIHOOD:
        raise ValueError(f"Likelihood is one of {', '.join(LIKELIHOOD)}, not {finding.likelihood!r}.")


def _insert(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    finding_id: int,
    version: int,
    finding: Finding,
    reason: str | None,
) -> None:
    values = {name: getattr(finding, name) for name in Finding.__dataclass_fields__}
    values |= {
        name: None if values[name] is None else json.dumps(values[name], default=str) for name in _JSON
    }
    values["result"] = json.dumps(finding.result.to_json(), default=str)
    values |= {
        "finding_id": finding_id,
        "version": version,
        "change_reason": reason,
        "created_by": actor.name,
        "created_at": now(),
    }
    cursor.execute(
        f"INSERT INTO finding ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        [*values.values()],
    ).fetchall()


def _insert_evidence(
    cursor: duckdb.DuckDBPyConnection,
    finding_id: int,
    version: int,
    evidence: pa.Table,
    lines: Sequence[tuple[int, int]],
    *,
    lines_kept: bool = False,
) -> None:
    """Each row with its fingerprint as it is now, so that a later change shows."""
    if not evidence.num_rows and not lines:
        raise ValueError("A finding needs the rows it rests on; none were given.")
    tables = set(evidence["table_name"].to_pylist())
    if strange := tables - set(EVIDENCE_TABLES):
        raise ValueError(f"No evidence stands in {', '.join(sorted(strange))}.")
    cursor.register("evidence_rows", evidence)
    for table in sorted(tables):
        cursor.execute(
            f"INSERT INTO finding_evidence SELECT DISTINCT ?, ?, e.table_name, e.source_id, e.row_number,"
            f" CASE WHEN t.source_id IS NOT NULL THEN {write_fingerprint_sql(table, 't')} END"
            f' FROM evidence_rows e LEFT JOIN "{table}" t ON t.source_id = e.source_id'
            f" AND t.row_number = e.row_number"
            " WHERE e.table_name = ?",
            [finding_id, version, table],
        ).fetchall()
    cursor.unregister("evidence_rows")
    for report_id, line in lines if not lines_kept else ():
        found = cursor.execute(
            "INSERT INTO finding_report SELECT ?, ?, report_id, version, line FROM report_line"
            " WHERE report_id = ? AND line = ?"
            " AND version = (SELECT max(version) FROM report WHERE report_id = ?) RETURNING line",
            [finding_id, version, report_id, line, report_id],
        ).fetchall()
        if not found:
            raise KeyError(f"Report {report_id} has no line {line}.")


def _latest(cursor: duckdb.DuckDBPyConnection, finding_id: int) -> int:
    ((latest,),) = cursor.execute(
        "SELECT max(version) FROM finding WHERE finding_id = ?", [finding_id]
    ).fetchall()
    if latest is None:
        raise KeyError(f"There is no finding {finding_id}.")
    return int(latest)


def load_finding(store: Store, finding_id: int, version: int | None = None) -> Finding:
    """One version of a finding, the latest unless one is named. Raises KeyError where there is none."""
    rows = store.rows(
        "SELECT * FROM finding WHERE finding_id = ? AND (? IS NULL OR version = ?) ORDER BY version DESC"
        " LIMIT 1",
        [finding_id, version, version],
    )
    if not rows:
        named = f"finding {finding_id}" + (f", version {version}" if version is not None else "")
        raise KeyError(f"There is no {named}.")
    row = rows[0]
    for name in _JSON:
        row[name] = None if row[name] is None else json.loads(row[name])
    row["result"] = read_result(json.loads(row["result"]))
    return Finding(**{name: row[name] for name in Finding.__dataclass_fields__})


def list_finding_versions(store: Store, finding_id: int) -> pd.DataFrame:
    """Every version, newest first: version, title, created_by, created_at, data_version, change_reason."""
    return store.query(
        "SELECT version, title, created_by, created_at, data_version, coalesce(change_reason, 'first saved')"
        " AS change_reason"
        " FROM finding WHERE finding_id = ? ORDER BY version DESC",
        [finding_id],
    ).to_pandas()


def list_findings(store: Store, tier: Tier | None = None) -> pd.DataFrame:
    """The latest version of each finding (that a tier reads), newest first: finding_id, version, title,
    statement, confidence, likelihood, method, area_id, period_from, period_to, handling, created_by,
    created_at, evidence_rows (how many it rests on), still_stored, changed."""
    found = store.query(
        "SELECT finding_id, version, title, statement, confidence, likelihood, method, area_id, period_from,"
        " period_to,"
        " handling, created_by, created_at FROM finding"
        " QUALIFY version = max(version) OVER (PARTITION BY finding_id)"
        " ORDER BY created_at DESC, finding_id DESC"
    ).to_pandas()
    if tier is not None:
        found = found[found.handling.map(tier.reads).astype(bool)].reset_index(drop=True)
    states = read_evidence_states(store)
    of = [states[number] for number in found.finding_id]
    return found.assign(
        evidence_rows=[state.rows for state in of],
        still_stored=[state.stored for state in of],
        changed=[state.changed for state in of],
    )
