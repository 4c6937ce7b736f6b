"""A small operation with a family and a shop beside it, as imported rows."""

from __future__ import annotations

from analytics.network.entities.update import update_network
from analytics.oversight import Actor
from analytics.store import Store
from tests.sources import insert_source_row

ACTOR = Actor("analyst 1")
CREW = ("Ada Quist", "Bo Ferran", "Cy Molt", "Di Sarn", "Ed Vail", "Flo Gant", "Gus Hock", "Hal Ives")
FAMILY = ("Nan Orrel", "Oz Orrel")
SHOP = "Pol Shopman"
PEOPLE = (*CREW, *FAMILY, SHOP)
# Ada leads two cells of four, and knows both brokers; nobody else knows both.
TIES = ((0, 1), (0, 4), (1, 2), (1, 3), (2, 3), (4, 5), (4, 6), (5, 6), (6, 7), (3, 1))


def person(name: str) -> str:
    """The entity of somebody above."""
    return f"person:account/1/{PEOPLE.index(name) + 2}/holder"


def phone(name: str) -> str:
    return f"0770090{PEOPLE.index(name) + 1000}"


def fill_crew(store: Store) -> None:
    """Accounts, calls, payments and one paid journey; then the network is updated."""
    calls, payments = [], []
    for one, two in TIES:
        calls += [(one, two, f"2026-0{month}-10 10:00:00") for month in (1, 2, 3)]
        payments.append((one, two, "2026-02-11 10:00:00"))
    nan, oz, shop = (PEOPLE.index(name) for name in ("Nan Orrel", "Oz Orrel", SHOP))
    calls += [(nan, oz, f"2026-01-{day:02} 09:00:00") for day in range(1, 9)]
    calls.append((0, nan, "2026-01-20 09:00:00"))  # one wrong number
    payments += [(at, shop, "2026-01-05 10:00:00") for at in range(len(PEOPLE) - 1)] * 3
    with store.write() as cursor:
        for source, kind in enumerate(("account", "communication", "transaction", "journey"), 1):
            insert_source_row(cursor, source, kind)
        for at, name in enumerate(PEOPLE):
            address = "'3 High Street'" if name in FAMILY else "NULL"
            cursor.execute(
                "INSERT INTO account (source_id, row_number, reference, holder, phone, address)"
                f" VALUES (1, ?, ?, ?, ?, {address})",
                [at + 2, f"A{at}", name, phone(name)],
            ).fetchall()
        for row, (one, two, moment) in enumerate(calls, 2):
            cursor.execute(
                "INSERT INTO communication (source_id, row_number, from_phone, to_phone, started_at)"
                " VALUES (2, ?, ?, ?, ?)",
                [row, phone(PEOPLE[one]), phone(PEOPLE[two]), moment],
            ).fetchall()
        for row, (one, two, moment) in enumerate(payments, 2):
            cursor.execute(
                'INSERT INTO "transaction"'
                " (source_id, row_number, from_account, to_account, amount_minor, occurred_at)"
                " VALUES (3, ?, ?, ?, 500, ?)",
                [row, f"A{one}", f"A{two}", moment],
            ).fetchall()
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, traveller, paid_by, from_place, to_place,"
            " departed_at) VALUES (4, 2, 'Vi Karr', 'A0', 'X', 'Y', TIMESTAMP '2026-03-01 08:00:00')"
        ).fetchall()
    update_network(store, ACTOR)
