"""What a map file says of itself before its features are read: its kind, extent, date and attribution."""

from __future__ import annotations

import gzip
import html
import json
import re
import sqlite3
import struct
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analytics.formats.header import UnreadableFile

OSM, TILES = "osm", "tiles"
_OPENSTREETMAP = "© OpenStreetMap contributors"
_MAX_HEADER, _MAX_JSON = 1 << 16, 8 << 20  # bytes
_SQLITE, _PMTILES = b"SQLite format 3\x00", b"PMTiles"
_OSM_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?(?:\s|<!--(?>.*?-->))*+<osm[\s>]", re.DOTALL)
_BOUNDS = re.compile(
    rb"<bounds\b"
    + b"".join(
        rb"(?=[^>]*\b%s=[\"'](-?[\d.]+)[\"'])" % key for key in (b"minlon", b"minlat", b"maxlon", b"maxlat")
    )
)
_VIRTUAL = re.compile(r"\s*CREATE\s+(?:VIRTUAL|TRIGGER|TEMP\w*\s+TRIGGER)\s", re.IGNORECASE)
_PICTURES = ("png", "jpg", "jpeg", "webp", "avif")
_RASTER = (
    "The file holds pictures of a map ({kind}), not its streets: it can name no place and is not read. "
    "Export vector tiles (pbf, MVT), or take the OpenStreetMap extract (.osm.pbf) of the city."
)
_NO_MAP = (
    "This is no map that is known here. Known: an OpenStreetMap extract (.osm.pbf or .osm), and vector tiles "
    "as MBTiles or PMTiles. Streets or water as GeoPackage, GeoJSON or shapefile are one layer: say which."
)
Bounds = tuple[float, float, float, float]  # west, south, east, north in degrees


@dataclass(frozen=True)
class MapHeader:
    """`kind` is OSM or TILES, `suffix` what GDAL knows the format by. `bounds` and `dated`, the day of the
    data (ISO), where the file states them. `attribution` is plain text."""

    kind: str
    format: str
    suffix: str
    bounds: Bounds | None = None
    dated: str | None = None
    attribution: str = ""


def read_map_header(path: Path) -> MapHeader:
    """Raises UnreadableFile where it is no map, or one that is not read."""
    with path.open("rb") as file:
        head = file.read(_MAX_HEADER)
    if head[:16] == _SQLITE:
        return _mbtiles(path)
    if head[:7] == _PMTILES:
        return _pmtiles(path, head)
    if b"OSMHeader" in head[:64]:
        return _osm_binary(path)
    if _OSM_TEXT.match(head):
        return _osm_text(head)
    if head[:3] == b"BZh" or head[:2] == b"\x1f\x8b":
        raise UnreadableFile(
            "The map is compressed: unpack it first, or take the .osm.pbf of the same place."
        )
    raise UnreadableFile(_NO_MAP)


def _osm_text(head: bytes) -> MapHeader:
    found = _BOUNDS.search(head)
    bounds = _on_earth(*(float(text) for text in found.groups())) if found else None
    dated = re.search(rb"<meta\b[^>]*\bosm_base=[\"'](\d{4}-\d\d-\d\d)", head)
    return MapHeader(
        OSM, "OpenStreetMap XML", ".osm", bounds, dated and dated[1].decode() or None, _OPENSTREETMAP
    )


def _osm_binary(path: Path) -> MapHeader:
    """The header block of an extract: https://wiki.openstreetmap.org/wiki/PBF_Format."""
    with path.open("rb") as file:
        (length,) = struct.unpack(">I", _exactly(file.read(4), 4))
        if length > _MAX_HEADER:
            raise UnreadableFile("The OpenStreetMap extract is damaged: its first block has no header.")
        blob_header = dict(_fields(_exactly(file.read(length), length)))
        size = blob_header.get(3, 0)
        if not isinstance(size, int) or size > _MAX_JSON:
            raise UnreadableFile("The OpenStreetMap extract is damaged: its header is too large.")
        blob = dict(_fields(_exactly(file.read(size), size)))
    packed, plain = blob.get(3), blob.get(1)
    if isinstance(packed, bytes):
        plain = zlib.decompressobj().decompress(packed, _MAX_JSON)
    if not isinstance(plain, bytes):
        raise UnreadableFile("The OpenStreetMap extract is compressed in a way that is not read (zlib is).")
    bounds, dated = None, None
    for number, value in _fields(plain):
        if number == 4 and value == b"HistoricalInformation":
            raise UnreadableFile(
                "This is a file of the history of a map: take the extract of its present state."
            )
        if number == 1 and isinstance(value, bytes):
            sides = {side: _signed(raw) * 1e-9 for side, raw in _fields(value) if isinstance(raw, int)}
            bounds = _on_earth(sides.get(1, 999), sides.get(4, 999), sides.get(2, 999), sides.get(3, 999))
        if number == 32 and isinstance(value, int) and value < 1 << 33:
            dated = datetime.fromtimestamp(value, UTC).date().isoformat()
    return MapHeader(OSM, "OpenStreetMap extract", ".osm.pbf", bounds, dated, _OPENSTREETMAP)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protocol buffer message. Raises ValueError where it is damaged."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        size, at = _varint(message, at) if kind == 2 else ({1: 8, 5: 4}.get(kind, -1), at)
        if size < 0 or at + size > len(message):
            raise ValueError("the header is cut short")
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("the header is cut short")


def _signed(value: int) -> int:
    """A number of protocol buffers' zigzag form."""
    return (value >> 1) ^ -(value & 1)


def _mbtiles(path: Path) -> MapHeader:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        try:
            schema = dict(database.execute("SELECT name, coalesce(sql, '') FROM sqlite_master"))
            if not {"tiles", "metadata"} <= set(schema):
                raise UnreadableFile(_NO_MAP)
            if any(_VIRTUAL.match(sql) for sql in schema.values()):
                raise UnreadableFile(
                    "The MBTiles file holds a virtual table or a trigger, which may read other files: it is "
                    "refused."
                )
            stated = dict(database.execute("SELECT name, substr(value, 1, 1000) FROM metadata LIMIT 200"))
            ((start,),) = database.execute(
                "SELECT substr(tile_data, 1, 4) FROM tiles LIMIT 1"
            ).fetchall() or [(b"",)]
        except sqlite3.Error as error:
            raise ValueError(str(error)) from error
    kind = str(stated.get("format", "")).lower()
    if kind in _PICTURES or start[:4] in (b"\x89PNG", b"RIFF") or start[:2] == b"\xff\xd8":
        raise UnreadableFile(_RASTER.format(kind=f"MBTiles of {kind or 'pictures'}"))
    sides = [_number(text) for text in str(stated.get("bounds", "")).split(",")]
    return MapHeader(
        TILES,
        "MBTiles",
        ".mbtiles",
        _on_earth(*sides) if len(sides) == 4 else None,
        attribution=as_plain_text(str(stated.get("attribution") or "")),
    )


def _pmtiles(path: Path, head: bytes) -> MapHeader:
    """Version 3: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md."""
    if len(head) < 127 or head[7] != 3:
        raise UnreadableFile("The PMTiles file is of a version that is not read: version 3 is.")
    offset, length = struct.unpack_from("<QQ", head, 24)
    packing, tile_packing, kind = head[97], head[98], head[99]
    if kind != 1:
        named = {2: "png", 3: "jpg", 4: "webp", 5: "avif"}.get(kind, "another kind")
        raise UnreadableFile(_RASTER.format(kind=f"PMTiles of {named}"))
    if packing > 2 or tile_packing > 2:
        raise UnreadableFile("The PMTiles file is compressed in a way that is not read: gzip is.")
    bounds = _on_earth(*(side / 1e7 for side in struct.unpack_from("<iiii", head, 102)))
    stated: object = {}
    if 0 < length <= _MAX_JSON:
        with path.open("rb") as file:
            file.seek(offset)
            text = file.read(length)
        stated = json.loads(_unpacked(text) if packing == 2 else text)
    attribution = str(stated.get("attribution") or "") if isinstance(stated, dict) else ""
    return MapHeader(TILES, "PMTiles", ".pmtiles", bounds, attribution=as_plain_text(attribution))


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(data, _MAX_JSON)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(str(error)) from error


def as_plain_text(markup: str) -> str:
    """An attribution without its links: it is shown as text, never as markup."""
    text = html.unescape(re.sub(r"<[^<>]*>", " ", markup[:1000]))
    return re.sub(r"[\s<>]+", " ", text).strip()[:300]


def _on_earth(west: float, south: float, east: float, north: float) -> Bounds | None:
    sound = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if sound else None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _exactly(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise UnreadableFile("The OpenStreetMap extract is cut short.")
    return data
