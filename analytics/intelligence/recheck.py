"""'Still true?': the same method with the same parameters on the present data, compared with what the finding
says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from analytics.intelligence.claims import list_claims
from analytics.intelligence.evidence_state import FINGERPRINTED, write_fingerprint_sql
from analytics.intelligence.findings import Finding, load_finding
from analytics.oversight import Actor, record
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.shared.wording import counted, spell_dates
from analytics.store import Store, now

SAME, CHANGED, NOT_FOUND = "same", "changed", "not found"
_ZERO_BEFORE_DAY = re.compile(r"\b0(?=\d [A-Z][a-z]{2} \d{4}\b)")
_CLOSE = 1e-9  # relative: the same arithmetic in another order
_MANY = 12  # counts by kind that are compared one by one


class NotReproducible(RuntimeError):
    """The finding cannot be rerun on the present data; the message says why, in the user's words."""


@dataclass(frozen=True)
class RerunRequest:
    """Which finding to rerun, and how the work is watched: `progress(step, share)`; `cancelled()`. `latest`
    moves the period up to the newest record, for the kinds that have one."""

    finding_id: int
    version: int
    latest: bool = False
    progress: Progress = ignore_progress
    cancelled: IsCancelled = never_cancelled


@dataclass(frozen=True)
class Check:
    """A finding then and now. `values`: what, then, now, changed. `rows`: table_name, source_id, row_number,
    what ('new', 'gone: removed from the store', 'gone: in the store, but no longer part of it', 'moved: the
    same row from another source'), source. `rows_in_both`: how many. `finding` and `evidence` are the present
    result, None where it is not found any more."""

    verdict: str
    says: str
    values: pd.DataFrame
    rows: pd.DataFrame
    rows_in_both: int
    data_version: int
    finding: Finding | None = None
    evidence: pa.Table | None = None


def compare(store: Store, finding_id: int, version: int, now: Finding, evidence: pa.Table) -> Check:
    """Compare what a version says with the same method's present result. Nothing is written."""
    then = load_finding(store, finding_id, version)
    values, (rows, in_both) = _compare_values(then, now), _compare_rows(store, finding_id, version, evidence)
    changed = bool(values.changed.any()) or len(rows) > 0
    return Check(
        CHANGED if changed else SAME,
        _summarise(then, now, rows, in_both),
        values,
        rows,
        in_both,
        store.data_version(),
        now,
        evidence,
    )


def report_not_found(store: Store, why: str) -> Check:
    """The check of a finding that the present data do not give any more."""
    values = pd.DataFrame(columns=["what", "then", "now", "changed"])
    rows = pd.DataFrame(columns=["table_name", "source_id", "row_number", "what", "source"])
    return Check(NOT_FOUND, why, values, rows, 0, store.data_version())


def save_check(store: Store, actor: Actor, finding_id: int, version: int, check: Check) -> int:
    """Record the check and its result beside the finding, which stays as it is; returns the check's
    number."""
    with store.write(changes_data=False) as cursor:
        ((number,),) = cursor.execute(
            "INSERT INTO finding_check (finding_id, version, verdict, says, data_version, checked_by,"
            " checked_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING check_id",
            [
                finding_id,
                version,
                check.verdict,
                check.says,
                check.data_version,
                actor.name,
                now(),
            ],
        ).fetchall()
        detail = {"verdict": check.verdict, "data version": check.data_version}
        record(cursor, actor, "check finding", f"finding {finding_id} version {version}", detail=detail)
    return int(number)


def list_checks(store: Store, finding_id: int) -> pd.DataFrame:
    """Every check of a finding, newest first: check_id, version, verdict, says, data_version, checked_by,
    checked_at."""
    return store.query(
        "SELECT check_id, version, verdict, says, data_version, checked_by, checked_at FROM finding_check"
        " WHERE finding_id = ? ORDER BY check_id DESC",
        [finding_id],
    ).to_pandas()


def _compare_values(then: Finding, now: Finding) -> pd.DataFrame:
    before, after = _comparable_values(then), _comparable_values(now)
    rows = [
        {"what": name, "then": before.get(name), "now": after.get(name)}
        for name in dict.fromkeys([*before, *after])
    ]
    changed = [not _equal(row["then"], row["now"]) for row in rows]
    return pd.DataFrame(rows, columns=["what", "then", "now"]).assign(changed=changed)


def _comparable_values(finding: Finding) -> dict[str, Any]:
    """What can be compared: the statement, then every plain value of the result, and counts by kind."""
    values: dict[str, Any] = {"what it says": finding.statement, "confidence": finding.confidence}
    values |= {f"parameter: {name}": str(value) for name, value in finding.parameters.items()}
    values |= dict(_flatten(finding.result.to_json(), ""))
    return values


def _flatten(part: Mapping[str, Any], before: str) -> list[tuple[str, Any]]:
    found = []
    for name, value in part.items():
        label = f"{before}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            found += _flatten(value, "" if name == "focus" else f"{label}: ")
        elif isinstance(value, str | int | float | bool) or value is None:
            found.append((label, value))
        elif name in ("categories", "places", "links"):
            found += [(f"{label}: {next(iter(row.values()))}", row.get("count")) for row in value[:_MANY]]
    return [(name, value) for name, value in found if name not in ("lon", "lat", "kind", "profile")]


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return _even_dates(one) == _even_dates(other)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= _CLOSE * max(abs(one), abs(other))
    return bool(one == other)


def _even_dates(text: str) -> str:
    """The text with its dates in one form: earlier versions of the app wrote '01 Oct 2026' and ISO dates."""
    return _ZERO_BEFORE_DAY.sub("", spell_dates(text))


def _compare_rows(
    store: Store, finding_id: int, version: int, evidence: pa.Table
) -> tuple[pd.DataFrame, int]:
    """The rows that are in one of the two only, and how many are in both. A row imported again under another
    source is recognised by its content."""
    present = " UNION ALL ".join(
        f"SELECT '{table}' AS table_name, t.source_id, t.row_number,"
        f" {write_fingerprint_sql(table, 't')} AS print"
        f' FROM "{table}" t'
        f" SEMI JOIN (SELECT * FROM now UNION SELECT table_name, source_id, row_number FROM past) k"
        f" ON k.table_name = '{table}' AND k.source_id = t.source_id AND k.row_number = t.row_number"
        for table in FINGERPRINTED
    )
    found = store.query(
        "WITH past AS (SELECT table_name, source_id, row_number, fingerprint FROM finding_evidence"
        "  WHERE finding_id = $finding AND version = $version),"
        " now AS (SELECT DISTINCT table_name, source_id, row_number FROM result_now),"
        f" present AS ({present}),"
        " lost AS (SELECT past.*, present.print IS NOT NULL AS stored FROM past ANTI JOIN now"
        " USING (table_name, source_id, row_number)"
        "  LEFT JOIN present USING (table_name, source_id, row_number)),"
        " came AS (SELECT now.*, present.print FROM now ANTI JOIN past"
        " USING (table_name, source_id, row_number) JOIN present USING (table_name, source_id, row_number)),"
        " different AS (SELECT table_name, source_id, row_number, CASE"
        "   WHEN stored THEN 'gone: in the store, but no longer part of it'"
        "   WHEN fingerprint IN (SELECT print FROM came) THEN 'moved: the same row from another source'"
        "   ELSE 'gone: removed from the store' END AS what FROM lost"
        "  UNION ALL SELECT table_name, source_id, row_number, 'new' FROM came"
        "   WHERE print NOT IN (SELECT fingerprint FROM lost WHERE NOT stored AND fingerprint IS NOT NULL)),"
        " both_ AS (SELECT count(*) AS in_both FROM past SEMI JOIN now"
        " USING (table_name, source_id, row_number))"
        " SELECT different.*, source.name AS source, in_both FROM both_ LEFT JOIN different ON true"
        " LEFT JOIN source USING (source_id)"
        " ORDER BY what, table_name, source_id, row_number",
        {"finding": finding_id, "version": version},
        tables={"result_now": evidence.select(["table_name", "source_id", "row_number"])},
    ).to_pandas()
    in_both = int(found.in_both.iloc[0])
    return found.drop(columns="in_both").dropna(subset="what").reset_index(drop=True), in_both


def _summarise(then: Finding, now: Finding, rows: pd.DataFrame, in_both: int) -> str:
    counts = rows.what.str.split(":").str[0].value_counts()
    parts = [f"{counts[what]:,} {what}" for what in ("gone", "new", "moved") if what in counts]
    sentences = [
        f"{counted(in_both, 'of its rows is', 'of its rows are')} in the present "
        f"result{', ' + ', '.join(parts) if parts else ''}."
    ]
    before, after = list_claims(then.result), list_claims(now.result)
    for aspect in dict.fromkeys([*before, *after]):
        was, is_ = before.get(aspect), after.get(aspect)
        if was and is_ and was.direction == is_.direction:
            sentences.append(f"It still holds: {is_.words}.")
        else:
            sentences.append(
                f"Then {was.words if was else 'nothing clear'}, now {is_.words if is_ else 'nothing clear'}."
            )
    return " ".join(sentences)
