"""Which results of the typologies may become leads, under what circumstances, and which of them are one
lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.finance.lead_circumstances import PairIndex, measure_circumstances
from analytics.finance.typologies.catalogue import BY_NAME
from analytics.finance.typologies.detection import Detection
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.false_discovery import chance_of_nothing

STRONG = 0.5  # results with at most this chance of being wrong may widen a lead that they overlap
MAX_ROWS = 300  # of one lead
_PER_TYPOLOGY = 250  # results of one typology that are looked at closely, the least likely by chance first
_MAX_DIGITS = 4.0  # of a shape beyond chance, and
_MAX_SURPRISE = 15.0  # of surprise: more says no more


@dataclass(frozen=True)
class Candidate:
    """A result: its `typology`, `rows` (positions in the ledger), `account` and `surprise`, and its
    `circumstances`, with `shape` (how far beyond chance it lies among its typology's, 0 to 1),
    `beyond` (how likely it is no accident, where shuffled payments tell) and `surprise` (0 to 1)."""

    typology: str
    rows: np.ndarray
    account: int
    surprise: float
    circumstances: dict[str, float]


def collect_candidates(ledger: TimedLedger, detection: Detection) -> list[Candidate]:
    """Of each typology the results that chance gives least often; equal ones by their transactions, so that
    the order in which they were found does not matter."""
    index = PairIndex.of(ledger)
    candidates = []
    for name, found in detection.results.items():
        chance, expected = chance_of_nothing(found.surprise, detection.by_chance.get(name), found.judged)
        enough = np.flatnonzero(found.surprise >= ledger.surroundings.min_surprise)
        order = np.lexsort((expected[enough], chance[enough]))
        chosen = enough[order][: 2 * _PER_TYPOLOGY]
        ranked = sorted((chance[k], expected[k], found.rows_of(k).tolist(), int(k)) for k in chosen)
        for _, _, rows, k in ranked[:_PER_TYPOLOGY]:
            at, account = np.array(rows, np.int64), int(found.account[k])
            shape = {
                "shape": min(float(-np.log10(max(chance[k], 1e-99))), _MAX_DIGITS) / _MAX_DIGITS,
                "beyond": 1.0 - float(chance[k]) if BY_NAME[name].shuffled else 0.0,
                "surprise": min(float(found.surprise[k]), _MAX_SURPRISE) / _MAX_SURPRISE,
            }
            circumstances = measure_circumstances(ledger, index, at, account)
            candidates.append(Candidate(name, at, account, float(found.surprise[k]), circumstances | shape))
    return candidates


def merge_candidates(
    candidates: Sequence[Candidate], chances: Sequence[float], limit: int, max_chance: float
) -> tuple[list[list[tuple[Candidate, float]]], dict[str, dict[str, int]]]:
    """(at most `limit` leads of the candidates whose chance of being wrong is at most `max_chance`, the
    surest first; what became of each typology's: leads, joined).

    Results that share half of their transactions, or half of the lead's, with a surer lead are part of it;
    only strong ones add transactions to it. A lead is its results with their chances, the surest first."""
    order = sorted(
        range(len(candidates)),
        key=lambda k: (chances[k], candidates[k].typology, candidates[k].rows.tolist()),
    )
    leads: list[list[tuple[Candidate, float]]] = []
    rows_of: list[set[int]] = []
    owner: dict[int, int] = {}
    fate: dict[str, dict[str, int]] = {}
    for k in order:
        found, chance = candidates[k], chances[k]
        counts = fate.setdefault(found.typology, {"leads": 0, "joined": 0})
        rows = set(found.rows.tolist())
        home = _overlapped_lead(rows, owner, rows_of)
        if home is not None:
            strong = chance <= STRONG and len(rows_of[home] | rows) <= MAX_ROWS
            inside = sum(owner.get(row) == home for row in rows)
            if strong or 2 * inside >= len(rows):
                counts["joined"] += 1
                if strong:
                    _take(home, rows, owner, rows_of)
                    leads[home].append((found, chance))
                continue
        if len(leads) == limit or chance > max_chance:
            continue
        counts["leads"] += 1
        leads.append([(found, chance)])
        rows_of.append(set())
        _take(len(leads) - 1, rows, owner, rows_of)
    return leads, fate


def _overlapped_lead(rows: set[int], owner: dict[int, int], rows_of: list[set[int]]) -> int | None:
    """The lead that has half of these transactions, or half of whose transactions these are."""
    shared: dict[int, int] = {}
    for row in rows:
        if row in owner:
            shared[owner[row]] = shared.get(owner[row], 0) + 1
    if not shared:
        return None
    best = min(shared, key=lambda lead: (-shared[lead], lead))
    return best if 2 * shared[best] >= min(len(rows), len(rows_of[best])) else None


def _take(lead: int, rows: set[int], owner: dict[int, int], rows_of: list[set[int]]) -> None:
    rows_of[lead] |= rows
    for row in rows:
        owner.setdefault(row, lead)
