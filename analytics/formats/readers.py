"""A file in, a table of text columns out, whatever the format: or a clear reason why it cannot be read."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.formats import content
from analytics.formats.apart import Parser, parse_apart
from analytics.formats.archive import MAXIMUM_BYTES, maximum_unpacked
from analytics.formats.delimited import read_delimited
from analytics.formats.foot import drop_foot
from analytics.formats.header import UnreadableFile
from analytics.formats.jsonlines import LINES
from analytics.formats.parsed import Layout, ParsedFile, Texts
from analytics.formats.parts import AS_FOUND, FileReading, RefusedRow
from analytics.formats.statements import find_statement

_GZIP = b"\x1f\x8b"
_ALWAYS_ALLOWED_TEXT = 256 << 20  # bytes of text that Parquet of any size may unpack to
SAMPLED_ROWS = 2000  # by which columns are recognised
_NEIGHBOURS = 50  # rows of a sample that stand together
_MAXIMUM_IN_FIELD = 1 << 20  # characters of one field; a text of more is no record of anything
_ADVICE = "Split it, or export it again with the columns and rows needed."
_WORKBOOK = Parser(
    "workbook:parse_workbook",
    "workbook",
    "At most 33,554,432 cells are read, counted from A1 to the last cell with a value. Delete what stands "
    "far below or beside the table, or save the sheet as CSV.",
    memory=4 << 30,
    maximum_memory=4 << 30,
)
_PARQUET_FILE = Parser("parquet:parse_parquet", "Parquet file", _ADVICE)
_RECORDS = Parser("jsonlines:parse_records", "JSON file", _ADVICE)
_STATEMENT = Parser("statements:parse_statement", "statement", _ADVICE)
_SHAPE_FILE = Parser("shapes:parse_shapes", "geographic file", _ADVICE)
_FEATURES = Parser("shapes:parse_features", "geographic file", _ADVICE)
_PAGE = Parser("markup_tables:parse_page", "web page", _ADVICE)
_XML = Parser("xml_tables:parse_xml", "XML file", _ADVICE)
_ARCHIVE = Parser(
    "members:parse_archive", "zip file", "Unpack it, and import its files one by one.", memory=4 << 30
)


@dataclass(frozen=True)
class RawTable:
    """`table`: text columns and `row_number` (int64), as a spreadsheet numbers rows: the header is row 1. Of
    JSON it is the line, of a statement the number of the transaction.

    `refused`: rows that do not fit the header, as (row_number, reason, text). `preamble`: the rows above it.
    `layout`: what the user may choose of how the file is read.
    A file of shapes has their WKB (WGS 84) as a binary column. `sha256` is that of the uncompressed content.
    """

    table: pa.Table
    sha256: str
    format: str
    encoding: str = ""
    separator: str = ""
    notes: tuple[str, ...] = ()
    refused: list[RefusedRow] = field(default_factory=list)
    epsg: int | None = None
    preamble: Texts = ()
    layout: Layout = Layout()

    @property
    def columns(self) -> list[str]:
        """The columns of text."""
        return [column.name for column in self.table.schema if pa.types.is_string(column.type)]


def read_file(
    path: Path | str,
    wanted: Collection[str] | None = None,
    *,
    kind: str = "transaction",
    reading: FileReading = AS_FOUND,
) -> RawTable:
    """Read any supported file. Raises UnreadableFile with a reason a user can act on.

    Of delimited text and Parquet only the `wanted` columns may be read, which is quicker. Of a
    statement, `kind` says what is read: its transactions, or the 'account' of each; of several layers, those
    with outlines or those with points. `reading`: what the user says of the parts and the header."""
    path = Path(path)
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path.name}.")
    data = _content(path)
    if not data or data.isspace():
        raise UnreadableFile("The file is empty.")
    suffix = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    with failures_in_words(suffix or "a table"), ThreadPoolExecutor(1) as beside:
        digest = beside.submit(lambda: hashlib.sha256(data).hexdigest())
        raw = _without_long_fields(_parsed(data, suffix, wanted, kind, reading))
    if raw.table.num_rows == 0 and not raw.refused:
        raise UnreadableFile("The file has a header but no rows.")
    return replace(raw, sha256=digest.result())


def read_features(data: bytes) -> pa.Table:
    """The features of a geographic file in its own coordinate system, as GeoArrow. Raises UnreadableFile."""
    with failures_in_words("a geographic file"):
        return parse_apart(_FEATURES, data).table()


@contextmanager
def failures_in_words(read_as: str) -> Iterator[None]:
    """Give every failure to parse as UnreadableFile, in the user's words."""
    try:
        yield
    except UnreadableFile:
        raise
    except (pa.ArrowException, OSError, ValueError, RuntimeError) as error:
        raise UnreadableFile(
            "The file is damaged, cut short or of another kind than its name says. "
            f"(Read as {read_as}: {str(error)[:200]})"
        ) from error


def _parsed(
    data: bytes, suffix: str, wanted: Collection[str] | None, kind: str, reading: FileReading
) -> RawTable:
    """The table without its digest. Delimited text is parsed here, by a library that keeps to the size of the
    file; all else in a process of its own."""
    found = content.find_kind(data, suffix)
    parts, row = {"kind": kind, "wanted_parts": reading.parts}, {"header_row": reading.header_row}
    if found == content.PARQUET:
        maximum = min(MAXIMUM_BYTES, max(maximum_unpacked(len(data)), _ALWAYS_ALLOWED_TEXT))
        return _apart(_PARQUET_FILE, "Parquet", data, maximum_bytes=maximum, wanted=sorted(wanted or ()))
    if found == content.WORKBOOK:
        return _without_foot(_apart(_WORKBOOK, "Excel", data, maximum_bytes=MAXIMUM_BYTES, **parts, **row))
    if found == content.ARCHIVE:
        return _without_foot(_apart(_ARCHIVE, "Zip file", data, **parts, **row))
    if found == content.SHAPES:
        return _apart(_SHAPE_FILE, "Geographic", data, **parts)
    if found == content.RECORDS:
        return replace(_apart(_RECORDS, "JSON", data, **parts, are_lines=suffix in LINES), encoding="utf-8")
    if found == content.STATEMENT:
        name = find_statement(data) or "camt"
        return _apart(_STATEMENT, name, data, name=name, kind=kind)
    if found == content.PAGE:
        return _apart(_PAGE, "Web page", data, **parts, **row)
    if found == content.XML:
        return _apart(_XML, "XML", data, **parts)
    return _as_raw(read_delimited(data, wanted, reading.header_row), "CSV")


def _apart(parser: Parser, format_name: str, data: bytes, **options: object) -> RawTable:
    return _as_raw(parse_apart(parser, data, **options), format_name)


def _as_raw(parsed: ParsedFile, format_name: str) -> RawTable:
    format_name = parsed.format or format_name
    table = parsed.table()
    return RawTable(
        _without_wrapping(table) if format_name == "CSV" else table,
        "",
        format_name,
        parsed.encoding,
        parsed.separator,
        parsed.notes,
        list(parsed.refused),
        4326 if format_name == "Geographic" else None,
        parsed.preamble,
        parsed.layout,
    )


def _without_foot(raw: RawTable) -> RawTable:
    """Without what stands under the last row of the one table read; of several, their parsers left it out."""
    if raw.epsg or sum(part.is_read for part in raw.layout.parts) > 1:
        return raw
    table, refused, notes = drop_foot(raw.table, raw.refused)
    return replace(raw, table=table, refused=refused, notes=(*raw.notes, *notes))


def _without_long_fields(raw: RawTable) -> RawTable:
    """Set apart the rows with a text of more than `_MAXIMUM_IN_FIELD` bytes."""
    long = None
    for name in raw.columns:
        column = raw.table.column(name)
        if (
            column.nbytes > _MAXIMUM_IN_FIELD
            and (pc.max(pc.binary_length(column)).as_py() or 0) > _MAXIMUM_IN_FIELD
        ):
            here = pc.fill_null(pc.greater(pc.binary_length(column), _MAXIMUM_IN_FIELD), False)
            long = here if long is None else pc.or_(long, here)
    if long is None:
        return raw
    numbers = raw.table.column("row_number").filter(long).to_pylist()
    reason = f"a text of more than {_MAXIMUM_IN_FIELD:,} bytes"
    refused = sorted([*raw.refused, *((number, reason, "") for number in numbers)])
    return replace(raw, table=raw.table.filter(pc.invert(long)), refused=refused)


def _without_wrapping(table: pa.Table) -> pa.Table:
    """Texts between apostrophes, or as formulas that keep a spreadsheet from reading them, without what is
    around them, of columns of which every value is so: '13/03/2024', ="00123"."""
    for at, name in enumerate(table.column_names):
        column = table.column(at)
        if not pa.types.is_string(column.type) or not len(column):
            continue
        first = column.slice(0, 1)[0].as_py() or ""
        for before, after in (("'", "'"), ('="', '"')):
            is_wrapped = first.startswith(before) and first.endswith(after) and len(first) > len(before)
            if is_wrapped and pc.all(pc.match_substring_regex(column, f"^{before}.*{after}$")).as_py():
                inner = pc.replace_substring_regex(column, f"^{before}(.*){after}$", r"\1")
                table = table.set_column(at, name, inner)
    return table


def _content(path: Path) -> bytes:
    """The uncompressed bytes, refusing what would unpack to far more than it should."""
    size = path.stat().st_size
    with path.open("rb") as file:
        gzipped = file.read(2) == _GZIP
    if not gzipped:
        if size > MAXIMUM_BYTES:
            raise UnreadableFile("The file is larger than 4 GB: split it by month or year.")
        return path.read_bytes()
    maximum = maximum_unpacked(size)
    try:
        with gzip.open(path) as stream:
            data = stream.read(maximum + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"The gzip file is damaged or cut short: {error}") from error
    if len(data) > maximum:
        raise UnreadableFile("The gzip file unpacks to far more than its size allows for: it is refused.")
    return data


def sample(table: pa.Table, rows: int) -> pa.Table:
    """At most so many rows, evenly spaced: a file is often sorted by date, so its head tells too little."""
    if table.num_rows <= rows:
        return table
    return table.take(np.linspace(0, table.num_rows - 1, rows).astype(int))


def sample_neighbours(table: pa.Table, rows: int) -> pa.Table:
    """At most so many rows, in evenly spaced runs of neighbours, which show what moves from row to row."""
    if table.num_rows <= rows:
        return table
    starts = np.linspace(0, table.num_rows - _NEIGHBOURS, rows // _NEIGHBOURS).astype(int)
    return table.take((starts[:, None] + np.arange(_NEIGHBOURS)).ravel())


def sample_texts(raw: RawTable, name: str) -> list[str]:
    """The texts of a column that are not empty, of a sample of rows."""
    return [text for text in sample(raw.table, SAMPLED_ROWS).column(name).to_pylist() if text]
