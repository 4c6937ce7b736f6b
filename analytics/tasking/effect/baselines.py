"""What the days after lead one to compare with, and how likely so large a change is where nothing was done.

Each baseline's expected count is the place's own before, times the change of its control: the places most
like it in their long-run count where nothing was tasked. The measure is z = (after - expected) /
sqrt(expected (1 + k r)), r the control's change and k the ratio of the periods' lengths, so that E k r is
what chance in the count before adds (Poisson). Where months vary by themselves, the variance grows with the
square of the count, and a busy place would look more certain than the quieter ones beside it. So
E^2 t (1 + k) is added to the variance, E the expected count; t is estimated from the history of the similar
places. A dispersion that all share needs no estimate, because p comes from placebos: the same measure at
every similar place on the day of the action and on every seventh day of the history that leaves room before
and after. Null hypothesis: the place changed as they did.

A call needs several baselines at once (an intersection-union test; Berger 1982, Technometrics 24): of each
direction the largest of their one-sided p counts, so that a place chosen where one of them is off is called
no more often than the level. For more than expected it stands as it is, doubled, because places are tasked
while they rise and few placebos rise as they do. For fewer than expected it is compared with the placebos'
own largest: two baselines that must agree would else be called far more seldom than the level. Of a fall,
the joint p is the share of placebos that fell as plainly or rose so plainly that such a level would call
them: rises take little of the level, and falls have the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.tasking.effect.verdicts import FEWER, MORE, NO_EFFECT

NEEDED = {"fewer": ("recent", "long-run"), "more": ("just before", "recent", "long-run")}
_SIGNS = {"fewer": -1, "more": 1}
_STEP = 7  # days between placebo actions at one place
_ROUNDS = 4  # of the regression, in which its weights settle
_LEAST_SHARED = 0.3  # of the dispersion that all places share


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
    earlier = range((recent + 1) * length, start - length + 1, _STEP)
    own = _at(total, start, length, recent, controls, found)
    tried = [_at(total, day, length, recent, controls, found) for day in earlier]
    z = {name: _standardise(own[name], [at[name] for at in tried]) for name in own}
    placebos = {name: np.concatenate([at[1:] for at in days]) for name, days in z.items()}
    sides = {
        side: {name: _one_sided(sign * placebos[name], sign * z[name][0][0]) for name in own}
        for side, sign in _SIGNS.items()
    }
    least = {name: min(sides["fewer"][name], sides["more"][name]) for name in own}
    joint = {side: max(sides[side][name] for name in needed) for side, needed in NEEDED.items()}
    lower, higher = (
        np.max([_shares_as_low(-sign * placebos[name]) for name in NEEDED[side]], axis=0)
        for side, sign in _SIGNS.items()
    )
    joint["more"] = min(1.0, 2 * joint["more"])
    joint["fewer"] = _share_called(lower, higher, joint["fewer"])
    direction = min(joint, key=lambda side: joint[side])
    rows = [_describe(name, at, z[name][0][0], controls) for name, at in own.items()]
    table = pd.DataFrame(rows).assign(p=[min(1.0, 2 * least[name]) for name in own])
    return Baselines(table, joint[direction], direction, len(lower))


def _share_called(lower: np.ndarray, higher: np.ndarray, own: float) -> float:
    """The share of placebos that fell as plainly as the place, whose largest p is `own`, or rose so plainly
    that a level equal to the share of the first would call them a rise. `lower`, `higher`: the placebos' own
    largest p of a fall and of a rise."""
    fell = lower <= own + 1e-12
    level = (1 + fell.sum()) / (1 + len(lower))
    return float((1 + (fell | (2 * higher < level)).sum()) / (1 + len(lower)))


def _standardise(own: _Counted, tried: list[_Counted]) -> list[np.ndarray]:
    """z of every place on the day of the action and on each earlier day, (places,) each, with the variance of
    months in it. The day of the action is left out of its estimate, for the place may have changed then."""
    more = _months_beyond_chance(tried) if tried else 0.0
    return [
        (at.after - at.expected) / np.sqrt(at.poisson() + more * at.least() ** 2 * (1 + at.scale))
        for at in (own, *tried)
    ]


def _months_beyond_chance(tried: list[_Counted]) -> float:
    """The variance of a month's rate, as a share of its square, over the dispersion that all places share: a
    regression of each place's mean squared residual on what chance and months would give a place of its
    level, weighted by the inverse square of what is fitted. 0 where quieter places vary as much for their
    size. Levels are means over all days, because a count that is low by chance is followed by a larger
    residual."""
    squares = np.mean([(at.after - at.expected)[1:] ** 2 for at in tried], axis=0)
    poisson = np.mean([at.poisson()[1:] for at in tried], axis=0)
    level = np.mean([at.expected[1:] for at in tried], axis=0)
    months = level**2 * np.mean([1 + at.scale for at in tried])
    ratio, x = squares / poisson, months / poisson
    shared, more = float(ratio.mean()), 0.0
    for _ in range(_ROUNDS):
        if not shared > 0:
            return 0.0
        weight = 1 / (shared + more * x) ** 2
        middle, mean = np.average(x, weights=weight), np.average(ratio, weights=weight)
        spread = np.average((x - middle) ** 2, weights=weight)
        if spread <= 0:
            return 0.0
        more = float(np.average((x - middle) * (ratio - mean), weights=weight) / spread)
        if more <= 0:
            return 0.0
        shared = max(float(mean - more * middle), _LEAST_SHARED)
    return more / shared


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


@dataclass(frozen=True)
class _Counted:
    """Of one baseline and day, (places,) each: `before`, `after`, `expected` and the control's `change`;
    `scale`: the days after by those before."""

    before: np.ndarray
    after: np.ndarray
    expected: np.ndarray
    change: np.ndarray
    scale: float

    def least(self) -> np.ndarray:
        """The expected count, at least half an incident in the days before."""
        return np.asarray(np.maximum(self.expected, 0.5 * self.scale))

    def poisson(self) -> np.ndarray:
        """The variance that chance alone gives."""
        return np.asarray(self.least() * (1 + self.scale * self.change))


def _at(
    total: np.ndarray, start: int, length: int, recent: int, controls: int, found: tuple[int, int] | None
) -> dict[str, _Counted]:
    """The counts by baseline at every place for an action on day `start`."""
    after = total[:, start + length] - total[:, start]
    counted = {}
    for name, span in describe_spans(start, length, recent, found).items():
        before = sum((total[:, b] - total[:, a] for a, b in span), np.zeros(len(total)))
        scale = length / sum(b - a for a, b in span)
        counted[name] = _count(before, after, scale, controls)
    return counted


def _describe(name: str, at: _Counted, z: float, controls: int) -> dict[str, object]:
    """The first place's row of the table."""
    return {
        "baseline": name,
        "before": at.before[0],
        "after": at.after[0],
        "expected": at.expected[0],
        "change": at.after[0] / at.expected[0] - 1 if at.expected[0] else np.nan,
        "z": z,
        "scale": at.scale,
        "control_before": at.before[1 : controls + 1].sum(),
        "control_after": at.after[1 : controls + 1].sum(),
    }


def standard(before: np.ndarray, after: np.ndarray, k: float, controls: int) -> tuple[np.ndarray, np.ndarray]:
    """Expected count and z at every place, with the variance of chance alone; none is its own control."""
    at = _count(before, after, k, controls)
    return at.expected, (after - at.expected) / np.sqrt(at.poisson())


def _count(before: np.ndarray, after: np.ndarray, scale: float, controls: int) -> _Counted:
    control = np.zeros(len(before))
    control[1 : controls + 1] = 1
    others_before = control @ before - control * before
    others_after = control @ after - control * after
    change = (others_after + 0.5) / (scale * others_before + 0.5)
    return _Counted(before, after, before * scale * change, change, scale)
