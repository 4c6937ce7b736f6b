"""`achilles exercise`: an exercise from the start to the end by script, everything marked as an exercise."""

import pytest
from click.testing import CliRunner

from analytics.training.exercise.cli import exercise
from analytics.training.exercise.state import read_exercise


def run(*arguments: object) -> str:
    ran = CliRunner().invoke(exercise, [str(each) for each in arguments])
    assert ran.exit_code == 0, ran.output
    assert "EXERCISE" in ran.output
    return ran.output


def test_an_exercise_by_script_says_exercise_at_every_step(folder):
    assert "hotspot: Find and test the hotspot (30 minutes, difficulty 1 of 5)" in run("list")
    assert "running, day 0 of 14" in run("start", folder, "--clock-only")
    assert "waiting  North: call" in run("inject", folder)
    assert "press is held back" in run("inject", folder, "press", "--hold")
    assert "held     North: press" in run("inject", folder)
    assert "nothing is due" in run("inject", folder, "--due")
    assert "call sent to North, South" in run("inject", folder, "call")
    assert "step 1: map, given to nobody: Look at the map." in run("hint", folder)
    assert "say to South: Look at the map." in run("hint", folder, "map", "--to", "South")
    assert "say to North: Look at the map." in run("hint", folder, "map")  # South had it
    assert "nobody: they had it" in run("hint", folder, "map")
    assert "map, given to North, South:" in run("hint", folder)
    assert "paused" in run("pause", folder)
    assert "The signature holds." in run("show", folder)
    assert "Places found" in run("score", folder)
    assert "What was planted is in" in run("reveal", folder, "--yes")
    assert "ended" in run("end", folder)
    assert read_exercise(folder).phase == "ended"


def test_what_is_refused_is_said_in_words(folder):
    ran = CliRunner().invoke(exercise, ["pause", str(folder)])
    assert ran.exit_code == 1 and "it cannot be paused" in ran.output
    ran = CliRunner().invoke(exercise, ["hint", str(folder), "map"])
    assert ran.exit_code == 1 and "hints are given while it is under way" in ran.output


@pytest.mark.parametrize(
    ("words", "said"), [(["nap"], "no hint nap"), (["map", "--to", "East"], "no team East")]
)
def test_an_unknown_hint_or_team_is_refused_in_words(words, said, folder):
    run("start", folder, "--clock-only")
    ran = CliRunner().invoke(exercise, ["hint", str(folder), *words])
    assert ran.exit_code == 1 and said in ran.output
