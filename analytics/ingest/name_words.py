"""The words of a column's name, however they are written: RMSOccurrenceDate, offensedesc, Tatbeginn."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from analytics.ingest.column_words import fold_letters, words_about_incidents, words_about_money
from analytics.ingest.statement_words import words_about_statements

_MARKS = "".join(sign for sign in map(chr, range(0x300, 0x1200)) if unicodedata.category(sign)[0] == "M")
_WORD = re.compile(rf"(?:[^\W\d_]|[{_MARKS}])+|\d+")  # the vowels of Thai and Hindi are marks, not letters
_LONGEST = 40  # letters of a word that is parted
_SHORT = 3  # letters: fewer stand at the end alone, as in caseno
_SHORT_SIGNS = 2  # of a script that writes words by signs


@cache
def _known() -> frozenset[str]:
    """The words that stand as they are written."""
    return words_about_incidents() | words_about_money() | words_about_statements()


@lru_cache(maxsize=4096)
def _split(name: str) -> tuple[str, ...]:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.replace("#", " no "))
    return tuple(part for word in _WORD.findall(fold_letters(parted)) for part in _part_compound(word))


def words_of(name: str) -> list[str]:
    """The words of a column name, lower case, without accents: RMSOccurrenceDate is rms, occurrence, date,
    and Begindatum begin, datum."""
    return list(_split(name))


def _part_compound(word: str) -> tuple[str, ...]:
    """The parts of a word that is made of known words throughout, and is none itself: the fewest."""
    if not 2 * _SHORT_SIGNS <= len(word) <= _LONGEST or word in _known():
        return (word,)
    parts = _fewest_parts(word, True)
    return parts if len(parts) > 1 else (word,)


@lru_cache(maxsize=1 << 14)  # bounded: names of columns are anybody's
def _fewest_parts(rest: str, is_first: bool) -> tuple[str, ...]:
    """The fewest known words of which a text is made; none where there are none."""
    best: tuple[str, ...] = ()
    known = words_about_incidents()
    for length in range(len(rest), 1, -1):
        head, tail = rest[:length], rest[length:]
        is_long = length >= (_SHORT if head.isascii() else _SHORT_SIGNS) or not tail and not is_first
        if not is_long or head not in known:
            continue
        if not tail:
            return (head,)
        further = _fewest_parts(tail, False)
        if further and (not best or 1 + len(further) < len(best)):
            best = (head, *further)
    return best
