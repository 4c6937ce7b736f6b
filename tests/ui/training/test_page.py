"""The page Training run without a browser, from the start to the reveal."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from analytics.oversight import Actor
from analytics.store import close_store, open_store
from analytics.training.exercise.plan import list_plans
from analytics.training.exercise.running import start_exercise
from analytics.training.exercise.state import read_acts, read_exercise
from tests.training.exercise.conftest import TRAINER, tiny_plan
from tests.ui.page_runs import open_page, press
from ui.components.text import plain


@pytest.fixture
def on_page(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    monkeypatch.setenv("ACHILLES_EXERCISES", str(folder.parent))
    monkeypatch.setattr("ui.shell.page.find_actor", lambda: TRAINER)
    open_store()
    yield folder
    close_store()


def read_texts(app: AppTest) -> str:
    return "\n".join(
        node.value for kind in ("markdown", "text", "caption", "subheader") for node in app.get(kind)
    )


def test_the_ready_made_exercises_are_offered_with_their_guide(on_page):
    app = open_page("training")
    assert app.selectbox[0].label == "Ready-made exercise"
    shown = read_texts(app)
    first = list_plans()[0]
    assert "What usually goes wrong" in shown
    for step in first.guide:
        assert plain(step.trainer) in shown and plain(step.goes_wrong) in shown
    for words in (*(inject.text for inject in first.injects), *(hint.text for hint in first.hints)):
        assert plain(words) in shown


def test_the_step_of_the_guide_is_that_of_the_clock(on_page):
    step = {"minutes": 5, "teams": "Work.", "trainer": "Watch.", "goes_wrong": "Nothing."}
    plan = tiny_plan(guide=[step | {"title": "Look"}, step | {"title": "Test"}])

    def show(plan, minutes):
        from ui.training.guide import show_step_now

        show_step_now(plan, minutes)

    said = {
        minutes: AppTest.from_function(show, args=(plan, minutes)).run().markdown[0].value
        for minutes in (0, 4.9, 5, 99)
    }
    assert ["Look" in words for words in said.values()] == [True, True, False, False]
    assert "step 2 of 2, Test** · minutes 5 to 10" in said[5]


def test_an_exercise_that_cannot_be_read_is_said_in_words(on_page):
    (on_page / "exercise.json").write_text("{}")
    app = open_page("training", tab="Run")
    assert "cannot be read" in app.error[0].value and not app.exception


def test_what_cannot_be_done_after_the_end_is_said_before_it(on_page):
    start_exercise(on_page, TRAINER)
    app = open_page("training", tab="Run")
    assert "The truth has not been revealed, and cannot be afterwards" in read_texts(app)
    assert next(button for button in app.button if button.label == "End").disabled
    next(box for box in app.checkbox if box.label == "Close every team's app").check().run()
    press(app, "End")
    assert read_exercise(on_page).phase == "ended"
    assert "It has ended" in read_texts(app)


def test_a_trainer_runs_it_from_the_page(on_page):
    start_exercise(on_page, TRAINER)
    app = open_page("training", tab="Run")
    assert ":orange[**EXERCISE**] **A tiny exercise** · running" in read_texts(app)
    press(app, "To North")
    press(app, "Hold")
    press(app, "Pause")
    assert read_exercise(on_page).phase == "paused"
    assert read_exercise(on_page).stopped == ("call",)
    acts = [act["act"] for act in read_acts(on_page)]
    assert acts[-3:] == ["give hint", "hold inject", "pause"]

    debrief = open_page("training", tab="Debrief")

    shown = read_texts(debrief)
    assert "what was planted" not in shown
    debrief.checkbox[0].check().run()
    press(debrief, "Reveal")
    assert "EXERCISE: what was planted" in read_texts(debrief)
    assert read_exercise(on_page).phase == "revealed"
    next(switch for switch in debrief.toggle if switch.label == "Show networks").set_value(True).run()
    assert not debrief.exception


def test_a_seat_of_a_team_does_not_see_the_page(on_page, monkeypatch):
    monkeypatch.setattr(
        "ui.shell.page.find_actor", lambda: Actor("North, Analyst", "analyst", "training", "s")
    )
    app = open_page("training", tab="Debrief")
    assert "This page is not open to the role" in app.info[0].value
    assert not app.selectbox
