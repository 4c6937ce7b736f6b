"""Whether each advert says what its campaign says.

The core of a group is the words of its centre that most of a sample of its members have too. An advert covers a core
by the weight of the core's words that it has: what else it says does not count. One that covers far less than the
members do on average shares a part with them, a stock phrase or the first half, and is let go.
"""

from __future__ import annotations

import numba
import numpy as np

from analytics.adverts.campaigns.agreement import load, match, new_table
from analytics.adverts.campaigns.grouping import ESTABLISHED
from analytics.adverts.campaigns.tokens import Tokens
from analytics.threads import in_threads

SAMPLE = 16  # members that say what is in the core
LEAST_COVER = 0.7  # of what the sampled members cover on average


def strangers(
    tokens: Tokens, weights: np.ndarray, group: np.ndarray, representatives: np.ndarray
) -> np.ndarray:  # fmt: skip
    """(d,) bool: documents that cover less of the core of their group, of ESTABLISHED members or more, than they should.
    group: the position of its first member; representatives: (d, some), rows of first members only."""
    size = np.bincount(group, minlength=len(group))
    heads = np.flatnonzero(size >= ESTABLISHED)
    order = np.argsort(group, kind="stable")
    first = np.cumsum(size) - size
    core = np.zeros(len(tokens.word), np.bool_)
    centre, least = np.full(len(group), -1, np.int32), np.zeros(len(group), np.float32)
    in_threads(
        _find_cores, len(heads), heads, order, first, size, representatives, tokens.start, tokens.word, weights,
        core, centre, least,
    )  # fmt: skip
    least *= LEAST_COVER
    strange = np.zeros(len(group), np.bool_)
    in_threads(
        _look_at_all, len(tokens), tokens.start, tokens.word, weights, group, core, centre, least, strange
    )
    return strange


@numba.njit(cache=True, nogil=True)
def _find_cores(
    begin, end, heads, order, first, size, representatives, start, word, weights, core, centre, least
):
    """The centre of each group is the representative with the heaviest core; `least`: what members must cover of it."""
    table, turn = new_table(), np.int64(0)
    for head in heads[begin:end]:
        sample, heaviest = min(size[head], SAMPLE), -1.0
        of_centre = np.zeros(0, np.bool_)
        for r in representatives[head]:
            if r < 0:
                break
            mask = load(table, word, start[r], start[r + 1], np.int64(r + 1))
            length = min(start[r + 1] - start[r], len(table[4]))
            own = weights[start[r] : start[r] + length]
            having, others = np.zeros(length, np.int64), 0
            for k in range(sample):
                other = order[first[head] + k * size[head] // sample]
                if other != r:
                    turn += 1
                    low, high = start[other], start[other + 1]
                    match(table, mask, np.int64(r + 1), turn, word, start[r], start[r + 1], low, high)
                    having += table[4][:length]
                    others += 1
            most = 2 * having > others
            weight = (own * most).sum()
            if weight > heaviest:
                heaviest, of_centre, centre[head] = weight, most, r
                least[head] = (own * most * having).sum() / others
        r = centre[head]
        core[start[r] : start[r] + len(of_centre)] = of_centre


@numba.njit(cache=True, nogil=True)
def _look_at_all(begin, end, start, word, weights, group, core, centre, least, strange):
    table, turn = new_table(), np.int64(0)
    for d in range(begin, end):
        r = centre[group[d]]
        if r < 0 or r == d:
            continue
        turn += 1
        mask = load(table, word, start[d], start[d + 1], np.int64(d + 1))
        match(table, mask, np.int64(d + 1), turn, word, start[d], start[d + 1], start[r], start[r + 1])
        covered = 0.0
        for j in range(min(start[r + 1] - start[r], len(table[5]))):
            if table[5][j] and core[start[r] + j]:
                covered += weights[start[r] + j]
        strange[d] = covered < least[group[d]]
