"""Runs: stretches of an advert in which nothing but digits, in any dress, and their separators stand.

A run is read into atoms. One atom is what its author wrote as one: a group of figures, one number word, or a
compound such as 'twenty five' or 'double five'.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from analytics.adverts.identifiers.number_words import NumberWord, Piece, split_pieces
from analytics.adverts.identifiers.spans import Span, merge_spans

TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")
LONGEST_GAP = 12
_FEWEST = 7  # digits of a run
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
        if token.isdigit() and len(token) > _SHORT:
            return str(min(len(token), 9))  # most numbers stand once: they are not kept
        read = split_pieces(token)
        if len(read) == 1 and not read[0].digits and read[0].word is None:
            count, broken = 0, True  # most words
        else:
            count, broken = _count_digits(read)
        value = "." if not count else "x" if broken else str(min(count, 9))
        if len(self) < 1 << 18:
            self[token] = value
        return value


def _count_digits(read: Sequence[Piece]) -> tuple[int, bool]:
    """How many digits the pieces of a token may be worth, and whether one of them is none."""
    count = sum(len(piece.digits) or piece.word is not None and 2 for piece in read)
    return count, any(not piece.digits and piece.word is None for piece in read)


_SHORT = 3
_DIGITS = _Digits()
_STRETCH = re.compile(r"[1-9x]+")
_NO_LANGUAGE: frozenset[str] = frozenset()

PlacedPiece = tuple[Piece, int, int]  # and where it begins and ends in the text


def find_stretches(text: str, tokens: Sequence[str]) -> list[list[PlacedPiece]]:
    """The pieces of neighbouring tokens (TOKEN's of a folded text) that may hold seven digits or more."""
    worth = "".join(map(_DIGITS.__getitem__, tokens))
    stretches: list[list[PlacedPiece]] = []
    index, at = 0, 0  # of a token, and a place up to which it does not stand
    for stretch in _STRETCH.finditer(worth):
        if "x" not in stretch[0] and sum(map(int, stretch[0])) < _FEWEST:
            continue
        first, last = stretch.span()
        for token in tokens[index:first]:  # nothing of a token stands between the one before and it
            at = text.find(token, at) + len(token)
        pieces: list[PlacedPiece] = []
        for token in tokens[first:last]:
            start = text.find(token, at)
            at = start + len(token)
            if token.isdigit():
                pieces.append((Piece(0, len(token), token), start, at))
            else:
                pieces += [(piece, start + piece.start, start + piece.end) for piece in split_pieces(token)]
        index = last
        stretches.append(pieces)
    return stretches


def find_runs(
    text: str, stretches: Iterable[list[PlacedPiece]], blocked: Sequence[Span], compose: bool = True
) -> list[list[Atom]]:
    """All runs of seven digits or more of a folded text with these stretches, outside the `blocked` spans."""
    runs: list[list[Atom]] = []
    blocks = merge_spans(blocked)
    for pieces in stretches:
        for current in _unbroken(pieces, text, _between(blocks, pieces[0][1], pieces[-1][2])):
            atoms = _atoms(current, text, compose)
            if sum([len(atom.digits) for atom in atoms]) >= _FEWEST:
                runs.append(atoms)
    return runs


def _between(blocks: list[Span], begin: int, end: int) -> list[Span]:
    """Those of merged spans that touch a part of a text."""
    if not blocks:
        return blocks
    first = max(bisect_right(blocks, (begin, 0)) - 1, 0)
    return blocks[first + (blocks[first][1] <= begin) : bisect_left(blocks, (end, 0))]


def _unbroken(
    pieces: Iterable[PlacedPiece], text: str, blocks: Sequence[Span]
) -> Iterable[list[PlacedPiece]]:
    """Neighbouring pieces, parted where something else stands between them; `blocks` are merged spans."""
    current: list[PlacedPiece] = []
    last_end = at = 0
    for placed in pieces:
        piece, begin, end = placed
        first = at
        while at < len(blocks) and blocks[at][1] <= begin:
            at += 1
        broken = (not piece.digits and piece.word is None) or (at < len(blocks) and blocks[at][0] < end)
        if current and (broken or at > first or _parted(text, last_end, begin)):
            yield current
            current = []
        if not broken:
            current.append(placed)
            last_end = end
    if current:
        yield current


def _parted(text: str, last_end: int, begin: int) -> bool:
    gap = text[last_end:begin]
    return len(gap) > LONGEST_GAP or (gap not in ("", " ") and bool(_CURRENCY.search(gap)))


def _atoms(current: list[PlacedPiece], text: str, compose: bool) -> list[Atom]:
    atoms: list[Atom] = []
    at, last_end = 0, -1
    while at < len(current):
        piece, start, end = current[at]
        weak = piece.weak
        if piece.word is None:
            digits, kind = piece.digits, "letters" if weak else "figures"
            languages = _NO_LANGUAGE
            at += 1
        else:
            digits, used = _spoken_digits(current, at, compose, text)
            kind, languages = "word", piece.word.languages
            at += used
            weak = weak and used == 1
            end = current[at - 1][2]
        if digits:
            gap = text[last_end:start] if last_end >= 0 else ""
            atoms.append(Atom(digits, start, end, gap, kind, weak, languages))
            last_end = end
    return atoms


def _spoken_digits(current: list[PlacedPiece], at: int, compose: bool, text: str) -> tuple[str, int]:
    """The digits of the words from `at` on that are one number, and how many pieces they are. 'Seventy,
    eight' are two: a comma parts them."""

    def word(step: int) -> NumberWord | None:  # 'quarante4' and 'twenty-5' are one number too
        if at + step >= len(current):
            return None
        before_end, (piece, start, _) = current[at + step - 1][2], current[at + step]
        if step and _APART.search(text, before_end, start):
            return None
        if step and piece.word is None and len(piece.digits) == 1 and not piece.weak:
            gap = text[before_end:start]
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
