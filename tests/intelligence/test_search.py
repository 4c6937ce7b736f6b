"""One box: words without regard to case and accents, numbers in any form, and no more than the role may
read."""

from dataclasses import replace

import pytest

from analytics.intelligence.access import tier_of
from analytics.intelligence.findings import save_finding
from analytics.intelligence.reports import save_report
from analytics.intelligence.search import parse, search
from tests.intelligence.test_findings import FINDING, add_incidents, rows
from tests.intelligence.test_reports import ACTOR, report

ANALYST = tier_of("analyst")


@pytest.fixture
def filled_store(store):
    save_report(store, ACTOR, report())
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO advert (source_id, row_number, reference, title, body, contact) VALUES"
            " (1, 2, 'AD-1', 'Café work', 'Rooms and meals; ring 07700 900123', NULL),"
            " (1, 3, 'AD-2', 'Other', 'Nothing here', '+44 (0)7700-900-123'),"
            " (1, 4, 'AD-3', 'Other', E'It''s 50 % off; DROP TABLE advert', NULL)"
        ).fetchall()
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder, phone)"
            " VALUES (2, 2, 'ACC-77009001', 'M. Lee', NULL)"
        ).fetchall()
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, reference, from_account, to_name, channel,'
            " note)"
            " VALUES (3, 2, 'TR-1', 'ACC-77009001', 'Ayşe Öz', 'transfer', 'for the crossing')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, reference, traveller, paid_by, mode, to_place)"
            " VALUES (4, 2, 'J-1', 'Ayşe Öz', 'ACC-77009001', 'ferry', 'Oldport')"
        ).fetchall()
    return store


def kinds(found):
    return sorted(found.kind.tolist())


def test_words_match_whatever_their_case_and_accents(filled_store):
    assert search(filled_store, "CAFE rooms", ANALYST).key.tolist() == ["1:2"]
    assert search(filled_store, "café absent", ANALYST).empty
    assert search(filled_store, "  ", ANALYST).empty


@pytest.mark.parametrize("typed", ["07700900123", "07700 900 123", "+44 7700 900123", "0044-7700-900123"])
def test_a_number_is_found_in_whatever_form_it_stands(filled_store, typed):
    assert search(filled_store, typed, ANALYST).key.tolist() == ["1:2", "1:3"]


def test_short_numbers_are_words(filled_store):
    assert parse("50 %").numbers == () and search(filled_store, "50 %", ANALYST).key.tolist() == ["1:4"]


def test_what_is_typed_is_never_run(filled_store):
    assert search(filled_store, "'; DROP TABLE advert; --", ANALYST).empty
    assert search(filled_store, "DROP TABLE advert", ANALYST).key.tolist() == ["1:4"]


def test_reports_are_searched_in_what_the_role_reads(filled_store):
    assert kinds(search(filled_store, "Novak", ANALYST)) == ["report"]
    assert search(filled_store, "Novak", tier_of("commander")).empty
    assert kinds(search(filled_store, "papers", tier_of("commander"))) == ["report"]
    assert search(filled_store, "papers", tier_of("officer")).empty
    assert search(filled_store, "neighbour", tier_of("officer")).empty  # provenance is searched for nobody


def test_a_kind_gives_at_most_its_limit_and_says_how_many_match(filled_store):
    found = search(filled_store, "other", ANALYST, limit=1)
    assert len(found) == 1 and found.matches.tolist() == [2]


def test_rows_that_name_people_come_with_what_may_be_shown_of_them(filled_store):
    found = search(filled_store, "Lee", ANALYST).iloc[0]
    assert found.personal and "Lee" not in found.masked
    assert not search(
        filled_store, "papers", ANALYST
    ).personal.any()  # a report is the role's to read, or not found at all


def test_payments_and_journeys_are_found_by_name_account_and_note(filled_store):
    assert kinds(search(filled_store, "ayse oz", ANALYST)) == ["journey", "payment"]
    assert kinds(search(filled_store, "ACC 7700 9001", ANALYST)) == ["account", "journey", "payment"]
    found = search(filled_store, "crossing", ANALYST).iloc[0]
    assert (found.kind, found.masked, found.personal) == ("payment", "transfer", True)


def test_a_disguised_number_is_found_by_what_was_read_in_the_advert(filled_store):
    with filled_store.write() as cursor:
        cursor.execute(
            "INSERT INTO advert_identifier (source_id, row_number, kind, value, field, confidence)"
            " VALUES (1, 4, 'phone', '+447700900555', 'body', 0.9)"
        ).fetchall()
    assert search(filled_store, "07700 900555", ANALYST).key.tolist() == ["1:4"]


def test_a_role_that_reads_no_rows_finds_none_and_only_the_findings_it_reads(filled_store):
    add_incidents(filled_store, 5, [2])
    save_finding(filled_store, ACTOR, replace(FINDING, title="Kiln café"), rows(5, [2]))
    save_finding(
        filled_store,
        ACTOR,
        replace(FINDING, title="Kiln café's", handling="C (A1): it's filled_store"),
        rows(5, [2]),
    )
    assert kinds(search(filled_store, "cafe", ANALYST)) == ["advert", "finding", "finding"]
    assert kinds(search(filled_store, "cafe", tier_of("partner"))) == ["finding"]
    assert search(filled_store, "Kiln", tier_of("officer")).query("kind == 'finding'").title.tolist() == [
        "Kiln café"
    ]
    assert search(filled_store, "07700 900123", tier_of("officer")).empty
