"""What an exercise is, as `data/exercises/*.toml` states it; nothing in it gives the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, Text, find_repeated, read_toml

PLANS_FOLDER = "exercises"  # in `data/`
Table = Literal[
    "incidents", "adverts", "accounts", "transactions", "premises", "journeys", "communications", "reports"
]
# A report, a victim's call and a lost source reach a team as a report; a press question and a partner's
# request as a requirement; new files as sources.
InjectKind = Literal[
    "report", "victim's call", "source lost", "press question", "partner's request", "new files"
]
# Whom the words of an inject name by {name}, {account} and {place}: drawn from the truth when it is sent.
Subject = Literal["victim", "organiser", "hub", "innocent", "hotspot"]
# The first thing of its kind that a team saves, after which an inject is due for that team.
Condition = Literal["finding", "brief", "decision", "requirement", "referral"]
_Share = Annotated[float, Field(ge=0, lt=1)]
_Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class WorldSettings(FileModel):
    """The invented city of an exercise. `scale` as of `achilles scenario`; `mixed`: innocent people live
    across the same towns as the networks do; `unrecorded` is the share of a table's rows that nobody
    recorded, `withheld` the tables that only an inject of new files brings."""

    scale: Annotated[float, Field(gt=0, le=10)] = 1.0
    mixed: bool = True
    unrecorded: dict[Table, _Share] = {}
    withheld: tuple[Table, ...] = ()


class Clock(FileModel):
    """`days` scenario days in `minutes` real ones, by `step_days` at a time."""

    days: Annotated[int, Field(ge=0, le=366)]
    minutes: PositiveInt
    step_days: PositiveInt = 7

    @property
    def minutes_per_day(self) -> float:
        """Real minutes a scenario day lasts; 0 where no day passes."""
        return self.minutes / self.days if self.days else 0.0


class TeamRole(FileModel):
    """One seat in every team: `role` is a code of `data/codes/roles.toml`, `label` names the seat."""

    label: Text
    role: Text


class Inject(FileModel):
    """Something that happens to the teams: on a scenario `day`, or after a team's first saved thing of a kind
    (`after`), or when the trainer sends it. The grades are those of a report; `tables` what new files bring,
    or what a lost source no longer gives."""

    code: _Code
    kind: InjectKind
    title: Text
    text: str = ""
    day: Annotated[int, Field(ge=0)] | None = None
    after: Condition | None = None
    about: Subject | None = None
    source_grade: str = "2"
    information_grade: str = "C"
    tables: tuple[Table, ...] = ()


class Hint(FileModel):
    """What a trainer may tell a team that is stuck at a step, the gentlest first."""

    code: _Code
    step: PositiveInt
    text: Text


class GuideStep(FileModel):
    """One step of the trainer's guide: how long, what teams and trainer do, what usually goes wrong."""

    minutes: PositiveInt
    title: Text
    teams: Text
    trainer: Text
    goes_wrong: Text


class ExercisePlan(FileModel):
    """A ready-made exercise. `code` is its file's name; `level` is from 1 (easy) to 5. `sought` are the
    kinds of place that its task asks for, all where none is named: another planted place that a team names
    counts neither for it nor against it."""

    code: _Code
    title: Text
    aim: Text
    doctrine: Text
    level: Annotated[int, Field(ge=1, le=5)] = 1
    world: WorldSettings
    clock: Clock
    teams: tuple[Text, ...] = ("North", "South")
    roles: Annotated[tuple[TeamRole, ...], Field(min_length=1)]
    injects: tuple[Inject, ...] = ()
    hints: tuple[Hint, ...] = ()
    guide: Annotated[tuple[GuideStep, ...], Field(min_length=1)]
    task: Text
    sought: tuple[Literal["rising", "static", "declining", "near repeats"], ...] = ()
    scored: tuple[str, ...] = ()  # the lines that count for it; all where none is named

    @model_validator(mode="after")
    def check(self) -> Self:
        for what, codes in (
            ("inject", [inject.code for inject in self.injects]),
            ("hint", [hint.code for hint in self.hints]),
            ("team", list(self.teams)),
            ("role", [role.label for role in self.roles]),
        ):
            if repeated := find_repeated(codes):
                raise ValueError(f"{what} {repeated[0]} stands there twice")
        for inject in self.injects:
            if inject.kind == "new files" and not set(inject.tables) <= set(self.world.withheld):
                raise ValueError(f"inject {inject.code} brings tables that are not withheld")
        return self


def list_plans() -> list[ExercisePlan]:
    """The ready-made exercises, the shortest first. Raises InvalidFile."""
    files = sorted(Path(reference_file(PLANS_FOLDER)).glob("*.toml"))
    return sorted((read_plan(path) for path in files), key=lambda plan: (plan.clock.minutes, plan.code))


def read_plan(path: Path) -> ExercisePlan:
    """A plan from a TOML file. Raises InvalidFile."""
    return read_toml(path, ExercisePlan)


def find_plan(code: str) -> ExercisePlan:
    """A ready-made exercise by its code. Raises KeyError."""
    return {plan.code: plan for plan in list_plans()}[code]
