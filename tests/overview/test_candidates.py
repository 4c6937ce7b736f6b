"""What each domain offers to look at, from a few rows."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from analytics.finance.leads import Leads
from analytics.intelligence.requirements import Requirement, save_requirement
from analytics.oversight import Actor
from analytics.overview.case_candidates import (
    contradiction_candidates,
    proposal_candidates,
    requirement_candidates,
    result_candidates,
)
from analytics.overview.gather import find_present_day, gather_morning
from analytics.overview.morning import read_work_state
from analytics.overview.network_candidates import lead_candidates, operation_candidates
from analytics.overview.queues import list_queues
from analytics.overview.start_brief import NothingToTask, start_brief
from tests.overview.test_overview import add_versions

TODAY = date(2026, 11, 29)


def run(store, sql, *values):
    with store.write(changes_data=False) as cursor:
        cursor.execute(sql, list(values)).fetchall()


def test_an_open_requirement_is_offered_from_the_day_after_its_date(store):
    for due in (TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=40)):
        save_requirement(store, Actor("a"), Requirement(f"Due {due}?", "Inspector", due))
    old, one = sorted(requirement_candidates(store, TODAY), key=lambda item: item.since)
    assert (old.figure, one.figure, one.beside) == ("40", "1", "day late")
    assert (old.marks.gravity, one.marks.gravity) == (3, 1)
    assert start_brief(store, Actor("a"), 1, one.subject) == {"brief": "1"}
    queues = {queue.name: queue for queue in list_queues(store, TODAY)}
    assert queues["requirements overdue"].what == "Requirement 3 is 40 days overdue, and 1 more"
    assert queues["requirements due"].count == 1 and queues["reviews"].count == 0


def test_a_proposal_on_an_operation_has_the_operations_cause(store):
    add_versions(store, "finding", [(1, 1, "one", "2026-11-28"), (2, 1, "two", "2026-11-28")])
    run(store, 'UPDATE finding SET recipe = \'{"subject": "operation", "number": 7}\' WHERE finding_id = 1')
    briefs = [(1, 1, "a", "2026-11-28", "brief", [1]), (2, 1, "b", "2026-11-28", "brief", [2])]
    add_versions(store, "product", [*briefs, (3, 1, "c", "2026-11-28", "brief", [])])
    found = {item.name: item for item in proposal_candidates(store, TODAY)}
    assert {name: item.cause for name, item in found.items()} == {
        "a": "operation 7",
        "b": "finding 2",
        "c": "brief 3",
    }
    assert found["a"].figure == "–" and "Nobody has scored it" in found["a"].rests_on


def test_reports_that_contradict_one_another_name_the_finding_they_touch(store):
    for number, title in ((1, "Vans seen"), (2, "No vans seen")):
        run(
            store,
            "INSERT INTO report (report_id, version, title, submitted_by, observed_on, provenance,"
            " legal_basis, purpose, retention_group, review_date, saved_by, saved_at, change_reason)"
            " VALUES (?, 1, ?, 'o', '2026-11-20', 'p', 'l', 'p', '2', '2027-01-01', 'o', '2026-11-21', '')",
            number,
            title,
        )
    run(
        store,
        "INSERT INTO report_link (report_id, line, other_report_id, other_line, relation, reason, linked_by,"
        " linked_at) VALUES (1, 1, 2, 1, 'contradicts', 'Opposite.', 'o', '2026-11-22')",
    )
    (item,) = contradiction_candidates(store, TODAY)
    assert (item.name, item.marks.gravity, item.since) == ("Vans seen", 2, date(2026, 11, 20))
    with pytest.raises(NothingToTask):
        start_brief(store, Actor("a"), 1, item.subject)
    run(store, "INSERT INTO finding_report VALUES (5, 1, 2, 1, 1)")
    (item,) = contradiction_candidates(store, TODAY)
    assert item.marks.gravity == 3 and item.cause == "finding 5" and "finding 5" in item.rests_on
    run(store, "UPDATE report_link SET withdrawn_at = '2026-11-23'")
    assert contradiction_candidates(store, TODAY) == []


def test_a_result_is_offered_for_four_weeks(store):
    run(
        store,
        "INSERT INTO action (decision_id, description, owner, due, status)"
        " VALUES (1, 'Patrol', 'o', '2026-11-01', 'done')",
    )
    (action,) = store.rows("SELECT action_id FROM action")
    run(
        store,
        "INSERT INTO result VALUES (?, 1, '{}', 'more than expected', '{\"why\": \"60 for 30.\"}', 'n', 1,"
        " 's', '2026-11-01')",
        action["action_id"],
    )
    (item,) = result_candidates(store, TODAY)
    assert item.marks.gravity == 3 and item.rests_on == "60 for 30."
    assert result_candidates(store, TODAY + timedelta(days=1)) == []


def add_operation(store, number, days_ago):
    for row, ago in enumerate(days_ago):
        posted = datetime(2026, 11, 29) - timedelta(days=ago)
        key = [number, row]
        run(
            store,
            "INSERT INTO advert (source_id, row_number, posted_at, place) VALUES (?, ?, ?, 'Dunvar')",
            *key,
            posted,
        )
        run(store, "INSERT INTO operation_advert VALUES (?, ?, ?)", number, *key)
    run(store, "INSERT INTO operation VALUES (?, 50, ?, 1)", number, len(days_ago))


def test_operations_are_new_or_grow_or_are_left_alone(store):
    add_operation(store, 1, [3, 9, 20, 27])  # new
    add_operation(store, 2, [*range(0, 28, 2), *range(30, 336, 28)])  # grows
    add_operation(store, 3, list(range(0, 336, 9)))  # steady
    add_operation(store, 4, [1, 2])  # too few
    found = {item.id: item for item in operation_candidates(store)}
    assert sorted(found) == ["operation-1", "operation-2"]
    new, growing = found["operation-1"], found["operation-2"]
    assert "new since 2 Nov 2026" in new.about and new.beside == "none before" and new.marks.newness == 2
    assert growing.figure == "14" and growing.marks.strength >= 2 and len(growing.line) == 12
    assert new.name == "Operation 1: Dunvar"


def test_a_lead_shows_no_account_in_full():
    leads = pd.DataFrame(
        {
            "lead_id": ["L1"],
            "rank": [1],
            "typology": ["fan-in"],
            "by_chance": [1e-6],
            "account": ["ACC-0001134"],
            "accounts": [4],
            "transactions": [2],
            "first": [pd.Timestamp("2026-11-20")],
            "last": [pd.Timestamp("2026-11-27")],
        }
    )
    evidence = pd.DataFrame(
        {
            "lead_id": ["L1", "L1"],
            "occurred_at": pd.to_datetime(["2026-11-20", "2026-11-27"]),
            "amount_minor": [10_000, 20_050],
            "currency": ["GBP", "GBP"],
        }
    )
    empty = pd.DataFrame()
    (item,) = lead_candidates(Leads(leads, evidence, empty, empty, empty, empty, (), "1"), TODAY)
    assert "0001" not in item.name + item.rests_on and "1134" in item.name
    assert item.marks.strength == 3 and item.marks.newness == 3 and item.line[-2:] == (1.0, 1.0)
    assert "2 payments, 300 GBP" in item.rests_on


def test_a_store_without_incidents_of_an_area_has_a_morning_too(store):
    run(store, "INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')")
    before = read_work_state(store)
    save_requirement(store, Actor("a"), Requirement("Who?", "Inspector", TODAY - timedelta(days=3)))
    assert read_work_state(store) != before
    seen = []
    morning = gather_morning(store, 1, TODAY, publish=seen.append)
    assert [item.kind for item in morning.five] == ["requirement"] and morning.cells.empty
    assert seen[0].five is None and seen[0].queues == morning.queues
    assert find_present_day(store, TODAY) == TODAY
    with pytest.raises(KeyError):
        gather_morning(store, 2, TODAY)
