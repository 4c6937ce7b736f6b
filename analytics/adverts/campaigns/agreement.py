"""How much two documents agree: the weight of the words they share in the same surroundings.

A word of one document is matched by the other where some pair of it and a word at most two places on (or
back) stands in the other too, in the same order and at most two places apart. One word put in, left out or
changed therefore costs its own weight and hardly its neighbours'; blocks in another order still match."""

from __future__ import annotations

import numba
import numpy as np

from analytics.adverts.campaigns.arrays import Flags, Floats, Int, Ints, PairTable
from analytics.adverts.campaigns.tokens import Tokens
from analytics.shared.threads import in_threads

LONGEST = 4096  # words of one document that are compared; what follows is not read
SKIPPED, SKIP_BITS = 2, 2.0
NEAR_COPY = 0.75
HALF = 0.5
RUN = 3.0  # words of a run that any two texts may have in common
BORROWED = 5.0  # words x their share of the shorter text: less than that is a sentence borrowed
ENOUGH = 2  # near copies
_TABLE = 1 << 15  # four times the pairs of the longest document
_BEGIN, _END = np.int64(0x7FFFFFFE), np.int64(0x7FFFFFFF)


def sum_weights(tokens: Tokens, weights: np.ndarray, counted: np.ndarray | None = None) -> np.ndarray:
    """(d,) float32: the weight of the words of each document that are compared, of those `counted` (bool) if
    given."""
    total = np.zeros(len(tokens), np.float32)
    counted = np.empty(0, np.bool_) if counted is None else counted
    in_threads(_add_up, len(tokens), tokens.start, weights, counted, total)
    return total


def measure_gains(tokens: Tokens, bits: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(d,) float32: what each document shares with another (position, -1: none, 0 bits), in `bits`, less the
    bits that tell where each stretch of shared words stands in the other."""
    gain = np.zeros(len(tokens), np.float32)
    in_threads(_gains, len(tokens), tokens.start, tokens.word, bits, other, gain)
    return gain


def find_near_copies(tokens: Tokens, neighbour: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The neighbours to go on with (d, neighbours) and which of them are near copies (bool): two that share
    NEAR_COPY of the words of the longer. A document with ENOUGH near copies is not compared with those who
    follow."""
    remaining, near = neighbour.copy(), np.zeros(neighbour.shape, np.bool_)
    in_threads(_find_near_copies, len(tokens), tokens.start, tokens.word, remaining, near)
    return remaining, near


def measure_agreements(
    tokens: Tokens,
    bits: np.ndarray,
    level: np.ndarray,
    flat: np.ndarray,
    repeated: np.ndarray,
    stock: np.ndarray,
    copies: np.ndarray,
    neighbour: np.ndarray,
    minimum_bits: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Agreement with each neighbour (d, neighbours), 0 where the two are not linked, and the supported
    weights (d,): those of a document's words that some linked neighbour matches. What none has, a long tail
    or a name, says nothing of whether two documents belong together.

    Linked are two whose gain in `bits`, times the share of the lesser weight in `level` weights that they
    share, is at least `minimum_bits`: only words that are `repeated` anywhere count in it (what one advert
    alone says tells nothing). So a stock phrase in two long texts must be far more surprising than all of a
    short one. Nor are two linked by one borrowed sentence, however rare: what they share in runs
    (each less RUN words, the first excepted) must be HALF of the longer text, or BORROWED words when counted
    by its share of the shorter. Linked, too, are near copies that share NEAR_COPY of the greater in `flat`
    weights. Agreement = shared / sqrt(the product of both's supported weights), in `flat` weights. Words of
    the `stock` are supported too: who writes other sentences of it wrote another advert. All words of a text
    that has copies are supported."""
    total, repeating = sum_weights(tokens, flat), sum_weights(tokens, level, repeated)
    shared, supported = np.zeros(neighbour.shape, np.float32), np.zeros(len(tokens), np.float32)
    in_threads(
        _agree,
        len(tokens),
        tokens.start,
        tokens.word,
        bits,
        level,
        flat,
        repeating,
        total,
        np.float32(minimum_bits),
        stock,
        np.ones(len(tokens.word), np.float32),
        neighbour,
        shared,
        supported,
    )
    linked = shared > 0
    np.maximum.at(supported, neighbour[linked], shared[linked])
    supported = np.where(copies > 1, total, supported)
    both = np.sqrt(np.maximum(supported[:, None] * supported[np.maximum(neighbour, 0)], 1e-6))
    return np.minimum(shared / both, 1).astype(np.float32), supported


@numba.njit(cache=True, nogil=True)
def _add_up(begin: int, end: int, start: Ints, weights: Floats, counted: Flags, total: Floats) -> None:
    for d in range(begin, end):
        weight = 0.0
        for j in range(start[d], min(start[d + 1], start[d] + LONGEST)):
            if len(counted) == 0 or counted[j]:
                weight += weights[j]
        total[d] = weight


@numba.njit(cache=True)
def _slot(left: Int, right: Int, mask: int) -> Int:
    h = (left * np.int64(0x9E3779B1) + right) * np.int64(0x2545F4914F6CDD1D)
    return (h ^ (h >> np.int64(29))) & mask


@numba.njit(cache=True)
def make_table() -> PairTable:
    """Room to look up one document's pairs. By slot: key, stamp of the document, stamp of the comparison,
    where the pair's two words stand in the document and in the other. By place: the pairs' slots, then marks
    and places of both."""
    return (
        np.zeros(_TABLE, np.int64),
        np.zeros(_TABLE, np.int64),
        np.zeros(_TABLE, np.int64),
        np.zeros(2 * LONGEST + 2, np.int64),
        np.zeros(LONGEST, np.bool_),
        np.zeros(LONGEST, np.bool_),
        np.zeros((_TABLE, 2), np.int32),
        np.zeros((_TABLE, 2), np.int32),
        np.zeros(LONGEST, np.int64),
        np.zeros(LONGEST, np.int64),
    )


@numba.njit(cache=True)
def load_table(table: PairTable, word: Ints, low: int, high: int, stamp: Int) -> int:
    """Put a document's pairs into the table; returns the table's mask for its length."""
    keys, stamps, slots, places = table[0], table[1], table[3], table[6]
    length = min(high - low, LONGEST)
    mask = 64
    while mask < 8 * length:
        mask *= 2
    mask = min(mask, _TABLE) - 1
    for j in range(-1, length):
        left = np.int64(word[low + j]) if j >= 0 else _BEGIN
        for gap in range(1, 3 if j >= 0 else 2):
            if j + gap > length:
                continue
            right = np.int64(word[low + j + gap]) if j + gap < length else _END
            key = left << np.int64(32) | right
            at = _slot(left, right, mask)
            while stamps[at] == stamp and keys[at] != key:
                at = (at + 1) & mask
            if stamps[at] != stamp:
                keys[at], stamps[at] = key, stamp
                places[at, 0], places[at, 1] = j, j + gap
            slots[2 * (j + 1) + gap - 1] = at
    return mask


@numba.njit(cache=True)
def sum_matched_weight(marked: Flags, length: int, weights: Floats, low: int) -> float:
    """The weight of the marked words of a document that begins at `low`."""
    weight = 0.0
    for j in range(length):
        if marked[j]:
            weight += weights[low + j]
    return weight


@numba.njit(cache=True)
def _gain(
    matched: Flags,
    place: Ints,
    length: int,
    word: Ints,
    weights: Floats,
    low: int,
    other_low: int,
    other_length: int,
    cost: float,
    skip_cost: float,
) -> float:
    """What is left of the weight of the matched words after telling where each stretch of them stands in the
    other text. A stretch runs on in both texts alike; `place`: where a matched word that begins one stands
    there."""
    gain, stretch, last, at = 0.0, 0.0, -1, -1
    for j in range(length):
        if not matched[j]:
            continue
        runs_on = 0
        if last >= 0 and j - last <= SKIPPED + 1:
            for step in range(1, SKIPPED + 2):
                if at + step < other_length and word[other_low + at + step] == word[low + j]:
                    runs_on = step
                    break
        if runs_on > 0:
            stretch += weights[low + j]
            at += runs_on
            if j - last > 1 or runs_on > 1:
                stretch -= skip_cost
        else:
            gain += max(stretch, 0.0)
            stretch = weights[low + j] - cost
            at = place[j]
        last = j
    return gain + max(stretch, 0.0)


@numba.njit(cache=True)
def match_words(
    table: PairTable,
    mask: int,
    stamp: Int,
    turn: Int,
    word: Ints,
    low: int,
    high: int,
    other_low: int,
    other_high: int,
) -> None:
    """Mark the words that the loaded document and another match: in table[4] its own, in table[5] the
    other's; in table[8] and table[9] where each stands in the other text. `turn` must differ from one to the
    next."""
    # Taken out of the tuple once: each time costs more than what is done with it.
    keys, stamps, turns, slots, mine, theirs, own, others, mine_place, theirs_place = table
    length, other = min(high - low, LONGEST), min(other_high - other_low, LONGEST)
    mine[:length] = False
    theirs[:other] = False
    for j in range(-1, other):
        left = np.int64(word[other_low + j]) if j >= 0 else _BEGIN
        for gap in range(1, 3 if j >= 0 else 2):
            if j + gap > other:
                continue
            right = np.int64(word[other_low + j + gap]) if j + gap < other else _END
            key = left << np.int64(32) | right
            at = _slot(left, right, mask)
            while stamps[at] == stamp and keys[at] != key:
                at = (at + 1) & mask
            if stamps[at] == stamp:
                if turns[at] != turn:
                    turns[at] = turn
                    others[at, 0], others[at, 1] = j, j + gap
                if j >= 0 and not theirs[j]:
                    theirs[j], theirs_place[j] = True, own[at, 0]
                if j + gap < other and not theirs[j + gap]:
                    theirs[j + gap], theirs_place[j + gap] = True, own[at, 1]
    for j in range(-1, length):
        for gap in range(1, 3 if j >= 0 else 2):
            at = slots[2 * (j + 1) + gap - 1]
            if j + gap <= length and turns[at] == turn:
                if j >= 0 and not mine[j]:
                    mine[j], mine_place[j] = True, others[at, 0]
                if j + gap < length and not mine[j + gap]:
                    mine[j + gap], mine_place[j + gap] = True, others[at, 1]


@numba.njit(cache=True)
def sum_shared_weight(
    table: PairTable, weights: Floats, low: int, high: int, other_low: int, other_high: int
) -> float:
    """The weight that the two documents just matched share: the lesser of the two sides."""
    one = sum_matched_weight(table[4], min(high - low, LONGEST), weights, low)
    return min(one, sum_matched_weight(table[5], min(other_high - other_low, LONGEST), weights, other_low))


@numba.njit(cache=True, nogil=True)
def _find_near_copies(begin: int, end: int, start: Ints, word: Ints, remaining: Ints, near: Flags) -> None:
    table, turn = make_table(), np.int64(0)
    for d in range(begin, end):
        low, high = start[d], start[d + 1]
        length, found = min(high - low, LONGEST), 0
        mask = load_table(table, word, low, high, np.int64(d + 1))
        for k in range(remaining.shape[1]):
            if found == ENOUGH:
                remaining[d, k] = -1
            if remaining[d, k] < 0:
                continue
            other_low, other_high = start[remaining[d, k]], start[remaining[d, k] + 1]
            other = min(other_high - other_low, LONGEST)
            turn += 1
            match_words(table, mask, np.int64(d + 1), turn, word, low, high, other_low, other_high)
            both = min(table[4][:length].sum(), table[5][:other].sum())
            near[d, k] = both >= NEAR_COPY * max(length, other)
            found += near[d, k]


@numba.njit(cache=True)
def _common_gain(
    table: PairTable, word: Ints, bits: Floats, low: int, length: int, other_low: int, other_length: int
) -> float:
    """The gain of the two documents just matched: the lesser of the two sides."""
    one, two = np.log2(other_length + 1.0), np.log2(length + 1.0)
    return min(
        _gain(table[4], table[8], length, word, bits, low, other_low, other_length, one, SKIP_BITS),
        _gain(table[5], table[9], other_length, word, bits, other_low, low, length, two, SKIP_BITS),
    )


@numba.njit(cache=True, nogil=True)
def _agree(
    begin: int,
    end: int,
    start: Ints,
    word: Ints,
    bits: Floats,
    level: Floats,
    flat: Floats,
    repeating: Floats,
    total: Floats,
    minimum_bits: float,
    stock: Flags,
    ones: Floats,
    neighbour: Ints,
    shared: Floats,
    supported: Floats,
) -> None:
    """`shared`: the flat weight shared with each linked neighbour; `supported`: that of the words some of
    them match."""
    table, turn = make_table(), np.int64(0)
    marks = np.zeros(LONGEST, np.bool_)
    for d in range(begin, end):
        low, high = start[d], start[d + 1]
        length = min(high - low, LONGEST)
        marks[:length] = False
        mask = load_table(table, word, low, high, np.int64(d + 1))
        for k in range(neighbour.shape[1]):
            other = neighbour[d, k]
            if other < 0:
                break
            other_low, other_high = start[other], start[other + 1]
            turn += 1
            match_words(table, mask, np.int64(d + 1), turn, word, low, high, other_low, other_high)
            common = np.float32(sum_shared_weight(table, flat, low, high, other_low, other_high))
            if common < np.float32(NEAR_COPY) * max(total[d], total[other]):
                other_length = min(other_high - other_low, LONGEST)
                gain = np.float32(_common_gain(table, word, bits, low, length, other_low, other_length))
                part = np.float32(sum_shared_weight(table, level, low, high, other_low, other_high))
                if gain * part < minimum_bits * min(repeating[d], repeating[other]):
                    continue
                words = RUN + min(
                    _gain(table[4], table[8], length, word, ones, low, other_low, other_length, RUN, 0.0),
                    _gain(table[5], table[9], other_length, word, ones, other_low, low, length, RUN, 0.0),
                )
                if words < HALF * max(length, other_length) and words * words < BORROWED * min(
                    length, other_length
                ):
                    continue
            shared[d, k] = common
            marks[:length] |= table[4][:length]
        marks[:length] |= stock[low : low + length]
        supported[d] = sum_matched_weight(marks, length, flat, low)


@numba.njit(cache=True, nogil=True)
def _gains(begin: int, end: int, start: Ints, word: Ints, bits: Floats, other: Ints, gain: Floats) -> None:
    table, turn = make_table(), np.int64(0)
    for d in range(begin, end):
        if other[d] < 0:
            continue
        low, high = start[d], start[d + 1]
        other_low, other_high = start[other[d]], start[other[d] + 1]
        mask = load_table(table, word, low, high, np.int64(d + 1))
        turn += 1
        match_words(table, mask, np.int64(d + 1), turn, word, low, high, other_low, other_high)
        gain[d] = _common_gain(
            table, word, bits, low, min(high - low, LONGEST), other_low, min(other_high - other_low, LONGEST)
        )
