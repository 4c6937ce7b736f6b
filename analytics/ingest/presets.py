"""Files of known portals, recognised by their columns: `data/presets.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

from analytics.reference import reference_file

_ROLES = ("start", "end", "category", "longitude", "latitude", "place", "reference")
PRESETS_FILE = reference_file("presets.toml")


@cache
def presets() -> tuple[dict[str, Any], ...]:
    """Every preset in order: its name, `recognised_by` and the fields of a mapping."""
    return tuple(tomllib.loads(PRESETS_FILE.read_text(encoding="utf-8"))["preset"])


def find_preset(columns: list[str]) -> dict[str, Any] | None:
    """The first preset that recognises these columns, with the file's own names in place of its own; or None.

    `place` is the first of the preset's columns that the file has; a role the file does not fill is None.
    """
    own = {plain(column): column for column in reversed(columns)}
    for preset in presets():
        if own.keys() >= set(preset["recognised_by"]):
            roles = {role: _named(preset.get(role), own) for role in _ROLES}
            return preset | roles | {"place": next(iter(roles["place"] or ()), None)}
    return None


def plain(name: str) -> str:
    """A column name without what differs between one download and the next."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _named(wanted: str | list[str] | None, own: dict[str, str]) -> str | list[str] | None:
    if isinstance(wanted, list):
        return [own[name] for name in wanted if name in own]
    return own.get(wanted)
