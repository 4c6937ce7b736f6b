"""Findings: what an analysis says, how sure it is, what else would explain it, and the rows it rests on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from analytics.intelligence.codes import code_table
from analytics.oversight import Actor, record
from analytics.store import Store

CONFIDENCE = code_table("confidence").codes

# What is shown of a row of each table, and by which time it is ordered.
_EVIDENCE = {
    "incident": ("reference, category, occurred_from, occurred_to, place", "occurred_from"),
    "advert": ("reference, posted_at, site, place, kind, title, body, contact", "posted_at"),
    "transaction": ("reference, occurred_at, from_account, to_account, amount_minor, currency, channel, merchant_category, place,"
                    " country, note", "occurred_at"),
    "account": ("reference, holder, kind, opened, place, country, phone, email, address, activity", "opened"),
    "premises": ("reference, kind, address, holder, let_from, let_to, stage", "let_from"),
    "journey": ("reference, departed_at, mode, from_place, to_place, traveller, paid_by, stage", "departed_at"),
    "communication": ("reference, started_at, from_phone, to_phone, seconds, kind, stage", "started_at"),
}  # fmt: skip
EVIDENCE_TABLES = tuple(_EVIDENCE)


@dataclass(frozen=True)
class Finding:
    """One lead. `alternatives` are dicts of 'explanation' and 'how to tell'; periods are inclusive dates."""

    title: str
    statement: str
    method: str
    parameters: dict[str, Any]
    data_version: int
    area_id: int | None
    period_from: date | None
    period_to: date | None
    result: dict[str, Any]
    confidence: str
    confidence_basis: str
    assumptions: str
    alternatives: list[dict[str, str]] = field(default_factory=list)
    handling: str = str(code_table("handling")["P"])


def save_finding(store: Store, actor: Actor, finding: Finding, evidence: pa.Table) -> int:
    """Save a first version with its evidence (columns table_name, source_id, row_number); returns its id.

    Raises ValueError where the finding has no evidence or an unknown confidence.
    """
    if evidence.num_rows == 0:
        raise ValueError("A finding needs the rows it rests on; none were given.")
    if finding.confidence not in CONFIDENCE:
        raise ValueError(f"Confidence is one of {', '.join(CONFIDENCE)}, not {finding.confidence!r}.")
    with store.write(changes_data=False) as cursor:
        (finding_id,) = cursor.execute("SELECT nextval('finding_id_sequence')").fetchall()[0]
        cursor.execute(
            "INSERT INTO finding VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                finding_id, finding.title, finding.statement, finding.method,
                json.dumps(finding.parameters, default=str), finding.data_version, finding.area_id,
                finding.period_from, finding.period_to, json.dumps(finding.result, default=str),
                finding.confidence, finding.confidence_basis, finding.assumptions,
                json.dumps(finding.alternatives), finding.handling, actor.name,
                datetime.now(UTC).replace(tzinfo=None),
            ],
        ).fetchall()  # fmt: skip
        cursor.register("evidence_rows", evidence)
        cursor.execute(
            "INSERT INTO finding_evidence SELECT ?, 1, table_name, source_id, row_number FROM evidence_rows",
            [finding_id],
        ).fetchall()
        cursor.unregister("evidence_rows")
        record(cursor, actor, "save finding", f"finding {finding_id}", detail={"rows": evidence.num_rows})
    return finding_id


def load_finding(store: Store, finding_id: int, version: int | None = None) -> Finding:
    """One version of a finding, the latest unless one is named. Raises KeyError where there is none."""
    rows = store.rows(
        "SELECT * FROM finding WHERE finding_id = ? AND (? IS NULL OR version = ?) ORDER BY version DESC LIMIT 1",
        [finding_id, version, version],
    )
    if not rows:
        named = f"finding {finding_id}" + (f", version {version}" if version is not None else "")
        raise KeyError(f"There is no {named}.")
    row = rows[0]
    for name in ("parameters", "result", "alternatives"):
        row[name] = json.loads(row[name])
    return Finding(**{name: row[name] for name in Finding.__dataclass_fields__})


def list_findings(store: Store) -> pd.DataFrame:
    """One row a finding, newest first, with its evidence: how many rows it rests on, how many still exist."""
    return store.query(
        "WITH latest AS (SELECT * FROM finding QUALIFY version = max(version) OVER (PARTITION BY finding_id)),"
        " held AS (SELECT DISTINCT source_id FROM source)"
        " SELECT finding_id, title, statement, confidence, method, period_from, period_to, created_at,"
        " count(*) AS evidence_rows, count(held.source_id) AS still_held"
        " FROM latest JOIN finding_evidence USING (finding_id, version) LEFT JOIN held USING (source_id)"
        " GROUP BY ALL ORDER BY created_at DESC, finding_id DESC"
    ).to_pandas()


def evidence_counts(store: Store, finding_id: int, version: int | None = None) -> dict[str, int]:
    """The tables one version (the latest unless named) rests on, and how many rows of each are still held."""
    found = store.rows(
        "SELECT table_name, count(*) AS rows FROM finding_evidence JOIN (SELECT source_id FROM source) USING (source_id)"
        " WHERE finding_id = ? AND version = coalesce(?, (SELECT max(version) FROM finding WHERE finding_id = ?))"
        " GROUP BY table_name ORDER BY table_name",
        [finding_id, version, finding_id],
    )
    return {row["table_name"]: row["rows"] for row in found}


def evidence_rows(
    store: Store, finding_id: int, version: int | None = None, *, table: str = "incident", limit: int = 200,
    offset: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """The rows of a table that one version (the latest unless named) rests on, oldest first.

    A removed source leaves its rows out. Raises KeyError for a table that holds no evidence.
    """
    columns, time = _EVIDENCE[table]
    return store.query(
        f"SELECT e.source_id, e.row_number, {columns}"
        f' FROM finding_evidence e JOIN "{table}" i USING (source_id, row_number)'
        " WHERE e.finding_id = ? AND e.table_name = ?"
        " AND e.version = coalesce(?, (SELECT max(version) FROM finding WHERE finding_id = ?))"
        f" ORDER BY {time}, e.source_id, e.row_number LIMIT ? OFFSET ?",
        [finding_id, table, version, finding_id, limit, offset],
    ).to_pandas()


def evidence_tables(store: Store, finding_id: int) -> frozenset[str]:
    """The tables in which the rows of a finding's latest version stand."""
    rows = store.rows(
        "SELECT DISTINCT table_name FROM finding_evidence WHERE finding_id = ?"
        " AND version = (SELECT max(version) FROM finding WHERE finding_id = ?)",
        [finding_id, finding_id],
    )
    return frozenset(row["table_name"] for row in rows)


def evidence_sources(store: Store, finding_ids: list[int]) -> pd.DataFrame:
    """The sources behind the latest versions of findings: name, legal basis, handling, rows used and the first
    and last row number."""
    return store.query(
        "WITH latest AS (SELECT finding_id, max(version) AS version FROM finding GROUP BY finding_id)"
        " SELECT e.finding_id, e.source_id, s.name, s.file_name, s.sha256, s.legal_basis, s.purpose, s.handling,"
        " count(*) AS rows, min(e.row_number) AS first_row, max(e.row_number) AS last_row"
        " FROM finding_evidence e JOIN latest USING (finding_id, version) LEFT JOIN source s USING (source_id)"
        " WHERE e.finding_id IN (SELECT unnest(?)) GROUP BY ALL ORDER BY e.finding_id, e.source_id",
        [finding_ids],
    ).to_pandas()
