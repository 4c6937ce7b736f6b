"""Map files (OpenStreetMap extracts, MBTiles, PMTiles), each read in a process of its own."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from analytics.formats.apart import Parser, parse_apart
from analytics.formats.header import UnreadableFile
from analytics.formats.map_header import Bounds, MapHeader
from analytics.formats.readers import failures_in_words

MAX_BYTES = 1 << 30
_ADVICE = "Take the extract of the city or county alone, or a smaller extent."
_SMALL = 16 << 20  # bytes; all layers of a smaller file are read in one process
_DESCRIBE, _READ = (
    Parser(f"map_features:{function}", "map", _ADVICE, memory=3 << 30)
    for function in ("describe_map", "read_map_layers")
)


@dataclass(frozen=True)
class MapFile:
    """A map that can be read: what it says of itself, and the names of its layers."""

    path: Path
    header: MapHeader
    layers: tuple[str, ...]


@dataclass(frozen=True)
class MapFeatures:
    """Rows of role, kind, name, level, geometry (WKB, WGS 84); by role, how many lay outside the extent, and
    how many had no shape that can be used."""

    table: pa.Table
    outside: Counter[str]
    unusable: Counter[str]


def open_map(path: Path) -> MapFile:
    """Raises UnreadableFile, with the reason in the user's words."""
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path.name}.")
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile("The file is empty.")
    if size > MAX_BYTES:
        raise UnreadableFile(f"The map is larger than {MAX_BYTES >> 30} GB. {_ADVICE}")
    with failures_in_words("a map"):
        table = parse_apart(_DESCRIBE, path).table()
        stated = json.loads((table.schema.metadata or {})[b"header"])
        bounds = tuple(stated.pop("bounds") or ()) or None
        return MapFile(path, MapHeader(bounds=bounds, **stated), tuple(table.column("layer").to_pylist()))


def part_layers(file: MapFile, layers: Sequence[str]) -> list[list[str]]:
    """Which layers are read at once: those of a large file one by one, each with memory of its own."""
    return [list(layers)] if file.path.stat().st_size < _SMALL else [[layer] for layer in layers]


def read_map_features(
    file: MapFile,
    layers: Sequence[str],
    rules: Mapping[str, Sequence[Mapping[str, object]]],
    names: Sequence[str],
    bounds: Bounds,
    maximum: int,
) -> MapFeatures:
    """What the rules take of these layers: see `map_features.read_map_layers`. Raises UnreadableFile."""
    with failures_in_words("a map"):
        table = parse_apart(
            _READ, file.path, layers=layers, rules=rules, names=names, bounds=bounds, maximum=maximum
        ).table()
        left_out = json.loads((table.schema.metadata or {})[b"left out"])
    outside, unusable = (Counter(left_out[why]) for why in ("outside", "unusable"))
    return MapFeatures(table.replace_schema_metadata(None), outside, unusable)


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
