"""A small store with at least one thing of every kind that the search finds, each written out here."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import shapely

from analytics.intelligence.findings import save_finding
from analytics.intelligence.reports import save_report
from analytics.oversight import Actor
from analytics.search import refresh_index
from analytics.store import Store
from analytics.tasking.brief import Brief
from analytics.tasking.products import save_product
from analytics.tasking.strategy import Priority, Strategy, save_strategy
from tests.intelligence.test_findings import FINDING, add_incidents, rows
from tests.intelligence.test_reports import report

ACTOR = Actor("tester")
PHONE, EMAIL, HANDLE = "+447700900555", "mia@example.org", "@mia_k"
_SEGMENTS = (((-1.5, 53.8), (-1.5, 53.81)), ((-1.4, 53.9), (-1.4, 53.91)))
_SQUARE = shapely.box(-1.6, 53.7, -1.5, 53.8)

_ROWS = (
    "INSERT INTO area VALUES (1, 'Vellmouth', 32630, 'Europe/London')",
    "INSERT INTO premises (source_id, row_number, reference, address, kind, holder, owner, contact, place,"
    " let_from) VALUES (2, 2, 'P-1', '12 Harbour Walk, Tarnwick', 'flat', 'Nora Rakeld', 'Banrusk Lettings',"
    " '07700 900111', 'Tarnwick', '2026-02-03'), (2, 3, 'P-2', NULL, 'shop', NULL, NULL, NULL, NULL, NULL),"
    " (2, 4, NULL, NULL, 'yard', NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO journey (source_id, row_number, reference, traveller, vehicle, document, contact, paid_by,"
    " from_place, to_place, mode, service, departed_at) VALUES"
    " (3, 2, 'J-1', 'Ayşe Öz', 'AB12 CDE', 'N1234567', 'mia@example.org', 'ACC-0001', 'Pellgate', 'Oldport',"
    " 'ferry', 'F 77', '2026-04-05 06:07'),"
    " (3, 3, 'J-2', NULL, NULL, NULL, NULL, NULL, NULL, 'Dunvar', 'rail', NULL, NULL)",
    "INSERT INTO communication (source_id, row_number, from_phone, to_phone, from_name, to_name, kind, place,"
    " seconds, started_at, device) VALUES"
    " (4, 2, '07700 900222', '029 2018 0802', 'Mia Kern', NULL, 'call', 'Hill mast', 40, '2026-04-06',"
    " 'IM99'),"
    " (4, 3, NULL, NULL, 'Tove Lind', NULL, 'message', NULL, NULL, NULL, NULL),"
    " (4, 4, NULL, '07700 900223', NULL, 'Ole Berg', NULL, 'Quay mast', 1, NULL, NULL)",
    "INSERT INTO account (source_id, row_number, reference, holder, kind, place, phone, email, address,"
    " opened) VALUES (5, 2, 'GB29NWBK60161331926819', 'Łucja Øberg', 'personal', 'Vellmouth',"
    " '07700 900333', 'lucja@example.org', '3 Reed Lane, Dunvar', '2020-01-02'),"
    " (5, 3, NULL, 'Nameless Trading', 'business', NULL, NULL, NULL, NULL, NULL),"
    " (5, 4, 'GB94BARC10201530093459', NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
    " (5, 5, NULL, NULL, NULL, NULL, NULL, NULL, '4 Reed Lane, Dunvar', NULL)",
    'INSERT INTO "transaction" (source_id, row_number, reference, from_account, from_name, to_account,'
    " to_name, amount_minor, currency, channel, merchant_category, place, note, occurred_at) VALUES"
    " (6, 2, 'TR-1', 'ACC-0001', 'Ayşe Öz', 'GB94BARC10201530093459', NULL, 5222, 'GBP', 'transfer', 'rent',"
    " 'Vellmouth', 'rent for Dana', '2026-04-07 08:09:10'),"
    " (6, 3, 'TR-2', NULL, NULL, NULL, 'Corner Shop', 1200, 'JPY', 'card', NULL, NULL, NULL, NULL),"
    " (6, 4, 'TR-3', 'ACC-0001', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO advert (source_id, row_number, reference, title, body, kind, site, place, contact,"
    " posted_at) VALUES (7, 2, 'AD-1', 'Café work', 'Rooms and meals; ring 07700 900444', 'jobs',"
    " 'smallads.example', 'Tarnwick', '07700 900444', '2026-03-04 05:06'),"
    " (7, 3, 'AD-2', NULL, 'Massage by appointment', NULL, NULL, 'Tarnwick', NULL, NULL),"
    " (7, 4, 'AD-3', NULL, 'call oh seven seven', NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO advert_identifier (source_id, row_number, field, kind, value, confidence) VALUES"
    f" (7, 4, 'body', 'phone', '{PHONE}', 0.9), (7, 3, 'body', 'phone', '{PHONE}', 0.9),"
    f" (7, 2, 'body', 'phone', '+447700900444', 0.9), (7, 2, 'body', 'email', '{EMAIL}', 0.9),"
    f" (7, 2, 'body', 'handle', '{HANDLE}', 0.9), (7, 2, 'body', 'price', 'mia 80', 0.9),"
    " (7, 3, 'body', 'beacon', 'mia-beacon', 0.9)",
    "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, imported_at, imported_by,"
    " legal_basis, purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined) VALUES"
    " (7, 'advert', 'Adverts 7', 'a.csv', 'x', 'x', '2026-01-01', 't', 'Police Act', 'p', 'P', '2030-01-01',"
    " 3, 3, 0)",
    "INSERT INTO operation VALUES (3, 1.0, 3, 1), (12, 1.0, 1, 1)",
    "INSERT INTO operation_advert VALUES (3, 7, 2), (3, 7, 3), (3, 7, 4), (12, 7, 2)",
    "INSERT INTO requirement (requirement_id, version, question, priority, owner, due, status, note,"
    " saved_by, saved_at) VALUES (1, 1, 'Who lets the kilns?', NULL, 'Ann', '2026-06-01', 'open', '', 't',"
    " '2026-05-01'), (2, 1, 'Old wording', NULL, 'Bob', '2026-06-01', 'open', '', 't', '2026-05-01'),"
    " (2, 2, 'Which coach?', 'Exploitation', 'Bob', '2026-06-01', 'open', 'asked twice', 't', '2026-05-02')",
    "INSERT INTO driver VALUES"
    " (1, 1, 'economic', 'Rents rise', 'Crowded flats', 'raises', 'The bank', '1', 'A',"
    " 'P', [], '2026-01-01', false, '', 't', '2026-05-03'), (2, 1, 'legal', 'Rents law', '', 'raises',"
    " 'The press', '1', 'A', 'P', [], '2026-01-01', false, '', 't', '2026-05-03'),"
    " (2, 2, 'legal', 'Rents law', '', 'raises', 'The press', '1', 'A', 'P', [], '2026-01-01', true, 'void',"
    " 't', '2026-05-04'), (3, 1, 'legal', 'Rents secret', '', 'raises', 'A contact', '1', 'A', 'C', [],"
    " '2026-01-01', false, '', 't', '2026-05-03')",
    "INSERT INTO decision (decision_id, product_id, product_version, outcome, reason, decided_by, decided_at,"
    " supersedes) VALUES (1, 1, 1, 'adopted', 'r', 't', '2026-05-05', NULL),"
    " (2, 1, 1, 'amended', 'r', 't', '2026-05-06', 1)",
    "INSERT INTO action (action_id, decision_id, description, owner, agency, contact, due, status) VALUES"
    " (1, 1, 'Visit the yard', 'Ann', '', NULL, '2026-06-02', 'open'),"
    " (2, 2, 'Visit the kilns', 'Bob', 'Fire service', 'Station 4', '2026-06-03', 'done')",
)


def fill_store(store: Store) -> None:
    with store.write() as cursor:
        for statement in _ROWS:
            cursor.execute(statement).fetchall()
        for number, (role, layer, code, name, shape) in enumerate(
            (
                ("street", "Streets", None, "Kiln Row", shapely.LineString(_SEGMENTS[0])),
                ("street", "Streets", None, " Kiln Row ", shapely.LineString(_SEGMENTS[1])),
                ("street", "Streets", None, "Other Row", shapely.LineString(_SEGMENTS[1])),
                ("area", "Beats", "B7", "Harbour beat", _SQUARE),
                ("area", "Beats", "Harbour 8", " ", _SQUARE),
                ("poi", "Places", None, "Harbour light", shapely.Point(-1.55, 53.75)),
                ("green", "Parks", None, "Harbour green", _SQUARE),
                ("beat edge", "Edges", None, "Harbour edge", _SQUARE),
            ),
            start=2,
        ):
            values = [number, layer, role, code, name, shapely.to_wkb(shape)]
            cursor.execute("INSERT INTO boundary VALUES (9, ?, 1, ?, ?, ?, ?, ?)", values).fetchall()
    add_incidents(store, 8, [2, 3, 4])
    with store.write() as cursor:
        cursor.execute(
            "UPDATE incident SET reference = 'CR/00' || (row_number * 11), lon = -1.5 - row_number / 100,"
            " lat = 53.8 + row_number / 100, x = 1.0, y = 2.0, place = 'Quay Street'"
        ).fetchall()
        cursor.execute(
            "UPDATE incident SET place = 'Nowhere Quay', lon = NULL, lat = NULL WHERE row_number = 4"
        ).fetchall()
        cursor.execute("UPDATE incident SET reference = 'CR/0022-B' WHERE row_number = 3").fetchall()
    save_report(store, ACTOR, report(reference="R-77"))
    save_finding(store, ACTOR, FINDING, rows(8, [2]))
    save_finding(store, ACTOR, replace(FINDING, title="Closed kilns", handling="C (A1)"), rows(8, [2]))
    brief = dict.fromkeys((field.name for field in fields(Brief) if field.type == "str"), "")
    brief |= {"title": "Kilns by night", "what": "Vans wait by the gasworks.", "review_date": "2026-09-01"}
    save_product(store, ACTOR, "brief", brief["title"], brief, [1])
    priorities = (Priority("Lanterns first", "They fail.", "Mend them.", "", "Fines."),)
    save_strategy(
        store,
        ACTOR,
        Strategy(date(2026, 1, 1), date(2026, 12, 31), priorities, "", "P", {}, {}),
    )
    content = {"sections": {"who": "Gasworks staff."}, "titles": {"who": "Who they are"}, "report_ids": [1]}
    save_product(store, ACTOR, "subject profile", "Staff of the works", content, [])
    with store.write() as cursor:  # at moments that a test can name
        for table, column in (("finding", "created_at"), ("product", "created_at"), ("report", "saved_at")):
            cursor.execute(
                f"UPDATE {table} SET {column} = TIMESTAMP '2026-05-10' + INTERVAL 1 DAY * {table}_id"
            ).fetchall()
    refresh_index(store)
