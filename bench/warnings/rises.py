"""How soon early warning sees a rise, and how often it sees one that is not there.

    python -m bench.warnings.rises [--data FOLDER] [--seed N] [--weeks N]

Real incidents of five cities, each cut into places of about ten a week (by halving at the median, in turn by
x and y). Rises of +25, +50 and +100 % over 3 to 8 weeks are added to real counts at weeks drawn by the seed;
the same weeks without a rise say how often a place is called new for nothing. The rule of the *Today* page
before this (twelve weeks' mean and variance) judges the same counts. No parameter of the method was chosen on
them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.shared.predictive import predictive
from analytics.warnings.series import judge_drift_of_series, judge_sums_of_series

_LEVEL = 0.05
_FOLLOWED = 8
_PER_WEEK = 10.0
_RULES = ("sums", "drift", "sums or drift", "twelve weeks before")


def read_cities(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and incidents (day, x, y) of each city; coordinates in any unit, only their order counts."""

    def read(name: str, day: str, x: str, y: str) -> pd.DataFrame:
        frame = pd.read_csv(folder / name, usecols=[day, x, y]).dropna()
        days = pd.to_datetime(frame[day].str[:10])
        return pd.DataFrame({"day": days, "x": frame[x], "y": frame[y]})

    yield (
        "Chicago, assaults",
        read("chicago_aggravated_assaults_2010_2016.csv.gz", "date", "longitude", "latitude"),
    )
    yield (
        "New York, shootings",
        read("nyc_shootings_2006_on.csv.gz", "OCCUR_DATE", "X_COORD_CD", "Y_COORD_CD"),
    )
    yield (
        "New York, vehicle thefts",
        read("nyc_vehicle_thefts_2014_2017.csv.gz", "date_single", "longitude", "latitude"),
    )
    yield (
        "Portland, burglary and vehicle theft",
        read("portland_burglary_autotheft_2012_to_2017-02.csv.gz", "occ_date", "x_coordina", "y_coordina"),
    )
    yield "Cincinnati, burglary", read("cincinnati_burglary.csv.gz", "offense_date", "longitude", "latitude")


def cut_into_places(incidents: pd.DataFrame) -> np.ndarray:
    """A place for each incident: halved until a half would have fewer than ten a week."""
    weeks = (incidents.day.max() - incidents.day.min()).days / 7
    label = np.zeros(len(incidents), dtype=int)
    parts = [(np.arange(len(incidents)), 0)]
    done = 0
    while parts:
        rows, axis = parts.pop()
        if len(rows) / weeks < 1.5 * _PER_WEEK:
            label[rows] = done
            done += 1
            continue
        values = incidents[["x", "y"][axis]].to_numpy()[rows]
        order = np.argsort(values, kind="stable")
        half = len(rows) // 2
        parts += [(rows[order[:half]], 1 - axis), (rows[order[half:]], 1 - axis)]
    return label


def count_weeks(incidents: pd.DataFrame, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts (places, whole weeks) and each week's first day."""
    last = incidents.day.max()
    age = ((last - incidents.day).dt.days // 7).to_numpy()
    weeks = int(age.max())
    inside = age < weeks
    counts = np.zeros((place.max() + 1, weeks))
    np.add.at(counts, (place[inside], weeks - 1 - age[inside]), 1)
    return counts, np.datetime64(last.date()) - 6 - 7 * np.arange(weeks - 1, -1, -1)


def judge(counts: np.ndarray, starts: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Whether each rule calls the latest week of each series new."""
    sums = judge_sums_of_series(counts, starts, permutations=29, seed=seed).p
    drift = judge_drift_of_series(counts, starts, permutations=29, seed=seed).p
    return {
        "sums": sums <= _LEVEL,
        "drift": drift <= _LEVEL,
        "sums or drift": np.minimum(sums, drift) <= _LEVEL / 2,
        "twelve weeks before": judge_by_twelve_weeks(counts) <= _LEVEL,
    }


def judge_by_twelve_weeks(counts: np.ndarray) -> np.ndarray:
    """p of the latest week under the earlier rule: the twelve weeks before hold the rise too."""
    before = counts[:, -13:-1]
    mean = np.maximum(before.mean(axis=1), 0.5 / 12)
    dispersion = np.maximum(1.0, before.var(axis=1, ddof=1) / mean)
    return np.asarray(predictive(mean, mean * dispersion * 13 / 12).sf(counts[:, -1] - 1))


def follow(
    counts: np.ndarray, starts: np.ndarray, first: int, rise: float, generator: np.random.Generator
) -> dict[str, np.ndarray]:
    """Whether each rule alarms in each of the weeks from `first` (series, weeks), with a rise added to
    them."""
    risen = counts.copy()
    for row in range(len(counts)):
        length = int(generator.integers(3, 9))
        rate = rise * counts[row, first - 26 : first + 26].mean()
        risen[row, first : first + length] += generator.poisson(rate, length)
    weeks = [
        judge(risen[:, : week + 1], starts[: week + 1], week) for week in range(first, first + _FOLLOWED)
    ]
    return {rule: np.column_stack([week[rule] for week in weeks]) for rule in _RULES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/incidents"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--weeks", type=int, default=6, help="weeks drawn in each city")
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    print("city, places, a week | rise | rule: weeks with an alarm, median delay, seen within 8 weeks")
    for name, incidents in read_cities(arguments.data):
        counts, starts = count_weeks(incidents, cut_into_places(incidents))
        drawn = generator.integers(2 * 52 + 34, counts.shape[1] - _FOLLOWED, arguments.weeks)
        for rise in (0.0, 0.25, 0.5, 1.0):
            found = [follow(counts, starts, int(first), rise, generator) for first in drawn]
            for rule in _RULES:
                alarms = np.concatenate([run[rule] for run in found])
                delay = np.where(alarms.any(axis=1), alarms.argmax(axis=1) + 1, np.inf)
                print(
                    f"{name}, {len(counts)} places, {counts.mean():.1f} a week | {rise:+.0%} | {rule}: "
                    f"{alarms.mean():.1%}, {np.median(delay):.0f}, {np.isfinite(delay).mean():.0%}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
