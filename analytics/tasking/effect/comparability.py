"""Whether the like places can stand for what would have happened at the place; where they cannot, no verdict.

What is expected multiplies the place's count before by the control's change. That is defensible only where
four rules hold, each on the counts before the action but the last part of the second:

1. The place had `own_minimum` incidents or more in the recent baseline.
2. The control area had `control_minimum` or more in each baseline (scaled to the days after) and after the
   action: a ratio of smaller counts is mostly chance, and one of nearly none is nothing.
3. A control place had on average between 1 / `level_factor` and `level_factor` times the place's count in the
   recent baseline.
4. The control foretold the place before the action: its recent count lies within `fit_factor` times, either
   way, of what the earlier history and the control's change lead one to expect, or is within chance of it
   (|z| < 1.96)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.tasking.effect.baselines import standard
from analytics.tasking.effect.parameters import EffectParameters

_WITHIN_CHANCE = 1.96


@dataclass(frozen=True)
class Comparability:
    """`checks`: check, found, needed (both in words), met. `reasons`: what is missing, a clause each, of the
    checks not met; none where the comparison stands."""

    checks: pd.DataFrame
    reasons: tuple[str, ...]

    def in_words(self) -> str:
        """The refusal as a sentence; '' where the comparison stands."""
        return f"There is no fair comparison: {'; '.join(self.reasons)}." if self.reasons else ""


def check_controls(
    counts: np.ndarray,
    start: int,
    length: int,
    baselines: pd.DataFrame,
    parameters: EffectParameters,
    like: str = "like places",
) -> Comparability:
    """The four rules for the place in row 0 of `counts` (places, days) and its control, the next rows.

    The action begins on day `start` and is looked at for `length` days; `baselines` is the table that
    `measure_baselines` made of the same counts; `like` names the controls in the words returned."""
    control = counts[1 : parameters.controls + 1]
    days = parameters.recent * length
    rows = [
        _own_enough(baselines, days, parameters.own_minimum),
        _control_enough(baselines, length, parameters.control_minimum, like),
        _level_alike(baselines, len(control), parameters.level_factor, like),
        _fit_before(counts, start, days, parameters, like),
    ]
    checks = pd.DataFrame(rows)
    return Comparability(
        checks[["check", "found", "needed", "met"]], tuple(checks.reason[~checks.met.astype(bool)])
    )


def _own_enough(baselines: pd.DataFrame, days: int, minimum: int) -> dict:
    own = baselines.set_index("baseline").before["recent"]
    return {
        "check": "Incidents before, here",
        "found": f"{own:.0f} in {days} days",
        "needed": f"{minimum} or more",
        "met": bool(own >= minimum),
        "reason": f"only {own:.0f} were recorded here in the {days} days before, and {minimum} are needed",
    }


def _control_enough(baselines: pd.DataFrame, length: int, minimum: int, like: str) -> dict:
    before = (baselines.control_before * baselines.scale).min()
    after = baselines.control_after.iloc[0]
    found = f"{before:.1f} before and {after:.0f} after, in {length} days"
    return {
        "check": f"Incidents at the {like} together",
        "found": found,
        "needed": f"{minimum} or more each",
        "met": bool(min(before, after) >= minimum),
        "reason": f"the {like} together recorded too few ({found}; {minimum} each are needed)",
    }


def _level_alike(baselines: pd.DataFrame, places: int, factor: float, like: str) -> dict:
    recent = baselines.set_index("baseline").loc["recent"]
    own, each = recent.before, recent.control_before / max(places, 1)
    return {
        "check": f"Level before, one of the {like}",
        "found": f"{each:.1f} on average, {own:.0f} here",
        "needed": f"1/{factor:g} to {factor:g} times the count here",
        "met": bool(own <= factor * each and each <= factor * own),
        "reason": f"the {like} recorded {each:.1f} each before against {own:.0f} here, and no more than "
        f"{factor:g} times as many or as few can be compared",
    }


def _fit_before(counts: np.ndarray, start: int, days: int, parameters: EffectParameters, like: str) -> dict:
    """The recent baseline as foretold from the days before it; where the history holds too few of them, its
    later half from the earlier."""
    cut = start - days if start - days >= days // parameters.recent else start // 2
    earlier, later = counts[:, :cut].sum(axis=1), counts[:, cut:start].sum(axis=1)
    expected, z = standard(earlier, later, (start - cut) / cut, parameters.controls)
    own, foretold, factor = later[0], expected[0], parameters.fit_factor
    within = foretold <= factor * own and own <= factor * foretold
    return {
        "check": f"Trend before, as the {like} foretell it",
        "found": f"{own:.0f} here, {foretold:.1f} foretold",
        "needed": f"1/{factor:g} to {factor:g} times, or within chance",
        "met": bool(within or abs(z[0]) < _WITHIN_CHANCE),
        "reason": f"the place did not follow the {like} before the action either: {own:.0f} in the last "
        f"{start - cut} days, where they foretold {foretold:.1f}",
    }
