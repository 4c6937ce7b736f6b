"""Where a country or a town lies, from the gazetteer that ships with the app: for drawing corridors, never
for counting."""

from __future__ import annotations

from functools import cache

import pandas as pd

from analytics.reference import reference_file
from analytics.store import Store

_FILE = reference_file("gazetteer.parquet")


@cache
def _towns() -> pd.DataFrame:
    return pd.read_parquet(_FILE, columns=["name", "country", "lon", "lat", "population"])


@cache
def _points(level: str) -> pd.DataFrame:
    """lon, lat by name: of a country its largest town, of a town the largest of its name, in small
    letters."""
    towns = _towns().sort_values("population", ascending=False)
    name = towns.country if level == "country" else towns.name
    return towns.assign(key=name.str.casefold()).drop_duplicates("key").set_index("key")[["lon", "lat"]]


def load_positions(store: Store) -> pd.DataFrame:
    """level, name, lon, lat of places and countries that the store's sources bring with them."""
    return store.query("SELECT DISTINCT level, name, lon, lat FROM place_position ORDER BY ALL").to_pandas()


def locate_corridors(
    corridors: pd.DataFrame, level: str, own: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """The corridors (from, to, ...) whose ends are known, with lon, lat, lon_to, lat_to; and the names that
    are not. `own` (see `load_positions`) comes before the gazetteer."""
    points = _points(level)
    if own is not None and len(own):
        own = own[own.level == level].assign(key=lambda table: table["name"].str.casefold())
        own = own.drop_duplicates("key").set_index("key")[["lon", "lat"]]
        points = pd.concat([own, points[~points.index.isin(own.index)]])
    found = corridors.assign(from_key=corridors["from"].str.casefold(), to_key=corridors["to"].str.casefold())
    found = found.join(points, on="from_key").join(points.add_suffix("_to"), on="to_key")
    unknown = sorted(set(found["from"][found.lon.isna()]) | set(found["to"][found.lon_to.isna()]))
    return found.dropna(subset=["lon", "lon_to"]).drop(columns=["from_key", "to_key"]), unknown
