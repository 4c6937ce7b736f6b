"""The folded texts of imported rows, kept in the store so that a search over a million rows is one scan.

A row never changes once it is imported, so each source is folded once. `removal` deletes what is folded of a
source together with its rows."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from analytics.search.folding import SEPARATOR, fold_sql, squeeze_sql
from analytics.search.records import RECORDS, Record
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store

_CHUNK = 100_000  # rows folded at a time: between two of them other writers have their turn
_FOLDING = threading.Lock()  # one at a time; who waits finds nothing left to fold
_CHECKED = "which sources the search has not folded"


@dataclass(frozen=True)
class _Due:
    record: Record
    source_id: int


def is_index_current(store: Store) -> bool:
    """Whether every imported row can be found."""
    return not _list_due(store)


def refresh_index(
    store: Store, progress: Progress = ignore_progress, cancelled: IsCancelled = never_cancelled
) -> int:
    """Fold what was imported since the last call; returns how many sources. What was folded before a
    cancellation stays."""
    with _FOLDING:
        due = _list_due(store)
        for done, one in enumerate(due):
            if cancelled():
                return done
            progress("Preparing the search", done / len(due))
            _fold_source(store, one)
    return len(due)


def _list_due(store: Store) -> list[_Due]:
    """Sources whose rows are not those that were folded."""
    version = store.data_version()
    if store.query_cache.find(version, _CHECKED) is not None:
        return []
    present = " UNION ALL ".join(
        f"SELECT '{record.table}' AS record, source_id, count(*) AS rows FROM \"{record.table}\" GROUP BY ALL"
        for record in RECORDS
    )
    found = store.query(
        f"SELECT record, source_id FROM ({present}) ANTI JOIN search_source USING (record, source_id, rows)"
        " ORDER BY ALL"
    )
    if not found.num_rows:
        store.query_cache.add(version, _CHECKED, found)
        return []
    by_table = {record.table: record for record in RECORDS}
    return [_Due(by_table[row["record"]], row["source_id"]) for row in found.to_pylist()]


def _fold_source(store: Store, due: _Due) -> None:
    record, keys = due.record, [due.record.table, due.source_id]
    texts = f" || ' {SEPARATOR} ' || ".join(f"coalesce(\"{column}\", '')" for column in record.columns)
    folded = fold_sql(f"'{SEPARATOR} ' || {texts} || ' {SEPARATOR}'")
    with store.write(changes_data=False) as cursor:
        for table in ("search_row", "search_source"):
            cursor.execute(f"DELETE FROM {table} WHERE record = ? AND source_id = ?", keys).fetchall()
    ((first, last),) = (
        row.values()
        for row in store.rows(
            f'SELECT min(row_number) AS first, max(row_number) AS last FROM "{record.table}"'
            " WHERE source_id = ?",
            [due.source_id],
        )
    )
    for start in range(first, last + 1, _CHUNK):
        with store.write(changes_data=False) as cursor:
            cursor.execute(
                f"INSERT INTO search_row SELECT source_id, row_number, '{record.table}', moment, folded,"
                f" {squeeze_sql('folded')} FROM (SELECT source_id, row_number,"
                f' CAST("{record.moment}" AS TIMESTAMP) AS moment, {folded} AS folded'
                f' FROM "{record.table}" WHERE source_id = ? AND row_number >= ? AND row_number < ?)',
                [due.source_id, start, start + _CHUNK],
            ).fetchall()
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            f'INSERT INTO search_source SELECT source_id, ?, count(*) FROM "{record.table}"'
            " WHERE source_id = ? GROUP BY source_id",
            keys,
        ).fetchall()
