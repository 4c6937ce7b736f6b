"""Beats, wards and districts, or streets and water for the map: how a file's outlines become rows."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import shapely

from analytics.formats.header import UnreadableFile
from analytics.formats.shapes import WKB
from analytics.ingest.mapping import Mapping
from analytics.ingest.rows import Destination, Rows
from analytics.ingest.sql import RawRows, literal


def boundary_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Outlines as one layer of the working area around them. Raises UnreadableFile where there is nothing to
    draw."""
    destination.step("Checking the outlines", 0.5)
    columns = {name for name, *_ in cursor.execute(f"DESCRIBE {raw.table}").fetchall()}
    if WKB not in columns:
        raise UnreadableFile(
            "This file holds no outlines. Boundaries are GeoJSON, GeoPackage, shapefile or KML."
        )
    middle = _mend_outlines(cursor, raw)
    area_id, _, _ = destination.area_around(cursor, middle, None)
    return Rows(
        {
            "area_id": str(area_id),
            "layer": literal(destination.new_area),
            "role": literal(mapping.layer),
            "name": raw.text(mapping.one("name")),
            "geometry": "outline.geometry",
        },
        "if(outline.geometry IS NULL, 'it has no outline', NULL)",
        f"{raw.table} LEFT JOIN outline USING (row_number)",
        shown={"name": raw.text(mapping.one("name"))},
        area_id=area_id,
    )


def _mend_outlines(cursor: duckdb.DuckDBPyConnection, raw: RawRows) -> tuple[float, float]:
    """Make the table `outline` (row_number, geometry) of what can be drawn; returns its middle in degrees."""
    table = cursor.sql(f"SELECT row_number, {raw.column(WKB)} AS wkb FROM {raw.table}").to_arrow_table()
    geometries = shapely.from_wkb(table.column("wkb").to_numpy(zero_copy_only=False))
    usable = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if not usable.any():
        raise UnreadableFile("The file holds no outline that can be drawn.")
    mended = shapely.to_wkb(shapely.force_2d(shapely.make_valid(geometries[usable])))
    numbers = table.column("row_number").filter(pa.array(usable))
    cursor.register("mended", pa.table({"row_number": numbers, "geometry": pa.array(mended, pa.binary())}))
    cursor.execute("CREATE OR REPLACE TEMP TABLE outline AS FROM mended").fetchall()
    cursor.unregister("mended")
    lon, lat = np.median(shapely.get_coordinates(shapely.centroid(geometries[usable])), axis=0)
    return float(lon), float(lat)
