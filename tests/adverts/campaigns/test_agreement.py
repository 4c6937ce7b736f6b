"""The compiled comparison against sets and lists in plain Python."""

import math
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.adverts.campaigns.agreement import BORROWED, NEAR_COPY, measure_agreements, measure_gains
from analytics.adverts.campaigns.candidates import find_candidates
from analytics.adverts.campaigns.distinct import find_distinct
from analytics.adverts.campaigns.tokens import read_tokens
from analytics.adverts.campaigns.weights import (
    BACK_OFF,
    MINIMUM_WEIGHT,
    count_pairs,
    count_words,
    measure_surprise,
    weigh_words,
)
from tests.examples import examples

words = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=14).map(" ".join)
heaps = st.lists(words, min_size=2, max_size=6, unique=True)


def near_pairs(row):
    """Pairs at most two places apart with the two positions, the ends included."""
    padded = ["^", *row, "$"]
    for left in range(-1, len(row)):
        for right in (left + 1, left + 2):
            if right <= len(row) and not (left < 0 and right > 0):
                yield (padded[left + 1], padded[right + 1]), (left, right)


def matched(row, other):
    """The places of row that other has too, and where: as in the first of the pairs that match them."""
    theirs = {}
    for pair, places in near_pairs(other):
        theirs.setdefault(pair, places)
    found = {}
    for pair, places in near_pairs(row):
        if pair in theirs:
            for mine, there in zip(places, theirs[pair], strict=True):
                if 0 <= mine < len(row):
                    found.setdefault(mine, there)
    return found


def gain(row, other, weights, cost=None, skip=2):
    total, stretch, last, at = 0.0, 0.0, None, None
    cost = math.log2(len(other) + 1) if cost is None else cost
    for k, there in sorted(matched(row, other).items()):
        steps = [s for s in (1, 2, 3) if at is not None and other[at + s : at + s + 1] == [row[k]]]
        if steps and k - last <= 3:
            at += steps[0]
            if (k - last, steps[0]) != (1, 1):
                stretch -= skip
        else:
            total += max(stretch, 0)
            stretch, at = -cost, there
        stretch += weights[k]
        last = k
    return total + max(stretch, 0)


def weight(of, places):
    return float(sum(of[k] for k in places))


@settings(max_examples=examples(60))
@given(heaps, st.sampled_from([0.0, 0.5, 4.0]))
def test_agreement_and_gain_as_by_hand(texts, least):
    tokens = find_distinct(read_tokens(texts)).tokens
    n, rng = len(tokens), np.random.default_rng(len(texts))
    rows = [tokens.word[tokens.start[i] : tokens.start[i + 1]].tolist() for i in range(n)]
    bits, level, flat = rng.uniform(0.5, 9, (3, len(tokens.word))).astype(np.float32)
    bits_of, level_of, flat_of = (
        [of[tokens.start[i] : tokens.start[i + 1]] for i in range(n)] for of in (bits, level, flat)
    )
    everyone = np.array([[j for j in range(n) if j != i] for i in range(n)], np.int32).reshape(n, n - 1)
    repeated, copies = np.ones(len(tokens.word), np.bool_), np.ones(n, np.int64)
    stock = rng.random(len(tokens.word)) < 0.2
    agreed, supported = measure_agreements(
        tokens, bits, level, flat, repeated, stock, copies, everyone, least
    )
    gained = measure_gains(tokens, bits, everyone[:, 0])
    seen = [set(np.flatnonzero(stock[tokens.start[i] : tokens.start[i + 1]]).tolist()) for i in range(n)]
    shared, borderline = {}, False
    for i in range(n):
        for k, j in enumerate(everyone[i]):
            mine, theirs = matched(rows[i], rows[j]), matched(rows[j], rows[i])
            own = min(gain(rows[i], rows[j], bits_of[i]), gain(rows[j], rows[i], bits_of[j]))
            if k == 0:
                np.testing.assert_allclose(gained[i], own, rtol=1e-4, atol=1e-4)
            common = min(weight(flat_of[i], mine), weight(flat_of[j], theirs))
            part = min(weight(level_of[i], mine), weight(level_of[j], theirs))
            surprise = own * part - least * min(level_of[i].sum(), level_of[j].sum())
            near = common - NEAR_COPY * max(flat_of[i].sum(), flat_of[j].sum())
            borderline |= min(abs(surprise), abs(near)) < 1e-3 and least > 0
            ones = [1.0] * 20
            runs = 3 + min(gain(rows[i], rows[j], ones, 3, 0), gain(rows[j], rows[i], ones, 3, 0))
            short, long = sorted((len(rows[i]), len(rows[j])))
            written = 2 * runs >= long or runs**2 >= BORROWED * short
            if (surprise >= 0 and written) or near >= 0:
                seen[i] |= set(mine)
                shared[i, k] = common
    if borderline:
        return
    by_hand = [weight(flat_of[i], seen[i]) for i in range(n)]
    for (i, k), common in shared.items():
        by_hand[everyone[i][k]] = max(by_hand[everyone[i][k]], common)
    np.testing.assert_allclose(supported, by_hand, rtol=1e-4)
    for i in range(n):
        for k, j in enumerate(everyone[i]):
            both = math.sqrt(max(by_hand[i] * by_hand[j], 1e-6))
            np.testing.assert_allclose(agreed[i, k], min(shared.get((i, k), 0) / both, 1), rtol=1e-4)


@settings(max_examples=examples(40))
@given(heaps)
def test_surprise_is_that_of_a_chain_of_words_without_the_text_itself(texts):
    tokens = find_distinct(read_tokens(texts)).tokens
    everyone = np.arange(len(tokens))
    rows = [tokens.word[tokens.start[i] : tokens.start[i + 1]].tolist() for i in everyone]
    single = Counter(word for row in rows for word in row)
    double = Counter(pair for row in rows for pair in zip(row, row[1:], strict=False))
    ends = Counter(pair for row in rows for pair in zip(["^", *row], [*row, "$"], strict=True))
    total = max(sum(single.values()), 2)
    bits = measure_surprise(tokens, count_words(tokens, everyone))
    plain = weigh_words(tokens, count_pairs(tokens, everyone), len(tokens))
    at = 0
    for row in rows:
        for k, word in enumerate(row):
            chance = max(single[word] - 1, 0.5) / total
            if k:
                together = max(double[row[k - 1], word] - 1, 0)
                before = max(single[row[k - 1]] - 1, together)
                chance = (together + BACK_OFF * chance) / (before + BACK_OFF)
            np.testing.assert_allclose(bits[at], max(-math.log2(chance), MINIMUM_WEIGHT), rtol=1e-4)
            left, right = ends[(["^", *row][k], word)], ends[(word, [*row, "$"][k + 1])]
            mean = sum(max(math.log2(len(rows) / n), MINIMUM_WEIGHT) for n in (left, right)) / 2
            np.testing.assert_allclose(plain[at], mean, rtol=1e-4)
            at += 1


@settings(max_examples=examples(40))
@given(heaps)
def test_whoever_shares_most_is_among_the_candidates(texts):
    tokens = find_distinct(read_tokens(texts)).tokens
    found = find_candidates(tokens, shingles=32, neighbours=len(tokens))
    rows = [tokens.word[tokens.start[i] : tokens.start[i + 1]].tolist() for i in range(len(tokens))]
    pairs = [set(zip(["^", *row], [*row, "$"], strict=True)) for row in rows]
    for i in range(len(rows)):
        named = [j for j in found.neighbour[i] if j >= 0]
        assert i not in named and len(set(named)) == len(named)
        sharing = {j for j in range(len(rows)) if j != i and pairs[i] & pairs[j]}
        assert set(named) <= sharing and bool(named) == bool(sharing)
