"""Who a team's app lets in: the link of a seat, in that seat's role, on the exercise's day."""

import os
import signal
import subprocess
import sys
from datetime import UTC, date, timedelta

import pytest
from starlette.requests import HTTPConnection
from streamlit.testing.v1 import AppTest

from analytics.oversight import may
from analytics.store import live_on, now, true_now
from analytics.training.exercise.classroom import (
    CLASS_FILE,
    CONDUCTED,
    list_links,
    prepare_classrooms,
    start_app,
    start_class,
    write_hand_out,
)
from analytics.training.exercise.paths import team_folder, team_store
from analytics.training.exercise.revealed import follow_exercise
from analytics.training.exercise.running import reveal_exercise
from analytics.training.exercise.state import changing, read_exercise
from tests.training.exercise.conftest import TRAINER
from ui.shell.class_way import ClassWay

_APP = """
import threading
from ui.shell.class_way import end_with_conductor
end_with_conductor()
print("ready", flush=True)
threading.Event().wait()
"""
_CONDUCTOR = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE)
time.sleep(600)
"""


def asked(query: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "query_string": query.encode(), "headers": []})


@pytest.fixture
def way(folder):
    assert list_links(folder) == []
    prepare_classrooms(folder, read_exercise(folder), "127.0.0.1", 8911)
    yield ClassWay(team_folder(folder, "North") / CLASS_FILE)
    live_on(None)
    follow_exercise(None)


def test_each_link_opens_its_seat_alone(way, folder):
    links = list_links(folder)
    assert [(link.team, link.label) for link in links] == [
        ("North", "Analyst"),
        ("North", "Commander"),
        ("South", "Analyst"),
        ("South", "Commander"),
    ]
    assert len({link.address.split("/?")[0] for link in links}) == 2
    found = [way.find_actor(asked(link.address.split("?")[1])) for link in links]
    assert [(actor.name, actor.role) for actor in found[:2]] == [
        ("North, Analyst", "analyst"),
        ("North, Commander", "commander"),
    ]
    assert found[2:] == [None, None]
    assert way.find_actor(asked("token=")) is None


def test_a_seat_does_what_its_role_does_and_no_more(way, folder):
    analyst, commander = (
        way.find_actor(asked(link.address.split("?")[1])) for link in list_links(folder)[:2]
    )
    assert may(analyst, "save finding") and not may(analyst, "record decision")
    assert may(commander, "record decision")
    for seat in (analyst, commander):
        assert not may(seat, "remove invented city")
        assert not may(seat, "run exercise")
        assert not may(seat, "view page training")


def test_what_a_team_saves_bears_the_day_of_the_exercise(way):
    assert now().date() == date(2026, 10, 31)


def test_the_bar_says_the_day_of_the_exercise_and_offers_no_way_out(way, folder):
    def bar(path: str) -> None:
        from contextlib import closing
        from pathlib import Path

        from analytics.oversight import Actor
        from analytics.store import Store
        from ui.shell.exercise import exercise_mark

        with closing(Store(Path(path))) as store:
            exercise_mark(store, Actor("North, Analyst", "analyst", "training", "s"))

    shown = AppTest.from_function(bar, args=(str(team_store(folder, "North")),)).run(timeout=30)

    assert not shown.exception and not shown.toggle
    assert "EXERCISE · 31 Oct 2026" in str(shown.get("popover")[0].proto)
    assert any("In this exercise it is 31 Oct 2026" in text.value for text in shown.text)
    assert any(text.value == "Your task: Find the place." for text in shown.text)


def test_links_for_other_machines_stay_when_the_apps_are_opened_again(folder):
    exercise = read_exercise(folder)
    prepare_classrooms(folder, exercise, "trainer-pc.local", 8911)
    handed_out = list_links(folder)

    prepare_classrooms(folder, exercise, None, 8911)

    assert list_links(folder) == handed_out
    assert all(link.address.startswith("http://trainer-pc.local:") for link in handed_out)


def test_the_hand_out_has_the_task_and_each_link_on_the_page_of_its_team(way, folder):
    links = list_links(folder)
    north, south = write_hand_out(read_exercise(folder), links).split("\f")
    for page, team in ((north, "North"), (south, "South")):
        assert "EXERCISE" in page and "Find the place." in page
        assert [link.address in page for link in links] == [link.team == team for link in links]


def test_links_stay_where_the_conductor_died_and_the_clock_stood(way, folder, monkeypatch):
    handed_out = list_links(folder)
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **how: None)
    monkeypatch.setattr("analytics.training.exercise.classroom._START_SECONDS", 0.0)
    start_class(folder, TRAINER)
    with changing(folder) as change:
        since = true_now() - timedelta(hours=2)
        change.put(running_since=since)
    beat = (since + timedelta(minutes=20)).replace(tzinfo=UTC).timestamp()
    (folder / ".conductor.lock").touch()
    os.utime(folder / ".conductor.lock", (beat, beat))

    links = start_class(folder, TRAINER)

    assert links == handed_out
    exercise = read_exercise(folder)
    assert exercise.phase == "running" and exercise.count_minutes(true_now()) == pytest.approx(20, abs=0.5)


def test_the_apps_are_opened_again_after_the_reveal(way, folder, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: started.append(command))
    monkeypatch.setattr("analytics.training.exercise.classroom._START_SECONDS", 0.0)
    start_class(folder, TRAINER)
    reveal_exercise(folder, TRAINER)
    minutes = read_exercise(folder).minutes_run

    start_class(folder, TRAINER)

    assert [command[-2] for command in started] == ["conduct", "conduct"]
    assert (read_exercise(folder).phase, read_exercise(folder).minutes_run) == ("revealed", minutes)


def test_the_app_of_a_team_ends_when_its_conductor_is_killed(way, folder, monkeypatch, request):
    started = {}
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: started.update(how))
    start_app(folder, "North")
    monkeypatch.undo()
    assert started["stdin"] == subprocess.PIPE
    monkeypatch.setenv(CONDUCTED, started["env"][CONDUCTED])
    with subprocess.Popen(
        [sys.executable, "-c", _CONDUCTOR, _APP],
        cwd=request.config.rootpath,
        stdout=subprocess.PIPE,
        text=True,
    ) as conductor:
        assert conductor.stdout.readline() == "ready\n"
        conductor.send_signal(signal.SIGKILL)
        assert conductor.stdout.read() == ""  # its end is open until the app has ended too
