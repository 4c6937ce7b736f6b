"""A small OpenStreetMap extract made by the test: nodes, ways and tags as the binary format has them.

https://wiki.openstreetmap.org/wiki/PBF_Format: plain nodes (no dense ones), one block."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

Tags = Mapping[str, str]
Point = tuple[float, float]


def write_extract(
    path: Path,
    points: Sequence[tuple[Point, Tags]] = (),
    lines: Sequence[tuple[Sequence[Point], Tags]] = (),
    *,
    bounds: tuple[float, float, float, float] | None = None,
    dated: int | None = None,
    features: Sequence[str] = ("OsmSchema-V0.6",),
) -> Path:
    """Points and lines (longitude, latitude) with their tags; a line that ends where it began is closed.
    Lines that share a point share its node, as streets do where they meet."""
    nodes: dict[Point, int] = {}
    texts: dict[str, int] = {"": 0}
    tagged = {at: tags for at, tags in points}
    for at in [*tagged, *(at for line, _ in lines for at in line)]:
        nodes.setdefault(at, len(nodes) + 1)
    node_group, way_group = b"", b""
    for (lon, lat), number in nodes.items():
        keys, values = _tags(tagged.get((lon, lat), {}), texts)
        where = _number(8, _zigzag(round(lat * 1e7))) + _number(9, _zigzag(round(lon * 1e7)))
        node_group += _bytes(1, _number(1, _zigzag(number)) + keys + values + where)
    for number, (line, tags) in enumerate(lines, start=1):
        keys, values = _tags(tags, texts)
        ids = [nodes[at] for at in line]
        steps = b"".join(_varint(_zigzag(b - a)) for a, b in zip([0, *ids], ids, strict=False))
        way_group += _bytes(3, _number(1, number) + keys + values + _bytes(8, steps))
    table = b"".join(_bytes(1, text.encode()) for text in texts)
    header = b"".join(_bytes(4, feature.encode()) for feature in features)
    if bounds is not None:
        west, south, east, north = (_zigzag(round(side * 1e9)) for side in bounds)
        header = (
            _bytes(1, _number(1, west) + _number(2, east) + _number(3, north) + _number(4, south)) + header
        )
    if dated is not None:
        header += _number(32, dated)
    path.write_bytes(
        _blob("OSMHeader", header)
        + _blob("OSMData", _bytes(1, table) + _bytes(2, node_group) + _bytes(2, way_group))
    )
    return path


def _blob(kind: str, content: bytes) -> bytes:
    blob = _number(2, len(content)) + _bytes(3, zlib.compress(content))
    head = _bytes(1, kind.encode()) + _number(3, len(blob))
    return struct.pack(">I", len(head)) + head + blob


def _tags(tags: Tags, texts: dict[str, int]) -> tuple[bytes, bytes]:
    for text in (*tags, *tags.values()):
        texts.setdefault(text, len(texts))
    keys, values = (b"".join(_varint(texts[text]) for text in part) for part in (tags, tags.values()))
    return (_bytes(2, keys), _bytes(3, values)) if tags else (b"", b"")


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _zigzag(value: int) -> int:
    return value * 2 if value >= 0 else -value * 2 - 1


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
