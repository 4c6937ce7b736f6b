"""Beats, wards and districts, or streets and water for the map: how a file's outlines become rows."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import shapely

from analytics.formats.header import UnreadableFile
from analytics.formats.parts import PART_COLUMN
from analytics.ingest.mapping import Mapping
from analytics.ingest.places import look_swapped
from analytics.ingest.rows import Destination, Rows
from analytics.ingest.sql import RawRows, literal

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
            "with a column of POLYGON texts."
        )
    middle = _measure_outlines(cursor, raw, source, is_text=not outlines)
    area_id, _, _ = destination.area_around(cursor, middle, None)
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
        notes=tuple(note.partition("; tick")[0] for note in look_swapped(cursor, *middle)),
        shown={"name": name},
        area_id=area_id,
    )


def _measure_outlines(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, column: str, *, is_text: bool
) -> tuple[float, float]:
    """Make the table `outline` (row_number, geometry, reason) of the outlines in this column, of which the
    reader mended what could be mended; returns the middle of those that can be drawn, in degrees."""
    table = cursor.sql(f"SELECT row_number, {raw.column(column)} AS wkb FROM {raw.table}").to_arrow_table()
    shapes = table.column("wkb").to_numpy(zero_copy_only=False)
    geometries = shapely.from_wkt(shapes, on_invalid="ignore") if is_text else shapely.from_wkb(shapes)
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if not present.any():
        raise UnreadableFile("The file holds no outline that can be drawn.")
    west, south, east, north = shapely.bounds(geometries).T
    on_earth = (west >= -_LONGITUDES) & (east <= _LONGITUDES) & (south >= -90) & (north <= 90)
    usable = present & on_earth
    if not usable.any():
        raise UnreadableFile(
            "The outlines lie outside the range of degrees. Save the file with its coordinate system, or in "
            "WGS 84."
        )
    lon, lat = np.median(shapely.get_coordinates(shapely.centroid(geometries[usable])), axis=0)
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
    return float(lon), float(lat)
