"""How surprising it is that the adverts of a campaign agree.

Null hypothesis: every advert is written on its own, word after word, from a chain in which each word depends
on the one before (`weights.word_surprise`), with the frequencies of this very data set; each campaign counts
once in them. What an advert shares with the campaign's representative is worth the bits of those words, less
log2(its length) bits for every stretch of them (where it stands) and 2 bits for every word skipped within
one: its `gain`. Score = sum over the adverts but the representative of (gain - log2 adverts), in bits: minus
log2 of how many such groups chance alone would be expected to bring, over all choices of adverts. At 0 or
below it is no evidence."""

from __future__ import annotations

import numpy as np

from analytics.adverts.campaigns.agreement import measure_gains
from analytics.adverts.campaigns.distinct import DistinctTexts
from analytics.adverts.campaigns.tokens import Tokens
from analytics.adverts.campaigns.weights import count_words, measure_surprise


def score_campaigns(
    documents: DistinctTexts, group: np.ndarray, heads: np.ndarray, representative: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Score and mean gain per advert (bits) of the campaigns whose groups are `heads`, each with its
    representative (positions of documents)."""
    tokens = documents.tokens
    of_group = np.arange(len(documents), dtype=np.int32)
    of_group[heads] = representative
    counted = of_group[np.flatnonzero(group == np.arange(len(documents)))]
    weights = measure_surprise(tokens, count_words(tokens, counted))
    return score_groups(
        tokens, weights, group, documents.copies, heads, representative, int(documents.copies.sum())
    )


def score_groups(
    tokens: Tokens,
    weights: np.ndarray,
    group: np.ndarray,
    copies: np.ndarray,
    heads: np.ndarray,
    representative: np.ndarray,
    advert_count: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The same, with the `weights` of the words given and the number of adverts that the members were chosen
    from."""
    of_head = np.full(len(tokens), -1, np.int32)
    of_head[heads] = representative
    compared = of_head[group]
    gain = measure_gains(tokens, weights, compared).astype(np.float64)
    adverts = np.bincount(group, copies, len(tokens))[heads]
    total = np.bincount(group, gain * copies, len(tokens))[heads] - gain[representative]
    choice = np.log2(max(advert_count, 2))
    return total - (adverts - 1) * choice, total / np.maximum(adverts - 1, 1)
