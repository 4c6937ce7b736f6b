"""Excel and OpenDocument workbooks: their sheets as text columns."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from analytics.formats.archive import check_zip
from analytics.formats.foot import drop_foot
from analytics.formats.header import (
    HEADER_FOUND,
    HEADER_JOINED,
    HEADER_WITHIN,
    SHOWN_ROWS,
    UnreadableFile,
    header_index,
    join_header,
    number_columns,
    unique_names,
)
from analytics.formats.merged_cells import Merged, merged_in_opendocument
from analytics.formats.parsed import Layout, ParsedFile, as_texts
from analytics.formats.parts import Part, PartTable, choose_parts
from analytics.shared.wording import counted

# A full sheet of 20 columns, 21 million cells, takes 2.3 GB and, on two busy cores, 93 seconds.
MAXIMUM_CELLS = 32 << 20  # a full sheet of 32 columns
ADVICE = (
    f"At most {MAXIMUM_CELLS:,} cells are read, counted from A1 to the last cell with a value. "
    "Delete what stands far below or beside the table, or save the sheet as CSV."
)
PROTECTED = "The workbook is protected by a password. Open it, save it without one, and import it again."
MERGED = "{} merged over several rows: what is written in one is read in each of its rows"
_ROWS_AT_ONCE = 1 << 14
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class _OpenWorkbook:
    """A workbook as its reader gives it, and by sheet the cells merged downwards that it does not tell."""

    read: CalamineWorkbook
    merged: dict[str, Merged]


def parse_workbook(
    data: bytes,
    maximum_bytes: int,
    kind: str = "",
    wanted_parts: Sequence[str] = (),
    header_row: int | None = None,
) -> ParsedFile:
    """The sheets wanted, else the largest and those with its columns, without their empty rows. Raises
    UnreadableFile, or CalamineError where the workbook is damaged.

    The library makes a dense sheet up to the last cell that the file names, and ends the process where the
    memory for it cannot be had: to be called in a process of its own."""
    if data[:4] == _ZIP:
        check_zip(data)
    try:
        workbook = _OpenWorkbook(_open(data), merged_in_opendocument(data) if _is_opendocument(data) else {})
        sheets = [sheet for sheet in workbook.read.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        names = [sheet.name for sheet in sheets] or workbook.read.sheet_names
        hidden = {sheet.name for sheet in sheets if sheet.visible != SheetVisibleEnum.Visible}
        if len(names) == 1:
            return _Sheet(workbook, names[0], header_row).parse(maximum_bytes)
        return _parse_sheets(workbook, names, hidden, maximum_bytes, kind, wanted_parts, header_row)
    except CalamineError as error:
        if "password" in str(error).lower():
            raise UnreadableFile(PROTECTED) from error
        if "limit exceeded" in str(error):
            raise UnreadableFile(f"The workbook is too large: {error}. {ADVICE}") from error
        raise


def _parse_sheets(
    workbook: _OpenWorkbook,
    names: Sequence[str],
    hidden: Collection[str],
    maximum_bytes: int,
    kind: str,
    wanted_parts: Sequence[str],
    header_row: int | None,
) -> ParsedFile:
    """Those of several sheets that are wanted or likeliest, one after the other; the `hidden` ones only where
    they are wanted or there are no others."""
    listed = []
    for name in names:
        try:
            listed.append(_Sheet(workbook, name, header_row).part())
        except UnreadableFile:  # a sheet without a table, until somebody asks for it
            listed.append(Part(name, "sheet", 0, ()))
    listed = [replace(part, is_hidden=part.name in hidden) for part in listed]
    parts = choose_parts(listed, wanted_parts, kind)
    read, notes, first = [], [], None
    for part in parts:
        if not part.is_read:
            continue
        parsed = _Sheet(workbook, part.name, header_row).parse(maximum_bytes)
        table, refused, left_out = drop_foot(parsed.table(), parsed.refused)
        read.append(PartTable(part, table, refused))
        first = first or parsed
        notes += [f"{part.name}: {note}" for note in (*parsed.notes, *left_out)]
    assert first is not None  # some part is always chosen
    joined = ParsedFile.from_parts(parts, read, tuple(notes), first.layout)
    return replace(joined, preamble=first.preamble)


class _Sheet:
    """One sheet: its first rows looked at, the others still to be read."""

    def __init__(self, workbook: _OpenWorkbook, name: str, header_row: int | None) -> None:
        sheet = workbook.read.get_sheet_by_name(name)
        row, column = sheet.end or (-1, -1)
        if (row + 1) * (column + 1) > MAXIMUM_CELLS:
            raise UnreadableFile(
                f"The workbook is too large: its sheet '{name}' reaches to cell {_letters(column)}{row + 1}. "
                + ADVICE
            )
        self.name, self.height = name, row + 1
        self.merged = workbook.merged.get(name) or _merged_downwards(sheet)
        self.rows = sheet.iter_rows()
        self.above = list(islice(self.rows, HEADER_WITHIN))
        self.texts = [[_text(cell) or "" for cell in row] for row in self.above]
        self.header = header_index(self.texts, header_row) if self.texts else 0
        self.note = HEADER_FOUND.format(self.header + 1)
        if self.header < 0:
            names = number_columns(self.texts)
        else:
            names = [str(cell) for cell in self.above[self.header]] if self.above else []
            if header_row is None and self.texts:
                joined, last = join_header(self.texts, self.header)
                if joined != self.texts[self.header] or last > self.header:
                    names, self.header, self.note = joined, last, HEADER_JOINED.format(last, last + 1)
        if not any(name.strip() for name in names):
            where = f"Row {self.header + 1}" if header_row else "The first row"
            raise UnreadableFile(f"{where} of the sheet '{name}' is empty: it must hold the column names.")
        self.columns = unique_names(names)

    def _unmerged(self, rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
        """The rows under the header with the text of a cell that is merged downwards in each of them: a date
        beside all rows of its day. A row in which nothing else is written stays empty."""
        lasting: dict[int, tuple[int, object]] = {}
        for number, row in enumerate(rows, start=self.header + 1):
            if lasting:
                lasting = {at: (last, value) for at, (last, value) in lasting.items() if number <= last}
            if lasting and any(_text(value) for value in row):
                row = [
                    lasting[at][1] if at in lasting and not _text(value) else value
                    for at, value in enumerate(row)
                ]
            for at, last in self.merged.get(number, ()):
                if at < len(row):
                    lasting[at] = (last, row[at])
            yield row

    def part(self) -> Part:
        """What the sheet is, as one of several."""
        return Part(self.name, "sheet", max(self.height - self.header - 1, 0), tuple(self.columns))

    def parse(self, maximum_bytes: int) -> ParsedFile:
        """The rows under the header, without the empty ones."""
        schema = pa.schema([*((name, pa.string()) for name in self.columns), ("row_number", pa.int64())])
        rows: Iterator[Sequence[object]] = chain(self.above[self.header + 1 :], self.rows)
        notes = [self.note] if self.header > 0 else []
        if merged := sum(len(cells) for row, cells in self.merged.items() if row > self.header):
            rows = self._unmerged(rows)
            notes.append(MERGED.format(counted(merged, "cell is", "cells are")))
        return ParsedFile(
            schema,
            _batches(rows, self.header + 2, schema, maximum_bytes),
            tuple(notes),
            layout=Layout(as_texts(self.texts[:SHOWN_ROWS]), self.header + 1),
            preamble=as_texts(self.texts[: max(self.header, 0)]),
        )


def _merged_downwards(sheet: CalamineSheet) -> Merged:
    """By the first row of cells merged over several rows of one column: that column and the last row. Formats
    that do not tell have none."""
    found: Merged = {}
    for (row, column), (last, last_column) in sheet.merged_cell_ranges or ():
        if last > row and last_column == column:
            found.setdefault(row, []).append((column, last))
    return found


def _is_opendocument(data: bytes) -> bool:
    return data[30:].startswith(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


def _open(data: bytes) -> CalamineWorkbook:
    """The workbook. An OpenDocument is opened by name: only so does the library say why it refuses one."""
    if not _is_opendocument(data):
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.ods"
        path.write_bytes(data)
        return CalamineWorkbook.from_path(path)


def _batches(
    rows: Iterator[Sequence[object]], number: int, schema: pa.Schema, maximum_bytes: int
) -> Iterator[pa.RecordBatch]:
    """The rows in which something is written, numbered as the spreadsheet does, the first with `number`."""
    size = 0
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        written = [
            (position, row)
            for position, row in enumerate(block, start=number)
            if any(value is not None and value != "" for value in row)
        ]
        number += len(block)
        if not written:
            continue
        columns = [
            pa.array(map(_text, column), pa.string())
            for column in zip(*(row for _, row in written), strict=True)
        ]
        numbers = pa.array([position for position, _ in written], pa.int64())
        batch = pa.record_batch([*columns, numbers], schema=schema)
        size += batch.nbytes
        if size > maximum_bytes:
            raise UnreadableFile(
                "The workbook is too large: its texts unpack to far more than its size allows for. " + ADVICE
            )
        yield batch


def _text(value: object) -> str | None:
    """A cell's text, a whole number without its '.0'."""
    if value is None or value == "":
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _letters(column: int) -> str:
    """The letters of a column counted from 0, as a spreadsheet writes them."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(65 + letter) + letters, column - 1
    return letters
