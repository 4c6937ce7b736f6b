"""How far each advert agrees with its campaign, and whether it says what the campaign says.

The core of a group is the words of its centre that most of a sample of its members have too. An advert covers
a core by the weight of the core's words that it has: what else it says does not count. One that covers far
less than the members do on average shares a part with them, a stock phrase or the first half, and is let go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from analytics.adverts.campaigns.agreement import load_table, make_table, match_words
from analytics.adverts.campaigns.arrays import Flags, Floats, Ints, PairTable
from analytics.adverts.campaigns.grouping import ESTABLISHED, measure_agreement
from analytics.adverts.campaigns.tokens import Tokens
from analytics.shared.threads import in_threads

SAMPLE = 16  # members that say what is in the core
MINIMUM_COVER = 0.7  # of what the sampled members cover on average


@dataclass(frozen=True)
class Cores:
    """`core` (bool, as Tokens.word): the words of centres that are in the core; `centre` (d,): the position
    of the centre, by a group's first member, -1 where it has none; `minimum` (d,): the weight of the core
    that members have to cover."""

    core: np.ndarray
    centre: np.ndarray
    minimum: np.ndarray


def find_cores(tokens: Tokens, weights: np.ndarray, group: np.ndarray, representatives: np.ndarray) -> Cores:
    """The cores of groups of ESTABLISHED members or more. group: the position of each document's first
    member; representatives: (d, some), rows of first members only."""
    size = np.bincount(group, minlength=len(group))
    heads = np.flatnonzero(size >= ESTABLISHED)
    order = np.argsort(group, kind="stable")
    first = np.cumsum(size) - size
    core = np.zeros(len(tokens.word), np.bool_)
    centre, minimum = np.full(len(group), -1, np.int32), np.zeros(len(group), np.float32)
    in_threads(
        _find_cores,
        len(heads),
        heads,
        order,
        first,
        size,
        representatives,
        tokens.start,
        tokens.word,
        weights,
        core,
        centre,
        minimum,
    )
    return Cores(core, centre, minimum * np.float32(MINIMUM_COVER))


def review_members(
    tokens: Tokens,
    weights: np.ndarray,
    supported: np.ndarray,
    group: np.ndarray,
    representatives: np.ndarray,
    known: Cores | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(d,) float32: each document's best agreement with a representative of its group, 1 for these
    themselves; and (d,) bool: whether it covers less of the group's core than it should (of the `known` ones,
    where given)."""
    best, strange = np.zeros(len(tokens), np.float32), np.zeros(len(tokens), np.bool_)
    if known is None:
        known = Cores(strange[:0], np.full(len(tokens), -1, np.int32), best)
    in_threads(
        _look_at_all,
        len(tokens),
        tokens.start,
        tokens.word,
        weights,
        supported,
        group,
        representatives,
        known.core,
        known.centre,
        known.minimum,
        best,
        strange,
    )
    return best, strange


@numba.njit(cache=True, nogil=True)
def _find_cores(
    begin: int,
    end: int,
    heads: Ints,
    order: Ints,
    first: Ints,
    size: Ints,
    representatives: Ints,
    start: Ints,
    word: Ints,
    weights: Floats,
    core: Flags,
    centre: Ints,
    minimum: Floats,
) -> None:
    """The centre of each group is the representative with the heaviest core; `minimum`: what members must
    cover of it."""
    table, turn = make_table(), np.int64(0)
    for head in heads[begin:end]:
        sample, heaviest = min(size[head], SAMPLE), -1.0
        of_centre = np.zeros(0, np.bool_)
        for r in representatives[head]:
            if r < 0:
                break
            mask = load_table(table, word, start[r], start[r + 1], np.int64(r + 1))
            length = min(start[r + 1] - start[r], len(table[4]))
            own = weights[start[r] : start[r] + length]
            having, others = np.zeros(length, np.int64), 0
            for k in range(sample):
                other = order[first[head] + k * size[head] // sample]
                if other != r:
                    turn += 1
                    low, high = start[other], start[other + 1]
                    match_words(table, mask, np.int64(r + 1), turn, word, start[r], start[r + 1], low, high)
                    having += table[4][:length]
                    others += 1
            majority = 2 * having > others
            weight = (own * majority).sum()
            if weight > heaviest:
                heaviest, of_centre, centre[head] = weight, majority, r
                minimum[head] = (own * majority * having).sum() / others
        r = centre[head]
        core[start[r] : start[r] + len(of_centre)] = of_centre


@numba.njit(cache=True)
def _covered(table: PairTable, start: Ints, weights: Floats, core: Flags, r: int) -> float:
    """The weight of the core of r that the document just matched with it has."""
    covered, theirs = 0.0, table[5]
    for j in range(min(start[r + 1] - start[r], len(theirs))):
        if theirs[j] and core[start[r] + j]:
            covered += weights[start[r] + j]
    return covered


@numba.njit(cache=True, nogil=True)
def _look_at_all(
    begin: int,
    end: int,
    start: Ints,
    word: Ints,
    weights: Floats,
    supported: Floats,
    group: Ints,
    representatives: Ints,
    core: Flags,
    centre: Ints,
    minimum: Floats,
    best: Floats,
    strange: Flags,
) -> None:
    table, turn = make_table(), np.int64(0)
    for d in range(begin, end):
        # No view of an array that the threads share: they would wait for one another to count it.
        head, represents = group[d], False
        middle = centre[head]
        for k in range(representatives.shape[1]):
            represents |= representatives[head, k] == d
        if represents:
            best[d] = 1.0
            if middle < 0 or middle == d:
                continue
        mask = load_table(table, word, start[d], start[d + 1], np.int64(d + 1))
        for k in range(representatives.shape[1]):
            r = representatives[head, k]
            if r < 0:
                break
            if represents and r != middle:
                continue
            turn += 1
            agreed = measure_agreement(
                table, mask, np.int64(d + 1), turn, start, word, weights, supported, d, r
            )
            best[d] = max(best[d], agreed)
            if r == middle:
                strange[d] = _covered(table, start, weights, core, r) < minimum[head]
