"""Code tables of the doctrine (grading, judgement, trade, networks, tasking, retention, products), read from
`data/codes/*.toml`, which a force may replace."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from analytics.reference import reference_file

FOLDER = reference_file("codes")
_CORE = ("code", "label", "note", "source", "check")


@dataclass(frozen=True)
class Entry:
    """One code. `check` marks what comes from general knowledge of practice and wants comparing with the
    force's manual; `more` holds the table's own fields (a range in per cent, a period in years, a
    mapping)."""

    code: str
    label: str
    source: str
    check: bool
    note: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}: {self.label}"


@dataclass(frozen=True)
class CodeTable:
    """Entries in their order; `maps_to` names the table to whose codes each entry is read across, if any."""

    name: str
    title: str
    maps_to: str | None
    entries: tuple[Entry, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(entry.code for entry in self.entries)

    def __getitem__(self, code: str) -> Entry:
        """The entry of a code. Raises KeyError, naming the table, where there is none."""
        for entry in self.entries:
            if entry.code == code:
                return entry
        raise KeyError(f"{self.title} has no code {code!r}; it has {', '.join(self.codes)}.")


@cache
def code_tables(folder: Path = FOLDER) -> dict[str, CodeTable]:
    """Every table of every file in `folder` by name.

    Raises ValueError, naming file and table, for a name or a code used twice, an entry without code, label or
    source, or a mapping to what does not exist.
    """
    tables: dict[str, CodeTable] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, raw in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in tables:
                raise ValueError(f"{path.name}: the table {name} is defined twice.")
            tables[name] = _table(f"{path.name}, {name}", name, raw)
    for name, table in tables.items():
        target = tables.get(table.maps_to) if table.maps_to else None
        if table.maps_to and target is None:
            raise ValueError(f"{name} maps to {table.maps_to}, which is no table.")
        for entry in table.entries if target else ():
            if entry.more.get("maps_to") not in target.codes:
                raise ValueError(f"{name}, {entry.code}: maps to no code of {table.maps_to}.")
    return tables


def code_table(name: str) -> CodeTable:
    """One of the shipped tables. Raises KeyError where there is none of that name."""
    return code_tables()[name]


def _table(where: str, name: str, raw: dict[str, Any]) -> CodeTable:
    entries = []
    for item in raw.get("entries", []):
        item = {"source": raw.get("source", ""), "check": raw.get("check", False)} | item
        missing = [key for key in ("code", "label", "source") if not item.get(key)]
        if missing:
            raise ValueError(f"{where}: an entry has no {' and no '.join(missing)}.")
        core = {key: item[key] for key in _CORE if key in item}
        entries.append(Entry(**core, more={key: value for key, value in item.items() if key not in _CORE}))
    codes = [entry.code for entry in entries]
    if not codes or len(set(codes)) < len(codes):
        raise ValueError(f"{where}: it has no entries, or one code twice.")
    return CodeTable(name, raw.get("title", name), raw.get("maps_to"), tuple(entries))
