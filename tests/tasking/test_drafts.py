"""Strategies and first drafts: every sentence with its mark, nothing invented, gaps named."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.intelligence.collection import NOT_KNOWN, tabulate_collection
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding
from analytics.oversight import Actor
from analytics.shared.unwritten import is_unwritten
from analytics.tasking.drafts import draft, draft_strategy
from analytics.tasking.fillers import DraftMaterial, classify_element
from analytics.tasking.meeting import list_agenda
from analytics.tasking.priorities import save_assessment
from analytics.tasking.products import SavedMeanwhile, record_decision, save_product
from analytics.tasking.sections import ASSESSMENTS, read_asked_sections
from analytics.tasking.strategy import (
    Priority,
    Strategy,
    find_strategy_in_force,
    list_served_priorities,
    list_unserved_priorities,
    load_strategy,
    save_strategy,
)
from tests.intelligence.test_reports import report
from tests.tasking.factories import tasked_action
from tests.tasking.test_priorities import scored

ANN = Actor("ann")
TODAY = date(2026, 5, 4)
PLAN = Strategy(
    date(2026, 4, 1),
    date(2026, 9, 30),
    (
        Priority("Burglary", "most harm", "locks", "who sells on", "patrol"),
        Priority("Exploitation", "lives at stake"),
    ),
    "Who lets the flats?",
)


def finding(title: str, method: str = "Getis-Ord Gi*", **focus) -> Finding:
    return Finding(
        title,
        f"{title} stands out.",
        method,
        {},
        1,
        None,
        date(2026, 3, 1),
        date(2026, 4, 30),
        read_result({"focus": focus}),
        "low",
        "a count",
        "none",
    )


MATERIAL = DraftMaterial(
    [
        (1, finding("Kiln Row", label="Kiln Row", count=9, previous_count=4), frozenset({"incident"})),
        (2, finding("Ten burglaries", "Near repeats (Knox)"), frozenset({"incident"})),
        (3, finding("Campaign 7", "Campaign"), frozenset({"advert"})),
    ],
    [(5, report())],
)


def test_a_strategy_comes_back_and_the_one_in_force_is_found(store):
    number, version = save_strategy(store, ANN, PLAN)
    assert load_strategy(store, number) == PLAN
    assert find_strategy_in_force(store, TODAY) == (number, version, PLAN)
    assert find_strategy_in_force(store, date(2027, 1, 1)) is None
    later = replace(PLAN, requirement="Who pays?")
    assert save_strategy(store, ANN, later, product_id=number, latest_seen=1) == (number, 2)
    with pytest.raises(SavedMeanwhile):
        save_strategy(store, ANN, PLAN, product_id=number, latest_seen=1)
    assert list(PLAN.sections()) == [
        "Period",
        "Priority 1: Burglary",
        "Priority 2: Exploitation",
        "Intelligence requirement",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"period_to": date(2025, 1, 1)}, "ends before"),
        ({"priorities": ()}, "at least one"),
        ({"priorities": (Priority("A", ""),)}, "title and why"),
        ({"priorities": (Priority("A", "x"), Priority("A ", "y"))}, "twice"),
    ],
)
def test_a_strategy_that_is_none_is_refused(store, changes, says):
    with pytest.raises(ValueError, match=says):
        save_strategy(store, ANN, replace(PLAN, **changes))


def test_every_element_of_a_finding_is_told_by_its_method_and_evidence():
    assert [classify_element(f, tables) for _, f, tables in MATERIAL.findings] == [
        "hotspots",
        "series",
        "offenders",
    ]


@pytest.mark.parametrize("kind", ASSESSMENTS)
def test_a_draft_has_every_section_of_its_kind_and_invents_nothing(kind):
    empty = draft(kind, DraftMaterial([]), TODAY)
    assert list(empty) == list(read_asked_sections(kind)) and all(empty.values())
    assert not any("finding 1" in text for text in empty.values())
    full = draft(kind, MATERIAL, TODAY)
    assert "[finding 3]" in "".join(full.values()) or kind == "strategic assessment"
    assert any("[finding" in text for text in full.values())
    assert {code for code, text in full.items() if is_unwritten(text)} <= {
        code for code, text in empty.items() if is_unwritten(text)
    }


def test_the_tactical_assessment_puts_each_finding_in_its_place_with_its_mark():
    sections = draft("tactical assessment", MATERIAL, TODAY)
    assert "Kiln Row stands out. Confidence: low. [finding 1]" in sections["hotspots"]
    assert "[finding 2]" in sections["series"] and "[finding 2]" not in sections["hotspots"]
    assert "[finding 3]" in sections["offenders"]
    assert "Vans come at night. [report 5, line 1: 2CP]" in sections["offenders"]
    assert "Novak" not in "".join(sections.values())  # the words as received stay where they are
    assert sections["emerging"] == "Kiln Row: 9 against 4 in the period before, within chance. [finding 1]"
    assert sections["period"].startswith("1 Mar 2026 to 30 Apr 2026")


def test_the_problems_of_a_strategic_assessment_are_written_or_to_be_written_not_both():
    hotspots = replace(MATERIAL, findings=MATERIAL.findings[:1])  # no series among them
    assert "Not yet written" not in draft("strategic assessment", hotspots, TODAY)["problems"]


def test_what_is_recorded_of_no_known_stage_is_not_described_as_nothing():
    cells = [
        ("Advertising", "origin", 0, 1),
        ("Advertising", "transit", 4, 0),
        ("Advertising", NOT_KNOWN, 1200, 0),
    ]
    grid = pd.DataFrame(cells, columns=["domain", "stage", "records", "requirements"]).assign(lines=0)
    gaps = draft("strategic assessment", replace(MATERIAL, grid=grid), TODAY)["gaps"]
    assert gaps == (
        "Nothing is recorded on: Advertising at origin. Asked for of these: 1.\n"
        "Recorded, but of a stage that is not known: Advertising (1,200)."
    )


def test_the_ranking_the_actions_and_the_gaps_are_drawn_from_the_store(store):
    number, _ = save_product(store, ANN, "brief", "Kiln Row", {}, [1])
    done, _ = save_product(store, ANN, "brief", "Mill Lane", {}, [1])
    save_assessment(store, ANN, number, scored(3), "Burglary")
    record_decision(
        store, ANN, done, 1, "adopted", "x", "y", action=tasked_action("Visit", "PC 9", date(2026, 1, 1))
    )
    from analytics.tasking.actions import list_actions

    material = replace(
        MATERIAL,
        waiting=list_agenda(store),
        actions=list_actions(store, TODAY),
        grid=tabulate_collection(store),
        strategy=PLAN,
    )
    sections = draft("tactical assessment", material, TODAY)
    assert (
        "1. Kiln Row: priority" in sections["tasking"] and "serves Burglary. [brief 1]" in sections["tasking"]
    )
    assert "Nothing is proposed for: Exploitation." in sections["tasking"]
    assert "Visit (PC 9, agency Police, due 1 Jan 2026): open, overdue. [action 1]" in sections["progress"]
    assert draft("strategic assessment", material, TODAY)["gaps"].count(" at ") == 15
    assert list_unserved_priorities(PLAN, ["Burglary", None]) == ["Exploitation"]
    assert "Advertising: see finding 3." in draft("subject profile", material, TODAY)["activity"]
    assert "Burglary: locks [control strategy]" in sections["preventive"]


def test_a_control_strategy_is_begun_from_findings_reports_and_gaps(store):
    categories = [{"category": "Burglary", "count": 9}]
    found = replace(MATERIAL.findings[0][1], result=read_result({"categories": categories}))
    material = replace(
        MATERIAL,
        findings=[(1, found, frozenset({"incident"})), MATERIAL.findings[2]],
        grid=tabulate_collection(store),
    )
    drafted = draft_strategy(material, ["Who lets the flats?"], date(2026, 4, 1), date(2026, 9, 30))
    assert [item.title for item in drafted.priorities] == [
        "Burglary",
        "Campaign 7",
        "What is reported, to be named",
    ]
    assert (
        drafted.priorities[0].why.endswith("[finding 1: low confidence]")
        and "[report 5, line 1: " in drafted.priorities[2].why
    )
    assert drafted.priorities[0].prevention == "Not yet written (tasking group): prevention."
    assert drafted.requirement.startswith("Who lets the flats?\nNothing is recorded on: ")
    save_strategy(store, ANN, drafted)


def test_reports_alone_are_written_text_and_no_prompt():
    for kind, section in (
        ("tactical assessment", "offenders"),
        ("strategic assessment", "people"),
        ("subject profile", "activity"),
    ):
        assert "Not yet written" not in draft(kind, DraftMaterial([], MATERIAL.reports), TODAY)[section]


def test_an_adopted_proposal_still_serves_its_priority_and_a_declined_one_none(store):
    numbers = [save_product(store, ANN, "brief", title, {}, [1])[0] for title in ("a", "b", "c")]
    for number, priority in zip(numbers, ("Burglary", "Exploitation", "Fraud"), strict=True):
        save_assessment(store, ANN, number, scored(2), priority)
    record_decision(store, ANN, numbers[0], 1, "adopted", "x", "y")
    record_decision(store, ANN, numbers[1], 1, "declined", "x", "y")
    assert list_served_priorities(store) == ["Burglary", "Fraud"]
    assert list_unserved_priorities(PLAN, list_served_priorities(store)) == ["Exploitation"]
