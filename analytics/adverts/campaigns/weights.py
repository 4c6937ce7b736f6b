"""The weight of each word of each document: how surprising it is, in bits.

Two measures. The plain one is the mean of log2(groups / groups that have the pair) over the two pairs of
neighbours a word is in. The other is its surprise after the word before it, in a chain of words with the
frequencies of all other groups: a stock phrase costs its first word and little more. Near copies, and later
whole campaigns, count once in both, so that a campaign does not make its own words common."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from analytics.adverts.campaigns.arrays import Flags, Floats, Hashes, Ints
from analytics.adverts.campaigns.tokens import Tokens
from analytics.shared.threads import in_threads

MINIMUM_WEIGHT = 0.125
BACK_OFF = 1.0
_MAXIMUM_COUNTERS = 1 << 26
PHRASE = 4
_MAXIMUM_PHRASES = 1 << 25


def count_pairs(tokens: Tokens, documents: np.ndarray) -> np.ndarray:
    """How often neighbouring words stand together in the `documents` (positions): a hashed table of counters,
    whose rare collisions only make a pair look more common."""
    counters = 1 << int(np.clip(4 * int(tokens.start[-1]) + 64, 1 << 12, _MAXIMUM_COUNTERS) - 1).bit_length()
    counts = np.zeros(min(counters, _MAXIMUM_COUNTERS), np.uint32)
    _count(tokens.start, tokens.word, tokens.word_hash, documents, counts)
    return counts


def weigh_words(tokens: Tokens, counts: np.ndarray, groups: int) -> np.ndarray:
    """The surprise of every word in bits (float32), as counted among `groups` documents."""
    weights = np.empty(len(tokens.word), np.float32)
    in_threads(
        _weigh, len(tokens), tokens.start, tokens.word, tokens.word_hash, counts, float(groups), weights
    )
    return weights


@dataclass(frozen=True)
class WordFrequencies:
    """Of documents that each stand for a group: `words` (uint32, as Tokens.word_hash), all `total` of them,
    and `pairs`, the counters of `count_pairs`."""

    words: np.ndarray
    total: int
    pairs: np.ndarray


def count_words(tokens: Tokens, documents: np.ndarray) -> WordFrequencies:
    seen = np.zeros(len(tokens.word_hash), np.uint32)
    total = _count_words(tokens.start, tokens.word, documents, seen)
    return WordFrequencies(seen, total, count_pairs(tokens, documents))


def add_frequencies(known: WordFrequencies, tokens: Tokens, documents: np.ndarray) -> WordFrequencies:
    """The same with more documents of the same vocabulary counted."""
    words, pairs = known.words.copy(), known.pairs.copy()
    added = _count_words(tokens.start, tokens.word, documents, words)
    _count(tokens.start, tokens.word, tokens.word_hash, documents, pairs)
    return WordFrequencies(words, known.total + added, pairs)


def measure_surprise(tokens: Tokens, known: WordFrequencies) -> np.ndarray:
    """Bits of every word after the one before it (float32), under a chain of words drawn as in the other
    documents.

    P(w | v) = (n(v w) - 1 + a P(w)) / (n(v) - 1 + a), P(w) = max(n(w) - 1, 1/2) / total, a = BACK_OFF:
    without the document itself, so that what it alone has is as surprising as its words."""
    bits = np.empty(len(tokens.word), np.float32)
    in_threads(
        _surprise,
        len(tokens),
        tokens.start,
        tokens.word,
        tokens.word_hash,
        known.pairs,
        known.words,
        float(max(known.total, 2)),
        bits,
    )
    return bits


def find_stock(tokens: Tokens) -> np.ndarray:
    """Which words (bool, as Tokens.word) are part of a run of PHRASE words that another document has too."""
    room = 1 << int(np.clip(2 * int(tokens.start[-1]) + 64, 1 << 12, _MAXIMUM_PHRASES) - 1).bit_length()
    stock = np.zeros(len(tokens.word), np.bool_)
    _find_stock(
        tokens.start, tokens.word, tokens.word_hash, np.zeros(min(room, _MAXIMUM_PHRASES), np.uint64), stock
    )
    return stock


def cap_weights(weights: np.ndarray, maximum: float = 3.0) -> np.ndarray:
    """The weights with the rare words brought down to `maximum` bits. For the share of a text that another
    has, sixty words never seen before must not outweigh sixty that both have; words that follow of themselves
    still count little."""
    capped: np.ndarray = np.minimum(weights, np.float32(maximum))
    return capped


@numba.njit(cache=True)
def hash_counter(left: np.uint64, right: np.uint64, counters: int) -> np.int64:
    h = (left * np.uint64(0x9E3779B97F4A7C15)) ^ (right + np.uint64(0x7F4A7C15F39CC060))
    h = (h ^ (h >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.int64((h ^ (h >> np.uint64(29))) & np.uint64(counters - 1))


@numba.njit(cache=True)
def _count(start: Ints, word: Ints, word_hash: Hashes, documents: Ints, counts: Ints) -> None:
    for d in documents:
        left = np.uint64(1)
        for j in range(start[d], start[d + 1]):
            right = word_hash[word[j]]
            counts[hash_counter(left, right, len(counts))] += 1
            left = right
        counts[hash_counter(left, np.uint64(2), len(counts))] += 1


@numba.njit(cache=True, nogil=True)
def _weigh(
    begin: int,
    end: int,
    start: Ints,
    word: Ints,
    word_hash: Hashes,
    counts: Ints,
    groups: float,
    weights: Floats,
) -> None:
    for d in range(begin, end):
        left, before = np.uint64(1), 0.0
        for j in range(start[d], start[d + 1] + 1):
            right = word_hash[word[j]] if j < start[d + 1] else np.uint64(2)
            seen = max(counts[hash_counter(left, right, len(counts))], 1)
            bits = max(np.log2(groups / seen), MINIMUM_WEIGHT)
            if j > start[d]:
                weights[j - 1] = (before + bits) / 2
            before, left = bits, right


@numba.njit(cache=True)
def _count_words(start: Ints, word: Ints, documents: Ints, seen: Ints) -> int:
    total = 0
    for d in documents:
        for j in range(start[d], start[d + 1]):
            seen[word[j]] += 1
        total += start[d + 1] - start[d]
    return total


@numba.njit(cache=True, nogil=True)
def _surprise(
    begin: int,
    end: int,
    start: Ints,
    word: Ints,
    word_hash: Hashes,
    counts: Ints,
    seen: Ints,
    total: float,
    bits: Floats,
) -> None:
    for d in range(begin, end):
        left = np.uint64(1)
        for j in range(start[d], start[d + 1]):
            right = word_hash[word[j]]
            alone = max(seen[word[j]] - 1.0, 0.5) / total
            if j == start[d]:
                chance = alone
            else:
                together = max(counts[hash_counter(left, right, len(counts))] - 1.0, 0.0)
                before = max(seen[word[j - 1]] - 1.0, together)
                chance = (together + BACK_OFF * alone) / (before + BACK_OFF)
            bits[j] = max(-np.log2(chance), MINIMUM_WEIGHT)
            left = right


@numba.njit(cache=True)
def _find_stock(start: Ints, word: Ints, word_hash: Hashes, seen: Hashes, stock: Flags) -> None:
    """`seen` has at each slot where the last phrase stood, and a mark of it."""
    mask, low = np.uint64(len(seen) - 1), np.uint64(0xFFFFFFFF)
    for d in range(len(start) - 1):
        a = b = c = np.uint64(0)
        for j in range(start[d], start[d + 1]):
            e = word_hash[word[j]]
            if j - start[d] >= PHRASE - 1:
                h = (a * np.uint64(0x9E3779B97F4A7C15)) ^ (b + np.uint64(0x7F4A7C15F39CC060))
                h = (h ^ (h >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9) ^ c
                h = (h ^ (h >> np.uint64(29))) * np.uint64(0x94D049BB133111EB) ^ e
                h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                h ^= h >> np.uint64(32)
                at = np.int64(h & mask)
                known, sign = seen[at], h & ~low
                if known != 0 and known & ~low == sign:
                    end = np.int64(known & low)
                    if end <= start[d]:
                        stock[j - PHRASE + 1 : j + 1] = True
                        stock[end - PHRASE : end] = True
                seen[at] = sign | (np.uint64(j + 1) & low)
            a, b, c = b, c, e
