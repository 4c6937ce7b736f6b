"""How good the forecasts are on public data: hit rate, PAI and PEI of every method with 95 % intervals.

    python -m bench.hotspots.backtest DATASET [--data DIR]

DATASET is one of DATASETS, or `all`; DIR holds the files named there. What is printed is in
docs/forecast-quality.md; the rules of each data set are in DATASETS.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer

from analytics.hotspots.forecast.backtest import Backtest, backtest
from analytics.hotspots.forecast.catalogue import BacktestParameters
from analytics.hotspots.grid import Grid

FOOT = 0.3048
SQUARE_MILE = 2.589988110336
PORTLAND_KM2 = 147.70 * SQUARE_MILE  # the challenge's study area
SQUARES = (Grid("square", 250),)


@dataclass(frozen=True)
class Dataset:
    """A file, how to read it into x, y, local_date, and what is asked of it."""

    file: str
    read: Callable[[Path], pd.DataFrame]
    test_from: date
    test_to: date | None
    horizons: tuple[int, ...] = (7, 30)
    grids: tuple[Grid, ...] = SQUARES
    shares: tuple[float, ...] = (0.01, 0.05, 0.10)
    areas_km2: tuple[float, ...] = ()
    study_km2: float | None = None


def _projected(lon: pd.Series, lat: pd.Series, when: pd.Series, epsg: int) -> pd.DataFrame:
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(lon.to_numpy(), lat.to_numpy())
    frame = pd.DataFrame({"x": x, "y": y, "local_date": pd.to_datetime(when.str[:10]).to_numpy()})
    return frame[np.isfinite(frame.x) & np.isfinite(frame.y)].dropna()


def _chicago(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path)
    return _projected(rows.longitude, rows.latitude, rows.date, 32616)


def _cincinnati(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path)
    return _projected(rows.longitude, rows.latitude, rows.offense_date, 32616)


def _vancouver(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path)
    rows = rows[rows.X > 0]  # offences against persons have no place
    return pd.DataFrame({"x": rows.X, "y": rows.Y, "local_date": pd.to_datetime(rows[["YEAR", "MONTH", "DAY"]])})  # fmt: skip


def _vehicle_thefts(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path)
    return _projected(rows.longitude, rows.latitude, rows.date_single, 32618)


def _shootings(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path).drop_duplicates("INCIDENT_KEY")  # a row a victim
    return _projected(rows.Longitude, rows.Latitude, rows.OCCUR_DATE, 32618)


def _portland(kind: str) -> Callable[[Path], pd.DataFrame]:
    def read(path: Path) -> pd.DataFrame:
        rows = pd.read_csv(path)
        rows = rows[rows.type == kind]
        return pd.DataFrame(
            {
                "x": rows.x_coordina * FOOT, "y": rows.y_coordina * FOOT,
                "local_date": pd.to_datetime(rows.occ_date),
            }
        )  # fmt: skip

    return read


_PORTLAND = "portland_burglary_autotheft_2012_to_2017-02.csv.gz"
_NIJ = {
    "test_from": date(2016, 3, 1), "test_to": date(2017, 2, 28), "horizons": (7, 30, 90),
    "grids": (Grid("square", 600 * FOOT),), "shares": (),
    "areas_km2": (0.25 * SQUARE_MILE, 0.75 * SQUARE_MILE), "study_km2": PORTLAND_KM2,
}  # fmt: skip
DATASETS = {
    "chicago_aggravated_assaults_2010_2016": Dataset(
        "chicago_aggravated_assaults_2010_2016.csv.gz", _chicago, date(2016, 1, 1), date(2016, 12, 31)
    ),
    "portland_autotheft": Dataset(_PORTLAND, _portland("motor_vehicle_theft"), **_NIJ),
    "portland_burglary": Dataset(_PORTLAND, _portland("burglary"), **_NIJ),
    "cincinnati_burglary": Dataset(
        "cincinnati_burglary.csv.gz", _cincinnati, date(2018, 1, 1), date(2018, 12, 31)
    ),
    "vancouver_crimes_2020": Dataset("vancouver_crimes_2020.csv.gz", _vancouver, date(2020, 7, 1), None),
    "nyc_vehicle_thefts_2014_2017": Dataset(
        "nyc_vehicle_thefts_2014_2017.csv.gz", _vehicle_thefts, date(2017, 1, 1), date(2017, 12, 31)
    ),
    "nyc_shootings_2006_on": Dataset(
        "nyc_shootings_2006_on.csv.gz", _shootings, date(2021, 1, 1), date(2022, 12, 31)
    ),
}


def table(result: Backtest) -> str:
    """Markdown: a row per method; hit rate, PAI and PEI with intervals per chosen share."""
    summary = result.summary.dropna(subset=["share"])
    asked = sorted(summary["share"].unique())
    area = summary.groupby("share").chosen_km2.first()
    head = [f"{measure}, {area[share]:.2f} km² ({share:.2%})" for share in asked for measure in ("hit rate", "PAI", "PEI")]  # fmt: skip
    lines = ["| method | " + " | ".join(head) + " |", "| --- |" + " --- |" * len(head)]
    for method, rows in summary.groupby("method", sort=False):
        values = rows.set_index(["measure", "share"])
        cells = []
        for share in asked:
            for measure, scale, unit in (("hit rate", 100, " %"), ("PAI", 1, ""), ("PEI", 1, "")):
                row = values.loc[(measure, share)]
                digits = 3 if measure == "PEI" else 1 if unit else 2
                cells.append(
                    f"{scale * row.value:.{digits}f}{unit} ({scale * row.lower:.{digits}f}–{scale * row.upper:.{digits}f})"
                )
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def verdicts(result: Backtest) -> str:
    lines = []
    for row in result.recommendation.itertuples():
        lines.append(
            f"- {row.sentence} Held out, {row.held_out_windows} windows: the method recommended at the time was "
            f"{100 * row.held_out_difference:+.2f} points of hit rate ({100 * row.held_out_lower:+.2f} to {100 * row.held_out_upper:+.2f}) "
            f"from the best naive baseline in hindsight, the {row.held_out_baseline}."
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", choices=[*DATASETS, "all"])
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("ACHILLES_TEST_DATA", "../shared/data"))
    )
    arguments = parser.parse_args()
    for name in DATASETS if arguments.dataset == "all" else [arguments.dataset]:
        dataset = DATASETS[name]
        points = dataset.read(arguments.data / "incidents" / dataset.file)
        for horizon in dataset.horizons:
            for grid in dataset.grids:
                start = time.perf_counter()
                result = backtest(
                    points,
                    BacktestParameters(
                        grid, dataset.test_from, dataset.test_to, horizon, dataset.shares,
                        dataset.areas_km2, dataset.study_km2,
                    ),
                )  # fmt: skip
                took = time.perf_counter() - start
                windows = result.scores.origin.nunique()
                caught = result.summary.incidents.iloc[0]
                print(
                    f"## {name}: {horizon} days, {grid.kind}s of {grid.size:g} m\n\n"
                    f"{windows} windows from {dataset.test_from}, {caught:,.0f} incidents in them, "
                    f"{result.cells:,} cells; {took:.0f} s.\n\n{table(result)}\n\n{verdicts(result)}\n",
                    flush=True,
                )


if __name__ == "__main__":
    main()
