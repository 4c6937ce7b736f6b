"""Excel and OpenDocument workbooks: the first sheet as text columns."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from analytics.formats.archive import check_zip
from analytics.formats.header import HEADER_WITHIN, UnreadableFile, find_header, unique_names
from analytics.formats.parsed import ParsedFile

# A full sheet of 20 columns, 21 million cells, takes 2.3 GB and, on two busy cores, 93 seconds.
MAXIMUM_CELLS = 32 << 20  # a full sheet of 32 columns
ADVICE = (
    f"At most {MAXIMUM_CELLS:,} cells are read, counted from A1 to the last cell with a value. "
    "Delete what stands far below or beside the table, or save the sheet as CSV."
)
_ROWS_AT_ONCE = 1 << 14
_ZIP = b"PK\x03\x04"


def parse_workbook(data: bytes, maximum_bytes: int) -> ParsedFile:
    """The first sheet without its empty rows; its first row names the columns. Raises UnreadableFile, or
    CalamineError where the workbook is damaged.

    The library makes a dense sheet up to the last cell that the file names, and ends the process where the
    memory for it cannot be had: to be called in a process of its own."""
    if data[:4] == _ZIP:
        check_zip(data)
    try:
        sheet = _open(data).get_sheet_by_index(0)
    except CalamineError as error:
        if "limit exceeded" in str(error):
            raise UnreadableFile(f"The workbook is too large: {error}. {ADVICE}") from error
        raise
    row, column = sheet.end or (-1, -1)
    if (row + 1) * (column + 1) > MAXIMUM_CELLS:
        raise UnreadableFile(
            f"The workbook is too large: its first sheet reaches to cell {_letters(column)}{row + 1}. "
            + ADVICE
        )
    rows = sheet.iter_rows()
    head = list(islice(rows, HEADER_WITHIN))
    texts = [[str(cell) for cell in row] for row in head[:1]]
    texts += [[_text(cell) or "" for cell in row] for row in head[1:]]
    first = find_header(texts)
    header = texts[first] if texts else []
    if not any(name.strip() for name in header):
        raise UnreadableFile("The first row of the first sheet is empty: it must hold the column names.")
    schema = pa.schema([*((name, pa.string()) for name in unique_names(header)), ("row_number", pa.int64())])
    below = chain(head[first + 1 :], rows)
    return ParsedFile(schema, _batches(below, first + 2, schema, maximum_bytes))


def _open(data: bytes) -> CalamineWorkbook:
    """The workbook. An OpenDocument is opened by name: only so does the library say why it refuses one."""
    if not data[30:].startswith(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"):
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
