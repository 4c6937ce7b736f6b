"""A few rows of every kind that name a handful of people."""

from __future__ import annotations

from tests.sources import insert_source_row


def fill_rows(store):
    """Ada Quist in three tables, Bea of her house, two who travel together."""
    with store.write() as cursor:
        for source, kind in enumerate(("account", "premises", "communication", "transaction", "journey"), 1):
            insert_source_row(cursor, source, kind)
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder, phone, email, address) VALUES"
            " (1, 2, 'A1', 'Ada Quist', '07700 900123', 'ada@example.org', '3 High Street'),"
            " (1, 3, 'A2', 'Bea Quist', '07700 900124', NULL, '3 High Street'),"
            " (1, 4, 'A3', 'Carl Omund', '07700 900555', NULL, '9 Low Road'),"
            " (1, 5, 'A4', 'Ada Quist', '+44 7700 900123', 'ada@example.org', NULL)"
        ).fetchall()
        cursor.execute(
            "INSERT INTO premises (source_id, row_number, address, holder, let_from)"
            " VALUES (2, 2, '40 Dock Row', 'Ada Quist', DATE '2026-01-02')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO communication (source_id, row_number, from_phone, to_phone, started_at) VALUES"
            " (3, 2, '+447700900123', '07700900555', TIMESTAMP '2026-02-01 10:00:00'),"
            " (3, 3, '07700900555', '07700 900123', TIMESTAMP '2026-02-03 10:00:00')"
        ).fetchall()
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, from_account, to_account, amount_minor)'
            " VALUES (4, 2, 'A1', 'A3', 500)"
        ).fetchall()
        cursor.execute(
            "INSERT INTO journey"
            " (source_id, row_number, traveller, paid_by, from_place, to_place, departed_at) VALUES"
            " (5, 2, 'Dora Lind', 'A1', 'X', 'Y', TIMESTAMP '2026-03-01 08:00:00'),"
            " (5, 3, 'Eve Marr', 'A1', 'X', 'Y', TIMESTAMP '2026-03-01 08:00:00')"
        ).fetchall()
