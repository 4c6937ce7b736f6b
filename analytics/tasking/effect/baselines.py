"""What the days after lead one to compare with, and how likely so large a change is where nothing was done.

Each baseline's expected count is the place's own before, times the change of its control: the places most
like it in their long-run count where nothing was tasked. The measure is z = (after - expected) /
sqrt(expected (1 + k r)), r the control's change and k the ratio of the periods' lengths, so that E k r is
what chance in the count before adds (Poisson). Recorded crime varies more than Poisson, so p comes from
placebos: the same measure at every similar place on the day of the action and on every seventh day of the
history that leaves room before and after. Null hypothesis: the place changed as they did.

A call needs several baselines at once (an intersection-union test; Berger 1982, Technometrics 24): of each
direction the largest of their one-sided p counts, so that a place chosen where one of them is off is called
no more often than the level. For fewer than expected that largest p is compared with the placebos' own
largest: two baselines that must agree would else be called far more seldom than the level. For more than
expected it stands as it is, because places are tasked while they rise and few placebos rise as they do. The
joint p is twice the smaller direction's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.tasking.effect.verdicts import FEWER, MORE, NO_EFFECT

NEEDED = {"fewer": ("recent", "long-run"), "more": ("just before", "recent", "long-run")}
_SIGNS = {"fewer": -1, "more": 1}
_STEP = 7  # days between placebo actions at one place


@dataclass(frozen=True)
class Baselines:
    """`table`: baseline, before, after, expected, change, z, p (two-sided, of this baseline alone), scale
    (the days after by those before), control_before and control_after (the control area's counts). `p`: the
    joint one; `direction`: 'fewer' or 'more', whichever is likelier; `placebos`: how many measures p rests
    on."""

    table: pd.DataFrame
    p: float
    direction: str
    placebos: int

    def verdict(self, level: float) -> str:
        """'fewer than expected' or 'more than expected' where p is below `level` and the place changed that
        way relative to its control from every baseline needed; else 'no detectable effect'."""
        needed = self.table[self.table.baseline.isin(NEEDED[self.direction])]
        place, control = needed.after * needed.control_before, needed.before * needed.control_after
        agrees = (place < control).all() if self.direction == "fewer" else (place > control).all()
        called = FEWER if self.direction == "fewer" else MORE
        return called if self.p < level and agrees else NO_EFFECT


def measure_baselines(
    counts: np.ndarray, start: int, length: int, recent: int, controls: int, found: tuple[int, int] | None
) -> Baselines:
    """Every baseline at the place (row 0 of `counts`, (places, days)) against placebos.

    The action begins on day `start` and is looked at for `length` days; `recent` times as many make the
    recent baseline; the next `controls` rows are the control. `found`: how many days before the action the
    place was found, from and to."""
    total = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    own, rows = _at(total, start, length, recent, controls, found)
    tried = [
        _at(total, day, length, recent, controls, found)[0]
        for day in range((recent + 1) * length, start - length + 1, _STEP)
    ]
    placebos = {name: np.concatenate([at[name][1:] for at in (own, *tried)]) for name in own}
    sides = {
        side: {name: _one_sided(sign * placebos[name], sign * z[0]) for name, z in own.items()}
        for side, sign in _SIGNS.items()
    }
    least = {name: min(sides["fewer"][name], sides["more"][name]) for name in own}
    joint = {side: max(sides[side][name] for name in needed) for side, needed in NEEDED.items()}
    theirs = np.max([_shares_as_low(placebos[name]) for name in NEEDED["fewer"]], axis=0)
    joint["fewer"] = float((1 + (theirs <= joint["fewer"] + 1e-12).sum()) / (1 + len(theirs)))
    direction = min(joint, key=lambda side: joint[side])
    here = pd.DataFrame(rows)
    table = here.assign(p=[min(1.0, 2 * least[name]) for name in here.baseline])
    return Baselines(table, min(1.0, 2 * joint[direction]), direction, len(theirs))


def _shares_as_low(measures: np.ndarray) -> np.ndarray:
    """Of each measure, the share of all that are at most as large."""
    return np.asarray(stats.rankdata(np.round(measures, 12), method="max") / len(measures))


def _one_sided(placebos: np.ndarray, measure: float) -> float:
    """(1 + placebos at least as large) / (1 + placebos)."""
    return float((1 + (placebos >= measure - 1e-12).sum()) / (1 + len(placebos)))


def describe_spans(
    start: int, length: int, recent: int, found: tuple[int, int] | None
) -> dict[str, list[tuple[int, int]]]:
    """The days of each baseline, as half-open ranges; the days in which the place was found are not of the
    long run, unless nearly nothing would be left of it."""
    history = [(0, start)]
    if found:
        begin, end = max(0, start - found[0]), min(start, start - found[1] + 1)
        without = [(0, begin), (end, start)] if begin < end else history
        history = without if sum(b - a for a, b in without) >= length else history
    return {
        "just before": [(start - length, start)],
        "recent": [(start - recent * length, start)],
        "long-run": history,
    }


def _at(
    total: np.ndarray, start: int, length: int, recent: int, controls: int, found: tuple[int, int] | None
) -> tuple[dict[str, np.ndarray], list[dict[str, object]]]:
    """z by baseline at every place for an action on day `start`, and the first place's rows of the table."""
    spans = describe_spans(start, length, recent, found)
    after = total[:, start + length] - total[:, start]
    measures: dict[str, np.ndarray] = {}
    rows: list[dict[str, object]] = []
    for name, span in spans.items():
        before = sum(total[:, b] - total[:, a] for a, b in span)
        k = length / sum(b - a for a, b in span)
        expected, z = standard(before, after, k, controls)
        measures[name] = z
        change = after[0] / expected[0] - 1 if expected[0] else np.nan
        rows.append(
            {
                "baseline": name,
                "before": before[0],
                "after": after[0],
                "expected": expected[0],
                "change": change,
                "z": z[0],
                "scale": k,
                "control_before": before[1 : controls + 1].sum(),
                "control_after": after[1 : controls + 1].sum(),
            }
        )
    return measures, rows


def standard(before: np.ndarray, after: np.ndarray, k: float, controls: int) -> tuple[np.ndarray, np.ndarray]:
    """Expected count and z at every place; none is its own control."""
    control = np.zeros(len(before))
    control[1 : controls + 1] = 1
    others_before = control @ before - control * before
    others_after = control @ after - control * after
    change = (others_after + 0.5) / (k * others_before + 0.5)
    expected = before * k * change
    return expected, (after - expected) / np.sqrt(np.maximum(expected, 0.5 * k) * (1 + k * change))
