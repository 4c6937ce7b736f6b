"""Whether similar places can stand for what would have happened at the place. Where they cannot, no verdict.

The expected count is the place's count before, multiplied by the control's change. That is defensible only
where four rules hold. All are on counts before the action, apart from the last part of the second:

1. The place had `own_minimum` incidents or more in the recent baseline.
2. The control area had `control_minimum` or more in each baseline (scaled to the days after) and after the
   action: a ratio of smaller counts is mostly chance, and one of nearly none is nothing.
3. A control place had on average between 1 / `level_factor` and `level_factor` times the place's count in the
   recent baseline.
4. The control predicted the place before the action. The place's recent count lies within `fit_factor`
   times, either way, of the count expected from the earlier history and the control's change, or within
   chance of it (|z| < 1.96)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.tasking.effect.baselines import standard
from analytics.tasking.effect.parameters import EffectParameters

_WITHIN_CHANCE = 1.96


@dataclass(frozen=True)
class Comparability:
    """`checks`: check, found, needed (all in words), met. `reasons`: a sentence on each check that is not
    met; empty where the comparison stands."""

    checks: pd.DataFrame
    reasons: tuple[str, ...]

    def in_words(self) -> str:
        """The refusal; '' where the comparison stands."""
        return " ".join(("There is no fair comparison.", *self.reasons)) if self.reasons else ""


def check_controls(
    counts: np.ndarray,
    start: int,
    length: int,
    baselines: pd.DataFrame,
    parameters: EffectParameters,
    *,
    subject: str = "place",
    unit: str = "incidents",
) -> Comparability:
    """The four rules for the place in row 0 of `counts` (places, days) and its control, the next rows.

    The action begins on day `start` and is followed for `length` days. `baselines` is the table that
    `measure_baselines` returned for the same counts. `subject` and `unit` are the words for what is compared
    and what is counted."""
    places = len(counts[1 : parameters.controls + 1])
    days = parameters.recent * length
    rows = [
        _own_enough(baselines, days, parameters.own_minimum, subject, unit),
        _control_enough(baselines, length, parameters.control_minimum, subject, unit),
        _level_alike(baselines, places, parameters.level_factor, subject, unit),
        _fit_before(counts, start, days, parameters, subject, unit),
    ]
    checks = pd.DataFrame(rows)
    reasons = checks.reason[~checks.met.astype(bool)]
    return Comparability(checks.drop(columns="reason"), tuple(reasons))


def _own_enough(baselines: pd.DataFrame, days: int, minimum: int, subject: str, unit: str) -> dict[str, Any]:
    own = baselines.set_index("baseline").before["recent"]
    return {
        "check": f"Enough {unit} at the {subject}",
        "found": f"{own:.0f} in {days} days before",
        "needed": f"{minimum} or more",
        "met": bool(own >= minimum),
        "reason": f"The {subject} had only {own:.0f} {unit} in the {days} days before; {minimum} are needed.",
    }


def _control_enough(
    baselines: pd.DataFrame, length: int, minimum: int, subject: str, unit: str
) -> dict[str, Any]:
    before = (baselines.control_before * baselines.scale).min()
    after = baselines.control_after.iloc[0]
    return {
        "check": f"Enough {unit} at the similar {subject}s together",
        "found": f"{before:.1f} before, {after:.0f} after, in {length} days each",
        "needed": f"{minimum} or more, both times",
        "met": bool(min(before, after) >= minimum),
        "reason": f"All similar {subject}s together had {before:.1f} {unit} in {length} days before and "
        f"{after:.0f} after; {minimum} are needed both times.",
    }


def _level_alike(
    baselines: pd.DataFrame, places: int, factor: float, subject: str, unit: str
) -> dict[str, Any]:
    recent = baselines.set_index("baseline").loc["recent"]
    own, each = recent.before, recent.control_before / max(places, 1)
    return {
        "check": f"Similar {subject}s at a similar level before",
        "found": f"{each:.1f} on average, against {own:.0f}",
        "needed": f"1/{factor:g} to {factor:g} times as many",
        "met": bool(own <= factor * each and each <= factor * own),
        "reason": f"A similar {subject} had {each:.1f} {unit} on average before, against {own:.0f} here. "
        f"Between 1/{factor:g} and {factor:g} times as many are needed.",
    }


def _fit_before(
    counts: np.ndarray, start: int, days: int, parameters: EffectParameters, subject: str, unit: str
) -> dict[str, Any]:
    """The recent count predicted from the days before it; where the history has too few of those, its later
    half from its earlier half."""
    cut = start - days if start - days >= days // parameters.recent else start // 2
    earlier, later = counts[:, :cut].sum(axis=1), counts[:, cut:start].sum(axis=1)
    expected, z = standard(earlier, later, (start - cut) / cut, parameters.controls)
    own, predicted, factor = later[0], expected[0], parameters.fit_factor
    within = predicted <= factor * own and own <= factor * predicted
    return {
        "check": f"Similar {subject}s followed before the action",
        "found": f"{own:.0f} in {start - cut} days, {predicted:.1f} predicted",
        "needed": f"1/{factor:g} to {factor:g} times as many, or within chance",
        "met": bool(within or abs(z[0]) < _WITHIN_CHANCE),
        "reason": f"The {subject} did not follow the similar {subject}s before the action. It had {own:.0f} "
        f"{unit} in {start - cut} days, where they predicted {predicted:.1f}.",
    }
