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
from analytics.shared.wording import counted

CONSISTENT, INCONSISTENT, NOT_APPLICABLE = "consistent", "inconsistent", "not applicable"
RATINGS = (CONSISTENT, INCONSISTENT, NOT_APPLICABLE)
_MINIMUM = 2  # hypotheses: one alone competes with nothing


@dataclass(frozen=True)
class Competing:
    """`ratings`: a row an item of evidence, a column a hypothesis, one of RATINGS each, None where nobody has
    judged it."""

    hypotheses: tuple[str, ...]
    evidence: tuple[str, ...]
    ratings: tuple[tuple[str | None, ...], ...]

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

    @property
    def begun(self) -> bool:
        """Whether anybody has judged anything."""
        return any(rating is not None for row in self.ratings for rating in row)


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
    }


def from_json(stored: dict[str, Any]) -> Competing:
    return Competing(
        tuple(stored["hypotheses"]), tuple(stored["evidence"]), tuple(tuple(row) for row in stored["ratings"])
    )
