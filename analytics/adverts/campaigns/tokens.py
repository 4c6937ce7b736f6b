"""Texts as numbered words, in any script, the same however they were typed.

Compatibility forms are resolved (NFKC: full-width and circled characters), case is folded, and what only decorates
is dropped (zero-width characters, variation selectors, enclosing keycaps, Arabic vowel marks and tatweel).
Scripts written without spaces are read character by character, so that pairs of neighbours do the work of words;
an emoji or other symbol is a word. Digits become one number sign: they tell adverts of one template apart, not
templates. Punctuation and currency signs are not read. `words_with_spans` keeps where each word stands in the text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

NUMBER = "#"
_BETWEEN_STEPS = 20_000


def _ranges(wanted: Callable[[str], bool], stop: int = 0x20000) -> str:
    """The body of a regular expression's class of the characters that are wanted."""
    found, start = [], None
    for code in range(stop + 1):
        inside = code < stop and wanted(chr(code))
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            found.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(found)


_MARK = _ranges(lambda c: unicodedata.category(c) in ("Mn", "Mc"))
_SYMBOL = _ranges(lambda c: unicodedata.category(c) == "So")
_DECORATION = (
    _ranges(lambda c: unicodedata.category(c) in ("Cf", "Me")) + "\ufe00-\ufe0f\u0640\u064b-\u065f\u0670"
)
_UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003134f"
)
_DECORATIONS = re.compile(f"[{_DECORATION}]+")
_WORDS = re.compile(f"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\\W_][{_MARK}]*)+|[{_SYMBOL}]")
_PLAIN_WORDS = re.compile(r"[^\W_]+", re.ASCII)
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Tokens:
    """The words of n texts: those of text i are `word[start[i]:start[i + 1]]`, positions in `word_hash`
    (uint64, one a different word; the hash depends on the word alone, not on the texts or their order)."""

    start: np.ndarray
    word: np.ndarray
    word_hash: np.ndarray

    def __len__(self) -> int:
        return len(self.start) - 1


class _Vocabulary(dict):
    """Numbers words as they come; words that are all number share one entry and are not kept."""

    def __init__(self) -> None:
        super().__init__({NUMBER: 0})
        self.words = [NUMBER]
        self._numbers: dict[str, int] = {NUMBER: 0}

    def __missing__(self, word: str) -> int:
        plain = without_digits(word)
        if plain == NUMBER:
            return 0
        number = self._numbers.get(plain)
        if number is None:
            number = self._numbers[plain] = len(self.words)
            self.words.append(plain)
        if plain == word:
            self[word] = number
        return number


def without_digits(word: str) -> str:
    """The word with each run of digits as one number sign; a number sign alone where digits outweigh letters
    or no three letters stand together (phone numbers with letters in them, serial numbers, prices)."""
    digits = sum(len(run) for run in _DIGITS.findall(word))
    if not digits:
        return word
    runs = _LETTERS.findall(word)
    if 2 * digits >= len(word) or max(map(len, runs), default=0) < 3:
        return NUMBER
    return _DIGITS.sub(NUMBER, word)


def words_of(text: str) -> list[str]:
    """The words of one text, case folded, digits kept."""
    if text.isascii():
        return _PLAIN_WORDS.findall(text.lower())
    return _WORDS.findall(_DECORATIONS.sub("", unicodedata.normalize("NFKC", text)).casefold())


def read_tokens(
    texts: Sequence[str | None], step: Callable[[float], None] = lambda share: None
) -> Tokens:  # fmt: skip
    """The words of all texts as numbers; numbers that follow one another count as one. Missing texts have none."""
    vocabulary = _Vocabulary()
    word, lengths = array("i"), array("i", bytes(4 * len(texts)))
    number_of = vocabulary.__getitem__
    for i, text in enumerate(texts):
        if i % _BETWEEN_STEPS == 0:
            step(i / len(texts))
        if text:
            before = len(word)
            word.extend(map(number_of, words_of(text)))
            lengths[i] = len(word) - before
    hashes = np.fromiter(map(hash_of, vocabulary.words), np.uint64, len(vocabulary.words))
    return Tokens(*_numbers_joined(_as_array(word), _as_array(lengths)), hashes)


def hash_of(word: str) -> int:
    """64 bits that stand for a word in every run and on every machine."""
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, sys.byteorder)


def words_with_spans(text: str) -> list[tuple[str, int, int]]:
    """The words of one text, numbers not joined, digits replaced, with where each begins and ends in the text as given."""
    if text.isascii():
        return [(without_digits(m.group().lower()), m.start(), m.end()) for m in _PLAIN_WORDS.finditer(text)]
    plain, origin = [], []
    for match in re.finditer(f".[{_MARK}{_DECORATION}]*", text, re.DOTALL):
        cluster = _DECORATIONS.sub("", unicodedata.normalize("NFKC", match.group()))
        plain.append(cluster)
        origin.extend([(match.start(), match.end())] * len(cluster))
    found = _WORDS.finditer("".join(plain))
    return [
        (without_digits(m.group().casefold()), origin[m.start()][0], origin[m.end() - 1][1]) for m in found
    ]


def _as_array(values: Iterable[int]) -> np.ndarray:
    return np.frombuffer(values, dtype=np.int32) if len(values) else np.empty(0, np.int32)


def _numbers_joined(word: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Start and word arrays in which a number follows no number of the same text."""
    start = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=start[1:])
    again = np.zeros(len(word), np.bool_)
    again[1:] = (word[1:] == 0) & (word[:-1] == 0)
    again[start[:-1][lengths > 0]] = False
    kept_before = np.zeros(len(word) + 1, np.int64)
    np.cumsum(~again, out=kept_before[1:])
    return kept_before[start], word[~again]
