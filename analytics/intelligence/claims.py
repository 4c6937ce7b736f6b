"""What a finding's result claims, as far as another result can agree with it or not: a direction in an
aspect."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.intelligence.finding_results import FindingResult, Focus
from analytics.shared.codes import code_table

LEVEL, CHANGE, JUDGEMENT = "level", "change", "judgement"
_CERTAIN = 1.96  # two-sided 5 % of a normal
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Claim:
    """`direction` is 1 or -1 within its aspect."""

    aspect: str
    direction: int
    words: str


def list_claims(result: FindingResult) -> dict[str, Claim]:
    """By aspect. Level: a tested place is more than chance, or not shown to be. Change: the count against the
    period before, only where the difference is beyond chance (two Poisson counts, normal approximation, 5 %).
    Judgement: the analyst's label of adverts, a lead or something else."""
    focus = result.focus or Focus()
    found: dict[str, Claim] = {}
    z, p = focus.z, focus.p_adjusted
    if z is not None and p is not None:
        more = z > 0 and p <= _SIGNIFICANT
        found[LEVEL] = Claim(
            LEVEL, 1 if more else -1, "more than chance" if more else "not shown to be more than chance"
        )
    now, before = focus.count, focus.previous_count
    if now is not None and before is not None and now + before > 0:
        score = (now - before) / math.sqrt(now + before)
        if abs(score) >= _CERTAIN:
            words = f"{'rising' if score > 0 else 'falling'} ({before:,} to {now:,})"
            found[CHANGE] = Claim(CHANGE, 1 if score > 0 else -1, words)
    label = result.judgement
    sides = {entry.label: entry.more["side"] for entry in code_table("advert_labels").entries}
    if sides.get(label) in ("lead", "other"):
        found[JUDGEMENT] = Claim(JUDGEMENT, 1 if sides[label] == "lead" else -1, f"judged {label.lower()}")
    return found
