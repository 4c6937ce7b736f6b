"""The meeting: agenda by priority, hours left, decisions that survive a kill and two people at once, actions
out."""

import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from analytics.oversight import Actor, verify
from analytics.oversight.heads import read_latest_head
from analytics.store import Store, now
from analytics.tasking.actions import list_action_steps, list_actions, update_action, write_calendar
from analytics.tasking.meeting import (
    MeetingOpen,
    RoomState,
    build_minutes_paper,
    call_proposal,
    close_meeting,
    count_hours_left,
    find_open_meeting,
    list_agenda,
    list_meetings,
    load_draft,
    load_room,
    open_meeting,
    save_draft,
    save_notes,
    write_minutes,
)
from analytics.tasking.priorities import save_assessment
from analytics.tasking.products import DecidedMeanwhile, list_decisions, record_decision, save_product
from tests.tasking.factories import tasked_action
from tests.tasking.test_priorities import scored

ANN, BEN = Actor("ann"), Actor("ben")
DUE = date(2026, 12, 24)


def brief(store: Store, title: str) -> int:
    return save_product(store, ANN, "brief", title, {}, [1])[0]


def decide(store: Store, number: int, outcome: str, **more) -> int:
    return record_decision(store, ANN, number, 1, outcome, "for reasons", "Supt. Lee", **more)


def test_the_agenda_is_what_waits_by_priority(store):
    low, high, unscored, done, deferred = (
        brief(store, name) for name in ("low", "high", "unscored", "done", "deferred")
    )
    save_assessment(store, ANN, low, scored(1), None)
    save_assessment(store, ANN, high, scored(3), "Burglary")
    save_assessment(store, ANN, deferred, scored(2), None)
    decide(store, done, "adopted")
    decide(store, deferred, "deferred")
    waiting = list_agenda(store)
    assert waiting.product_id.tolist() == [high, deferred, low, unscored]
    assert waiting.serves.tolist() == ["Burglary", None, None, None]
    assert waiting.priority.isna().tolist() == [False, False, False, True]


def test_more_hours_than_are_left_need_a_reason_and_the_minutes_print_it(store):
    first = brief(store, "Kiln Row")
    number = open_meeting(store, ANN, "Supt. Lee", "Insp. Ray", 100)
    patrol = {"action": tasked_action("Patrol", "Sgt. Day", DUE), "meeting_id": number}
    standing = decide(store, first, "adopted", hours=100, beyond_hours="not printed", **patrol)
    with pytest.raises(ValueError, match="20 hours fewer left than this needs: say why"):
        decide(store, first, "amended", hours=120, supersedes=standing, **patrol)
    decide(
        store, first, "amended", hours=120, beyond_hours="The county lends 20.", supersedes=standing, **patrol
    )
    text = write_minutes(store, find_open_meeting(store))
    assert "120 hours. More than were left: The county lends 20." in text["Actions"]
    assert "not printed" not in text["Actions"]  # there were enough
    assert "100 hours were available; 20 hours more given than there were." in text["Resources"]


def test_a_meeting_counts_down_its_hours_and_is_written_up(store):
    first, second = brief(store, "Kiln Row"), brief(store, "Mill Lane")
    number = open_meeting(store, ANN, "Supt. Lee", "Insp. Ray", 100)
    with pytest.raises(MeetingOpen, match="still open"):
        open_meeting(store, BEN, "Insp. Ray", "", 10)
    standing = decide(
        store,
        first,
        "adopted",
        action=tasked_action("Patrol 22:00-02:00", "Sgt. Day", DUE),
        hours=60,
        meeting_id=number,
    )
    assert count_hours_left(store, find_open_meeting(store)) == 40
    decide(store, second, "declined", meeting_id=number)
    decide(
        store,
        first,
        "amended",
        action=tasked_action("Patrol weekends", "Sgt. Day", DUE),
        hours=25,
        meeting_id=number,
        supersedes=standing,
    )
    meeting = find_open_meeting(store)
    assert list_actions(store).set_index("description").standing.to_dict() == {
        "Patrol 22:00-02:00": False,
        "Patrol weekends": True,
    }
    assert count_hours_left(store, meeting) == 75  # what was superseded takes no hours
    close_meeting(store, ANN, number)
    assert find_open_meeting(store) is None and list_meetings(store)[0].closed_at is not None
    text = write_minutes(store, list_meetings(store)[0])
    assert "Mill Lane" in text["Decisions"] and "Supersedes decision 1" in text["Decisions"]
    assert "100 hours were available; 75 left" in text["Resources"] and "Patrol weekends" in text["Actions"]
    with pytest.raises(KeyError, match="not open"):
        decide(store, second, "adopted", meeting_id=number, supersedes=2)
    with pytest.raises(KeyError, match="not open"):
        close_meeting(store, ANN, number)


def test_the_screens_of_a_meeting_share_what_is_on_the_table_and_the_notes(store):
    number = open_meeting(store, ANN, "Supt. Lee", "", 100)
    assert load_room(store, number) == RoomState(None, "")
    call_proposal(store, ANN, number, 7)
    save_notes(store, ANN, number, "Ask housing.")
    call_proposal(store, ANN, number, 8)
    assert load_room(store, number) == RoomState(8, "Ask housing.")


def test_of_two_who_decide_at_once_one_is_told_and_nothing_is_lost(store):
    number = brief(store, "Kiln Row")

    def attempt(outcome: str) -> str:
        try:
            decide(store, number, outcome)
        except DecidedMeanwhile:
            return "told"
        return outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, ["adopted", "declined"] * 4))
    assert outcomes.count("told") == 7 and list_decisions(store).outcome.tolist() == [
        o for o in outcomes if o != "told"
    ]
    assert verify(store)[2] is None


def test_a_server_killed_in_the_middle_of_a_meeting_finds_it_again(tmp_path):
    path = tmp_path / "meeting.duckdb"
    script = (
        "import time\nfrom datetime import date\nfrom analytics.oversight import Actor\nfrom analytics.store "
        "import Store\n"
        "from analytics.tasking.actions import TaskedAction\n"
        "from analytics.tasking.meeting import save_draft, open_meeting\n"
        "from analytics.tasking.products import record_decision, save_product\n"
        f"store, ANN = Store({str(path)!r}), Actor('ann')\nnumber = open_meeting(store, ANN, 'Supt. Lee', "
        f"'', 50)\n"
        "for name in 'abc':\n"
        "    brief, _ = save_product(store, ANN, 'brief', name, {}, [1])\n"
        "    record_decision(store, ANN, brief, 1, 'adopted', 'r', 'Lee', action=TaskedAction(name, "
        "'x', date(2026, 12, 24), 'Police', 'Desk'), hours=5, meeting_id=number)\n"
        "waits, _ = save_product(store, ANN, 'brief', 'd', {}, [1])\n"
        "save_draft(store, ANN, number, waits, {'why': 'half a sen'})\n"
        "print('decided', flush=True)\n"
        "with store.write() as cursor:\n"
        "    cursor.execute(\"UPDATE meeting SET closed_by = 'half', closed_at = now()\").fetchall()\n"
        "    print('closing', flush=True)\n    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "decided\n" and process.stdout.readline() == "closing\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    store = Store(path)
    meeting = find_open_meeting(store)
    assert meeting is not None and count_hours_left(store, meeting) == 35
    assert list_agenda(store).title.tolist() == ["d"]
    waits = int(list_agenda(store).product_id[0])
    assert load_draft(store, ANN, meeting.meeting_id, waits) == {"why": "half a sen"}
    assert len(list_decisions(store)) == 3 and verify(store)[2] is None
    store.close()


def test_an_action_is_followed_step_by_step_and_leaves_as_a_calendar(store):
    number = brief(store, "Kiln Row; <b>\nEND:VCALENDAR")
    decide(store, number, "adopted", action=tasked_action("Fit lamps, street side", "Sgt. Day", DUE), hours=4)
    second = brief(store, "Mill Lane")
    decide(store, second, "adopted", action=tasked_action("Visit", "PC 9", DUE - timedelta(days=30)))
    listed = list_actions(store, DUE - timedelta(days=1)).set_index("description")
    assert listed.overdue.to_dict() == {"Visit": True, "Fit lamps, street side": False}
    action = int(listed.action_id["Visit"])
    update_action(store, ANN, action, "in progress", "")
    with pytest.raises(ValueError, match="what was done"):
        update_action(store, ANN, action, "done", " ")
    update_action(store, ANN, action, "done", "visited; two referred to support")
    assert list_action_steps(store, action).status.tolist() == ["done", "in progress"]
    listed = list_actions(store, DUE + timedelta(days=1))
    assert listed.description.tolist()[-1] == "Visit" and listed.overdue.tolist() == [True, False]
    read = Calendar.from_ical(write_calendar(listed))
    events = list(read.walk("VEVENT"))
    assert [str(event["summary"]) for event in events] == ["Due: Fit lamps, street side"]
    assert events[0]["dtstart"].dt == DUE and write_calendar(listed) == write_calendar(listed)
    assert events[0]["dtstamp"].dt.tzinfo is not None
    with pytest.raises(ValueError, match="open, in progress"):
        update_action(store, ANN, action, "lost", "x")
    with pytest.raises(KeyError):
        update_action(store, ANN, 99, "open", "")


def test_steps_recorded_in_the_same_moment_keep_their_order(store):
    decide(store, brief(store, "x"), "adopted", action=tasked_action("a", "b", DUE))
    for status in ("in progress", "open", "in progress"):
        update_action(store, ANN, 1, status, status)
    assert list_actions(store).status.tolist() == ["in progress"]
    assert list_actions(store).recorded_at[0] <= now()


def test_half_typed_words_outlive_the_server_and_go_with_the_decision(tmp_path):
    path = tmp_path / "meeting.duckdb"
    store = Store(path)
    number, meeting = brief(store, "Kiln Row"), open_meeting(store, ANN, "Supt. Lee", "", 50)
    save_draft(store, ANN, meeting, number, {"why": "most ha"})
    save_draft(store, ANN, meeting, number, {"why": "most harm", "hours": 5.0})
    save_draft(store, BEN, meeting, number, {"why": "wait"})
    store.close()
    store = Store(path)
    assert load_draft(store, ANN, meeting, number) == {"why": "most harm", "hours": 5.0}
    decide(store, number, "adopted", meeting_id=meeting)
    assert load_draft(store, ANN, meeting, number) == {}
    assert load_draft(store, BEN, meeting, number) == {"why": "wait"}  # somebody else's words are theirs
    store.close()


def test_the_minutes_bear_the_marks_of_every_brief_decided_on(store):
    meeting = open_meeting(store, ANN, "Supt. Lee", "", 50)
    for title, mark in (("a", "P: free"), ("b", "C (S2): bound; P: free")):
        number, _ = save_product(store, ANN, "brief", title, {"handling": mark}, [1])
        decide(store, number, "declined", meeting_id=meeting)
    paper = build_minutes_paper(store, find_open_meeting(store))
    assert paper.handling == "C (S2): bound; P: free"
    assert paper.seal == read_latest_head(store).code  # it covers the decision made last
    assert build_minutes_paper(store, find_open_meeting(store)).seal == paper.seal


def test_nothing_in_the_code_changes_a_decision():
    analytics = Path(__file__).parents[2] / "analytics"
    changes = [
        (str(path.relative_to(analytics)), found[0])
        for path in sorted(analytics.rglob("*.py"))
        for found in re.finditer(
            r"(UPDATE|DELETE FROM)\s+(decision|audit|release|action_event)\b", path.read_text()
        )
    ]
    # A record that its own transaction has just written takes the digests of what that transaction wrote.
    assert changes == [("store/sealing.py", "UPDATE audit")]


def test_an_action_names_who_answers_for_it_and_one_from_before_says_that_it_does_not(store):
    number = open_meeting(store, ANN, "Supt. Lee", "", 40)
    for missing in ("agency", "contact"):
        with pytest.raises(ValueError, match="an agency, a contact"):
            replace(tasked_action("Fit lamps", "Sgt. Day", DUE), **{missing: " "})
    decide(
        store,
        brief(store, "x"),
        "adopted",
        action=tasked_action("Fit lamps", "Sgt. Day", DUE),
        meeting_id=number,
    )
    minutes = write_minutes(store, find_open_meeting(store))["Actions"]
    assert "Owner: Sgt. Day. Agency: Police. Contact: Duty desk. Due" in minutes
    with store.write(changes_data=False) as cursor:
        cursor.execute("UPDATE action SET agency = NULL, contact = NULL").fetchall()
    assert list_actions(store)[["agency", "contact"]].values.tolist() == [["not named", "not named"]]
    assert (
        "Agency: not named. Contact: not named." in write_minutes(store, find_open_meeting(store))["Actions"]
    )
    assert "Agency: not named" in write_calendar(list_actions(store)).decode().replace("\r\n ", "")
