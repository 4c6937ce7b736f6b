"""A file of any kind into the store: one transaction, every refused row kept with its number and reason.

The kinds differ in the function that makes rows of a file (ROWS). The questions asked once, the steps shown,
and the record of success and of failure are the same for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TypedDict, Unpack

import duckdb

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file
from analytics.ingest.attributes import find_few_attributes
from analytics.ingest.boundaries import boundary_rows
from analytics.ingest.import_report import ImportReport, Outcome, SourceDetails
from analytics.ingest.incidents import incident_rows
from analytics.ingest.losses import describe_unread
from analytics.ingest.mapping import Mapping, check_mapping, repaired
from analytics.ingest.record_rows import account_rows, advert_rows, transaction_rows
from analytics.ingest.repairs import NO_REPAIRS
from analytics.ingest.row_insertion import write_rows
from analytics.ingest.rows import Destination, RowMaker
from analytics.ingest.source_record import find_imported, insert_source, new_source_id
from analytics.ingest.sql import register_rows
from analytics.ingest.steps import Steps
from analytics.ingest.trade_rows import communication_rows, journey_rows, premises_rows
from analytics.oversight import Actor, record
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
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


class HowImported(TypedDict, total=False):
    """How a file is imported. `mode`: added, where nothing is said. Unless it `accepts_losses`, a file that
    would lose more than a fifth of its rows is only tried; it does, where nothing is said."""

    mode: ImportMode
    accepts_losses: bool
    progress: Progress
    cancelled: IsCancelled


def import_file(
    store: Store,
    actor: Actor,
    path: Path,
    mapping: Mapping,
    details: SourceDetails,
    *,
    area: str | None = None,
    **how: Unpack[HowImported],
) -> ImportReport:
    """Import a file as the kind that the mapping is of. The same content twice as the same kind adds nothing,
    unless the mode is to replace what is there.

    `area` names the working area. Incidents and boundaries make it if it is new; without a name they go to
    the area around their places, or make one. The times of other kinds are those of an area already stored.
    Raises UnreadableFile, also recorded as a failed import, or Cancelled; either way nothing is kept."""

    def write(cursor: duckdb.DuckDBPyConnection, raw: RawTable, source_id: int, step: Steps) -> Outcome:
        destination = Destination(area or None, details.name, step)
        table = register_rows(cursor, raw.table)
        with ThreadPoolExecutor(1) as beside:  # reading places leaves a core free
            few_attributes = beside.submit(find_few_attributes, raw.table, mapping.of("attribute"))
            rows = ROWS[mapping.kind](cursor, table, mapping, destination)
        step("Writing", 0.6)
        outcome = write_rows(cursor, raw, table, mapping, rows, few_attributes.result(), source_id)
        cursor.unregister(table.table)
        return outcome

    return run_import(store, actor, path, mapping, details, write, **how)


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
    with failures_recorded(store, actor, file_name, kind, details.purpose):
        step("Reading the file", 0.05)
        raw = _read_repaired(path, mapping)
        found = find_imported(store, kind, raw)
        if found and mode is ImportMode.ADD:
            return found
        try:
            with store.write() as cursor, step.interrupting(cursor):
                # Perhaps by another session while this one waited.
                found = find_imported(store, kind, raw)
                if found and mode is ImportMode.ADD:
                    return found
                replaced = found.source_id if found and mode is ImportMode.REPLACE else None
                if replaced is not None:
                    delete_source_rows(cursor, replaced)
                source_id = new_source_id(cursor) if replaced is None else replaced
                outcome = write(cursor, raw, source_id, step)
                report = _describe_import(cursor, source_id, raw, mapping, outcome)
                if mode is ImportMode.TRY or report.losses and not accepts_losses:
                    raise _Tried(replace(report, is_written=False))
                insert_source(
                    cursor,
                    actor,
                    file_name,
                    raw,
                    details,
                    mapping,
                    report,
                    outcome.time_zone,
                    replaced is not None,
                )
                step("Committing", 0.95)
            return report
        except _Tried as tried:
            return tried.report


def _read_repaired(path: Path, mapping: Mapping) -> RawTable:
    """The rows of a file that its mapping asks for, repaired as it says. Raises UnreadableFile."""
    needs_all = mapping.is_incomplete() or mapping.repairs != NO_REPAIRS
    read = read_file(path, None if needs_all else mapping.names(), kind=mapping.kind, reading=mapping.reading)
    check_mapping(read, mapping)
    return repaired(read, mapping)


def _describe_import(
    cursor: duckdb.DuckDBPyConnection, source_id: int, raw: RawTable, mapping: Mapping, outcome: Outcome
) -> ImportReport:
    """What became of a file whose rows are written."""
    return ImportReport(
        source_id,
        raw.table.num_rows + len(raw.refused),
        outcome.accepted,
        outcome.quarantined,
        outcome.unplaced,
        False,
        outcome.area_id,
        (*raw.notes, *mapping.notes(), *outcome.notes),
        outcome.losses,
        () if mapping.reading.parts else describe_unread(raw.layout.parts),
        _count_reasons(cursor, source_id),
    )


def _count_reasons(cursor: duckdb.DuckDBPyConnection, source_id: int) -> tuple[tuple[str, int], ...]:
    found = cursor.execute(
        "SELECT reason, count(*) FROM quarantine WHERE source_id = ?"
        " GROUP BY reason ORDER BY 2 DESC, 1 LIMIT 5",
        [source_id],
    ).fetchall()
    return tuple((reason, count) for reason, count in found)


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
