"""Digests of what is written, put under the audit record of the same transaction.

A sealed table falls into parts: a row by its key, the rows of one thing, or a block of 128 rows of an
imported file (`block_digests.py`). The digest of any other part is the SHA-256 of its rows' texts.
`seal_changes` runs before each commit: of the tables that the transaction wrote it stores the digests that
differ from the last ones, and gives the transaction's audit record a digest over them. A change by any other
way then disagrees with its digest, and `find_differences` names it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import duckdb

from analytics.store.block_digests import digest_blocks
from analytics.store.chain import COLUMNS, GENESIS, hash_record
from analytics.store.clock import true_now

IMPORTED = (
    "incident",
    "boundary",
    "base_feature",
    "advert",
    "account",
    "transaction",
    "premises",
    "journey",
    "communication",
    "quarantine",
)
PARTS = {  # by which columns the rows of a sealed table belong together
    "source": ("source_id",),
    "area": ("area_id",),
    "base_map": ("source_id",),
    "report": ("report_id", "version"),
    "report_line": ("report_id", "version"),
    "report_link": ("link_id",),
    "requirement": ("requirement_id", "version"),
    "finding": ("finding_id", "version"),
    "finding_evidence": ("finding_id", "version"),
    "finding_report": ("finding_id", "version"),
    "finding_link": ("link_id",),
    "finding_check": ("check_id",),
    "product": ("product_id", "version"),
    "product_finding": ("product_id", "version"),
    "operation_plan": ("product_id", "version"),
    "assessment": ("product_id", "version"),
    "meeting": ("meeting_id",),
    "decision": ("decision_id",),
    "action": ("action_id",),
    "action_event": ("action_id",),
    "result": ("action_id", "version"),
    "release": ("release_id",),
    "referral_step": ("step_id",),
    "lead_outcome": ("outcome_id",),
    "advert_label": ("label_id",),
    "operation_link_decision": ("decision_id",),
    "holder_decision": ("decision_id",),
    "network_judgement": ("judgement_id",),
    "victim_status": ("status_id",),
    "harm_set": ("name", "version"),
    "harm_weight": ("name", "version"),
    "hotspot": ("hotspot_id",),
    "target": ("target_id",),
    "target_value": ("target_id",),
    "approval": ("approval_id",),
    "app_user": ("name",),
    "complaint": ("complaint_id", "version"),
    "audit_sample": ("sample_id",),
    "audit_sample_item": ("sample_id",),
    "audit_sample_note": ("sample_id",),
    "driver": ("driver_id", "version"),
    "assessment_figure": ("product_id",),
    "forecast": ("product_id",),
    "forecast_score": ("product_id",),
    "exchange_rate": ("into_currency", "rate_on", "currency"),
}
UNSEALED = {  # a table of the schema that is not sealed, and why
    "audit": "is the chain",
    "seal": "is covered by the chain",
    "tree_head": "is signed",
    "store_identity": "is signed with each head",
    "schema_migration": "is held to the files that ship",
    "data_version": "only counts",
    **dict.fromkeys(("parquet_table", "parquet_file"), "says where rows lie that are sealed themselves"),
    "app_session": "changes with every look; its beginning and end are in the audit trail",
    **dict.fromkeys(
        (
            "advert_scan",
            "advert_identifier",
            "campaign",
            "campaign_advert",
            "operation",
            "operation_campaign",
            "operation_advert",
            "operation_link",
            "advert_run",
            "search_row",
            "search_source",
            "lead_search",
            "lead_block",
            "lead_result",
            "lead_chance",
            "lead_cut",
            "network_mention",
            "network_match",
            "network_link",
            "network_link_back",
        ),
        "is computed from sealed rows, and can be computed again",
    ),
    **dict.fromkeys(
        ("meeting_draft", "meeting_room", "preference", "column_mapping", "place_position", "import_failure"),
        "is a draft, a setting or a note of a person",
    ),
    **dict.fromkeys(
        ("tray_case", "tray_item", "tray_item_row", "saved_view", "watch"), "is a user's own desk"
    ),
}
_WITHOUT_MARKS = {  # types of which no value's text can be taken for another column's
    *("BOOLEAN", "TINYINT", "INTEGER", "BIGINT", "UBIGINT", "UHUGEINT", "DOUBLE", "DATE", "TIMESTAMP")
}
_WRITES = re.compile(
    r"\b(?P<how>INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO)"
    r'\s+"?(?P<table>\w+)"?',
    re.IGNORECASE,
)


class WatchedCursor:
    """A cursor of one write transaction that notes which tables its statements write, and how."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self.written: dict[str, set[str]] = {}

    def execute(self, query: object, *arguments: object, **named: object) -> duckdb.DuckDBPyConnection:
        self._note(query)
        return self._cursor.execute(query, *arguments, **named)  # type: ignore[arg-type]

    def executemany(self, query: object, *arguments: object) -> duckdb.DuckDBPyConnection:
        self._note(query)
        return self._cursor.executemany(query, *arguments)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def _note(self, query: object) -> None:
        for found in _WRITES.finditer(str(query)):
            how = found["how"].split()[0].upper()
            self.written.setdefault(found["table"].lower(), set()).add(how)


@dataclass(frozen=True)
class Difference:
    """A part that is not what was sealed last: how many rows it has and had; None where it is not there, or
    never was sealed."""

    table: str
    part: str
    rows: int | None
    sealed_rows: int | None
    sequence: int | None


def watch(cursor: duckdb.DuckDBPyConnection) -> tuple[duckdb.DuckDBPyConnection, dict[str, set[str]]]:
    """A cursor that does what `cursor` does, and the tables that it writes, by how."""
    watched = WatchedCursor(cursor)
    return cast(duckdb.DuckDBPyConnection, watched), watched.written


def seal_changes(cursor: duckdb.DuckDBPyConnection, written: dict[str, set[str]]) -> None:
    """Store the digests of what a transaction changed, under its last audit record; where it wrote none, one
    is added that says which tables were changed."""
    touched = [name for name in PARTS if name in written]
    blocks = [name for name in IMPORTED if name in written]
    if not touched and not blocks:
        return
    sequence, _ = _last_record(cursor)
    at = sequence if "audit" in written else sequence + 1
    count = sum(_seal_table(cursor, at, name, "") for name in touched)
    count += sum(_seal_sources(cursor, at, name, written[name]) for name in blocks)
    if count:
        if at != sequence:
            append_record(cursor, "achilles", "system", "change data", ", ".join(sorted({*touched, *blocks})))
        _cover(cursor, at)


def seal_everything(database: duckdb.DuckDBPyConnection, why: str, differed: Sequence[str] = ()) -> None:
    """Seal whatever is not sealed as it stands, with an audit record that says why, and which of the parts
    that were sealed before differed, `differed` among them. Without a difference nothing is written."""
    sequence, _ = _last_record(database)
    (sealed,) = database.execute("SELECT max(sequence) FROM seal").fetchall()[0]
    count = sum(_seal_table(database, sequence + 1, name, "") for name in (*PARTS, *IMPORTED))
    if count:
        (others,) = database.execute(
            "SELECT list(DISTINCT n.table_name || ' ' || n.part)[:100] FROM seal n JOIN seal o"
            " USING (table_name, part) WHERE n.sequence = ? AND o.sequence <= ?"
            " AND (contains(part, '-') OR NOT list_contains(?, table_name))",  # no digest of the former kind
            [sequence + 1, sealed or 0, list(IMPORTED)],
        ).fetchall()[0]
        listed = [*differed[:100], *(others or [])]
        detail = json.dumps({"differed from its seal": listed} if listed else {}, sort_keys=True)
        append_record(database, "achilles", "system", "seal store", "store", why, detail)
        _cover(database, sequence + 1)


def append_record(
    cursor: duckdb.DuckDBPyConnection,
    actor: str,
    role: str,
    act: str,
    object_: str,
    purpose: str = "",
    detail: str = "{}",
    session: str = "",
) -> None:
    """Add one record at the end of the chain, in the caller's transaction."""
    sequence, previous = _last_record(cursor)
    content = (
        sequence + 1,
        true_now(),
        actor,
        role,
        act,
        object_,
        purpose,
        detail,
        previous,
        session,
        "",
    )
    cursor.execute(
        "INSERT INTO audit (sequence, recorded_at, actor, role, act, object, purpose, detail, previous_hash,"
        " session, content, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*content, hash_record(*content)],
    ).fetchall()


def find_differences(cursor: duckdb.DuckDBPyConnection) -> list[Difference]:
    """Every part of every sealed table that is not what was sealed last."""
    there = {name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    sealed = {name for (name,) in cursor.execute("SELECT DISTINCT table_name FROM seal").fetchall()}
    found = []
    for name in (*PARTS, *IMPORTED):
        if name not in sealed and (name not in there or _is_empty(cursor, name)):
            continue
        present, values = _present(cursor, name) if name in there else (_NOTHING, {})
        rows = cursor.execute(
            f"{present}, {_LATEST} SELECT coalesce(p.part, l.part), p.rows, l.rows, l.sequence, l.digest"
            f" {_DIFFERING} ORDER BY 1",
            {"table": name, "prefix": "", **values},
        ).fetchall()
        found += [
            Difference(name, part, count, None if digest in (None, "") else sealed, sequence)
            for part, count, sealed, sequence, digest in rows
        ]
    return found


def _is_empty(cursor: duckdb.DuckDBPyConnection, table: str) -> bool:
    return not cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchall()


def list_wrong_roots(cursor: duckdb.DuckDBPyConnection) -> list[tuple[int, str | None]]:
    """Audit records whose `content` is not the digest of their rows of `seal`; a sequence without a record
    has None."""
    return cursor.execute(
        f"WITH roots AS (SELECT sequence, {_ROOT} AS root FROM seal GROUP BY sequence)"
        " SELECT sequence, a.content FROM audit a FULL JOIN roots r USING (sequence)"
        " WHERE coalesce(a.content, '') <> coalesce(r.root, '') ORDER BY 1"
    ).fetchall()


_ROOT = (
    "sha256(string_agg(table_name || '|' || part || '|' || rows || '|' || digest, chr(10)"
    " ORDER BY table_name, part))"
)
_NOTHING = "WITH present AS (SELECT '' AS part, 0 AS rows, '' AS digest WHERE false)"
_LATEST = (
    "last AS (SELECT part, arg_max(rows, sequence) AS rows, arg_max(digest, sequence) AS digest,"
    " max(sequence) AS sequence FROM seal"
    " WHERE table_name = $table AND starts_with(part, $prefix) GROUP BY part)"
)
_DIFFERENT = "coalesce(p.digest, '') <> coalesce(l.digest, '')"
_DIFFERING = f"FROM present p FULL JOIN last l ON p.part = l.part WHERE {_DIFFERENT}"


def _seal_table(cursor: duckdb.DuckDBPyConnection, sequence: int, table: str, prefix: str) -> int:
    """Store the digests of a table's parts that differ from the last ones; how many. `prefix` narrows to the
    parts that begin so: one source."""
    present, values = _present(cursor, table, prefix)
    return len(
        cursor.execute(
            f"INSERT INTO seal {present}, {_LATEST}"
            " SELECT $sequence, $table, coalesce(p.part, l.part), coalesce(p.rows, 0),"
            f" coalesce(p.digest, '') {_DIFFERING} RETURNING 1",
            {"sequence": sequence, "table": table, "prefix": prefix, **values},
        ).fetchall()
    )


def _seal_sources(cursor: duckdb.DuckDBPyConnection, sequence: int, table: str, how: set[str]) -> int:
    """The same of a table of imported rows, for the sources that may have changed: those whose count did,
    those whose own record did, and all where rows were changed in place."""
    if "UPDATE" in how or "MERGE" in how:
        return _seal_table(cursor, sequence, table, "")
    changed = cursor.execute(
        f'WITH present AS (SELECT source_id, count(*) AS rows FROM "{table}" GROUP BY ALL),'
        " latest AS (SELECT part, arg_max(rows, sequence) AS rows FROM seal WHERE table_name = $table"
        " GROUP BY part), sealed AS (SELECT CAST(split_part(part, '/', 1) AS INTEGER) AS source_id,"
        " sum(rows) AS rows FROM latest GROUP BY ALL)"
        " SELECT source_id FROM present p FULL JOIN sealed s USING (source_id)"
        " WHERE coalesce(p.rows, 0) <> coalesce(s.rows, 0)"
        " UNION SELECT CAST(part AS INTEGER) FROM seal WHERE sequence = $sequence AND table_name = 'source'"
        " ORDER BY 1",
        {"table": table, "sequence": sequence},
    ).fetchall()
    return sum(_seal_table(cursor, sequence, table, f"{source}/") for (source,) in changed)


def _present(
    cursor: duckdb.DuckDBPyConnection, table: str, prefix: str = ""
) -> tuple[str, dict[str, object]]:
    """`WITH present AS (part, rows, digest)`, and the values it names: the parts of a table as they are."""
    if table in IMPORTED:
        return _present_blocks(cursor, table, prefix)
    part = f"concat_ws('/', {', '.join(PARTS[table])})"
    return (
        "WITH present AS (SELECT part, count(*) AS rows, sha256(string_agg(text, chr(30) ORDER BY text))"
        f" AS digest FROM (SELECT {part} AS part, {write_row(cursor, table)} AS text"
        f' FROM "{table}") GROUP BY part)',
        {},
    )


def _present_blocks(
    cursor: duckdb.DuckDBPyConnection, table: str, prefix: str
) -> tuple[str, dict[str, object]]:
    sources = cursor.execute(f'SELECT DISTINCT source_id FROM "{table}" ORDER BY 1').fetchall()
    blocks = [
        block
        for (source,) in sources
        if f"{source}/".startswith(prefix)
        for block in digest_blocks(cursor, table, source)
    ]
    return (
        "WITH present AS (SELECT unnest($parts::VARCHAR[]) AS part, unnest($counts::BIGINT[]) AS rows,"
        " unnest($digests::VARCHAR[]) AS digest)",
        {
            "parts": [block.part for block in blocks],
            "counts": [block.rows for block in blocks],
            "digests": [block.digest for block in blocks],
        },
    )


def write_row(cursor: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL for the text of a row: the name and value of each column that has a value, in order of the
    alphabet, so that a column added later changes nothing."""
    columns = cursor.execute(f'DESCRIBE "{table}"').fetchall()
    return f"concat_ws(chr(31), {', '.join(_write_column(name, kind) for name, kind, *_ in sorted(columns))})"


def _write_column(name: str, kind: str) -> str:
    """SQL for a column's name and value; a text's length stands before it, so that no text can pass for two
    columns."""
    text = f'CAST("{name}" AS VARCHAR)'
    is_plain = kind.startswith(
        ("INTEGER", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN", "TINYINT", "U")
    )
    return f"'{name}=' || {text}" if is_plain else f"'{name}=' || strlen({text}) || ':' || {text}"


def _last_record(cursor: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    last = cursor.execute("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").fetchall()
    return (int(last[0][0]), str(last[0][1])) if last else (0, GENESIS)


def _cover(cursor: duckdb.DuckDBPyConnection, sequence: int) -> None:
    """Let an audit record, still uncommitted, cover its rows of `seal`."""
    (root,) = cursor.execute(f"SELECT {_ROOT} FROM seal WHERE sequence = ?", [sequence]).fetchall()[0]
    (record,) = cursor.execute(f"SELECT {COLUMNS} FROM audit WHERE sequence = ?", [sequence]).fetchall()
    cursor.execute(
        "UPDATE audit SET content = ?, hash = ? WHERE sequence = ?",
        [root, hash_record(*record[:-1], root), sequence],
    ).fetchall()
