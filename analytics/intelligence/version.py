"""A mark that changes whenever reports, findings, their links, products or decisions do: what pages cache
by."""

from __future__ import annotations

from analytics.store import Store

_APPENDED = ("finding", "report", "product", "decision")  # versions are added to these, never changed
_LINKS = ("finding_link", "report_link")  # added, and withdrawn once


def read_written_version(store: Store) -> tuple[int, ...]:
    """The data version, then how much of each was ever written. Cheap: counts alone."""
    counts = [f"(SELECT count(*) FROM {table})" for table in _APPENDED]
    counts += [f"(SELECT count(*) + count(withdrawn_at) FROM {table})" for table in _LINKS]
    with store.read() as cursor:
        (row,) = cursor.execute(f"SELECT version, {', '.join(counts)} FROM data_version").fetchall()
    return row
