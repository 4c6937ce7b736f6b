"""The verdict where no similar place is comparable: the place's own history, carried by the rest of the town.

The expected count is the place's count before times the change of all that was recorded elsewhere in the
working area, clear of tasked places; the rest of the town carries the season. The same baselines must agree
as with similar places (see `measure`). Recorded crime varies more than Poisson: the dispersion is the larger
of that by weeks and that by stretches as long as the days after. A place chosen because its count was high
falls back by itself; where the long-run baseline is the one it was chosen on, its count is shrunk to the mean
of all places (empirical Bayes; Hauer 1997, *Observational Before-After Studies in Road Safety*, ch. 11)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.shared.predictive import predictive
from analytics.tasking.effect.baselines import NEEDED, describe_spans
from analytics.tasking.effect.verdicts import FEWER, MORE, NO_EFFECT

Floats = npt.NDArray[np.float64]

MINIMUM_DAYS, MINIMUM_COUNT = 182, 20  # of the long run; half a year, so that the dispersion is measured
_WEEK, _MINIMUM_STRETCHES = 7, 4
MAXIMUM_DISPERSION = 5.0
_BEYOND_CHANCE = 1.96
_USUAL_CHANGE = 0.2  # standard deviation of a season's change of a whole town, in logarithms


class UnsteadyHistory(ValueError):
    """The place's level changed shortly before the action, so that its history does not say what to expect;
    or the history is too short. The message says which."""


@dataclass(frozen=True)
class OwnHistory:
    """`table`: as of `Baselines`; its control is the rest of the town. `dispersion`: variance / mean of the
    place's counts about what the town predicts, at least 1. `shrunk`: by how much the long-run count was
    shrunk to the mean of all places, as a share of it; 0 where it was not chosen on it."""

    table: pd.DataFrame
    p: float
    verdict: str
    dispersion: float
    shrunk: float


def judge_by_history(
    own: Floats,
    town: Floats,
    everywhere: Floats,
    start: int,
    length: int,
    *,
    recent: int,
    found: tuple[int, int] | None,
    own_minimum: int,
    fit_factor: float,
    level: float,
) -> OwnHistory:
    """Judge `length` days from day `start` by the days before.

    `own`, `town`: daily counts of the place and of the rest of the town, shape (days,); `everywhere`:
    long-run counts of every place of its size, for the shrinkage; `found`: how many days before the action
    the place was found, from and to. Null hypothesis: the place changed as the town did (negative binomial).
    Raises UnsteadyHistory where the history is too short, holds too few incidents or comes in bursts, or
    where the recent days and the long run lead one to expect counts more than `fit_factor` times apart,
    beyond chance."""
    spans = describe_spans(start, length, recent, found)
    chosen_on = found is not None and spans["long-run"] == [(0, start)]
    long_run = sum(end - begin for begin, end in spans["long-run"])
    counts = {name: _sum_over(own, span) for name, span in spans.items()}
    if long_run < MINIMUM_DAYS or counts["long-run"] < MINIMUM_COUNT or counts["recent"] < own_minimum:
        raise UnsteadyHistory(
            f"Its own history cannot stand in: that needs {MINIMUM_DAYS} days before the action, without "
            f"those in which it was found, and {MINIMUM_COUNT} incidents in them. There are {long_run} days "
            f"with {counts['long-run']:.0f}."
        )
    shrunk = _measure_shrinkage(everywhere, counts["long-run"]) if chosen_on else 0.0
    dispersion = _measure_dispersion(own, town, spans["long-run"], length)
    after, town_after = float(own[start : start + length].sum()), float(town[start : start + length].sum())
    rows = []
    for name, span in spans.items():
        before = counts[name] * (1 - shrunk if name == "long-run" else 1)
        town_before = _sum_over(town, span)
        scale = length / sum(b - a for a, b in span)
        change, uncertainty = _carry(town_before, town_after, scale)
        expected = max(before, 0.5) * scale * change
        variance = dispersion * (expected + expected**2 / max(before, 0.5)) + expected**2 * uncertainty
        prediction = predictive(expected, variance)
        rows.append(
            {
                "baseline": name,
                "before": counts[name],
                "after": after,
                "expected": expected,
                "change": after / expected - 1,
                "z": (after - expected) / np.sqrt(variance),
                "scale": scale,
                "control_before": town_before,
                "control_after": town_after,
                "fewer": float(prediction.cdf(np.array(after))),
                "more": float(prediction.sf(np.array(after - 1))),
            }
        )
    table = pd.DataFrame(rows)
    _check_steady(table.set_index("baseline"), dispersion, fit_factor)
    table["p"] = np.minimum(1.0, 2 * table[["fewer", "more"]].min(axis=1))
    joint = {side: float(table[side][table.baseline.isin(NEEDED[side])].max()) for side in NEEDED}
    side = min(joint, key=lambda name: joint[name])
    p = min(1.0, 2 * joint[side])
    called = FEWER if side == "fewer" else MORE
    return OwnHistory(
        table.drop(columns=["fewer", "more"]), p, called if p < level else NO_EFFECT, dispersion, shrunk
    )


def _check_steady(table: pd.DataFrame, dispersion: float, factor: float) -> None:
    if dispersion > MAXIMUM_DISPERSION:
        raise UnsteadyHistory(
            f"Its own history cannot stand in: its counts come in bursts, {dispersion:.0f} times as spread "
            f"as chance alone; at most {MAXIMUM_DISPERSION:.0f} times can be judged."
        )
    recent, long_run = table.loc["recent"], table.loc["long-run"]
    low, high = sorted((recent.expected, long_run.expected))
    spread = recent.expected * recent.scale + long_run.expected * long_run.scale
    if high > factor * low and high - low > _BEYOND_CHANCE * np.sqrt(dispersion * spread):
        raise UnsteadyHistory(
            "Its own history cannot stand in: its level changed shortly before the action. The recent days "
            f"lead one to expect {recent.expected:.1f}, the long run {long_run.expected:.1f}."
        )


def _sum_over(daily: Floats, spans: list[tuple[int, int]]) -> float:
    return sum(float(daily[begin:end].sum()) for begin, end in spans)


def _carry(before: float, after: float, scale: float) -> tuple[float, float]:
    """The change of the town, as far as its counts can tell it from a town's usual change, and the variance
    of its logarithm."""
    noise = 1 / (before + 0.5) + 1 / (after + 0.5)
    weight = _USUAL_CHANGE**2 / (_USUAL_CHANGE**2 + noise)
    change = np.exp(weight * np.log((after + 0.5) / (scale * before + 0.5)))
    return float(change), weight * noise


def shrink_to_mean(counts: Floats) -> Floats:
    """What each of many places should be expected to have again: its count, shrunk to the mean of all by how
    much of their spread is chance (gamma-Poisson by moments). Shape (places,), equal exposure."""
    mean, variance = counts.mean(), counts.var(ddof=1)
    weight = min(1.0, mean / variance) if variance > 0 else 1.0
    return np.asarray(weight * mean + (1 - weight) * counts)


def _measure_shrinkage(everywhere: Floats, own: float) -> float:
    """By what share a place's count is to be shrunk; never raised."""
    if len(everywhere) < 2 or own <= 0:
        return 0.0
    shrunk = shrink_to_mean(np.append(everywhere, own))[-1]
    return float(max(0.0, 1 - shrunk / own))


def _measure_dispersion(own: Floats, town: Floats, spans: list[tuple[int, int]], length: int) -> float:
    """Pearson's chi-square over its degrees of freedom about what the town predicts, by weeks and by
    stretches of `length` days, the larger; at least 1."""
    days = sum(end - begin for begin, end in spans)
    total = _sum_over(own, spans)
    all_town = _sum_over(town, spans)
    found = [1.0]
    for width in (_WEEK, length):
        starts = [first for begin, end in spans for first in range(end - width, begin - 1, -width)]
        if len(starts) < _MINIMUM_STRETCHES:
            continue
        counts = np.array([own[first : first + width].sum() for first in starts])
        share = width / days
        expected = np.array(
            [
                total * share * _carry(all_town, float(town[first : first + width].sum()), share)[0]
                for first in starts
            ]
        )
        found.append(float(((counts - expected) ** 2 / expected).sum() / (len(starts) - 1)))
    return max(found)
