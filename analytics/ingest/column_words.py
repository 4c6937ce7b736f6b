"""The words by which columns are recognised: `data/column_words.toml`, as `fold_letters` writes them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, read_toml


class ColumnWords(FileModel):
    """The whole of `data/column_words.toml`. `offences`: of texts that name one. `money`: names of columns by
    role; the rest are single words, but for `axes`, which are pairs of names. `place`: words by how fine a
    place is. `part`: of names written as one word. `date_parts`: words of columns that hold a part of a date,
    the largest part first. `no_payment`: regular expressions of the texts of rows that are no payment, by
    what they state. The words of bank statements are in `statement_words.py`."""

    occurred: list[str]
    not_occurred: list[str]
    end: list[str]
    date: list[str]
    offence: list[str]
    offences: list[str]
    event: list[str]
    kind: list[str]
    not_offence: list[str]
    reference: list[str]
    name: list[str]
    area: list[str]
    number: list[str]
    not_reference: list[str]
    birth: list[str]
    count: list[str]
    attribute: list[str]
    clock: list[str]
    part: list[str]
    axes: list[tuple[str, str]]
    place: dict[str, list[str]]
    weekday: list[str]
    money: dict[str, list[str]]
    no_payment: dict[str, list[str]]
    date_parts: dict[str, list[str]]


@cache
def _lists() -> ColumnWords:
    return read_toml(reference_file("column_words.toml"), ColumnWords)


@cache
def column_words(about: str) -> frozenset[str]:
    """The words of one list, for asking whether a name has one of them."""
    return frozenset(column_names(about))


@cache
def column_names(about: str) -> tuple[str, ...]:
    """One list in its order, likeliest first."""
    return tuple(map(fold_letters, getattr(_lists(), about)))


@cache
def axis_names() -> tuple[tuple[str, str], ...]:
    """The names of the columns of both coordinates, east before north, likeliest first."""
    return tuple((fold_letters(east), fold_letters(north)) for east, north in _lists().axes)


@cache
def place_words() -> dict[str, frozenset[str]]:
    """The words of columns that say where, by how fine the place is, the finest first."""
    return {kind: frozenset(map(fold_letters, words)) for kind, words in _lists().place.items()}


_ABOUT_INCIDENTS = (
    *("occurred", "not_occurred", "birth", "end", "date", "clock", "offence", "kind", "reference", "number"),
    *("count", "event", "part"),
)


@cache
def words_about_incidents() -> frozenset[str]:
    """All words of the lists about incidents of which names may be made."""
    words = {word for about in _ABOUT_INCIDENTS for word in column_names(about)}
    words |= {word for kinds in place_words().values() for word in kinds}
    return frozenset(words | {word for parts in date_part_words().values() for word in parts})


@cache
def words_about_money() -> frozenset[str]:
    """All words of the names of columns of payments."""
    return frozenset(word for role in _lists().money for name in money_names(role) for word in name.split())


@cache
def money_names(role: str) -> tuple[str, ...]:
    """The names of a column of payments that has a role, likeliest first."""
    return tuple(map(fold_letters, _lists().money[role]))


@cache
def date_part_words() -> dict[str, tuple[str, ...]]:
    """The words of columns that hold a part of a date, from year to minute."""
    return {part: tuple(map(fold_letters, words)) for part, words in _lists().date_parts.items()}


def no_payment_patterns() -> dict[str, str]:
    """A regular expression of the texts of rows that are no payment, by what they state instead."""
    return {what: "|".join(patterns) for what, patterns in _lists().no_payment.items()}


@cache
def _record_words() -> dict[str, dict[str, dict[str, list[str]]]]:
    """By kind, role and language, names of columns: the whole of `data/record_words.toml`."""
    return read_toml(reference_file("record_words.toml"), dict[str, dict[str, dict[str, list[str]]]])


def names_in_other_languages(kind: str) -> dict[str, tuple[str, ...]]:
    """Further names of the columns of a kind, by role."""
    return {
        role: tuple(fold_letters(name) for names in languages.values() for name in names)
        for role, languages in _record_words().get(kind, {}).items()
    }


_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold_letters(text: str) -> str:
    """Lower case, without accents: Währung is wahrung, Kwota spłaty kwota splaty."""
    lower = re.sub(r"\bn°", "no ", text.lower())
    folded = unicodedata.normalize("NFKD", lower.translate(_LETTERS)).lower()  # the sign № becomes No
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare)  # Korean signs are taken apart and put together again
