"""A finding's result: every kind through the store's JSON and back, and what earlier versions saved."""

import json

import pytest

from analytics.intelligence.finding_results import (
    AdvertsResult,
    CasePart,
    CaseResult,
    CategoryCount,
    CellCount,
    CriticalNode,
    FindingResult,
    Focus,
    IndicatorShare,
    MethodResult,
    MoneyResult,
    NetworkMember,
    NetworkResult,
    NetworkTie,
    PeriodCount,
    PlaceCount,
    PlaceResult,
    ReceivedResult,
    RemovalStep,
    ReportsResult,
    StandingCount,
    read_result,
)

RING = ((0.0, 51.0), (0.1, 51.0), (0.1, 51.1), (0.0, 51.0))
EXAMPLES = (
    PlaceResult(
        focus=Focus(label="Kiln Lane", place="Kiln Lane", lon=0.05, lat=51.05, ring=RING, count=7, z=2.5),
        cells=(CellCount(ring=RING, count=7, significant=True),),
        categories=(CategoryCount(category="theft", count=7),),
        hours=((0.0, 1.5), (2.0, 0.0)),
        hours_unknown=2,
        trend=(PeriodCount(period="2026-01-01", count=3),),
        total=90,
    ),
    MethodResult(method="near repeats", table=({"days": "0 to 7", "p": None},), total=12),
    MoneyResult(focus=Focus(label="Leeds", count=4), profile={"what": "Money moved."}, narrative="A draft."),
    AdvertsResult(
        focus=Focus(label="Leeds; York"),
        places=(PlaceCount(place="Leeds", count=3),),
        signs=(
            IndicatorShare(
                title="Many towns", direction="for", evidence="weak", adverts=2, share=0.5, everywhere=None
            ),
        ),
        links=(StandingCount(standing="stands", count=1),),
        counted="adverts",
        score=31.5,
        judgement="A lead",
    ),
    NetworkResult(
        type="broker",
        holds=0.9,
        nodes=12,
        ties=20,
        critical=(CriticalNode(node="person-0a", label="A. Q.", status="critical", substitute="B. F."),),
        removal=(RemovalStep(removed=1, low=0.4, high=0.6, random=0.3),),
        members=(
            NetworkMember(node="person-0a", label="A. Q.", kind="person"),
            NetworkMember(node="person-0b", label="B. F.", kind="person"),
        ),
        between=(NetworkTie(one=0, other=1, kind="call", events=4),),
        identifiers=(CategoryCount(category="phone", count=9),),
        change=("From 1 Jan 2026: 9 nodes; 3 nodes came.",),
    ),
    ReportsResult(focus=Focus(label="Mill Street"), reports=2),
    CaseResult(parts=(CasePart(kind="operation", label="Operation 3", count=12),)),
    ReceivedResult(),
)


def all_kinds(base: type[FindingResult] = FindingResult) -> set[type[FindingResult]]:
    return {kind for kind in base.__subclasses__()}


def test_there_is_an_example_of_every_kind():
    assert {type(example) for example in EXAMPLES} == all_kinds()


@pytest.mark.parametrize("result", EXAMPLES, ids=lambda result: result.kind)
def test_a_result_comes_back_from_json_as_it_was(result):
    saved = json.loads(json.dumps(result.to_json()))
    assert read_result(saved) == result
    assert saved["kind"] == type(result).KIND


@pytest.mark.parametrize("result", EXAMPLES, ids=lambda result: result.kind)
def test_every_kind_answers_every_reader(result):
    assert result.focus is None or isinstance(result.focus, Focus)
    for rows in (result.categories, result.places, result.trend, result.cells):
        assert isinstance(rows, tuple)
    assert isinstance(result.judgement, str) and isinstance(result.counted, str)


def test_what_was_saved_before_results_had_kinds_is_read():
    money = read_result({"focus": {"label": "Leeds", "count": 3}, "profile": {"what": "x"}, "narrative": "y"})
    assert isinstance(money, MoneyResult) and money.focus == Focus(label="Leeds", count=3)
    place = read_result({"focus": {"label": None, "ring": None, "count": 2}, "hours": None, "trend": []})
    assert isinstance(place, PlaceResult) and place.focus == Focus(count=2)
    method = read_result({"kind": "near-repeats", "table": [{"a": 1}], "hours": None, "total": 4})
    assert isinstance(method, MethodResult) and (method.method, method.total) == ("near-repeats", 4)
    assert isinstance(read_result({}), PlaceResult)


def test_a_field_of_another_version_is_kept():
    saved = {"kind": "reports", "reports": 1, "mood": "calm"}
    result = read_result(saved)
    assert result.more == {"mood": "calm"}
    assert read_result(json.loads(json.dumps(result.to_json()))) == result


@pytest.mark.parametrize(
    ("saved", "where"),
    [
        ({"kind": "hotspot", "focus": {"count": "many"}}, "focus.count"),
        ({"kind": "hotspot", "cells": [{"count": 1}]}, "cells.0.ring"),
        ({"kind": "money", "profile": {}}, "narrative"),
    ],
)
def test_a_damaged_result_is_refused_with_its_place(saved, where):
    with pytest.raises(ValueError, match=f"damaged at {where}"):
        read_result(saved)
