"""How often an effect is called in real cities at a random place and date where nothing is known to have been
done.

    python -m bench.tasking.placebo --out FILE [--runs 100] [--seed 1] [--data FOLDER]

Real incidents of five cities. The date is drawn from those with a year before and 28 days after; the place
from the squares (250 m, 500 m where incidents are few) with ten or more incidents in the 84 days before it.
Something may have been done there that nobody recorded, so the share called is an upper limit of the share
called falsely. Data known to the month (police.uk) are refused and so are not here. Each verdict is appended
to FILE as it is reached; the table is of all that stand there."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analytics.hotspots.refusal import TooFewData
from analytics.ingest.area import projected_crs
from analytics.tasking.effect import FEWER, MORE, UNJUDGED, measure_effect
from analytics.tasking.effect.parameters import EffectParameters

_AFTER, _BEFORE = 28, 364
_CITIES = {
    "Chicago, assaults": (
        "chicago_aggravated_assaults_2010_2016.csv.gz",
        ("date", "longitude", "latitude"),
        4326,
        250.0,
    ),
    "New York, shootings": (
        "nyc_shootings_2006_on.csv.gz",
        ("OCCUR_DATE", "X_COORD_CD", "Y_COORD_CD"),
        2263,
        500.0,
    ),
    "New York, vehicle thefts": (
        "nyc_vehicle_thefts_2014_2017.csv.gz",
        ("date_single", "longitude", "latitude"),
        4326,
        500.0,
    ),
    "Portland, burglary and vehicle theft": (
        "portland_burglary_autotheft_2012_to_2017-02.csv.gz",
        ("occ_date", "x_coordina", "y_coordina"),
        2913,
        500.0,
    ),
    "Cincinnati, burglary": (
        "cincinnati_burglary.csv.gz",
        ("offense_date", "longitude", "latitude"),
        4326,
        500.0,
    ),
}


def read_cities(folder: Path) -> Iterator[tuple[str, pd.DataFrame, float]]:
    """Name, incidents (x and y in metres, local_date) and the width of a place."""
    for name, (file, (day, x, y), epsg, width) in _CITIES.items():
        frame = pd.read_csv(folder / file, usecols=[day, x, y]).dropna()
        lon, lat = Transformer.from_crs(epsg, 4326, always_xy=True).transform(frame[x], frame[y])
        sound = np.isfinite(lon) & (np.abs(lon - np.median(lon)) < 1) & (np.abs(lat - np.median(lat)) < 1)
        metres = projected_crs(float(np.median(lon)), float(np.median(lat)))
        east, north = Transformer.from_crs(4326, metres, always_xy=True).transform(lon[sound], lat[sound])
        when = pd.to_datetime(frame[day][sound].str[:10])
        yield name, pd.DataFrame({"x": east, "y": north, "local_date": when.to_numpy()}), width


def judge_at_random(points: pd.DataFrame, width: float, generator: np.random.Generator) -> dict[str, object]:
    """The verdict at one place and date; 'no place' where none is busy enough on that date."""
    days = points.local_date
    whole = pd.date_range(days.min() + timedelta(days=_BEFORE + 1), days.max() - timedelta(days=_AFTER))
    start = generator.choice(whole.to_numpy())
    near = points[
        (days >= start - np.timedelta64(_BEFORE + 1, "D")) & (days < start + np.timedelta64(_AFTER, "D"))
    ]
    recent = near[(near.local_date >= start - np.timedelta64(3 * _AFTER, "D")) & (near.local_date < start)]
    squares, count = np.unique(np.floor(recent[["x", "y"]].to_numpy() / width), axis=0, return_counts=True)
    busy = np.flatnonzero(count >= EffectParameters().own_minimum)
    if not len(busy):
        return {"verdict": "no place", "recent": 0}
    at = int(generator.choice(busy))
    west, south = squares[at] * width
    first = pd.Timestamp(start).date()
    try:
        effect = measure_effect(
            near,
            shapely.box(west, south, west + width, south + width),
            first,
            first + timedelta(days=_AFTER - 1),
        )
    except TooFewData as error:
        return {"verdict": UNJUDGED, "recent": int(count[at]), "why": str(error)}
    return {"verdict": effect.verdict, "recent": int(count[at]), "basis": effect.basis}


def print_table(found: pd.DataFrame) -> None:
    print("| city | runs | fewer than expected | more than expected | cannot be judged |\n|" + " --- |" * 5)
    for name, rows in [*found.groupby("city", sort=False), ("all", found)]:
        shares = [f"{(rows.verdict == verdict).mean():.1%}" for verdict in (FEWER, MORE, UNJUDGED)]
        print(f"| {name} | {len(rows)} | {' | '.join(shares)} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=100, help="a city")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/incidents"))
    asked = parser.parse_args()
    cities = [(*city, np.random.default_rng(asked.seed)) for city in read_cities(asked.data)]
    with asked.out.open("a", buffering=1) as out:
        for _ in range(asked.runs):
            for name, points, width, generator in cities:
                out.write(json.dumps({"city": name} | judge_at_random(points, width, generator)) + "\n")
    print_table(pd.DataFrame(json.loads(line) for line in asked.out.read_text().splitlines()))


if __name__ == "__main__":
    main()
