"""The features of a map file that a base map needs: streets, water and the like, sorted by given rules.

Runs in the parser's process. GDAL reads OpenStreetMap extracts, MBTiles and PMTiles; features come batch by
batch, so that memory keeps to what is taken."""

from __future__ import annotations

import json
import shutil
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TypedDict

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio import _err
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import Transformer

from analytics.formats.gdal import restrict_gdal
from analytics.formats.header import UnreadableFile
from analytics.formats.map_header import OSM, Bounds, MapHeader, read_map_header
from analytics.formats.parsed import ParsedFile

_BATCH = 20_000
_MARGIN = 0.01  # degrees about points: a street may reach a little beyond them
_MAX_NAME = 200  # characters
_DRIVERS = {  # those that GDAL needs for each format; MBTiles is a database of tiles
    ".osm": frozenset({"OSM"}),
    ".osm.pbf": frozenset({"OSM"}),
    ".mbtiles": frozenset({"MBTiles", "MVT", "SQLite"}),
    ".pmtiles": frozenset({"PMTiles", "MVT"}),
}
_LEVEL = ("layer", "bridge", "tunnel", "brunnel")
_NO = ("", "no", "false", "0")
_REFERRED_TO_BY_NUMBER = ("motorway", "trunk", "primary", "secondary")
_LINES, _AREAS, _POINTS = 1, 2, 0
_DIMENSIONS = {  # what each role is made of; an area that is to be a point becomes one
    "street": (_LINES,),
    "street label": (_LINES,),
    "path": (_LINES,),
    "rail": (_LINES,),
    "coast": (_LINES,),
    "water": (_LINES, _AREAS),
    "green": (_AREAS,),
    "building": (_AREAS,),
    "place": (_POINTS, _AREAS),
    "poi": (_POINTS,),
}
_SCHEMA = pa.schema(
    [
        ("role", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("level", pa.int8()),
        ("geometry", pa.binary()),
    ]
)


class FeatureRule(TypedDict, total=False):
    """Which features of a layer get a role, and of what kind they are: see data/basemap.toml."""

    role: str
    key: str
    kinds: dict[str, str]
    kind: str
    where: dict[str, list[str]]
    unless: dict[str, list[str]]
    named: bool


def describe_map(path: Path) -> ParsedFile:
    """The layers of a map as rows, its header as metadata of the schema; an OpenStreetMap extract that does
    not state its bounds has those of its points. Raises UnreadableFile."""
    header = read_map_header(path)
    try:
        layers = [str(name) for name in pyogrio.list_layers(_linked(path, header))[:, 0]]
    except (DataSourceError, DataLayerError) as error:
        raise _plain(error) from error
    if header.bounds is None and header.kind == OSM:
        header = replace(header, bounds=_measure_points(path, header))
    table = pa.table({"layer": pa.array(layers, pa.string())})
    return ParsedFile.from_table(table.replace_schema_metadata({"header": json.dumps(asdict(header))}))


def read_map_layers(
    path: Path,
    layers: Sequence[str],
    rules: Mapping[str, Sequence[FeatureRule]],
    names: Sequence[str],
    bounds: Bounds,
    maximum: int,
) -> ParsedFile:
    """The features of some layers that one of their rules takes: role, kind, name, level (0 is the ground),
    WKB in WGS 84.

    `rules` are those of every layer of such a file. Only what reaches into `bounds` (degrees) is taken, and
    cut there. The schema's metadata count what is left out, by role. Raises UnreadableFile beyond `maximum`
    features of a layer."""
    header = read_map_header(path)
    left_out = _LeftOut()
    tables = []
    for layer in layers:
        taken = 0
        for batch, geometry, to_degrees in _batches(path, header, layer, rules, bounds):
            columns = _Columns(batch, geometry, names)
            found = _take(columns, _sort(columns, rules[layer]), geometry, to_degrees, bounds, left_out)
            tables += found
            taken += sum(table.num_rows for table in found)
            if taken > maximum:
                raise UnreadableFile(
                    f"The map holds more than {maximum:,} features in its layer {layer!r}. Choose a smaller "
                    "extent, fewer layers, or the extract of the city alone."
                )
    table = pa.concat_tables(tables) if tables else _SCHEMA.empty_table()
    return ParsedFile.from_table(table.replace_schema_metadata({"left out": json.dumps(vars(left_out))}))


@dataclass
class _LeftOut:
    """By role, how many features lie outside the extent, and how many have no shape that can be used."""

    outside: Counter[str] = field(default_factory=Counter)
    unusable: Counter[str] = field(default_factory=Counter)


def _take(
    columns: _Columns,
    roles: Mapping[str, np.ndarray],
    geometry: str,
    to_degrees: Transformer | None,
    bounds: Bounds,
    left_out: _LeftOut,
) -> list[pa.Table]:
    """A table for each role of the features of a batch that lie within the bounds."""
    has_role = [kinds != "" for kinds in roles.values()]
    rows = np.flatnonzero(np.any(has_role, axis=0)) if has_role else np.array([], dtype=np.int64)
    if not len(rows):
        return []
    shapes = np.full(columns.number, None, dtype=object)
    shapes[rows] = _shapes(columns.wkb(geometry, rows), to_degrees)
    tables = []
    for role, kinds in roles.items():
        here = np.flatnonzero(kinds != "")
        ready = _ready(shapes[here], role)
        usable = ~shapely.is_missing(ready)
        within = usable & shapely.intersects(ready, shapely.box(*bounds))
        left_out.unusable[role] += int((~usable).sum())
        left_out.outside[role] += int((usable & ~within).sum())
        here, ready = here[within], _cut(ready[within], bounds)
        tables.append(_table(role, kinds[here], columns, here, ready))
    return tables


def _measure_points(path: Path, header: MapHeader) -> Bounds | None:
    """A little more than the bounds of the points of an extract, None where it has none."""
    found = []
    for batch, geometry, to_degrees in _batches(path, header, "points", {}, None):
        bounds = shapely.total_bounds(_shapes(batch.column(geometry), to_degrees))
        if np.isfinite(bounds).all():
            found.append(bounds)
    if not found:
        return None
    west, south = np.min(found, axis=0)[:2] - _MARGIN
    east, north = np.max(found, axis=0)[2:] + _MARGIN
    return float(west), max(float(south), -90.0), float(east), min(float(north), 90.0)


class _Columns:
    """The columns of text of a batch, each made when it is asked for."""

    def __init__(self, batch: pa.RecordBatch, geometry: str, names: Sequence[str]):
        self._batch = batch
        self._texts: dict[str, np.ndarray] = {}
        self._known = {name for name in batch.schema.names if name != geometry}
        self._names = [name for name in names if name in self._known]

    def __contains__(self, name: str) -> bool:
        return name in self._known

    @property
    def number(self) -> int:
        return int(self._batch.num_rows)

    def wkb(self, geometry: str, rows: np.ndarray) -> pa.Array:
        """The shapes of some rows as they come."""
        return self._batch.column(geometry).take(pa.array(rows))

    def texts(self, name: str) -> np.ndarray:
        """The texts of a column, '' where there is none or the layer has no such column."""
        if name not in self._texts:
            if name in self._known:
                column = self._batch.column(name).cast(pa.string()).cast(pa.binary()).to_pylist()
                texts = [value.decode("utf-8", "replace").strip() if value else "" for value in column]
            else:
                texts = [""] * self._batch.num_rows
            self._texts[name] = np.array(texts, dtype=object)
        return self._texts[name]

    def names(self) -> np.ndarray:
        """The first name that each feature has."""
        named = self.texts("name")
        for name in self._names:
            named = np.where(named == "", self.texts(name), named)
        return named

    def levels(self) -> np.ndarray:
        """The layer that a feature states, else 1 on a bridge and -1 in a tunnel, else 0: the ground."""
        layer, bridge, tunnel, either = (self.texts(name) for name in _LEVEL)
        above = ~np.isin(bridge, _NO) | (either == "bridge")
        below = ~np.isin(tunnel, _NO) | (either == "tunnel")
        assumed = above.astype(np.int8) - below.astype(np.int8)
        stated = [
            int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 4 else None
            for text in layer
        ]
        return np.array(
            [
                known if level is None else max(-9, min(9, level))
                for level, known in zip(stated, assumed, strict=True)
            ],
            dtype=np.int8,
        )


def _sort(columns: _Columns, rules: Sequence[FeatureRule]) -> dict[str, np.ndarray]:
    """By role the kind of each feature of a batch, '' where it has not that role."""
    roles: dict[str, np.ndarray] = {}
    for rule in rules:
        key = rule.get("key")
        if key is not None and key not in columns:
            continue
        names = columns.names()
        if key is None:
            kinds = np.full(len(names), rule.get("kind", ""), dtype=object)
        elif "kinds" in rule:
            known = rule["kinds"]
            kinds = np.array([known.get(text, "") for text in columns.texts(key)], dtype=object)
        else:
            kinds = np.where(np.isin(columns.texts(key), _NO), "", columns.texts(key))
        for name, values in rule.get("where", {}).items():
            kinds = np.where(np.isin(columns.texts(name), values), kinds, "")
        for name, values in rule.get("unless", {}).items():
            kinds = np.where(np.isin(columns.texts(name), values), "", kinds)
        if rule.get("named"):
            kinds = np.where(names == "", "", kinds)
        role = rule["role"]
        roles[role] = np.where(roles[role] == "", kinds, roles[role]) if role in roles else kinds
    return roles


def _shapes(wkb: pa.Array, to_degrees: Transformer | None) -> np.ndarray:
    shapes = np.asarray(
        shapely.from_wkb(wkb.to_numpy(zero_copy_only=False), on_invalid="ignore"), dtype=object
    )
    bounds = shapely.bounds(shapes)
    shapes[~np.isfinite(bounds).all(axis=1)] = None
    if to_degrees is not None:
        shapes = shapely.transform(shapes, to_degrees.transform, interleaved=False)
    west, south, east, north = shapely.bounds(shapes).T
    shapes[~((west >= -180) & (east <= 180) & (south >= -90) & (north <= 90))] = None
    return np.asarray(shapely.force_2d(shapes), dtype=object)


def _ready(shapes: np.ndarray, role: str) -> np.ndarray:
    """The shapes as their role needs them, None where one cannot be used."""
    shapes = shapes.copy()
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    wanted = _DIMENSIONS[role]
    mixed = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    for k in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapes[k])
        parts = parts[np.isin(shapely.get_dimensions(parts), wanted)]
        shapes[k] = shapely.union_all(parts) if len(parts) else None
    if role == "poi":
        areas = shapely.get_dimensions(shapes) > _POINTS
        shapes[areas] = shapely.point_on_surface(shapes[areas])
    shapes[~np.isin(shapely.get_dimensions(shapes), wanted) | shapely.is_empty(shapes)] = None
    return shapes


def _cut(shapes: np.ndarray, bounds: Bounds) -> np.ndarray:
    """Shapes cut at the edge of the extent: what lies beyond may be an ocean."""
    west, south, east, north = shapely.bounds(shapes).T
    beyond = (west < bounds[0]) | (south < bounds[1]) | (east > bounds[2]) | (north > bounds[3])
    cut = shapes.copy()
    cut[beyond] = shapely.intersection(shapes[beyond], shapely.box(*bounds))
    return cut


def _table(role: str, kinds: np.ndarray, columns: _Columns, rows: np.ndarray, shapes: np.ndarray) -> pa.Table:
    names = columns.names()[rows]
    if role == "street":
        numbered = (names == "") & np.isin(kinds, _REFERRED_TO_BY_NUMBER)
        names = np.where(numbered, [_road_number(text) for text in columns.texts("ref")[rows]], names)
    table = pa.table(
        [
            pa.array([role] * len(rows), pa.string()),
            pa.array([kind[:_MAX_NAME] for kind in kinds], pa.string()),
            pa.array([name[:_MAX_NAME] or None for name in names], pa.string()),
            pa.array(columns.levels()[rows], pa.int8()),
            pa.array(shapely.to_wkb(shapes), pa.binary()),
        ],
        schema=_SCHEMA,
    )
    cut_away = shapely.is_empty(shapes) | ~np.isin(shapely.get_dimensions(shapes), _DIMENSIONS[role])
    return table.filter(pa.array(~cut_away)) if cut_away.any() else table


def _road_number(text: str) -> str:
    """The number of a road as a name: 'A1/E4', 'Road 170'."""
    number = "/".join(part.strip() for part in text.split(";") if part.strip())
    return f"Road {number}" if number[:1].isdecimal() else number


def _batches(
    path: Path,
    header: MapHeader,
    layer: str,
    rules: Mapping[str, Sequence[FeatureRule]],
    bounds: Bounds | None,
) -> Iterator[tuple[pa.RecordBatch, str, Transformer | None]]:
    """Features batch by batch, the name of their column of shapes, and what makes degrees of these."""
    file = _linked(path, header)
    options: dict[str, object] = {}
    if header.kind == OSM:
        configuration = Path.cwd() / "osm.ini"
        configuration.write_text(_osm_configuration(rules), encoding="utf-8")
        options["CONFIG_FILE"] = str(configuration)
    elif bounds is not None:  # only the tiles there are read
        to_metres = Transformer.from_crs(4326, 3857, always_xy=True)
        south, north = (max(-85.0, min(85.0, side)) for side in (bounds[1], bounds[3]))
        options["bbox"] = (*to_metres.transform(bounds[0], south), *to_metres.transform(bounds[2], north))
    warnings.simplefilter("ignore")
    try:
        with (
            _err.capture_errors(),
            pyogrio.open_arrow(file, layer=layer, batch_size=_BATCH, **options) as (about, stream),
        ):
            crs = about["crs"] or "EPSG:4326"
            to_degrees = None if crs == "EPSG:4326" else Transformer.from_crs(crs, 4326, always_xy=True)
            geometry = about["geometry_name"] or "wkb_geometry"
            for batch in pa.RecordBatchReader.from_stream(stream):
                yield batch, geometry, to_degrees
            # Where a file is cut short or damaged the stream just ends; what GDAL says of it is here.
            if errors := _err._ERROR_STACK.get():
                raise ValueError(getattr(errors[0], "errmsg", str(errors[0])))
    except (DataSourceError, DataLayerError) as error:
        raise _plain(error) from error


def _linked(path: Path, header: MapHeader) -> Path:
    """The file under a fixed name in the folder of this process, by which GDAL knows its format."""
    needed = _DRIVERS[header.suffix]
    restrict_gdal(needed)
    if missing := needed - set(pyogrio.list_drivers()):
        raise UnreadableFile(
            f"The geographic library that is installed cannot read a map of the format {header.format}: it "
            f"lacks {', '.join(sorted(missing))}. Install pyogrio's own wheel, or take another format."
        )
    link = Path.cwd() / f"map{header.suffix}"
    if not link.exists():
        try:
            link.symlink_to(path)
        except OSError:  # a system where links need a privilege
            shutil.copyfile(path, link)
    return link


def _osm_configuration(rules: Mapping[str, Sequence[FeatureRule]]) -> str:
    """Which tags GDAL reports of an OpenStreetMap extract, and which closed ways are areas: as the rules
    need."""
    areas = []
    for rule in rules.get("multipolygons", ()):
        key = rule["key"]
        areas += [f"{key}={value}" for value in rule["kinds"]] if "kinds" in rule else [key]
    lines = [
        "[general]",
        f"closed_ways_are_polygons={','.join(dict.fromkeys(areas))}",
        "attribute_name_laundering=no",
    ]
    for layer in ("points", "lines", "multipolygons", "multilinestrings", "other_relations"):
        keys = ["name", "ref", *_LEVEL[:3]]
        for rule in rules.get(layer, ()):
            keys += [rule["key"], *rule.get("where", {}), *rule.get("unless", {})]
        lines += [f"[{layer}]", "osm_id=no", f"attributes={','.join(dict.fromkeys(keys))}", "other_tags=no"]
    return "\n".join(lines) + "\n"


def _plain(error: Exception) -> ValueError:
    """GDAL's own words without the name of a file that the user does not know."""
    return ValueError(str(error).replace(f"'{Path.cwd()}/", "'").partition(";")[0])
