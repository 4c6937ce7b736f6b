"""Beats, wards and districts, or streets and water for the map: how a file's outlines become rows."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pyarrow as pa
import shapely

from analytics.formats.header import UnreadableFile
from analytics.formats.parts import PART_COLUMN
from analytics.ingest.area import PlaceSpread, measure_spread, middle_longitude
from analytics.ingest.mapping import Mapping
from analytics.ingest.mending import mend_places
from analytics.ingest.places import look_swapped
from analytics.ingest.rows import Destination, Rows
from analytics.ingest.sql import RawRows, literal

_SYSTEM = re.compile(r"^\s*SRID\s*=\s*4326\s*;\s*", re.IGNORECASE)  # before a text of PostGIS
OUTLINE_TEXT = re.compile(  # WKT, or the geometry of GeoJSON
    r"\s*(SRID\s*=\s*\d+\s*;\s*)?(MULTI)?POLYGON\s*(Z\s*)?\(.*|\s*\{.*\"(Multi)?Polygon\".*",
    re.IGNORECASE | re.DOTALL,
)
_LONGITUDES = 360  # an outline across the 180th meridian may count on beyond it


def boundary_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Outlines as one layer of the working area around them, or as several where the file has
    several. Raises UnreadableFile where there is nothing to
    draw."""
    destination.step("Checking the outlines", 0.5)
    described = cursor.execute(f"DESCRIBE {raw.table}").fetchall()
    outlines = [name for name, kind, *_ in described if kind == "BLOB"]
    source = outlines[-1] if outlines else mapping.one("outline")
    if source is None:
        raise UnreadableFile(
            "This file holds no outlines. Boundaries are GeoJSON, GeoPackage, shapefile or KML, or a table "
            "with a column of outlines as text: POLYGON ((...)), or the geometry of GeoJSON."
        )
    spread, notes = _measure_outlines(cursor, raw, source, is_text=not outlines)
    area_id, _, _ = destination.area_around(cursor, spread, None)
    name = f"coalesce({', '.join(map(raw.text, mapping.of('name') or (None,)))})"
    layer = literal(destination.new_area)
    if any(column == PART_COLUMN for column, *_ in described):  # several layers stay several
        layer = f"concat({layer}, ' · ', {raw.text(PART_COLUMN)})"
    return Rows(
        {
            "area_id": str(area_id),
            "layer": layer,
            "role": literal(mapping.layer),
            "name": name,
            "geometry": "outline.geometry",
        },
        "if(outline.geometry IS NULL, coalesce(outline.reason, 'it has no outline'), NULL)",
        f"{raw.table} LEFT JOIN outline USING (row_number)",
        notes=notes,
        shown={"name": name},
        area_id=area_id,
    )


def _measure_outlines(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, column: str, *, is_text: bool
) -> tuple[PlaceSpread, tuple[str, ...]]:
    """Make the table `outline` (row_number, geometry, reason) of the outlines in this column, of which the
    reader mended what could be mended; returns how far apart those lie that can be drawn, and notes."""
    table = cursor.sql(f"SELECT row_number, {raw.column(column)} AS wkb FROM {raw.table}").to_arrow_table()
    shapes = table.column("wkb").to_numpy(zero_copy_only=False)
    geometries = _read_texts(shapes) if is_text else shapely.from_wkb(shapes)
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if not present.any():
        raise UnreadableFile("The file holds no outline that can be drawn.")
    geometries, notes = _exchange_outlines(cursor, geometries, present)
    on_earth = _lie_on_earth(geometries)
    usable = present & on_earth
    if not usable.any():
        raise UnreadableFile(
            "The outlines lie outside the range of degrees. Save the file with its coordinate system, or in "
            "WGS 84."
        )
    spread = measure_spread(*shapely.get_coordinates(shapely.centroid(geometries[usable])).T)
    geometries[~usable] = None
    reasons = np.where(present & ~on_earth, "it lies outside the range of degrees", "it has no outline")
    columns = {
        "row_number": table.column("row_number"),
        "geometry": pa.array(shapely.to_wkb(geometries), pa.binary()),
        "reason": pa.array(reasons),
    }
    cursor.register("measured", pa.table(columns))
    cursor.execute("CREATE OR REPLACE TEMP TABLE outline AS FROM measured").fetchall()
    cursor.unregister("measured")
    assert spread is not None  # an outline is usable
    return spread, notes


def _read_texts(texts: np.ndarray) -> np.ndarray:
    """The outlines of texts: WKT, or the geometry of GeoJSON where the text is an object. None where it is
    neither."""
    plain = np.array([_SYSTEM.sub("", text) if isinstance(text, str) else None for text in texts], object)
    is_object = np.array([text is not None and text.lstrip().startswith("{") for text in plain], bool)
    geometries = np.full(len(plain), None, object)
    geometries[~is_object] = shapely.from_wkt(plain[~is_object], on_invalid="ignore")
    geometries[is_object] = shapely.from_geojson(plain[is_object], on_invalid="ignore")
    return geometries


def _exchange_outlines(
    cursor: duckdb.DuckDBPyConnection, geometries: np.ndarray, present: np.ndarray
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Exchange longitude and latitude of all outlines where only so they lie on land or in an area with
    incidents, else of those that only so lie among the others; returns a copy and notes."""
    geometries = geometries.copy()
    bounded = present & np.isfinite(shapely.bounds(geometries)).all(axis=1)
    centres = shapely.get_coordinates(shapely.centroid(geometries[bounded]))
    lon, lat = centres.T
    usable = (np.abs(lon) <= _LONGITUDES) & (np.abs(lat) <= 90)
    throughout = np.mean(usable) < 0.5 or look_swapped(
        cursor, middle_longitude(lon[usable]), float(np.median(lat[usable]))
    )
    if throughout and np.all((np.abs(lat) <= _LONGITUDES) & (np.abs(lon) <= 90)):
        geometries[present] = _exchange(geometries[present])
        return geometries, ("longitude and latitude were swapped in the whole file and have been put right",)
    once = np.ones(len(lon))
    degrees = np.where(usable, lon, np.nan), np.where(usable, lat, np.nan)
    mended = mend_places(lon, lat, *degrees, once, 4326, by_exchange_alone=True)
    changed = np.flatnonzero(bounded)[np.isfinite(mended.lon) & (mended.lon != degrees[0])]
    geometries[changed] = _exchange(geometries[changed])
    return geometries, mended.notes


def _exchange(geometries: np.ndarray) -> np.ndarray:
    exchanged: np.ndarray = shapely.transform(geometries, lambda points: points[:, ::-1])
    return exchanged


def _lie_on_earth(geometries: np.ndarray) -> np.ndarray:
    west, south, east, north = shapely.bounds(geometries).T
    inside: np.ndarray = (west >= -_LONGITUDES) & (east <= _LONGITUDES) & (south >= -90) & (north <= 90)
    return inside
