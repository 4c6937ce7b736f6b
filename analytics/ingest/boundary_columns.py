"""Which column of a file of outlines names them, told from the names of columns and their values together."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow.compute as pc

from analytics.formats.parts import PART_COLUMN
from analytics.formats.readers import RawTable
from analytics.ingest.column_words import column_words, place_words
from analytics.ingest.columns import Column

_SIZES = frozenset(("shape", "perimeter", "leng", "length", "len", "date", "time"))
_ENDING_IN_NAME = ("naam", "name", "namn", "navn", "nimi")  # of words in one: basisteamnaam
_WITHOUT_FIGURES = re.compile(r"[^\d/@{}]+")  # no code, date or link
_SIZE = re.compile(r"\s*-?\d+[.,]\d+\s*")  # a number with a part
_TELLING_APART = 6.0  # in score: more than names of two levels differ by
_NEARLY_ALL = 0.9  # of the outlines have another name each


def find_names(raw: RawTable, columns: list[Column]) -> list[str]:
    """The column that names the outlines; of several layers, that of each."""
    if PART_COLUMN not in raw.columns:
        return _listed([_find_name(columns) or _first_unique(columns)])
    names = []
    for part in pc.unique(raw.table.column(PART_COLUMN)):
        layer = raw.table.filter(pc.equal(raw.table.column(PART_COLUMN), part))
        filled = [
            Column(column.name, [cell or "" for cell in layer.column(column.name).to_pylist()], len(layer))
            for column in columns
            if column.name != PART_COLUMN
        ]
        names.append(_find_name(filled) or _first_unique(filled))
    return _listed(names)


def _listed(names: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def _first_unique(columns: list[Column]) -> str | None:
    """The first column whose text differs from row to row, where no column is called a name."""
    for column in columns:
        has_brackets = any("(" in value and value.rstrip().endswith(")") for value in column.values)
        if column.is_text and column.filled == 1 and column.distinct == column.rows and not has_brackets:
            return column.name
    return None


def _find_name(columns: list[Column]) -> str | None:
    """The column that names the outlines: a name rather than its code, and of those of several levels the one
    that tells the outlines apart."""
    best: tuple[float, Column] | None = None
    for column in columns:
        score = _names_outlines(column)
        if score < 1 or not column.values:
            continue
        score += _TELLING_APART * min(column.distinct / (_NEARLY_ALL * column.rows), 1)
        if best is None or score > best[0]:
            best = (score, column)
    if best and best[1].distinct < _NEARLY_ALL * best[1].rows:  # the name of something larger, or of parts
        words = [column for column in columns if column.share(_WITHOUT_FIGURES) > _NEARLY_ALL]
        return _first_unique(words) or best[1].name
    return best[1].name if best else None


def _names_outlines(column: Column) -> float:
    """How far a column is called the name of an area: 1 or more where it is."""
    words = set(column.words)
    is_called_name = bool(words & column_words("name"))
    is_name = is_called_name or any(word.endswith(_ENDING_IN_NAME) for word in words)
    is_area = bool(words & _areas())
    if words <= {"area"} or words & _SIZES or column.share(_SIZE) == 1:
        return 0.0  # its size
    score = 2 * is_name + 0.5 * is_called_name + 2 * is_area - 0.05 * len(words)
    if is_area and not is_name and words & {"num", "number", "no", "nr"}:
        score += 0.1  # of a beat, and no mere digit
    score -= 2.5 * bool(words & _CODES) + 1.5 * bool(words & _OTHERWISE)
    return score


_CODES = frozenset(
    (
        "cd",
        "code",
        "cod",
        "codi",
        "codigo",
        "kod",
        "kode",
        "id",
        "cve",
        "clave",
        "objectid",
        "gid",
        "iso",
        "type",
        "typ",
    )
    + ("tipo", "type_en", "class", "classification", "desc", "description")
)
_OTHERWISE = frozenset(("nmw", "alt", "varname", "official", "short", "abbr", "abbrev", "nl", "parent"))


def _areas() -> frozenset[str]:
    kinds = place_words()
    return kinds["area"] | kinds["town"] | column_words("area")
