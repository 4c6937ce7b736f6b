"""What each kind of hit says, masked and unmasked, and what it opens."""

from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest
import shapely
from click.testing import CliRunner

from analytics.finance.queries import find_account
from analytics.hotspots.grid.custom_area import read_drawn
from analytics.oversight import record
from analytics.oversight.roles import find_tier
from analytics.search import KINDS, PageLink, refresh_index, search
from analytics.search.cli import search_command
from analytics.search.find import open_record
from analytics.search.folding import read_query
from analytics.search.items import find_elsewhere, open_identifier, read_item
from analytics.search.person_file import gather_person_file
from analytics.search.places import find_places
from analytics.search.written import find_written
from analytics.store import Store
from tests.search.world import ACTOR, EMAIL, HANDLE, PHONE, fill_store
from tests.search.written_hits import read_table, write_groups

ANALYST = find_tier("analyst")
TABLE = read_table()
SECRETS = ("900111", "900222", "900333", "900444", "900555", "0161331926819", "Rakeld", "Nora", "Öz", "CDE")


@pytest.fixture(scope="module")
def store_file(empty_store_file, tmp_path_factory):
    """Of every test that changes it a copy."""
    path = tmp_path_factory.mktemp("world") / "world.duckdb"
    with closing(Store(path)) as store:
        fill_store(store)
    return path


@pytest.fixture(scope="module")
def world(store_file):
    """The same, to be read alone."""
    with closing(Store(store_file)) as store:
        yield store


@pytest.mark.parametrize("typed", TABLE)
def test_each_hit_says_what_it_is_and_opens_it(world, typed):
    assert write_groups(search(world, typed, ANALYST)) == TABLE[typed]


def test_the_table_has_every_kind_and_masks_no_whole_number():
    kinds = {line.split(",")[0] for lines in TABLE.values() for line in lines.splitlines() if line[:1] != " "}
    assert kinds == set(KINDS)
    masked = [line for lines in TABLE.values() for line in lines.splitlines() if "    masked: " in line]
    assert masked and not [line for line in masked if any(secret in line for secret in SECRETS)]


@pytest.mark.parametrize("name", ["sections", "titles", "report_ids", "review_date", "priorities"])
def test_a_product_is_found_by_its_texts_and_not_by_the_names_they_are_kept_under(world, name):
    assert "product" not in {group.kind for group in search(world, name, ANALYST)}


def test_of_a_kind_the_best_are_given_and_all_are_counted(world):
    for typed, kind, matches in (
        ("mia", "identifier", 3),
        ("harbour", "place", 4),
        ("cafe", "operation", 2),
        ("tarnwick", "advert", 2),
        ("cr 0022", "incident", 2),
        ("rents", "driver", 2),
    ):
        found = {group.kind: group for group in search(world, typed, ANALYST, limit=1)}[kind]
        whole = {group.kind: group for group in search(world, typed, ANALYST)}[kind]
        assert (found.matches, found.hits) == (matches, whole.hits[:1])
    assert search(world, "m", ANALYST) == [] and search(world, " ", ANALYST) == []


def test_a_place_opens_on_the_map_with_what_lies_about_it(store):
    def outlines(typed):
        hits = find_places(store, read_query(typed), 9).hits
        links = {hit.title: hit.target.query for hit in hits}
        return {name: read_drawn(link["drawn"]) for name, link in links.items() if "drawn" in link}

    metres_60 = 0.0006  # degrees, as they are drawn
    street = outlines("kiln row")["Kiln Row"]
    assert street.bounds == pytest.approx((-1.5006, 53.7994, -1.3994, 53.9106))
    assert len(shapely.get_parts(street)) == 2  # both of its stretches, not what lies between
    assert street.covers(shapely.LineString([(-1.5, 53.8), (-1.5, 53.81)]).buffer(0.9 * metres_60))
    found = outlines("harbour")
    assert found["Harbour green"].bounds == pytest.approx((-1.6006, 53.6994, -1.4994, 53.8006))
    assert found["Harbour light"].bounds == pytest.approx((-1.5506, 53.7494, -1.5494, 53.7506))
    assert outlines("quay")["Quay Street"].bounds == pytest.approx((-1.5306, 53.8194, -1.5194, 53.8306))


def test_places_are_those_of_the_data_as_they_are(store):
    def found():
        group = find_places(store, read_query("quay"), 9)
        return {hit.key: hit.text for hit in group.hits}, group.matches

    assert found() == ({"incidents:1:Quay Street": "Place of 2 incidents"}, 1)
    with store.write() as cursor:
        cursor.execute("UPDATE incident SET place = 'Quay End' WHERE row_number = 3").fetchall()
        cursor.execute("INSERT INTO advert (source_id, row_number, place) VALUES (10, 2, 'Quay')").fetchall()
    places = {"incidents:1:Quay Street": "Place of 1 incident", "incidents:1:Quay End": "Place of 1 incident"}
    assert found() == (places | {"adverts::Quay": "Town of 1 advert"}, 3)


@pytest.mark.parametrize(
    "role, kinds", [("partner", {"finding", "place", "driver"}), ("officer", {"finding", "place", "driver"})]
)
def test_a_role_that_reads_no_rows_is_given_what_it_reads(world, role, kinds):
    tier = find_tier(role)
    asked = ("kiln row", "rents", "papers", "harbour", "lucja", "07700 900444", "cr 0022", "brief 1", "visit")
    found = [group for typed in asked for group in search(world, typed, tier)]
    allowed = {"report", "finding", "requirement", "driver", "place"}
    assert kinds <= {group.kind for group in found} <= allowed
    assert not any(hit.personal or "Novak" in hit.text for group in found for hit in group.hits)
    assert not {"Closed kilns", "Rents secret"} & {hit.title for group in found for hit in group.hits}


def test_requirements_are_found_in_their_latest_wording(world):
    assert search(world, "old wording", ANALYST) == []
    assert [group.hits for group in find_written(world, read_query("law"), ANALYST, 5) if group.hits] == []


def test_an_account_opens_on_money_where_it_can_be_shown_there(store):
    def opens():
        (group,) = search(store, "GB94 BARC 1020", ANALYST)[:1]
        return group.hits[0].target

    assert opens() == open_record("account", 5, 4) == PageLink("finance", {"account": "5-4"})
    assert find_account(store, "5-4") == "GB94BARC10201530093459"  # as that page reads its link
    with store.write() as cursor:
        cursor.execute('DELETE FROM "transaction"').fetchall()
    assert opens() == PageLink("search", {"item": "account-5-4"})


def test_an_action_whose_decision_stands_opens_its_result(store):
    with store.write() as cursor:
        cursor.execute("UPDATE decision SET supersedes = NULL").fetchall()
    (hit,) = [hit for group in search(store, "visit the yard", ANALYST) for hit in group.hits]
    assert hit.target == PageLink("results", {"action": "1"})


def test_an_item_says_all_that_is_stored_and_masks_what_is_personal(world):
    item = read_item(world, "premises-2-2", ANALYST)
    fields = {
        "reference": "P-1",
        "address": "12 Harbour Walk, Tarnwick",
        "kind": "flat",
        "holder": "Nora Rakeld",
        "let_from": "2026-02-03",
        "place": "Tarnwick",
        "owner": "Banrusk Lettings",
        "contact": "07700 900111",
    }
    masked = {"address": "••••, Tarnwick", "holder": "N. R.", "owner": "B. L.", "contact": "••••111"}
    assert (item.fields, item.masked) == (fields, fields | masked)
    assert (item.mark, item.title, item.row) == (
        "premises-2-2",
        "Premises, row 2 of source 2",
        ("premises", 2, 2),
    )
    assert item.shared == {"contact": "07700 900111"} and item.personal
    assert item.origin == "Row 2 of source 2"
    payment = read_item(world, "transaction-6-2", ANALYST)
    assert payment.title == "Payment, row 2 of source 6"
    assert payment.shared == {"from_account": "ACC-0001", "to_account": "GB94BARC10201530093459"}
    incident = read_item(world, "incident-8-2", ANALYST)
    assert incident.title == "Incident, row 2 of source 8" and not incident.personal
    assert incident.origin == "Row 2 of source 8 · Crimes 8 · Policing purpose · P"
    assert incident.fields == {
        "reference": "CR/0022",
        "category": "Burglary",
        "occurred_from": "2026-03-03 20:00:00",
        "occurred_to": "2026-03-03 20:00:00",
        "time_precision": "minute",
        "local_date": "2026-03-03",
        "place": "Quay Street",
        "lon": "-1.52",
        "lat": "53.82",
    }


@pytest.mark.parametrize(
    "kind, value, title, masked, adverts",
    [
        ("phone", PHONE, "Telephone", "••••555", "2 adverts"),
        ("email", EMAIL, "E-mail", "m•••@•••", "1 advert"),
        ("handle", HANDLE, "Handle", "@m•••", "1 advert"),
        ("beacon", "mia-beacon", "beacon", "••••", "1 advert"),
    ],
)
def test_an_identifier_opens_by_a_link_that_does_not_say_it(world, kind, value, title, masked, adverts):
    link = open_identifier(kind, value)
    assert link.page == "search" and list(link.query) == ["item"] and value not in link.query["item"]
    item = read_item(world, link.query["item"], ANALYST)
    assert (item.mark, item.title, item.origin) == (link.query["item"], title, f"Read in {adverts}")
    assert item.fields == item.shared == {"value": value} and item.masked == {"value": masked}
    assert item.row is None


def test_a_product_says_what_was_written_in_it(world):
    brief = read_item(world, "product-1", ANALYST)
    fields = {"title": "Kilns by night", "what": "Vans wait by the gasworks.", "review date": "2026-09-01"}
    assert brief.fields == brief.masked == fields and not brief.personal
    assert (brief.mark, brief.title, brief.shared) == ("product-1", "Kilns by night", {})
    assert brief.origin == "Brief 1, version 1, by tester" and brief.row is None
    strategy = read_item(world, "product-2", ANALYST).fields
    assert strategy == {
        "period from": "2026-01-01",
        "period to": "2026-12-31",
        "handling": "P",
        "priorities": "Lanterns first · They fail. · Mend them. · Fines.",
    }
    assert read_item(world, "product-3", ANALYST).fields == {"Who they are": "Gasworks staff."}


@pytest.mark.parametrize(
    "name, refusal",
    [
        ("premises-2-99", "The link names a row that is not in the store."),
        ("identifier-0000000000000000", "The link names an identifier that no advert carries."),
        ("identifier-00", "'identifier-00' is the name of nothing that can be opened."),
        ("area-1-1", "'area-1-1' is the name of nothing that can be opened."),
        ("premises-2-2x", "'premises-2-2x' is the name of nothing that can be opened."),
        ("", "'' is the name of nothing that can be opened."),
    ],
)
def test_a_link_to_a_missing_item_is_refused_in_words(world, name, refusal):
    with pytest.raises(KeyError) as error:
        read_item(world, name, ANALYST)
    assert error.value.args == (refusal,)
    with pytest.raises(PermissionError, match=r"^This role does not read the rows behind findings\.$"):
        read_item(world, name, find_tier("officer"))


def test_where_a_value_occurs_elsewhere_leaves_out_the_item_alone(store):
    def elsewhere(mark, name="value", limit=8):
        found = find_elsewhere(store, read_item(store, mark, ANALYST), name, ANALYST, limit=limit)
        return {group.kind: ([hit.key for hit in group.hits], group.matches) for group in found}

    email, phone = (open_identifier(*pair).query["item"] for pair in (("email", EMAIL), ("phone", PHONE)))
    assert elsewhere("journey-3-2", "contact") == {"identifier": ([email.removeprefix("identifier-")], 1)}
    assert elsewhere(email) == {"journey": (["3:2"], 1)}
    assert elsewhere(phone) == {"advert": (["7:3", "7:4"], 2), "operation": (["3"], 1)}
    assert elsewhere(phone, limit=1)["advert"] == (["7:3"], 2)
    assert elsewhere("account-5-4", "reference") == {"payment": (["6:2"], 1)}
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, contact, departed_at)"
            " SELECT 11, n, 'mia@example.org', '2026-06-01' FROM range(2, 7) t(n)"
        ).fetchall()
    refresh_index(store)
    assert elsewhere("journey-3-2", "contact", limit=2)["journey"] == (["11:2", "11:3"], 5)
    assert elsewhere("journey-11-2", "contact", limit=2)["journey"] == (["11:3", "11:4"], 5)


def test_a_persons_file_names_who_saw_the_account(store):
    with store.write() as cursor:
        record(cursor, ACTOR, "view account", "account GB29NWBK60161331926819")
        record(cursor, ACTOR, "view rows", "advert 2 of source 7")
        record(cursor, ACTOR, "view account", "account GB94BARC10201530093459")
        record(cursor, ACTOR, "read report", "report 1 version 1")
    tier = find_tier("inspector")
    found = gather_person_file(store, replace(ACTOR, role="inspector"), "lucja", tier)
    assert found.typed == "lucja" and found.matches == {"Accounts and holders": 1}
    (thing,) = found.things.to_dict("records")
    assert thing == {
        "kind": "Accounts and holders",
        "title": "Łucja Øberg · GB29NWBK60161331926819",
        "text": "personal · Vellmouth · 07700 900333 · lucja@example.org",
        "masked_title": "Ł. Ø. · ••••6819",
        "masked_text": "personal · Vellmouth · ••••333 · l•••@•••",
        "when": datetime(2020, 1, 2),
        "matched": "holder, e-mail",
        "reference": "account 5:2",
    }
    (asked,) = store.rows(
        "SELECT act, object, CAST(detail AS VARCHAR) AS detail FROM audit WHERE act = 'person search'"
    )
    assert (asked["object"], asked["detail"]) == ("the whole store", '{"typed": "lucja"}')
    assert "account GB29NWBK60161331926819" in set(found.seen.object)
    assert "account GB94BARC10201530093459" not in set(found.seen.object)
    for typed, seen in (("meals", "advert 2 of source 7"), ("papers", "report 1 version 1")):
        file = gather_person_file(store, replace(ACTOR, role="inspector"), typed, tier)
        assert seen in set(file.seen.object)
    names = gather_person_file(store, replace(ACTOR, role="inspector"), "tarnwick", tier).things.reference
    assert set(names) == {
        "place adverts::Tarnwick",
        "advert 2 of source 7",
        "advert 3 of source 7",
        "premises-2-2",
        "operation 3",
        "operation 12",
    }


MASKED = """\
Accounts and holders: 1 match
  5:2  Ł. Ø. · ••••6819 · personal · Vellmouth · ••••333 · l•••@••• · 2 Jan 2020 00:00 UTC  [holder, e-mail]
"""
REVEALED = """\
Accounts and holders: 1 match
  5:2  Łucja Øberg · GB29NWBK60161331926819 · personal · Vellmouth · 07700 900333 · lucja@example.org\
 · 2 Jan 2020 00:00 UTC  [holder, e-mail]
"""
TWO_KINDS = """\
Operations of adverts: 2 matches, the best 1 shown
  3  Operation 3 · 3 adverts, 1 of which matches  [adverts]
Adverts: 1 match
  7:2  jobs · smallads.example · Tarnwick · 4 Mar 2026 05:06 UTC  [title]
"""


def test_the_command_prints_each_group_and_hit_on_a_line(store, monkeypatch):
    monkeypatch.setattr("analytics.search.cli.open_seen_store", lambda path: store)

    def run(*arguments):
        done = CliRunner().invoke(search_command, arguments)
        assert done.exit_code == 0, done.output
        return done.output

    assert run("lucja") == MASKED and run("Łucja", "--reveal", " court bundle ") == REVEALED
    assert run("cafe", "--limit", "1") == TWO_KINDS
    assert run("cafe", "--limit", "1", "--kind", "operation") == TWO_KINDS.partition("Adverts")[0]
    assert run("reed", "lane", "--limit", "1").splitlines()[0] == (
        "Accounts and holders: 2 matches, the best 1 shown"
    )
    nothing = "No match. It may exist without having been recorded here.\n"
    assert run("nothing", "of", "it") == run("lucja", "--kind", "report") == nothing
    acts = store.rows(
        "SELECT act, object, detail->>'typed' AS typed, detail->>'found' AS found,"
        " detail->>'reason' AS reason FROM audit"
        " WHERE act IN ('search', 'reveal personal data') ORDER BY sequence"
    )
    assert [tuple(act.values()) for act in acts[:3]] == [
        ("search", "the whole store", "lucja", "1", None),
        ("search", "the whole store", "Łucja", "1", None),
        ("reveal personal data", "search for 'Łucja'", None, None, "court bundle"),
    ]
    for bad in ((" ",), ("lucja", "--reveal", "why?")):
        assert CliRunner().invoke(search_command, bad).exit_code == 2


def test_text_that_would_steer_the_terminal_is_not_printed(store, monkeypatch):
    monkeypatch.setattr("analytics.search.cli.open_seen_store", lambda path: store)
    with store.write() as cursor:
        cursor.execute("UPDATE requirement SET question = ? WHERE version = 2", ["Which\x1b[2J\ncoach?"])
    done = CliRunner().invoke(search_command, ["coach"])
    assert done.output.splitlines()[1].startswith("  2  Which [2J coach? · Bob · Exploitation")


def test_to_prepare_the_search_is_no_change_of_data(store):
    with store.write() as cursor:
        cursor.execute("DELETE FROM search_row").fetchall()
        cursor.execute("DELETE FROM search_source").fetchall()
    version = store.data_version()
    assert refresh_index(store) == 6 and store.data_version() == version
