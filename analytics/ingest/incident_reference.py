"""Which column of a file of recorded crime names the incident."""

from __future__ import annotations

import re

from analytics.ingest.column_words import column_words
from analytics.ingest.columns import Column
from analytics.ingest.name_words import words_of

_CODE = re.compile(r"(?=.*\d)(?=.*[A-Za-z/-]|\d{6})[\w./-]{5,30}")  # 24-0101, KRPA-1/2024, 2400000101
_NUMBERS_A_ROW = frozenset(("objectid", "esrioid", "oid", "fid", "ogcfid", "rowid", "globalid"))
_BESIDE = frozenset(("police", "agency", "the", "of", "unique", "original"))
_DIGIT = re.compile(r".*\d.*", re.DOTALL)


def find_reference(columns: list[Column]) -> str | None:
    """The column that names the incident: unique, or nearly so, and called a number of one."""
    best: tuple[float, str] | None = None
    for column in columns:
        words, name = set(column.words), _names_reference(column.words)
        unique = column.distinct >= 0.9 * len(column.values) and column.share(_DIGIT) > 0.8
        if name < 2 or not column.values or not unique:
            continue
        if "".join(column.words) in _NUMBERS_A_ROW:
            continue
        if _counts_rows(column) and not words <= column_words("reference") | column_words("number"):
            continue
        if words & {"object", "row", "record"} or _counts_rows(column):
            name -= 1.5
        name += 0.5 * bool(words & {"number", "num", "nbr", "no"}) + 2 * (words <= column_words("reference"))
        if best is None or name > best[0]:
            best = (name, column.name)
    return best[1] if best else None


def _counts_rows(column: Column) -> bool:
    """Whether the values are 1, 2, 3 and so on, which number the rows of one export."""
    return column.values[:3] == ["1", "2", "3"][: len(column.values)]


def _names_reference(all_words: list[str]) -> float:
    """How far a name says that a column numbers the incident: 2 or more where it does."""
    words, glued = set(all_words), "".join(all_words)
    if glued == "primarykey":
        return 2.0
    ends = any(
        glued.endswith(word) and len(glued) > len(word)
        for word in ("number", "num", "id", "no", "key", "nummer", "numero")
    )
    is_numbered = bool(words & column_words("number") or ends)
    if not is_numbered and not words <= column_words("reference") | _BESIDE:
        return 0.0  # the suburb of an incident is no number of one
    return (
        2.0 * bool(words & column_words("reference"))
        + 2 * is_numbered
        - 3 * len(words & column_words("not_reference"))
    )


def is_called_reference(name: str) -> bool:
    """Whether a column is called the number of an incident."""
    return _names_reference(words_of(name)) >= 2


def own_code(first: Column) -> str | None:
    """The first column of a file where it holds a code of its own for every row, whatever it is called."""
    if not first.values or first.distinct < first.rows or first.dated or first.is_pair or first.is_degrees:
        return None
    is_known = set(first.words) & (column_words("not_reference") | column_words("date"))
    return first.name if first.share(_CODE) == 1 and not is_known else None
