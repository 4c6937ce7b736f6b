"""The words of bank statements and lists of payments in many languages (`data/statement_words.toml`): what
the name of a column is about, and what the words in cells say of a payment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from analytics.ingest.column_words import fold_letters
from analytics.reference import reference_file
from analytics.shared.schema import read_toml

_WITHIN = {"not_amount": ("balance", "fee")}  # what is about one of these is about that too


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    """By what they are about and by language, lists of words."""
    return read_toml(reference_file("statement_words.toml"), dict[str, dict[str, list[str]]])


def _all_words(about: str) -> list[str]:
    return [word for words in _lists()[about].values() for word in words]


@cache
def _words_about(about: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The whole words about something, the beginnings and the endings of words, and what is several words
    beside each other."""
    lists = (about, *_WITHIN.get(about, ()))
    words = [fold_letters(word) for each in lists for word in _all_words(each)]
    several = tuple(f" {word.rstrip('*')}" + " " * (not word.endswith("*")) for word in words if " " in word)
    single = [word for word in words if " " not in word]
    return (
        frozenset(word for word in single if "*" not in word),
        tuple(word[:-1] for word in single if word.endswith("*")),
        tuple(word[1:] for word in single if word.startswith("*")),
        several,
    )


@cache
def words_about_statements() -> frozenset[str]:
    """All words of the lists, those that stand for beginnings or endings of words without their sign."""
    words = (fold_letters(word) for about in _lists() for word in _all_words(about))
    return frozenset(part.strip("*") for word in words for part in word.split())


@lru_cache(maxsize=20_000)
def _are_about(words: tuple[str, ...], about: str) -> bool:
    whole, beginnings, endings, several = _words_about(about)
    if any(word in whole or word.startswith(beginnings) or word.endswith(endings) for word in words):
        return True
    name = f" {' '.join(words)} "
    return any(text in name for text in several)


def is_about(words: list[str], about: str) -> bool:
    """Whether the words of a column of a statement are about this."""
    return _are_about(tuple(words), about)


@cache
def cell_words(about: str) -> frozenset[str]:
    """The words of cells about something, in lower case, with their accents and without."""
    return frozenset(form for word in _all_words(about) for form in (word.lower(), fold_letters(word)))


@cache
def words_of_out() -> frozenset[str]:
    """The words of cells that say that money went out of the statement's own account."""
    return cell_words("direction_out")


def direction_of(value: str) -> int:
    """-1 for money out, +1 for money in, 0 for neither."""
    word = value.strip().lower()
    return int(word in cell_words("direction_in")) - int(word in words_of_out())


def unknown_statuses(values: Iterable[str]) -> list[str]:
    """Those of the words for what became of a payment that say neither that it was booked nor that it was
    not."""
    known = cell_words("not_booked") | cell_words("booked_status")
    return sorted(value for value in values if value.strip().lower() not in known)
