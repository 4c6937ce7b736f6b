"""A source as the tests need one: named columns, so that a new column breaks none of them."""

from datetime import date, datetime

import duckdb


def insert_source_row(
    cursor: duckdb.DuckDBPyConnection,
    source_id: int,
    kind: str,
    *,
    area_id: int | None = None,
    imported_at: datetime = datetime(2026, 4, 2, 8),
) -> None:
    """Write one source of this kind."""
    row = {
        "source_id": source_id,
        "kind": kind,
        "name": "Test",
        "file_name": "test.csv",
        "sha256": str(source_id),
        "importer": "CSV",
        "area_id": area_id,
        "imported_at": imported_at,
        "imported_by": "tester",
        "legal_basis": "law",
        "purpose": "test",
        "handling": "P",
        "review_date": date(2030, 1, 1),
        "rows_in": 1,
        "rows_accepted": 1,
        "rows_quarantined": 0,
    }
    cursor.execute(
        f"INSERT INTO source ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
    ).fetchall()
