"""A file of any kind into the store: one transaction, every refused row kept with its number and reason.

The kinds differ in the function that makes rows of a file (ROWS). The questions asked once, the steps shown,
and the record of success and of failure are the same for all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import Enum
from pathlib import Path

import duckdb

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file
from analytics.ingest.attributes import attributes_sql
from analytics.ingest.boundaries import boundary_rows
from analytics.ingest.incidents import incident_rows
from analytics.ingest.losses import RowCounts, describe_losses, describe_unread
from analytics.ingest.mapping import Mapping, check_mapping, repaired
from analytics.ingest.record_rows import account_rows, advert_rows, transaction_rows
from analytics.ingest.repairs import NO_REPAIRS
from analytics.ingest.rows import Destination, RowMaker, Rows
from analytics.ingest.sql import RawRows, literal, quoted, register_rows
from analytics.ingest.trade_rows import communication_rows, journey_rows, premises_rows
from analytics.oversight import Actor, record
from analytics.shared.progress import Cancelled, IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.shared.wording import write_day
from analytics.store import DiskFull, Store, is_disk_full, now
from analytics.store.removal import delete_source_rows

ROWS: dict[str, RowMaker] = {
    "incident": incident_rows,
    "boundary": boundary_rows,
    "advert": advert_rows,
    "account": account_rows,
    "transaction": transaction_rows,
    "premises": premises_rows,
    "journey": journey_rows,
    "communication": communication_rows,
}


@dataclass(frozen=True)
class SourceDetails:
    """What is asked for once per source."""

    name: str
    legal_basis: str
    purpose: str
    handling: str
    review_date: date


@dataclass(frozen=True)
class ImportReport:
    """What became of a file. `unplaced`: accepted rows whose place is withheld or not recorded. `losses`:
    what more than a fifth of the rows lost, with the likeliest cause. `unread`: what of the file was not read
    and nobody had left out. `reasons`: why rows were refused, and how many, the commonest first.
    `is_written`: whether the rows are in the store, by this import or an earlier one."""

    source_id: int
    rows_in: int
    accepted: int
    quarantined: int
    unplaced: int
    already_imported: bool
    area_id: int | None
    notes: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    is_written: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the file was lost."""
        return not (self.quarantined or self.losses or self.unread)


@dataclass(frozen=True)
class Outcome:
    """What was written of a file, before its source is. `time_zone`: of its clock times, where it is not that
    of the area."""

    accepted: int
    quarantined: int
    unplaced: int = 0
    area_id: int | None = None
    notes: tuple[str, ...] = ()
    time_zone: str | None = None
    losses: tuple[str, ...] = ()


_STOPPED = "The import was stopped; nothing of it was kept."
_WATCHED_EVERY = 0.05  # seconds


@dataclass(frozen=True)
class Steps:
    """Called between the steps of an import with what comes next and the share done; raises Cancelled."""

    progress: Progress = ignore_progress
    cancelled: IsCancelled = never_cancelled

    def __call__(self, text: str, share: float) -> None:
        if self.cancelled():
            raise Cancelled(_STOPPED)
        self.progress(text, share)

    @contextmanager
    def interrupting(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Within it a statement that runs on `cursor` is broken off once the import is cancelled; raises
        Cancelled."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(_WATCHED_EVERY):
                if self.cancelled():
                    cursor.interrupt()  # again and again: between two statements it does nothing

        watcher = threading.Thread(target=watch, name="import watcher", daemon=True)
        watcher.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise Cancelled(_STOPPED) from error
        finally:
            over.set()
            watcher.join()


class ImportMode(Enum):
    """What is done with a file: added; put in place of the source of the same content; or tried, and nothing
    written."""

    ADD = "add"
    REPLACE = "replace"
    TRY = "try"


class _Tried(Exception):
    """Ends the transaction of an import that was only tried, so that it is rolled back."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


Writer = Callable[[duckdb.DuckDBPyConnection, RawTable, int, Steps], Outcome]


def import_file(
    store: Store,
    actor: Actor,
    path: Path,
    mapping: Mapping,
    details: SourceDetails,
    *,
    area: str | None = None,
    mode: ImportMode = ImportMode.ADD,
    accepts_losses: bool = True,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> ImportReport:
    """Import a file as the kind that the mapping is of. The same content twice as the same kind adds nothing,
    unless the `mode` is to replace what is there.

    `area` names the working area. Incidents and boundaries make it if it is new; without a name they go to
    the area around their places, or make one. The times of other kinds are those of an area already stored.
    Unless it `accepts_losses`, a file that would lose more than a fifth of its rows is only tried. Raises
    UnreadableFile, also recorded as a failed import, or Cancelled; either way nothing is kept."""

    def write(cursor: duckdb.DuckDBPyConnection, raw: RawTable, source_id: int, step: Steps) -> Outcome:
        destination = Destination(area or None, details.name, step)
        table = register_rows(cursor, raw.table)
        rows = ROWS[mapping.kind](cursor, table, mapping, destination)
        step("Writing", 0.6)
        outcome = _write_rows(cursor, raw, table, mapping, rows, source_id)
        cursor.unregister(table.table)
        return outcome

    return run_import(
        store,
        actor,
        path,
        mapping,
        details,
        write,
        mode=mode,
        accepts_losses=accepts_losses,
        progress=progress,
        cancelled=cancelled,
    )


def run_import(
    store: Store,
    actor: Actor,
    path: Path,
    mapping: Mapping,
    details: SourceDetails,
    write: Writer,
    *,
    mode: ImportMode = ImportMode.ADD,
    accepts_losses: bool = True,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> ImportReport:
    """Read a file, check its mapping, and have `write` write its rows, in one transaction with the source's
    own row and the audit record.

    Raises UnreadableFile, also recorded as a failed import, or Cancelled; either way nothing is kept."""
    step, file_name, kind = Steps(progress, cancelled), Path(path).name, mapping.kind
    with _ended_by_trial() as trial, failures_recorded(store, actor, file_name, kind, details.purpose):
        step("Reading the file", 0.05)
        needs_all = mapping.is_incomplete() or mapping.repairs != NO_REPAIRS
        read = read_file(path, None if needs_all else mapping.names(), kind=kind, reading=mapping.reading)
        check_mapping(read, mapping)
        raw = repaired(read, mapping)
        parts = {part.name for part in raw.layout.parts if part.is_read}
        held = already_held(store, kind, raw.sha256, parts)
        if held and mode is ImportMode.ADD:
            return held
        with store.write() as cursor, step.interrupting(cursor):
            held = already_held(
                store, kind, raw.sha256, parts
            )  # perhaps by another session while this one waited
            if held and mode is ImportMode.ADD:
                return held
            replaced = held.source_id if held and mode is ImportMode.REPLACE else None
            if replaced is not None:
                delete_source_rows(cursor, replaced)
            source_id = new_source_id(cursor) if replaced is None else replaced
            outcome = write(cursor, raw, source_id, step)
            report = ImportReport(
                source_id,
                raw.table.num_rows + len(raw.refused),
                outcome.accepted,
                outcome.quarantined,
                outcome.unplaced,
                False,
                outcome.area_id,
                (*raw.notes, *outcome.notes),
                outcome.losses,
                () if mapping.reading.parts else describe_unread(raw.layout.parts),
                _count_reasons(cursor, source_id),
            )
            if mode is ImportMode.TRY or report.losses and not accepts_losses:
                raise _Tried(replace(report, is_written=False))
            stored = replace(mapping, reading=replace(mapping.reading, parts=tuple(sorted(parts))))
            _insert_source(
                cursor,
                actor,
                file_name,
                raw,
                details,
                stored,
                report,
                outcome.time_zone,
                replaced is not None,
            )
            step("Committing", 0.95)
        return report
    assert trial.report is not None  # only a trial ends before the return
    return trial.report


@dataclass
class _Trial:
    report: ImportReport | None = None


@contextmanager
def _ended_by_trial() -> Iterator[_Trial]:
    """Within it an import that is only tried ends; the report is then in what this gives."""
    trial = _Trial()
    try:
        yield trial
    except _Tried as tried:
        trial.report = tried.report


def _count_reasons(cursor: duckdb.DuckDBPyConnection, source_id: int) -> tuple[tuple[str, int], ...]:
    found = cursor.execute(
        "SELECT reason, count(*) FROM quarantine WHERE source_id = ?"
        " GROUP BY reason ORDER BY 2 DESC, 1 LIMIT 5",
        [source_id],
    ).fetchall()
    return tuple((reason, count) for reason, count in found)


def _write_rows(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawTable,
    table: RawRows,
    mapping: Mapping,
    rows: Rows,
    source_id: int,
) -> Outcome:
    """Insert the good rows and quarantine the rest."""
    number = f"{table.table}.row_number"
    columns = rows.columns
    if mapping.of("attribute"):
        columns |= {"attributes": attributes_sql(table, mapping)}
    ((accepted,),) = cursor.execute(
        f"""INSERT INTO {quoted(mapping.kind)} (source_id, row_number, {", ".join(columns)})
        SELECT {source_id}, {number}, {", ".join(columns.values())}
        FROM {rows.source} WHERE {rows.accepted or f"{rows.reason} IS NULL"}"""
    ).fetchall()
    if rows.repeats:
        _write_repeats(cursor, raw, table, mapping.kind, rows, columns, source_id)
    if accepted < raw.table.num_rows:
        written = ", ".join(f"{literal(name)}, left({table.column(name)}, 1000)" for name in mapping.names())
        cursor.execute(
            f"""INSERT INTO quarantine SELECT {source_id}, row_number, reason, raw FROM (
                SELECT {number}, {rows.reason} AS reason, json_object({written}) AS raw FROM {rows.source}
            ) WHERE reason IS NOT NULL ORDER BY row_number"""
        ).fetchall()
    _keep_malformed(cursor, source_id, raw, accepted)
    unplaced, undated = (
        _count_blank(cursor, mapping.kind, source_id, column) for column in (rows.place, rows.date)
    )
    refused = raw.table.num_rows - accepted + len(raw.refused)
    counts = RowCounts(raw.table.num_rows + len(raw.refused), refused, unplaced, undated)
    malformed = [reason for _, reason, _ in raw.refused]
    losses = describe_losses(cursor, counts, rows, table, mapping, malformed)
    return Outcome(accepted, refused, unplaced, rows.area_id, rows.notes, rows.time_zone, losses)


def _count_blank(cursor: duckdb.DuckDBPyConnection, kind: str, source_id: int, column: str | None) -> int:
    """How many accepted rows have no value in a column; 0 where the kind has no such column."""
    if column is None:
        return 0
    ((count,),) = cursor.execute(
        f"SELECT count(*) FROM {quoted(kind)} WHERE source_id = ? AND {column} IS NULL", [source_id]
    ).fetchall()
    return int(count)


def _write_repeats(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawTable,
    table: RawRows,
    kind: str,
    rows: Rows,
    columns: dict[str, str],
    source_id: int,
) -> None:
    """Insert the good rows that stand for several once more for each after the first."""
    last = max([*raw.table.column("row_number").to_pylist(), *(number for number, _, _ in raw.refused)])
    named = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    cursor.execute(
        f"""INSERT INTO {quoted(kind)} (source_id, row_number, {", ".join(columns)})
        SELECT {source_id}, {last} + row_number() OVER (ORDER BY number, repeat), {", ".join(columns)} FROM (
            SELECT {table.table}.row_number AS number, unnest(range(1, {rows.repeats})) AS repeat, {named}
            FROM {rows.source} WHERE {rows.reason} IS NULL AND {rows.repeats} > 1
        )"""
    ).fetchall()


@contextmanager
def failures_recorded(store: Store, actor: Actor, file_name: str, kind: str, purpose: str) -> Iterator[None]:
    """Record a failed import and raise it as UnreadableFile, in the user's words."""
    try:
        yield
    except (UnreadableFile, DiskFull, duckdb.Error, OSError) as error:
        told = error if isinstance(error, UnreadableFile) else UnreadableFile(_plain(error))
        # On a full disk the failure cannot be written either; what happened must still be said.
        with suppress(duckdb.Error, DiskFull), store.write(changes_data=False) as cursor:
            failure = [file_name, kind, now(), actor.name, str(told)[:500]]
            cursor.execute("INSERT INTO import_failure VALUES (?, ?, ?, ?, ?)", failure).fetchall()
            record(cursor, actor, "import failed", file_name, purpose, {"reason": str(told)[:500]})
        raise told from error


def _plain(error: duckdb.Error | OSError | DiskFull) -> str:
    if is_disk_full(error):
        return (
            "The disk that holds the store is full. Nothing of the file was kept. Free some space "
            "and import the file again."
        )
    return f"The import failed and nothing of the file was kept: {str(error)[:300]}"


def already_held(store: Store, kind: str, sha256: str, parts: Collection[str] = ()) -> ImportReport | None:
    """The report of the source of this kind with the same content, or None where it is new. Of a file of
    several parts, one of other parts is another source."""
    for row in store.rows(
        "SELECT * FROM source WHERE kind = ? AND sha256 = ? ORDER BY source_id", [kind, sha256]
    ):
        earlier = json.loads(row["parameters"] or "{}").get("reading", {}).get("parts", [])
        if parts and earlier and not set(parts) & set(earlier):
            continue
        counts = (row["rows_in"], row["rows_accepted"], row["rows_quarantined"])
        notes = (f"'{row['name']}', imported {write_day(row['imported_at'])}",)
        return ImportReport(row["source_id"], *counts, 0, True, row["area_id"], notes)
    return None


def find_former(store: Store, kind: str, raw: RawTable) -> SourceDetails | None:
    """What was said of the source of the same file and kind, if there is one."""
    held = already_held(store, kind, raw.sha256, {part.name for part in raw.layout.parts if part.is_read})
    if held is None:
        return None
    (row,) = store.rows("SELECT * FROM source WHERE source_id = ?", [held.source_id])
    return SourceDetails(**{field.name: row[field.name] for field in fields(SourceDetails)})


def new_source_id(cursor: duckdb.DuckDBPyConnection) -> int:
    return int(cursor.execute("SELECT nextval('source_id_sequence')").fetchall()[0][0])


def _insert_source(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    file_name: str,
    raw: RawTable,
    details: SourceDetails,
    mapping: Mapping,
    report: ImportReport,
    time_zone: str | None,
    is_replaced: bool,
) -> None:
    """Write the source's own row and its audit record, in the caller's transaction."""
    cursor.execute(
        "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, parameters, area_id,"
        " imported_at,"
        " imported_by, legal_basis, purpose, handling, review_date, rows_in, rows_accepted, "
        "rows_quarantined, time_zone)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            report.source_id,
            mapping.kind,
            details.name,
            file_name,
            raw.sha256,
            raw.format,
            json.dumps(asdict(mapping)),
            report.area_id,
            now(),
            actor.name,
            details.legal_basis,
            details.purpose,
            details.handling,
            details.review_date,
            report.rows_in,
            report.accepted,
            report.quarantined,
            time_zone,
        ],
    ).fetchall()
    record(
        cursor,
        actor,
        "import again" if is_replaced else "import",
        f"source {report.source_id}",
        details.purpose,
        {
            "kind": mapping.kind,
            "file": file_name,
            "sha256": raw.sha256,
            "accepted": report.accepted,
            "quarantined": report.quarantined,
        },
    )


def _keep_malformed(cursor: duckdb.DuckDBPyConnection, source_id: int, raw: RawTable, accepted: int) -> None:
    """Quarantine the rows that do not fit the header. Raises UnreadableFile, with the commonest reason, where
    the file gave no row at all."""
    if raw.refused:
        malformed = [
            [source_id, number, why, json.dumps({"text": text[:1000]})] for number, why, text in raw.refused
        ]
        cursor.executemany("INSERT INTO quarantine VALUES (?, ?, ?, ?)", malformed)
    if accepted == 0:
        ((why,),) = cursor.execute(
            "SELECT coalesce(mode(reason), 'no rows') FROM quarantine WHERE source_id = ?", [source_id]
        ).fetchall()
        raise UnreadableFile(f"No row could be accepted; most often: {why}.")
