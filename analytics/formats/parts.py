"""The tables within one file, listed and chosen from: sheets, layers, folders, lists, files of an archive."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from analytics.formats.header import UnreadableFile, check_width
from analytics.shared.wording import counted

PART_COLUMN = "part of the file"
_BESIDE = re.compile(
    r"outcome|stop.and.search|read.?me|\bnotes?\b|metadata|lookup|codes?\b|dictionary|definition|glossary"
    r"|summary|pivot|contents|cover",
    re.IGNORECASE,
)
RefusedRow = tuple[int, str, str]
"""Row number, reason, the row's text."""
_FEW = 3  # parts named one by one in a note


@dataclass(frozen=True)
class Part:
    """One table within a file. `noun`: what the file's format calls it. `rows`: without the header; of text
    and workbooks blank lines are counted. `shape`: of a layer, the kind of its geometry. `is_read`: whether
    its rows are in the table that was read. `is_hidden`: whoever opens the file does not see it."""

    name: str
    noun: str
    rows: int
    columns: tuple[str, ...]
    shape: str = ""
    is_read: bool = False
    is_hidden: bool = False


@dataclass(frozen=True)
class FileReading:
    """How a file is read, where the user says so. `parts`: the names of those to be read, else the likeliest.
    `header_row`: the row that names the columns, as a spreadsheet counts, 0 where there is none; else found.
    """

    parts: tuple[str, ...] = ()
    header_row: int | None = None


AS_FOUND = FileReading()


def choose_parts(parts: Sequence[Part], wanted: Sequence[str], kind: str) -> list[Part]:
    """All parts, those to be read marked: the wanted; else all that have the columns of the largest, or of
    boundaries every layer of areas. Raises UnreadableFile where a wanted part is not there."""
    if not wanted:
        chosen = {part.name for part in _likeliest(parts, kind)}
    elif missing := [name for name in wanted if name not in {part.name for part in parts}]:
        raise UnreadableFile(
            f"The file has no {parts[0].noun if parts else 'part'} {missing[0]!r}. It has: "
            f"{list_parts(parts)}."
        )
    else:
        chosen = set(wanted)
    return [replace(part, is_read=part.name in chosen) for part in parts]


def _likeliest(parts: Sequence[Part], kind: str) -> Sequence[Part]:
    filled = [part for part in parts if part.rows] or list(parts[:1])
    filled = [part for part in filled if not part.is_hidden] or filled
    if any(part.shape for part in filled):
        suits = "polygon|unknown|collection|curve|surface" if kind == "boundary" else "point|unknown"
        filled = [part for part in filled if re.search(suits, part.shape, re.IGNORECASE)] or filled
        if kind == "boundary":
            return [part for part in filled if part.shape]
    groups: dict[frozenset[str], list[Part]] = defaultdict(list)
    for part in filled:
        groups[frozenset(name.lower() for name in part.columns)].append(part)

    def size(group: list[Part]) -> tuple[bool, int]:
        cells = sum(part.rows * len(part.columns) for part in group)
        return not all(_BESIDE.search(part.name) for part in group), cells

    return max(groups.values(), key=size, default=[])


def list_parts(parts: Sequence[Part]) -> str:
    """The names of parts and how many rows each has, in words."""
    named = [
        f"'{part.name}' ({counted(part.rows, 'row')}{', hidden' if part.is_hidden else ''})" for part in parts
    ]
    more = len(named) - 2 * _FEW
    return ", ".join(named[: 2 * _FEW]) + (f" and {more:,} more" if more > 0 else "")


def describe_parts(parts: Sequence[Part]) -> tuple[str, ...]:
    """Notes on which of several parts are read, and which are not."""
    if len(parts) < 2:
        return ()
    noun = parts[0].noun if len({part.noun for part in parts}) == 1 else "part"
    read, left = [p for p in parts if p.is_read], [p for p in parts if not p.is_read and p.rows]
    notes = [f"read: the {noun}{'' if len(read) == 1 else 's'} {list_parts(read)}"]
    if left:
        notes.append(f"not read: the {noun}{'' if len(left) == 1 else 's'} {list_parts(left)}")
    if len(read) > 1:
        notes.append(f"the rows of the {noun}s are numbered on from one to the next, in this order")
    return tuple(notes)


@dataclass(frozen=True)
class PartTable:
    """A part as it was read: text columns and `row_number`, and the rows refused."""

    part: Part
    table: pa.Table
    refused: Sequence[RefusedRow] = ()

    def last_row(self) -> int:
        """The highest row number."""
        numbers = [number for number, _, _ in self.refused]
        return max([*numbers, pc.max(self.table.column("row_number")).as_py() or 0], default=0)


def join_parts(read: Sequence[PartTable]) -> tuple[pa.Table, list[RefusedRow]]:
    """The rows of several parts as one table, numbered on from part to part, with the part of each in
    PART_COLUMN, and the refused rows; of one part, its own. Columns are the same where their names are,
    whatever case."""
    if len(read) == 1:
        return read[0].table, list(read[0].refused)
    spelled: dict[str, str] = {}
    for one in read:
        for name in one.table.column_names:
            spelled.setdefault(name.lower(), name)
    tables, refused, before = [], [], 0
    for one in read:
        table = one.table.rename_columns([spelled[name.lower()] for name in one.table.column_names])
        numbers = pc.add(table.column("row_number"), before)
        here = pa.array([one.part.name] * table.num_rows, pa.string())
        table = table.drop_columns("row_number").append_column(PART_COLUMN, here)
        tables.append(table.append_column("row_number", numbers))
        refused += [(number + before, reason, text) for number, reason, text in one.refused]
        before += one.last_row()
    return _in_order(pa.concat_tables(tables, promote_options="default")), refused


def _in_order(table: pa.Table) -> pa.Table:
    """The table with its geometry, its part and its row numbers last, at most as wide as a file may be."""
    check_width(table.num_columns - 2)
    last = [name for name in ("geometry (WKB)", PART_COLUMN, "row_number") if name in table.column_names]
    return table.select([*(name for name in table.column_names if name not in last), *last])
