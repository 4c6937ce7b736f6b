"""Which working area a file belongs to, and the area's projected CRS and time zone."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
from pyproj import CRS, Geod, Proj
from tzfpy import get_tz

from analytics.formats.header import UnreadableFile

MAXIMUM_DISTORTION, _MENTIONED_DISTORTION = 0.03, 0.005
# Projections of a continent: the United States, Canada, Mexico, Europe, Australia.
_CONTINENTS = (5070, 3347, 6372, 3035, 3577)
_Floats = npt.NDArray[np.float64]
_BRITAIN = (-8.7, 49.8, 1.8, 60.9)  # lon, lat, lon, lat; Northern Ireland uses its own grid and falls to UTM


def surrounding_area(
    cursor: duckdb.DuckDBPyConnection, lon: float, lat: float
) -> tuple[int, int, str] | None:
    """(area_id, epsg, time zone) of the area whose incidents, else whose base map, surround a point in
    degrees; None where none do. Longitudes of incidents across the 180th meridian are counted on beyond
    it."""
    found = cursor.execute(
        "SELECT area_id, epsg, time_zone FROM incident JOIN area USING (area_id) WHERE lon IS NOT NULL"
        " GROUP BY ALL"
        " HAVING if(max(lon) - min(lon) <= 180, $lon BETWEEN min(lon) AND max(lon),"
        " ($lon + 360) % 360 BETWEEN min((lon + 360) % 360) AND max((lon + 360) % 360))"
        " AND $lat BETWEEN min(lat) AND max(lat) ORDER BY count(*) DESC, area_id LIMIT 1",
        {"lon": lon, "lat": lat},
    ).fetchall()
    found = (
        found
        or cursor.execute(
            "SELECT area_id, epsg, time_zone FROM base_map JOIN area USING (area_id)"
            " WHERE ? BETWEEN west AND east AND ? BETWEEN south AND north"
            " ORDER BY (east - west) * (north - south) LIMIT 1",
            [lon, lat],
        ).fetchall()
    )
    return found[0] if found else None


def find_area(cursor: duckdb.DuckDBPyConnection, name: str) -> tuple[int, str]:
    """(area_id, time zone) of a working area by name. Raises UnreadableFile where there is none."""
    found = cursor.execute("SELECT area_id, time_zone FROM area WHERE name = ?", [name]).fetchall()
    if not found:
        raise UnreadableFile(
            f"There is no working area {name!r}: import its incidents or boundaries first, or leave it out."
        )
    return found[0][0], found[0][1]


@dataclass(frozen=True)
class PlaceSpread:
    """How far places lie apart: the `middle` (median longitude and latitude), and longitudes and latitudes
    of points along the box around them, `lon` counted on beyond the 180th meridian where they cross it."""

    middle: tuple[float, float]
    lon: _Floats
    lat: _Floats

    @property
    def kilometres(self) -> float:
        """From the south-western to the north-eastern corner of the box."""
        _, _, metres = Geod(ellps="WGS84").inv(self.lon.min(), self.lat.min(), self.lon.max(), self.lat.max())
        return float(metres) / 1000


def measure_spread(lon: _Floats, lat: _Floats) -> PlaceSpread | None:
    """The spread of places in degrees; None where there is none."""
    if not len(lon):
        return None
    middle = middle_longitude(lon), float(np.median(lat))
    along = (lon - middle[0] + 180) % 360 - 180 + middle[0]
    sides = (np.linspace(values.min(), values.max(), 9) for values in (along, lat))
    box_lon, box_lat = (side.ravel() for side in np.meshgrid(*sides))
    return PlaceSpread(middle, box_lon, box_lat)


def middle_longitude(lon: _Floats) -> float:
    """The median longitude, also of places on both sides of the 180th meridian."""
    if lon.max() - lon.min() <= 180:
        return float(np.median(lon))
    return float((np.median(lon % 360) + 180) % 360 - 180)


def choose_area(
    cursor: duckdb.DuckDBPyConnection,
    name: str | None,
    new_name: str,
    spread: PlaceSpread | None,
    time_zone: str | None,
) -> tuple[int, int, str]:
    """(area_id, epsg, time zone) of the area named, else of one whose incidents surround the file's, else
    new. A new area takes the projection that `choose_projection` finds.

    Raises UnreadableFile where no projection serves the places, or not that of the area named."""
    x, y = spread.middle if spread else (0.0, 51.5)
    if name:
        rows = cursor.execute("SELECT area_id, epsg, time_zone FROM area WHERE name = ?", [name]).fetchall()
        found: tuple[int, int, str] | None = rows[0] if rows else None
        if found and spread and not _serves(found[1], spread):
            raise UnreadableFile(
                f"The places lie too far from the working area {name!r} for its map projection. Name another "
                "area, or none."
            )
    else:
        found = surrounding_area(cursor, x, y)
        if found and spread and not _serves(found[1], spread):
            found = None
    if found:
        return found
    epsg = choose_projection(spread) if spread else projected_crs(x, y)
    zone = time_zone or get_tz(x, y) or "UTC"
    wanted, k = name or new_name, 1
    while cursor.execute("SELECT 1 FROM area WHERE name = ?", [wanted]).fetchall():
        k += 1
        wanted = f"{name or new_name} ({k})"
    ((area_id,),) = cursor.execute(
        "INSERT INTO area (name, epsg, time_zone) VALUES (?, ?, ?) RETURNING area_id", [wanted, epsg, zone]
    ).fetchall()
    return area_id, epsg, zone


def choose_projection(spread: PlaceSpread) -> int:
    """EPSG code of a CRS in metres that serves all of a spread: within Great Britain the British National
    Grid, else the UTM zone of the middle; of a continent its own. Raises UnreadableFile where none serves it.
    """
    for epsg in (projected_crs(*spread.middle), *_CONTINENTS):
        if _serves(epsg, spread):
            return epsg
    raise UnreadableFile(
        f"The places stretch over {spread.kilometres:,.0f} km, more than one map projection serves. Split "
        "the file by region and import each into a working area of its own."
    )


def note_distortion(epsg: int, spread: PlaceSpread | None, time_zone: str) -> tuple[str, ...]:
    """A note where distances of a working area with these places are off by more than 0.5 %: its clock is
    that of one time zone, too."""
    off = _distortion(epsg, spread) if spread else 0.0
    if spread is None or off <= _MENTIONED_DISTORTION:
        return ()
    return (
        f"the places stretch over {spread.kilometres:,.0f} km: distances of the working area (EPSG:{epsg}) "
        f"are off by up to {off:.1%}, and its days and hours are those of one time zone, {time_zone}; import "
        "one region for local work",
    )


def _serves(epsg: int, spread: PlaceSpread) -> bool:
    is_right = _distortion(epsg, spread) <= MAXIMUM_DISTORTION
    return is_right and (epsg not in _CONTINENTS or _reaches(epsg, spread))


def _reaches(epsg: int, spread: PlaceSpread) -> bool:
    """Whether a spread lies within the area a projection is made for, give or take two degrees: far beyond
    it short distances may still be right, and long ones are not."""
    use = CRS.from_epsg(epsg).area_of_use
    if use is None:
        return False
    west, south, east, north = use.west - 2, use.south - 2, use.east + 2, use.north + 2
    return bool(
        west <= spread.lon.min()
        and spread.lon.max() <= east
        and south <= spread.lat.min()
        and spread.lat.max() <= north
    )


def _distortion(epsg: int, spread: PlaceSpread) -> float:
    """The largest share by which a short distance anywhere in the box is off; infinite where the projection
    does not reach."""
    factors = Proj(CRS.from_epsg(epsg)).get_factors(spread.lon, spread.lat)
    longest, shortest = np.asarray(factors.tissot_semimajor), np.asarray(factors.tissot_semiminor)
    with np.errstate(all="ignore"):
        off = np.maximum(np.abs(longest - 1), np.abs(1 - shortest))
    return float(np.max(np.where(np.isfinite(off), off, np.inf)))


def projected_crs(lon: float, lat: float) -> int:
    """EPSG code of a CRS in metres fit for a working area around a point."""
    west, south, east, north = _BRITAIN
    ireland = lon < -5.4 and 51 < lat < 55.5
    if west < lon < east and south < lat < north and not ireland:
        return 27700
    zone = int((lon + 180) // 6) % 60 + 1
    return (32600 if lat >= 0 else 32700) + zone
