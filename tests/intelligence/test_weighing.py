"""Competing hypotheses, findings that contradict each other, and the ladder."""

import json
from dataclasses import replace
from datetime import date

import pytest

from analytics.intelligence.claims import CHANGE, JUDGEMENT, LEVEL, list_claims
from analytics.intelligence.corroboration import link_lines
from analytics.intelligence.finding_links import (
    link_findings,
    list_finding_links,
    propose_links,
    withdraw_finding_link,
)
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import revise_finding, save_finding
from analytics.intelligence.hypotheses import (
    Competing,
    begin,
    describe_probabilities,
    describe_verdict,
    from_json,
    tells_nothing,
    to_json,
    weigh,
)
from analytics.intelligence.ladder import DATA, INFORMATION, INTELLIGENCE, KNOWLEDGE, build_ladder, find_rung
from analytics.intelligence.reports import save_report
from analytics.oversight import Actor
from analytics.tasking.products import record_decision, save_product
from tests.intelligence.test_findings import ANN, BOB, FINDING, NONE, add_incidents, rows
from tests.intelligence.test_reports import report

YES, NO, OFF = "consistent", "inconsistent", "not applicable"
HEUER = Competing(("a", "b", "c"), ("one", "two", "three"), ((YES, NO, YES), (YES, YES, YES), (OFF, NO, NO)))
SQUARE = [[3.0, 48.0], [3.01, 48.0], [3.01, 48.01], [3.0, 48.01], [3.0, 48.0]]


def hotspot(*, z=4.0, p=0.001, ring=SQUARE, first=date(2026, 3, 1), last=date(2026, 4, 30), **parameters):
    focus = {"label": "Kiln Row", "ring": ring, "z": z, "p_adjusted": p, "count": 40, "previous_count": 38}
    return replace(
        FINDING,
        area_id=1,
        period_from=first,
        period_to=last,
        result=read_result({"focus": focus}),
        parameters=parameters,
    )


def test_the_hypothesis_with_least_against_it_leads():
    order = weigh(HEUER)
    assert order.hypothesis.tolist() == ["a", "c", "b"] and order.inconsistent.tolist() == [0, 1, 2]
    assert order["rank"].tolist() == [1, 2, 3] and order.consistent.tolist() == [2, 2, 1]
    assert tells_nothing(HEUER) == ["two"]  # it fits all three
    assert describe_verdict(HEUER).startswith("Least is against: a (0 inconsistent, the next 1)")
    assert from_json(json.loads(json.dumps(to_json(HEUER)))) == HEUER


def test_probabilities_are_said_in_words_and_where_they_do_not_agree():
    said = replace(HEUER, probabilities=(0.3, 0.6, None))
    assert from_json(json.loads(json.dumps(to_json(said)))) == said
    assert said.left_over is None
    assert describe_probabilities(said, "likely") == [
        "H1: unlikely (30%); H2: likely (60%).",
        "H2 is held the most probable, and another has less against it.",
        "The finding says likely, H1 unlikely.",
    ]
    whole = replace(HEUER, probabilities=(0.7, 0.1, 0.05))
    assert whole.left_over == pytest.approx(0.15)
    assert describe_probabilities(whole, "likely")[1:] == ["15% is left for what none of them says."]
    assert describe_probabilities(HEUER, "likely") == []
    saved_before = {name: value for name, value in to_json(HEUER).items() if name != "probabilities"}
    assert from_json(saved_before) == HEUER


def test_nothing_is_rated_for_the_analyst_and_a_tie_is_a_tie():
    begun = begin(FINDING)
    assert begun.hypotheses == (FINDING.title, "More is recorded there.") and not begun.begun
    assert describe_verdict(begun) == "No item of evidence has been rated yet."
    tied = replace(HEUER, ratings=((NO, NO, YES), (YES, YES, NO), (None, OFF, OFF)))
    assert "3 hypotheses have equally little against them" in describe_verdict(
        tied
    ) and "1 rating is still" in describe_verdict(tied)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hypotheses": ("a",)},
        {"hypotheses": ("a", "a", "b")},
        {"evidence": ("one", " ", "three")},
        {"ratings": ((YES, NO, YES),)},
        {"ratings": ((YES, NO), (YES, YES), (YES, NO))},
        {"ratings": ((YES, NO, "maybe"), (YES, YES, YES), (OFF, NO, NO))},
        {"probabilities": (0.2, 0.3)},
        {"probabilities": (0.2, 1.3, None)},
        {"probabilities": (0.5, 0.5, 0.1)},
    ],
)
def test_a_table_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError):
        replace(HEUER, **wrong)


def test_a_claim_needs_more_than_a_difference():
    near = list_claims(
        read_result({"focus": {"count": 40, "previous_count": 38, "z": 3.0, "p_adjusted": 0.2}})
    )
    assert set(near) == {LEVEL} and near[LEVEL].direction == -1
    far = list_claims(read_result({"focus": {"count": 90, "previous_count": 40}, "judgement": "Spam"}))
    assert far[CHANGE].direction == 1 and far[JUDGEMENT].direction == -1
    assert list_claims(read_result({})) == {} and list_claims(read_result({"judgement": "Not known"})) == {}


def test_opposite_claims_of_one_place_and_period_are_proposed_and_looked_at_once(store):
    add_incidents(store, 1, range(2, 6))
    add_incidents(store, 2, range(2, 6))
    far = [[x + 1, y] for x, y in SQUARE]
    saved = [
        save_finding(store, ANN, finding, rows(source, [2]))
        for source, finding in (
            (1, hotspot()),
            (1, hotspot(p=0.4)),
            (2, hotspot()),
            (1, hotspot(p=0.4, ring=far)),
            (1, hotspot(p=0.4, first=date(2024, 1, 1), last=date(2024, 12, 31))),
            (1, hotspot(p=0.4, categories=["Theft"])),
        )
    ]
    found = propose_links(store)
    assert found[["finding_id", "other_finding_id", "relation"]].values.tolist() == [
        [saved[0], saved[1], "contradicts"],
        [saved[1], saved[2], "contradicts"],
        [saved[0], saved[2], "corroborates"],
    ]
    assert "more than chance against not shown" in found.why[0] and "other sources" in found.why[2]
    link = link_findings(store, BOB, saved[1], saved[0], "contradicts", "the same cell, another test")
    link_findings(store, BOB, saved[1], saved[2], "unrelated", "another cell size")
    assert len(propose_links(store)) == 1
    assert list_finding_links(store)[["finding_id", "other_finding_id", "relation"]].values.tolist()[0] == [
        1,
        2,
        "contradicts",
    ]
    with pytest.raises(ValueError, match="linked already"):
        link_findings(store, ANN, saved[0], saved[1], "corroborates", "r")
    withdraw_finding_link(store, ANN, link, "a slip")
    assert len(propose_links(store)) == 2
    with pytest.raises(ValueError, match="no standing link"):
        withdraw_finding_link(store, ANN, link, "again")


@pytest.mark.parametrize(
    ("pair", "relation", "reason", "error"),
    [
        ((1, 1), "contradicts", "r", ValueError),
        ((1, 2), "opposes", "r", ValueError),
        ((1, 2), "contradicts", " ", ValueError),
        ((1, 9), "contradicts", "r", KeyError),
    ],
)
def test_a_link_that_is_none_is_refused(store, pair, relation, reason, error):
    add_incidents(store, 1, [2])
    for _ in range(2):
        save_finding(store, ANN, FINDING, rows(1, [2]))
    with pytest.raises(error):
        link_findings(store, ANN, *pair, relation, reason)


def test_findings_on_reports_that_contradict_each_other_are_proposed(store):
    numbers = [save_report(store, ANN, report())[0] for _ in range(2)]
    findings = [save_finding(store, ANN, FINDING, NONE, lines=[(number, 1)]) for number in numbers]
    link_lines(store, ANN, (numbers[0], 1), (numbers[1], 1), "contradicts", "one says the flat is empty")
    found = propose_links(store)
    assert found.values[0].tolist()[:3] == [*findings, "contradicts"]


def test_the_ladder_from_rows_to_a_decision(store):
    add_incidents(store, 1, [2, 3])
    number = save_finding(store, ANN, FINDING, rows(1, [2, 3]))
    assert find_rung(build_ladder(store), "source", 1)["rung"] == DATA
    assert find_rung(build_ladder(store), "finding", number)["rung"] == INFORMATION
    weighed = replace(FINDING, hypotheses=to_json(HEUER))
    revise_finding(store, ANN, number, weighed, latest_seen=1, change_reason="weighed")
    state = find_rung(build_ladder(store), "finding", number)
    assert state["rung"] == KNOWLEDGE and "alternatives were weighed" in state["why"]
    product, version = save_product(store, ANN, "brief", "B", {}, [number])
    assert (
        find_rung(build_ladder(store), "finding", number)["next_step"]
        == "have the meeting decide on the brief"
    )
    first = record_decision(store, BOB, product, version, "declined", "no hours", "Supt")
    assert find_rung(build_ladder(store), "finding", number)["rung"] == KNOWLEDGE
    record_decision(store, BOB, product, version, "adopted", "hours found", "Supt", supersedes=first)
    state = find_rung(build_ladder(store), "finding", number)
    assert state["rung"] == INTELLIGENCE and "decision 2" in state["why"]
    with pytest.raises(KeyError):
        find_rung(build_ladder(store), "finding", 99)


def test_a_report_climbs_when_others_evaluate_and_use_it(store):
    first = save_report(store, Actor("PC 12"), report())[0]
    assert find_rung(build_ladder(store), "report", first)["rung"] == DATA
    second = save_report(store, ANN, report())[0]
    assert find_rung(build_ladder(store), "report", second)["rung"] == INFORMATION
    save_finding(store, ANN, FINDING, NONE, lines=[(first, 1)])
    assert find_rung(build_ladder(store), "report", first)["rung"] == KNOWLEDGE
    assert find_rung(build_ladder(store), "finding", 1)["rung"] == KNOWLEDGE
    assert build_ladder(store).rung.tolist() == [KNOWLEDGE, KNOWLEDGE, INFORMATION]
