"""The rows and lines that a version of a finding rests on: counted, read, and by source and day."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.intelligence.evidence_state import REPORT, write_stated_sql
from analytics.store import Store

# What is shown of a row of each table, and by which time it is ordered.
EVIDENCE_COLUMNS = {
    "incident": ("reference, category, occurred_from, occurred_to, place, attributes", "occurred_from"),
    "advert": ("reference, posted_at, site, place, kind, title, body, contact, attributes", "posted_at"),
    "transaction": (
        "reference, occurred_at, from_account, to_account, amount_minor, currency, channel, "
        "merchant_category, place,"
        " country, note, attributes",
        "occurred_at",
    ),
    "account": (
        "reference, holder, kind, opened, place, country, phone, email, address, activity, attributes",
        "opened",
    ),
    "premises": (
        "reference, kind, address, place, holder, owner, contact, let_from, let_to, status, price_minor, "
        "currency, stage, attributes",
        "let_from",
    ),
    "journey": (
        "reference, departed_at, arrived_at, booked_at, mode, service, vehicle, from_place, to_place, "
        "traveller, contact, document, born, paid_by, stage, attributes",
        "departed_at",
    ),
    "communication": (
        "reference, started_at, from_phone, from_name, to_phone, to_name, seconds, kind, place, device, "
        "subscriber, stage, attributes",
        "started_at",
    ),
}
EVIDENCE_TABLES = tuple(EVIDENCE_COLUMNS)


def count_evidence(store: Store, finding_id: int, version: int | None = None) -> dict[str, int]:
    """The tables one version (the latest unless named) rests on, and how many rows of each are still in the
    store."""
    chosen = None if version is None else {finding_id: version}
    found = store.rows(
        f"WITH {write_stated_sql(chosen)} SELECT table_name, count(*) AS rows FROM stated"
        f" WHERE finding_id = ? AND state <> 'removed' AND table_name <> '{REPORT}' GROUP BY ALL"
        f" ORDER BY table_name",
        [finding_id],
    )
    return {row["table_name"]: row["rows"] for row in found}


def read_evidence_rows(
    store: Store,
    finding_id: int,
    version: int | None = None,
    *,
    table: str = "incident",
    limit: int = 200,
    offset: int = 0,
) -> pd.DataFrame:
    """The rows of a table that one version (the latest unless named) rests on, oldest first.

    A removed source leaves its rows out. Raises KeyError for a table that holds no evidence.
    """
    columns, time = EVIDENCE_COLUMNS[table]
    return store.query(
        f"SELECT e.source_id, e.row_number, {columns}"
        f' FROM finding_evidence e JOIN "{table}" i USING (source_id, row_number)'
        " WHERE e.finding_id = ? AND e.table_name = ?"
        " AND e.version = coalesce(?, (SELECT max(version) FROM finding WHERE finding_id = ?))"
        f" ORDER BY {time}, e.source_id, e.row_number LIMIT ? OFFSET ?",
        [finding_id, table, version, finding_id, limit, offset],
    ).to_pandas()


def count_evidence_days(store: Store, finding_id: int, version: int | None = None) -> dict[str, pd.Series]:
    """By table, how many of the rows behind a version (the latest unless named) fall on each day (UTC), where
    any has a time."""
    found = {}
    for table in count_evidence(store, finding_id, version):
        time = EVIDENCE_COLUMNS[table][1]
        rows = store.query(
            f'SELECT CAST({time} AS DATE) AS day, count(*) AS n FROM finding_evidence e JOIN "{table}"'
            f" USING (source_id, row_number)"
            f" WHERE e.finding_id = ? AND e.table_name = ? AND {time} IS NOT NULL"
            " AND e.version = coalesce(?, (SELECT max(version) FROM finding WHERE finding_id = ?))"
            " GROUP BY ALL ORDER BY day",
            [finding_id, table, version, finding_id],
        ).to_pandas()
        if len(rows):
            found[table] = pd.Series(rows.n.to_numpy(), pd.to_datetime(rows.day))
    return found


def read_evidence_lines(store: Store, finding_id: int, version: int) -> pd.DataFrame:
    """The lines of reports that a version rests on, as they were then: report_id, report_version, title,
    line, sanitised, grade, handling."""
    return store.query(
        "SELECT f.report_id, f.report_version, title, f.line, sanitised, source_grade || information_grade"
        " || handling AS grade,"
        " handling FROM finding_report f JOIN report r ON r.report_id = f.report_id"
        " AND r.version = f.report_version"
        " JOIN report_line l ON l.report_id = f.report_id AND l.version = f.report_version"
        " AND l.line = f.line"
        " WHERE f.finding_id = ? AND f.version = ? ORDER BY f.report_id, f.line",
        [finding_id, version],
    ).to_pandas()


def list_evidence_tables(store: Store, finding_id: int) -> frozenset[str]:
    """The tables in which the rows of a finding's latest version stand."""
    rows = store.rows(
        "SELECT DISTINCT table_name FROM finding_evidence WHERE finding_id = ?"
        " AND version = (SELECT max(version) FROM finding WHERE finding_id = ?)",
        [finding_id, finding_id],
    )
    return frozenset(row["table_name"] for row in rows)


def list_evidence_sources(
    store: Store, finding_ids: list[int], versions: Mapping[int, int] | None = None
) -> pd.DataFrame:
    """What findings rest on (the latest versions unless `versions` names others): a row a source and a row a
    report, with finding_id, source_id, name, file_name, sha256, legal_basis, purpose, handling, rows used,
    first_row and last_row. A removed source or report has no name; a report has no source_id, and its lines
    for rows."""
    chosen = {number: (versions or {}).get(number) for number in finding_ids}
    return store.query(
        "WITH asked AS (SELECT unnest($numbers::INTEGER[]) AS finding_id, unnest($versions::INTEGER[]) AS"
        " asked),"
        " chosen AS (SELECT finding_id, coalesce(any_value(asked), max(version)) AS version FROM finding"
        "   JOIN asked USING (finding_id) GROUP BY finding_id),"
        " rows AS (SELECT e.finding_id, e.source_id, s.name, s.file_name, s.sha256, s.legal_basis,"
        " s.purpose, s.handling,"
        "   count(*) AS rows, min(e.row_number) AS first_row, max(e.row_number) AS last_row"
        "   FROM finding_evidence e JOIN chosen USING (finding_id, version) LEFT JOIN source s"
        " USING (source_id) GROUP BY ALL),"
        " reports AS (SELECT f.finding_id, NULL::INTEGER, 'Report ' || r.report_id || ', version ' ||"
        " r.version || ': ' || r.title,"
        "   NULL, NULL, r.legal_basis, r.purpose, max(l.handling), count(*), min(f.line), max(f.line)"
        "   FROM finding_report f JOIN chosen USING (finding_id, version)"
        "   LEFT JOIN report r ON r.report_id = f.report_id AND r.version = f.report_version"
        "   LEFT JOIN report_line l ON l.report_id = f.report_id AND l.version = f.report_version"
        " AND l.line = f.line"
        "   GROUP BY ALL)"
        " SELECT * FROM rows UNION ALL SELECT * FROM reports ORDER BY finding_id, source_id NULLS LAST, name",
        {"numbers": list(chosen), "versions": list(chosen.values())},
    ).to_pandas()


def read_evidence_row_numbers(
    store: Store, finding_ids: list[int], versions: Mapping[int, int] | None = None
) -> dict[tuple[int, int | None], list[int]]:
    """The rows that findings rest on (the latest versions unless `versions` names others), in order, by
    finding and source."""
    chosen = {number: (versions or {}).get(number) for number in finding_ids}
    rows = store.rows(
        "WITH asked AS (SELECT unnest($numbers::INTEGER[]) AS finding_id, unnest($versions::INTEGER[]) AS"
        " asked),"
        " chosen AS (SELECT finding_id, coalesce(any_value(asked), max(version)) AS version FROM finding"
        "   JOIN asked USING (finding_id) GROUP BY finding_id)"
        " SELECT finding_id, source_id, list(DISTINCT row_number ORDER BY row_number) AS numbers"
        " FROM finding_evidence JOIN chosen USING (finding_id, version) GROUP BY ALL",
        {"numbers": list(chosen), "versions": list(chosen.values())},
    )
    return {(row["finding_id"], row["source_id"]): row["numbers"] for row in rows}
