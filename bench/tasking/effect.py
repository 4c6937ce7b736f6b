"""How often an effect is called: where none was planted (it should be 5 %), and where one was.

    python -m bench.tasking.effect [--seeds 200] [--first 0] [--processes 2] [--only WORDS]

Counts at 225 places over 500 days: Poisson, with bursts of near repeats, so that they vary more than Poisson.
The place is the busiest (0.8 a day), or the one with the worst last month (chosen for it, as an analyst
would), or one whose rate doubled over the twelve weeks before. 28 days after the action are judged. In five
cases the other places see a fiftieth of it, so that nothing is like the place and its own history is judged.
In the last two the rate of each place and month varies by itself."""

from __future__ import annotations

import argparse
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.methods.displacement import (
    AreaCounts,
    BeforeAfterParameters,
    Dispersion,
    measure_dispersion,
    weighted_displacement_difference,
)
from analytics.tasking.effect import FEWER, MORE, NO_EFFECT, UNJUDGED, Effect, measure_effect
from analytics.tasking.effect.baselines import Baselines, measure_baselines
from analytics.tasking.effect.comparability import check_controls
from analytics.tasking.effect.parameters import EffectParameters

FIRST, DAYS, AFTER, SIDE, STEP = date(2025, 1, 1), 500, 28, 15, 250.0
LAST = FIRST + timedelta(days=DAYS - 1)
START = LAST - timedelta(days=AFTER - 1)
CASES = {
    "nothing done": {},
    "nothing done, chosen for its worst month": {"chosen": True},
    "nothing done, on the rise": {"rising": True},
    "a fall to 0.7": {"effect": 0.7},
    "a fall to 0.5": {"effect": 0.5},
    "a fall to 0.3": {"effect": 0.3},
    "a rise to 2": {"effect": 2.0},
    "nothing done, similar places near 0": {"others": 0.02},
    "the same, on the rise": {"others": 0.02, "rising": True},
    "a fall to 0.5, similar places near 0": {"effect": 0.5, "others": 0.02},
    "a fall to 0.3, similar places near 0": {"effect": 0.3, "others": 0.02},
    "a rise to 2, similar places near 0": {"effect": 2.0, "others": 0.02},
    "nothing done, months varying by a quarter": {"varying": 0.25},
    "the same, similar places at half the level": {"varying": 0.25, "others": 0.5},
}
SHOWN = (FEWER, MORE, NO_EFFECT, UNJUDGED)


def city(
    rng: np.random.Generator,
    *,
    effect: float = 1.0,
    rising: bool = False,
    others: float = 1.0,
    varying: float = 0.0,
    busy: float = 0.8,
    town: float = 1.0,
    moved: float = 0.0,
    at: int = 0,
) -> np.ndarray:
    """Counts (places, days); the place `at` is the one acted on, with `busy` a day and all others in
    proportion. `town`: how many times as many the whole town has on the last day as on the first; `moved`:
    the share of what the action took away that goes to the eight places beside."""
    rates = np.repeat(rng.gamma(2, 0.1, SIDE * SIDE)[:, None], DAYS, axis=1)
    rates *= others
    rates[at] = 0.8
    rates *= busy / 0.8 * np.linspace(1, town, DAYS)
    if varying:
        months = rng.gamma(varying**-2, varying**2, (len(rates), -(-DAYS // AFTER)))
        rates *= np.repeat(months, AFTER, axis=1)[:, -DAYS:]
    if rising:
        rates[at, -AFTER - 84 : -AFTER] *= np.linspace(1, 2, 84)
        rates[at, -AFTER:] *= 2
    gone = (1 - effect) * rates[at, -AFTER:]
    rates[at, -AFTER:] -= gone
    beside = at + np.array(
        [row * SIDE + column for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column]
    )
    if moved:
        rates[beside, -AFTER:] += moved * gone / len(beside)
    counts = rng.poisson(rates)
    bursts = rng.binomial(counts, 0.15)
    for lag in (2, 5):
        counts[:, lag:] += rng.binomial(bursts, 0.5)[:, :-lag]
    return counts


def verdict(seed: int, *, chosen: bool = False, **planted) -> str:
    """From the counts where the similar places are comparable, else by all that the page shows."""
    counts = city(np.random.default_rng(seed), **planted)
    at = int(counts[:, -2 * AFTER : -AFTER].sum(axis=1).argmax()) if chosen else planted.get("at", 0)
    counted = judge_counts(counts, at)
    return counted.verdict if counted else judge(seed, chosen=chosen, **planted).verdict


def judge(seed: int, *, chosen: bool = False, **planted) -> Effect:
    rng = np.random.default_rng(seed)
    counts = city(rng, **planted)
    at = int(counts[:, -2 * AFTER : -AFTER].sum(axis=1).argmax()) if chosen else planted.get("at", 0)
    place, day = np.nonzero(counts)
    place, day = np.repeat(place, counts[place, day]), np.repeat(day, counts[place, day])
    x, y = (place % SIDE) * STEP, (place // SIDE) * STEP
    jitter = rng.uniform(-120, 120, (2, len(x)))
    points = pd.DataFrame(
        {"x": x + jitter[0], "y": y + jitter[1], "local_date": pd.to_datetime(np.datetime64(FIRST) + day)}
    )
    middle = (at % SIDE) * STEP, (at // SIDE) * STEP
    box = shapely.box(middle[0] - 125, middle[1] - 125, middle[0] + 125, middle[1] + 125)
    found = (START - timedelta(days=AFTER), START - timedelta(days=1))
    return measure_effect(points, box, START, LAST, found_in=found)


@dataclass(frozen=True)
class CountedVerdict:
    """A verdict from the counts alone, and what it rests on; `sign`: on which side of 0 the interval of the
    displacement difference lies (0 where it holds 0)."""

    verdict: str
    sign: int
    measured: Baselines


def judge_counts(
    counts: np.ndarray, at: int, parameters: EffectParameters | None = None
) -> CountedVerdict | None:
    """What `measure_effect` says of the place `at`, from the town's counts (places, days), without its rings,
    harm and near repeats: the places lie on its own grid. None where its similar places are not comparable,
    for then its history decides. A test holds it to `measure_effect`."""
    parameters = parameters or EffectParameters()
    start = DAYS - AFTER
    known = counts[:, start - parameters.history_days :]
    start = parameters.history_days
    row, column = np.divmod(np.arange(len(known)), SIDE)
    away = np.stack([(column - at % SIDE) * STEP, (row - at // SIDE) * STEP], axis=1)
    around = shapely.box(-125, -125, 125, 125).buffer(2 * parameters.ring + STEP)
    near = shapely.contains_xy(around, *away.T)
    total = known[:, :start].sum(axis=1)
    free = np.flatnonzero(~near & (total > 0))
    order = np.lexsort((away[free, 1], away[free, 0], np.abs(np.sqrt(total[free]) - np.sqrt(total[at]))))
    chosen = known[np.append(at, free[order[: parameters.placebos]])].astype(float)
    found = (AFTER, 1)
    measured = measure_baselines(chosen, start, AFTER, parameters.recent, parameters.controls, found)
    if check_controls(chosen, start, AFTER, measured.table, parameters).reasons:
        return None
    sign = _side_of_interval(chosen, start, parameters)
    called = measured.verdict(parameters.level)
    return CountedVerdict(called if called == {-1: FEWER, 1: MORE}.get(sign) else NO_EFFECT, sign, measured)


def _side_of_interval(chosen: np.ndarray, start: int, parameters: EffectParameters) -> int:
    areas = {"treated": chosen[0], "control": chosen[1 : parameters.controls + 1].sum(axis=0)}
    days = parameters.recent * AFTER
    counts = {
        name: AreaCounts(float(own[start - days : start].sum()), float(own[start:].sum()))
        for name, own in areas.items()
    }
    weighing = BeforeAfterParameters(
        (1.0, 1 / parameters.recent),
        {"control": float(parameters.controls)},
        parameters.interval,
        {name: _dispersion(own[start - days : start]) for name, own in areas.items()},
    )
    local = weighted_displacement_difference(counts, weighing).set_index("part").loc["local"]
    return int(local.low > 0) - int(local.high < 0)


def _dispersion(before: np.ndarray) -> Dispersion:
    day = np.repeat(np.datetime64(FIRST) + np.arange(len(before)), before.astype(int))
    return measure_dispersion(day, (FIRST, FIRST + timedelta(days=len(before) - 1)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", default="", help="cases whose name has these words")
    asked = parser.parse_args()
    seeds = asked.seeds
    print(f"| case | {' | '.join(SHOWN)} |\n|{' --- |' * (1 + len(SHOWN))}")
    with ProcessPoolExecutor(asked.processes) as pool:
        for name, planted in CASES.items():
            if asked.only not in name:
                continue
            drawn = range(asked.first, asked.first + seeds)
            told = Counter(pool.map(partial(verdict, **planted), drawn, chunksize=10))
            shares = (told[word] / seeds for word in SHOWN)
            print(f"| {name} | {' | '.join(f'{share:.1%}' for share in shares)} |", flush=True)


if __name__ == "__main__":
    main()
