"""What a place is called: the street and its crossing, else the place that the records name there, else the
neighbourhood, else the town and how far."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree

from analytics.basemap.distinct_names import tell_apart
from analytics.basemap.layers import read_window
from analytics.basemap.streets import StreetIndex
from analytics.reference import reference_file
from analytics.shared.projection import project
from analytics.store import Store

STREET_WITHIN, CROSSING_WITHIN, NEIGHBOURHOOD_WITHIN = 250.0, 150.0, 1000.0  # metres
RECORDED_WITHIN = 150.0  # metres
_BESIDE = 100.0  # metres: nearer a street, a place is called by it even where a path lies nearer
_ON = 40.0  # metres: farther from a street a place is near it, not on it
_AROUND = 2.0  # degrees about a working area in which the shipped gazetteer is asked for towns
_TOWNS = ("city", "town", "village", "hamlet")
_NEIGHBOURHOODS = ("square", "neighbourhood", "quarter", "suburb")
_MOST_SQUARES = 40  # of 200 m: a text recorded in more of them is a kind of place ("Supermarket")
_ROUND = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def describe_places(store: Store, area_id: int, lon: np.ndarray, lat: np.ndarray) -> pd.DataFrame:
    """One row a point (degrees): `name`, such as 'Harbour Street at Mill Lane', else the neighbourhood, else
    '4.2 km north of Town', None where nothing is known; and what it rests on: street, street_m, crossing,
    crossing_m, recorded, neighbourhood, town, town_m (metres on the area's CRS), the point's direction
    from the town, x, y, crossing_x and crossing_y.

    Each distinct point is looked up once. Raises KeyError for an unknown working area."""
    places = np.asarray(lon, dtype=float) + 1j * np.asarray(lat, dtype=float)
    distinct, inverse = np.unique(places, return_inverse=True)
    named = _gazetteer(store, area_id).describe(distinct.real, distinct.imag)
    return named.iloc[inverse].reset_index(drop=True)


def name_places(store: Store, area_id: int, lon: np.ndarray, lat: np.ndarray) -> list[str]:
    """What each point (degrees, WGS 84) of one list is called on screen and in print, never empty.

    Two points of a list have one name only where they are one point: where `describe_places` gives two the
    same name, the neighbourhood, the side of the crossing or a number tells them apart, the first of the
    list keeping the plainest name. Raises KeyError for an unknown working area."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    described = describe_places(store, area_id, lon, lat)
    nowhere = np.isnan(lon) | np.isnan(lat)
    plain = [
        "No place recorded" if lost else f"Place at {y:.4f}, {x:.4f}" if name is None else _begin(name)
        for name, x, y, lost in zip(described.name, lon, lat, nowhere, strict=True)
    ]
    return tell_apart(described.assign(name=plain))


def has_streets(store: Store, area_id: int) -> bool:
    """Whether the working area has streets with names, by which its places can be called."""
    return bool(
        store.rows(
            "SELECT 1 FROM boundary WHERE area_id = ? AND role = 'street' AND name IS NOT NULL LIMIT 1",
            [area_id],
        )
    )


class LocalGazetteer:
    """The named streets, neighbourhoods and towns of one working area, on its projected CRS."""

    def __init__(self, store: Store, area_id: int, epsg: int):
        self._to_metres = Transformer.from_crs(4326, epsg, always_xy=True)
        self.streets, self._paths = (
            _index_streets(store, area_id, epsg, role) for role in ("street", "path")
        )
        self._areas, self._area_names, self._points = _read_places(store, area_id, epsg)
        self._towns = self._points[self._points.kind.isin(_TOWNS)]
        if self._towns.empty:
            self._towns = _shipped_towns(store, area_id, epsg)
        self._recorded = _recorded_places(store, area_id) if self.streets.is_empty else _NO_RECORDS

    def describe(self, lon: np.ndarray, lat: np.ndarray) -> pd.DataFrame:
        """See `describe_places`."""
        x, y = (np.asarray(axis) for axis in self._to_metres.transform(lon, lat))
        placed = np.isfinite(x) & np.isfinite(y)
        street, street_m, crossing, crossing_m, where = self._find_streets(x, y)
        recorded = self._find_recorded(x, y, placed)
        neighbourhood = self._find_neighbourhoods(x, y, placed)
        town, town_m, direction = self._find_towns(x, y, placed)
        local = np.where(pd.notna(recorded), recorded, neighbourhood)
        parts = zip(street, street_m, crossing, local, town, town_m, direction, strict=True)
        return pd.DataFrame(
            {
                "name": np.array([_name(*part) for part in parts], dtype=object),
                "street": street,
                "street_m": street_m,
                "crossing": crossing,
                "crossing_m": crossing_m,
                "recorded": recorded,
                "neighbourhood": neighbourhood,
                "town": town,
                "town_m": town_m,
                "direction": direction,
                "x": x,
                "y": y,
                "crossing_x": where[:, 0],
                "crossing_y": where[:, 1],
            },
            dtype=object,
        ).astype(dict.fromkeys(_METRES, float))

    def _find_streets(
        self, x: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The nearest street of each point and its crossing, with the metres to each, and where the crossing
        is; a path with a name where no street is near."""
        line, street_m = self.streets.find_nearest(x, y, STREET_WITHIN)
        other, crossing_m, where = self.streets.find_crossings_on(x, y, line, CROSSING_WITHIN)
        street, crossing = _names_of(self.streets, line), _names_of(self.streets, other)
        path, path_m = self._paths.find_nearest(x, y, STREET_WITHIN)
        on_path = (path >= 0) & ((line < 0) | ((street_m > _BESIDE) & (path_m < street_m)))
        street[on_path], street_m[on_path] = _names_of(self._paths, path[on_path]), path_m[on_path]
        crossing[on_path], crossing_m[on_path], where[on_path] = None, np.nan, np.nan
        return street, street_m, crossing, crossing_m, where

    def _find_recorded(self, x: np.ndarray, y: np.ndarray, placed: np.ndarray) -> np.ndarray:
        """What the records call the spot nearest to each point."""
        found = np.full(len(x), None, dtype=object)
        if self._recorded.empty or not placed.any():
            return found
        apart, which = cKDTree(self._recorded[["x", "y"]].to_numpy()).query(
            np.column_stack([x[placed], y[placed]]), distance_upper_bound=RECORDED_WITHIN
        )
        near = np.isfinite(apart)
        found[np.flatnonzero(placed)[near]] = self._recorded.name.to_numpy()[which[near]]
        return found

    def _find_neighbourhoods(self, x: np.ndarray, y: np.ndarray, placed: np.ndarray) -> np.ndarray:
        """The smallest named area around each point, else the nearest neighbourhood that is a point."""
        found = np.full(len(x), None, dtype=object)
        at = np.flatnonzero(placed)
        points = shapely.points(x[at], y[at])
        local = self._points[self._points.kind.isin(_NEIGHBOURHOODS)]
        if len(local):
            apart, which = cKDTree(local[["x", "y"]].to_numpy()).query(
                np.column_stack([x[at], y[at]]), distance_upper_bound=NEIGHBOURHOOD_WITHIN
            )
            near = np.isfinite(apart)
            found[at[near]] = local.name.to_numpy()[which[near]]
        point, area = shapely.STRtree(self._areas).query(points, predicate="intersects")
        smallest_last = np.argsort(-area, kind="stable")  # areas are in the order of their size
        found[at[point[smallest_last]]] = self._area_names[area[smallest_last]]
        return found

    def _find_towns(
        self, x: np.ndarray, y: np.ndarray, placed: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The nearest town, the metres to its middle, and in which direction from it the point lies."""
        town, apart = np.full(len(x), None, dtype=object), np.full(len(x), np.nan)
        direction = np.full(len(x), None, dtype=object)
        if self._towns.empty or not placed.any():
            return town, apart, direction
        middle = self._towns[["x", "y"]].to_numpy()
        apart[placed], which = cKDTree(middle).query(np.column_stack([x[placed], y[placed]]))
        town[placed] = self._towns.name.to_numpy()[which]
        east, north = x[placed] - middle[which, 0], y[placed] - middle[which, 1]
        eighth = np.round(np.degrees(np.arctan2(east, north)) / 45).astype(int) % 8
        direction[placed] = np.array(_ROUND, dtype=object)[eighth]
        return town, apart, direction


def _name(
    street: str | None,
    street_m: float,
    crossing: str | None,
    local: str | None,
    town: str | None,
    town_m: float,
    direction: str | None,
) -> str | None:
    if street is not None:
        text = street if crossing is None else f"{street} at {crossing}"
        return text if street_m <= _ON else f"near {text}"
    if local is not None:
        return local
    if town is not None:
        return town if town_m < 1000 else f"{town_m / 1000:.1f} km {direction} of {town}"
    return None


def _begin(name: str) -> str:
    return name[:1].upper() + name[1:]


def _index_streets(store: Store, area_id: int, epsg: int, role: str) -> StreetIndex:
    rows = read_window(store, area_id, (role,))
    rows = rows[rows.name.str.strip() != ""]
    lines = project(shapely.from_wkb(rows.geometry.to_numpy()), epsg)
    return StreetIndex(lines, rows.name.str.strip().tolist(), rows.level.to_numpy())


def _names_of(index: StreetIndex, which: np.ndarray) -> np.ndarray:
    """The names that `find_nearest` gives the numbers of, None for -1."""
    names = np.full(len(which), None, dtype=object)
    names[which >= 0] = index.names[which[which >= 0]]
    return names


@lru_cache(maxsize=4)
def _built(
    store: Store, area_id: int, epsg: int, sources: tuple[int, ...], version: int | None
) -> LocalGazetteer:
    return LocalGazetteer(store, area_id, epsg)


def _gazetteer(store: Store, area_id: int) -> LocalGazetteer:
    """The gazetteer of an area, built again only when a source of its map came or went."""
    area = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area_id])
    if not area:
        raise KeyError(f"There is no working area {area_id}.")
    rows = store.rows("SELECT DISTINCT source_id FROM boundary WHERE area_id = ? ORDER BY 1", [area_id])
    # Without streets places are called as the records call them, so by the present records.
    version = None if has_streets(store, area_id) else store.data_version()
    return _built(store, area_id, area[0]["epsg"], tuple(row["source_id"] for row in rows), version)


def _read_places(store: Store, area_id: int, epsg: int) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Areas with a name, the smallest first: of neighbourhoods, else the area's own districts; and the places
    that are points."""
    frame = read_window(store, area_id, ("place", "area"))
    frame = frame[frame.name.str.strip() != ""]
    shapes = project(shapely.from_wkb(frame.geometry.to_numpy()), epsg)
    is_area = shapely.get_dimensions(shapes) == 2
    around = is_area & ((frame.role == "area") | frame.kind.isin(_NEIGHBOURHOODS)).to_numpy()
    # Beats and wards are no neighbourhoods where the map knows those: they come last.
    size = shapely.area(shapes) + np.where(frame.role == "area", 1e12, 0)
    order = np.flatnonzero(around)[np.argsort(size[around], kind="stable")]
    points = frame[~is_area & (frame.role == "place").to_numpy()]
    coordinates = shapely.get_coordinates(shapely.centroid(shapes[points.index.map(frame.index.get_loc)]))
    points = points[["kind", "name"]].assign(x=coordinates[:, 0], y=coordinates[:, 1])
    return shapes[order], frame.name.to_numpy(dtype=object)[order], points


_NO_RECORDS = pd.DataFrame({"name": [], "x": [], "y": []})
_METRES = ("street_m", "crossing_m", "town_m", "x", "y", "crossing_x", "crossing_y")


def _recorded_places(store: Store, area_id: int) -> pd.DataFrame:
    """The spots that the incidents name: name, x, y. A code ('E01032739') and a text that stands for a kind
    of place, which is in many squares of 200 m, name none."""
    rows = store.query(
        "SELECT place AS name, avg(x) AS x, avg(y) AS y FROM incident"
        " WHERE area_id = ? AND x IS NOT NULL AND regexp_matches(place, '[[:alpha:]]{3}')"
        " GROUP BY place, floor(x / 200), floor(y / 200)"
        " QUALIFY count(*) OVER (PARTITION BY place) <= ? ORDER BY place, x, y",
        [area_id, _MOST_SQUARES],
    ).to_pandas()
    return rows.assign(name=rows.name.str.removeprefix("On or near "))  # as police.uk writes a place


@cache
def _towns() -> pd.DataFrame:
    return pd.read_parquet(reference_file("gazetteer.parquet"), columns=["name", "lon", "lat"])


def _shipped_towns(store: Store, area_id: int, epsg: int) -> pd.DataFrame:
    """The towns of the gazetteer that ships with the app, about the incidents of a working area."""
    row = store.rows("SELECT avg(lon) AS lon, avg(lat) AS lat FROM incident WHERE area_id = ?", [area_id])[0]
    towns = _towns()
    if row["lon"] is None:
        return pd.DataFrame({"kind": [], "name": [], "x": [], "y": []})
    near = towns[(abs(towns.lon - row["lon"]) < _AROUND) & (abs(towns.lat - row["lat"]) < _AROUND)]
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(
        near.lon.to_numpy(), near.lat.to_numpy()
    )
    return pd.DataFrame({"kind": "town", "name": near.name.to_numpy(), "x": x, "y": y})
