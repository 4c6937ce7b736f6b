"""GeoJSON, GeoPackage, KML and zipped shapefiles: attributes as text, geometry as WKB in WGS 84."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataSourceError
from pyproj.exceptions import CRSError, ProjError

from analytics.formats.archive import check_zip, listed
from analytics.formats.gdal import restrict_gdal
from analytics.formats.header import UnreadableFile, check_width, unique_names
from analytics.formats.parsed import ParsedFile
from analytics.formats.parts import Part, PartTable, choose_parts

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
_GPX = re.compile(rb"(?:<\?xml[^>]*\?>)?(?:\s|<!--(?>.*?-->))*+<(?:\w+:)?gpx[\s>]", re.DOTALL)
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s", re.IGNORECASE)
_RTREE = re.compile(r"\bUSING\s+\W?rtree\W", re.IGNORECASE)
# A JSON parser takes the letters of a key in any case, as escapes and in either quotation mark.
_CRS = re.compile(rb"""["'](?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)["']""", re.IGNORECASE)
_CRS_BYTES = 1 << 16
_HEAD = 1 << 20  # before the first element of XML may stand a long comment
_BUNDLE = re.compile(rb'\A\{\s*"type"\s*:\s*"bundle"')
_FARTHEST = 1e12  # metres or degrees; of more the square has no exact number
_FORMATS = {
    ".shp": "shapefile",
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".kml": "KML",
    ".gpx": "GPX",
}
_SUFFIXES = (".kml", ".geojson", ".json", ".gpkg", ".gpx")
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NO_SYSTEM = (
    "The coordinate system that the file declares cannot be read (of a shapefile it stands in the .prj). "
    "Save the file in WGS 84, then import it again."
)
_DECODER = json.JSONDecoder()


def parse_shapes(data: bytes, kind: str = "", wanted_parts: Sequence[str] = ()) -> ParsedFile:
    """A file of features: text attributes, the point and the WKB of each in WGS 84, of the layers wanted, or
    likeliest for the `kind`.

    A feature that is not a point is placed at a point on its surface. A shape that cannot be used has no
    WKB. Raises UnreadableFile."""
    with _opened(data) as path:
        return _parse_layers(path, kind, wanted_parts)


def _parse_layers(path: Path, kind: str, wanted_parts: Sequence[str]) -> ParsedFile:
    layers = _layers(path)
    parts = choose_parts([part for part, _ in layers], wanted_parts, kind)
    read, notes = [], []
    for part, (_, layer) in zip(parts, layers, strict=True):
        if part.is_read:
            table, of_layer = _features_as_text(_read_layer(path, layer))
            read.append(PartTable(part, table))
            notes += [f"{part.name}: {note}" if len(parts) > 1 else note for note in of_layer]
    if not any(part.table.num_rows for part in read):
        raise UnreadableFile("The file holds no features.")
    parsed = ParsedFile.from_parts(parts, read, tuple(notes))
    return replace(parsed, format="Geographic", shape=read[0].part.shape or "Unknown")


def _layers(path: Path) -> list[tuple[Part, str | int]]:
    """Every layer, and how it is opened: by its place, since folders of a KML file may share a name."""
    try:
        names = pyogrio.list_layers(path)[:, 0]
        if path.suffix == ".gpkg":
            layers: list[tuple[str, str | int]] = [(name, name) for name in _plain_tables(path, names)]
        else:
            layers = [(name, place) for place, name in enumerate(map(str, names))]
        distinct = unique_names([name for name, _ in layers])
        return [
            (_describe_layer(path, shown, layer), layer)
            for shown, (_, layer) in zip(distinct, layers, strict=True)
        ]
    except DataSourceError as error:
        raise _unreadable(path, error) from error


def _describe_layer(path: Path, name: str, layer: str | int) -> Part:
    try:
        info = pyogrio.read_info(path, layer=layer, force_feature_count=True)
    except CRSError as error:
        raise UnreadableFile(_NO_SYSTEM) from error
    noun = "folder" if path.suffix == ".kml" else "layer"
    return Part(
        name, noun, int(info["features"]), tuple(map(str, info["fields"])), str(info["geometry_type"] or "")
    )


def _features_as_text(frame: gpd.GeoDataFrame) -> tuple[pa.Table, tuple[str, ...]]:
    if "geometry" not in frame:
        raise UnreadableFile("The file holds no features.")
    check_width(len(frame.columns))
    notes: tuple[str, ...] = () if frame.crs else ("No coordinate system is declared: WGS 84 is assumed.",)
    frame = _in_degrees(frame)
    shapes, repaired, unusable = _usable(np.asarray(frame.geometry.array))
    if repaired:
        notes += (f"{repaired:,} shapes cross themselves and were repaired.",)
    if unusable:
        notes += (f"{unusable:,} shapes cannot be used: their coordinates make no shape.",)
    points = _each(shapely.point_on_surface, shapes)
    points[shapely.is_empty(points)] = None
    attributes = frame.drop(columns="geometry")
    columns = [
        pa.array([_text(v) for v in attributes.iloc[:, k]], pa.string()) for k in range(attributes.shape[1])
    ]
    names = unique_names([*map(str, attributes.columns), LONGITUDE, LATITUDE, WKB])
    columns += [
        pa.array([_text(v) for v in axis(points)], pa.string()) for axis in (shapely.get_x, shapely.get_y)
    ]
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    wkb = [
        None if gone else shapely.to_wkb(shapely.force_2d(shape))
        for shape, gone in zip(shapes, missing, strict=True)
    ]
    table = pa.table([*columns, pa.array(wkb, pa.binary())], names=names)
    numbers = pa.array(np.arange(2, table.num_rows + 2), pa.int64())
    return table.append_column("row_number", numbers), notes


def parse_features(data: bytes) -> ParsedFile:
    """The features of a file's first layer that has any, in its own coordinate system, as GeoArrow. Raises
    UnreadableFile."""
    with _opened(data) as path:
        layers = _layers(path)
        layer = next((layer for part, layer in layers if part.rows), layers[0][1] if layers else 0)
        return ParsedFile.from_table(pa.table(_read_layer(path, layer).to_arrow()))


@contextmanager
def _opened(data: bytes) -> Iterator[Path]:
    """The file where GDAL may open it, in a folder of its own."""
    restrict_gdal()
    with tempfile.TemporaryDirectory() as folder:
        yield _checked(data, Path(folder))


def _read_layer(path: Path, layer: str | int) -> gpd.GeoDataFrame:
    try:
        return pyogrio.read_dataframe(path, layer=layer, on_invalid="fix", encoding=_encoding(path))
    except DataSourceError as error:
        raise _unreadable(path, error) from error
    except CRSError as error:
        raise UnreadableFile(_NO_SYSTEM) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            "A text of the file is in another encoding than the file declares: save it as UTF-8."
        ) from error


def _unreadable(path: Path, error: DataSourceError) -> ValueError:
    if "trigger and/or view" in str(error):
        return UnreadableFile(
            "A view or trigger of the GeoPackage calls a function that may read other data: a GeoPackage of "
            "plain tables is expected."
        )
    what = str(error).replace(f"'{path}' ", "").partition(";")[0]
    return ValueError(f"no {_FORMATS[path.suffix]}: {what}")


def _encoding(path: Path) -> str | None:
    """UTF-8 where the texts of a shapefile are, whatever is declared or not; else what is declared."""
    table = path.with_suffix(".dbf")
    if path.suffix != ".shp" or not table.exists():
        return None
    data = table.read_bytes()
    return "UTF-8" if is_utf8_dbase(data) else None


def is_utf8_dbase(data: bytes) -> bool:
    """Whether the texts of a dBASE table hold letters of UTF-8 and nothing else beyond ASCII, but where the
    width of a field has cut a letter."""
    start = int.from_bytes(data[8:10], "little")
    texts = data[start:]
    if texts.isascii():
        return False
    letters = len(_UTF8_LETTER.findall(texts))
    others = sum(byte > 127 for byte in _UTF8_LETTER.sub(b"", texts))
    return letters > 0 and others <= letters // 4


def _in_degrees(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    try:
        return frame.to_crs(4326) if frame.crs else frame
    except ProjError as error:  # such as a system of a building site, which lies nowhere on earth
        raise UnreadableFile(_NO_SYSTEM) from error


def _usable(shapes: np.ndarray) -> tuple[np.ndarray, int, int]:
    """The shapes, those that cross themselves repaired, None for those that cannot be; how many of each."""
    given = ~shapely.is_missing(shapes)
    bounded = np.isfinite(shapely.bounds(shapes)).all(axis=1) | shapely.is_empty(shapes)
    finite = np.array([_is_finite(shape) for shape in shapes]) & bounded
    shapes = shapes.copy()
    shapes[~finite] = None
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    mended = _each(shapely.make_valid, shapes[broken])
    mended[shapely.get_dimensions(mended) < shapely.get_dimensions(shapes[broken])] = None  # an area no more
    shapes[broken] = mended
    unusable = given & shapely.is_missing(shapes)
    return shapes, int((broken & ~unusable).sum()), int(unusable.sum())


def _is_finite(shape: shapely.Geometry | None) -> bool:
    coordinates = shapely.get_coordinates(shape)
    return bool(np.isfinite(coordinates).all() and (np.abs(coordinates) < _FARTHEST).all())


def _each(function: Callable[[np.ndarray], np.ndarray], shapes: np.ndarray) -> np.ndarray:
    """The function of all shapes; where one of them is beyond it, of each by itself, None where it fails."""
    try:
        return np.asarray(function(shapes), dtype=object)
    except shapely.errors.GEOSException:
        made = np.empty(len(shapes), dtype=object)
        for k, shape in enumerate(shapes):
            with suppress(shapely.errors.GEOSException):
                made[k] = function(shape)
        return made


def _checked(data: bytes, folder: Path) -> Path:
    """Write the file, its kind checked by content, into the folder: the path to open.

    GDAL decides by content what it opens and some content names other files, so it is given only this."""
    if data[:4] == b"PK\x03\x04":
        return _unpack_one(data, folder)
    kind = _kind(data)
    path = folder / f"features{kind}"
    path.write_bytes(data)
    if kind == ".gpkg":
        _check_tables(path)
    if kind == ".geojson":
        _check_coordinate_systems(data)
    return path


def _kind(data: bytes) -> str:
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \r\n\t")
    if data[:16] == b"SQLite format 3\x00":
        return ".gpkg"
    if head[:1] == b"{" and _BUNDLE.search(head):
        raise UnreadableFile(
            "This is a bundle of threat intelligence (STIX), which is received as a case, not read as rows."
        )
    if head[:1] in (b"{", b"\x1e") and b'"type"' in data[: 1 << 16]:
        return ".geojson"
    if _GPX.match(head):
        return ".gpx"
    if _KML.match(head):
        return ".kml"
    if b"<kml" in head and b"<!doctype" in head.lower():
        raise UnreadableFile("The KML declares a document type, which is not read: save it as plain KML.")
    raise UnreadableFile(
        "The file is not GeoJSON, GeoPackage, KML or a zipped shapefile, whatever its name says."
    )


def _unpack_one(data: bytes, folder: Path) -> Path:
    """What is to be opened of a zip file with one shapefile, or one other geographic file, in it."""
    check_zip(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [item.filename for item in listed(archive)]
        shapes = [name for name in names if name.lower().endswith(".shp")]
        others = [name for name in names if name.lower().endswith(_SUFFIXES)]
        if len(shapes) == 1:
            return _unpack_shapefile(archive, shapes[0], folder)
        if not shapes and len(others) == 1:
            return _checked(archive.read(others[0]), folder)
        raise UnreadableFile(f"The zip file holds {len(shapes or others)} maps: it must hold one.")


def parse_shapefile(archive: zipfile.ZipFile, shape: str, kind: str = "") -> ParsedFile:
    """The shapefile of an archive whose .shp has this name. Raises UnreadableFile."""
    restrict_gdal()
    with tempfile.TemporaryDirectory() as folder:
        return _parse_layers(_unpack_shapefile(archive, shape, Path(folder)), kind, ())


def _unpack_shapefile(archive: zipfile.ZipFile, shape: str, folder: Path) -> Path:
    """The parts of one shapefile in a zip file, each by its fixed name: the path of its .shp."""
    stem = PurePosixPath(shape.lower()).with_suffix("")
    for item in listed(archive):
        name = PurePosixPath(item.filename.lower())
        if name.with_suffix("") != stem or name.suffix not in _PARTS:
            continue
        start, expected = _PARTS[name.suffix]
        part = archive.read(item)
        if not start.match(part):
            raise UnreadableFile(f"{name.name} in the zip file is not {expected}: it is refused.")
        (folder / f"features{name.suffix}").write_bytes(part)
    return folder / "features.shp"


def _check_tables(path: Path) -> None:
    """Refuse a GeoPackage with a virtual table, which runs code of the file's own."""
    if any(_VIRTUAL.match(sql) and not _RTREE.search(sql) for _, _, sql in _schema(path)):
        raise UnreadableFile(
            "The GeoPackage holds a virtual table, which may read other files: a GeoPackage of plain tables "
            "is expected."
        )


def _plain_tables(path: Path, layers: Iterable[str]) -> list[str]:
    """The layers of a GeoPackage that are stored: a view runs code of the file's own."""
    stored = {name for name, kind, _ in _schema(path) if kind == "table"}
    if found := [str(layer) for layer in layers if layer in stored]:
        return found
    raise UnreadableFile("The GeoPackage holds no features in a plain table, as is expected.")


def _schema(path: Path) -> list[tuple[str, str, str]]:
    """(name, kind, SQL) of everything that a GeoPackage holds."""
    with closing(sqlite3.connect(path)) as database:
        try:
            return database.execute("SELECT name, type, coalesce(sql, '') FROM sqlite_master").fetchall()
        except sqlite3.Error as error:
            raise ValueError(str(error)) from error


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
    """The text of a value, without halves of characters (lone surrogates), which no table may hold."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
