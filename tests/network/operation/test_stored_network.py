"""The network around a node: who is in it, who is beside it, and who is never a target."""

from __future__ import annotations

import pytest

from analytics.intelligence.possible_victims import (
    POSSIBLE_VICTIM,
    WITHDRAWN,
    find_protected_nodes,
    list_marked_nodes,
    list_victim_statuses,
    record_victim_status,
)
from analytics.network.links.entity_page import find_node
from analytics.network.operation.selection import NetworkSelection, NoNetwork
from analytics.network.operation.stored_network import read_network_around
from analytics.oversight import Actor
from tests.network.operation.crew import ACTOR, CREW, SHOP, fill_crew, person, phone


@pytest.fixture
def crew(store):
    fill_crew(store)
    return store


def _around(store, **chosen):
    return read_network_around(store, NetworkSelection((find_node(store, phone("Hal Ives")),), **chosen))


def test_the_crew_is_found_and_the_family_and_the_shop_are_not(crew):
    found = _around(crew, steps=6, minimum_kinds=2)
    assert set(found.edges.nodes.node) == {person(name) for name in CREW}
    assert len(found.edges.ties) == 9  # three calls and a payment each, one pair listed twice
    assert set(found.members[found.members.node == person("Ada Quist")].identifier) == {
        "account:A0",
        find_node(crew, phone("Ada Quist")),
    }
    assert found.seeds == (person("Hal Ives"),)
    assert found.carried.node.tolist() == ["person:journey/4/2/traveller"]
    assert set(found.links.table_name) == {"communication", "transaction"}


def test_contacts_are_dated_one_by_one(crew):
    found = _around(crew, steps=6, minimum_kinds=2)
    events = found.edges.events
    assert len(events) == 40 and events.weight.sum() == 40 and events.from_date.notna().all()
    assert found.edges.contacts and set(found.edges.ties.probability) == {1.0}


def test_a_household_and_one_call_make_nobody_a_member(crew):
    family = read_network_around(crew, NetworkSelection((person("Nan Orrel"),), steps=1))
    assert set(family.edges.nodes.node) == {person("Nan Orrel"), person("Oz Orrel"), person(SHOP)}
    assert family.households.iloc[0].tolist() == sorted([person("Nan Orrel"), person("Oz Orrel")])


def test_a_hub_is_named_and_left_out(crew):
    found = _around(crew, steps=6, hub=8)
    assert found.hubs.neighbours.tolist() == [10] and person(SHOP) not in set(found.edges.nodes.node)
    assert "more than 8 neighbours" in found.notes[0]


def test_what_is_not_tied_often_enough_is_no_network(crew):
    with pytest.raises(NoNetwork):
        read_network_around(crew, NetworkSelection((person("Nan Orrel"),), minimum_kinds=2))
    with pytest.raises(ValueError):
        NetworkSelection(())


def test_a_possible_victim_is_protected_with_all_that_is_the_person_s(crew):
    number = find_node(crew, phone("Bo Ferran"))
    assert find_protected_nodes(crew) == frozenset()
    record_victim_status(crew, ACTOR, number, POSSIBLE_VICTIM, "Wages taken, found at the flat")
    assert {number, person("Bo Ferran"), "account:A1"} <= find_protected_nodes(crew)
    assert _around(crew, steps=6, minimum_kinds=2).protected == {person("Bo Ferran")}
    with pytest.raises(ValueError, match="already"):
        record_victim_status(crew, ACTOR, number, POSSIBLE_VICTIM, "Again")
    with pytest.raises(ValueError, match="why"):
        record_victim_status(crew, ACTOR, number, WITHDRAWN, " ")
    record_victim_status(crew, Actor("analyst 2"), number, WITHDRAWN, "Mistaken for another")
    assert find_protected_nodes(crew) == frozenset() and list_marked_nodes(crew).empty
    assert list_victim_statuses(crew, number).recorded_by.tolist() == ["analyst 2", "analyst 1"]
