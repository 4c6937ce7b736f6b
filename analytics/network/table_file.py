"""A table of text from any file, with every row of it, whether its cells are empty or say NA."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from analytics.formats.delimited import find_encoding
from analytics.formats.header import UnreadableFile
from analytics.formats.readers import read_file
from analytics.formats.separators import find_separator

_MAXIMUM_BYTES = 1 << 30
_CELL = 1 << 20  # characters
_HEAD, _LINES = 1 << 16, 50  # characters and lines, by which the separator is known
_REMARKS = re.compile(r"(?:[#%](?![,;\t|])[^\n]*\n\s*)+")
_STATES_SEPARATOR = re.compile(r"\s*\"?sep=.\"?\s*", re.IGNORECASE)


def read_text_table(
    path: Path, *, is_header: Callable[[list[str]], bool] | None = None, blanks_part: bool = False
) -> tuple[list[str], list[list[str]]]:
    """(the first row, the others) of delimited text; of any other format its column names and rows, empty
    where a value is missing. Lines without a cell are no rows, nor are remarks (#) before the first, but
    for the last of them where `is_header` knows its cells as names of columns, as many as a row has.
    `blanks_part`: where no other sign parts the cells, blanks do, if every line has as many. Raises
    UnreadableFile."""
    path = Path(path)
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path.name}.")
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raw = read_file(path).table.drop_columns(["row_number"])
        columns = [column.to_pylist() for column in raw.columns]
        return raw.column_names, [
            ["" if value is None else str(value) for value in row] for row in zip(*columns, strict=True)
        ]
    if path.stat().st_size > _MAXIMUM_BYTES:
        raise UnreadableFile(f"{path.name} is larger than 1 GB. Split it, or keep the columns needed.")
    data = path.read_bytes()
    text = data.decode(find_encoding(data), errors="replace").lstrip("\ufeff").replace("\0", "")
    text = text.lstrip("\r\n")
    remarks = _REMARKS.match(text)
    text = text[remarks.end() :] if remarks else text
    head = text[:_HEAD].splitlines()[:_LINES]
    stated = bool(head) and _STATES_SEPARATOR.fullmatch(head[0]) is not None
    separator = find_separator(head)
    if blanks_part and all(separator not in line for line in head) and _are_even(head):
        separator = " "
    csv.field_size_limit(_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator == " ")
    try:
        rows = [row for row in lines if row][stated:]
    except csv.Error as error:
        raise UnreadableFile(f"{path.name} cannot be read as a table: {error}.") from error
    if not rows:
        raise UnreadableFile(f"{path.name} is empty.")
    if remarks and is_header:
        last = remarks[0].strip().splitlines()[-1].lstrip("#% ")
        names = next(csv.reader([last], delimiter=separator, skipinitialspace=separator == " "), [])
        if len(names) == len(rows[0]) and is_header(names):
            return names, rows
    return rows[0], rows[1:]


def _are_even(lines: list[str]) -> bool:
    """Whether blanks part every line into as many cells, as they do not in a list of names."""
    parted = csv.reader((line.strip() for line in lines), delimiter=" ", skipinitialspace=True)
    return len({len(row) for row in parted if row}) <= 1
