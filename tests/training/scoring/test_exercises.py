"""The ready-made exercises: usable as they are, about what is planted, naming what is on the pages."""

import re
from functools import cache
from pathlib import Path

import pytest

from analytics.training.exercise.plan import list_plans
from analytics.training.scoring import LINES, read_truth
from analytics.training.scoring.truth import LAYERS
from analytics.training.settings import TABLES
from ui.shell.pages import PAGES

PLANS = list_plans()
_ROOT = Path(__file__).parents[3]


@cache
def _screens() -> str:
    return "\n".join(
        path.read_text() for folder in ("ui", "pages") for path in sorted((_ROOT / folder).rglob("*.py"))
    )


def test_there_are_six_from_half_an_hour_to_two_days():
    assert len(PLANS) >= 6
    assert PLANS[0].clock.minutes == 30 and PLANS[-1].clock.minutes == 720


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_a_plan_can_be_taught_as_it_stands(plan):
    assert sum(step.minutes for step in plan.guide) == plan.clock.minutes
    assert all(hint.step <= len(plan.guide) for hint in plan.hints) and len(plan.hints) >= 4
    assert plan.injects and set(plan.scored) <= set(LINES)
    assert all(inject.day is None or inject.day <= plan.clock.days for inject in plan.injects)
    assert set(plan.world.unrecorded) <= set(TABLES)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_hints_name_pages_and_buttons_that_exist(plan):
    titles = sorted((page.title for page in PAGES), key=len, reverse=True)
    for hint in plan.hints:
        named = re.findall(rf"Page ({'|'.join(map(re.escape, titles))})\b", hint.text)
        assert named, hint.text
        for label in re.findall(r'"([^"]+)"', hint.text):
            assert f'"{label}"' in _screens(), f"{plan.code}: {label}"


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_sentences_are_short(plan):
    texts = [plan.aim, plan.doctrine, plan.task, *(hint.text for hint in plan.hints)]
    texts += [text for step in plan.guide for text in (step.teams, step.trainer, step.goes_wrong)]
    for sentence in re.split(r"(?<=[.:;?!])\s", " ".join(texts)):
        assert len(sentence.split()) <= 27, sentence


@pytest.fixture(scope="module")
def smallest_truth(tmp_path_factory):
    from analytics.training import generate

    out = tmp_path_factory.mktemp("smallest")
    generate(5, 0.05, out)
    return read_truth(out)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_the_world_holds_what_the_exercise_is_about(plan, smallest_truth):
    layers = {structure.layer for structure in smallest_truth.structures}
    assert {line for line in plan.scored if line in LAYERS} <= layers
    assert set(LAYERS) == layers and smallest_truth.victims and smallest_truth.innocents
    assert {True, False} == set(smallest_truth.reports.values())
