"""Tables of a web page, and of a workbook saved as XML 2003: what many programs call .xls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pyarrow as pa

from analytics.formats.delimited import find_encoding
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
from analytics.formats.parsed import Layout, ParsedFile, as_texts
from analytics.formats.parts import Part, PartTable, RefusedRow, choose_parts

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_MAXIMUM_SPAN = 250
_ROW, _CELLS = ("tr", "row"), ("td", "th", "cell")


@dataclass
class _MarkupTable:
    """The cells of a table row by row, as its markup gives them."""

    name: str
    rows: list[list[str]] = field(default_factory=list)


class _TableReader(HTMLParser):
    """Gathers the tables of a page; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_MarkupTable] = []
        self.sheet = ""
        self._open: list[_MarkupTable] = []
        self._cell: list[str] | None = None
        self._cells: list[list[str] | None] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        tag, own = (
            tag.rpartition(":")[2],
            {name.rpartition(":")[2]: value or "" for name, value in attributes},
        )
        if tag in ("script", "style"):
            self._skipped += 1
        elif tag == "worksheet":
            self.sheet = own.get("name", "")
        elif tag == "table":
            self._cells.append(self._cell)
            self._cell = None
            self._open.append(_MarkupTable(self.sheet or f"table {len(self.tables) + 1}"))
            self.tables.append(self._open[-1])
        elif tag in _ROW and self._open:
            self._end_cell()
            rows = self._open[-1].rows
            rows += [[] for _ in range(min(_number(own.get("index")) - len(rows) - 1, HEADER_WITHIN))]
            rows.append([])
        elif tag in _CELLS and self._open:
            self._end_cell()
            if not self._open[-1].rows:
                self._open[-1].rows.append([])
            row = self._open[-1].rows[-1]
            row += [""] * min(_number(own.get("index")) - len(row) - 1, _MAXIMUM_SPAN)
            self._cell = []
            span = _number(own.get("colspan")) or _number(own.get("mergeacross")) + 1
            self._span = min(span, _MAXIMUM_SPAN)
        elif tag in ("br", "p", "div") and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("script", "style"):
            self._skipped = max(self._skipped - 1, 0)
        elif tag in (*_CELLS, *_ROW):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()
            self._cell = self._cells.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._skipped:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self._cell is not None and self._open:
            text = re.sub(r"[ \t\r\f\xa0]+", " ", "".join(self._cell))
            text = re.sub(r"\s*\n\s*", "\n", text).strip()
            self._open[-1].rows[-1] += [text, *[""] * (self._span - 1)]
            self._cell = None


def parse_page(
    data: bytes, kind: str = "", wanted_parts: Sequence[str] = (), header_row: int | None = None
) -> ParsedFile:
    """The tables of a page that are wanted, else the largest and those with its columns. Raises
    UnreadableFile where it holds none."""
    reader = _TableReader()
    reader.feed(data.decode(_encoding(data), errors="replace"))
    reader.close()
    tables = [table for table in reader.tables if sum(len(row) > 1 for row in table.rows) > 1]
    if not tables:
        raise UnreadableFile(
            "This is a web page without a table, whatever its name says. Download the table itself, as CSV "
            "or Excel, and import that: a page of sign-in or of an error may have been saved in its place."
        )
    noun = "sheet" if reader.sheet else "table"
    names = unique_names([table.name for table in tables])
    looked_at = [_HeadedTable(table, header_row) for table in tables]
    parts = choose_parts(
        [
            Part(name, noun, len(one.rows), tuple(one.names))
            for name, one in zip(names, looked_at, strict=True)
        ],
        wanted_parts,
        kind,
    )
    read: list[PartTable] = []
    notes: list[str] = []
    first: _HeadedTable | None = None
    for part, one in zip(parts, looked_at, strict=True):
        if part.is_read:
            table, refused, left_out = drop_foot(*one.as_table())
            read.append(PartTable(part, table, refused))
            notes += left_out
            first = first or one
    assert first is not None  # some part is always chosen
    if first.header > 0:
        notes.append(first.note)
    what = "this is a workbook in XML" if reader.sheet else "this is a web page, of which the table is read"
    parsed = ParsedFile.from_parts(parts, read, (what, *notes), Layout(first.head, first.header + 1))
    return replace(parsed, preamble=as_texts(first.above))


class _HeadedTable:
    """A table with its header found."""

    def __init__(self, table: _MarkupTable, header_row: int | None) -> None:
        above = table.rows[:HEADER_WITHIN]
        self.header = header_index(above, header_row)
        self.note = HEADER_FOUND.format(self.header + 1)
        names = number_columns(above) if self.header < 0 else table.rows[self.header]
        if header_row is None:
            joined, last = join_header(above, self.header)
            if joined != names or last > self.header:
                names, self.header, self.note = joined, last, HEADER_JOINED.format(last, last + 1)
        self.head, self.above = as_texts(above[:SHOWN_ROWS]), above[: max(self.header, 0)]
        self.rows = table.rows[self.header + 1 :]
        self.names = unique_names(names)

    def as_table(self) -> tuple[pa.Table, list[RefusedRow]]:
        """Text columns and `row_number`; a row of more columns than the header is refused."""
        width = len(self.names)
        columns: list[list[str | None]] = [[] for _ in range(width)]
        numbers, refused = [], []
        for number, row in enumerate(self.rows, start=self.header + 2):
            if not any(row):
                continue
            if any(row[width:]):
                reason = f"{len(row)} columns where the header has {width}"
                refused.append((number, reason, "\t".join(row)[:1000]))
                continue
            numbers.append(number)
            for k, column in enumerate(columns):
                column.append((row[k] if k < len(row) else "") or None)
        arrays = [pa.array(column, pa.string()) for column in columns]
        return pa.table([*arrays, pa.array(numbers, pa.int64())], names=[*self.names, "row_number"]), refused


def _encoding(data: bytes) -> str:
    """The encoding that a page declares, where its bytes are in it; else the likeliest."""
    declared = _DECLARED.search(data[:4096])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        name = declared[1].decode()
        try:
            data.decode(name)
        except (LookupError, UnicodeDecodeError):
            pass
        else:
            return name
    return find_encoding(data)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0
