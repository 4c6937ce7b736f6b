"""One line of a team's score. There is no total: what a team does well does not make up for what it does
badly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Figure = float | int | str | None


@dataclass(frozen=True)
class ScoreLine:
    """`value`: 1 for the whole truth, 0 for nothing; calibration and tasking may fall below 0, where a team
    did worse than chance. `says`: the line in a sentence. `figures`: what it is made of. `named`: what went
    wrong, each by name."""

    code: str
    title: str
    value: float
    says: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sighting:
    """A structure, when it could first have been known and when the team's finding was saved (scenario days;
    None where it has none), with the days that lie between and the credit for it."""

    structure: str
    layer: str
    kind: str
    could_know: date
    knew: date | None
    days: int | None
    finding: int | None
    overlap: float
    credit: float


@dataclass(frozen=True)
class FalseAlarm:
    """A finding that rests on no planted structure. `innocent`: the look-alike it accuses, '' where it is
    chance. `base_rate`: in words, how often such a thing is innocent here."""

    finding: int
    title: str
    layer: str
    innocent: str
    kind: str
    base_rate: str


@dataclass(frozen=True)
class ActionOutcome:
    """What was planted against an action of the team, and the verdict of the team's own result, in words."""

    action: int
    title: str
    planted: str
    verdict: str


@dataclass(frozen=True)
class TeamScore:
    """All that a team is told. The same store, truth and plan give the same, byte for byte."""

    team: str
    exercise: str
    lines: tuple[ScoreLine, ...]
    sightings: tuple[Sighting, ...]
    false_alarms: tuple[FalseAlarm, ...]
    answers: int
    outcomes: tuple[ActionOutcome, ...] = ()

    def line(self, code: str) -> ScoreLine:
        """A line by its code. Raises KeyError."""
        return {line.code: line for line in self.lines}[code]
