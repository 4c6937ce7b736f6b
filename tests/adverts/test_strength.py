"""The strength of a link in words, at each limit of its scale."""

import math

import pytest

from analytics.adverts.strength import describe_score, describe_weight


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (-0.1, "none"),
        (0, "weak"),
        (9.9, "weak"),
        (10, "moderate"),
        (29.9, "moderate"),
        (30, "strong"),
        (99.9, "strong"),
        (100, "very strong"),
        (5926, "very strong"),
    ],
)
def test_a_score_in_words(bits, words):
    assert describe_score(bits) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.01, "weak"), (0.59, "weak"), (0.61, "moderate"), (0.81, "strong"), (0.96, "very strong")],
)
def test_a_links_weight_in_words_by_its_probability(probability, words):
    assert describe_weight(math.log2(probability / (1 - probability))) == words
