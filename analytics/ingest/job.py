"""A file of any kind into the store: one transaction, every refused row kept with its number and reason.

The kinds differ in the function that makes rows of a file (ROWS). The questions asked once, the steps shown,
and the record of success and of failure are the same for all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file
from analytics.ingest.attributes import attributes_sql
from analytics.ingest.boundaries import boundary_rows
from analytics.ingest.incidents import incident_rows
from analytics.ingest.mapping import Mapping, check_mapping
from analytics.ingest.record_rows import account_rows, advert_rows, transaction_rows
from analytics.ingest.rows import Destination, RowMaker, Rows
from analytics.ingest.sql import RawRows, literal, quoted, register_rows
from analytics.ingest.trade_rows import communication_rows, journey_rows, premises_rows
from analytics.oversight import Actor, record
from analytics.shared.progress import Cancelled, IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import DiskFull, Store, is_disk_full, now

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
    """What became of a file. `unplaced`: accepted rows whose place is withheld or not recorded."""

    source_id: int
    rows_in: int
    accepted: int
    quarantined: int
    unplaced: int
    already_imported: bool
    area_id: int | None
    notes: tuple[str, ...] = ()


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


Writer = Callable[[duckdb.DuckDBPyConnection, RawTable, int, Steps], Outcome]


def import_file(
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
    """Import a file as the kind that the mapping is of. The same content twice as the same kind adds nothing.

    `area` names the working area. Incidents and boundaries make it if it is new; without a name they go to
    the area around their places, or make one. The times of other kinds are those of an area already stored.
    Raises UnreadableFile, also recorded as a failed import, or Cancelled; either way nothing is kept."""

    def write(cursor: duckdb.DuckDBPyConnection, raw: RawTable, source_id: int, step: Steps) -> Outcome:
        destination = Destination(area or None, details.name, step)
        table = register_rows(cursor, raw.table)
        rows = ROWS[mapping.kind](cursor, table, mapping, destination)
        step("Writing", 0.6)
        outcome = _write_rows(cursor, raw, table, mapping, rows, source_id)
        cursor.unregister(table.table)
        return outcome

    return run_import(store, actor, path, mapping, details, write, progress=progress, cancelled=cancelled)


def run_import(
    store: Store,
    actor: Actor,
    path: Path,
    mapping: Mapping,
    details: SourceDetails,
    write: Writer,
    *,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> ImportReport:
    """Read a file, check its mapping, and have `write` write its rows, in one transaction with the source's
    own row and the audit record.

    Raises UnreadableFile, also recorded as a failed import, or Cancelled; either way nothing is kept."""
    step, file_name, kind = Steps(progress, cancelled), Path(path).name, mapping.kind
    with failures_recorded(store, actor, file_name, kind, details.purpose):
        step("Reading the file", 0.05)
        wanted = None if mapping.is_incomplete() else mapping.names()
        raw = read_file(path, wanted, kind=kind, reading=mapping.reading)
        check_mapping(raw, mapping)
        if held := already_held(store, kind, raw.sha256):
            return held
        with store.write() as cursor, step.interrupting(cursor):
            if held := already_held(store, kind, raw.sha256):  # by another session while this one waited
                return held
            source_id = new_source_id(cursor)
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
            )
            _insert_source(cursor, actor, file_name, raw, details, mapping, report, outcome.time_zone)
            step("Committing", 0.95)
        return report


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
    unplaced = 0
    if rows.place:
        ((unplaced,),) = cursor.execute(
            f"SELECT count(*) FROM {quoted(mapping.kind)} WHERE source_id = ? AND {rows.place} IS NULL",
            [source_id],
        ).fetchall()
    return Outcome(
        accepted,
        raw.table.num_rows - accepted + len(raw.refused),
        unplaced,
        rows.area_id,
        rows.notes,
        rows.time_zone,
    )


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


def already_held(store: Store, kind: str, sha256: str) -> ImportReport | None:
    """The report of the source of this kind with the same content, or None where it is new."""
    rows = store.rows("SELECT * FROM source WHERE kind = ? AND sha256 = ?", [kind, sha256])
    if not rows:
        return None
    row = rows[0]
    counts = (row["rows_in"], row["rows_accepted"], row["rows_quarantined"])
    return ImportReport(row["source_id"], *counts, unplaced=0, already_imported=True, area_id=row["area_id"])


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
        "import",
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
