"""GeoJSON, GeoPackage, KML and zipped shapefiles: attributes as text, geometry as WKB in WGS 84."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path, PurePosixPath

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataSourceError

from analytics.formats.gdal import restrict_gdal
from analytics.formats.header import MOST_COLUMNS, UnreadableFile, unique_names

LONGITUDE, LATITUDE, WKB = "longitude (geometry)", "latitude (geometry)", "geometry (WKB)"

_SHAPE_HEADER = re.compile(rb"\x00\x00\x27\x0a.{24}\xe8\x03\x00\x00", re.DOTALL)  # 9994 and version 1000
_PARTS = {
    ".shp": (_SHAPE_HEADER, "the shapes of a shapefile (file code 9994)"),
    ".shx": (_SHAPE_HEADER, "the index of a shapefile (file code 9994)"),
    ".dbf": (re.compile(rb"[\x02-\x05\x30-\x32\x83\x8b-\x8e\xf5]"), "a dBASE table"),
    ".prj": (
        re.compile(
            rb"(?:\xef\xbb\xbf)?\s*(?:PROJCS|GEOGCS|PROJCRS|GEOGCRS|GEODCRS|COMPD_?CS|COMPOUNDCRS|BOUNDCRS|LOCAL_CS|ENGCRS"
            rb"|GEODETICCRS|GEOGRAPHICCRS|PROJECTEDCRS)\s*\[|\s*Projection\s|\s*\Z",
            re.IGNORECASE,
        ),
        "the text of a coordinate system",
    ),
    ".cpg": (re.compile(rb"(?:\xef\xbb\xbf)?[\w .:-]{0,40}\s*\Z"), "the name of an encoding"),
}
_KML = re.compile(rb"(?:<\?xml[^>]*\?>)?(?:\s|<!--(?>.*?-->))*+<(?:\w+:)?kml[\s>]", re.DOTALL)
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s", re.IGNORECASE)
_RTREE = re.compile(r"\bUSING\s+\W?rtree\W", re.IGNORECASE)
# A JSON parser takes the letters of a key in any case, as escapes and in either quotation mark.
_CRS = re.compile(rb"""["'](?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)["']""", re.IGNORECASE)
_CRS_BYTES = 1 << 16
_DECODER = json.JSONDecoder()


def read_shapes(data: bytes) -> tuple[pa.Table, tuple[str, ...]]:
    """Read a file of features: (text attributes, the point and the WKB of each in WGS 84; notes).

    A feature that is not a point is placed at a point on its surface. Raises UnreadableFile.
    """
    frame = read_features(data)
    if "geometry" not in frame or frame.empty:
        raise UnreadableFile("The file holds no features.")
    if len(frame.columns) > MOST_COLUMNS:
        raise UnreadableFile(f"The file has {len(frame.columns)} columns; at most {MOST_COLUMNS} are read.")
    notes: tuple[str, ...] = () if frame.crs else ("No coordinate system is declared: WGS 84 is assumed.",)
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


def read_features(data: bytes) -> gpd.GeoDataFrame:
    """The features of a file as they are, in its own coordinate system. Raises UnreadableFile."""
    restrict_gdal()
    with tempfile.TemporaryDirectory() as folder:
        path, layer = _checked(data, Path(folder))
        return pyogrio.read_dataframe(path, layer=layer)


def _checked(data: bytes, folder: Path) -> tuple[Path, str | int]:
    """Write the file, its kind checked by content, into the folder: the path to open and the layer to read.

    GDAL decides by content what it opens and some content names other files, so it is given only this."""
    if data[:4] == b"PK\x03\x04":
        return _unpack_shapefile(data, folder), 0
    kind = _kind(data)
    path = folder / f"features{kind}"
    path.write_bytes(data)
    if kind == ".gpkg":
        return path, _first_table(path)
    if kind == ".geojson":
        _check_coordinate_systems(data)
    return path, 0


def _kind(data: bytes) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if data[:16] == b"SQLite format 3\x00":
        return ".gpkg"
    if head[:1] == b"{" and b'"type"' in data[: 1 << 16]:
        return ".geojson"
    if _KML.match(head):
        return ".kml"
    if b"<kml" in head and b"<!doctype" in head.lower():
        raise UnreadableFile("The KML declares a document type, which is not read: save it as plain KML.")
    raise UnreadableFile(
        "The file is not GeoJSON, GeoPackage, KML or a zipped shapefile, whatever its name says."
    )


def _unpack_shapefile(data: bytes, folder: Path) -> Path:
    """The parts of the one shapefile in a zip file, each by its fixed name: the path of its .shp."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(PurePosixPath(item.filename.lower()), item) for item in archive.infolist()]
        shapes = [name for name, _ in parts if name.suffix == ".shp"]
        if len(shapes) != 1:
            raise UnreadableFile(f"The zip file holds {len(shapes)} shapefiles (.shp): it must hold one.")
        for name, item in parts:
            if name.with_suffix("") != shapes[0].with_suffix("") or name.suffix not in _PARTS:
                continue
            start, expected = _PARTS[name.suffix]
            part = archive.read(item)
            if not start.match(part):
                raise UnreadableFile(f"{name.name} in the zip file is not {expected}: it is refused.")
            (folder / f"features{name.suffix}").write_bytes(part)
    return folder / "features.shp"


def _first_table(path: Path) -> str:
    """The first layer of a GeoPackage that is stored: a view or virtual table runs code of the file's own."""
    with closing(sqlite3.connect(path)) as database:
        try:
            schema = database.execute("SELECT name, type, coalesce(sql, '') FROM sqlite_master").fetchall()
        except sqlite3.Error as error:
            raise ValueError(str(error)) from error
    if any(_VIRTUAL.match(sql) and not _RTREE.search(sql) for _, _, sql in schema):
        raise UnreadableFile(
            "The GeoPackage holds a virtual table, which may read other files: a GeoPackage of plain tables "
            "is expected."
        )
    stored = {name for name, kind, _ in schema if kind == "table"}
    try:
        layers = pyogrio.list_layers(path)[:, 0]
    except DataSourceError as error:
        if "trigger and/or view" not in str(error):
            raise
        raise UnreadableFile(
            "A view or trigger of the GeoPackage calls a function that may read other data: a GeoPackage of "
            "plain tables is expected."
        ) from error
    for layer in layers:
        if layer in stored:
            return str(layer)
    raise UnreadableFile("The GeoPackage holds no features in a plain table, as is expected.")


def _check_coordinate_systems(data: bytes) -> None:
    """Refuse GeoJSON whose coordinate system is a link, which GDAL would follow, or is not plainly a name."""
    for key in _CRS.finditer(data):
        after = data[key.end() : key.end() + _CRS_BYTES].lstrip()
        if after[:1] in (b",", b"]", b"}", b""):  # the text of a value, not a key
            continue
        value = after[1:].lstrip()
        try:
            described = _DECODER.raw_decode(value.decode(errors="replace"))[0] if value[:1] == b"{" else {}
        except ValueError:
            described = {"type": ""}
        types = {str(text).lower() for name, text in described.items() if name.lower() == "type"}
        if after[:1] != b":" or value[:1] == b"/" or not types <= {"name", "epsg"}:
            raise UnreadableFile(
                "The file gives its coordinate system as a link or in a way that is not read: its name is "
                'expected, such as "urn:ogc:def:crs:EPSG::27700".'
            )


def _text(value: object) -> str | None:
    return None if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) else str(value)
