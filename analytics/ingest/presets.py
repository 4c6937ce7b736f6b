"""Files of known portals, banks and sites, recognised by their columns: `data/presets.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import Field, model_validator

from analytics.ingest.kinds import KINDS
from analytics.ingest.roles import plain
from analytics.reference import reference_file
from analytics.shared.schema import FileModel, read_toml

PRESETS_FILE = reference_file("presets.toml")
_OLD_ROLES = ("start", "end", "category", "longitude", "latitude", "place", "reference")


class Preset(FileModel):
    """A known file of a kind: the columns it is recognised by, and the fields of its mapping. `columns`: by
    role, the columns that may have it; of a role that one column has, the first that a file has is taken.
    `categories`: what other files of the same supplier call a category, by what this one does."""

    name: str = Field(min_length=1)
    kind: str
    recognised_by: list[str] = Field(min_length=1)
    columns: dict[str, list[str]] = Field(min_length=1)
    time_format: str | None = None
    time_zone: str | None = None
    epsg: int | None = None
    category: str | None = None
    currency: str | None = None
    step_hours: float | None = Field(default=None, gt=0)
    categories: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _upgrade(cls, values: Any) -> Any:
        """A preset of before, when all were of incidents and named a column by its role."""
        if not isinstance(values, dict) or "columns" in values or "kind" in values:
            return values
        roles = {role: values[role] for role in _OLD_ROLES if values.get(role)}
        columns = {
            "time" if role == "start" else role: [names] if isinstance(names, str) else names
            for role, names in roles.items()
        }
        new_names = {"start_format": "time_format", "category_constant": "category"}
        rest = {new_names.get(key, key): value for key, value in values.items() if key not in _OLD_ROLES}
        return rest | {"kind": "incident", "columns": columns}

    @model_validator(mode="after")
    def _check(self) -> Preset:
        kind = KINDS.get(self.kind)
        if kind is None:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, not {self.kind!r}")
        if unknown := [role for role in self.columns if not kind.has(role)]:
            known = ", ".join(role.name for role in kind.roles)
            raise ValueError(f"a column of a file of {kind.plural} cannot be {unknown[0]!r}, only {known}")
        return self

    def columns_of(self, names: list[str]) -> dict[str, tuple[str, ...]]:
        """By role, the columns of a file that have it."""
        own = {plain(name): name for name in reversed(names)}
        several = {role.name for role in KINDS[self.kind].roles if role.several}
        found = {
            role: tuple(own[name] for name in wanted if name in own) for role, wanted in self.columns.items()
        }
        taken = {role: names if role in several else names[:1] for role, names in found.items() if names}
        if "attribute" in self.columns:
            used = {name for role, names in taken.items() for name in names if role != "attribute"}
            kept = (name for name in taken.get("attribute", ()) if name not in used)
            taken["attribute"] = tuple(kept)
        return taken


class PresetFile(FileModel):
    """The whole of `data/presets.toml`."""

    preset: tuple[Preset, ...]


@cache
def presets() -> tuple[Preset, ...]:
    """Every preset, in the order in which they are tried."""
    return read_toml(PRESETS_FILE, PresetFile).preset


def find_preset(columns: list[str], kind: str) -> Preset | None:
    """The first preset of a kind that recognises these columns, or None."""
    own = {plain(column) for column in columns}
    known = (preset for preset in presets() if preset.kind == kind)
    return next((preset for preset in known if own >= set(preset.recognised_by)), None)
