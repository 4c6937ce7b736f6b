"""Words that stand for digits, in the languages of data/number_words.toml, and tokens read as digits.

A token of an advert (letters and digits without a gap) is read into pieces: a number in words, figures,
letters that look like figures ('O2O79'), or something else, which breaks a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from pydantic import Field

from analytics.adverts.identifiers.normalise import fold_word
from analytics.reference import reference_file
from analytics.shared.schema import FileModel, read_toml

_FILE = reference_file("number_words.toml")
# Letters drawn like a digit, Latin and Cyrillic; Greek omicron too.
LOOKALIKES = {
    "o": "0",
    "о": "0",
    "ο": "0",
    "q": "0",
    "l": "1",
    "i": "1",
    "і": "1",
    "z": "2",
    "з": "3",
    "s": "5",
    "b": "8",
    "б": "6",
}
_LOOKALIKES = "".join(LOOKALIKES)
# Korean digits are one syllable each and are written together: '공일공'.
_SYLLABLES = {
    "공": "0",
    "영": "0",
    "일": "1",
    "이": "2",
    "삼": "3",
    "사": "4",
    "오": "5",
    "육": "6",
    "륙": "6",
    "칠": "7",
    "팔": "8",
    "구": "9",
}
_LEET = str.maketrans("01345789", "oieastbg")
_LEET_L = str.maketrans("01345789", "oleastbg")
_ROLES = {"unit": 0, "teen": 1, "ten": 2, "hundred": 3}


@dataclass(frozen=True, slots=True)
class NumberWord:
    """A number word: its value, its role in a compound, its languages. A weak one counts only among other
    digits."""

    value: int
    role: (
        str  # unit, teen, ten, hundred (100 to 900), times100 (the bare 'hundred'), and, twice, thrice, skip
    )
    languages: frozenset[str]
    weak: bool = False


class Piece(NamedTuple):
    """Part of a token: `digits` as figures, or `word`; neither: a break. Offsets are within the token."""

    start: int
    end: int
    digits: str = ""
    word: NumberWord | None = None
    weak: bool = False


_Spellings = tuple[str, ...]  # in their order; ways to write one of them are parted by '/'


class NumberLanguage(FileModel):
    """The number words of one language of `data/number_words.toml`, which explains each key."""

    regions: tuple[str, ...]
    common: str = ""
    calling: str = ""
    references: str = ""
    letters: str = ""
    units: _Spellings = Field(min_length=10, max_length=10)
    teens: _Spellings = ()
    tens: _Spellings = ()
    hundreds: _Spellings = ()
    hundred: str = ""
    and_: tuple[str, ...] = Field(alias="and")
    twice: tuple[str, ...]
    thrice: tuple[str, ...]
    weak: _Spellings = ()
    more: dict[str, int] = {}
    unit_first: str = ""
    glued: bool = False


@cache
def _languages() -> dict[str, NumberLanguage]:
    return read_toml(_FILE, dict[str, NumberLanguage])


@cache
def load_number_words() -> dict[str, NumberWord]:
    """Every folded word and what it stands for; a word of several languages carries all that agree on its
    value."""
    words: dict[str, NumberWord] = {}
    for language, table in _languages().items():
        for spelling, value, role, weak in _of_language(table):
            word = fold_word(spelling)
            known = words.get(word)
            if known is None:
                words[word] = NumberWord(value, role, frozenset({language}), weak)
            elif (known.value, known.role) == (value, role):
                words[word] = NumberWord(value, role, known.languages | {language}, known.weak or weak)
    for word in (
        "dash",
        "hyphen",
        "dot",
        "point",
        "space",
        "tiret",
        "guion",
        "punto",
        "strich",
        "тире",
        "dann",
        "then",
    ):
        words.setdefault(word, NumberWord(0, "skip", frozenset({"en"}), True))
    return words


@cache
def load_language_regions() -> dict[str, tuple[str, ...]]:
    """Each language's countries, in which its numbers are looked up first."""
    return {name: language.regions for name, language in _languages().items()}


@cache
def load_common_words() -> dict[str, tuple[str, ...]]:
    """The languages, as their names in the file, of each folded word that is common in their adverts."""
    languages: dict[str, list[str]] = {}
    for name, language in _languages().items():
        for word in dict.fromkeys(map(fold_word, language.common.split())):
            languages.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in languages.items()}


@cache
def load_letters() -> dict[str, tuple[str, ...]]:
    """The languages, as their names in the file, of each letter that few languages write; not folded."""
    languages: dict[str, list[str]] = {}
    for name, language in _languages().items():
        for letter in language.letters:
            languages.setdefault(letter, []).append(name)
    return {letter: tuple(names) for letter, names in languages.items()}


@cache
def load_calling_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Folded words beside telephone numbers in any language, and the beginnings of more ('telefon*')."""
    words = {fold_word(word) for language in _languages().values() for word in language.calling.split()}
    return frozenset(word for word in words if word[-1] != "*"), tuple(
        sorted(word[:-1] for word in words if word[-1] == "*")
    )


@cache
def load_reference_words() -> frozenset[str]:
    """Folded words before accounts, contracts, tax numbers and their like, in any language."""
    return frozenset(
        fold_word(word) for language in _languages().values() for word in language.references.split()
    )


def _of_language(language: NumberLanguage) -> Iterable[tuple[str, int, str, bool]]:
    def listed(
        spellings: _Spellings, base: int, step: int, role: str, weak: bool = False
    ) -> Iterable[tuple[str, int, str, bool]]:
        for at, ways in enumerate(spellings):
            for spelling in ways.split("/"):
                yield spelling, base + at * step, role, weak

    yield from listed(language.units, 0, 1, "unit")
    yield from listed(language.weak, 0, 1, "unit", True)
    yield from listed(language.teens, 10, 1, "teen")
    yield from listed(language.tens, 20, 10, "ten")
    yield from listed(language.hundreds, 100, 100, "hundred")
    yield from ((spelling, value, "teen", False) for spelling, value in language.more.items())
    if language.hundred:
        yield language.hundred, 100, "times100", True
    for role, words in (("and", language.and_), ("twice", language.twice), ("thrice", language.thrice)):
        yield from ((word, 0, role, True) for word in words)
    yield from _compounds(language)


def _compounds(language: NumberLanguage) -> Iterable[tuple[str, int, str, bool]]:
    """Tens and units in one word: fünfundzwanzig, trentacinque, ventotto."""
    units = [spellings.split("/") for spellings in language.units]
    for ten, spellings in enumerate(language.tens, start=2):
        for word in spellings.split("/"):
            for unit in range(1, 10):
                for spelling in units[unit]:
                    if joint := language.unit_first:
                        for between in {joint, "ën"} if joint == "en" else {joint}:
                            yield spelling + between + word, ten * 10 + unit, "teen", False
                    elif language.glued:
                        elided = spelling[0] in "uo" and word[-1] in "ai"  # vent(i)uno
                        stem = word[:-1] if elided else word
                        yield stem + spelling, ten * 10 + unit, "teen", False


@lru_cache(maxsize=1 << 16)
def split_pieces(token: str) -> tuple[Piece, ...]:
    """Read one folded token. A token of other words is one break, a telephone number in figures one piece."""
    if token.isdigit():
        return (Piece(0, len(token), token),)
    whole = _word(token, 0, len(token))
    if whole:
        return whole
    if token.isalpha() or len(token) > 60:
        return (Piece(0, len(token)),)
    leet = _leet(token)
    if leet:
        return leet
    return tuple(
        piece
        for part in re.finditer(r"\d+|\D+", token)
        for piece in (
            (Piece(part.start(), part.end(), part[0]),)
            if part[0].isdigit()
            else _word(part[0], part.start(), len(token)) or (Piece(part.start(), part.end()),)
        )
    )


def _word(text: str, at: int, token_length: int) -> tuple[Piece, ...] | None:
    """Letters without a gap: a number word, letters for digits, or number words written together."""
    word = load_number_words().get(text)
    alone = len(text) == token_length
    if (word is None or not alone) and not text.strip(_LOOKALIKES):
        figures = "".join(LOOKALIKES[letter] for letter in text)
        return (Piece(at, at + len(text), figures, weak=True),)
    if word:
        return (Piece(at, at + len(text), word=word, weak=word.weak),)
    if len(text) > 1 and text[0] in _SYLLABLES and all(letter in _SYLLABLES for letter in text):
        digits = "".join(map(_SYLLABLES.__getitem__, text))
        return (Piece(at, at + len(text), digits, weak=len(text) == 2),)
    if len(text) >= 6 and (parts := _parted(text)):
        ends = [at + sum(map(len, parts[: n + 1])) for n in range(len(parts))]
        return tuple(
            Piece(end - len(part), end, word=load_number_words()[part])
            for part, end in zip(parts, ends, strict=True)
        )
    return None


@cache
def _load_beginnings() -> frozenset[str]:
    """The first three letters of number words."""
    return frozenset(word[:3] for word in load_number_words() if len(word) > 2)


def _parted(text: str) -> list[str] | None:
    """'zerooneseven' into its number words, none of them weak; longest words first."""
    words = load_number_words()
    if text[:3] not in _load_beginnings() and text[:2] not in words:
        return None
    reached: dict[int, list[str]] = {0: []}
    for start in range(len(text)):
        if start in reached:
            for end in range(min(len(text), start + 16), start + 1, -1):
                part = text[start:end]
                if end not in reached and part in words and not words[part].weak:
                    reached[end] = [*reached[start], part]
    return reached.get(len(text))


def _leet(token: str) -> tuple[Piece, ...] | None:
    """'s3ven', '0ne', 'f1ve': figures within a number word."""
    for table in (_LEET, _LEET_L):
        word = load_number_words().get(token.translate(table))
        figures = sum(character.isdigit() for character in token)
        if word and not word.weak and len(token) > 2 and 2 * figures <= len(token):
            return (Piece(0, len(token), word=word),)
    return None
