"""The morning is computed in the background while others change the data."""

from datetime import date
from threading import Event

import pytest

from analytics.oversight import Actor
from ui.components.background import TaskRegistry
from ui.overview import background
from ui.shell.page import Page

TODAY = date(2026, 3, 2)
SECONDS = 20


@pytest.fixture
def mornings(store, monkeypatch):
    """`ask()` as a page does; each computation waits for `go`, and its result is the state it began with."""
    state, go, entered, begun = [0], Event(), Event(), []

    def compute(store, area_id, today, progress, cancelled, publish, rate):
        begun.append(state[0])
        entered.set()
        assert go.wait(SECONDS)
        progress("Looking at adverts", 0.7)  # where stopped work stops
        return begun[-1]

    monkeypatch.setattr("analytics.overview.gather.gather_morning", compute)
    monkeypatch.setattr(background, "read_work_state", lambda store: tuple(state))
    monkeypatch.setattr(background, "chosen_rate", lambda: "one a month")
    monkeypatch.setattr(background, "TASKS", TaskRegistry())
    monkeypatch.setattr(background, "_SHOWN", {})
    page = Page(store, Actor("Ana"))

    def ask():
        return background.read_morning(page, 1, TODAY)

    ask.state, ask.go, ask.entered, ask.begun = state, go, entered, begun
    return ask


def test_work_that_has_begun_is_shown_although_the_state_has_changed(mornings):
    shown, first = mornings()
    assert shown is None and mornings.entered.wait(SECONDS)
    for changed in (1, 2, 3):  # three acts of others, each followed by a run of the page
        mornings.state[0] = changed
        assert mornings() == (None, first)
    mornings.go.set()
    assert first.wait(SECONDS) and first.result == 0
    mornings.go.clear()
    shown, second = mornings()  # the page runs again, as it does when work has ended
    assert shown == 0 and second is not first
    mornings.go.set()
    assert second.wait(SECONDS)
    assert mornings() == (3, second) and mornings.begun == [0, 3]


def test_a_state_that_comes_back_shows_its_own_morning(mornings):
    mornings.go.set()
    for state in (1, 2, 1):
        mornings.state[0] = state
        mornings()[1].wait(SECONDS)
        assert mornings()[0] == state
