"""How good the forecasts are on public data: hit rate, PAI and PEI of every method with 95 % intervals.

    python -m bench.hotspots.backtest DATASET [--data DIR] [--brief]

DATASET is one of DATASETS, `all` of them, or `elsewhere`: the cities, years and windows of ELSEWHERE, on
which nothing was ever looked at while the methods were made. DIR holds the files named there; `--brief`
prints, a line for each combination, only how the recommended method did against the best naive baseline. What
is printed is in docs/forecast-quality.md."""

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
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.refusal import TooFewData

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
    return pd.DataFrame(
        {"x": rows.X, "y": rows.Y, "local_date": pd.to_datetime(rows[["YEAR", "MONTH", "DAY"]])}
    )


def _vehicle_thefts(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path)
    return _projected(rows.longitude, rows.latitude, rows.date_single, 32618)


def _shootings(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path).drop_duplicates("INCIDENT_KEY")  # a row a victim
    return _projected(rows.Longitude, rows.Latitude, rows.OCCUR_DATE, 32618)


def _memphis(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path)
    return _projected(rows.lon, rows.lat, rows.date, 32616)


def _medellin(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path, sep=";", decimal=",")
    return _projected(rows.longitud, rows.latitud, rows.fecha_hecho, 32618)


def _portland(kind: str) -> Callable[[Path], pd.DataFrame]:
    def read(path: Path) -> pd.DataFrame:
        rows = pd.read_csv(path)
        rows = rows[rows.type == kind]
        return pd.DataFrame(
            {
                "x": rows.x_coordina * FOOT,
                "y": rows.y_coordina * FOOT,
                "local_date": pd.to_datetime(rows.occ_date),
            }
        )

    return read


_PORTLAND = "portland_burglary_autotheft_2012_to_2017-02.csv.gz"
_NIJ = {
    "test_from": date(2016, 3, 1),
    "test_to": date(2017, 2, 28),
    "horizons": (7, 30, 90),
    "grids": tuple(Grid("square", feet * FOOT) for feet in (250, 400, 600)),
    "shares": (),
    "areas_km2": tuple(miles * SQUARE_MILE for miles in (0.25, 0.5, 0.75)),
    "study_km2": PORTLAND_KM2,
}
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
_CHICAGO = "chicago_aggravated_assaults_2010_2016.csv.gz"
_THEFTS, _SHOT = "nyc_vehicle_thefts_2014_2017.csv.gz", "nyc_shootings_2006_on.csv.gz"


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


ELSEWHERE = {
    "Chicago 2013": Dataset(_CHICAGO, _chicago, *_year(2013)),
    "Chicago 2014": Dataset(_CHICAGO, _chicago, *_year(2014)),
    "Chicago 2015, hexagons of 400 m": Dataset(
        _CHICAGO, _chicago, *_year(2015), grids=(Grid("hexagon", 400),)
    ),
    "New York vehicle thefts 2016": Dataset(_THEFTS, _vehicle_thefts, *_year(2016)),
    "New York shootings 2012": Dataset(_SHOT, _shootings, *_year(2012)),
    "New York shootings 2016": Dataset(_SHOT, _shootings, *_year(2016)),
    "Cincinnati 2017": Dataset("cincinnati_burglary.csv.gz", _cincinnati, *_year(2017)),
    "Portland auto theft 2015": Dataset(
        _PORTLAND,
        _portland("motor_vehicle_theft"),
        **(
            _NIJ
            | {
                "test_from": date(2015, 1, 1),
                "test_to": date(2015, 12, 31),
                "grids": (Grid("square", 600 * FOOT),),
            }
        ),
    ),
    "Memphis robberies, second half of 2019": Dataset(
        "memphis_robberies.csv", _memphis, date(2019, 7, 1), None
    ),
    "Medellin homicides 2018 and 2019": Dataset("medellin_homicides.csv", _medellin, date(2018, 1, 1), None),
}


def table(result: Backtest) -> str:
    """Markdown: a row per method; hit rate, PAI and PEI with intervals per chosen share."""
    summary = result.summary.dropna(subset=["share"])
    asked = sorted(summary["share"].unique())
    area = summary.groupby("share").chosen_km2.first()
    head = [
        f"{measure}, {area[share]:.2f} km² ({share:.2%})"
        for share in asked
        for measure in ("hit rate", "PAI", "PEI")
    ]
    lines = ["| method | " + " | ".join(head) + " |", "| --- |" + " --- |" * len(head)]
    for method, rows in summary.groupby("method", sort=False):
        values = rows.set_index(["measure", "share"])
        cells = []
        for share in asked:
            for measure, scale, unit in (("hit rate", 100, " %"), ("PAI", 1, ""), ("PEI", 1, "")):
                row = values.loc[(measure, share)]
                digits = 3 if measure == "PEI" else 1 if unit else 2
                cells.append(
                    f"{scale * row.value:.{digits}f}{unit} "
                    f"({scale * row.lower:.{digits}f}–{scale * row.upper:.{digits}f})"
                )
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def verdicts(result: Backtest) -> str:
    lines = []
    for row in result.recommendation.itertuples():
        lines.append(
            f"- {row.sentence} Held out, {row.held_out_windows} windows: the method recommended at the time "
            f"was {100 * row.held_out_difference:+.2f} points of hit rate ({100 * row.held_out_lower:+.2f} "
            f"to {100 * row.held_out_upper:+.2f}) from the best naive baseline in hindsight, the "
            f"{row.held_out_baseline}."
        )
    return "\n".join(lines)


def brief(name: str, horizon: int, grid: Grid, result: Backtest) -> str:
    """A row for each area: what was recommended at the time against the naive baseline best in hindsight."""
    lines = []
    for row in result.recommendation.itertuples():
        lines.append(
            f"| {name} | {horizon} | {grid.kind}s {grid.size:g} m | {row.share:.2%} | {row.held_out_windows} "
            f"| {row.held_out_baseline} | {100 * row.held_out_difference:+.2f} "
            f"({100 * row.held_out_lower:+.2f} to {100 * row.held_out_upper:+.2f}) |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", choices=[*DATASETS, "all", "elsewhere"])
    parser.add_argument("--brief", action="store_true")
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("ACHILLES_TEST_DATA", "../shared/data"))
    )
    arguments = parser.parse_args()
    held = DATASETS | ELSEWHERE
    groups = {"all": DATASETS, "elsewhere": ELSEWHERE}
    for name in groups.get(arguments.dataset, [arguments.dataset]):
        dataset = held[name]
        points = dataset.read(arguments.data / "incidents" / dataset.file)
        for horizon in dataset.horizons:
            for grid in dataset.grids:
                start = time.perf_counter()
                parameters = BacktestParameters(
                    grid,
                    dataset.test_from,
                    dataset.test_to,
                    horizon,
                    dataset.shares,
                    dataset.areas_km2,
                    dataset.study_km2,
                )
                try:
                    result = backtest(points, parameters)
                except TooFewData as refusal:
                    print(f"{name}, {horizon} days: refused. {refusal}", flush=True)
                    continue
                took = time.perf_counter() - start
                if arguments.brief:
                    print(brief(name, horizon, grid, result), flush=True)
                    continue
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
