"""Files of known portals, recognised by their columns: `data/presets.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import Field

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, read_toml

_ROLES = ("start", "end", "category", "longitude", "latitude", "place", "reference")
PRESETS_FILE = reference_file("presets.toml")


class Preset(FileModel):
    """A portal's file: the columns it is recognised by, and the fields of its mapping. `place`: the columns
    that may say where, of which the first that a file has is taken."""

    name: str = Field(min_length=1)
    recognised_by: tuple[str, ...] = Field(min_length=1)
    start: tuple[str, ...] = Field(min_length=1)
    start_format: str | None = None
    end: tuple[str, ...] | None = None
    category: str | None = None
    category_constant: str | None = None
    longitude: str | None = None
    latitude: str | None = None
    epsg: int | None = None
    place: tuple[str, ...] | None = None
    reference: str | None = None
    time_zone: str


class PresetFile(FileModel):
    """The whole of `data/presets.toml`."""

    preset: tuple[Preset, ...]


@cache
def presets() -> tuple[Preset, ...]:
    """Every preset, in the order in which they are tried."""
    return read_toml(PRESETS_FILE, PresetFile).preset


def find_preset(columns: list[str]) -> dict[str, Any] | None:
    """The first preset that recognises these columns, with the file's own names in place of its own; or None.

    `place` is the first of the preset's columns that the file has; a role the file does not fill is None.
    """
    own = {plain(column): column for column in reversed(columns)}
    for preset in presets():
        if own.keys() >= set(preset.recognised_by):
            roles = {role: _named(getattr(preset, role), own) for role in _ROLES}
            return preset.model_dump() | roles | {"place": next(iter(roles["place"] or ()), None)}
    return None


def plain(name: str) -> str:
    """A column name without what differs between one download and the next."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _named(wanted: str | tuple[str, ...] | None, own: dict[str, str]) -> str | tuple[str, ...] | None:
    if isinstance(wanted, tuple):
        return tuple(own[name] for name in wanted if name in own)
    return own.get(wanted) if wanted else None
