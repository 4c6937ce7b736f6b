"""The words by which columns are recognised: `data/column_words.toml`."""

from __future__ import annotations

from functools import cache

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, read_toml


class ColumnWords(FileModel):
    """The whole of `data/column_words.toml`. `money`: names of columns by role; the rest are single words,
    but for `place`, whose entries are names."""

    occurred: list[str]
    not_occurred: list[str]
    end: list[str]
    date: list[str]
    offence: list[str]
    kind: list[str]
    not_offence: list[str]
    reference: list[str]
    number: list[str]
    not_reference: list[str]
    birth: list[str]
    count: list[str]
    attribute: list[str]
    clock: list[str]
    place: list[str]
    money: dict[str, list[str]]


@cache
def _lists() -> ColumnWords:
    return read_toml(reference_file("column_words.toml"), ColumnWords)


@cache
def column_words(about: str) -> frozenset[str]:
    """The words of one list, for asking whether a name has one of them."""
    return frozenset(column_names(about))


def column_names(about: str) -> list[str]:
    """One list in its order, likeliest first."""
    found: list[str] = getattr(_lists(), about)
    return found


def money_names(role: str) -> list[str]:
    """The names of a column of payments that has a role, likeliest first."""
    return _lists().money[role]
