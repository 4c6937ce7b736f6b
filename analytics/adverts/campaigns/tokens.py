"""Texts as numbered words, in any script, the same however they were typed.

Compatibility forms are resolved (NFKC: full-width and circled characters), case is folded, and what only
decorates is dropped (zero-width characters, variation selectors, enclosing keycaps, Arabic vowel marks and
tatweel). Scripts written without spaces are read character by character, so that pairs of neighbours do the
work of words; an emoji or other symbol is a word. Digits become one number sign, and so do serial numbers,
e-mail and web addresses and paths: they tell adverts of one template apart, not templates. Punctuation and
currency signs are not read. `split_words` keeps where each word stands in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numba
import numpy as np

from analytics.adverts.campaigns.arrays import Hashes, Int, Ints

NUMBER = "#"
_AT_ONCE = 2_000  # texts scanned in one go
_SEPARATOR, _LETTER, _DIGIT, _MARK, _ALONE, _DROPPED = range(6)
_UNSPACED = [
    (0x0E00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3134F),
]
_VOWEL_SIGNS = [0x0640, 0x0670, *range(0x064B, 0x0660), *range(0xFE00, 0xFE10)]
_NO_WORDS = 2  # letters together that still make no word beside digits
_SERIAL = 3  # runs of digits that make no word of the letters between them
_FIRST, _STEP = np.uint64(0xCBF29CE484222325), np.uint64(0x9FB21C651E98DF25)
_NUMBER_HASH = np.uint64(0x23)
_HTTP, _HTTPS, _WWW, _COM, _NET, _ORG = (
    np.frombuffer(text.encode(), np.uint8) for text in ("http://", "https://", "www.", ".com", ".net", ".org")
)


@dataclass(frozen=True)
class Tokens:
    """The words of n texts: those of text i are `word[start[i]:start[i + 1]]`, positions in `word_hash`
    (uint64, one a different word, 0 is any number; the hash depends on the word alone, not on the other
    texts)."""

    start: np.ndarray
    word: np.ndarray
    word_hash: np.ndarray

    def __len__(self) -> int:
        return len(self.start) - 1


def read_tokens(texts: Sequence[str | None], step: Callable[[float], None] = lambda share: None) -> Tokens:
    """The words of all texts as numbers; numbers that follow one another count as one. Missing texts have
    none."""
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


def split_words(text: str) -> list[tuple[str, int, int]]:
    """The words of one text, numbers not joined, digits replaced, with where each begins and ends in the text
    as given."""
    if text.isascii():
        plain, origin = text.lower(), None
    else:
        parts, origin = [], []
        for match in _clusters().finditer(text):
            parts.append(_plain(match.group()))
            origin.extend([match.span()] * len(parts[-1]))
        plain = "".join(parts)
    spans = _word_spans(np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32), _kinds())
    found = []
    for begin, end, own in spans.tolist():
        word = NUMBER if own else _without_digits(plain[begin:end])
        found.append((word, begin, end) if origin is None else (word, origin[begin][0], origin[end - 1][1]))
    return found


def _without_digits(word: str) -> str:
    """The word with each run of digits as one number sign; a number sign alone where digits make half of it,
    no three letters stand together, it has digits in several places or is hexadecimal (phone numbers with
    letters in them, serial numbers, prices)."""
    if word.isalpha():
        return word
    kinds = _kinds()
    word = "".join(character for character in word if kinds[ord(character)] != _DROPPED)
    runs = re.findall(r"(\d+)|(\D+)", word)
    digits = sum(len(number) for number, _ in runs)
    if not digits:
        return word
    if (
        2 * digits >= len(word)
        or max(len(letters) for _, letters in runs) <= _NO_WORDS
        or sum(number != "" for number, _ in runs) >= _SERIAL
        or not re.search(r"[^\da-f]", word)
    ):
        return NUMBER
    return "".join(letters or NUMBER for _, letters in runs)


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


@cache
def _clusters() -> re.Pattern[str]:
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
def _place_of(places: Ints, hashes: Hashes, h: np.uint64) -> np.int64:
    mask = len(places) - 1
    at = np.int64(h & np.uint64(mask))
    while places[at] != 0 and hashes[places[at]] != h:
        at = (at + 1) & mask
    return at


@numba.njit(cache=True)
def _settle(places: Ints, hashes: Hashes, size: int) -> None:
    for number in range(1, size):
        places[_place_of(places, hashes, hashes[number])] = number


@numba.njit(cache=True)
def _mixed(h: np.uint64, code: Int) -> np.uint64:
    h = (h ^ np.uint64(code)) * _STEP
    return h ^ (h >> np.uint64(29))


@numba.njit(cache=True)
def _is_plain(code: int) -> bool:
    """An ASCII letter (lower case) or digit."""
    return 97 <= code <= 122 or 48 <= code <= 57


@numba.njit(cache=True)
def _to_the_gap(codes: Ints, k: int) -> int:
    """The end of what runs on without a space, a quotation mark, a comma, a semicolon or a bracket."""
    while k < len(codes) and codes[k] > 32 and codes[k] < 0x250:
        if codes[k] in (34, 39, 40, 41, 44, 59, 60, 62, 91, 93, 123, 124, 125):
            break
        k += 1
    return k


@numba.njit(cache=True)
def _starts(codes: Ints, k: int, text: Ints) -> bool:
    if k + len(text) > len(codes):
        return False
    for i in range(len(text)):  # noqa: SIM110 - numba has no all() of a generator
        if codes[k + i] != text[i]:
            return False
    return True


@numba.njit(cache=True)
def _address_end(codes: Ints, k: int) -> int:
    """Where the e-mail or web address, host or path that begins at k ends; k where none does.

    An address has a sign @ and a dot, begins with http:// or www., has three parts with dots between them and
    ends in two to six letters, or has two and ends in one of the old top-level domains. A path begins with a
    slash and has two."""
    if codes[k] == 47:  # /
        end, slashes = _to_the_gap(codes, k), 0
        for i in range(k, end - 1):
            slashes += codes[i] == 47 and _is_plain(codes[i + 1])
        return end if slashes >= 2 else k
    if _starts(codes, k, _HTTP) or _starts(codes, k, _HTTPS):
        return _to_the_gap(codes, k)
    i, at, dots, last = k, -1, 0, -1
    while i < len(codes) and (_is_plain(codes[i]) or codes[i] in (43, 45, 46, 64, 95)):  # + - . @ _
        if codes[i] == 46:
            if i + 1 == len(codes) or not _is_plain(codes[i + 1]):
                break
            dots, last = dots + 1, i
        elif codes[i] == 64:
            at = i
        i += 1
    if dots == 0:
        return k
    for j in range(last + 1, i):
        if codes[j] < 97 or codes[j] > 122:
            return k
    label = i - last - 1
    known = label == 3 and (
        _starts(codes, last, _COM) or _starts(codes, last, _NET) or _starts(codes, last, _ORG)
    )
    if not (k < at < last or _starts(codes, k, _WWW) or known or (dots >= 2 and 2 <= label <= 6)):
        return k
    if i + 1 < len(codes) and codes[i] == 58 and 48 <= codes[i + 1] <= 57:  # :
        i += 1
        while i < len(codes) and 48 <= codes[i] <= 57:
            i += 1
    return _to_the_gap(codes, i) if i < len(codes) and codes[i] == 47 else i


@numba.njit(cache=True)
def _next_word(codes: Ints, kinds: Ints, k: int) -> tuple[int, int, bool]:
    """Begin and end of the next word at or after k, and whether it is an address. Begin is the length where
    none is; it ends before a NUL."""
    while k < len(codes) and codes[k] != 0:
        kind = kinds[codes[k]]
        if kind == _ALONE:
            return k, k + 1, False
        if kind in (_LETTER, _DIGIT) or (codes[k] == 47 and (k == 0 or not _is_plain(codes[k - 1]))):
            end = _address_end(codes, k)
            if end > k:
                return k, end, True
        if kind in (_LETTER, _DIGIT):
            end = k + 1
            while (
                end < len(codes)
                and codes[end] != 0
                and kinds[codes[end]] in (_LETTER, _DIGIT, _MARK, _DROPPED)
            ):
                end += 1
            return k, end, False
        k += 1
    return k, k, False


@numba.njit(cache=True)
def _word_spans(codes: Ints, kinds: Ints) -> Ints:
    """(words, 3) int64 of one text: begin, end, 1 for an address."""
    spans, n, k = np.empty((len(codes), 3), np.int64), 0, 0
    while k < len(codes):
        begin, end, address = _next_word(codes, kinds, k)
        if end == begin:
            k = begin + 1  # past a NUL
            continue
        spans[n, 0], spans[n, 1], spans[n, 2] = begin, end, address
        n += 1
        k = end
    return spans[:n]


@numba.njit(cache=True)
def _hash_of(codes: Ints, kinds: Ints, begin: int, end: int) -> np.uint64:
    """The hash of a word in which each run of digits is one number sign, and of a serial number that of any
    number."""
    h, length, digits, runs, letters, longest, hexadecimal, in_digits = _FIRST, 0, 0, 0, 0, 0, True, False
    for k in range(begin, end):
        kind = kinds[codes[k]]
        if kind == _DROPPED:
            continue
        length += 1
        if kind == _DIGIT:
            if not in_digits:
                h = _mixed(h, np.uint32(0x23))
                runs += 1
            in_digits, letters = True, 0
            digits += 1
        else:
            h = _mixed(h, codes[k])
            in_digits = False
            letters += 1
            longest = max(longest, letters)
            hexadecimal &= 97 <= codes[k] <= 102
    if digits > 0 and (2 * digits >= length or longest <= _NO_WORDS or runs >= _SERIAL or hexadecimal):
        return _NUMBER_HASH
    return h


@numba.njit(cache=True)
def _scan(
    codes: Ints, kinds: Ints, places: Ints, hashes: Hashes, size: int, word: Ints, ends: Ints
) -> tuple[int, int]:
    n, text, k, begin_of_text = 0, 0, 0, 0
    while text < len(ends):
        begin, end, address = _next_word(codes, kinds, k)
        if end == begin:
            ends[text] = n
            begin_of_text = n
            text += 1
            k = begin + 1
            continue
        k = end
        h = _NUMBER_HASH if address else _hash_of(codes, kinds, begin, end)
        if h == _NUMBER_HASH:
            if n == begin_of_text or word[n - 1] != 0:
                word[n] = 0
                n += 1
            continue
        at = _place_of(places, hashes, h)
        if places[at] == 0:
            hashes[size] = h
            places[at] = size
            size += 1
        word[n] = places[at]
        n += 1
    return n, size
