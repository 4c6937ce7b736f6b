"""One box: words without regard to case and accents, numbers in any form, and no more than the role may
read."""

from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.intelligence.findings import save_finding
from analytics.intelligence.reports import save_report
from analytics.oversight import Refused
from analytics.oversight.roles import find_tier
from analytics.search import Hit, is_index_current, refresh_index
from analytics.search import search as search_groups
from analytics.search.cli import search_command
from analytics.search.folding import fold, fold_sql, read_query, squeeze, squeeze_sql
from analytics.search.items import find_elsewhere, read_item
from analytics.store.removal import delete_source_rows
from tests.intelligence.test_findings import FINDING, add_incidents, rows
from tests.intelligence.test_reports import ACTOR, report

ANALYST = find_tier("analyst")


def search(store, typed, tier, limit=50):
    """The hits of all groups in one table."""
    groups = search_groups(store, typed, tier, limit=limit)
    return pd.DataFrame(
        [
            vars(hit) | {"masked": hit.masked_text, "matches": group.matches}
            for group in groups
            for hit in group.hits
        ],
        columns=[*Hit.__dataclass_fields__, "masked", "matches"],
    )


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
    assert read_query("50 %").numbers == () and search(filled_store, "50 %", ANALYST).key.tolist() == ["1:4"]


def test_what_is_typed_is_never_run(filled_store):
    assert search(filled_store, "'; DROP TABLE advert; --", ANALYST).empty
    assert search(filled_store, "DROP TABLE advert", ANALYST).key.tolist() == ["1:4"]


def test_reports_are_searched_in_what_the_role_reads(filled_store):
    assert kinds(search(filled_store, "Novak", ANALYST)) == ["report"]
    assert search(filled_store, "Novak", find_tier("commander")).empty
    assert kinds(search(filled_store, "papers", find_tier("commander"))) == ["report"]
    assert search(filled_store, "papers", find_tier("officer")).empty
    assert search(filled_store, "neighbour", find_tier("officer")).empty  # provenance is searched for nobody


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
    found = search(filled_store, "07700 900555", ANALYST)
    assert found[found.kind == "advert"].key.tolist() == ["1:4"]
    identifier = found[found.kind == "identifier"].iloc[0]
    assert identifier.title == "+447700900555" and "900555" not in identifier.masked_title
    assert "900555" not in str(identifier.target)  # a link is seen before a reason is given


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
    assert kinds(search(filled_store, "cafe", find_tier("partner"))) == ["finding"]
    assert search(filled_store, "Kiln", find_tier("officer")).query("kind == 'finding'").title.tolist() == [
        "Kiln café"
    ]
    assert search(filled_store, "07700 900123", find_tier("officer")).empty


@pytest.mark.parametrize("text", ["Łódź", "ÇİĞDEM Işık", "Straße Ærø", "GB29 NWBK-60|1", "한국 ١٢٣"])
def test_the_store_folds_as_the_query_is_folded(store, text):
    folded = fold_sql("$text")
    row = store.rows(f"SELECT {folded} AS folded, {squeeze_sql(folded)} AS squeezed", {"text": text})[0]
    assert row["folded"] == fold(text) and row["squeezed"].replace("|", "") == squeeze(text)


@pytest.mark.parametrize("typed", ["GB29 NWBK 6016 1331 9268 19", "gb29nwbk60161331926819", "GB29-NWBK-6016"])
def test_an_account_is_found_in_any_spelling_and_by_its_beginning(store, typed):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder) VALUES"
            " (1, 2, 'GB29NWBK60161331926819', 'Łucja Øberg'), (1, 3, 'GB94BARC10201530093459', 'A. Other')"
        ).fetchall()
    assert search(store, typed, ANALYST).key.tolist() == ["1:2"]
    assert search(store, "lucja oberg", ANALYST).key.tolist() == ["1:2"]


def test_what_is_typed_as_it_stands_comes_first(store):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, vehicle, departed_at) VALUES"
            " (1, 2, 'AB12 CDE', NULL), (1, 3, 'XAB12 CDEF', '2026-02-01'), (1, 4, 'AB12CDEX', '2026-01-01')"
        ).fetchall()
    assert search(store, "ab12cde", ANALYST).key.tolist() == ["1:2", "1:4", "1:3"]


def test_only_a_new_source_is_folded_and_a_removed_one_is_found_no_more(filled_store):
    assert not is_index_current(filled_store)
    assert refresh_index(filled_store) == 4 and refresh_index(filled_store) == 0
    with filled_store.write() as cursor:
        cursor.execute(
            "INSERT INTO premises (source_id, row_number, address) VALUES (9, 2, 'Flat 3, Quay Street')"
        ).fetchall()
    assert refresh_index(filled_store) == 1 and is_index_current(filled_store)
    assert kinds(search(filled_store, "quay st", ANALYST)) == ["premises"]
    with filled_store.write() as cursor:
        delete_source_rows(cursor, 9)
    assert search(filled_store, "quay st", ANALYST).empty


def test_places_incidents_and_further_columns_are_found(store):
    add_incidents(store, 5, [2, 3])
    with store.write() as cursor:
        cursor.execute("INSERT INTO area VALUES (1, 'Vellmouth', 32630, 'Europe/London')").fetchall()
        cursor.execute(
            "UPDATE incident SET place = 'Quay Street', lon = -1.5, lat = 53.8,"
            " reference = 'CR/00' || row_number"
        ).fetchall()
        cursor.execute(
            'INSERT INTO advert (source_id, row_number, attributes) VALUES (1, 2, \'{"hair": "auburn"}\')'
        ).fetchall()
    place = search(store, "quay", ANALYST).iloc[0]
    assert (place.kind, place.target.page) == ("place", "hotspots") and "drawn" in place.target.query
    incident = search(store, "cr 003", ANALYST).iloc[0]
    assert (incident.kind, incident.target.query) == ("incident", {"item": "incident-5-3"})
    assert search(store, "auburn", ANALYST).matched.tolist() == [("further columns",)]


def test_an_item_is_masked_says_where_it_comes_from_and_leads_on(filled_store):
    item = read_item(filled_store, "journey-4-2", ANALYST)
    assert item.personal and item.fields["traveller"] == "Ayşe Öz" and item.masked["traveller"] == "A. Ö."
    groups = find_elsewhere(filled_store, item, "paid_by", ANALYST)
    assert sorted(group.kind for group in groups) == ["account", "payment"]
    assert read_query("ACC-0000317").numbers == ("0000317",)  # a short number is not made shorter
    for mark in ("journey-4-99", "journey-x", "identifier-0000000000000000", "product-9", "area-1-1", ""):
        with pytest.raises(KeyError):
            read_item(filled_store, mark, ANALYST)
    with pytest.raises(PermissionError):
        read_item(filled_store, "journey-4-2", find_tier("officer"))


def test_the_command_masks_until_a_reason_is_given_and_is_audited(filled_store, monkeypatch):
    monkeypatch.setattr("analytics.search.cli.open_seen_store", lambda path: filled_store)
    masked = CliRunner().invoke(search_command, ["ayse"])
    assert masked.exit_code == 0 and "Ayşe" not in masked.output and "A. Ö." in masked.output
    clear = CliRunner().invoke(search_command, ["ayse", "--reveal", "case 12, court bundle"])
    assert "Ayşe Öz" in clear.output
    acts = [row["act"] for row in filled_store.rows("SELECT act FROM audit ORDER BY sequence")]
    assert acts[-3:] == ["search", "search", "reveal personal data"]
    assert CliRunner().invoke(search_command, ["ayse", "--reveal", "x"]).exit_code == 2
    monkeypatch.setattr("analytics.search.cli.BULK_ROWS", 0)
    many = CliRunner().invoke(search_command, ["ayse", "--reveal", "case 12, court bundle"])
    assert isinstance(many.exception, Refused) and "Ayşe" not in many.output
    assert "No match" in CliRunner().invoke(search_command, ["nothing-like-it"]).output
