"""Which finding is about which planted structure: the best overlap of their rows, one to one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.optimize import linear_sum_assignment

from analytics.training.scoring.answers import FindingAnswer
from analytics.training.scoring.recorded import Recorded
from analytics.training.scoring.truth import LAYERS, PLACES, Reference, Structure

FULL, HALF = 0.8, 0.5  # of the rows of both together, those they share: for full and for half credit
HALF_OF_PLACE = 1 / 3  # for half credit of a place, which the edges of cells may cut in two
_MINIMUM_ROWS = 10  # of a place within the period of a finding


@dataclass(frozen=True)
class Match:
    """A structure and the finding that is about it, if any. `overlap` is the Jaccard index of their rows,
    `credit` 1, 0.5 or 0."""

    structure: Structure
    finding: FindingAnswer | None
    overlap: float
    credit: float


def match_structures(recorded: Recorded, findings: Sequence[FindingAnswer]) -> list[Match]:
    """A match for each structure that the store shows, in order of the truth: within each layer those pairs
    that have most credit together, then most overlap."""
    matches: dict[str, Match] = {}
    for layer in LAYERS:
        structures = [structure for structure in recorded.structures if structure.layer == layer]
        own = [finding for finding in findings if finding.layer == layer]
        if not structures or not own:
            continue
        overlaps = _measure_overlaps(recorded, structures, own)
        credits = find_credit(overlaps, layer)
        worth = credits + overlaps / 1_000
        for at, which in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            if overlaps[at, which] > 0:
                overlap = float(overlaps[at, which])
                credit = float(credits[at, which])
                matches[structures[at].name] = Match(structures[at], own[which], overlap, credit)
    return [
        matches.get(structure.name, Match(structure, None, 0.0, 0.0)) for structure in recorded.structures
    ]


def find_credit(overlaps: np.ndarray, layer: str) -> np.ndarray:
    """1 where the rows are nearly the same, 0.5 where half of them are (of a place a third), else 0."""
    half = HALF_OF_PLACE if layer == PLACES else HALF
    return np.select([overlaps >= FULL, overlaps >= half], [1.0, 0.5], 0.0)


def _measure_overlaps(
    recorded: Recorded, structures: Sequence[Structure], findings: Sequence[FindingAnswer]
) -> np.ndarray:
    """(structures, findings): the Jaccard index of their rows."""
    overlaps = np.zeros((len(structures), len(findings)))
    own: dict[Reference, list[int]] = {}
    for at, structure in enumerate(structures):
        for row in structure.rows:
            own.setdefault(row, []).append(at)
    for which, finding in enumerate(findings):
        shared = np.zeros(len(structures))
        for row in finding.rows:
            for at in own.get(row, ()):
                shared[at] += 1
        for at in np.flatnonzero(shared).tolist():
            every = len(structures[at].rows) + len(finding.rows) - shared[at]
            overlaps[at, which] = shared[at] / every
            if structures[at].layer == PLACES:
                overlaps[at, which] = max(
                    overlaps[at, which], _measure_place(recorded, structures[at], finding)
                )
    return overlaps


def _measure_place(recorded: Recorded, place: Structure, finding: FindingAnswer) -> float:
    """The Jaccard index of the place's incidents of its category and those of the finding, within the
    finding's period. A finding of all crime there names the place but not what happens in it: half credit at
    most."""
    within = recorded.circles.get(place.name) or place.rows
    first, last = finding.period or (date.min, date.max)
    there = {row for row, day in within.items() if first <= day <= last}
    known = recorded.incidents
    own = {row for row in finding.rows if row in known and known[row][0] == place.category}
    if len(there) < _MINIMUM_ROWS or not own:
        return 0.0
    overlap = len(there & own) / len(there | own)
    names_category = 2 * len(own) >= len(finding.rows)
    return overlap if names_category else min(overlap, (FULL + HALF) / 2)


@dataclass(frozen=True)
class Accusation:
    """A finding about an innocent: its `share` of the finding's rows, and how common such innocents are among
    everything of that shape, so that the class sees how little the pattern alone says."""

    finding: FindingAnswer
    innocent: str
    kind: str
    share: float


def find_accusations(
    recorded: Recorded,
    innocents: Collection[tuple[str, str, frozenset[Reference]]],
    findings: Sequence[FindingAnswer],
) -> Iterator[Accusation]:
    """Findings of which more rows belong to one innocent look-alike than to anything planted: by innocent as
    name, kind and rows."""
    planted = {row for structure in recorded.structures for row in structure.rows}
    owner = {row: (name, kind) for name, kind, rows in innocents for row in rows}
    for finding in findings:
        counts: dict[tuple[str, str], int] = {}
        for row in finding.rows:
            if row in owner:
                counts[owner[row]] = counts.get(owner[row], 0) + 1
        if not counts:
            continue
        (name, kind), most = max(sorted(counts.items()), key=lambda item: item[1])
        if most > len(finding.rows & planted) and 4 * most >= len(finding.rows):
            yield Accusation(finding, name, kind, most / len(finding.rows))
