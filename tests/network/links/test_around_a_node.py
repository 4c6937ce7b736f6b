"""What is read around a node: its part of the network, its rows, other explanations, where to start."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, save_report
from analytics.network.entities.judgement import count_judged, judge_pair
from analytics.network.entities.pair import read_pair
from analytics.network.entities.update import update_network
from analytics.network.links.build import write_links
from analytics.network.links.entity_page import NoEntity, find_node, find_nodes, read_entity, search_nodes
from analytics.network.links.explanations import list_explanations
from analytics.network.links.neighbourhood import LinkFilter, read_neighbourhood
from analytics.network.links.node_names import find_named_node, name_node
from analytics.network.links.start_lists import list_start_nodes, list_start_titles
from analytics.network.links.starting_points import (
    list_nodes_in_text,
    list_nodes_of_rows,
    list_starting_points,
)
from analytics.network.links.touching_rows import list_touching_rows, read_events, read_touching
from analytics.network.state import read_network_state
from analytics.oversight import Actor, record
from analytics.oversight.roles import find_tier
from analytics.resolve.roles import fold_text
from analytics.shared.likelihood import describe_probability
from tests.intelligence.test_reports import report
from tests.network.entities.rows import fill_rows

ACTOR = Actor("analyst 1")
PHONE, OTHER_PHONE = "phone:+447700900123", "phone:+447700900555"
ADA = "person:account/1/2/holder"


@pytest.fixture
def filled(store):
    fill_rows(store)
    update_network(store, ACTOR)
    return store


def test_a_node_is_drawn_with_its_neighbours_and_the_links_between_them(filled):
    part = read_neighbourhood(filled, [PHONE])
    assert {PHONE, OTHER_PHONE, ADA} <= set(part.nodes.node)
    call = part.links[part.links.kind == "call"].iloc[0]
    assert (call.events, call.first_at.date(), call.last_at.date()) == (
        2,
        date(2026, 2, 1),
        date(2026, 2, 3),
    )
    assert not part.left_out and not part.nodes.hub.any()


def test_a_filter_by_kind_or_period_leaves_links_out(filled):
    calls = read_neighbourhood(filled, [PHONE], LinkFilter(kinds=("call",)))
    assert set(calls.nodes.node) == {PHONE, OTHER_PHONE}
    later = LinkFilter(kinds=("call",), first=date(2026, 2, 4))
    assert set(read_neighbourhood(filled, [PHONE], later).nodes.node) == {PHONE}
    undated = LinkFilter(kinds=("uses",), first=date(2030, 1, 1))
    assert ADA in set(read_neighbourhood(filled, [PHONE], undated).nodes.node)


def test_neighbours_beyond_the_limit_are_counted(filled):
    part = read_neighbourhood(filled, [PHONE], limit=1)
    assert len(part.nodes) == 2 and part.left_out[PHONE] >= 1


def test_who_is_linked_in_two_ways_is_one_neighbour(filled):
    with filled.write() as cursor:
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, traveller, contact, paid_by, departed_at) VALUES"
            " (5, 4, 'Carl Omund', '07700 900555', 'A3', TIMESTAMP '2026-03-02 08:00:00')"
        ).fetchall()
    update_network(filled, ACTOR)
    node = "person:account/1/4/holder"
    nodes = read_neighbourhood(filled, [node]).nodes.set_index("node")
    view = read_entity(filled, node)
    assert {"holds", "journey paid for"} <= set(view.links.kind)
    assert nodes.neighbours[node] == view.neighbours == view.links.other.nunique()


def test_expanding_a_neighbour_adds_its_own(filled):
    part = read_neighbourhood(filled, [PHONE, "account:A1"])
    assert "account:A3" in set(part.nodes.node)
    assert "payment" in set(part.links.kind)


def test_the_name_of_a_node_tells_no_number_and_leads_back(filled):
    name = name_node(PHONE)
    assert "900123" not in name and find_named_node(filled, name) == PHONE
    again = "person:account/1/5/holder"  # of the same entity
    assert find_named_node(filled, name_node(again)) == read_entity(filled, ADA).node
    for other in ("phone-0000000000000000", "phone", "'; DROP TABLE network_link; --"):
        with pytest.raises(NoEntity):
            find_named_node(filled, other)


def test_rows_that_touch_a_node_say_when_and_what(filled):
    rows = list_touching_rows(filled, PHONE)
    assert set(rows.table_name) == {"account", "communication"}
    assert len(list_touching_rows(filled, PHONE, OTHER_PHONE)) == 2
    events = read_events(filled, rows)
    assert events.moment.dropna().is_monotonic_increasing
    assert list(
        read_touching(filled, "communication", rows[rows.table_name == "communication"]).row_number
    ) == [
        2,
        3,
    ]
    assert read_events(filled, rows.head(0)).empty


def test_every_table_has_its_say_on_a_time_line(filled):
    for node in ("account:A1", "premises:40 dock row", "premises:3 high street"):
        assert len(read_events(filled, list_touching_rows(filled, node)))


def test_a_household_is_named_as_another_explanation(filled):
    seen = [one.text for one in list_explanations(filled, read_entity(filled, ADA)) if one.seen]
    assert any("household" in text for text in seen)


def test_a_hub_is_named_by_its_kind_of_link(filled):
    with filled.write() as cursor:
        cursor.execute("CREATE TEMP TABLE fresh AS SELECT * EXCLUDE (node_key) FROM network_link").fetchall()
        cursor.executemany(
            "INSERT INTO fresh VALUES (?, ?, 'call', 3, 'communication', [2], 1, NULL, NULL, 1, NULL, NULL)",
            [[PHONE, f"phone:+4477009{at:05}"] for at in range(51)],
        ).fetchall()
        write_links(cursor)
        cursor.execute("DROP TABLE fresh").fetchall()
    seen = [one.text for one in list_explanations(filled, read_entity(filled, PHONE)) if one.seen]
    assert any("switchboard" in text for text in seen)
    assert bool(list_starting_points(filled).set_index("node").hub[PHONE])


def test_nodes_are_found_by_part_of_a_name_or_number(filled):
    assert search_nodes(filled, "07700 900123") == [PHONE]
    assert search_nodes(filled, "900123") == [PHONE]
    assert search_nodes(filled, "dock") == ["premises:40 dock row"]
    assert search_nodes(filled, "nobody at all") == []
    assert find_node(filled, "A1") == "account:A1"


def test_a_text_and_rows_name_their_nodes(filled):
    text = "Carl Omund was seen at 3 High Street; ring 07700 900123."
    named = set(list_nodes_in_text(filled, text).node)
    assert {PHONE, "premises:3 high street", "person:account/1/4/holder"} <= named
    rows = pa.table({"table_name": ["communication"], "source_id": [3], "row_number": [2]})
    assert set(list_nodes_of_rows(filled, rows).node) == {PHONE, OTHER_PHONE}
    assert list_nodes_in_text(filled, "").empty


def test_a_report_names_the_nodes_of_what_a_role_reads_of_it(filled):
    received, sanitised = "Ada Quist lives at 40 Dock Row.", "Somebody uses 07700 900555."
    line = Line(received, sanitised, Grade("2", "C"), "destination", "premises")
    number, _ = save_report(filled, ACTOR, report(line))
    name = f"report-{number}"
    assert name in list_start_titles(filled, find_tier("analyst"))
    whole = set(list_start_nodes(filled, name, find_tier("analyst")).node)
    assert {OTHER_PHONE, "premises:40 dock row"} <= whole
    assert set(list_start_nodes(filled, name, find_tier("officer")).node) == {OTHER_PHONE}
    for other in ("report-99", "case", ""):
        with pytest.raises(KeyError):
            list_start_nodes(filled, other, find_tier("analyst"))
    assert list_start_nodes(filled, "finding-99", find_tier("analyst")).empty


def test_two_mentions_stand_side_by_side(filled):
    pair = filled.rows("SELECT mention, other, CAST(why AS VARCHAR) AS why FROM network_match LIMIT 1")[0]
    found = read_pair(filled, pair["mention"], pair["other"], pair["why"])
    assert "name" in set(found.fields.field) and len(found.origins) == 2


def test_the_state_says_what_came_since_the_last_update(filled):
    assert not read_network_state(filled).is_stale
    pair = filled.rows("SELECT mention, other FROM network_match LIMIT 1")[0]
    version = filled.data_version()
    judge_pair(filled, ACTOR, pair["mention"], pair["other"], "unsure", "Not clear")
    state = read_network_state(filled)
    assert (state.judged, state.is_stale, filled.data_version()) == (1, False, version)
    assert count_judged(filled)[0] == 1
    with filled.write() as cursor:
        record(cursor, ACTOR, "import", "source 9")
    assert read_network_state(filled).is_stale


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.99, "almost certain"), (0.6, "likely"), (0.5, "realistic possibility"), (0, "remote chance")],
)
def test_a_probability_is_said_in_the_words_of_the_yardstick(probability, words):
    assert describe_probability(probability) == words


def test_a_name_is_found_however_it_is_written(filled):
    signs = [chr(code) for code in [*range(0x21, 0x7F), *range(0xA1, 0x250), 0x2019, 0xFB01, 0xFF21, 0x430]]
    names = [f"Q{sign}u Zed{at}" for at, sign in enumerate(signs)]
    with filled.write() as cursor:
        cursor.executemany(
            "INSERT INTO network_mention SELECT $1, $1, $2, '{}', 'account', 1, $3, 'holder', 1, 0.99",
            [(f"person:account/1/{1000 + at}/holder", name, 1000 + at) for at, name in enumerate(names)],
        ).fetchall()
    for at, name in enumerate(names):
        typed = f"  {fold_text(name)} "
        if fold_text(typed) == fold_text(name):
            assert f"person:account/1/{1000 + at}/holder" in find_nodes(filled, typed)
