"""Column names as they come: under title lines, blank, repeated or far too many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

MAXIMUM_COLUMNS = 250
HEADER_WITHIN = 40  # rows; a preamble of more is none
SHOWN_ROWS = 20  # of a file as it is, for the user to say which row names the columns
HEADER_FOUND = "the column names stand in row {}, and what is above them is not read"
HEADER_JOINED = "the column names stand in two rows, {} and {}, which are read together"
_NOT_SAID = frozenset(("unknown", "n/a", "na", "none", "null", "nil", "not known", "withheld", "tbc", "x"))
_CODE_NAME = re.compile(r"[A-Za-z]{1,3}_?\d{1,3}")  # Q1, V12, F_3
_FEWEST_VALUES = 2  # columns of values under words that show these to be names
_VALUE = re.compile(r"[\s'\"({+-]*\d[\d\s.,:/'TZ+-]*(?:[AP]M)?[\s'\")}%]*", re.IGNORECASE)
_YEAR = re.compile(r"\s*(?:19|20)\d\d(?:\s*[-/]\s*(?:19|20)?\d\d|0[1-9]|1[0-2])?\s*")
_LABEL = re.compile(r"\s*[^:]{2,30}:(?:\s*|\s+\S.*)")  # 'Account:', 'From: 01/03/2024'
_DATE = re.compile(r"\s*\d{1,4}([-./])\d{1,2}\1\d{2,4}\s*")
_AMOUNT = re.compile(r"\s*[+-]?\d[\d ,.\u00a0\u202f']*[.,]\d\d\s*(?:[A-Z]{3}|€)?\s*")
_NO_HEADER = (
    "The first line of the table holds values, not column names: it has no header. Add a first line that "
    "names the columns, or say that there is none (--header-row 0)."
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class UnreadableFile(ValueError):
    """The file cannot be imported; the message says why, in the user's words."""


def check_width(columns: int) -> None:
    """Raise UnreadableFile where a file has more columns than are read."""
    if columns > MAXIMUM_COLUMNS:
        raise UnreadableFile(
            f"The file has {columns} columns; at most {MAXIMUM_COLUMNS} are read. Keep those needed."
        )


def unique_names(names: list[str]) -> list[str]:
    """Name the nameless by position and number the repeated, whatever their case, since SQL heeds none.

    `row_number` is kept for the file's own rows; a control character, which no name in SQL may hold, becomes
    a blank. Raises UnreadableFile where there are too many."""
    check_width(len(names))
    taken = {"row_number"}
    unique = []
    for position, name in enumerate(names, start=1):
        base = _CONTROL.sub(" ", name).strip() or f"column {position}"
        candidate, repeat = base, 2
        while candidate.lower() in taken:
            candidate, repeat = f"{base} ({repeat})", repeat + 1
        taken.add(candidate.lower())
        unique.append(candidate)
    return unique


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """The index of the row that names the columns: the first that is as wide as the table and holds names.

    Above it stand titles, run dates and a bank's preamble. Raises UnreadableFile where the first row of the
    table holds values, or every row does."""
    widths = Counter(_filled(row) for row in rows if _filled(row) > 1)
    if not widths:
        return 0
    usual = max(widths, key=lambda width: (widths[width] * (width - 1), width))
    for index, row in enumerate(rows):
        filled = _filled(row)
        if filled < 2 or filled < 0.6 * usual:
            continue
        if _holds_a_payment(row) or filled < usual and _names_follow(rows[index + 1 :], usual):
            continue
        values = sum(map(looks_like_value, row))
        if values >= 2 and values >= 0.25 * filled:
            following = [other for other in rows[index + 1 :] if len(other) == len(row)]
            if following and _same_values(row, following[0]):
                raise UnreadableFile(_NO_HEADER)
        labels = sum(bool(_LABEL.fullmatch(cell)) for cell in row)
        if 2 * (values + labels) < filled or index == len(rows) - 1:
            return index
    if any(map(_holds_a_payment, rows)):
        raise UnreadableFile(_NO_HEADER)
    return 0


def _holds_a_payment(row: Sequence[str]) -> bool:
    """Whether a row has a whole date and an amount with its decimals, which no row of names has."""
    return any(map(_DATE.fullmatch, row)) and any(map(_AMOUNT.fullmatch, row))


def _names_follow(rows: Sequence[Sequence[str]], usual: int) -> bool:
    """Whether a row as wide as the table, with words alone, stands over a row of the same width with
    values."""
    return any(
        _filled(row) >= usual
        and not any(map(looks_like_value, row))
        and not any(map(_LABEL.fullmatch, row))
        and len(below) == len(row)
        and sum(map(looks_like_value, below)) >= _FEWEST_VALUES
        for row, below in zip(rows, rows[1:], strict=False)
    )


def join_header(rows: Sequence[Sequence[str]], index: int) -> tuple[list[str], int]:
    """The column names, and the index of the last row in which they stand: that of `index`, or where they
    stand in two, the row under it. Groups over several columns are put before the name of each."""
    header = rows[index]
    below = rows[index + 1] if index + 1 < len(rows) else []
    if _holds_names_too(header, below, rows[index + 2 :]):
        plain = [name.strip().casefold() for name in header]
        if "" in plain or len(set(plain)) < len(plain):
            return _under_groups(header, below), index + 1
        are_codes = sum(bool(_CODE_NAME.fullmatch(name.strip())) for name in header) > len(header) / 2
        return list(below if are_codes and all(cell.strip() for cell in below) else header), index + 1
    if index and _holds_groups(rows[index - 1], header):
        return _under_groups(rows[index - 1], header), index
    return list(header), index


def _holds_names_too(header: Sequence[str], below: Sequence[str], following: Sequence[Sequence[str]]) -> bool:
    """Whether the row under the header holds names as well: words where all rows after it have values."""
    rows = [row for row in following if len(row) == len(header) and any(row)]
    if len(below) != len(header) or not rows or any(map(looks_like_value, below)):
        return False
    over_values = 0
    for column, name in enumerate(below):
        written = [row[column] for row in rows if row[column].strip()]
        if not written or sum(map(looks_like_value, written)) < 0.8 * len(written):
            continue
        has_name = any(map(str.isalpha, name)) and name.strip().casefold() not in _NOT_SAID
        if not has_name and header[column].strip() and name.strip():
            return False
        over_values += has_name
    return over_values >= _FEWEST_VALUES


def _holds_groups(above: Sequence[str], header: Sequence[str]) -> bool:
    """Whether the row over the header names groups of its columns, rather than the table."""
    groups = [cell.strip() for cell in above if cell.strip()]
    return (
        len(above) == len(header)
        and 2 <= len(groups) < _filled(header)
        and all(
            len(group) <= 40 and not any(map(str.isdigit, group)) and ":" not in group for group in groups
        )
        and above[-1].strip() != groups[-1]
    )


def _under_groups(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """The names with that of their group before each: the nearest to the left."""
    joined, group = [], ""
    for over, name in zip(groups, names, strict=True):
        group = over.strip() or group
        under = name.strip()
        is_told = not under or not group or under.casefold().startswith(group.casefold())
        joined.append((under or over.strip()) if is_told else f"{group} {under}")
    return joined


def header_index(rows: Sequence[Sequence[str]], header_row: int | None) -> int:
    """The index of the row that names the columns: found, or the one that the user says; -1 where the user
    says that there is none. Raises UnreadableFile."""
    if header_row is None:
        return find_header(rows)
    if header_row > len(rows):
        raise UnreadableFile(
            f"Row {header_row} cannot name the columns: it must be one of the first {len(rows)}."
        )
    return header_row - 1


def number_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names for the columns of a table that has none."""
    return [f"column {k + 1}" for k in range(max(map(len, rows), default=0))]


def looks_like_value(text: str) -> bool:
    """Whether a cell is a number, an amount, a date or a time rather than a name. A year may be a name,
    and a month such as 202401."""
    return bool(_VALUE.fullmatch(text)) and not _YEAR.fullmatch(text)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _same_values(row: Sequence[str], other: Sequence[str]) -> bool:
    """Whether most values of a row stand over values."""
    pairs = [(a, b) for a, b in zip(row, other, strict=True) if looks_like_value(a)]
    return 2 * sum(looks_like_value(b) for _, b in pairs) > len(pairs)
