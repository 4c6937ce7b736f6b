"""GeoJSON, GeoPackage, KML and zipped shapefiles: attributes as text, geometry as WKB in WGS 84."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely

from analytics.ingest.header import MOST_COLUMNS, UnreadableFile, unique_names

LONGITUDE, LATITUDE, WKB = "longitude (geometry)", "latitude (geometry)", "geometry (WKB)"


def read_shapes(data: bytes) -> tuple[pa.Table, tuple[str, ...]]:
    """Read a file of features: (text attributes, the point and the WKB of each in WGS 84; notes).

    A feature that is not a point is placed at a point on its surface. Raises UnreadableFile.
    """
    suffix = _kind(data)
    # The library decides by content and some of its formats point at other files, so it gets a file of
    # one checked kind in a folder of its own.
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"features{suffix}")
        with open(path, "wb") as file:
            file.write(data)
        if suffix == ".zip":
            path = f"/vsizip/{path}/{_shapefile(data)}"
        frame = pyogrio.read_dataframe(path)
    if "geometry" not in frame or frame.empty:
        raise UnreadableFile("The file holds no features.")
    if len(frame.columns) > MOST_COLUMNS:
        raise UnreadableFile(f"The file has {len(frame.columns)} columns; at most {MOST_COLUMNS} are read.")
    notes = () if frame.crs else ("No coordinate system is declared: WGS 84 is assumed.",)
    frame = frame.to_crs(4326) if frame.crs else frame
    geometry = frame.geometry.array
    broken = ~shapely.is_valid(geometry) & ~shapely.is_missing(geometry)
    shapes = np.where(broken, shapely.make_valid(np.asarray(geometry)), np.asarray(geometry))
    if broken.any():
        notes += (f"{int(broken.sum()):,} shapes cross themselves and were repaired.",)
    points = shapely.point_on_surface(shapes)
    attributes = frame.drop(columns="geometry")
    columns = [pa.array([_text(v) for v in attributes[name]], pa.string()) for name in attributes]
    names = unique_names([*map(str, attributes.columns), LONGITUDE, LATITUDE, WKB])
    columns += [
        pa.array([_text(v) for v in axis(points)], pa.string()) for axis in (shapely.get_x, shapely.get_y)
    ]
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    wkb = [
        None if gone else shapely.to_wkb(shapely.force_2d(shape))
        for shape, gone in zip(shapes, missing, strict=True)
    ]
    return pa.table([*columns, pa.array(wkb, pa.binary())], names=names), notes


def _kind(data: bytes) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if data[:2] == b"PK":
        return ".zip"
    if data[:15] == b"SQLite format 3":
        return ".gpkg"
    if head[:1] == b"{" and b'"type"' in data[: 1 << 16]:
        return ".geojson"
    if b"<kml" in head:
        return ".kml"
    raise UnreadableFile(
        "The file is not GeoJSON, GeoPackage, KML or a zipped shapefile, whatever its name says."
    )


def _shapefile(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".shp")]
    if len(names) != 1:
        raise UnreadableFile(f"The zip file holds {len(names)} shapefiles (.shp): it must hold one.")
    return names[0]


def _text(value: object) -> str | None:
    return None if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) else str(value)
