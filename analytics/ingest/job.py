"""What every import shares: the questions asked once, the steps shown, the record of success and of
failure."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable
from analytics.oversight import Actor, record
from analytics.shared.progress import Cancelled, IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store, now


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


@contextmanager
def failures_recorded(store: Store, actor: Actor, file_name: str, kind: str, purpose: str) -> Iterator[None]:
    """Record a failed import and raise it as UnreadableFile, in the user's words."""
    try:
        yield
    except (UnreadableFile, duckdb.Error, OSError) as error:
        told = error if isinstance(error, UnreadableFile) else UnreadableFile(_plain(error))
        # On a full disk the failure cannot be written either; what happened must still be said.
        with suppress(duckdb.Error), store.write(changes_data=False) as cursor:
            failure = [file_name, kind, now(), actor.name, str(told)[:500]]
            cursor.execute("INSERT INTO import_failure VALUES (?, ?, ?, ?, ?)", failure).fetchall()
            record(cursor, actor, "import failed", file_name, purpose, {"reason": str(told)[:500]})
        raise told from error


def _plain(error: duckdb.Error | OSError) -> str:
    text = str(error)
    full = ("No space left", "File too large", "disk quota", "max_temp_directory_size", "failed to offload")
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT) or any(
        sign.lower() in text.lower() for sign in full
    ):
        return (
            "The disk that holds the store is full. Nothing of the file was kept. Free some space "
            "and import the file again."
        )
    return f"The import failed and nothing of the file was kept: {text[:300]}"


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


def insert_source(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    kind: str,
    file_name: str,
    raw: RawTable,
    details: SourceDetails,
    parameters: dict[str, Any],
    report: ImportReport,
    time_zone: str | None = None,
) -> None:
    """Write the source's own row and its audit record, in the caller's transaction.

    `time_zone`: of the file's clock times, where it is not that of the area.
    """
    cursor.execute(
        "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, parameters, area_id,"
        " imported_at,"
        " imported_by, legal_basis, purpose, handling, review_date, rows_in, rows_accepted, "
        "rows_quarantined, time_zone)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            report.source_id,
            kind,
            details.name,
            file_name,
            raw.sha256,
            raw.format,
            json.dumps(parameters),
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
            "kind": kind,
            "file": file_name,
            "sha256": raw.sha256,
            "accepted": report.accepted,
            "quarantined": report.quarantined,
        },
    )


def keep_malformed(cursor: duckdb.DuckDBPyConnection, source_id: int, raw: RawTable, accepted: int) -> None:
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
