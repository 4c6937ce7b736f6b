"""Texts as numbered words, in any script, the same however they were typed.

Compatibility forms are resolved (NFKC: full-width and circled characters), case is folded, and what only decorates
is dropped (zero-width characters, variation selectors, enclosing keycaps, Arabic vowel marks and tatweel).
Scripts written without spaces are read character by character, so that pairs of neighbours do the work of words;
an emoji or other symbol is a word. Digits become one number sign: they tell adverts of one template apart, not
templates. Punctuation and currency signs are not read. `words_with_spans` keeps where each word stands in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numba
import numpy as np

NUMBER = "#"
_PLAIN_WORDS = re.compile(r"[^\W_]+", re.ASCII)
_AT_ONCE = 2_000  # texts scanned in one go
_SEPARATOR, _LETTER, _DIGIT, _MARK, _ALONE, _DROPPED = range(6)
_UNSPACED = [
    (0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF), (0x20000, 0x3134F),
]  # fmt: skip
_VOWEL_SIGNS = [0x0640, 0x0670, *range(0x064B, 0x0660), *range(0xFE00, 0xFE10)]
_NO_WORDS = 2  # letters together that still make no word beside digits
_FIRST, _STEP = np.uint64(0xCBF29CE484222325), np.uint64(0x9FB21C651E98DF25)
_NUMBER_HASH = np.uint64(0x23)


@dataclass(frozen=True)
class Tokens:
    """The words of n texts: those of text i are `word[start[i]:start[i + 1]]`, positions in `word_hash`
    (uint64, one a different word, 0 is any number; the hash depends on the word alone, not on the other texts)."""

    start: np.ndarray
    word: np.ndarray
    word_hash: np.ndarray

    def __len__(self) -> int:
        return len(self.start) - 1


def read_tokens(
    texts: Sequence[str | None], step: Callable[[float], None] = lambda share: None
) -> Tokens:  # fmt: skip
    """The words of all texts as numbers; numbers that follow one another count as one. Missing texts have none."""
    known = _Vocabulary()
    parts, lengths = [np.empty(0, np.int32)], [np.zeros(1, np.int64)]
    for first in range(0, len(texts), _AT_ONCE):
        step(first / len(texts))
        some = [text.replace("\0", " ") if text else "" for text in texts[first : first + _AT_ONCE]]
        word, ends = known.numbers_of(_plain("\0".join(some)), len(some))
        parts.append(word)
        lengths.append(np.diff(ends, prepend=0))
    word = np.concatenate(parts)
    return Tokens(np.cumsum(np.concatenate(lengths)), word, known.hashes[: known.size].copy())


def words_with_spans(text: str) -> list[tuple[str, int, int]]:
    """The words of one text, numbers not joined, digits replaced, with where each begins and ends in the text as given."""
    if text.isascii():
        return [(_without_digits(m.group().lower()), *m.span()) for m in _PLAIN_WORDS.finditer(text)]
    plain, origin = [], []
    for match in _clusters().finditer(text):
        cluster = _plain(match.group())
        plain.append(cluster)
        origin.extend([match.span()] * len(cluster))
    joined = "".join(plain)
    kinds, found, begin = _kinds(), [], -1
    for k, character in enumerate(joined + " "):
        kind = kinds[ord(character)]
        inside = kind in (_LETTER, _DIGIT) or (begin >= 0 and kind in (_MARK, _DROPPED))
        if begin >= 0 and not inside:
            found.append((begin, k))
            begin = -1
        elif begin < 0 and inside:
            begin = k
        if kind == _ALONE:
            found.append((k, k + 1))
    return [(_without_digits(joined[a:b]), origin[a][0], origin[b - 1][1]) for a, b in found]


def _without_digits(word: str) -> str:
    """The word with each run of digits as one number sign; a number sign alone where digits make half of it or no
    three letters stand together (phone numbers with letters in them, serial numbers, prices)."""
    if word.isalpha():
        return word
    kinds = _kinds()
    word = "".join(character for character in word if kinds[ord(character)] != _DROPPED)
    runs = re.findall(r"(\d+)|(\D+)", word)
    digits = sum(len(number) for number, _ in runs)
    if not digits:
        return word
    if 2 * digits >= len(word) or max(len(letters) for _, letters in runs) <= _NO_WORDS:
        return NUMBER
    return "".join(letters or NUMBER for _, letters in runs)


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


@cache
def _clusters() -> re.Pattern:
    """A character with the marks that follow it: what may be normalised by itself."""
    marks = "".join(
        f"\\U{code:08x}" for code in range(0x20000) if _kinds()[code] in (_MARK, _DROPPED) and code > 0x7F
    )
    return re.compile(f".[{marks}]*", re.DOTALL)


@cache
def _kinds() -> np.ndarray:
    """The kind of every character, by its code."""
    kinds = np.zeros(0x110000, np.uint8)
    for code in range(0x32000):
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Cf", "Me"):
            kinds[code] = _DROPPED
        elif category in ("Mn", "Mc"):
            kinds[code] = _MARK
        elif category == "Nd":
            kinds[code] = _DIGIT
        elif character.isalnum():
            kinds[code] = _LETTER
        elif category == "So":
            kinds[code] = _ALONE
    for low, high in _UNSPACED:
        written = kinds[low : high + 1]
        written[(written == _LETTER) | (written == _MARK)] = _ALONE
    kinds[_VOWEL_SIGNS] = _DROPPED
    return kinds


class _Vocabulary:
    """Numbers words by their hashes, in an open table that grows."""

    def __init__(self) -> None:
        self.size = 1
        self.hashes = np.zeros(1 << 12, np.uint64)
        self.hashes[0] = _NUMBER_HASH
        self._places = np.zeros(1 << 13, np.int32)

    def numbers_of(self, text: str, texts: int) -> tuple[np.ndarray, np.ndarray]:
        """The word numbers of texts joined by NUL, and where each text ends among them."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        room = self.size + len(codes)
        if room > len(self.hashes):
            self.hashes = np.concatenate([self.hashes, np.zeros(room, np.uint64)])
        if 2 * room > len(self._places):
            self._places = np.zeros(1 << (2 * room).bit_length(), np.int32)
            _settle(self._places, self.hashes, self.size)
        word, ends = np.empty(len(codes), np.int32), np.zeros(texts, np.int64)
        n, self.size = _scan(codes, _kinds(), self._places, self.hashes, self.size, word, ends)
        return word[:n].copy(), ends


@numba.njit(cache=True)
def _place_of(places, hashes, h):
    mask = len(places) - 1
    at = np.int64(h & np.uint64(mask))
    while places[at] != 0 and hashes[places[at]] != h:
        at = (at + 1) & mask
    return at


@numba.njit(cache=True)
def _settle(places, hashes, size):
    for number in range(1, size):
        places[_place_of(places, hashes, hashes[number])] = number


@numba.njit(cache=True)
def _mixed(h, code):
    h = (h ^ np.uint64(code)) * _STEP
    return h ^ (h >> np.uint64(29))


@numba.njit(cache=True)
def _scan(codes, kinds, places, hashes, size, word, ends):
    n, text, k = 0, 0, 0
    begin_of_text = 0
    while k <= len(codes):
        if k == len(codes) or codes[k] == 0:
            if text < len(ends):
                ends[text] = n
            begin_of_text = n
            text += 1
            k += 1
            continue
        kind = kinds[codes[k]]
        if kind == _ALONE:
            h = _mixed(_FIRST, codes[k])
            k += 1
        elif kind in (_LETTER, _DIGIT):
            h, length, digits, run, longest, in_digits = _FIRST, 0, 0, 0, 0, False
            while k < len(codes) and codes[k] != 0:
                kind = kinds[codes[k]]
                if kind == _DIGIT:
                    if not in_digits:
                        h = _mixed(h, np.uint32(0x23))
                    in_digits, run = True, 0
                    digits += 1
                    length += 1
                elif kind in (_LETTER, _MARK):
                    h = _mixed(h, codes[k])
                    in_digits = False
                    run += 1
                    length += 1
                    longest = max(longest, run)
                elif kind != _DROPPED:
                    break
                k += 1
            if digits > 0 and (2 * digits >= length or longest <= _NO_WORDS):
                if n == begin_of_text or word[n - 1] != 0:
                    word[n] = 0
                    n += 1
                continue
        else:
            k += 1
            continue
        at = _place_of(places, hashes, h)
        if places[at] == 0:
            hashes[size] = h
            places[at] = size
            size += 1
        word[n] = places[at]
        n += 1
    return n, size
