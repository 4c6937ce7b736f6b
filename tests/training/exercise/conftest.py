"""A tiny exercise of two teams, made once; each test has a copy."""

import shutil
from pathlib import Path

import pytest

from analytics.oversight import Actor
from analytics.shared.schema import check
from analytics.training.exercise.making import make_exercise
from analytics.training.exercise.plan import ExercisePlan

TRAINER = Actor("Trainer", "trainer", "training")
SEED = 20_261_031_777
PLAN = {
    "code": "tiny",
    "title": "A tiny exercise",
    "aim": "Try everything once.",
    "doctrine": "None.",
    "task": "Find the place.",
    "world": {"scale": 0.03, "unrecorded": {"communications": 0.5}, "withheld": ["journeys"]},
    "clock": {"days": 14, "minutes": 60, "step_days": 7},
    "teams": ["North", "South"],
    "roles": [{"label": "Analyst", "role": "analyst"}, {"label": "Commander", "role": "commander"}],
    "injects": [
        {
            "code": "call",
            "kind": "victim's call",
            "title": "A call at night",
            "text": "{name} asks for help.",
            "about": "victim",
            "day": 7,
        },
        {"code": "files", "kind": "new files", "title": "Journeys", "tables": ["journeys"]},
        {
            "code": "press",
            "kind": "press question",
            "title": "A newspaper asks",
            "text": "Is it safe?",
            "after": "finding",
        },
        {"code": "lost", "kind": "source lost", "title": "The bank closes", "tables": ["transactions"]},
    ],
    "hints": [{"code": "map", "step": 1, "text": "Look at the map."}],
    "guide": [
        {"minutes": 60, "title": "All", "teams": "Work.", "trainer": "Watch.", "goes_wrong": "Nothing."}
    ],
}


def tiny_plan(**changes: object) -> ExercisePlan:
    return check(PLAN | changes, ExercisePlan, "tiny.toml")


@pytest.fixture(scope="session")
def _made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("class") / "exercise"
    make_exercise(tiny_plan(), folder, TRAINER, seed=SEED)
    return folder


@pytest.fixture
def folder(_made, tmp_path) -> Path:
    """The folder of the exercise, made and not started."""
    return Path(shutil.copytree(_made, tmp_path / "exercise"))
