"""What deserves a look today, over all domains, and the order in which it is shown.

The order is a sum of four marks that anybody can check by hand, each from 0 to 3 (docs/overview.md): how far
it is beyond chance, how new it is, how grave it is, and whether somebody may need help. It ranks what to read
first. It is no measure of risk, and a low rank says nothing about what was not recorded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

KINDS = {
    "place": "Hotspot",
    "category": "Category",
    "operation": "Adverts by one author",
    "money": "Money lead",
    "contradiction": "Contradiction",
    "requirement": "Requirement",
    "proposal": "Proposal",
    "result": "Result",
}
Kind = Literal[
    "place", "category", "operation", "money", "contradiction", "requirement", "proposal", "result"
]
FEW, OF_ONE_KIND = 5, 2
ONE_PLACE, METRES_A_DEGREE = 400.0, 111_195.0
RECORD = 2  # the mark of what is no matter of chance: a date that passed, a decision that waits
_CHANCE = ((0.001, 3, "far beyond chance"), (0.05, 2, "beyond chance"), (0.1, 1, "hardly chance"))
_AGE = ((7, 3), (28, 2), (84, 1))  # days


@dataclass(frozen=True)
class Marks:
    """Why something stands where it does, each from 0 to 3."""

    strength: int
    newness: int
    gravity: int
    help: int

    @property
    def total(self) -> int:
        return self.strength + self.newness + self.gravity + self.help


@dataclass(frozen=True)
class Ring:
    """A place on the map: its middle and its outlines (closed rings), degrees, WGS 84."""

    lon: float
    lat: float
    outlines: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True)
class Attention:
    """One thing to look at. `name` says what it is, `about` of which kind and since when; `figure` stands
    `beside` what was expected, over the `line` of the last periods and what was `expected` in each (one value
    for all, or none). `sure` says how sure, `otherwise` what else would explain it, `rests_on` the evidence.
    What shares a `cause` is one thing. `page` and `link` open it; `subject` is what a brief begins from."""

    id: str
    kind: Kind
    name: str
    about: str
    marks: Marks
    since: date | None
    cause: str
    sure: str
    otherwise: str
    rests_on: str
    page: str
    link: Mapping[str, str | list[str]]
    figure: str = ""
    beside: str = ""
    line: tuple[float, ...] = ()
    expected: tuple[float, ...] = ()
    place: Ring | None = None
    subject: Mapping[str, str | int] = field(default_factory=dict)


def mark_chance(p: float) -> tuple[int, str]:
    """The mark and the words of an adjusted p."""
    return next(((mark, words) for limit, mark, words in _CHANCE if p <= limit), (0, "may be chance"))


def mark_age(since: date | None, today: date) -> int:
    """The mark of how new something is: 3 within a week, 2 within four weeks, 1 within twelve."""
    if since is None:
        return 0
    days = (today - since).days
    return next((mark for limit, mark in _AGE if days <= limit), 0)


def mark_ratio(count: float, expected: float) -> int:
    """The mark of how much more there is than expected: 3 from four times on, 2 from twice, 1 from half
    more."""
    ratio = count / expected if expected > 0 else 4.0
    return 3 if ratio >= 4 else 2 if ratio >= 2 else 1 if ratio >= 1.5 else 0


def rank_attention(found: Collection[Attention]) -> list[Attention]:
    """Everything found, the highest sum of marks first; then the newer, the kind as KINDS lists them, and the
    id, so that the order never depends on who computed first."""
    kinds = list(KINDS)
    return sorted(
        found,
        key=lambda item: (
            -item.marks.total,
            -(item.since.toordinal() if item.since else 0),
            kinds.index(item.kind),
            item.id,
        ),
    )


def choose_attention(found: Collection[Attention], number: int = FEW) -> list[Attention]:
    """The first `number` of the ranked: one of each cause and place, among equals a kind that is not there
    yet first, and at most two of a kind while others wait."""
    left: list[Attention] = []
    for item in rank_attention(found):
        if not any(item.cause == other.cause or _is_one_place(item, other) for other in left):
            left.append(item)
    chosen: list[Attention] = []
    kinds: Counter[str] = Counter()
    while left and len(chosen) < number:
        rare = [item for item in left if kinds[item.kind] < OF_ONE_KIND] or left
        following = min(rare, key=lambda item: (-item.marks.total, kinds[item.kind]))
        left.remove(following)
        kinds[following.kind] += 1
        chosen.append(following)
    return chosen


def _is_one_place(one: Attention, other: Attention) -> bool:
    """Whether both are shown in one place: their middles are less than ONE_PLACE metres apart."""
    if one.place is None or other.place is None:
        return False
    east = (one.place.lon - other.place.lon) * math.cos(math.radians(one.place.lat))
    return math.hypot(east, one.place.lat - other.place.lat) * METRES_A_DEGREE < ONE_PLACE


def explain_order(marks: Marks) -> str:
    """The marks in words, as the page shows them beside the card."""
    parts: Sequence[tuple[str, int]] = (
        ("beyond chance", marks.strength),
        ("new", marks.newness),
        ("grave", marks.gravity),
        ("may need help", marks.help),
    )
    return ", ".join(f"{name} {mark} of 3" for name, mark in parts)
