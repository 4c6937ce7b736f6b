"""Which columns of a file hold both coordinates of a place, told from their names and their values."""

from __future__ import annotations

import re

from analytics.ingest.column_words import axis_names, column_words
from analytics.ingest.columns import Column

_LETTERED = re.compile(r"\s*+(?:[NSEWO]\s*\d.*|.*\d\W*[NSEWO])\s*", re.IGNORECASE)
_WHERE_IT_ENDED = frozenset(
    ("end", "dropoff", "drop", "destination", "dest", "arrival", "to", "finish", "return", "ende", "ziel")
)


def find_axes(columns: list[Column]) -> tuple[str, str] | None:
    """The columns of both coordinates: a pair named alike, in degrees before any other."""
    best: tuple[float, tuple[str, str]] | None = None
    plain = {" ".join(column.words): column for column in reversed(columns)}
    for x_name, x in plain.items():
        for rank, (east, north) in enumerate(axis_names()):
            y_name = _named_alike(x_name, east, north)
            y = plain.get(y_name) if y_name else None
            if y is None or y is x or not (_is_numbers(x) and _is_numbers(y)):
                continue
            if {east, north} & {"south", "west"} and not (_bears_letters(x) and _bears_letters(y)):
                continue  # without a letter its sign is not told
            degrees = x.is_degrees and y.is_degrees
            if len(east) <= len("dl") and not degrees and _says_something_else(x):
                continue
            score = 100 * degrees + 10 * min(x.filled, y.filled) - 0.5 * rank - 0.1 * len(x.words)
            score -= 20 * bool(set(x.words) & _WHERE_IT_ENDED)
            if best is None or score > best[0]:
                best = (score, (x.name, y.name))
            break
    return best[1] if best else None


def _named_alike(x_name: str, east: str, north: str) -> str | None:
    """The name of the other coordinate, where the name has this one: a short word as a word of its own, else
    anywhere."""
    whole = f" {x_name} "
    if f" {east} " in whole:
        return whole.replace(f" {east} ", f" {north} ", 1).strip()
    return x_name.replace(east, north, 1) if len(east) >= len("lon") and east in x_name else None


def _says_something_else(column: Column) -> bool:
    """Whether a name with a letter for an axis names a number, a kind or a date."""
    others = column_words("number") | column_words("not_reference") | column_words("date")
    return bool(set(column.words) & (others - {"grid", "ref", "reference", "latitude", "longitude"}))


def _is_numbers(column: Column) -> bool:
    """Whether a column can be one of coordinates. One without a value can: the places may be withheld."""
    return (
        not column.values
        or column.numeric > 0.3
        or any("°" in v or v.strip()[-1:] in "NSEWO" for v in column.values)
        or _bears_letters(column)
    )


def _bears_letters(column: Column) -> bool:
    """Whether the coordinates say by a letter on which side of the equator or of Greenwich they lie."""
    return column.share(_LETTERED) > 0.5
