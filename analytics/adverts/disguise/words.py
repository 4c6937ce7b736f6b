"""Words written so that search does not find them, as they are meant: letters of another alphabet that look
alike, digits and signs for letters, letters set apart.

Only what shows itself is folded. A word of one script stays as it is, in any text; so does one that really
mixes scripts ('smm-щик'). Digits are read as letters only in a text that has several words like 'd1g1ts', and
single letters as a word only where the same sign parts three or more. Every step replaces characters one by
one or takes some out, so that each keeps its place in the text as given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from analytics.adverts.disguise.letters import (
    EITHER,
    FOREIGN_LETTERS,
    INVISIBLE,
    LATIN_LETTERS,
    MARKS,
    SIGNS_FOR_LETTERS,
    character_class,
    lookalikes,
)

_HIDDEN = re.compile(f"[{character_class(MARKS, INVISIBLE)}]+")
SPACED = re.compile(r"(?<![^\W_])[^\W\d_]([ .\-_*·•~|/+,'])[^\W\d_](?:\1[^\W\d_])+(?![^\W_])")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN, _FOREIGN = character_class(LATIN_LETTERS), character_class(FOREIGN_LETTERS)
_MIXED = re.compile(f"[{_LATIN}][{_FOREIGN}]|[{_FOREIGN}][{_LATIN}]")
_IS_LATIN, _IS_FOREIGN = re.compile(f"[{_LATIN}]"), re.compile(f"[{_FOREIGN}]")
_INSIDE = re.compile(r"[^\W\d_][013457@$!|€89]{1,2}[^\W\d_]")
_TOKEN = re.compile(r"(?<![\w.@/-])[a-zA-Z0-9@$!|€]{2,}(?![\w@/]|[.-][a-z0-9])", re.ASCII)
_MEANT = str.maketrans(SIGNS_FOR_LETTERS)
_LETTER = re.compile("[a-zA-Z]")
_HEXADECIMAL = re.compile(r"[0-9a-fA-Fx]+")
_UNIT = re.compile(r"\d+[a-zA-Z]{1,4}|[a-zA-Z]{1,3}\d+|\d+[a-zA-Z]\d+|[a-zA-Z]4[a-zA-Z]")
_NO_LEET = re.compile(
    r".*(?:\d{3}|[26])|\d+(?:am|pm|h|hrs?|k|km|m|mins?|p|st|th|rd)$|(?-i:\d[A-Z]{2}$|[A-Z]{1,2}\d$)",
    re.IGNORECASE,
)
_SEVERAL, _SHARE = 3, 0.08
_SURE = 2  # words of mixed script that make the others' single script doubtful


def fold_words(text: str) -> str:
    """A text (NFKC) with its disguised words as they are meant; EITHER stands for an i or an l."""
    return _fold(text, None)


def fold_words_with_origin(text: str) -> tuple[str, list[int]]:
    """The same, and where each of its characters stands in the text."""
    origin = list(range(len(text)))
    return _fold(text, origin), origin


@dataclass(frozen=True)
class MixedWord:
    """`start` and the folded `text` of a word that had letters of two scripts."""

    start: int
    text: str


def _fold(text: str, origin: list[int] | None) -> str:
    if not text.isascii():
        text = _take_out(_HIDDEN, text, origin)
        if _MIXED.search(text):
            text = _put(text, find_mixed_words(text))
    text = _join_letters(text, origin)
    return _put(text, find_leet_words(text))


def _take_out(pattern: re.Pattern[str], text: str, origin: list[int] | None) -> str:
    if origin is not None:
        for match in reversed(list(pattern.finditer(text))):
            del origin[match.start() : match.end()]
    return pattern.sub("", text)


def _join_letters(text: str, origin: list[int] | None) -> str:
    """'l i k e' and 'l.i.k.e' as 'like'. A text of nothing else has letters for words and stays."""
    spaced = SPACED.search(text)
    if spaced is None or len(spaced.group()) >= len(text.strip()):
        return text
    if origin is not None:
        for match in reversed(list(SPACED.finditer(text))):
            del origin[match.start() + 1 : match.end() : 2]
    return SPACED.sub(lambda match: match.group()[::2], text)


def _put(text: str, words: list[MixedWord]) -> str:
    if not words:
        return text
    parts, last = [], 0
    for word in words:
        parts += [text[last : word.start], word.text]
        last = word.start + len(word.text)
    return "".join([*parts, text[last:]])


@cache
def _to_latin() -> dict[int, str]:
    tables = [pairs for script, pairs in lookalikes().items() if script != "latin"]
    return {ord(letter): plain for pairs in tables for letter, plain in pairs.items()}


_EVERYDAY = {
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяі",
    "greek": "αβγδεζηθικλμνξοπρστυφχψως",
}


@cache
def _to_foreign(script: str) -> dict[int, str]:
    """From Latin letters to the letters of a script's everyday alphabet that look like them."""
    table: dict[int, str] = {}
    for letter, plain in lookalikes()[script].items():
        if letter.lower() in _EVERYDAY[script]:
            table.setdefault(ord(plain), letter)
    return table


def find_mixed_words(text: str) -> list[MixedWord]:
    """Words of Latin letters and letters of another script that look like some, folded to the script that
    their other letters have, else to the text's. Where a text has several, its words that are wholly of
    look-alikes are folded with them."""
    mixed: list[re.Match[str]] = []
    latin: list[re.Match[str]] = []
    foreign: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        has_latin, has_foreign = _IS_LATIN.search(match.group()), _IS_FOREIGN.search(match.group())
        if has_foreign:
            (mixed if has_latin else foreign).append(match)
        elif has_latin:
            latin.append(match)
    own_latin = sum([_own_latin(match.group()) for match in (*mixed, *latin)])
    own_foreign = sum([_own_foreign(match.group()) for match in (*mixed, *foreign)])
    to_latin = own_latin >= own_foreign
    found = [MixedWord(match.start(), _unmixed(match.group(), to_latin)) for match in mixed]
    found = [word for word in found if word.text != text[word.start : word.start + len(word.text)]]
    if len(found) >= _SURE:
        if to_latin and not any(_own_foreign(match.group()) for match in foreign):
            found += [MixedWord(m.start(), m.group().translate(_to_latin())) for m in foreign]
        elif not to_latin and not any(_own_latin(match.group()) for match in latin):
            table = _to_foreign(_script(foreign[0].group() if foreign else text))
            found += [MixedWord(m.start(), m.group().translate(table)) for m in latin]
    return sorted(found, key=lambda word: word.start)


def _own_latin(word: str) -> int:
    """Latin letters that no letter of the other scripts looks like."""
    table = _to_foreign("cyrillic")
    greek = _to_foreign("greek")
    return sum(1 for c in word if _IS_LATIN.match(c) and ord(c) not in table and ord(c) not in greek)


def _own_foreign(word: str) -> int:
    """Letters of another script that look like no Latin one."""
    table = _to_latin()
    return sum(1 for c in word if _IS_FOREIGN.match(c) and ord(c) not in table)


def _unmixed(word: str, to_latin: bool) -> str:
    own_latin, own_foreign = _own_latin(word), _own_foreign(word)
    if own_latin and own_foreign:
        return word  # both scripts are meant
    if own_foreign or not (own_latin or to_latin):
        return word.translate(_to_foreign(_script(word)))
    return word.translate(_to_latin())


def _script(word: str) -> str:
    return "greek" if re.search("[\u0370-\u03ff\u1f00-\u1fff]", word) else "cyrillic"


def find_leet_words(text: str) -> list[MixedWord]:
    """Words with digits or signs for letters, where a text has several with some between letters."""
    if sum(1 for _ in zip(_INSIDE.finditer(text), range(_SEVERAL), strict=False)) < _SEVERAL:
        return []
    words = list(_leet_words(text))
    sure = {word.text.lower() for word, written in words if _is_sure(written)}
    letters = len(_WORD.findall(text))
    if len(sure) < _SEVERAL or len(sure) < _SHARE * letters:
        return []
    return [word for word, _ in words]


def _leet_words(text: str) -> Iterator[tuple[MixedWord, str]]:
    """What may be such words: as meant and as written."""
    for match in _TOKEN.finditer(text):
        word = match.group().rstrip("!|")
        meant = word.translate(_MEANT)
        if (
            meant != word
            and meant.replace(EITHER, "i").isalpha()
            and _LETTER.search(word)
            and not _NO_LEET.match(word)
        ):
            yield MixedWord(match.start(), meant), word


def _is_sure(word: str) -> bool:
    """More letters than digits, some of these between letters, and no serial number, unit or grade."""
    letters = sum(letter.isalpha() for letter in word)
    return (
        2 * letters >= len(word)
        and bool(_INSIDE.search(word))
        and not _HEXADECIMAL.fullmatch(word)
        and not _UNIT.fullmatch(word)
    )
