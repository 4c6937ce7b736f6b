"""A file in, a table of text columns out, whatever the format: or a clear reason why it cannot be read."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.formats import sheet_program
from analytics.formats.delimited import read_delimited, utf16_without_mark
from analytics.formats.header import (
    HEADER_WITHIN,
    MOST_COLUMNS,
    UnreadableFile,
    find_header,
    unique_names,
)
from analytics.formats.jsonlines import looks_like_records, read_records
from analytics.formats.shapes import read_shapes
from analytics.formats.statements import read_statement

MOST_BYTES = 4 << 30
MOST_RATIO = 300
# A full sheet of 20 columns, 21 million cells, takes 2.3 GB and, on two busy cores, 93 seconds.
_SHEET_CELLS = 32 << 20  # a full sheet of 32 columns
_SHEET_BYTES = 4 << 30
_SHEET_SECONDS = 600
_ROWS_AT_ONCE = 1 << 16
_EXCEL = ("xlsx", "xls", "xlsb", "ods")
_SHAPES = ("geojson", "json", "gpkg", "kml", "zip")
_LINES = ("jsonl", "ndjson")
_ZIP, _OLD_EXCEL, _GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b"
_OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")


@dataclass(frozen=True)
class RawTable:
    """`table`: text columns and `row_number` (int64), as a spreadsheet numbers rows: the header is row 1. Of
    JSON it is the line, of a statement the number of the transaction.

    `refused`: rows that do not fit the header, as (row_number, reason, text). `preamble`: the rows above it.
    A file of shapes has their WKB (WGS 84) as a binary column. `sha256` is that of the uncompressed content.
    """

    table: pa.Table
    sha256: str
    format: str
    encoding: str = ""
    separator: str = ""
    notes: tuple[str, ...] = ()
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    epsg: int | None = None
    preamble: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> list[str]:
        return [name for name in self.table.column_names if name != "row_number"]


def read_file(
    path: Path | str, wanted: Collection[str] | None = None, *, kind: str = "transaction"
) -> RawTable:
    """Read any supported file. Raises UnreadableFile with a reason a user can act on.

    Of delimited text and Parquet only the `wanted` columns may be read, which is quicker. Of a
    statement, `kind` says what is read: its transactions, or the 'account' of each."""
    path = Path(path)
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path.name}.")
    data = _content(path)
    if not data or data.isspace():
        raise UnreadableFile("The file is empty.")
    suffix = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    try:
        raw = _by_format(data, suffix, wanted, kind)
    except UnreadableFile:
        raise
    except (pa.ArrowException, OSError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
        raise UnreadableFile(
            f"The file is damaged, cut short or of another kind than its name says. (Read as "
            f"{suffix or 'a table'}: "
            f"{str(error)[:200]})"
        ) from error
    if raw.table.num_rows == 0 and not raw.refused:
        raise UnreadableFile("The file has a header but no rows.")
    return raw


def _by_format(data: bytes, suffix: str, wanted: Collection[str] | None, kind: str) -> RawTable:
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(lambda: hashlib.sha256(data).hexdigest())
        raw = _parsed(data, suffix, wanted, kind)
    return replace(raw, sha256=digest.result())


def _parsed(data: bytes, suffix: str, wanted: Collection[str] | None, kind: str) -> RawTable:
    """The table without its digest, which is computed meanwhile."""
    if data[:4] == b"PAR1":
        return RawTable(_parquet(data, wanted), "", "Parquet")
    if suffix in _LINES or (suffix == "json" and looks_like_records(data)):
        table, refused = read_records(data)
        _check_width(table.num_columns)
        return RawTable(table, "", "JSON", encoding="utf-8", refused=refused)
    if statement := read_statement(data, kind, suffix):
        table, refused, name = statement
        return RawTable(table, "", name, refused=refused)
    if data[:4] == _ZIP:
        check_zip(data)
    if data[:4] == _OLD_EXCEL or data[:4] == _ZIP and suffix != "zip":
        return RawTable(_excel(data), "", "Excel")
    if suffix in _SHAPES:
        table, notes = read_shapes(data)
        return RawTable(_numbered(table), "", "Geographic", notes=notes, epsg=4326)
    if _is_binary(data):
        raise UnreadableFile(
            "This is a binary file of a kind that is not known here. Known: CSV, Excel, Parquet, JSON lines, "
            "GeoJSON, GeoPackage, KML and zipped shapefiles."
        )
    text = read_delimited(data, wanted)
    return RawTable(
        text.table,
        "",
        "CSV",
        encoding=text.encoding,
        separator=text.separator,
        notes=text.notes,
        refused=text.refused,
        preamble=text.preamble,
    )


def _is_binary(data: bytes) -> bool:
    """Whether the file begins as one of other kinds does, or with a zero that no text holds."""
    if data.startswith(_OTHER_KINDS):
        return True
    is_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff") or utf16_without_mark(data)
    return b"\x00" in data[:4096] and not is_utf16


def _content(path: Path) -> bytes:
    """The uncompressed bytes, refusing what would unpack to far more than it should."""
    size = path.stat().st_size
    with path.open("rb") as file:
        gzipped = file.read(2) == _GZIP
    if not gzipped:
        if size > MOST_BYTES:
            raise UnreadableFile("The file is larger than 4 GB: split it by month or year.")
        return path.read_bytes()
    most = min(MOST_BYTES, max(size * MOST_RATIO, 1 << 20))
    try:
        with gzip.open(path) as stream:
            data = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"The gzip file is damaged or cut short: {error}") from error
    if len(data) > most:
        raise UnreadableFile("The gzip file unpacks to far more than its size allows for: it is refused.")
    return data


def check_zip(data: bytes) -> None:
    """Refuse an archive that unpacks to more than its size allows for (a zip bomb)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > MOST_BYTES or size > max(MOST_RATIO * len(data), 1 << 20):
        raise UnreadableFile("The zip file unpacks to far more than its size allows for: it is refused.")


def _parquet(data: bytes, wanted: Collection[str] | None = None) -> pa.Table:
    """A table of text, made batch by batch: a few bytes of Parquet may stand for any number of long texts."""
    schema = pq.read_schema(io.BytesIO(data))
    _check_width(len(schema.names))
    names = [column.name for column in schema if not _is_not_text(column.type)]
    if wanted and set(wanted) <= set(schema.names):
        names = [name for name in names if name in wanted]
    texts = [column.name for column in schema if pa.types.is_string(column.type)]
    file = pq.ParquetFile(io.BytesIO(data), read_dictionary=texts)  # each repeated text once
    columns = names if len(names) < len(schema.names) else None
    batches, size = [], 0
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns):
        size += sum(_text_bytes(column) for column in batch.columns)
        if size > MOST_BYTES:
            raise UnreadableFile("The Parquet file unpacks to more than 4 GB: split it by month or year.")
        batches.append(
            pa.record_batch([_as_text(column) for column in batch.columns], names=batch.schema.names)
        )
    whole = pa.Table.from_batches(batches) if batches else _empty(names)
    return _numbered(whole.rename_columns(unique_names(whole.column_names)))


def _empty(names: list[str]) -> pa.Table:
    return pa.table([pa.array([], pa.string()) for _ in names], names=names)


def _is_not_text(kind: pa.DataType) -> bool:
    """Whether no text can be made of a column of this type: lists, records and bytes."""
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return bool(pa.types.is_nested(kind) or binary)


def _text_bytes(column: pa.Array) -> int:
    """What the column takes as text, before it is made."""
    if not pa.types.is_dictionary(column.type):
        return int(max(column.nbytes, 8 * len(column)))
    lengths = pc.binary_length(column.dictionary.cast(pa.large_string()))
    return 4 * len(column) + (pc.sum(lengths.take(column.indices)).as_py() or 0)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string())


def _excel(data: bytes) -> pa.Table:
    table = _first_sheet(data)
    head = [[cell or "" for cell in row.values()] for row in table.slice(0, HEADER_WITHIN).to_pylist()]
    first = find_header(head)
    header = head[first] if head else []
    if not any(name.strip() for name in header):
        raise UnreadableFile("The first row of the first sheet is empty: it must hold the column names.")
    _check_width(len(header))
    return without_empty_rows(
        _numbered(table.slice(first + 1).rename_columns(unique_names(header)), first + 2)
    )


def _first_sheet(data: bytes) -> pa.Table:
    """The first sheet as text columns, its first row among them, read by a process of its own.

    Raises UnreadableFile where it takes more than is allowed, ValueError where it is damaged."""
    limits = (_SHEET_BYTES, _SHEET_SECONDS, _SHEET_CELLS, MOST_BYTES)
    done = subprocess.run(
        [sys.executable, "-I", sheet_program.__file__, *map(str, limits)],
        input=data,
        capture_output=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "RUST_BACKTRACE": "0"},
        check=False,
    )
    reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if done.returncode == sheet_program.DAMAGED:
        raise ValueError(reason)
    if done.returncode:
        why = (
            reason
            if done.returncode == sheet_program.TOO_LARGE
            else "it needs more memory or time than is allowed"
        )
        raise UnreadableFile(
            f"The workbook is too large: {why}. At most {_SHEET_CELLS:,} cells are read, "
            "counted from A1 to the last cell with a value. "
            "Delete what stands far below or beside the table, or save the sheet as CSV."
        )
    return pa.ipc.open_stream(done.stdout).read_all()


def _check_width(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise UnreadableFile(
            f"The file has {columns} columns; at most {MOST_COLUMNS} are read. Keep those needed."
        )


def _numbered(table: pa.Table, first: int = 2) -> pa.Table:
    numbers = np.arange(first, first + table.num_rows)
    return table.append_column("row_number", pa.array(numbers, pa.int64()))


def without_empty_rows(table: pa.Table) -> pa.Table:
    """Drop rows in which nothing is written: spreadsheets leave them at the end of a sheet."""
    written = None
    for name in table.column_names:
        if name != "row_number":
            here = pc.is_valid(table.column(name))
            written = here if written is None else pc.or_(written, here)
    return table if written is None or pc.all(written).as_py() else table.filter(written)


def sample(table: pa.Table, rows: int) -> pa.Table:
    """At most so many rows, evenly spaced: a file is often sorted by date, so its head tells too little."""
    if table.num_rows <= rows:
        return table
    return table.take(np.linspace(0, table.num_rows - 1, rows).astype(int))


def sample_texts(raw: RawTable, name: str) -> list[str]:
    """The texts of a column that are not empty, of a sample of rows."""
    return [text for text in sample(raw.table, 2000).column(name).to_pylist() if text]
