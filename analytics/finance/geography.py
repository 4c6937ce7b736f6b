"""Where a country or a town lies, from the gazetteer that ships with the app: for drawing corridors, never for counting."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

_FILE = Path(__file__).parents[2] / "data/gazetteer.parquet"
_LARGE = 100_000  # people


@cache
def _towns() -> pd.DataFrame:
    return pd.read_parquet(_FILE, columns=["name", "country", "lon", "lat", "population"])


def large_towns() -> pd.DataFrame:
    """lon, lat of towns of 100,000 people and more: enough of them show where land is."""
    towns = _towns()
    return towns.loc[towns.population >= _LARGE, ["lon", "lat"]]


@cache
def _points(level: str) -> pd.DataFrame:
    """lon, lat by name: of a country its largest town, of a town the largest of its name, in small letters."""
    towns = _towns().sort_values("population", ascending=False)
    name = towns.country if level == "country" else towns.name
    return towns.assign(key=name.str.casefold()).drop_duplicates("key").set_index("key")[["lon", "lat"]]


def located(corridors: pd.DataFrame, level: str) -> tuple[pd.DataFrame, list[str]]:
    """The corridors (from, to, ...) whose ends the gazetteer knows, with lon, lat, lon_to, lat_to; and the names it does not."""
    points = _points(level)
    found = corridors.assign(from_key=corridors["from"].str.casefold(), to_key=corridors["to"].str.casefold())
    found = found.join(points, on="from_key").join(points, on="to_key", rsuffix="_to")
    unknown = sorted(set(found["from"][found.lon.isna()]) | set(found["to"][found.lon_to.isna()]))
    return found.dropna(subset=["lon", "lon_to"]).drop(columns=["from_key", "to_key"]), unknown
