"""Network profiles: drafted from findings, naming nobody without a legal basis, and a victim never."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.intelligence.finding_results import (
    CategoryCount,
    CriticalNode,
    NetworkMember,
    NetworkResult,
    NetworkTie,
    RemovalStep,
)
from analytics.intelligence.findings import Finding
from analytics.network.links.node_names import name_node
from analytics.network.operation.referral_draft import draft_node_referral
from analytics.oversight import Actor
from analytics.shared.unwritten import is_unwritten
from analytics.tasking.drafts import draft
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.network_drawing import draw_network
from analytics.tasking.referrals import build_referral_paper, list_referrals, record_step, save_referral
from tests.sources import insert_source_row

RESULT = NetworkResult(
    type="broker",
    why="Repeated ties through a few brokers.",
    attack="The brokers' reputation.",
    nodes=3,
    ties=2,
    critical=(
        CriticalNode(
            node="person-a",
            label="QUIST",
            status="critical",
            kinds="many ties",
            substitute="FERRAN",
            substitute_node="person-b",
        ),
        CriticalNode(node="person-b", label="FERRAN", status="important but replaceable"),
    ),
    removal=(RemovalStep(removed=1, low=0.5, high=0.9, random=0.3),),
    apart=0.2,
    members=tuple(
        NetworkMember(node=f"person-{letter}", label=name, kind="person")
        for letter, name in (("a", "QUIST"), ("b", "FERRAN"), ("c", "MOLT"))
    ),
    between=(NetworkTie(one=0, other=1, kind="call", events=4), NetworkTie(one=0, other=2, kind="payment")),
    identifiers=(CategoryCount(category="phone", count=3),),
    carried=2,
)
FINDING = Finding(
    "A broker network",
    "3 nodes hang together.",
    "Structure of a network",
    {},
    1,
    None,
    None,
    None,
    RESULT,
    "moderate",
    "Calls.",
    "None.",
)
MATERIAL = DraftMaterial([(7, FINDING, frozenset({"communication"}))])
TODAY = date(2026, 11, 1)
ACTOR = Actor("analyst 1")


@pytest.mark.parametrize("kind", ["network profile", "subject profile"])
def test_nobody_is_named_without_a_legal_basis(kind):
    text = "\n".join(draft(kind, MATERIAL, TODAY).values())
    assert "QUIST" not in text and "FERRAN" not in text and "[finding 7]" in text
    assert "2 persons had journeys paid for" in text


def test_targets_are_named_under_the_legal_basis_of_a_plan():
    texts = draft("network profile", replace(MATERIAL, lawful=frozenset({7})), TODAY)
    assert "1. QUIST: critical (many ties)" in texts["critical"]
    assert "likely substitute FERRAN" in texts["critical"] and "Watch or remove" in texts["critical"]
    assert "3 telephones are used by its nodes, with 4 calls" in texts["communications"]
    assert "No account is known" in texts["finances"]


@pytest.mark.parametrize("victim,name", [("person-a", "QUIST"), ("person-b", "FERRAN")])
@pytest.mark.parametrize("kind", ["network profile", "subject profile", "tactical assessment"])
def test_a_possible_victim_is_named_in_no_draft(kind, victim, name):
    material = replace(MATERIAL, lawful=frozenset({7}), protected=frozenset({victim}))
    texts = draft(kind, material, TODAY)
    assert name not in "\n".join(texts.values())
    if kind == "network profile":
        assert "1 node of it may be a victim" in texts["victims"]


def test_the_chart_names_no_possible_victim():
    svg, words = draw_network(RESULT, frozenset({"person-a"}))
    assert (
        svg.startswith(b"<?xml")
        and b"QUIST" not in svg
        and b"FERRAN" not in svg
        and "0 critical nodes ringed" in words
    )
    assert draw_network(NetworkResult(type="mixed", nodes=0, ties=0), frozenset()) is None


def test_a_possible_victim_is_referred_without_a_name_or_a_number(store):
    with store.write() as cursor:
        insert_source_row(cursor, 1, "account")
    person = name_node("person:account/1/2/holder")
    texts = draft_node_referral("Person or organisation", "Wages taken.", links=4, carried=2)
    assert is_unwritten(texts["safety"]) and "2 journeys paid for" in texts["signs"]
    product, version = save_referral(store, ACTOR, person, "Harbour Outreach", texts)
    assert version == 1
    record_step(store, ACTOR, product, "sent", "Handed over by telephone")
    row = list_referrals(store, node=person).iloc[0]
    assert (row.product_id, row.standing, row.partner) == (product, "sent", "Harbour Outreach")
    assert list_referrals(store, operation_id=1).empty and row.title == "Referral: person in a network"
    assert build_referral_paper(store, product).title == "Referral to Harbour Outreach"
