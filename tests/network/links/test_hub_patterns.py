"""What a busy node looks like by its rows."""

from __future__ import annotations

import pytest

from analytics.network.entities.update import update_network
from analytics.network.links.entity_page import find_node, read_entity
from analytics.network.links.explanations import list_explanations
from analytics.network.links.hub_patterns import find_hub_pattern
from analytics.oversight import Actor
from tests.sources import insert_source_row


def _pay(cursor, rows):
    for number, (payer, payee, day, pence) in enumerate(rows, 2):
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, occurred_at, from_account, to_account,'
            " amount_minor) VALUES (1, ?, TIMESTAMP '2026-01-01' + to_days(?), ?, ?, ?)",
            [number, day, payer, payee, pence],
        ).fetchall()


@pytest.fixture
def busy(store):
    with store.write() as cursor:
        for source, kind in enumerate(("transaction", "communication", "premises"), 1):
            insert_source_row(cursor, source, kind)
        monthly = [(who, 30 * month) for who in range(6) for month in range(4)]
        _pay(
            cursor,
            [("WAGES", f"W{who}", day, 90_000 + 500 * who + day) for who, day in monthly]
            + [("TEMPS", f"T{who}", day * 7 // 30, 30_000 + day) for who, day in monthly]
            + [(f"R{who}", "RENT", day, 60_000) for who, day in monthly]
            + [(f"C{who}", "SHOP", who, 700 + who) for who in range(30)],
        )
        for at in range(30):
            calls = [(f"07700 9001{at:02}", "020 7946 0001", 60), ("07700 900999", f"07700 9002{at:02}", 900)]
            for turn, (one, two, seconds) in enumerate(calls):
                cursor.execute(
                    "INSERT INTO communication (source_id, row_number, from_phone, to_phone, started_at,"
                    " seconds) VALUES (2, ?, ?, ?, TIMESTAMP '2026-01-01 10:00:00', ?)",
                    [2 + 2 * at + turn, one, two, seconds],
                ).fetchall()
        for at in range(6):
            cursor.execute(
                "INSERT INTO premises (source_id, row_number, address, holder) VALUES (3, ?, ?, 'Ada Quist')",
                [2 + at, f"{at + 1} Dock Row"],
            ).fetchall()
    update_network(store, Actor("test"))
    return store


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("WAGES", "a payroll"),
        ("TEMPS", "an agency"),
        ("RENT", "a landlord, or whoever collects instalments"),
        ("SHOP", "a shop"),
        ("020 7946 0001", "a switchboard"),
        ("07700 900999", "an interpreter"),
        ("W1", None),
        ("07700 900101", None),
    ],
)
def test_a_hub_is_named_by_its_pattern(busy, asked, what):
    found = find_hub_pattern(busy, find_node(busy, asked))
    assert (found.what if found else None) == what


def test_the_likeness_is_one_of_the_explanations(busy):
    texts = [one.text for one in list_explanations(busy, read_entity(busy, "account:WAGES")) if one.seen]
    assert texts == [
        "It looks like a payroll: 6 of 6 payees are paid every month. That is a likeness, not a fact."
    ]
