"""The questions of the Hotspots page."""

from analytics.hotspots.catalogue import METHODS
from ui.hotspots.questions import QUESTIONS


def test_every_method_answers_one_question():
    answers = [method for methods in QUESTIONS.values() for method in methods]
    assert sorted(answers) == sorted(METHODS)
