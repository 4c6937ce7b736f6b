"""Runs: stretches of an advert in which nothing but digits, in any dress, and their separators stand.

A run is read into atoms. One atom is what its author wrote as one: a group of figures, one number word, or a
compound such as 'twenty five' or 'double five'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from analytics.adverts.identifiers.number_words import NumberWord, Piece, split_pieces

TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")
LONGEST_GAP = 12
_APART = re.compile(r"[,;/|.]")
_CURRENCY = re.compile(r"[£$€¥₽₴₹%]")


class Atom(NamedTuple):
    """`digits` as written between `start` and `end` of the folded text; `gap` is what stands before it."""

    digits: str
    start: int
    end: int
    gap: str
    kind: str  # figures, letters, word
    weak: bool
    languages: frozenset[str]


class _Digits(dict[str, str]):
    """How many digits a token may be worth, as one character: '.' for a word, 'x' where a run begins or ends
    inside."""

    def __missing__(self, token: str) -> str:
        if token.isdigit():
            return str(min(len(token), 9))  # most numbers stand once: they are not kept
        read = split_pieces(token)
        count = sum(len(piece.digits) or piece.word is not None and 2 for piece in read)
        broken = any(not piece.digits and piece.word is None for piece in read)
        value = "." if not count else "x" if broken else str(min(count, 9))
        if len(self) < 1 << 18:
            self[token] = value
        return value


_DIGITS = _Digits()
_STRETCH = re.compile(r"[1-9x]+")


def find_runs(
    text: str, tokens: Sequence[str], blocked: Sequence[tuple[int, int]], compose: bool = True
) -> list[list[Atom]]:
    """All runs of seven digits or more of a folded text, outside the `blocked` spans; `tokens` are
    TOKEN's."""
    worth = "".join(map(_DIGITS.__getitem__, tokens))
    runs: list[list[Atom]] = []
    for stretch in _STRETCH.finditer(worth):
        if "x" in stretch[0] or sum(map(int, stretch[0])) >= 7:
            for current in _unbroken(_matches(text, tokens, *stretch.span()), text, blocked):
                atoms = _atoms(current, text, compose)
                if sum(len(atom.digits) for atom in atoms) >= 7:
                    runs.append(atoms)
    return runs


def _matches(text: str, tokens: Sequence[str], first: int, last: int) -> Iterable[re.Match[str]]:
    """The tokens from `first` to `last` with their places; a token that stands once in the text is gone to
    straight."""
    at = text.find(tokens[first])
    if text.find(tokens[first], at + 1) < 0:
        return islice(TOKEN.finditer(text, at), last - first)
    return islice(TOKEN.finditer(text), first, last)


def _unbroken(
    tokens: Iterable[re.Match[str]], text: str, blocked: Sequence[tuple[int, int]]
) -> Iterable[list[tuple[Piece, int]]]:
    """The pieces of neighbouring tokens, parted where something else stands between them."""
    current: list[tuple[Piece, int]] = []
    last_end = 0
    for token in tokens:
        start = token.start()
        for piece in split_pieces(token[0]):
            begin, end = start + piece.start, start + piece.end
            broken = not piece.digits and piece.word is None
            for block in blocked:
                broken = broken or (block[0] < end and begin < block[1])
            if current and (broken or _parted(text, last_end, begin, blocked)):
                yield current
                current = []
            if not broken:
                current.append((piece, start))
                last_end = end
    if current:
        yield current


def _parted(text: str, last_end: int, begin: int, blocked: Sequence[tuple[int, int]]) -> bool:
    gap = text[last_end:begin]
    return (
        len(gap) > LONGEST_GAP
        or (gap not in ("", " ") and bool(_CURRENCY.search(gap)))
        or any(last_end <= block[0] and block[1] <= begin for block in blocked)
    )


def _atoms(current: list[tuple[Piece, int]], text: str, compose: bool) -> list[Atom]:
    atoms: list[Atom] = []
    at, last_end = 0, None
    while at < len(current):
        piece, offset = current[at]
        if piece.word is None:
            digits, used, kind = piece.digits, 1, "letters" if piece.weak else "figures"
        else:
            digits, used = _spoken_digits(current, at, compose, text)
            kind = "word"
        last, last_offset = current[at + used - 1]
        at += used
        if not digits:
            continue
        start, end = offset + piece.start, last_offset + last.end
        languages = piece.word.languages if piece.word else frozenset()
        gap = text[last_end:start] if last_end is not None else ""
        atoms.append(Atom(digits, start, end, gap, kind, piece.weak and used == 1, languages))
        last_end = end
    return atoms


def _spoken_digits(current: list[tuple[Piece, int]], at: int, compose: bool, text: str) -> tuple[str, int]:
    """The digits of the words from `at` on that are one number, and how many pieces they are. 'Seventy,
    eight' are two: a comma parts them."""

    def word(step: int) -> NumberWord | None:  # 'quarante4' and 'twenty-5' are one number too
        if at + step >= len(current):
            return None
        (before, before_at), (piece, piece_at) = current[at + step - 1], current[at + step]
        if step and _APART.search(text, before_at + before.end, piece_at + piece.start):
            return None
        if step and piece.word is None and len(piece.digits) == 1 and not piece.weak:
            gap = text[before_at + before.end : piece_at + piece.start]
            return NumberWord(int(piece.digits), "unit", frozenset()) if gap in ("", "-") else None
        return piece.word

    first = word(0)
    if first is None:
        return "", 1
    if first.role in ("twice", "thrice"):
        times = 2 if first.role == "twice" else 3
        follower = current[at + 1][0] if at + 1 < len(current) else None
        if follower is None:
            return "", 1
        if follower.word is None and len(follower.digits) == 1:
            return follower.digits * times, 2
        if follower.word and follower.word.role == "unit":
            return str(follower.word.value) * times, 2
        return "", 1
    if first.role in ("and", "skip"):
        return "", 1
    if first.role == "times100":
        return "00", 1
    if not compose:
        return str(first.value), 1
    return _compound(word, first)


def _compound(word: Callable[[int], NumberWord | None], first: NumberWord) -> tuple[str, int]:
    value, used, room = first.value, 1, {"hundred": 100, "ten": 10, "teen": 1, "unit": 1}[first.role]
    french = "fr" in first.languages
    if first.role == "unit" and (second := word(1)) and second.role == "times100" and value:
        value, used, room = value * 100, 2, 100
    elif french and value == 4 and (second := word(1)) and second.role == "ten" and second.value == 20:
        value, used, room = 80, 2, 20
    elif french and first.role == "ten" and value == 60:
        room = 20
    elif french and first.role == "teen" and value == 10:
        room = 10 if (second := word(1)) and second.value in (7, 8, 9) and second.role == "unit" else 1
    while room > 1:
        step = used + 1 if (joint := word(used)) and joint.role == "and" else used
        part = word(step)
        if part is None or part.role not in ("unit", "teen", "ten") or not 0 < part.value < room or part.weak:
            break
        value, used = value + part.value, step + 1
        room = 10 if part.role == "ten" else 10 if french and part.value == 10 and room == 20 else 1
    return str(value), used
