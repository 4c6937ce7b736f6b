"""Erasure for good: rows go, the store is written anew without their bytes, and both are shown.

Everything happens in a second file, which takes the place of the store in one step at the end. A process
that is stopped before leaves the old store, one that is stopped after leaves the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from analytics.oversight.actor import Actor
from analytics.oversight.acts import demand
from analytics.oversight.audit import record
from analytics.oversight.byte_search import SHORTEST, find_in_file
from analytics.shared.progress import Progress, ignore_progress
from analytics.store import Store, now
from analytics.store.copies import copy_file, delete_leftovers, list_copies, sync_path, working_path
from analytics.store.removal import SOURCE_TABLES, delete_rows, delete_source_rows
from analytics.store.rewrite import rewrite_store
from analytics.store.sealing import IMPORTED

PERSONAL_TABLES = ("advert", "account", "transaction", "premises", "journey", "communication", "incident")
UseApproval = Callable[[duckdb.DuckDBPyConnection], None]
_SHORTEST_QUOTE = 6  # letters of a text that is looked for within other texts
_MAX_QUOTED = 400  # erased texts that are looked for within longer ones; all are looked for as whole values
STAYS_BY_LAW = (
    "The audit trail keeps that the rows existed, who saw them and that they were erased: accountability "
    "(Directive (EU) 2016/680, articles 24 and 25; Data Protection Act 2018, sections 61 and 62).",
    "The digests of the erased rows stay in the sealed record. They cannot be read; of a short text they let "
    "a guess be confirmed.",
    "Findings, products and decisions that quote them stay where a court or a review needs them; whoever "
    "answers for each decides, and restriction may take the place of erasure (Directive, article 16 (3)).",
)


@dataclass(frozen=True)
class ErasureRequest:
    """What is to go: whole sources, single rows (table, source_id, row_number), reports with all their
    versions; and why, on which legal basis."""

    reason: str
    legal_basis: str
    sources: tuple[int, ...] = ()
    rows: tuple[tuple[str, int, int], ...] = ()
    reports: tuple[int, ...] = ()

    @property
    def object(self) -> str:
        """What it concerns, in the words of the audit trail and of an approval."""
        parts = [
            *(f"source {number}" for number in sorted(self.sources)),
            *(f"report {number}" for number in sorted(self.reports)),
            *(f"{table} {source}:{row}" for table, source, row in sorted(self.rows)),
        ]
        text = ", ".join(parts)
        return text if len(text) <= 300 else f"{text[:280]}… ({len(parts)} things)"


@dataclass(frozen=True)
class Quotation:
    """Where an erased text still stands: the table, which rows of it by their key, and how many."""

    table: str
    where: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class ErasureProof:
    """What was erased and how it is shown. `texts`: how many different texts went; `searched`: how many of
    them were looked for in the bytes, the others being shorter than eight bytes or still stored elsewhere;
    `within`: how many stand within other texts that stay; `found`: in which files any other still stands,
    and how many."""

    object: str
    reason: str
    legal_basis: str
    erased_by: str
    erased_at: datetime
    rows: dict[str, int]
    texts: int
    searched: int
    found: dict[str, int]
    within: int
    elsewhere: int
    quotations: tuple[Quotation, ...]
    copies: tuple[str, ...]
    bytes_before: int
    bytes_after: int
    stays: tuple[str, ...] = field(default=STAYS_BY_LAW)


class NothingToErase(ValueError):
    """The request names nothing that is there, or says no reason."""


def count_request(store: Store, request: ErasureRequest) -> dict[str, int]:
    """How many rows of which table would go. Raises NothingToErase."""
    if not request.reason.strip() or not request.legal_basis.strip():
        raise NothingToErase("An erasure needs a reason and a legal basis.")
    with store.read() as cursor:
        counts = _count(cursor, request)
    if not counts:
        raise NothingToErase("Nothing of what is to be erased is in the store.")
    return counts


def erase(
    store: Store,
    actor: Actor,
    request: ErasureRequest,
    use_approval: UseApproval,
    progress: Progress = ignore_progress,
) -> ErasureProof:
    """Erase, write the store anew and prove it. `use_approval` is called in the transaction of the removal,
    and raises where no second person approved it.

    Raises NothingToErase, Refused, StillRead or OSError; the store is then as it was."""
    demand(actor, "erase")
    count_request(store, request)
    with store.set_aside() as path:
        before = path.stat().st_size
        work, clean = (working_path(path, step) for step in ("erasing", "erased"))
        try:
            progress("Copying the store", 0.1)
            copy_file(path, work)
            progress("Removing the rows", 0.3)
            rows, texts = _remove(work, store.files, actor, request, use_approval)
            progress("Writing the store anew", 0.5)
            rewrite_store(work, clean)
            work.unlink()
            clean.chmod(0o600)
            progress("Searching its bytes", 0.7)
            elsewhere, quotations = find_quotations(clean, texts)
            gone = texts - elsewhere
            searched = {text for text in gone if len(text.encode()) >= SHORTEST}
            left = find_in_file(clean, searched)
            quoted = _quoted_within(clean, left)
            found = {path.name: len(left - quoted)} if left - quoted else {}
            progress("Putting it in place", 0.9)
            sync_path(clean)
            clean.replace(path)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
            sync_path(path.parent)
        finally:
            delete_leftovers(path)
        after = path.stat().st_size
        copies = tuple(str(copy) for copy in list_copies(path))
    return ErasureProof(
        request.object,
        request.reason,
        request.legal_basis,
        actor.name,
        now(),
        rows,
        len(texts),
        len(searched),
        found,
        len(left & quoted),
        len(elsewhere),
        quotations,
        copies,
        before,
        after,
    )


def find_quotations(path: Path, texts: set[str]) -> tuple[set[str], tuple[Quotation, ...]]:
    """Of erased texts those that a closed store still has as whole values elsewhere, and where any of the
    longer ones stands within another text."""
    elsewhere: set[str] = set()
    quotations = []
    some = sorted((text for text in texts if len(text) >= _SHORTEST_QUOTE), key=len)[-_MAX_QUOTED:]
    with duckdb.connect(path, read_only=True) as database:
        database.execute("CREATE TEMP TABLE erased_text (text VARCHAR)")
        database.execute("INSERT INTO erased_text SELECT unnest(?)", [sorted(texts)])
        for table, columns in _text_columns(database).items():
            for column in columns:
                rows = database.execute(
                    f'SELECT DISTINCT text FROM erased_text SEMI JOIN "{table}" t'
                    f' ON text = CAST(t."{column}" AS VARCHAR)'
                ).fetchall()
                elsewhere |= {text for (text,) in rows}
            if table in IMPORTED or not some:
                continue
            whole = " || chr(10) || ".join(
                f"coalesce(CAST(\"{column}\" AS VARCHAR), '')" for column in columns
            )
            key = _key_of(database, table)
            rows = database.execute(
                f'SELECT DISTINCT {key} FROM "{table}" WHERE len(list_filter($texts, lambda erased:'
                f" contains({whole}, erased))) > 0 ORDER BY 1",
                {"texts": some},
            ).fetchall()
            if rows:
                quotations.append(Quotation(table, tuple(str(key) for (key,) in rows[:20]), len(rows)))
    return elsewhere, tuple(quotations)


def _remove(
    work: Path, files: Path, actor: Actor, request: ErasureRequest, use_approval: UseApproval
) -> tuple[dict[str, int], set[str]]:
    """Remove the rows in the working copy, of which Parquet files lie in `files`; how many of which table
    went, and which texts they had. A file that loses rows is written anew; the old one goes as soon as the
    copy has taken the place of the store, which then does not name it."""
    inner = Store(work, files)
    try:
        with inner.write() as cursor:
            use_approval(cursor)
            rows, texts = _count(cursor, request), _read_texts(cursor, request)
            for source in request.sources:
                delete_source_rows(cursor, source)
            for table, source, row in request.rows:
                delete_rows(cursor, table, source, [row])
            for report in request.reports:
                for table in ("report_line", "report", "network_link", "network_link_back"):
                    cursor.execute(f"DELETE FROM {table} WHERE report_id = ?", [report]).fetchall()
                cursor.execute(
                    "DELETE FROM report_link WHERE report_id = $n OR other_report_id = $n", {"n": report}
                ).fetchall()
            detail = {"rows": rows, "texts": len(texts), "legal basis": request.legal_basis}
            record(cursor, actor, "erase", request.object, request.reason, detail)
    finally:
        inner.close()
    return rows, texts


def _selections(request: ErasureRequest) -> list[tuple[str, str, Sequence[int]]]:
    """What is to go as (table, condition, parameters)."""
    chosen: list[tuple[str, str, Sequence[int]]] = [
        (table, "source_id = ?", [source]) for source in request.sources for table in SOURCE_TABLES
    ]
    chosen += [
        (table, "source_id = ? AND row_number = ?", [source, row]) for table, source, row in request.rows
    ]
    for report in request.reports:
        chosen += [(table, "report_id = ?", [report]) for table in ("report", "report_line")]
    for source in request.sources:
        lines = "report_id IN (SELECT report_id FROM report WHERE source_id = ?)"
        chosen.append(("report_line", lines, [source]))
    return chosen


_DERIVED = {
    "search_row",
    "search_source",
    "advert_scan",
    "campaign_advert",
    "operation_advert",
    "lead_result",
    "network_mention",
    "network_match",
    "network_link",
    "network_link_back",
}


def _count(cursor: duckdb.DuckDBPyConnection, request: ErasureRequest) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table, condition, parameters in _selections(request):
        if table in _DERIVED:
            continue
        (number,) = cursor.execute(
            f'SELECT count(*) FROM "{table}" WHERE {condition}', list(parameters)
        ).fetchall()[0]
        if number:
            counts[table] = counts.get(table, 0) + number
    return counts


def _read_texts(cursor: duckdb.DuckDBPyConnection, request: ErasureRequest) -> set[str]:
    """Every text of the rows of people and things that are to go."""
    texts: set[str] = set()
    columns = _text_columns(cursor)
    for table, condition, parameters in _selections(request):
        if table not in (*PERSONAL_TABLES, "report", "report_line", "quarantine", "advert_identifier"):
            continue
        for column in columns[table]:
            rows = cursor.execute(
                f'SELECT DISTINCT CAST("{column}" AS VARCHAR) FROM "{table}"'
                f' WHERE {condition} AND "{column}" IS NOT NULL',
                list(parameters),
            ).fetchall()
            texts |= {text for (text,) in rows if text.strip()}
    return texts


def _quoted_within(path: Path, texts: set[str]) -> set[str]:
    """Those of the texts that stand within a longer value that the store still has."""
    if not texts:
        return set()
    quoted: set[str] = set()
    with duckdb.connect(path, read_only=True) as database:
        for table, columns in _text_columns(database).items():
            for column in columns:
                rows = database.execute(
                    "SELECT erased FROM (SELECT unnest($texts) AS erased)"
                    f' WHERE EXISTS (SELECT 1 FROM "{table}"'
                    f' WHERE contains(CAST("{column}" AS VARCHAR), erased))',
                    {"texts": sorted(texts)},
                ).fetchall()
                quoted |= {text for (text,) in rows}
    return quoted


def _text_columns(cursor: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of each table that hold texts."""
    rows = cursor.execute(
        "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()"
        " WHERE NOT internal AND (data_type LIKE 'VARCHAR%' OR data_type = 'JSON')"
        " AND table_name <> 'erased_text' AND schema_name = 'main' GROUP BY ALL ORDER BY 1"
    ).fetchall()
    return {table: columns for table, columns in rows}


def _key_of(database: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL for what names a row of a table: its first column, and its version where it has one."""
    names = [
        name
        for (name,) in database.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND schema_name = 'main'"
            " ORDER BY column_index",
            [table],
        ).fetchall()
    ]
    version = " || ' version ' || version" if "version" in names else ""
    return f'"{names[0]}"::VARCHAR{version}'
