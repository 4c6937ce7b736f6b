"""Which documents to compare: a step of blocks and votes that needs nothing but sorting and grouping.

1. A document shows `shingles` of its pairs of neighbouring words (with its beginning and its end) that stand
elsewhere
   too, chosen by their hash values, a rare one rather than a common one: what two texts share, both tend to
   show (a
   bottom-k sketch, Broder 1997, weighted).
2. All documents that show a pair of words are a block. In a block each is led to the first of them and to
those
   before and after it, in the order of the documents: a line and a star, not all pairs, so that no block is
   too
   large and none need be dropped.
3. Each block is a vote of log2(documents / documents in the block) bits; a document keeps the `neighbours`
others
   with the most votes.

In a query language: count by pair, HAVING count > 1; ROW_NUMBER over (PARTITION BY document ORDER BY rank) <=
shingles; GROUP BY pair, with FIRST_VALUE, LAG and LEAD over (PARTITION BY pair ORDER BY document); a sum of
votes by document and neighbour."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from analytics.adverts.campaigns.arrays import Hashes, Ints
from analytics.adverts.campaigns.tokens import Tokens
from analytics.adverts.campaigns.weights import count_pairs, hash_counter
from analytics.shared.threads import in_threads

_LONG = 4  # a long text shows one pair of words in so many, so that its share is not drowned
_MAXIMUM_SHINGLES = 512
_MINIMUM_BITS = 0.25  # of a pair that most documents have
_ASKED = 8  # at either end of a block, when an advert joins later
_BEGIN, _END = np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344)


@dataclass(frozen=True)
class Candidates:
    """`neighbour` (d, neighbours) int32: whom to compare each document with, most votes first, then -1.
    `shown`, `pairs`: word pairs shown and present; `blocks`, `largest_block`: how many had several
    documents."""

    neighbour: np.ndarray
    shown: int
    pairs: int
    blocks: int
    largest_block: int


def find_candidates(tokens: Tokens, shingles: int, neighbours: int) -> Candidates:
    """tokens: those of d different documents. The answer depends on their order, which must be one of
    content."""
    start, pair = select_pairs(tokens, shingles, count_pairs(tokens, np.arange(len(tokens))))
    first, before, after, bits, blocks, largest = _blocks(start, pair, len(tokens))
    found = np.full((len(tokens), neighbours), -1, np.int32)
    in_threads(_count_votes, len(tokens), start, first, before, after, bits, found)
    return Candidates(found, len(pair), int(tokens.start[-1]) + len(tokens), blocks, largest)


def select_pairs(
    tokens: Tokens, shingles: int, counts: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of words that each document shows: start (d + 1) and pair (uint64).

    counts: how often each pair stands in these documents (`count_pairs`): one that stands once is not shown,
    and one that is rare is shown rather than a common one (weighted sampling). Without them all are alike.
    """
    length = np.diff(tokens.start)
    limit = np.minimum(length + 1, np.clip(length // _LONG, shingles, _MAXIMUM_SHINGLES))
    room = np.zeros(len(tokens) + 1, np.int64)
    np.cumsum(limit, out=room[1:])
    pair, count = np.empty(room[-1], np.uint64), np.zeros(len(tokens), np.int64)
    counts = np.empty(0, np.uint32) if counts is None else counts
    in_threads(_show, len(tokens), tokens.start, tokens.word, tokens.word_hash, counts, room, pair, count)
    start = np.zeros(len(tokens) + 1, np.int64)
    np.cumsum(count, out=start[1:])
    if start[-1] < room[-1]:
        used = np.arange(room[-1]) - np.repeat(room[:-1], limit) < np.repeat(count, limit)
        pair = pair[used]
    return start, pair


def look_up_pairs(
    start: np.ndarray, pair: np.ndarray, block: np.ndarray, owner: np.ndarray, entries: int, neighbours: int
) -> np.ndarray:
    """(d, neighbours) int32: for documents that show `pair`, the owners of the same pairs in a sorted list of
    blocks with the most votes; of a block the first few and the last few owners are asked."""
    low, high = np.searchsorted(block, pair, "left"), np.searchsorted(block, pair, "right")
    found = np.full((len(start) - 1, neighbours), -1, np.int32)
    _votes_of_blocks(start, low, high, owner, float(max(entries, 1)), found)
    return found


def _blocks(
    start: np.ndarray, pair: np.ndarray, documents: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int, int]:
    """For each pair shown: the first document that shows it, the one before and the one after (-1), and the
    bits."""
    shown = len(pair)
    place_bits = np.uint64(max(shown - 1, 1).bit_length())
    key = (pair >> place_bits) << place_bits | np.arange(shown, dtype=np.uint64)
    key.sort()
    owner = np.repeat(np.arange(documents, dtype=np.int32), np.diff(start))
    first, before, after = (np.full(shown, -1, np.int32) for _ in range(3))
    bits = np.zeros(shown, np.uint8)
    blocks, largest = _link(key, place_bits, owner, documents, first, before, after, bits)
    return first, before, after, bits, blocks, largest


@numba.njit(cache=True)
def hash_pair(left: np.uint64, right: np.uint64) -> np.uint64:
    h = (left * np.uint64(0x9E3779B97F4A7C15)) ^ (right + np.uint64(0x7F4A7C15F39CC060))
    h = (h ^ (h >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(32))


@numba.njit(cache=True, nogil=True)
def _show(
    begin: int,
    end: int,
    start: Ints,
    word: Ints,
    word_hash: Hashes,
    counts: Ints,
    room: Ints,
    pair: Hashes,
    count: Ints,
) -> None:
    documents = float(len(start) - 1)
    for d in range(begin, end):
        length = start[d + 1] - start[d]
        own, rank = np.empty(length + 1, np.uint64), np.empty(length + 1, np.float64)
        left, before = _BEGIN, np.uint64(1)
        n = 0
        for j in range(length + 1):
            right = word_hash[word[start[d] + j]] if j < length else _END
            h = hash_pair(left, right)
            chance = (np.float64(h >> np.uint64(11)) + 0.5) / 9007199254740992.0
            if len(counts) == 0:
                own[n], rank[n] = h, chance
                n += 1
            else:
                seen = counts[hash_counter(before, right if j < length else np.uint64(2), len(counts))]
                if seen > 1:
                    own[n], rank[n] = h, -np.log(chance) / max(np.log2(documents / seen), _MINIMUM_BITS)
                    n += 1
            left = before = right
        order = np.argsort(rank[:n])
        shown, limit = 0, room[d + 1] - room[d]
        for k in range(n):
            if shown == limit:
                break
            if k == 0 or own[order[k]] != own[order[k - 1]]:
                pair[room[d] + shown] = own[order[k]]
                shown += 1
        count[d] = shown


@numba.njit(cache=True)
def _link(
    key: Hashes,
    place_bits: np.uint64,
    owner: Ints,
    documents: int,
    first: Ints,
    before: Ints,
    after: Ints,
    bits: Ints,
) -> tuple[int, int]:
    place_mask = (np.uint64(1) << place_bits) - np.uint64(1)
    blocks, largest, i = 0, 1, 0
    while i < len(key):
        end = i + 1
        while end < len(key) and key[end] >> place_bits == key[i] >> place_bits:
            end += 1
        if end - i > 1:
            blocks += 1
            largest = max(largest, end - i)
            vote = np.uint8(min(255, 1 + 8 * np.log2(documents / min(documents, end - i))))
            head = owner[np.int64(key[i] & place_mask)]
            for k in range(i, end):
                at = np.int64(key[k] & place_mask)
                bits[at] = vote
                if k > i:
                    first[at] = head
                    before[at] = owner[np.int64(key[k - 1] & place_mask)]
                if k + 1 < end:
                    after[at] = owner[np.int64(key[k + 1] & place_mask)]
        i = end
    return blocks, largest


@numba.njit(cache=True, nogil=True)
def _count_votes(
    begin: int, end: int, start: Ints, first: Ints, before: Ints, after: Ints, bits: Ints, found: Ints
) -> None:
    for d in range(begin, end):
        named = np.empty(3 * (start[d + 1] - start[d]), np.int64)  # document << 8 | vote
        n = 0
        for j in range(start[d], start[d + 1]):
            a, b, c = first[j], before[j], after[j]
            if a >= 0 and a != d:
                named[n] = np.int64(a) << 8 | bits[j]
                n += 1
            if b >= 0 and b != a and b != d:
                named[n] = np.int64(b) << 8 | bits[j]
                n += 1
            if c >= 0 and c != d:
                named[n] = np.int64(c) << 8 | bits[j]
                n += 1
        _store_most_voted(named[:n], found[d])


@numba.njit(cache=True)
def _votes_of_blocks(start: Ints, low: Ints, high: Ints, owner: Ints, entries: float, found: Ints) -> None:
    for d in range(len(found)):
        named = np.empty(2 * _ASKED * (start[d + 1] - start[d]), np.int64)
        n = 0
        for j in range(start[d], start[d + 1]):
            size = high[j] - low[j]
            if size == 0:
                continue
            vote = np.int64(min(255, 1 + 8 * np.log2(entries / min(entries, size))))
            for k in range(low[j], high[j]):
                if k < low[j] + _ASKED or k >= high[j] - _ASKED:
                    named[n] = np.int64(owner[k]) << 8 | vote
                    n += 1
        _store_most_voted(named[:n], found[d])


@numba.njit(cache=True)
def _store_most_voted(named: Ints, found: Ints) -> None:
    """The documents with the most votes (document << 8 | vote) into `found`, the first of equals first."""
    named.sort()
    votes = np.zeros(len(found), np.int64)
    i = 0
    while i < len(named):
        other, total = named[i] >> 8, np.int64(0)
        while i < len(named) and named[i] >> 8 == other:
            total += named[i] & 255
            i += 1
        place = len(found)
        while place > 0 and votes[place - 1] < total:
            place -= 1
        if place < len(found):
            for k in range(len(found) - 1, place, -1):
                votes[k], found[k] = votes[k - 1], found[k - 1]
            votes[place], found[place] = total, other
