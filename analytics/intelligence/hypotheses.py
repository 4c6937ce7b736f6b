"""Competing hypotheses: every explanation against every item of evidence, so that the one least spoken
against leads.

Source: Heuer, R. J. (1999), Psychology of Intelligence Analysis, ch. 8 (Center for the Study of
Intelligence): the likely hypothesis is not the one with most evidence for it, which fits others too, but the
one with least against it; evidence that fits all hypotheses alike tells nothing between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.intelligence.findings import Finding
from analytics.shared.likelihood import describe_probability
from analytics.shared.wording import counted

CONSISTENT, INCONSISTENT, NOT_APPLICABLE = "consistent", "inconsistent", "not applicable"
RATINGS = (CONSISTENT, INCONSISTENT, NOT_APPLICABLE)
_ROUNDING = 1e-6
_MINIMUM = 2  # hypotheses: one alone competes with nothing


@dataclass(frozen=True)
class Competing:
    """`ratings`: a row an item of evidence, a column a hypothesis, one of RATINGS each, None where nobody has
    judged it. `probabilities`: of each hypothesis, 0 to 1, None where nobody has said; together 1 at most,
    because one of them is so, or none."""

    hypotheses: tuple[str, ...]
    evidence: tuple[str, ...]
    ratings: tuple[tuple[str | None, ...], ...]
    probabilities: tuple[float | None, ...] = ()

    def __post_init__(self) -> None:
        if len(self.hypotheses) < _MINIMUM or not all(text.strip() for text in self.hypotheses):
            raise ValueError("Two hypotheses at least, each in words: one alone competes with nothing.")
        if len(set(self.hypotheses)) < len(self.hypotheses):
            raise ValueError("A hypothesis stands twice.")
        if not all(text.strip() for text in self.evidence) or len(self.ratings) != len(self.evidence):
            raise ValueError("Every item of evidence needs its words and a row of ratings.")
        for row in self.ratings:
            if len(row) != len(self.hypotheses) or not set(row) <= {*RATINGS, None}:
                raise ValueError(f"Each hypothesis is rated {', '.join(RATINGS)}, or not yet.")
        if self.probabilities and len(self.probabilities) != len(self.hypotheses):
            raise ValueError("Each hypothesis has a probability, or none yet.")
        stated = [value for value in self.probabilities if value is not None]
        if not all(0 <= value <= 1 for value in stated):
            raise ValueError("A probability is from 0 to 100 %.")
        if sum(stated) > 1 + _ROUNDING:
            raise ValueError(
                f"The probabilities come to {sum(stated):.0%}: one explanation rules out another."
            )

    @property
    def begun(self) -> bool:
        """Whether anybody has judged anything."""
        return any(rating is not None for row in self.ratings for rating in row)

    @property
    def left_over(self) -> float | None:
        """The probability that none of the hypotheses is so; None unless each has one."""
        stated = [value for value in self.probabilities if value is not None]
        return max(0.0, 1 - sum(stated)) if stated and len(stated) == len(self.hypotheses) else None


def begin(finding: Finding) -> Competing:
    """A table to fill in: what the finding says against its alternatives; the evidence is what it rests on
    and each way of telling. Nothing is rated: that is a person's judgement."""
    others = [item["explanation"] for item in finding.alternatives]
    tests = [item["how to tell"] for item in finding.alternatives if item.get("how to tell")]
    hypotheses = tuple(dict.fromkeys([finding.title, *others]))
    if len(hypotheses) < _MINIMUM:
        hypotheses += ("It is chance, or the way it was recorded.",)
    evidence = tuple(dict.fromkeys([finding.confidence_basis, *tests]))
    return Competing(hypotheses, evidence, tuple((None,) * len(hypotheses) for _ in evidence))


def weigh(table: Competing) -> pd.DataFrame:
    """One row a hypothesis, the one with least against it first: hypothesis, inconsistent, consistent,
    not_applicable, not_rated, rank (equals share one)."""
    columns = list(zip(*table.ratings, strict=True)) or [()] * len(table.hypotheses)
    counts = pd.DataFrame(
        {
            "hypothesis": table.hypotheses,
            "inconsistent": [column.count(INCONSISTENT) for column in columns],
            "consistent": [column.count(CONSISTENT) for column in columns],
            "not_applicable": [column.count(NOT_APPLICABLE) for column in columns],
            "not_rated": [column.count(None) for column in columns],
        }
    )
    counts["rank"] = counts.inconsistent.rank(method="min").astype(int)
    return counts.sort_values("inconsistent", kind="stable", ignore_index=True)


def tells_nothing(table: Competing) -> list[str]:
    """Evidence rated alike for every hypothesis: true or not, it does not tell one from another."""
    return [
        text
        for text, row in zip(table.evidence, table.ratings, strict=True)
        if None not in row and len(set(row)) == 1
    ]


def describe_probabilities(table: Competing, likelihood: str | None = None) -> list[str]:
    """What the stated probabilities say, in the words of the yardstick, and where they do not agree with the
    ratings or with the `likelihood` that the finding itself bears (a code of the yardstick)."""
    stated = [(value, at) for at, value in enumerate(table.probabilities) if value is not None]
    if not stated:
        return []
    said = [f"H{at + 1}: {describe_probability(value)} ({value:.0%})" for value, at in stated]
    found = ["; ".join(said) + "."]
    if (rest := table.left_over) is not None and rest > _ROUNDING:
        found.append(f"{rest:.0%} is left for what none of them says.")
    best, at = max(stated)
    leads = weigh(table)
    if table.begun and table.hypotheses[at] not in set(leads[leads["rank"] == 1].hypothesis):
        found.append(f"H{at + 1} is held the most probable, and another has less against it.")
    first = table.probabilities[0]
    word = describe_probability(first) if first is not None else None
    if likelihood is not None and word is not None and not word.startswith(likelihood):
        found.append(f"The finding says {likelihood}, H1 {word}.")
    return found


def describe_verdict(table: Competing) -> str:
    """What the table says, in a sentence; no more than its ratings carry."""
    if not table.begun:
        return "No item of evidence has been rated yet."
    order = weigh(table)
    leads = order[order["rank"] == 1].hypothesis.tolist()
    left = int(order.not_rated.sum())
    rest = f" {counted(left, 'rating is', 'ratings are')} still missing." if left else ""
    if len(leads) > 1:
        return (
            f"{len(leads)} hypotheses have equally little against them ({order.inconsistent.min()}): the "
            f"evidence does not tell them apart.{rest}"
        )
    return (
        f"Least is against: {leads[0]} ({order.inconsistent[0]} inconsistent, the next "
        f"{order.inconsistent[1]}).{rest}"
    )


def to_json(table: Competing) -> dict[str, Any]:
    return {
        "hypotheses": list(table.hypotheses),
        "evidence": list(table.evidence),
        "ratings": [list(row) for row in table.ratings],
        "probabilities": list(table.probabilities),
    }


def from_json(stored: dict[str, Any]) -> Competing:
    return Competing(
        tuple(stored["hypotheses"]),
        tuple(stored["evidence"]),
        tuple(tuple(row) for row in stored["ratings"]),
        tuple(stored.get("probabilities", ())),
    )
