"""Adverts whose words are the same, one after the other, are one document with several copies."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from analytics.adverts.campaigns.arrays import Hashes, Ints
from analytics.adverts.campaigns.tokens import Tokens


@dataclass(frozen=True)
class DistinctTexts:
    """d different texts in the order of their content's hash, so that whatever follows cannot depend on the
    order of the adverts. `tokens` are theirs; `of_text` the document of each advert, -1 for one without
    words; `copies` the adverts of each document; `content` the sorted hashes."""

    tokens: Tokens
    of_text: np.ndarray
    copies: np.ndarray
    content: np.ndarray

    def __len__(self) -> int:
        return len(self.copies)


def find_distinct(tokens: Tokens) -> DistinctTexts:
    content = _content_hashes(tokens.start, tokens.word, tokens.word_hash)
    written = np.flatnonzero(np.diff(tokens.start) > 0)
    unique, first, inverse, copies = np.unique(
        content[written], return_index=True, return_inverse=True, return_counts=True
    )
    of_text = np.full(len(tokens), -1, np.int32)
    of_text[written] = inverse
    first = written[first]
    start = np.zeros(len(unique) + 1, np.int64)
    np.cumsum((tokens.start[1:] - tokens.start[:-1])[first], out=start[1:])
    word = np.empty(start[-1], np.int32)
    _copy(tokens.start, tokens.word, first, start, word)
    return DistinctTexts(Tokens(start, word, tokens.word_hash), of_text, copies, unique)


@numba.njit(cache=True)
def _content_hashes(start: Ints, word: Ints, word_hash: Hashes) -> Hashes:
    hashes = np.empty(len(start) - 1, np.uint64)
    for i in range(len(hashes)):
        h = np.uint64(0x9E3779B97F4A7C15)
        for j in range(start[i], start[i + 1]):
            h = (h ^ word_hash[word[j]]) * np.uint64(0xD6E8FEB86659FD93)
            h ^= h >> np.uint64(32)
        hashes[i] = h
    return hashes


@numba.njit(cache=True)
def _copy(start: Ints, word: Ints, chosen: Ints, new_start: Ints, new_word: Ints) -> None:
    for k in range(len(chosen)):
        begin = start[chosen[k]]
        for j in range(new_start[k + 1] - new_start[k]):
            new_word[new_start[k] + j] = word[begin + j]
