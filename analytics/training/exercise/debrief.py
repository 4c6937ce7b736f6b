"""The class scored and its paper, worked out in the trainer's process from copies of the teams' stores."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from analytics.oversight import Actor
from analytics.store import Store
from analytics.store.copies import copy_file, open_private
from analytics.training.exercise.orders import Order, send_order
from analytics.training.exercise.paths import snapshot_path, team_store, truth_folder
from analytics.training.exercise.state import Exercise, ExerciseRefused, log_act, read_exercise
from analytics.training.exercise.truth import open_truth
from analytics.training.scoring import (
    Debrief,
    TeamScore,
    compare_briefs,
    read_truth,
    score_answers,
    score_as_json,
    score_team,
    write_report,
)
from analytics.training.scoring.answers import read_answers
from analytics.training.scoring.debrief import read_score
from analytics.training.scoring.recorded import read_recorded
from analytics.training.scoring.reference_teams import (
    COIN_TOSS,
    EVERY_LEAD,
    accept_every_lead,
    list_top_leads,
    toss_coins,
)


def score_teams(folder: Path, actor: Actor) -> dict[str, TeamScore]:
    """The score of each team as its store stands now. For the trainer: it gives the truth away."""
    exercise = read_exercise(folder)
    scores = {}
    for team in exercise.teams:
        with _open_copy(folder, exercise, team) as copy, open_truth(folder, team) as truth:
            scores[team] = score_team(copy, truth, exercise.plan, team, day_of=_find_day)
    if exercise.opened:
        _save_scores(folder, scores)
    log_act(folder, actor.name, "score", day=exercise.day)
    return scores


def play_reference_teams(folder: Path) -> tuple[TeamScore, ...]:
    """The scores of the two teams that the program plays, on what every team had at the start."""
    exercise = read_exercise(folder)
    with tempfile.TemporaryDirectory(prefix="achilles-reference-") as temporary:
        path = Path(temporary) / "copy.duckdb"
        copy_file(snapshot_path(folder, exercise.teams[0], 0), path)
        with closing(Store(path)) as copy, open_truth(folder) as opened:
            truth = read_truth(opened)
            leads, recorded = list_top_leads(copy), read_recorded(copy, truth)
            played = {EVERY_LEAD: accept_every_lead(leads), COIN_TOSS: toss_coins(leads)}
            return tuple(
                score_answers(answers, recorded, truth, exercise.plan, name, _find_day)
                for name, answers in played.items()
            )


def write_class_report(folder: Path, actor: Actor, target: Path, earlier: Sequence[Path] = ()) -> None:
    """Write the after-action paper (PDF): the class table with the two reference teams, then each team with
    its first brief beside a model one. `earlier` are folders of exercises before, for the progress of teams
    of the same name. Raises SealBroken, OrderFailed, OSError."""
    exercise = read_exercise(folder)
    scores = score_teams(folder, actor)
    debrief = Debrief(
        exercise.plan.title,
        exercise.plan.aim,
        exercise.plan.doctrine,
        tuple(scores.values()),
        play_reference_teams(folder),
        {team: _compare_brief(folder, exercise, team, score) for team, score in scores.items()},
        tuple(list_earlier_scores(earlier, exercise.teams)),
    )
    write_report(debrief, target)
    log_act(folder, actor.name, "report", file=target.name)


def _compare_brief(folder: Path, exercise: Exercise, team: str, score: TeamScore) -> pd.DataFrame:
    with _open_copy(folder, exercise, team) as copy, open_truth(folder, team) as opened:
        truth = read_truth(opened)
        return compare_briefs(read_answers(copy, truth), truth, score)


def _save_scores(folder: Path, scores: dict[str, TeamScore]) -> None:
    """Beside the opened truth, for the progress that a later exercise's paper shows."""
    target = truth_folder(folder) / "scores"
    target.mkdir(exist_ok=True, mode=0o700)
    for team, score in scores.items():
        with open_private(target / f"{team}.json") as file:
            file.write(score_as_json(score).encode())


def list_earlier_exercises(exercise: Exercise, folders: Sequence[Path]) -> list[Path]:
    """Those folders of opened exercises, scored since, that had a team of the same name; the oldest first."""
    found = []
    for folder in folders:
        if not any(list_earlier_scores([folder], exercise.teams)):
            continue
        with suppress(ExerciseRefused):  # a folder whose exercise cannot be read is none of them
            other = read_exercise(folder)
            if other.id != exercise.id and other.made_at <= exercise.made_at:
                found.append((other.made_at, folder))
    return [folder for _, folder in sorted(found)]


def list_earlier_scores(folders: Sequence[Path], teams: Sequence[str]) -> Iterator[TeamScore]:
    """The scores that teams of these names had in opened exercises, the oldest folder first."""
    for folder in folders:
        for path in sorted((truth_folder(folder) / "scores").glob("*.json")):
            if path.stem in teams:
                yield read_score(path.read_text(encoding="utf-8"))


@contextmanager
def _open_copy(folder: Path, exercise: Exercise, team: str) -> Iterator[Store]:
    """A team's store as it is now, which nobody else has open."""
    with tempfile.TemporaryDirectory(prefix="achilles-score-") as temporary:
        path = Path(temporary) / "copy.duckdb"
        send_order(team_store(folder, team), Order(act="copy", today=exercise.today, target=str(path)))
        with closing(Store(path)) as copy:
            yield copy


def _find_day(moment: datetime) -> date:
    """A team's process lives on the scenario's day, which what it writes bears."""
    return moment.date()
