"""Which working area a file belongs to, and the area's projected CRS and time zone."""

from __future__ import annotations

import duckdb
from tzfpy import get_tz

from analytics.formats.header import UnreadableFile

_BRITAIN = (-8.7, 49.8, 1.8, 60.9)  # lon, lat, lon, lat; Northern Ireland uses its own grid and falls to UTM


def surrounding_area(
    cursor: duckdb.DuckDBPyConnection, lon: float, lat: float
) -> tuple[int, int, str] | None:
    """(area_id, epsg, time zone) of the area whose incidents, else whose base map, surround a point in
    degrees; None where none do."""
    found = cursor.execute(
        "SELECT area_id, epsg, time_zone FROM incident JOIN area USING (area_id) WHERE lon IS NOT NULL"
        " GROUP BY ALL"
        " HAVING ? BETWEEN min(lon) AND max(lon) AND ? BETWEEN min(lat) AND max(lat) ORDER BY count(*) DESC"
        " LIMIT 1",
        [lon, lat],
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


def choose_area(
    cursor: duckdb.DuckDBPyConnection,
    name: str | None,
    new_name: str,
    middle: tuple[float, float] | None,
    time_zone: str | None,
) -> tuple[int, int, str]:
    """(area_id, epsg, time zone) of the area named, else of one whose incidents surround the file's, else
    new.

    `middle` is the median longitude and latitude of the file's places. A new area takes the British National
    Grid within Great Britain, else the UTM zone of the middle.
    """
    x, y = middle or (0.0, 51.5)
    if name:
        rows = cursor.execute("SELECT area_id, epsg, time_zone FROM area WHERE name = ?", [name]).fetchall()
        found: tuple[int, int, str] | None = rows[0] if rows else None
    else:
        found = surrounding_area(cursor, x, y)
    if found:
        return found
    epsg, zone = projected_crs(x, y), time_zone or get_tz(x, y) or "UTC"
    wanted, k = name or new_name, 1
    while cursor.execute("SELECT 1 FROM area WHERE name = ?", [wanted]).fetchall():
        k += 1
        wanted = f"{name or new_name} ({k})"
    ((area_id,),) = cursor.execute(
        "INSERT INTO area (name, epsg, time_zone) VALUES (?, ?, ?) RETURNING area_id", [wanted, epsg, zone]
    ).fetchall()
    return area_id, epsg, zone


def projected_crs(lon: float, lat: float) -> int:
    """EPSG code of a CRS in metres fit for a working area around a point."""
    west, south, east, north = _BRITAIN
    ireland = lon < -5.4 and 51 < lat < 55.5
    if west < lon < east and south < lat < north and not ireland:
        return 27700
    zone = int((lon + 180) // 6) % 60 + 1
    return (32600 if lat >= 0 else 32700) + zone
