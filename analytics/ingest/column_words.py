"""The words by which columns are recognised: `data/column_words.toml`, as `fold_letters` writes them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, read_toml


class ColumnWords(FileModel):
    """The whole of `data/column_words.toml`. `money`: names of columns by role; the rest are single words,
    but for `place`, whose entries are names. `statement`: words of the columns of a bank's statement by what
    they are about, `*` at an end standing for anything. `date_parts`: words of columns that hold a part of a
    date, the largest part first. `no_payment`: regular expressions of the texts of
    rows that are no payment, by what they state. `payment_status`: words for what became of a payment."""

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
    statement: dict[str, list[str]]
    payment_status: dict[str, list[str]]
    no_payment: dict[str, list[str]]
    date_parts: dict[str, list[str]]
    also: dict[str, dict[str, list[str]]]


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
def money_names(role: str) -> tuple[str, ...]:
    """The names of a column of payments that has a role, likeliest first."""
    return tuple(map(fold_letters, _lists().money[role]))


@cache
def date_part_words() -> dict[str, tuple[str, ...]]:
    """The words of columns that hold a part of a date, from year to minute."""
    return {part: tuple(map(fold_letters, words)) for part, words in _lists().date_parts.items()}


@cache
def status_words(about: str) -> frozenset[str]:
    """The words, in lower case, that say that a payment was booked, or was not_booked."""
    return frozenset(_lists().payment_status[about])


def no_payment_patterns() -> dict[str, str]:
    """A regular expression of the texts of rows that are no payment, by what they state instead."""
    return {what: "|".join(patterns) for what, patterns in _lists().no_payment.items()}


def names_in_other_languages(kind: str) -> dict[str, tuple[str, ...]]:
    """Further names of the columns of a kind, by role."""
    return {role: tuple(map(fold_letters, names)) for role, names in _lists().also.get(kind, {}).items()}


@cache
def _statement_words(about: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The whole words about something, and the beginnings of words."""
    words = list(map(fold_letters, _lists().statement[about]))
    return frozenset(word for word in words if not word.endswith("*")), tuple(
        word[:-1] for word in words if word.endswith("*")
    )


def is_about(words: list[str], about: str) -> bool:
    """Whether a word of a column of a statement is one about this."""
    whole, beginnings = _statement_words(about)
    return any(word in whole or word.startswith(beginnings) for word in words)


_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold_letters(text: str) -> str:
    """Lower case, without accents: Währung is wahrung, Kwota spłaty kwota splaty."""
    lower = re.sub(r"\bn°", "no ", text.lower())
    folded = unicodedata.normalize("NFKD", lower.translate(_LETTERS)).lower()  # the sign № becomes No
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare)  # Korean signs are taken apart and put together again
