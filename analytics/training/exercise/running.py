"""An exercise under way: start, pause, let days pass, go back, reveal, end."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from analytics.oversight import Actor
from analytics.store import Store, true_now
from analytics.training.advance import draw_period
from analytics.training.exercise.injects import list_lost_tables
from analytics.training.exercise.orders import Order, send_order
from analytics.training.exercise.paths import list_snapshots, snapshot_path, team_store
from analytics.training.exercise.plan import Hint
from analytics.training.exercise.state import (
    Exercise,
    ExerciseRefused,
    GivenHint,
    changing,
    locked,
    log_act,
    read_exercise,
)
from analytics.training.exercise.truth import (
    find_key,
    publish_truth,
    read_seed,
    seal_team_truth,
    set_aside_later_truth,
)

_OPEN = ("running", "paused")


def start_exercise(folder: Path, actor: Actor) -> Exercise:
    """Start the clock: of a new exercise, or of one that is paused. Raises ExerciseRefused where what was
    signed is no longer so, or it has ended."""
    with changing(folder) as change:
        exercise = change.exercise
        if exercise.phase not in ("made", "paused"):
            raise ExerciseRefused(f"The exercise is {exercise.phase}: it cannot be started.")
        if not exercise.is_genuine():
            raise ExerciseRefused("The plan or the digests of this exercise are not those that were signed.")
        find_key(exercise)
        at = true_now()
        change.put(phase="running", started_at=exercise.started_at or at, running_since=at)
    log_act(folder, actor.name, "start" if exercise.phase == "made" else "resume")
    return change.exercise


def resume_exercise(folder: Path, actor: Actor, stood_since: datetime | None) -> Exercise:
    """Let the clock of a running exercise go on, which has stood since then (UTC; None: not at all)."""
    with changing(folder) as change:
        at = true_now()
        minutes = change.exercise.count_minutes(at if stood_since is None else min(stood_since, at))
        change.put(minutes_run=minutes, running_since=at)
    log_act(folder, actor.name, "resume", minutes=round(minutes, 1))
    return change.exercise


def pause_exercise(folder: Path, actor: Actor) -> Exercise:
    """Stop the clock; the teams may work on. Raises ExerciseRefused where it does not run."""
    with changing(folder) as change:
        if change.exercise.phase != "running":
            raise ExerciseRefused(f"The exercise is {change.exercise.phase}: it cannot be paused.")
        minutes = change.exercise.count_minutes(true_now())
        change.put(phase="paused", running_since=None, minutes_run=minutes)
    log_act(folder, actor.name, "pause", minutes=round(minutes, 1))
    return change.exercise


def count_due_days(exercise: Exercise) -> int:
    """Scenario days that the clock is ahead of the records, in whole steps, not beyond its end."""
    clock = exercise.plan.clock
    if exercise.phase != "running" or not clock.days:
        return 0
    run = min(exercise.count_minutes(true_now()) / clock.minutes_per_day, clock.days)
    whole = int(run + 1e-9)
    if whole < clock.days:
        whole -= whole % clock.step_days
    return max(0, whole - exercise.day)


def advance_exercise(folder: Path, actor: Actor, days: int | None = None) -> Exercise:
    """Let days pass for every team: what is recorded in them reaches its store, with the effects of what the
    team itself has tasked; what was planted is sealed. One step of the plan's clock unless `days` says.

    Raises ExerciseRefused where the exercise does not run, OrderFailed."""
    with locked(folder, "days"):
        return _advance(folder, actor, days)


def _advance(folder: Path, actor: Actor, days: int | None) -> Exercise:
    exercise = read_exercise(folder)
    days = exercise.plan.clock.step_days if days is None else days
    if exercise.phase not in _OPEN:
        raise ExerciseRefused(f"The exercise is {exercise.phase}: no days pass in it.")
    if not 0 < days <= 366:
        raise ExerciseRefused("Days from 1 to 366 can pass at once.")
    seed, day = read_seed(folder, exercise), exercise.day + days
    later = exercise.model_copy(update={"day": day})
    digests = {team: _advance_team(folder, exercise, later, team, seed) for team in exercise.teams}
    with changing(folder) as change:
        change.put(day=day)
    log_act(folder, actor.name, "advance", days=days, day=day, sealed=digests)
    return change.exercise


def _advance_team(folder: Path, exercise: Exercise, later: Exercise, team: str, seed: int) -> dict[str, str]:
    """Draw the days from a copy of the team's store, load their files into the store itself, seal the rest.
    A team that has the days already, because an earlier try ended half way, is left as it is."""
    path = team_store(folder, team)
    if later.day in list_snapshots(folder, team):
        return {}
    with tempfile.TemporaryDirectory(prefix="achilles-advance-") as temporary:
        work = Path(temporary)
        send_order(path, Order(act="copy", today=exercise.today, target=str(work / "copy.duckdb")))
        with closing(Store(work / "copy.duckdb")) as copy:
            period = draw_period(
                copy, later.day - exercise.day, seed, exercise.plan.world.scale, work / "out", date.min
            )
        lost = list_lost_tables(exercise) | set(exercise.plan.world.withheld) - _brought(exercise, team)
        files = {table: str(file) for table, file in period.files.items() if table not in lost}
        send_order(path, Order(act="load", today=later.today, files=files))
        digests = seal_team_truth(folder, exercise, team, work / "out/truth")
    snapshot = snapshot_path(folder, team, later.day)
    send_order(path, Order(act="copy", today=later.today, target=str(snapshot)))
    return digests


def _brought(exercise: Exercise, team: str) -> set[str]:
    """The withheld tables that a team has had by now."""
    sent = {item.code for item in exercise.sent if item.team == team}
    return {table for inject in exercise.injects if inject.code in sent for table in inject.tables}


def rewind(folder: Path, actor: Actor, day: int) -> Exercise:
    """Take every team back to a scenario day; later snapshots and what was sent since are gone. Raises
    ExerciseRefused where a team has no snapshot of that day, OrderFailed."""
    with locked(folder, "days"):
        return _rewind(folder, actor, day)


def _rewind(folder: Path, actor: Actor, day: int) -> Exercise:
    exercise = read_exercise(folder)
    if exercise.phase not in _OPEN:
        raise ExerciseRefused(f"The exercise is {exercise.phase}: nobody can go back in it.")
    for team in exercise.teams:
        if day not in list_snapshots(folder, team):
            days = ", ".join(map(str, list_snapshots(folder, team)))
            raise ExerciseRefused(f"{team} can be taken back to day {days}, not to day {day}.")
    with changing(folder) as change:
        change.put(
            day=day,
            sent=tuple(item for item in exercise.sent if item.day < day),
            minutes_run=day * exercise.plan.clock.minutes_per_day,
            running_since=true_now() if exercise.phase == "running" else None,
        )
    for team in exercise.teams:
        target = str(snapshot_path(folder, team, day))
        send_order(team_store(folder, team), Order(act="rewind", today=change.exercise.today, target=target))
        for later in list_snapshots(folder, team):
            if later > day:
                snapshot_path(folder, team, later).unlink()
        set_aside_later_truth(folder, team, change.exercise.today)
    log_act(folder, actor.name, "rewind", day=day)
    return change.exercise


def give_hint(folder: Path, actor: Actor, code: str, teams: Sequence[str] = ()) -> tuple[Hint, list[str]]:
    """Note that teams (unless named: all) were given a hint; returns it and those who had not had it. Raises
    ExerciseRefused where there is none of that code, no such team, or no exercise under way."""
    with changing(folder) as change:
        exercise = change.exercise
        if exercise.phase not in ("running", "paused"):
            raise ExerciseRefused(f"The exercise is {exercise.phase}: hints are given while it is under way.")
        hint = next((hint for hint in exercise.plan.hints if hint.code == code), None)
        if hint is None:
            raise ExerciseRefused(f"There is no hint {code}.")
        if unknown := [team for team in teams if team not in exercise.teams]:
            raise ExerciseRefused(f"There is no team {unknown[0]}.")
        had = {given.team for given in exercise.hints if given.code == code}
        named, at = [team for team in teams or exercise.teams if team not in had], true_now()
        given = tuple(GivenHint(code=code, team=team, day=exercise.day, at=at) for team in named)
        change.put(hints=(*exercise.hints, *given))
    if named:
        log_act(folder, actor.name, "give hint", hint=code, teams=named)
    return hint, named


def reveal_exercise(folder: Path, actor: Actor) -> Exercise:
    """Open what was sealed: the key is published, and the truth written into the folder. Raises
    ExerciseRefused where it is not under way, SealBroken where what was sealed is not what was signed."""
    with changing(folder) as change:
        exercise = change.exercise
        if exercise.phase not in _OPEN:
            raise ExerciseRefused(f"The exercise is {exercise.phase}: there is nothing to reveal.")
        if not exercise.is_genuine():
            raise ExerciseRefused("The plan or the digests of this exercise are not those that were signed.")
        publish_truth(folder, exercise)
        change.put(
            phase="revealed",
            opened=find_key(exercise).hex(),
            minutes_run=exercise.count_minutes(true_now()),
            running_since=None,
        )
    log_act(folder, actor.name, "reveal", day=exercise.day)
    return change.exercise


def show_layers(folder: Path, actor: Actor, layers: Sequence[str]) -> Exercise:
    """Show these layers of the truth on the teams' own screens, and hide the others. Raises ExerciseRefused
    before the reveal."""
    with changing(folder) as change:
        if not change.exercise.opened:
            raise ExerciseRefused("The truth is shown after the reveal.")
        change.put(shown=tuple(layers))
    log_act(folder, actor.name, "show layers", layers=list(layers))
    return change.exercise


def end_exercise(folder: Path, actor: Actor) -> Exercise:
    """End it, revealed or not. Its folder stays."""
    with changing(folder) as change:
        minutes = change.exercise.count_minutes(true_now())
        change.put(phase="ended", running_since=None, minutes_run=minutes)
    log_act(folder, actor.name, "end")
    return change.exercise
