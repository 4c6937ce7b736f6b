"""Text in a comparable form, character by character, with the way back to the original.

Digits of every script become ASCII digits (full-width, circled, Arabic, Chinese numerals), letters lose case
and accents, joiners and combining marks (the box of a keycap, a soft hyphen, a zero-width space) vanish."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_NUMERALS = {
    sign: str(value)
    for value, signs in enumerate(
        ("〇零○", "一壹幺", "二贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for sign in signs
}
_PLAIN = {"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ı": "i", "’": "'", "ʼ": "'", "`": "'"}


class _Table(dict[int, str | None]):
    """What a code point folds to: one character, or None where it vanishes. Filled as characters are met."""

    def __missing__(self, code: int) -> str | None:
        folded = _fold_character(chr(code))
        if folded is not None and folded != chr(code):
            folded = self[ord(folded)]  # a Kangxi radical is a numeral, and that a digit
        self[code] = folded
        return folded


def _fold_character(character: str) -> str | None:
    if character in _NUMERALS:
        return _NUMERALS[character]
    if character in _PLAIN:
        return _PLAIN[character]
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return None
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        plain = character
    decomposed = unicodedata.normalize("NFD", plain)
    base, marks = decomposed[0], decomposed[1:]
    if marks and all(unicodedata.combining(mark) for mark in marks):
        plain = base
    lower = plain.lower()
    return lower if len(lower) == 1 else plain


_TABLE = _Table()
_ASCII = frozenset(map(chr, range(128)))
_FEW = 10


@dataclass(frozen=True)
class Folded:
    """`text`, folded; `origin[i]` is where its character i stands in the original (None: at i)."""

    text: str
    original: str
    origin: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original; the marks upon the last character belong to it."""
        if self.origin is None:
            return start, end
        last = self.origin[end - 1] + 1
        while last < len(self.original) and unicodedata.category(self.original[last]) in ("Mn", "Me"):
            last += 1
        return self.origin[start], last


def fold(text: str) -> Folded:
    """Fold a text; see the module."""
    if text.isascii():
        return Folded(text.lower(), text)
    foreign = set(text) - _ASCII
    if len(foreign) <= _FEW and all(_TABLE[ord(character)] for character in foreign):
        folded = text  # a pound sign or an accent in an English advert: quicker one by one
        for character in foreign:
            if character != _TABLE[ord(character)]:
                folded = folded.replace(character, _TABLE[ord(character)] or "")
        return Folded(folded.lower(), text)
    folded = text.translate(_TABLE)
    if len(folded) == len(text):
        return Folded(folded, text)
    return Folded(
        folded, text, [at for at, character in enumerate(text) if _TABLE[ord(character)] is not None]
    )


def fold_word(word: str) -> str:
    """A word alone, folded: for tables that are compared with folded text."""
    return word.lower() if word.isascii() else fold(word).text


def fold_lines(lines: list[str]) -> list[str]:
    """Many texts of a line each, folded: for tables of foreign names."""
    return "\n".join(lines).translate(_TABLE).split("\n")
