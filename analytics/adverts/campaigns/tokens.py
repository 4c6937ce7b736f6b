"""Texts as numbered words, in any script, the same however they were typed.

Compatibility forms are resolved (NFKC: full-width and circled characters), case and accents are folded, and
what only decorates is dropped (zero-width characters, marks upon letters, variation selectors, enclosing
keycaps, Arabic vowel marks and tatweel). Disguised words are read as they are meant
(`analytics.adverts.disguise`), and a text pasted twice is read once. Scripts written without spaces are read
character by character, so that pairs of neighbours do the work of words; an emoji or other symbol is a word
where a text has few others. Digits become one number sign, and so do serial numbers, e-mail and web addresses
and paths: they tell adverts of one template apart, not templates. Punctuation and currency signs are not
read. `split_words` keeps where each word stands in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from analytics.adverts.campaigns.word_scan import (
    DROPPED,
    MARK,
    NO_WORDS,
    NUMBER_HASH,
    SERIAL,
    SYMBOL,
    SYMBOLS_DROPPED,
    find_disguised_texts,
    find_word_spans,
    kinds_of_characters,
    scan_texts,
    settle_words,
)
from analytics.adverts.disguise import EITHER, fold_letters, fold_words, fold_words_with_origin, letter_table

NUMBER = "#"
_AT_ONCE = 2_000  # texts scanned in one go


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


@dataclass(frozen=True)
class Vocabulary:
    """The characters of the words of Tokens as hashed: those of word w are `letters[end[w - 1]:end[w]]`
    (uint32); word 0, any number, has none."""

    letters: np.ndarray
    end: np.ndarray


def read_tokens(texts: Sequence[str | None], step: Callable[[float], None] = lambda share: None) -> Tokens:
    """The words of all texts as numbers; numbers that follow one another count as one. Missing texts have
    none."""
    return read_words(texts, step)[0]


def read_words(
    texts: Sequence[str | None], step: Callable[[float], None] = lambda share: None
) -> tuple[Tokens, Vocabulary]:
    """The same, and what the words are."""
    known = _WordNumbers()
    parts, lengths = [np.empty(0, np.int32)], [np.zeros(1, np.int64)]
    for first in range(0, len(texts), _AT_ONCE):
        step(first / len(texts))
        some = [text.replace("\0", " ") if text else "" for text in texts[first : first + _AT_ONCE]]
        word, ends = known.numbers_of(some)
        parts.append(word)
        lengths.append(np.diff(ends, prepend=0))
    tokens = Tokens(
        np.cumsum(np.concatenate(lengths)), np.concatenate(parts), known.hashes[: known.size].copy()
    )
    end = known.letter_end[: known.size].copy()
    return tokens, Vocabulary(known.letters[: end[-1]].copy(), end)


def split_words(text: str) -> list[tuple[str, int, int]]:
    """The words of one text, numbers not joined, digits replaced, with where each begins and ends in the text
    as given."""
    plain, origin = _plain_with_origin(text)
    kinds = kinds_of_characters()
    found, symbols, others = [], [], 0
    for begin, end, own in find_word_spans(_codes(plain), kinds).tolist():
        word = NUMBER if own else _without_digits(plain[begin:end])
        symbols.append(kinds[ord(plain[begin])] == SYMBOL)
        others += word != NUMBER and not symbols[-1]
        found.append((word, begin, end) if origin is None else (word, origin[begin][0], origin[end - 1][1]))
    if others < SYMBOLS_DROPPED:
        return found
    return [word for word, symbol in zip(found, symbols, strict=True) if not symbol]


def _plain_with_origin(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """The text as its words are compared, and from where to where each character stands in it as given; None
    where each stands in its own place."""
    if text.isascii() and fold_words(text) == text:
        return text.lower(), None
    parts, spans = [], []
    for match in _clusters().finditer(text):
        parts.append(unicodedata.normalize("NFKC", match.group()))
        spans.extend([match.span()] * len(parts[-1]))
    folded, places = fold_words_with_origin("".join(parts))
    folded = folded.replace(EITHER, "i")
    parts, origin = [], []
    for letter, at in zip(folded, places, strict=True):
        parts.append(letter.casefold())
        origin.extend([spans[at]] * len(parts[-1]))
    return fold_letters("".join(parts)), origin


def _without_digits(word: str) -> str:
    """The word with each run of digits as one number sign; a number sign alone where digits make half of it,
    no three letters stand together, it has digits in several places or is hexadecimal (phone numbers with
    letters in them, serial numbers, prices)."""
    if word.isascii() and word.isalpha():
        return word
    kinds = kinds_of_characters()
    word = "".join(character for character in word if kinds[ord(character)] != DROPPED)
    runs = re.findall(r"(\d+)|(\D+)", word)
    digits = sum(len(number) for number, _ in runs)
    if not digits:
        return word
    if (
        2 * digits >= len(word)
        or max(len(letters) for _, letters in runs) <= NO_WORDS
        or sum(number != "" for number, _ in runs) >= SERIAL
        or not re.search(r"[^\da-f]", word)
    ):
        return NUMBER
    return "".join(letters or NUMBER for _, letters in runs)


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _read_codes(texts: list[str]) -> np.ndarray:
    """The code points of texts as their words are compared, parted by NUL."""
    joined = "\0".join(texts)
    if not joined.isascii():
        joined = unicodedata.normalize("NFKC", joined)
    disguised = np.flatnonzero(find_disguised_texts(_codes(joined), len(texts)))
    if len(disguised):
        parts = joined.split("\0")
        for k in disguised:
            parts[k] = fold_words(parts[k])
        joined = "\0".join(parts)
    return _codes(joined.lower()) if joined.isascii() else letter_table()[_codes(joined.casefold())]


@cache
def _clusters() -> re.Pattern[str]:
    """A character with the marks that follow it: what may be normalised by itself."""
    marks = "".join(
        f"\\U{code:08x}"
        for code in np.flatnonzero(np.isin(kinds_of_characters(), (MARK, DROPPED)))
        if code > 0x7F
    )
    return re.compile(f".[{marks}]*", re.DOTALL)


class _WordNumbers:
    """Numbers words by their hashes, in an open table that grows."""

    def __init__(self) -> None:
        self.size = 1
        self.hashes = np.zeros(1 << 12, np.uint64)
        self.hashes[0] = NUMBER_HASH
        self.letters = np.zeros(1 << 12, np.uint32)
        self.letter_end = np.zeros(1 << 12, np.int64)
        self._places = np.zeros(1 << 13, np.int32)

    def numbers_of(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """The word numbers of texts, and where each text ends among them."""
        codes = _read_codes(texts)
        self._make_room(len(codes))
        word, ends = np.empty(len(codes), np.int32), np.zeros(len(texts), np.int64)
        n, self.size = scan_texts(
            codes,
            kinds_of_characters(),
            self._places,
            self.hashes,
            self.size,
            self.letters,
            self.letter_end,
            word,
            ends,
        )
        return word[:n].copy(), ends

    def _make_room(self, more: int) -> None:
        room = self.size + more
        if room > len(self.hashes):
            self.hashes = np.concatenate([self.hashes, np.zeros(room, np.uint64)])
            self.letter_end = np.concatenate([self.letter_end, np.zeros(room, np.int64)])
        if self.letter_end[self.size - 1] + more > len(self.letters):
            self.letters = np.concatenate([self.letters, np.zeros(len(self.letters) + more, np.uint32)])
        if 2 * room > len(self._places):
            self._places = np.zeros(1 << (2 * room).bit_length(), np.int32)
            settle_words(self._places, self.hashes, self.size)
