"""The effect of an action at its place: verdict, baselines, surroundings, harm, near repeats, synthetic
control.

Two baselines, because each alone is fooled. *Recent*: the days just before the action, three times as many as
after it; a place chosen for a bad month falls back by itself (regression to the mean). *Long-run*: the year
before, without the days in which the place was found; a place on the rise goes on rising. Fewer than expected
is called only where both show it. Places are tasked while they rise more often than while they fall, so that
"more than expected" must show against a third baseline too: as many days just before as there are after. How
each is tested stands in `baselines`. Where the similar places are not comparable (`comparability`), the
place's own history decides (`own_history`); where that is too short, nothing is called.

Beside it, for comparison with the literature: what `spillover` and `synthetic` measure. No correction for
several actions is made here; the page states how many were measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.methods.displacement import BeforeAfter
from analytics.hotspots.refusal import TooFewData
from analytics.shared.action_windows import ActionWindows, find_windows
from analytics.shared.wording import write_day
from analytics.tasking.effect.baselines import Baselines, measure_baselines
from analytics.tasking.effect.comparability import Comparability, check_controls
from analytics.tasking.effect.own_history import OwnHistory, UnsteadyHistory, judge_by_history
from analytics.tasking.effect.parameters import EffectParameters, Period
from analytics.tasking.effect.places import count_places, count_rest, daily_counts, like_places, moved_to
from analytics.tasking.effect.silence import Silence, find_silence
from analytics.tasking.effect.spillover import PlaceSurroundings, measure_surroundings
from analytics.tasking.effect.synthetic import synthetic_control, weeks
from analytics.tasking.effect.verdicts import FEWER, MORE, NO_EFFECT, UNJUDGED

_PLAIN = 2.0  # |z| from which a disagreement is put into words
_CALLED = {-1: FEWER, 1: MORE}
_BASELINE_WORDS = {
    "just before": "the days just before",
    "recent": "the recent days",
    "long-run": "the long run",
}
_NOT_CONFIRMED = (
    " The interval of the displacement difference does not confirm an effect, so none is reported."
)
SIMILAR_PLACES, OWN_HISTORY = "similar places", "own history"
_SHRUNK = (
    " It was chosen on the same days as the long run, so {:.0f} % of that count is taken to fall back by "
    "itself."
)
_POISSON_ALONE = (
    " The displacement difference alone lies beyond chance. It compares with the recent days only, so no "
    "effect is reported on it alone."
)


@dataclass(frozen=True)
class Effect:
    """`baselines`: baseline, before, after, expected, change (after / expected - 1), z, p. `p`: the joint
    one, NaN too early. `rings`: ring (metres), before, after, expected. `weekly`: week (first day), count,
    control (per place), synthetic (NaN without one). `displacement`: the published measures, None where
    counts are too few; `quotient`: low and high of its quotient, None without one. `harm`: part ('local',
    'displacement', 'total'), before, after, estimate, low, high; empty without weights. `near_repeats`: area,
    incidents, followed, share, low, high, period; empty where dates or places are too coarse, and
    `near_refused` says so. `synthetic_p`: None where data do not allow. `places`: similar places compared
    with; `placebos`: how many measures at them p rests on. `checks`: check, found, needed, met: whether the
    similar places are comparable; where one is not met, what rests on them (the displacement measures, harm,
    synthetic control) is NaN, None
    or empty; a row more where records stopped around the place. `basis`: 'similar
    places', or 'own history' where `baselines`,
    `p` and the verdict rest on that; with neither the verdict is 'cannot be judged' and they are NaN."""

    verdict: str
    why: str
    baselines: pd.DataFrame
    p: float
    rings: pd.DataFrame
    weekly: pd.DataFrame
    displacement: BeforeAfter | None
    quotient: tuple[float, float] | None
    harm: pd.DataFrame
    near_repeats: pd.DataFrame
    near_refused: str
    synthetic_p: float | None
    places: int
    placebos: int
    before: Period
    after: Period
    parameters: EffectParameters
    checks: pd.DataFrame
    basis: str = SIMILAR_PLACES

    @property
    def is_compared(self) -> bool:
        """Whether the figures rest on similar places that are comparable."""
        return self.basis == SIMILAR_PLACES and self.verdict != UNJUDGED


def measure_effect(
    points: pd.DataFrame,
    treated: shapely.Geometry,
    start: date,
    last: date,
    *,
    found_in: Period | None = None,
    elsewhere: Sequence[shapely.Geometry] = (),
    parameters: EffectParameters | None = None,
) -> Effect:
    """The effect of an action from `start` at `treated` (a polygon in metres on the CRS of `points`' x and
    y).

    `points`: x, y, local_date (datetime64), located incidents, and optionally harm (a weight, NaN where not
    known) and time_precision; `last`: the last day the data reach; `found_in`: the days in which the place
    was found, left out of the long-run baseline; `elsewhere`: other tasked places, never a control. Raises
    TooFewData where there are fewer than 20 similar places or no history."""
    parameters = parameters or EffectParameters()
    windows = find_windows(start, last, parameters.minimum_days, parameters.maximum_days)
    if windows.too_early:
        return _too_early(windows, start, last, parameters)
    length, after = windows.length, windows.after
    recent = (start - timedelta(days=parameters.recent * length), start - timedelta(days=1))
    day = points.local_date.to_numpy().astype("datetime64[D]")
    first = max(
        start - timedelta(days=parameters.history_days), day.min().astype(date) if len(day) else start
    )
    if first > recent[0]:
        raise TooFewData(
            f"The data reach back to {write_day(first)}: the {parameters.recent * length} days before the "
            f"action are needed."
        )
    xy = points[["x", "y"]].to_numpy()
    offsets = like_places(
        xy[(day >= np.datetime64(first)) & (day < np.datetime64(start))],
        treated,
        elsewhere,
        clear=2 * parameters.ring,
        maximum=parameters.placebos,
    )
    places = [treated, *moved_to(treated, offsets)]
    counts = daily_counts(xy, day, places, first, after[1])
    at = (start - first).days
    found = ((start - found_in[0]).days, (start - found_in[1]).days) if found_in else None
    measured = measure_baselines(counts, at, length, parameters.recent, parameters.controls, found)
    beside = measure_surroundings(
        points, day, treated, places[1 : parameters.controls + 1], recent, after, parameters
    )
    synthetic, synthetic_p = synthetic_control(counts, at)
    comparability = check_controls(counts, at, length, measured.table, parameters)
    verdict, why = _verdict(measured, comparability, beside.displacement, len(offsets), length, parameters)
    effect = _effect(
        verdict,
        why,
        measured,
        beside,
        _weekly(counts, start, at, synthetic, parameters.controls),
        synthetic_p,
        len(offsets),
        recent,
        after,
        parameters,
        comparability.checks,
    )
    if silence := find_silence(xy, day, treated, recent[0], after[1]):
        return _silenced(effect, silence)
    if not comparability.reasons:
        return effect
    try:
        alone = judge_by_history(
            counts[0],
            count_rest(xy, day, [treated, *elsewhere], clear=2 * parameters.ring, first=first, last=after[1]),
            count_places(xy[(day >= np.datetime64(first)) & (day < np.datetime64(start))], treated)[1],
            at,
            length,
            recent=parameters.recent,
            found=found,
            own_minimum=parameters.own_minimum,
            fit_factor=parameters.fit_factor,
            level=parameters.level,
        )
    except UnsteadyHistory as error:
        return replace(_without_comparison(effect), why=f"{effect.why} {error}")
    return _by_history(_without_comparison(effect), alone, length)


def _by_history(effect: Effect, alone: OwnHistory, length: int) -> Effect:
    """The effect as the place's own history shows it."""
    table = alone.table.set_index("baseline")
    expected = ", ".join(
        f"{table.expected[baseline]:.1f} from {words}" for baseline, words in _BASELINE_WORDS.items()
    )
    shrunk = _SHRUNK.format(100 * alone.shrunk) if round(100 * alone.shrunk) else ""
    why = (
        f"{table.after['recent']:.0f} incidents in the {length} days after the action. No similar place is "
        f"comparable, so its own history is, carried by the rest of the town. Expected: {expected}. Joint "
        f"p = {alone.p:.3f}, from counts that vary {alone.dispersion:.1f} times as much as chance alone."
        f"{shrunk}"
    )
    return replace(
        effect, verdict=alone.verdict, why=why, basis=OWN_HISTORY, baselines=alone.table, p=alone.p
    )


def _silenced(effect: Effect, silence: Silence) -> Effect:
    """No verdict, because records stopped around the place: neither similar places nor its own history help
    then."""
    table = effect.baselines.set_index("baseline")
    return replace(
        _without_comparison(effect),
        verdict=UNJUDGED,
        why=f"{table.after['recent']:.0f} incidents are recorded after the action. {silence.in_words()}",
        checks=pd.concat([effect.checks, pd.DataFrame([silence.as_check()])], ignore_index=True),
    )


def _without_comparison(effect: Effect) -> Effect:
    """The effect without any figure that rests on similar places that are not comparable."""
    blank = dict.fromkeys(("expected", "change", "z", "p"), np.nan)
    near = effect.near_repeats
    return replace(
        effect,
        baselines=effect.baselines.assign(**blank),
        p=np.nan,
        rings=effect.rings.assign(expected=np.nan),
        weekly=effect.weekly.assign(synthetic=np.nan),
        displacement=None,
        quotient=None,
        harm=pd.DataFrame(),
        near_repeats=near if near.empty else near[near.area == "the place"],
        synthetic_p=None,
        placebos=0,
    )


def _effect(
    verdict: str,
    why: str,
    measured: Baselines,
    beside: PlaceSurroundings,
    weekly: pd.DataFrame,
    synthetic_p: float | None,
    places: int,
    before: Period,
    after: Period,
    parameters: EffectParameters,
    checks: pd.DataFrame,
) -> Effect:
    return Effect(
        verdict=verdict,
        why=why,
        baselines=measured.table,
        p=measured.p,
        rings=beside.rings,
        weekly=weekly,
        displacement=beside.displacement,
        quotient=beside.quotient,
        harm=beside.harm,
        near_repeats=beside.near_repeats,
        near_refused=beside.near_refused,
        synthetic_p=synthetic_p,
        places=places,
        placebos=measured.placebos,
        before=before,
        after=after,
        parameters=parameters,
        checks=checks,
    )


def _too_early(windows: ActionWindows, start: date, last: date, parameters: EffectParameters) -> Effect:
    nothing = pd.DataFrame()
    return Effect(
        verdict="too early",
        why=windows.say_too_early(),
        baselines=nothing,
        p=np.nan,
        rings=nothing,
        weekly=nothing,
        displacement=None,
        quotient=None,
        harm=nothing,
        near_repeats=nothing,
        near_refused="",
        synthetic_p=None,
        places=0,
        placebos=0,
        before=(start, start),
        after=(start, last),
        parameters=parameters,
        checks=nothing,
    )


def _verdict(
    measured: Baselines,
    comparability: Comparability,
    displacement: BeforeAfter | None,
    places: int,
    length: int,
    parameters: EffectParameters,
) -> tuple[str, str]:
    table = measured.table.set_index("baseline")
    after = f"{table.after['recent']:.0f} incidents in the {length} days after the action"
    if comparability.reasons:
        before = f"{table.before['recent']:.0f} in the {parameters.recent * length} days before"
        return UNJUDGED, f"{after}, {before}. {comparability.in_words()}"
    expected = ", ".join(
        f"{table.expected[baseline]:.1f} from {words}" for baseline, words in _BASELINE_WORDS.items()
    )
    why = (
        f"{after}. Expected: {expected}. Joint p = {measured.p:.3f}, from the same measure taken "
        f"{measured.placebos:,} times at {places} similar places."
    )
    verdict, sign = measured.verdict(parameters.level), _sign(displacement)
    if verdict == _CALLED.get(sign):
        return verdict, why + (_moved(displacement) if verdict == FEWER else "")
    if verdict != NO_EFFECT:
        return NO_EFFECT, why + _NOT_CONFIRMED
    return NO_EFFECT, why + _at_odds(measured.table) + (_POISSON_ALONE if sign else "")


def _sign(displacement: BeforeAfter | None) -> int:
    """-1 or 1 where the interval of the place's displacement difference lies wholly below or above 0, else
    0."""
    if displacement is None:
        return 0
    local = displacement.difference.set_index("part").loc["local"]
    return int(local.low > 0) - int(local.high < 0)


def _moved(displacement: BeforeAfter | None) -> str:
    """That incidents may have moved next door, where the ring around a place that fell rose beyond chance."""
    parts = displacement.difference.set_index("part") if displacement else pd.DataFrame()
    if "displacement" not in parts.index or parts.loc["displacement"].low <= 0:
        return ""
    ring = parts.loc["displacement"]
    return (
        f" Incidents may have moved: the ring around it had {ring.estimate:.1f} more than its own similar "
        f"places lead one to expect (90 % interval {ring.low:.1f} to {ring.high:.1f})."
    )


def _at_odds(baselines: pd.DataFrame) -> str:
    """What an analyst would object where the baselines disagree so much that it shows."""
    z = baselines.set_index("baseline").z
    if z["just before"] < -_PLAIN and z["long-run"] > -_PLAIN:
        return (
            " It fell from the days just before, but those were high for this place. What rises suddenly may "
            "fall by itself, and the counts cannot tell that from an effect."
        )
    if z["long-run"] > _PLAIN and z["just before"] < _PLAIN:
        return " It is above its long-run level, but already was before the action."
    return ""


def _weekly(
    counts: np.ndarray, start: date, at: int, synthetic: np.ndarray | None, controls: int
) -> pd.DataFrame:
    weekly, first = weeks(counts, at)
    days = [start + timedelta(days=7 * (week - first)) for week in range(weekly.shape[1])]
    return pd.DataFrame(
        {
            "week": days,
            "count": weekly[0],
            "control": weekly[1 : controls + 1].mean(axis=0),
            "synthetic": synthetic if synthetic is not None else np.nan,
        }
    )
