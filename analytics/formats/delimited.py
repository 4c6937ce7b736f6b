"""Delimited text: its encoding and separator found, its malformed lines set apart with their row numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection
from functools import partial
from itertools import islice

import charset_normalizer
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from analytics.formats.foot import LOOKED_AT, count_foot, leave_out
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
from analytics.formats.headerless import find_headerless
from analytics.formats.parsed import Layout, ParsedFile, as_texts
from analytics.formats.parts import RefusedRow
from analytics.formats.separators import (
    PUT_IN,
    SEPARATORS,
    find_separator,
    find_unusual_separator,
    put_in_place,
)
from analytics.shared.wording import counted

_OTHER_SCRIPTS = {
    "cp1251",
    "cp1253",
    "cp1255",
    "cp1256",
    "koi8_r",
    "koi8_u",
    "big5",
    "gb18030",
    "gbk",
    "euc_jp",
    "shift_jis",
    "cp932",
    "euc_kr",
    "cp949",
    "cp874",
    "iso8859_5",
    "iso8859_6",
    "iso8859_7",
    "iso8859_8",
}
_SIGNS_WITHIN = {  # code pages, and what their letters look like when read as that of western Europe
    "cp1250": r"(?s)\A(?=.*[šžŠŽ]).*[ìèùò]|(?<=[^\W\d_])[£¥¯³¹¿¼¾](?=[^\W\d_])|(?<![^\W_])[£¯][^\W\d_]{3}"
    r"|[^\W\d_]{3}³\b(?!\s*\d)|ì(?=[^\W\d_])",
    "iso8859_2": r"(?<=[^\W\d_])[±¶¡¦](?=[^\W\d_])",
    "cp1254": r"(?s)\A(?!.*[áéíóúæÁÉÍÓÚÆ]).*[ðþýÐÞÝ](?<=[^\W\d_])",
}
_BLOCK = 32 << 20  # smaller blocks make smaller batches, which the store then has to put together again
_NULLS = ["", "NULL", "null", "NA", "N/A", "(null)"]
_TAIL = 1 << 16  # bytes in which the last rows are looked for
_LONG_TEXT = 20  # lines; a text of more is no remark but rows lost behind a quotation mark that nobody closed


def read_delimited(
    data: bytes, wanted: Collection[str] | None = None, header_row: int | None = None
) -> ParsedFile:
    """Read CSV, TSV and their like. Rows with too many or too few columns are set apart, not lost.

    `wanted` columns alone are turned into a table where they suffice to tell a written row from a blank line.
    """
    data, zeros = _without_zeros(data)
    encoding = find_encoding(data)
    head = data[: 1 << 16].decode(encoding, errors="replace").lstrip("\ufeff")
    lines = re.split(r"\r\n|\n|\r", head, maxsplit=HEADER_WITHIN)[:HEADER_WITHIN]
    if _are_quoted_whole(lines):
        data, encoding = _without_outer_quotes(data.decode(encoding)).encode(), "utf-8"
        lines = _without_outer_quotes("\n".join(lines)).split("\n")
    separator, spelled = find_separator(lines), ""
    if unusual := find_unusual_separator(lines):
        data, lines = put_in_place(unusual, data, encoding), [line.replace(unusual, PUT_IN) for line in lines]
        encoding = "utf-8" if encoding.startswith("utf-16") else encoding
        separator, spelled = PUT_IN, unusual
    rows = [next(csv.reader([line], delimiter=separator), []) for line in lines]
    may_lack_names = header_row is None and rows and not encoding.startswith("utf-16")
    known = find_headerless(rows[0]) if may_lack_names else None
    if known:
        data = f"{separator.join(known.columns)}\n".encode() + data.removeprefix(codecs.BOM_UTF8)
        lines = [separator.join(known.columns), *lines]
    first = 0 if known else header_index(rows, header_row)
    two_rows, joined = False, list[str]()
    if first >= 0 and header_row is None and not known and rows:
        joined, last = join_header(rows, first)
        two_rows, first = joined != rows[first] or last > first, last
    preamble = as_texts(rows[: max(first, 0)])
    if first > 0:
        data, encoding = _without_lines(data, first, encoding)
    if first < 0:
        names = number_columns(rows)
    elif two_rows:
        names = unique_names(joined)
    else:
        header = csv.reader([lines[first]], delimiter=separator, skipinitialspace=True)
        names = unique_names(next(header, []))
    following = [row for row in csv.reader(lines[first + 1 :], delimiter=separator) if any(row)]
    if following and all(len(row) == len(names) + 1 and not row[-1].strip() for row in following):
        names = unique_names([*names, ""])  # every row ends with a separator, the header without one
    if len(names) < 2:
        raise UnreadableFile("No separator was found in the first line: is this a table with a header?")
    if header_row is None and all(_is_number(name) for name in names):
        raise UnreadableFile("The first line holds only numbers: it must hold the column names.")
    kept = [name for name in names if name in wanted] if wanted else names
    unpaired = b'"' in data and data.count(b'"') % 2 == 1  # looking for one is quicker than counting
    if unpaired or wanted and len(kept) < len(set(wanted)):
        kept = names
    parse = partial(_parse, data, names, separator=separator, encoding=encoding, skipped=int(first >= 0))
    refused: list[tuple[int, str, str]] = []
    try:  # threads cannot number malformed rows, so they serve only a file that has none
        table = parse(kept, refused=None)
        if kept != names and _some_row_is_blank(table):
            table = parse(names, refused=None)
    except pa.ArrowInvalid:
        table = parse(names, refused=refused)
    if unpaired:
        _check_quotes(table, refused)
    if refused and table.num_rows == 0:
        raise UnreadableFile(
            f"No row has the {counted(len(names), 'column')} that row {max(first, 0) + 1} names. Say which "
            "row names the columns (--header-row)."
        )
    is_nameless = known is not None or first < 0
    added = -1 if known else max(first, 0)  # to the numbers of the rows that were parsed
    refused = [(number + added, reason, text) for number, reason, text in refused]
    start = 1 if is_nameless else first + 2
    numbers = np.arange(start, start + table.num_rows + len(refused))
    if refused:
        numbers = np.setdiff1d(numbers, [number for number, _, _ in refused])
    table = table.append_column("row_number", pa.array(numbers, pa.int64()))
    between = f"'{spelled}'" if spelled else SEPARATORS[separator]
    notes: tuple[str, ...] = (f"{encoding} text, {between} between columns",)
    if zeros:
        notes += (f"{counted(zeros, 'zero byte')} in the text, which mean nothing there, left out",)
    if first > 0:
        notes += (HEADER_JOINED.format(first, first + 1) if two_rows else HEADER_FOUND.format(first + 1),)
    if known:
        notes += (f"the file has no column names: it is read as {known.name}",)
    table, refused, left_out = _without_foot(
        _without_blank_lines(table), refused, _last_rows(data, encoding, separator), len(names)
    )
    return ParsedFile(
        table.schema,
        table.to_batches(),
        notes + left_out,
        refused,
        Layout(as_texts(_shown(rows)), 0 if is_nameless else first + 1),
        preamble,
        "CSV",
        encoding,
        separator,
    )


def _without_zeros(data: bytes) -> tuple[bytes, int]:
    """The text without zeros, which no encoding but UTF-16 needs, and how many there were."""
    if b"\x00" not in data or data[:2] in (b"\xff\xfe", b"\xfe\xff") or utf16_without_mark(data):
        return data, 0
    return data.replace(b"\x00", b""), data.count(0)


def _are_quoted_whole(lines: list[str]) -> bool:
    """Whether each line stands in quotation marks as one text, in which separators part the columns."""
    written = [line for line in lines if line.strip()]
    return len(written) > 1 and all(
        line[0] == line[-1] == '"'
        and "," in line
        and len(line.strip('"')) > 2
        and len(next(csv.reader([line]))) == 1
        for line in written
    )


def _without_outer_quotes(text: str) -> str:
    return "\n".join(row[0] if row else "" for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))))


def _shown(rows: list[list[str]]) -> list[list[str]]:
    """The first rows, without the empty one after the last line."""
    return rows[:SHOWN_ROWS] if rows[-1] else rows[:-1][:SHOWN_ROWS]


def _last_rows(data: bytes, encoding: str, separator: str) -> list[list[str]]:
    """The last rows of a text in which something is written."""
    end = data[-_TAIL:]
    if encoding.startswith("utf-16"):
        end = data if len(data) <= _TAIL else b""  # it cannot be cut anywhere
    lines = re.split(r"\r\n|\n|\r", end.decode(encoding, errors="replace"))
    whole = lines if len(end) == len(data) else lines[1:]
    rows = csv.reader(whole[-2 * LOOKED_AT :], delimiter=separator)
    return [row for row in rows if any(cell.strip() for cell in row)][-LOOKED_AT:]


def _without_foot(
    table: pa.Table, refused: list[RefusedRow], last: list[list[str]], width: int
) -> tuple[pa.Table, list[RefusedRow], tuple[str, ...]]:
    """The rows without those at the foot, told from the whole of the last rows: few columns may be read."""
    count = count_foot(last, width)
    written = table.column("row_number").slice(max(table.num_rows - count, 0)).to_pylist()
    numbers = sorted([*written, *(number for number, _, _ in refused)])
    return leave_out(table, refused, numbers[len(numbers) - count :], last[len(last) - count :])


def _without_lines(data: bytes, count: int, encoding: str) -> tuple[bytes, str]:
    """The text without its first lines, and its encoding, which is one in which a line ends with one byte."""
    if encoding.startswith("utf-16"):
        data, encoding = data.decode(encoding).lstrip("\ufeff").encode(), "utf-8"
    ends = re.finditer(rb"\r\n|\n|\r", data)
    end = next(islice(ends, count - 1, None))
    return data[end.end() :], encoding


def find_encoding(data: bytes) -> str:
    """UTF-8 or UTF-16 where the bytes are; otherwise the likeliest one around the first byte that is not."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if unmarked := utf16_without_mark(data):
        return unmarked
    if data.isascii():  # far quicker than decoding
        return "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        around = data[max(error.start - (1 << 16), 0) : error.start + (1 << 16)]
        best = charset_normalizer.from_bytes(around).best()
        # A few accented letters do not tell one western code page from another: Windows' is the likeliest.
        is_other_script = best is not None and best.encoding in _OTHER_SCRIPTS
        found = best.encoding if best is not None and is_other_script else _latin_page(around)
    else:
        return "utf-8"
    try:
        data.decode(found)
    except UnicodeDecodeError:
        return "latin-1"
    return found


def _latin_page(data: bytes) -> str:
    """Windows' code page of a text in Latin letters. That of western Europe, unless signs stand within words
    for which the page of another region has letters: PRZYK£AD is PRZYKŁAD."""
    western = data.decode("cp1252", errors="replace")
    for page, signs in _SIGNS_WITHIN.items():
        if re.search(signs, western):
            return page
    return "cp1252"


def utf16_without_mark(data: bytes) -> str | None:
    """The UTF-16 that western text is in when it lacks the mark at its start: every other byte is zero."""
    head = data[:4096]
    for zeros, encoding in ((head[1::2], "utf-16-le"), (head[0::2], "utf-16-be")):
        if zeros.count(0) > 0.9 * len(head) / 2 and head.count(0) < 0.6 * len(head):
            return encoding
    return None


def _check_quotes(table: pa.Table, refused: list[tuple[int, str, str]]) -> None:
    """Refuse a file in which a quotation mark that is never closed makes one row of many."""
    for number, _, text in refused:
        if text.count('"') % 2 and "\n" in text.strip():
            raise UnreadableFile(
                f"A quotation mark is opened in row {number:,} and never closed, so the "
                f"{text.strip().count(chr(10)):,} "
                "lines after it cannot be told apart. Close or remove it, then import the file again."
            )
    for column in table.columns:
        longest = pc.max(pc.count_substring(column, "\n")).as_py() or 0
        if longest > _LONG_TEXT:
            raise UnreadableFile(
                f"A quotation mark is opened and never closed: one text runs over {longest:,} lines. Close "
                f"or remove "
                "it, then import the file again."
            )


def _parse(
    data: bytes,
    names: list[str],
    kept: list[str],
    *,
    separator: str,
    encoding: str,
    skipped: int,
    refused: list[tuple[int, str, str]] | None,
) -> pa.Table:
    def refuse(row: pv.InvalidRow) -> str:
        assert refused is not None
        reason = f"{counted(row.actual_columns, 'column')} where the header has {row.expected_columns}"
        refused.append((row.number, reason, row.text or ""))
        return "skip"

    numbered = refused is not None
    return pv.read_csv(
        io.BytesIO(data) if encoding != "utf-8" else pa.BufferReader(data),
        read_options=pv.ReadOptions(
            column_names=names,
            skip_rows=skipped,
            encoding=encoding,
            use_threads=not numbered,
            block_size=_BLOCK,
        ),
        parse_options=pv.ParseOptions(
            delimiter=separator,
            newlines_in_values=b'"' in data,
            ignore_empty_lines=False,
            invalid_row_handler=refuse if numbered else None,
        ),
        convert_options=pv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            null_values=_NULLS,
            quoted_strings_can_be_null=True,
            include_columns=kept,
        ),
    )


def _without_blank_lines(table: pa.Table) -> pa.Table:
    """Blank lines keep their number, as in a spreadsheet, and are otherwise nothing."""
    written = _written(table.drop_columns("row_number"))
    return table if written is None or pc.all(written).as_py() else table.filter(written)


def _some_row_is_blank(table: pa.Table) -> bool:
    written = _written(table)
    return written is not None and not pc.all(written).as_py()


def _written(table: pa.Table) -> pa.ChunkedArray | None:
    """Whether anything stands in each row; None where the first column already says that something does."""
    if table.column(0).null_count == 0:
        return None
    written = pc.is_valid(table.column(0))
    for column in table.columns[1:]:
        written = pc.or_(written, pc.is_valid(column))
    return written


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
