"""How many false alarms places that rise (*Today*) raise a month, on permuted history of real cities.

    python -m bench.warnings.places [--data FOLDER] [--seed N] [--starts N]

Hexagons of 400 m; every cell's weeks change places among themselves, so that nothing is new anywhere and its
bursts by week stay. Each start is a stretch of 68 weeks drawn by the seed: the last eight weeks are looked at
one by one, as *Today* does, each against what came before. Printed for each rate that was asked for: cells
called a look, cells called that were not called the week before, a month, and the same of the rule before
this (false-discovery rate of 5 %). Nothing was chosen on these cities."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from analytics.hotspots.grid.cells import Grid, index_cells
from analytics.overview.rising_places import RiseParameters, choose_place_limit, draw_by_chance, judge_latest
from bench.tasking.placebo import read_cities

_LOOKS, _PERIODS, _WEEKS = 8, 15, 4
_WEEKS_A_MONTH = 365.25 / 12 / 7
_RATES = (0.5, 1.0, _WEEKS_A_MONTH / 2)  # the half that places have of one and two a month and one a week


def count_cells(points: pd.DataFrame) -> np.ndarray:
    """Counts (cells, whole weeks), the last week the latest."""
    i, j = index_cells(Grid("hexagon", 400), points.x.to_numpy(), points.y.to_numpy())
    cells, at = np.unique(np.column_stack([i, j]), axis=0, return_inverse=True)
    age = ((points.local_date.max() - points.local_date).dt.days // 7).to_numpy()
    counts = np.zeros((len(cells), int(age.max()) + 1), dtype=np.int64)
    np.add.at(counts, (at.ravel(), counts.shape[1] - 1 - age), 1)
    return counts[:, 1:]


def look(weeks: np.ndarray, rates: tuple[float, ...]) -> Iterator[np.ndarray]:
    """Which cells are called by each rate, and last by the rule before."""
    counts = weeks[:, -_PERIODS * _WEEKS :].reshape(len(weeks), _PERIODS, _WEEKS).sum(axis=2)
    seen = counts.any(axis=1)
    p = np.ones(len(counts))
    p[seen] = judge_latest(counts[seen], RiseParameters())[1]
    by_chance = draw_by_chance(counts[seen], RiseParameters())
    for rate in rates:
        yield p <= choose_place_limit(by_chance, False, RiseParameters(false_alarms=rate))
    called = np.zeros(len(counts), dtype=bool)
    called[seen] = stats.false_discovery_control(p[seen], method="bh") <= 0.05
    yield called


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/incidents"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--starts", type=int, default=6, help="stretches drawn in each city")
    asked = parser.parse_args()
    generator = np.random.default_rng(asked.seed)
    names = [*(f"{rate:.2g} a month" for rate in _RATES), "rule before"]
    print("| city, cells | asked for | called a look | newly called a month |\n|" + " --- |" * 4)
    for city, points, _ in read_cities(asked.data):
        counts, span = count_cells(points), _PERIODS * _WEEKS + _LOOKS
        calls, new = np.zeros(len(names)), np.zeros(len(names))
        for _ in range(asked.starts):
            first = int(generator.integers(0, counts.shape[1] - span))
            weeks = generator.permuted(counts[:, first : first + span], axis=1)
            looks = [list(look(weeks[:, : span - _LOOKS + 1 + k], _RATES)) for k in range(_LOOKS)]
            called = np.array(looks)  # looks, rules, cells
            calls += called.sum(axis=(0, 2)) / _LOOKS
            new += (called[1:] & ~called[:-1]).sum(axis=(0, 2)) / (_LOOKS - 1) * _WEEKS_A_MONTH
        for name, a_look, a_month in zip(names, calls / asked.starts, new / asked.starts, strict=True):
            print(f"| {city}, {len(counts):,} | {name} | {a_look:.2f} | {a_month:.2f} |", flush=True)


if __name__ == "__main__":
    main()
