"""Everything invented goes in one act; what the user brought stays."""

import json
from datetime import date

from click.testing import CliRunner

from analytics.desk.saved_views import list_views, save_view
from analytics.desk.tray import TrayItem, add_item, open_case
from analytics.desk.watches import start_watch
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, save_report
from analytics.oversight import Actor, verify
from analytics.search import PageLink
from analytics.store import Store, close_store
from analytics.store.areas import find_working_area
from analytics.store.preferences import load_preference, save_preference
from analytics.tasking.meeting import close_meeting, list_meetings, open_meeting
from analytics.tasking.products import record_decision
from analytics.training.cli import scenario
from analytics.training.removal import has_invented, remove_invented
from analytics.training.settings import UNIT_NAME
from tests.sources import insert_source_row
from tests.tasking.factories import brief, tasked_action

USER, UNIT = Actor("user"), Actor(UNIT_NAME)
INVENTED, OWN = 1, 2  # numbers of sources and of their areas


def fill(store: Store) -> dict[str, int]:
    """An invented city and the user's own town side by side, with work on both; returns the two briefs."""
    with store.write() as cursor:
        for number, name in ((INVENTED, "Vellmouth (invented)"), (OWN, "Riverton")):
            cursor.execute(
                "INSERT INTO area VALUES (?, ?, 32630, 'Europe/London')", [number, name]
            ).fetchall()
            insert_source_row(cursor, number, "incident", area_id=number)
            for row in range(2, 5 - number):  # the invented city has more: a link without an area leads there
                cursor.execute(
                    "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from,"
                    " occurred_to, time_precision, local_date)"
                    " VALUES (?, ?, ?, 'Violence', '2026-01-05', '2026-01-05', 'day', '2026-01-05')",
                    [number, row, number],
                ).fetchall()
        cursor.execute("UPDATE source SET is_scenario = true WHERE source_id = ?", [INVENTED]).fetchall()
    briefs = {"invented": brief(store, "In the city"), "own": brief(store, "In the town")}
    mixed = brief(store, "In both")
    with store.write() as cursor:
        cursor.execute("UPDATE finding_evidence SET source_id = ? WHERE finding_id = 2", [OWN]).fetchall()
        cursor.execute(
            "INSERT INTO finding_evidence SELECT * REPLACE (? AS source_id) FROM finding_evidence"
            " WHERE finding_id = 3",
            [OWN],
        ).fetchall()
    for actor in (UNIT, USER):
        line = Line("Seen.", "Seen.", Grade("2", "B"), "transit", "transportation")
        day = date(2026, 1, 6)
        save_report(
            store,
            actor,
            Report("Seen", actor.name, day, "A witness", "law", "test", "2", date(2030, 1, 1), (line,)),
        )
    return briefs | {"mixed": mixed}


def decide(store: Store, actor: Actor, product: int) -> None:
    meeting = open_meeting(store, actor, "Chair", "All", 100)
    action = tasked_action("Walk", "Somebody", date(2027, 1, 1))
    record_decision(
        store, actor, product, 1, "adopted", "Because.", "Chair", action=action, hours=5, meeting_id=meeting
    )
    close_meeting(store, actor, meeting)


def test_the_city_goes_and_what_the_user_brought_stays(store):
    briefs = fill(store)
    decide(store, USER, briefs["invented"])
    decide(store, USER, briefs["own"])
    save_preference(store, "user", "paper", "A4")
    assert has_invented(store)
    removed = remove_invented(store, USER)
    assert removed == {
        "source": 1,
        "area": 1,
        "finding": 1,
        "product": 1,
        "decision": 1,
        "action": 1,
        "meeting": 1,
        "report": 1,
    }
    assert not has_invented(store) and remove_invented(store, USER) == {}
    for table, column, left in (
        ("source", "source_id", [OWN]),
        ("incident", "source_id", [OWN]),
        ("area", "area_id", [OWN]),
        ("finding", "finding_id", [2, 3]),
        ("product", "product_id", [briefs["own"], briefs["mixed"]]),
        ("action", "action_id", [2]),
        ("report", "report_id", [2]),
    ):
        assert [row[column] for row in store.rows(f"SELECT {column} FROM {table} ORDER BY 1")] == left, table
    assert [meeting.meeting_id for meeting in list_meetings(store)] == [2]
    assert load_preference(store, "user", "paper", "Letter") == "A4"
    (last,) = store.rows(
        "SELECT act, actor, CAST(detail AS VARCHAR) AS detail FROM audit ORDER BY sequence DESC LIMIT 1"
    )
    assert (last["act"], last["actor"], json.loads(last["detail"])) == (
        "remove invented city",
        "user",
        removed,
    )
    assert verify(store)[2] is None


def test_what_leads_to_the_city_goes_with_it(store):
    fill(store)
    kept = [PageLink("hotspots", {"area": "Riverton"}), PageLink("intelligence", {"finding": "2"})]
    gone = [
        PageLink("hotspots", {"area": "Vellmouth (invented)"}),
        PageLink("hotspots", {"drawn": "a place of the area with most incidents"}),
        PageLink("intelligence", {"finding": "1"}),
        PageLink("finance", {"account": "1-7"}),
        PageLink("search", {"item": "journey-1-12"}),
    ]
    for opens in (*kept, *gone):
        save_view(store, USER, f"{opens.query}", opens)
        add_item(store, USER, TrayItem("finding", f"{opens.query}", "A thing", opens))
    start_watch(store, USER, "account", "1-7", "An account", gone[3])
    removed = remove_invented(store, USER)
    assert (removed["saved view"], removed["watch"], removed["thing in a case"]) == (5, 1, 5)
    assert {str(view.opens) for view in list_views(store, USER)} == set(map(str, kept))
    assert [item.opens for item in open_case(store, USER).items] == kept


def test_a_link_without_an_area_stays_where_as_many_incidents_lie_in_the_users_town(store):
    fill(store)
    with store.write() as cursor:
        cursor.execute("DELETE FROM incident WHERE source_id = ? AND row_number = 3", [INVENTED]).fetchall()
    assert find_working_area(store, None) == OWN  # by its name, where both have one incident
    save_view(store, USER, "Drawn", PageLink("hotspots", {"drawn": "a place of the area opened first"}))
    assert remove_invented(store, USER).get("saved view") is None
    assert [view.name for view in list_views(store, USER)] == ["Drawn"]


def test_a_meeting_that_decided_anything_real_stays(store):
    briefs = fill(store)
    meeting = open_meeting(store, UNIT, "Chair", "All", 100)
    for name in ("invented", "own"):
        record_decision(store, USER, briefs[name], 1, "declined", "No.", "Chair", meeting_id=meeting)
    remove_invented(store, USER)
    assert [each.meeting_id for each in list_meetings(store)] == [meeting]
    assert [row["product_id"] for row in store.rows("SELECT product_id FROM decision")] == [briefs["own"]]


def test_the_command_asks_first_and_says_what_went(store):
    fill(store)
    store.close()
    runner, arguments = CliRunner(), ["--remove", "--store", store.path]
    try:
        assert runner.invoke(scenario, arguments, input="n\n").exit_code == 1
        done = runner.invoke(scenario, [*arguments, "--yes"])
        assert done.exit_code == 0 and "Removed: 1 source, 1 area, 1 finding" in done.output
        assert "nothing invented" in runner.invoke(scenario, [*arguments, "--yes"]).output
    finally:
        close_store(store.path)
