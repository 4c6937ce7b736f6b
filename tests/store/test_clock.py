"""Which day it is: here, in the invented city while it is made, in the process of a team."""

from datetime import date, datetime

import pytest

from analytics.store import exercise_day, live_on, now, pretend, read_today


@pytest.fixture
def exercise():
    live_on(date(2026, 12, 28))
    yield
    live_on(None)


def test_outside_an_exercise_it_is_the_real_day():
    before = date.today()
    assert before <= read_today() <= date.today()
    assert exercise_day() is None


def test_a_team_lives_on_the_day_of_its_exercise(exercise):
    assert read_today() == now().date() == exercise_day() == date(2026, 12, 28)


def test_what_is_pretended_goes_before_it(exercise):
    with pretend(datetime(2025, 8, 3, 9)):
        assert read_today() == date(2025, 8, 3)
    assert read_today() == date(2026, 12, 28)
