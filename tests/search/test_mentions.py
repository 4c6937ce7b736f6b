"""What a report's words name, and where each of them leads."""

import pytest

from analytics.adverts.identifiers import find_identifiers
from analytics.oversight.roles import find_tier
from analytics.search import PageLink, refresh_index
from analytics.search.items import open_identifier
from analytics.search.mentions import find_mentions

ANALYST, READER = find_tier("analyst"), find_tier("officer")
TEXT = "A van (kx54 LMN, KX54 LMN) paid into ACC-7700; call +44 7700 900123 or write mia@example.org. <b>"


@pytest.fixture
def filled_store(store):
    phone = next(found.value for found in find_identifiers(TEXT) if found.kind == "phone")
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO advert_identifier (source_id, row_number, field, kind, value, confidence) VALUES"
            " (1, 2, 'body', 'phone', ?, 0.99)",
            [phone],
        ).fetchall()
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference) VALUES (2, 3, 'acc 7700')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, vehicle) VALUES (4, 5, 'KX54LMN')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO \"transaction\" (source_id, row_number, reference) VALUES (6, 2, 'TR-1')"
        ).fetchall()
    refresh_index(store)
    return store, phone


def links(found, text=TEXT):
    return {text[one.start : one.end]: one.opens for one in found}


def test_each_mention_opens_the_thing_it_names(filled_store):
    store, phone = filled_store
    ((*found,),) = find_mentions(store, [TEXT], ANALYST)
    assert links(found) == {
        "kx54 LMN": PageLink("search", {"item": "journey-4-5"}),
        "KX54 LMN": PageLink("search", {"item": "journey-4-5"}),
        "ACC-7700": PageLink("finance", {"account": "2-3"}),
        "+44 7700 900123": open_identifier("phone", phone),
        "mia@example.org": PageLink("search", {"find": "mia@example.org"}),
    }


def test_a_role_that_reads_no_rows_is_led_to_none(filled_store):
    ((*found,),) = find_mentions(filled_store[0], [TEXT], READER)
    assert {one.opens.page for one in found} == {"search"} and all("find" in one.opens.query for one in found)


def test_what_no_row_has_is_no_mark(store):
    assert find_mentions(store, ["Room 1234567 on 12 May 2026, at 10:15", ""], ANALYST) == [[], []]


def test_each_mention_says_what_it_opens(filled_store):
    ((*found,),) = find_mentions(filled_store[0], [TEXT], ANALYST)
    assert [(TEXT[one.start : one.end], one.what) for one in found] == [
        ("kx54 LMN", "Journey on record"),
        ("KX54 LMN", "Journey on record"),
        ("ACC-7700", "Account on record"),
        ("+44 7700 900123", "Telephone in adverts"),
        ("mia@example.org", "Search for this e-mail"),
    ]


@pytest.mark.parametrize(
    "table, column, what",
    [
        ("communication", "device", "Communication on record"),
        ("premises", "reference", "Premises on record"),
        ("transaction", "from_account", "Payment on record"),
    ],
)
def test_a_mark_opens_the_row_that_has_it_as_a_whole(store, table, column, what):
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO \"{table}\" (source_id, row_number, {column}) VALUES (1, 3, 'QX-12345'),"
            f" (1, 2, 'qx 12345'), (1, 4, 'QX-123456')"
        ).fetchall()
    text = "Seen: QX12345, once."
    assert find_mentions(store, [text], ANALYST) == [[]]  # not folded yet
    refresh_index(store)
    ((one,), (longer,)) = find_mentions(store, [text, "QX 123456"], ANALYST)
    assert (text[one.start : one.end], one.what) == ("QX12345", what)
    assert one.opens == PageLink("search", {"item": f"{table}-1-2"})
    assert longer.opens == PageLink("search", {"item": f"{table}-1-4"})


def test_of_rows_that_have_a_mark_the_account_is_opened_first(store):
    for table, column in (
        ("transaction", "from_account"),
        ("premises", "reference"),
        ("communication", "device"),
        ("journey", "vehicle"),
        ("account", "reference"),
    ):
        with store.write() as cursor:
            cursor.execute(
                f"INSERT INTO \"{table}\" (source_id, row_number, {column}) VALUES (1, 2, 'QX-12345')"
            ).fetchall()
        refresh_index(store)
        ((one,),) = find_mentions(store, ["QX-12345"], ANALYST)
        opened = PageLink("search", {"item": f"{table}-1-2"})
        assert one.opens == (PageLink("finance", {"account": "1-2"}) if table == "account" else opened)


def test_a_number_is_known_by_its_kind_and_value_in_adverts(store):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO advert_identifier (source_id, row_number, field, kind, value, confidence) VALUES"
            " (1, 2, 'body', 'handle', 'mia@example.org', 0.9),"
            " (1, 2, 'body', 'email', 'zoe@example.org', 0.9)"
        ).fetchall()
    ((mia, zoe),) = find_mentions(store, ["mia@example.org or zoe@example.org"], ANALYST)
    assert mia.opens == PageLink("search", {"find": "mia@example.org"})
    assert (zoe.opens, zoe.what) == (open_identifier("email", "zoe@example.org"), "E-mail in adverts")
