"""Places as nodes: who began or ended a journey where, what lies there, what a shared place does not say."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.exchange.link_files import SCHEMAS
from analytics.figures.link_marks import NODE_MARKS
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, save_report
from analytics.network.entities.update import update_network
from analytics.network.links import place_links
from analytics.network.links.entity_page import find_node, read_entity, search_nodes
from analytics.network.links.explanations import list_explanations
from analytics.network.links.neighbourhood import LinkFilter, read_neighbourhood
from analytics.network.links.node_kinds import NODE_KINDS
from analytics.network.links.place_links import FROM_PLACE, TO_PLACE, is_address, read_place_names
from analytics.network.links.report_links import NAMES, REPORT_SAYS, find_report_links
from analytics.network.links.starting_points import describe_nodes, list_nodes_in_text
from analytics.network.links.touching_rows import list_touching_rows, read_events
from analytics.network.operation.selection import NetworkSelection, NoNetwork
from analytics.network.operation.stored_network import read_network_around
from analytics.oversight import Actor
from tests.intelligence.test_reports import report
from tests.network.entities.rows import fill_rows
from ui.network.labels import label_nodes

ACTOR = Actor("analyst 1")
TOWN, FLAT = "place:st marys head", "premises:40 dock row"


def _travel(store, rows):
    """(row, traveller, vehicle, from, to) of journeys on successive days."""
    with store.write() as cursor:
        cursor.executemany(
            "INSERT INTO journey"
            " (source_id, row_number, traveller, vehicle, from_place, to_place, departed_at)"
            " VALUES (5, $1, $2, $3, $4, $5, TIMESTAMP '2026-05-01' + to_days($1::INTEGER))",
            rows,
        ).fetchall()


@pytest.fixture
def filled(store):
    fill_rows(store)
    _travel(
        store,
        [
            (10, "Fay Orr", None, "St. Mary's Head", "40 Dock Row"),
            (11, "Fay Orr", None, "St Marys  Head", "Elsewhere"),
            (12, "Gus Lane", None, "st. mary's head", "40, Dock Row"),
            (13, None, "AB12 CDE", "St. Mary's Head", "n/a"),
        ],
    )
    update_network(store, ACTOR)
    return store


def _save_line(store, text):
    save_report(store, ACTOR, report(Line(text, text, Grade("2", "C"))))


def _far(store, node, kind):
    links = read_entity(store, node).links
    return dict(links[links.kind == kind][["other", "events"]].itertuples(index=False, name=None))


def test_writings_of_one_place_are_one_node(filled):
    found = _far(filled, TOWN, FROM_PLACE)
    assert found == {
        "person:journey/5/10/traveller": 2,
        "person:journey/5/12/traveller": 1,
        "vehicle:AB12 CDE": 1,
    }
    assert read_place_names(filled, [TOWN])[TOWN] == "St. Mary's Head"


def test_a_journey_to_a_flat_leads_to_the_flat_and_who_rents_it(filled):
    assert len(_far(filled, FLAT, TO_PLACE)) == 2
    assert "let" in set(read_entity(filled, FLAT).links.kind)


def test_what_says_nothing_is_no_place(filled):
    nodes = filled.rows("SELECT DISTINCT other AS node FROM network_link WHERE kind = ?", [TO_PLACE])
    assert not {"place:n a", "place:x", "place:y"} & {row["node"] for row in nodes}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40 Dock Row", True),
        ("Hauptstraße 5, Köln", True),
        ("Flat B, Mill Lane", True),
        ("Rose Cottage", True),
        ("SW1A 1AA", True),
        ("12 Station Road", True),
        ("Vellmouth", False),
        ("Heathrow Terminal 5", False),
        ("Terminal 2, Ringway", False),
        ("M6 northbound", False),
        ("Stand 4 Mill Lane", True),
        ("Mill Lane", False),
    ],
)
def test_a_house_is_told_from_a_town(text, expected):
    assert is_address(text) is expected


def test_an_address_is_masked_and_a_town_is_not(filled):
    labels = label_nodes(describe_nodes(filled, [TOWN, FLAT]), lambda node: False)
    assert labels[TOWN] == "St. Mary's Head"
    assert "40" not in labels[FLAT] and "Dock" not in labels[FLAT]


def test_a_place_is_found_by_its_name_and_by_a_part_of_it(filled):
    assert find_node(filled, "st mary's HEAD") == TOWN
    assert search_nodes(filled, "marys") == [TOWN]
    assert TOWN in set(list_nodes_in_text(filled, "Seen near St. Mary's Head at night").node)


def test_rows_and_events_of_a_place(filled):
    rows = list_touching_rows(filled, TOWN)
    assert list(rows.row_number) == [10, 11, 12, 13]
    assert set(read_events(filled, rows).place) == {"St. Mary's Head", "St Marys  Head", "st. mary's head"}


def test_an_incident_at_a_place_belongs_to_it(filled):
    with filled.write() as cursor:
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date, local_hour, local_weekday, place) SELECT 1, row, 1, 'assault',"
            " TIMESTAMP '2026-05-04', TIMESTAMP '2026-05-04', 'minute', DATE '2026-05-04', 0, 1, place"
            " FROM (VALUES (90, 'St Mary’s Head'), (91, 'Elsewhere')) rows(row, place)"
        ).fetchall()
    rows = list_touching_rows(filled, TOWN)
    assert list(rows.row_number[rows.table_name == "incident"]) == [90]


def test_a_town_is_named_as_a_hub_and_not_drawn_around_others(filled):
    _travel(filled, [(100 + n, f"Person No{n}", None, "St. Mary's Head", None) for n in range(60)])
    update_network(filled, ACTOR)
    seen = [one.text for one in list_explanations(filled, read_entity(filled, TOWN)) if one.seen]
    assert any("a town, a station or a port: 63 people" in text for text in seen)
    person = "person:journey/5/10/traveller"
    part = read_neighbourhood(filled, [person])
    assert TOWN not in set(part.nodes.node)
    assert (part.towns, part.left_out) == (("St. Mary's Head",), {})
    asked = read_neighbourhood(filled, [person], LinkFilter(kinds=(FROM_PLACE,)))
    assert TOWN in set(asked.nodes.node)
    assert TOWN in set(read_neighbourhood(filled, [TOWN]).nodes.node)


def test_links_of_a_busy_place_are_capped_by_events(filled, monkeypatch):
    monkeypatch.setattr(
        place_links,
        "_STATEMENTS",
        tuple(sql.replace(f"<= {place_links.MOST_AT_PLACE}", "<= 1") for sql in place_links._STATEMENTS),
    )
    update_network(filled, ACTOR)
    assert _far(filled, TOWN, FROM_PLACE) == {"person:journey/5/10/traveller": 2}


def test_a_shared_place_ties_nobody_in_a_measured_network(filled):
    for node in (TOWN, "person:journey/5/10/traveller"):
        with pytest.raises(NoNetwork):
            read_network_around(filled, NetworkSelection((node,), steps=4, minimum_contacts=1))


def test_the_town_of_premises_and_of_an_operation(store):
    fill_rows(store)
    with store.write() as cursor:
        cursor.execute("UPDATE premises SET place = 'Vellmouth'").fetchall()
    update_network(store, ACTOR)
    assert _far(store, "place:vellmouth", "at place") == {FLAT: 1}


def test_a_line_names_a_place_only_where_it_is_written_as_a_name(store):
    mentions = pd.DataFrame({"name": pd.Series(dtype=object), "entity": pd.Series(dtype=object)})
    nodes = ["place:reading", "place:st marys head", "account:ACC-77"]
    _save_line(store, "He was reading by the door.")
    assert find_report_links(store, nodes, mentions).empty
    _save_line(store, "Cash from Reading goes to St. Mary's Head and to ACC-77.")
    found = find_report_links(store, nodes, mentions)
    named = found[found.kind == NAMES]
    assert len(named) == 3
    tied = {frozenset(pair) for pair in found[found.kind == REPORT_SAYS][["node", "other"]].to_numpy()}
    assert tied == {
        frozenset(("account:ACC-77", "place:reading")),
        frozenset(("account:ACC-77", "place:st marys head")),
    }


def test_every_kind_of_node_has_a_mark_and_a_schema():
    assert NODE_KINDS.keys() <= NODE_MARKS.keys()
    assert NODE_KINDS.keys() <= SCHEMAS.keys()
