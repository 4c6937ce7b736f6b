import random

import numpy as np

from analytics.adverts.campaigns.distinct import find_distinct
from analytics.adverts.campaigns.membership import find_cores, review_members
from analytics.adverts.campaigns.tokens import read_tokens
from tests.adverts.campaigns.conftest import own_words


def test_who_has_only_half_of_what_a_campaign_says_is_a_stranger_and_who_says_more_is_not():
    rng = random.Random(1)
    first, second = own_words(rng, 20), own_words(rng, 20)
    texts = [" ".join(first + second + own_words(rng, 1)) for _ in range(6)]
    half, longer = " ".join(first + own_words(rng, 20)), " ".join(first + second + own_words(rng, 60))
    documents = find_distinct(read_tokens([*texts, half, longer]))
    group = np.zeros(len(documents), np.int32)
    representatives = np.full((len(documents), 4), -1, np.int32)
    representatives[0] = np.arange(4)
    weights = np.ones(len(documents.tokens.word), np.float32)
    found = find_cores(documents.tokens, weights, group, representatives)
    supported = np.full(len(documents), 40, np.float32)
    agreed, strange = review_members(documents.tokens, weights, supported, group, representatives, found)
    assert (agreed[:4] == 1).all()
    assert np.flatnonzero(strange).tolist() == [documents.of_text[6]]
    alike, unjudged = review_members(documents.tokens, weights, supported, group, representatives)
    assert np.array_equal(agreed, alike) and not unjudged.any()
