"""What a user mends of a file without changing it: spellings merged, single rows corrected or dropped.

The repairs are part of the mapping, so that the source records them; the file itself stays as it is."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable
from analytics.shared.wording import counted

DROPPED = "dropped by hand"
_WRITTEN_ONCE = 0.2  # of the rows are blank
_COUNTED = 200_000  # rows of which spellings are counted


@dataclass(frozen=True)
class Repairs:
    """`merged`: (as the file has it, as it is to be) of categories. `corrected`: (row number, column, text).
    `dropped`: row numbers. `filled_down`: columns whose blanks stand for the text above them."""

    merged: tuple[tuple[str, str], ...] = ()
    corrected: tuple[tuple[int, str, str], ...] = ()
    dropped: tuple[int, ...] = ()
    filled_down: tuple[str, ...] = ()

    def for_other_files(self) -> Repairs:
        """What serves next month's file as well: its rows are others."""
        return Repairs(self.merged, filled_down=self.filled_down)

    @classmethod
    def read(cls, values: dict[str, Any]) -> Repairs:
        """Repairs from their JSON."""
        return cls(
            tuple((old, new) for old, new in values.get("merged", ())),
            tuple((number, name, text) for number, name, text in values.get("corrected", ())),
            tuple(values.get("dropped", ())),
            tuple(values.get("filled_down", ())),
        )


NO_REPAIRS = Repairs()


def apply_repairs(raw: RawTable, repairs: Repairs, category: str | None) -> RawTable:
    """The file as repaired, and notes on it. A dropped row is refused as such, so that it is not lost.

    Raises UnreadableFile where a row or column of the repairs is not in the file."""
    if repairs == NO_REPAIRS:
        return raw
    raw, notes = _correct_rows(raw, repairs.corrected), []
    if repairs.corrected:
        notes.append(f"{counted(len({row for row, _, _ in repairs.corrected}), 'row')} corrected by hand")
    for name in repairs.filled_down:
        raw, filled = _fill_down(raw, name)
        notes.append(f"{counted(filled, 'blank')} of the column {name!r} read as the text above")
    if repairs.dropped:
        raw = _drop_rows(raw, repairs.dropped)
        notes.append(f"{counted(len(repairs.dropped), 'row')} {DROPPED}")
    if repairs.merged and category in raw.columns:
        raw = _merge_spellings(raw, category, dict(repairs.merged))
        notes.append(f"{counted(len(repairs.merged), 'spelling')} of categories merged into others")
    return replace(raw, notes=(*raw.notes, *notes))


def _correct_rows(raw: RawTable, corrected: Iterable[tuple[int, str, str]]) -> RawTable:
    changes: dict[int, dict[str, str]] = defaultdict(dict)
    for number, name, text in corrected:
        if name not in raw.columns:
            raise UnreadableFile(f"A row was corrected in the column {name!r}, which the file has not.")
        changes[number][name] = text
    if not changes:
        return raw
    table = _with_malformed(raw, changes)
    numbers = table.column("row_number").to_numpy()
    places = {int(numbers[at]): at for at in range(len(numbers)) if int(numbers[at]) in changes}
    if missing := changes.keys() - places.keys():
        raise UnreadableFile(f"Row {min(missing)} was corrected, but the file has no such row.")
    for name in {name for change in changes.values() for name in change}:
        texts = table.column(name).to_pylist()
        for number, change in changes.items():
            if name in change:
                texts[places[number]] = change[name].strip() or None
        table = table.set_column(table.column_names.index(name), name, pa.array(texts, pa.string()))
    refused = [row for row in raw.refused if row[0] not in changes]
    return replace(raw, table=table, refused=refused)


def _with_malformed(raw: RawTable, changes: dict[int, dict[str, str]]) -> pa.Table:
    """The table with an empty row for each malformed one that was corrected, in order of the file."""
    malformed = [number for number, _, _ in raw.refused if number in changes]
    if not malformed:
        return raw.table
    empty = pa.table({"row_number": pa.array(malformed, pa.int64())})
    table = pa.concat_tables([raw.table, empty], promote_options="default")
    return table.sort_by("row_number")


def _fill_down(raw: RawTable, name: str) -> tuple[RawTable, int]:
    """The file with every blank of a column replaced by the text above it, and how many were. Raises
    UnreadableFile where the file has no such column."""
    if name not in raw.columns:
        raise UnreadableFile(f"The column {name!r} is to be filled down, but the file has none of that name.")
    texts = raw.table.column(name).combine_chunks()
    blank = _find_blanks(texts)
    filled = pc.fill_null_forward(pc.if_else(blank, None, texts))
    table = raw.table.set_column(raw.table.column_names.index(name), name, filled)
    return replace(raw, table=table), (pc.sum(blank).as_py() or 0) - filled.null_count


def _find_blanks(texts: pa.Array | pa.ChunkedArray) -> pa.BooleanArray | pa.ChunkedArray:
    """Which of a column's texts say nothing."""
    return pc.fill_null(pc.equal(pc.utf8_trim_whitespace(texts), ""), True)


def is_written_once(table: pa.Table, name: str) -> bool:
    """Whether a column is filled in the first row and blank in more than a fifth of all: a date may be
    written once above all rows of its day."""
    if name not in table.column_names or not table.num_rows:
        return False
    blank = _find_blanks(table.column(name))
    return not blank[0].as_py() and _WRITTEN_ONCE * table.num_rows < pc.sum(blank).as_py()


def _drop_rows(raw: RawTable, dropped: Iterable[int]) -> RawTable:
    gone = pa.array(sorted(dropped), pa.int64())
    is_gone = pc.is_in(raw.table.column("row_number"), value_set=gone)
    lost = raw.table.filter(is_gone)
    written = [
        (int(row["row_number"]), DROPPED, "; ".join(str(row[name]) for name in raw.columns if row[name]))
        for row in lost.select([*raw.columns, "row_number"]).to_pylist()
    ]
    others = [(number, DROPPED if number in dropped else why, text) for number, why, text in raw.refused]
    table = raw.table.filter(pc.invert(is_gone))
    return replace(raw, table=table, refused=sorted([*others, *written]))


def _merge_spellings(raw: RawTable, column: str, merged: dict[str, str]) -> RawTable:
    texts = raw.table.column(column).combine_chunks().dictionary_encode()
    spelled = [text and merged.get(text.strip(), text) for text in texts.dictionary.to_pylist()]
    values = pa.array(spelled, pa.string()).take(texts.indices)
    table = raw.table.set_column(raw.table.column_names.index(column), column, values)
    return replace(raw, table=table)


def find_spellings(raw: RawTable, column: str) -> list[tuple[str, str, int]]:
    """Spellings of a column's texts that differ from a commoner one in case, accents, blanks and marks alone:
    (as the file has it, the commoner one, how many rows), the commonest first."""
    texts = raw.table.column(column).slice(0, _COUNTED).to_pylist()
    counts = Counter(text.strip() for text in texts if text and text.strip())
    groups: dict[str, list[str]] = defaultdict(list)
    for text, _ in counts.most_common():
        groups[_folded(text)].append(text)
    found = [
        (other, texts[0], counts[other])
        for texts in groups.values()
        for other in texts[1:]
        if _folded(texts[0])
    ]
    return sorted(found, key=lambda each: (-each[2], each[0]))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if not unicodedata.combining(c)))


def cells_of(text: str, columns: list[str], separator: str) -> dict[str, str]:
    """The cells of a malformed row by column, as far as they go; what is over stands in the last."""
    cells = next(csv.reader([text.strip("\r\n")], delimiter=separator or ","), [])
    if len(cells) > len(columns):
        cells = [*cells[: len(columns) - 1], (separator or ",").join(cells[len(columns) - 1 :])]
    return dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=True))
