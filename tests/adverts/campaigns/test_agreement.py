"""The compiled comparison against sets and lists in plain Python."""

import math
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.adverts.campaigns.agreement import shared_weights, supported_weights
from analytics.adverts.campaigns.candidates import candidate_pairs
from analytics.adverts.campaigns.distinct import distinct
from analytics.adverts.campaigns.tokens import read_tokens
from analytics.adverts.campaigns.weights import (
    BACK_OFF,
    LEAST_WEIGHT,
    frequencies,
    pair_counts,
    word_surprise,
    word_weights,
)

words = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=14).map(" ".join)
heaps = st.lists(words, min_size=2, max_size=6, unique=True)


def near_pairs(row):
    """Pairs at most two places apart with the two positions, the ends included."""
    padded = ["^", *row, "$"]
    for i in range(len(padded)):
        for gap in (1, 2):
            j = i + gap
            if j < len(padded) and not (gap == 2 and (i == 0 or j == len(padded) - 1)):
                yield (padded[i], padded[j]), [k - 1 for k in (i, j) if 0 < k < len(padded) - 1]
    if len(row) > 1:  # the end is also paired with the word before the last
        yield (row[-2], "$"), [len(row) - 2]


def matched(row, other):
    theirs = {pair for pair, _ in near_pairs(other)}
    return {k for pair, places in near_pairs(row) if pair in theirs for k in places}


def gain(row, places, weights):
    total, stretch, last = 0.0, 0.0, None
    for k in sorted(places):
        if last is None or k - last > 3:
            total += max(stretch, 0)
            stretch = -math.log2(len(row) + 1)
        elif k - last > 1:
            stretch -= 2
        stretch += weights[k]
        last = k
    return total + max(stretch, 0)


@settings(max_examples=60, deadline=None)
@given(heaps)
def test_shared_and_supported_weights_as_by_hand(texts):
    documents = distinct(read_tokens(texts))
    tokens = documents.tokens
    n = len(documents)
    rows = [tokens.word[tokens.start[i] : tokens.start[i + 1]].tolist() for i in range(n)]
    weights = np.random.default_rng(len(texts)).uniform(0.5, 9, len(tokens.word)).astype(np.float32)
    of = [weights[tokens.start[i] : tokens.start[i + 1]] for i in range(n)]
    everyone = np.array([[j for j in range(n) if j != i] for i in range(n)], np.int32).reshape(n, n - 1)
    shared, gains = shared_weights(tokens, weights, everyone)
    supported = supported_weights(tokens, weights, everyone, np.ones(everyone.shape, np.bool_))
    for i in range(n):
        seen = set()
        for k, j in enumerate(everyone[i]):
            mine, theirs = matched(rows[i], rows[j]), matched(rows[j], rows[i])
            seen |= mine
            np.testing.assert_allclose(
                shared[i, k], min(sum(of[i][list(mine)]), sum(of[j][list(theirs)])), rtol=1e-4
            )
            np.testing.assert_allclose(
                gains[i, k],
                min(gain(rows[i], mine, of[i]), gain(rows[j], theirs, of[j])),
                rtol=1e-4,
                atol=1e-4,
            )
        np.testing.assert_allclose(supported[i], sum(of[i][list(seen)]), rtol=1e-4)


@settings(max_examples=40, deadline=None)
@given(heaps)
def test_surprise_is_that_of_a_chain_of_words_without_the_text_itself(texts):
    tokens = distinct(read_tokens(texts)).tokens
    everyone = np.arange(len(tokens))
    rows = [tokens.word[tokens.start[i] : tokens.start[i + 1]].tolist() for i in everyone]
    single = Counter(word for row in rows for word in row)
    double = Counter(pair for row in rows for pair in zip(row, row[1:], strict=False))
    ends = Counter(pair for row in rows for pair in zip(["^", *row], [*row, "$"], strict=True))
    total = max(sum(single.values()), 2)
    bits = word_surprise(tokens, frequencies(tokens, everyone))
    plain = word_weights(tokens, pair_counts(tokens, everyone), len(tokens))
    at = 0
    for row in rows:
        for k, word in enumerate(row):
            chance = max(single[word] - 1, 0.5) / total
            if k:
                together = max(double[row[k - 1], word] - 1, 0)
                before = max(single[row[k - 1]] - 1, together)
                chance = (together + BACK_OFF * chance) / (before + BACK_OFF)
            np.testing.assert_allclose(bits[at], max(-math.log2(chance), LEAST_WEIGHT), rtol=1e-4)
            left, right = ends[(["^", *row][k], word)], ends[(word, [*row, "$"][k + 1])]
            mean = sum(max(math.log2(len(rows) / n), LEAST_WEIGHT) for n in (left, right)) / 2
            np.testing.assert_allclose(plain[at], mean, rtol=1e-4)
            at += 1


@settings(max_examples=40, deadline=None)
@given(heaps)
def test_whoever_shares_most_is_among_the_candidates(texts):
    tokens = distinct(read_tokens(texts)).tokens
    found = candidate_pairs(tokens, shingles=32, neighbours=len(tokens))
    rows = [tokens.word[tokens.start[i] : tokens.start[i + 1]].tolist() for i in range(len(tokens))]
    for i, row in enumerate(rows):
        mine = set(zip(["^", *row], [*row, "$"], strict=True))
        named = [j for j in found.neighbour[i] if j >= 0]
        assert i not in named and len(set(named)) == len(named)
        sharing = {
            j for j, other in enumerate(rows)
            if j != i and mine & set(zip(["^", *other], [*other, "$"], strict=True))
        }  # fmt: skip
        assert set(named) <= sharing and bool(named) == bool(sharing)
