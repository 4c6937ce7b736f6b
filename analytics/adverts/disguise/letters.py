"""Letters that are compared as another: accents, small capitals, letters in circles, look-alikes of other
scripts.

Source: Unicode Technical Standard 39 (look-alikes; `data/lookalikes.toml`) and the canonical decompositions
of Unicode. Accents go from Latin and Greek letters, whose writers often leave them out; Cyrillic letters stay
(й is not и), but for ё and ѐ."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache

import numpy as np

from analytics.reference import reference_file

_SHAPES = "latin"  # the table of Latin shapes, plain in every text
_ENCLOSED = (0x1F150, 0x1F170)  # white letters on black circles and squares, A to Z
MARKS = (
    (0x300, 0x36F),
    (0x483, 0x489),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
INVISIBLE = (
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE01EF),
)


def character_class(*ranges: tuple[tuple[int, int], ...]) -> str:
    """Ranges of code points as the inside of a regular expression's class."""
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for part in ranges for low, high in part)


LATIN, FOREIGN, OTHER_LETTER, FOR_A_LETTER, HIDDEN = range(1, 6)
LATIN_LETTERS = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF))
FOREIGN_LETTERS = (  # of alphabets with letters that look like Latin ones
    (0x370, 0x3FF),
    (0x400, 0x52F),
    (0x531, 0x58F),
    (0x10A0, 0x10FF),
    (0x13A0, 0x13FF),
    (0x1400, 0x167F),
    (0x1F00, 0x1FFF),
    (0x2C80, 0x2CFF),
    (0xA4D0, 0xA4FF),
    (0xA640, 0xA69F),
    (0xAB70, 0xABBF),
    (0x10400, 0x1044F),
)
EITHER = "\ue000"  # i or l, which 1, ! and | stand for
SIGNS_FOR_LETTERS = {"0": "o", "1": EITHER, "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"}
SIGNS_FOR_LETTERS |= {"@": "a", "$": "s", "!": EITHER, "|": EITHER, "€": "e"}


@cache
def classify_letters() -> np.ndarray:
    """By code point (uint8): LATIN, FOREIGN or OTHER_LETTER, a sign FOR_A_LETTER, HIDDEN, or 0."""
    classes = np.zeros(0x110000, np.uint8)
    classes[[code for code in range(0x32000) if chr(code).isalpha()]] = OTHER_LETTER
    for ranges, one in ((LATIN_LETTERS, LATIN), (FOREIGN_LETTERS, FOREIGN)):
        for low, high in ranges:
            letters = classes[low : high + 1]
            letters[letters == OTHER_LETTER] = one
    for low, high in (*MARKS, *INVISIBLE):
        classes[low : high + 1] = HIDDEN
    classes[[ord(sign) for sign in SIGNS_FOR_LETTERS]] = FOR_A_LETTER
    return classes


@cache
def lookalikes() -> dict[str, dict[str, str]]:
    """By script: its letters and the Latin letters they look like."""
    tables = tomllib.loads(reference_file("lookalikes.toml").read_text("utf-8"))
    return {script: {pair[0]: pair[1] for pair in text.split()} for script, text in tables.items()}


@cache
def letter_table() -> np.ndarray:
    """By code point, the code point it is compared as (uint32); letters are in small case."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in range(0x80, 0x2000):
        base = _without_marks(chr(code))
        if base:
            table[code] = ord(base)
    for letter, plain in lookalikes()[_SHAPES].items():
        table[ord(letter)] = ord(plain)
    for first in _ENCLOSED:
        table[first : first + 26] = np.arange(ord("a"), ord("z") + 1)
    return table


def fold_letters(text: str) -> str:
    """The text with each letter as it is compared."""
    if text.isascii():
        return text
    table = letter_table()
    return "".join(chr(table[ord(letter)]) for letter in text)


def _without_marks(letter: str) -> str:
    """The base of a Latin or Greek letter with marks; '' for any other."""
    parts = unicodedata.normalize("NFD", letter)
    base, marks = parts[0], parts[1:]
    if not marks or not all(unicodedata.combining(mark) for mark in marks):
        return ""
    small = base.lower()
    latin_or_greek = "a" <= small <= "z" or "α" <= small <= "ω"
    return small if latin_or_greek or letter in "ёѐЁЀ" else ""
