"""Code tables of the doctrine (grading, judgement, trade, networks, tasking, retention, products), read from
`data/codes/*.toml`, which a force may replace."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, InvalidFile, Text, find_repeated, read_toml

FOLDER = reference_file("codes")


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


class _EntryInFile(FileModel):
    """An entry as its file has it; keys beside these are the table's own. Without a source of its own it has
    the table's."""

    model_config = ConfigDict(extra="allow")

    code: Text
    label: Text
    note: str = ""
    source: str = ""
    check: bool | None = None


class _TableInFile(FileModel):
    title: str = ""
    source: str = ""
    check: bool = False
    maps_to: str | None = None
    entries: tuple[_EntryInFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def check_entries(self) -> Self:
        if repeated := find_repeated(entry.code for entry in self.entries):
            raise ValueError(f"the code {repeated[0]} occurs twice")
        for entry in self.entries:
            if not (entry.source or self.source):
                raise ValueError(f"neither the table nor its entry {entry.code} has a source")
        return self


@cache
def code_tables(folder: Path = FOLDER) -> dict[str, CodeTable]:
    """Every table of every file in `folder` by name.

    Raises InvalidFile for a name or a code used twice, an entry without code, label or source, or a mapping
    to what does not exist.
    """
    tables: dict[str, CodeTable] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, raw in read_toml(path, dict[str, _TableInFile]).items():
            if name in tables:
                raise InvalidFile(path.name, [f"the table {name} is defined twice"])
            tables[name] = _table(name, raw)
    for name, table in tables.items():
        if table.maps_to is None:
            continue
        if table.maps_to not in tables:
            raise InvalidFile(folder.name, [f"{name} maps to {table.maps_to}, which is no table"])
        for entry in table.entries:
            if entry.more.get("maps_to") not in tables[table.maps_to].codes:
                raise InvalidFile(folder.name, [f"{name}, {entry.code} maps to no code of {table.maps_to}"])
    return tables


def code_table(name: str) -> CodeTable:
    """One of the shipped tables. Raises KeyError where there is none of that name."""
    return code_tables(FOLDER)[name]


def _table(name: str, table: _TableInFile) -> CodeTable:
    entries = tuple(
        Entry(
            entry.code,
            entry.label,
            entry.source or table.source,
            table.check if entry.check is None else entry.check,
            entry.note,
            entry.model_extra or {},
        )
        for entry in table.entries
    )
    return CodeTable(name, table.title or name, table.maps_to, entries)
