"""How well the backtest chooses: what it recommended against counting and against always taking the mixture.

    python -m bench.hotspots.choice [held_out | chosen_on] [--data DIR]

The rule's three numbers (`analytics/hotspots/forecast/recommend.py`) were chosen on CHOSEN_ON; figures of
HELD_OUT changed nothing. A combination is a city, a category, a share and a horizon, with squares of 250 m
and without the learned trees. At each test window the rule knows the windows before it only. 'Won' and
'lost': the paired 95 % interval of the difference in hit rate over the test windows lies wholly above or
below nothing, against the naive baseline that turned out best, or against the mixture. Seed 0.
"""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.hotspots.forecast.backtest import Backtest, backtest
from analytics.hotspots.forecast.catalogue import MIXTURE, NAIVE, BacktestParameters
from analytics.hotspots.forecast.recommend import RECOMMENDED, Catch, choose
from analytics.hotspots.refusal import TooFewData
from bench.hotspots import backtest as public
from bench.hotspots.backtest import SQUARES, Dataset

HORIZONS = (7, 30)
SHARES = (0.01, 0.05, 0.10)


def _only(read: Callable[..., pd.DataFrame], column: str, value: str) -> Callable[..., pd.DataFrame]:
    def read_category(path: Path) -> pd.DataFrame:
        rows = pd.read_csv(path)
        return read(io.StringIO(rows[rows[column] == value].to_csv(index=False)))

    return read_category


def _years(first: int, last: int) -> tuple[date, date]:
    return date(first, 1, 1), date(last, 12, 31)


_VANCOUVER = (
    "Break and Enter Commercial",
    "Break and Enter Residential/Other",
    "Mischief",
    "Other Theft",
    "Theft from Vehicle",
    "Theft of Bicycle",
)
HELD_OUT = {
    "Cincinnati burglary": Dataset("cincinnati_burglary.csv.gz", public._cincinnati, *_years(2018, 2018)),
    "Medellin homicides": Dataset("medellin_homicides.csv", public._medellin, date(2018, 1, 1), None),
    "Memphis robbery": Dataset("memphis_robberies.csv", public._memphis, date(2019, 7, 1), None),
    **{
        f"Portland {kind}": Dataset(
            public._PORTLAND, public._portland(kind), date(2016, 3, 1), date(2017, 2, 28)
        )
        for kind in ("burglary", "motor_vehicle_theft")
    },
    **{
        f"Vancouver {kind}": Dataset(
            "vancouver_crimes_2020.csv.gz",
            _only(public._vancouver, "TYPE", kind),
            date(2020, 7, 1),
            None,
        )
        for kind in _VANCOUVER
    },
}
CHOSEN_ON = {
    **{
        f"Chicago assaults, {kind}": Dataset(
            public._CHICAGO, _only(public._chicago, "loc_cat", kind), *_years(2015, 2016)
        )
        for kind in ("education", "leisure", "open space", "residence", "retail", "street")
    },
    **{
        f"New York shootings, {borough}": Dataset(
            public._SHOT, _only(public._shootings, "BORO", borough), *_years(2014, 2015)
        )
        for borough in ("BRONX", "BROOKLYN", "MANHATTAN", "QUEENS")
    },
    **{
        f"New York vehicle thefts, {kind}": Dataset(
            public._THEFTS, _only(public._vehicle_thefts, "location_category", kind), *_years(2016, 2017)
        )
        for kind in ("commercial", "residence", "street")
    },
}


def compare(tested: Backtest) -> list[dict[str, object]]:
    """A row a share: the difference in hit rate of the recommendation, and of the mixture, from the best
    naive baseline; of the recommendation from the mixture; and what was recommended most often."""
    names = [name for name in dict.fromkeys(tested.summary.method) if name != RECOMMENDED]
    catch, first = tested.catch, tested.earlier
    picks = np.array(
        [
            [choose(_until(catch, origin), share, names, MIXTURE) for share in range(len(SHARES))]
            for origin in range(first, len(catch.total))
        ]
    )
    after = catch.after(first).with_picks(picks)
    plain = [rank for rank, name in enumerate(names) if name in NAIVE]
    chosen, mixture = len(names), names.index(MIXTURE)
    rows = []
    for share, value in enumerate(SHARES):
        hits = after.hits[:, share].sum(axis=0)
        best = max(plain, key=lambda rank: hits[rank])
        rows.append(
            {
                "share": value,
                "windows": len(after.total),
                "against counting": after.difference(share, chosen, best),
                "mixture against counting": after.difference(share, mixture, best),
                "against mixture": after.difference(share, chosen, mixture),
                "mostly": names[np.bincount(picks[:, share]).argmax()],
            }
        )
    return rows


def _until(catch: Catch, windows: int) -> Catch:
    return Catch(**{name: getattr(catch, name)[:windows] for name in Catch.__dataclass_fields__})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cities", nargs="?", choices=["held_out", "chosen_on"], default="held_out")
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("ACHILLES_TEST_DATA", "../shared/data"))
    )
    arguments = parser.parse_args()
    cities = HELD_OUT if arguments.cities == "held_out" else CHOSEN_ON
    compared = ("against counting", "mixture against counting", "against mixture")
    print("| data | days | area | windows | " + " | ".join(compared) + " | mostly |")
    print("| --- " * 8 + "|")
    rows = []
    for name, dataset in cities.items():
        points = dataset.read(arguments.data / "incidents" / dataset.file)
        for horizon in HORIZONS:
            parameters = BacktestParameters(
                SQUARES[0], dataset.test_from, dataset.test_to, horizon, SHARES, trees=False
            )
            try:
                tested = backtest(points, parameters)
            except TooFewData as refusal:
                print(f"{name}, {horizon} days: refused. {refusal}", flush=True)
                continue
            for row in compare(tested):
                rows.append(row)
                figures = " | ".join(
                    f"{100 * row[by][0]:+.2f} ({100 * row[by][1]:+.2f} to {100 * row[by][2]:+.2f})"
                    for by in compared
                )
                print(
                    f"| {name} | {horizon} | {row['share']:.0%} | {row['windows']} | {figures} "
                    f"| {row['mostly']} |",
                    flush=True,
                )
    for by in compared:
        won, lost = sum(row[by][1] > 0 for row in rows), sum(row[by][2] < 0 for row in rows)
        mean = 100 * np.mean([row[by][0] for row in rows])
        print(f"\n{by}: {len(rows)} combinations, won {won}, lost {lost}, mean {mean:+.2f} points")
    print(f"\nmostly a naive baseline: {sum(row['mostly'] in NAIVE for row in rows)}")


if __name__ == "__main__":
    main()
