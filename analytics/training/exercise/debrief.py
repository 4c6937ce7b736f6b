"""The scores of an exercise's teams and its paper, worked out in the trainer's process from copies."""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from analytics.oversight import Actor
from analytics.store import Store
from analytics.training.exercise.orders import Order, send_order
from analytics.training.exercise.paths import team_store
from analytics.training.exercise.state import log_act, read_exercise
from analytics.training.exercise.truth import open_truth
from analytics.training.scoring import TeamScore, score_team


def score_teams(folder: Path, actor: Actor) -> dict[str, TeamScore]:
    """The score of each team as its store stands now. For the trainer: it gives the truth away."""
    exercise = read_exercise(folder)
    scores = {team: _score(folder, team) for team in exercise.teams}
    log_act(folder, actor.name, "score", day=exercise.day)
    return scores


def _score(folder: Path, team: str) -> TeamScore:
    exercise = read_exercise(folder)
    with (
        tempfile.TemporaryDirectory(prefix="achilles-score-") as temporary,
        open_truth(folder, team) as truth,
    ):
        path = Path(temporary) / "copy.duckdb"
        order = Order(act="copy", today=exercise.today, target=str(path))
        send_order(team_store(folder, team), order)
        with closing(Store(path)) as copy:
            return score_team(copy, truth, exercise.plan, team, day_of=_find_day)


def _find_day(moment: datetime) -> date:
    """A team's process lives on the scenario's day, which what it writes bears."""
    return moment.date()
