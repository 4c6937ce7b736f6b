"""Verdicts where the records themselves break: gaps, outages, changed recording, dates known to the month.

    python -m bench.tasking.broken_records [--seed N] [--runs N] [--records NAME ...] [--action NAME ...]

An invented town of up to 260 places whose sizes follow a power law, 350 m apart at least, 8 to 25
incidents a day, with a season, weekdays and weeks that vary more than chance; one place, of the busiest
or of the quiet ones, is tasked for 25 to 84 days. Each action by each way in which records break;
`--records` and `--action` name those to run. Printed for each pair: how many runs reach each verdict; and
how many verdicts are false: a change where nothing was done, or the reverse of what was."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.refusal import TooFewData
from analytics.tasking.effect import FEWER, MORE, NO_EFFECT, UNJUDGED, measure_effect
from analytics.tasking.results import choose_dated

START = date(2024, 9, 15)
ACTIONS = {"none": 1.0, "halved": 0.5, "quartered": 0.25, "moved": 0.5, "doubled": 2.0}
_HISTORY, _SIDE, _APART, _RADIUS = 540, 9000.0, 350.0, 140.0
_WEEKDAYS = np.array([1, 0.9, 0.9, 1, 1.3, 1.4, 0.8])
_RANKS = (0, 1, 3, 8, 20, 60, 120)
_AFTER = (25, 40, 60, 84)
VERDICTS = (FEWER, MORE, NO_EFFECT, UNJUDGED, "too early")
_MONTHS = {"one in fifty of months": 0.02, "a third of months": 0.33, "months": 1.0}
RECORDS = (
    "whole",
    "town trend",
    "changed recording",
    "gap before",
    "gap after",
    "half of the last week",
    "quiet week",
    "local outage",
    "snapped",
    *_MONTHS,
)


class TaskedTown(NamedTuple):
    """`points` as `measure_effect` takes them; `tasked`: the polygon."""

    points: pd.DataFrame
    tasked: shapely.Geometry


def _draw_places(rng: np.random.Generator) -> np.ndarray:
    """Middles of up to 260 places, each at least 350 m from the others."""
    drawn = rng.uniform(0, _SIDE, (1040, 2))
    chosen: list[np.ndarray] = []
    for middle in drawn:
        if all(np.hypot(*(middle - other)) > _APART for other in chosen):
            chosen.append(middle)
        if len(chosen) == 260:
            break
    return np.array(chosen)


def _town_wide(records: str, t: np.ndarray, after: int, rng: np.random.Generator) -> np.ndarray:
    """What the way records break does to the whole town, by day."""
    town = np.ones(len(t))
    if records == "town trend":
        return np.exp(np.log(rng.choice([0.5, 2.0])) * t / 365)
    if records == "changed recording":
        town[t >= -rng.integers(-10, 40)] *= rng.choice([0.6, 1.5])
    elif records == "gap before":
        begin = -rng.integers(35, 90)
        town[(t >= begin) & (t < begin + 30)] = 0
    elif records == "gap after":
        town[t >= after // 2] = 0
    elif records == "half of the last week":
        town[t >= after - 6] *= 0.5
    elif records == "quiet week":
        town[(t >= 3) & (t < 10)] *= 0.35
    return town


def invent_town(rng: np.random.Generator, action: str, records: str) -> TaskedTown:
    rank, after = int(rng.choice(_RANKS)), int(rng.choice(_AFTER))
    middles = _draw_places(rng)
    number = len(middles)
    rate = np.arange(1, number + 1) ** -0.6
    rate *= rng.uniform(8, 25) / rate.sum()
    t = np.arange(_HISTORY + after) - _HISTORY
    days = pd.DatetimeIndex([START + timedelta(days=int(day)) for day in t])
    season = 1 + 0.25 * np.cos(2 * np.pi * (days.day_of_year.to_numpy() - rng.integers(0, 365)) / 365)
    common = season * _WEEKDAYS[days.day_of_week.to_numpy()] * _town_wide(records, t, after, rng)
    weekly = rng.gamma(4, 1 / 4, (number, len(t) // 7 + 2))[:, np.arange(len(t)) // 7]
    mean = rate[:, None] * common * weekly
    mean[rank] *= np.where(t >= 0, ACTIONS[action], 1.0)
    if action == "moved":
        near = np.argsort(np.hypot(*(middles - middles[rank]).T))[1:5]
        mean[near] += rate[rank] * common * (1 - ACTIONS[action]) * (t >= 0) / len(near)
    counts = rng.poisson(mean)
    at, day = (np.repeat(index, counts[counts > 0]) for index in np.nonzero(counts))
    middle = middles[rank]
    xy = middles[at] + rng.normal(0, 45, (len(at), 2))
    when = days[day].to_numpy().astype("datetime64[D]")
    if records == "local outage":  # the station's quarter of the town delivers nothing from the fifth day on
        near = (np.abs(xy - middle) < 2200).all(axis=1)
        kept = ~(near & (when >= np.datetime64(START + timedelta(days=5))))
        xy, when = xy[kept], when[kept]
    elif records == "snapped":
        xy, middle = np.round(xy / 500) * 500, np.round(middle / 500) * 500
    month = rng.random(len(when)) < _MONTHS.get(records, 0)
    when = np.where(month, when.astype("datetime64[M]").astype("datetime64[D]"), when)
    precision = np.where(month, "month", "day")
    points = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "local_date": pd.to_datetime(when)})
    points = points.assign(time_precision=precision).sort_values("local_date", ignore_index=True)
    return TaskedTown(points, shapely.Point(middle).buffer(_RADIUS))


def judge(town: TaskedTown) -> str:
    """The verdict, by the rules of *Results*."""
    found = (START - timedelta(days=120), START - timedelta(days=10))
    try:
        points, _ = choose_dated(town.points, town.tasked, START)
        last = points.local_date.max().date()
        return measure_effect(points, town.tasked, START, last, found_in=found).verdict
    except TooFewData:
        return UNJUDGED


def count_false(action: str, verdicts: Sequence[str]) -> int:
    """A change where there is none, or the reverse of what there is."""
    wrong = {"none": (FEWER, MORE), "doubled": (FEWER,)}.get(action, (MORE,))
    return sum(verdict in wrong for verdict in verdicts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=4, help="of each action and records")
    parser.add_argument("--records", action="append", choices=RECORDS, help="default: all")
    parser.add_argument("--action", action="append", choices=list(ACTIONS), help="default: all")
    asked = parser.parse_args()
    for records in asked.records or RECORDS:
        for action in asked.action or ACTIONS:
            seeds = [
                [asked.seed, run, RECORDS.index(records), list(ACTIONS).index(action)]
                for run in range(asked.runs)
            ]
            verdicts = [judge(invent_town(np.random.default_rng(seed), action, records)) for seed in seeds]
            shown = ", ".join(f"{name} {verdicts.count(name)}" for name in VERDICTS)
            print(f"{records} · {action}: {shown}; false {count_false(action, verdicts)}", flush=True)


if __name__ == "__main__":
    main()
