"""Routes: every record in one cell, journeys that follow one another joined, gaps said as such."""

from datetime import date, datetime

import pytest

from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, save_report
from analytics.oversight import Actor
from analytics.strategic.legs import NO_TRANSIT, NOT_KNOWN
from analytics.strategic.places_in_text import find_route_places
from analytics.strategic.routes import ENDS, tabulate_routes
from tests.intelligence.test_reports import report
from tests.sources import insert_source_row

ANN = Actor("ann")
KNOWN = {"lethiny": "Lethiny", "vellmouth": "Vellmouth", "ostrel": "Ostrel", "ostrel ferry": "Ostrel Ferry"}
HOSTILE = '<script>"=1+1"</script>'


def insert(store, table, kind, rows):
    with store.write() as cursor:
        number = cursor.execute("SELECT coalesce(max(source_id), 0) + 1 FROM source").fetchall()[0][0]
        insert_source_row(cursor, number, kind)
        for at, row in enumerate(rows, 2):
            values = {"source_id": number, "row_number": at} | row
            cursor.execute(
                f'INSERT INTO "{table}" ({", ".join(values)}) VALUES ({", ".join("?" * len(values))})',
                list(values.values()),
            ).fetchall()


def journey(traveller, start, end, day, **more):
    return {
        "traveller": traveller,
        "from_place": start,
        "to_place": end,
        "departed_at": datetime(2026, 3, day, 8),
    } | more


def cells(store):
    found = tabulate_routes(store).cells
    return {tuple(row[list(ENDS)]): row for _, row in found.iterrows()}


def test_journeys_of_one_traveller_that_follow_one_another_are_one_route(store):
    insert(
        store,
        "journey",
        "journey",
        [
            journey("A", "Lethiny", "Ostrel", 1, document="P1"),
            journey("B", "ostrel ", "Vellmouth", 4, document="P1"),  # one document, two spellings
            journey("C", "Lethiny", "Ostrel", 1),
            journey("C", "Ostrel", "Vellmouth", 2),  # a name alone is no traveller
            journey("D", "Lethiny", "Ostrel", 1, paid_by="X"),
            journey("D", "Ostrel", "Vellmouth", 25, paid_by="X"),  # stayed too long
            journey("E", "Lethiny", "Ostrel", 1, contact="07"),
            journey("E", "Ostrel", "Lethiny", 2, contact="07"),  # there and back
        ],
    )
    found = cells(store)
    assert found[("Lethiny", "Ostrel", "Vellmouth")].journeys == 2
    assert found[("Lethiny", NO_TRANSIT, "Ostrel")].journeys == 3
    assert found[("Ostrel", NO_TRANSIT, "Vellmouth")].journeys == 2
    assert found[("Ostrel", NO_TRANSIT, "Lethiny")].journeys == 1


def test_every_record_is_in_one_cell_and_what_is_not_known_is_counted(store):
    insert(store, "account", "account", [{"reference": "A1", "place": "Lethiny", "phone": "07700900001"}])
    payment = {"amount_minor": 100, "currency": "GBP", "from_account": "A1", "to_account": "A2"}
    moment = datetime(2026, 3, 1, 9)
    insert(
        store,
        "transaction",
        "transaction",
        [
            payment | {"occurred_at": moment, "place": "Vellmouth"},
            payment | {"occurred_at": moment},  # where it was paid out nobody recorded
            payment | {"occurred_at": None, "place": "Vellmouth"},
        ],
    )
    insert(
        store,
        "communication",
        "communication",
        [
            {"from_phone": "07700 900001", "to_phone": "07700900002", "started_at": moment},
            {"from_phone": "1", "to_phone": None, "started_at": moment, "place": "Vellmouth"},
        ],
    )
    insert(
        store,
        "advert",
        "advert",
        [
            {"contact": "07700900002", "place": "Vellmouth", "posted_at": datetime(2026, 3, 1)},
            {"contact": "07700 900002", "place": "Lethiny", "posted_at": datetime(2026, 3, 9)},
            {"contact": "07700900002", "place": "Vellmouth", "posted_at": datetime(2026, 7, 1)},
            {"contact": None, "place": None, "posted_at": datetime(2026, 7, 1)},
        ],
    )
    found = tabulate_routes(store)
    assert found.cells["rows"].sum() == len(found.legs) == 3 + 2 + 4
    coverage = found.coverage.set_index("domain")
    assert coverage.loc["payments", ["rows", "routes", "without_destination"]].tolist() == [3, 1, 2]
    assert coverage.loc["calls", ["rows", "routes", "without_destination"]].tolist() == [2, 0, 2]
    assert coverage.loc["adverts", ["rows", "routes", "without_origin"]].tolist() == [4, 1, 3]
    assert found.gaps == ("journeys", "report lines")
    by_cell = {tuple(row[list(ENDS)]): row for _, row in found.cells.iterrows()}
    assert by_cell[("Lethiny", NO_TRANSIT, "Vellmouth")].payments == 1
    assert by_cell[("Vellmouth", NO_TRANSIT, "Lethiny")].adverts == 1
    assert by_cell[("Lethiny", NO_TRANSIT, "Vellmouth")].domains == 2  # either direction
    assert set(found.unplaced) == {"Lethiny", "Vellmouth"}
    rows = found.find_rows("Lethiny", NO_TRANSIT, "Vellmouth")
    assert rows[["table_name", "row_number"]].to_numpy().tolist() == [["transaction", 2]]


def test_a_store_without_any_record_says_that_every_domain_is_empty(store):
    found = tabulate_routes(store)
    assert found.cells.empty and found.known.empty
    assert len(found.gaps) == 5
    assert found.coverage.share_without_origin.isna().all()


def test_graded_lines_go_where_their_words_say(store):
    legs = [journey("A", "Lethiny", "Vellmouth", 1), journey("A", HOSTILE, "X", 1)]
    insert(store, "journey", "journey", legs)
    words = ("They came from Lethiny to Vellmouth.", "Some came from Lethiny to Vellmouth.")
    save_report(store, ANN, report(Line(*words, Grade("1", "B"), stage="origin")))
    found = cells(store)[("Lethiny", NO_TRANSIT, "Vellmouth")]
    assert (found["report lines"], found.graded, found.domains) == (1, "1B", 2)
    assert cells(store)[(HOSTILE, NO_TRANSIT, "X")].journeys == 1


@pytest.mark.parametrize(
    ("text", "place", "stage", "expected"),
    [
        (
            "From Lethiny via Ostrel Ferry to Vellmouth.",
            None,
            None,
            ("Lethiny", ("Ostrel Ferry",), "Vellmouth"),
        ),
        ("Lethiny and Vellmouth were named.", None, None, (None, (), None)),
        ("Waits for those from Lethiny.", "Vellmouth", "destination", ("Lethiny", (), "Vellmouth")),
        ("Cash from Lethiny.", "Lethiny", "destination", ("Lethiny", (), None)),
        ("From Lethinya to somewhere.", None, "origin", (None, (), None)),
        ("Nothing.", "Vellmouth", "transit", (None, ("Vellmouth",), None)),
        (None, None, None, (None, (), None)),
    ],
)
def test_places_of_a_sentence(text, place, stage, expected):
    found = find_route_places(text, KNOWN, place, stage)
    assert (found.origin, found.transit, found.destination) == expected


def test_a_place_that_nobody_recorded_is_not_known(store):
    insert(store, "journey", "journey", [journey("A", "  ", None, 1)])
    ((key, row),) = cells(store).items()
    assert key == (NOT_KNOWN, NO_TRANSIT, NOT_KNOWN) and row.journeys == 1
    assert row["first"].date() == date(2026, 3, 1)
