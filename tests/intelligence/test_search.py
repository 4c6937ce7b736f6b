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
def held(store):
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


def test_words_match_whatever_their_case_and_accents(held):
    assert search(held, "CAFE rooms", ANALYST).key.tolist() == ["1:2"]
    assert search(held, "café absent", ANALYST).empty
    assert search(held, "  ", ANALYST).empty


@pytest.mark.parametrize("typed", ["07700900123", "07700 900 123", "+44 7700 900123", "0044-7700-900123"])
def test_a_number_is_found_in_whatever_form_it_stands(held, typed):
    assert search(held, typed, ANALYST).key.tolist() == ["1:2", "1:3"]


def test_short_numbers_are_words(held):
    assert parse("50 %").numbers == () and search(held, "50 %", ANALYST).key.tolist() == ["1:4"]


def test_what_is_typed_is_never_run(held):
    assert search(held, "'; DROP TABLE advert; --", ANALYST).empty
    assert search(held, "DROP TABLE advert", ANALYST).key.tolist() == ["1:4"]


def test_reports_are_searched_in_what_the_role_reads(held):
    assert kinds(search(held, "Novak", ANALYST)) == ["report"]
    assert search(held, "Novak", tier_of("commander")).empty
    assert kinds(search(held, "papers", tier_of("commander"))) == ["report"]
    assert search(held, "papers", tier_of("officer")).empty
    assert search(held, "neighbour", tier_of("officer")).empty  # provenance is searched for nobody


def test_a_kind_gives_at_most_its_limit_and_says_how_many_match(held):
    found = search(held, "other", ANALYST, limit=1)
    assert len(found) == 1 and found.matches.tolist() == [2]


def test_rows_that_name_people_come_with_what_may_be_shown_of_them(held):
    found = search(held, "Lee", ANALYST).iloc[0]
    assert found.personal and "Lee" not in found.masked
    assert not search(
        held, "papers", ANALYST
    ).personal.any()  # a report is the role's to read, or not found at all


def test_payments_and_journeys_are_found_by_name_account_and_note(held):
    assert kinds(search(held, "ayse oz", ANALYST)) == ["journey", "payment"]
    assert kinds(search(held, "ACC 7700 9001", ANALYST)) == ["account", "journey", "payment"]
    found = search(held, "crossing", ANALYST).iloc[0]
    assert (found.kind, found.masked, found.personal) == ("payment", "transfer", True)


def test_a_disguised_number_is_found_by_what_was_read_in_the_advert(held):
    with held.write() as cursor:
        cursor.execute(
            "INSERT INTO advert_identifier (source_id, row_number, kind, value, field, confidence)"
            " VALUES (1, 4, 'phone', '+447700900555', 'body', 0.9)"
        ).fetchall()
    assert search(held, "07700 900555", ANALYST).key.tolist() == ["1:4"]


def test_a_role_that_reads_no_rows_finds_none_and_only_the_findings_it_reads(held):
    add_incidents(held, 5, [2])
    save_finding(held, ACTOR, replace(FINDING, title="Kiln café"), rows(5, [2]))
    save_finding(
        held, ACTOR, replace(FINDING, title="Kiln café's", handling="C (A1): it's held"), rows(5, [2])
    )
    assert kinds(search(held, "cafe", ANALYST)) == ["advert", "finding", "finding"]
    assert kinds(search(held, "cafe", tier_of("partner"))) == ["finding"]
    assert search(held, "Kiln", tier_of("officer")).query("kind == 'finding'").title.tolist() == ["Kiln café"]
    assert search(held, "07700 900123", tier_of("officer")).empty
