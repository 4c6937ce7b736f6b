"""Coordinates that the rest of a file shows how to mend: exchanged, of another system, or zero for none.

A row is mended where it cannot lie where it says, or lies far from all others, and read otherwise it lies
among them. Which way it was read is said in a note; what no reading explains is left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj.exceptions import CRSError, ProjError

from analytics.ingest.area import middle_longitude, projected_crs
from analytics.shared.projection import find_transformer
from analytics.shared.wording import counted

FAR_TIMES_MEDIAN, FAR_AT_LEAST_KM, FEWEST_PLACES = 20, 100.0, 3
SIGNS_OF_NO_PLACE = (0, -1, 999, -999, 9999, -9999, 99999, -99999, 999999, -999999)  # in both axes
_WEB_MERCATOR = 3857
_LEAST_METRES = 1_000.0  # no degrees: a coordinate beyond it in either axis is in metres or feet
_Floats = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Mended:
    """Degrees of each place, NaN where it has none; `withheld`: those whose zero stands for no place."""

    lon: _Floats
    lat: _Floats
    withheld: _Flags
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _OtherReading:
    """Another way to read the coordinates, and what it is called in a note."""

    lon: _Floats
    lat: _Floats
    words: str


def mend_places(
    x: _Floats,
    y: _Floats,
    lon: _Floats,
    lat: _Floats,
    rows: _Floats,
    epsg: int,
    *,
    by_exchange_alone: bool = False,
) -> Mended:
    """Mend single places of a file. `x`, `y`: the numbers as written, in the system `epsg`; `lon`, `lat`:
    their degrees as read, NaN where none are given or they cannot be; `rows`: how many rows have each.

    Needs FEWEST_PLACES other places to judge by. `by_exchange_alone`: nothing else is tried."""
    lon, lat = lon.copy(), lat.copy()
    withheld = np.zeros(len(lon), bool)
    known = np.isfinite(lon)
    if known.sum() < FEWEST_PLACES:
        return Mended(lon, lat, withheld, ())
    middle = middle_longitude(lon[known]), float(np.median(lat[known]))
    away = kilometres(*middle, lon, lat)
    limit = max(FAR_TIMES_MEDIAN * float(np.median(away[known])), FAR_AT_LEAST_KM)
    doubtful = np.isfinite(x) & np.isfinite(y) & ~stand_for_none(x, y) & ~(known & (away <= limit))
    notes = []
    if not doubtful.any():
        return Mended(lon, lat, withheld, ())
    for reading in _read_otherwise(x, y, epsg, middle):
        right = doubtful & (kilometres(*middle, reading.lon, reading.lat) <= limit)
        if right.any():
            lon[right], lat[right] = reading.lon[right], reading.lat[right]
            doubtful &= ~right
            notes.append(f"{counted(int(rows[right].sum()), 'row')} {reading.words}")
        if by_exchange_alone:
            return Mended(lon, lat, withheld, tuple(notes))
    zero = doubtful & ((x == 0) | (y == 0))
    if zero.any():
        withheld |= zero
        notes.append(
            f"{counted(int(rows[zero].sum()), 'row')} with a coordinate of 0, far from all others, taken "
            "without a place"
        )
    return Mended(lon, lat, withheld, tuple(notes))


def _read_otherwise(
    x: _Floats, y: _Floats, epsg: int, middle: tuple[float, float]
) -> Iterator[_OtherReading]:
    """Other ways to read the coordinates, the likeliest first."""
    exchanged = "with longitude and latitude exchanged, put right"
    if epsg == 4326:
        yield _as_degrees(y, x, exchanged)
        for code in (projected_crs(*middle), _WEB_MERCATOR):
            words = f"in metres (EPSG:{code}) among degrees, converted"
            yield _as_metres(x, y, code, words)
            yield _as_metres(y, x, code, f"in metres (EPSG:{code}), exchanged, among degrees, converted")
        return
    yield _as_metres(y, x, epsg, "with x and y exchanged, put right")
    yield _as_degrees(x, y, f"in degrees among coordinates of EPSG:{epsg}, read as degrees")
    yield _as_degrees(y, x, f"in degrees, exchanged, among coordinates of EPSG:{epsg}, put right")


def _as_degrees(lon: _Floats, lat: _Floats, words: str) -> _OtherReading:
    can_be = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & (lon != 0) & (lat != 0)
    return _OtherReading(np.where(can_be, lon, np.nan), np.where(can_be, lat, np.nan), words)


def _as_metres(x: _Floats, y: _Floats, epsg: int, words: str) -> _OtherReading:
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    can_be = (np.abs(x) >= _LEAST_METRES) & (np.abs(y) >= _LEAST_METRES)
    try:
        lon[can_be], lat[can_be] = find_transformer(epsg, 4326).transform(x[can_be], y[can_be])
    except (CRSError, ProjError):
        can_be[:] = False
    lost = ~(np.isfinite(lon) & np.isfinite(lat))
    lon[lost] = lat[lost] = np.nan
    return _OtherReading(lon, lat, words)


def stand_for_none(x: _Floats, y: _Floats) -> _Flags:
    """Which pairs are no place but a sign that there is none: 0, -1, or 999 and its like twice."""
    none: _Flags = (x == y) & np.isin(x, SIGNS_OF_NO_PLACE)
    return none


def kilometres(lon: float, lat: float, lons: _Floats, lats: _Floats) -> _Floats:
    """Great-circle distance from one point to many, on a sphere of 6,371 km; infinite to no point."""
    a, b = np.radians(lats), np.radians(lat)
    h = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lons - lon) / 2) ** 2
    distance: _Floats = 2 * 6371 * np.arcsin(np.sqrt(np.minimum(h, 1)))
    return np.where(np.isfinite(distance), distance, np.inf)
