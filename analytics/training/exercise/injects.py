"""Injects: what happens to the teams, by time, by condition or when the trainer says so."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from analytics.oversight import Actor
from analytics.store import true_now
from analytics.training.exercise.orders import Order, send_order
from analytics.training.exercise.paths import team_store
from analytics.training.exercise.plan import Inject, Subject
from analytics.training.exercise.state import (
    Exercise,
    ExerciseRefused,
    SentInject,
    changing,
    locked,
    log_act,
    read_exercise,
)
from analytics.training.exercise.truth import read_facts, read_sealed, read_seed
from analytics.training.settings import seed_stream

Standing = Literal["waiting", "due", "held", "sent"]
_SENDERS = {
    "report": "Control room",
    "victim's call": "Victim's call to the control room",
    "source lost": "Source handling",
    "press question": "Press office",
    "partner's request": "Partner agency",
    "new files": "Data desk",
}
_ASKED = ("press question", "partner's request")
_UNNAMED = {"name": "a person", "account": "an account", "place": "a place"}


@dataclass(frozen=True)
class InjectState:
    """How an inject stands for a team."""

    inject: Inject
    team: str
    standing: Standing


def list_injects(exercise: Exercise, firsts: Mapping[str, Mapping[str, str | None]]) -> list[InjectState]:
    """Every inject for every team. `firsts` says of a team when it first saved each kind of thing."""
    sent = {(item.code, item.team) for item in exercise.sent}
    found = []
    for inject in exercise.injects:
        for team in exercise.teams:
            standing: Standing = "due" if _is_due(inject, exercise.day, firsts.get(team, {})) else "waiting"
            if inject.code in exercise.stopped:
                standing = "held"
            if (inject.code, team) in sent:
                standing = "sent"
            found.append(InjectState(inject, team, standing))
    return found


def _is_due(inject: Inject, day: int, firsts: Mapping[str, str | None]) -> bool:
    """By time and condition, both where both are given; one with neither waits for the trainer."""
    if inject.day is None and inject.after is None:
        return False
    has_come = inject.day is None or day >= inject.day
    return has_come and (inject.after is None or bool(firsts.get(inject.after)))


def due_injects(folder: Path) -> list[InjectState]:
    """What is due now, team by team, from what each has saved."""
    exercise = read_exercise(folder)
    waits = any(inject.after for inject in exercise.injects)
    firsts = {team: _read_firsts(folder, exercise, team) for team in exercise.teams} if waits else {}
    return [state for state in list_injects(exercise, firsts) if state.standing == "due"]


def _read_firsts(folder: Path, exercise: Exercise, team: str) -> dict[str, str | None]:
    order = Order(act="look", today=exercise.today)
    return dict(send_order(team_store(folder, team), order)["first"])


def add_inject(folder: Path, actor: Actor, inject: Inject) -> None:
    """Add an inject of the trainer's own. Raises ExerciseRefused where its code is taken."""
    with changing(folder) as change:
        if inject.code in {other.code for other in change.exercise.injects}:
            raise ExerciseRefused(f"There is an inject {inject.code} already.")
        withheld = set(change.exercise.plan.world.withheld)
        if inject.kind == "new files" and not set(inject.tables) <= withheld:
            raise ExerciseRefused("New files can only be of tables that the plan withholds.")
        change.put(added=(*change.exercise.added, inject))
    log_act(folder, actor.name, "add inject", inject=inject.code, kind=inject.kind)


def hold_inject(folder: Path, actor: Actor, code: str, *, stop: bool = True) -> None:
    """Hold an inject back, or let it go again. Raises ExerciseRefused where there is none."""
    with changing(folder) as change:
        find_inject(change.exercise, code)
        others = tuple(name for name in change.exercise.stopped if name != code)
        change.put(stopped=(*others, code) if stop else others)
    log_act(folder, actor.name, "hold inject" if stop else "release inject", inject=code)


def send_inject(folder: Path, actor: Actor, code: str, teams: Sequence[str] = ()) -> list[str]:
    """Send an inject to these teams, or to all, now; returns those that had not had it. Raises
    ExerciseRefused, OrderFailed."""
    with locked(folder, "injects"):
        exercise = read_exercise(folder)
        inject = find_inject(exercise, code)
        if exercise.phase not in ("running", "paused"):
            raise ExerciseRefused("Injects are sent while the exercise runs or is paused.")
        had = {item.team for item in exercise.sent if item.code == code}
        reached = [team for team in (teams or exercise.teams) if team not in had]
        for team in reached:
            _deliver(folder, exercise, inject, team)
            with changing(folder) as change:
                sent = SentInject(code=code, team=team, day=exercise.day, at=true_now())
                change.put(sent=(*change.exercise.sent, sent))
            log_act(folder, actor.name, "send inject", inject=code, team=team, day=exercise.day)
    return reached


def send_due_injects(folder: Path, actor: Actor) -> list[InjectState]:
    """Send everything that is due; returns what was sent."""
    due = due_injects(folder)
    for state in due:
        send_inject(folder, actor, state.inject.code, [state.team])
    return due


def find_inject(exercise: Exercise, code: str) -> Inject:
    """An inject by its code. Raises ExerciseRefused."""
    for inject in exercise.injects:
        if inject.code == code:
            return inject
    raise ExerciseRefused(f"There is no inject {code}.")


def list_lost_tables(exercise: Exercise) -> frozenset[str]:
    """The tables that a lost source no longer gives."""
    sent = {item.code for item in exercise.sent}
    return frozenset(
        table
        for inject in exercise.injects
        if inject.kind == "source lost" and inject.code in sent
        for table in inject.tables
    )


def _deliver(folder: Path, exercise: Exercise, inject: Inject, team: str) -> None:
    path = team_store(folder, team)
    names = _find_names(folder, exercise, inject)
    sender = _SENDERS[inject.kind]
    if inject.kind == "new files":
        _deliver_files(folder, exercise, inject, path)
    if not inject.text:
        return
    send_order(
        path,
        Order(
            act="requirement" if inject.kind in _ASKED else "report",
            today=exercise.today,
            title=f"EXERCISE · {inject.title}",
            text=_fill(inject.text, names),
            sanitised=_fill(inject.text, _UNNAMED),
            submitted_by=sender,
            source_grade=inject.source_grade,
            information_grade=inject.information_grade,
        ),
    )


def _deliver_files(folder: Path, exercise: Exercise, inject: Inject, path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="achilles-files-") as temporary:
        files: dict[str, str] = {}
        for table in inject.tables:
            name = f"{table}.csv" if table == "reports" else f"{table}.parquet"
            file = Path(temporary) / name
            file.write_bytes(read_sealed(folder, exercise, name))
            files[table] = str(file)
        send_order(path, Order(act="load", today=exercise.today, files=files))


def _find_names(folder: Path, exercise: Exercise, inject: Inject) -> dict[str, str]:
    """Whom the words of an inject name: one of the planted, the same for every team."""
    if inject.about is None:
        return _UNNAMED
    facts = read_facts(folder, exercise)
    rng = seed_stream(read_seed(folder, exercise), f"inject {inject.code}")
    return _UNNAMED | _draw_subject(facts, inject.about, rng)


def _draw_subject(facts: Mapping[str, Any], about: Subject, rng: np.random.Generator) -> dict[str, str]:
    if about == "hotspot":
        return {"place": str(rng.choice([spot["name"] for spot in facts["hotspots"]]))}
    holders = {
        member["account"]: member["holder"] for network in facts["networks"] for member in network["members"]
    }
    accounts = {
        "victim": [account for item in facts["exploitation"] for account in item["others"]],
        "organiser": [account for item in facts["exploitation"] for account in item["organisers"]],
        "hub": [item["accounts"][0] for item in facts["typologies"]],
        "innocent": [account for item in facts["ordinary"] for account in item["organisers"]],
    }[about]
    if not accounts:
        return {}
    account = str(rng.choice(accounts))
    return {"account": account, "name": holders.get(account, f"the holder of {account}")}


def _fill(text: str, names: Mapping[str, str]) -> str:
    """The words with their names; other braces stay as they are."""
    for key, name in names.items():
        text = text.replace(f"{{{key}}}", name)
    return text
