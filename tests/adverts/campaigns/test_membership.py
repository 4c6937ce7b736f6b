import random

import numpy as np

from analytics.adverts.campaigns.distinct import distinct
from analytics.adverts.campaigns.membership import strangers
from analytics.adverts.campaigns.tokens import read_tokens
from tests.adverts.campaigns.conftest import own_words


def test_who_has_only_half_of_what_a_campaign_says_is_a_stranger_and_who_says_more_is_not():
    rng = random.Random(1)
    first, second = own_words(rng, 20), own_words(rng, 20)
    texts = [" ".join(first + second + own_words(rng, 1)) for _ in range(6)]
    half, longer = " ".join(first + own_words(rng, 20)), " ".join(first + second + own_words(rng, 60))
    documents = distinct(read_tokens([*texts, half, longer]))
    group = np.zeros(len(documents), np.int32)
    representatives = np.full((len(documents), 4), -1, np.int32)
    representatives[0] = np.arange(4)
    weights = np.ones(len(documents.tokens.word), np.float32)
    strange = strangers(documents.tokens, weights, group, representatives)
    assert np.flatnonzero(strange).tolist() == [documents.of_text[6]]
