"""Joined and parted words, and a 1 for i or l, are read as the other adverts have them."""

import numpy as np
import pytest

from analytics.adverts.campaigns import build_index, find_campaigns, join_texts
from analytics.adverts.campaigns.tokens import read_tokens
from analytics.adverts.campaigns.word_breaks import read_with_breaks

PLAIN = "call now for a lovely room close to the old station"


def rows_of(texts: list[str]) -> list[list[int]]:
    tokens = read_with_breaks(texts)
    return [
        tokens.word_hash[tokens.word[a:b]].tolist()
        for a, b in zip(tokens.start, tokens.start[1:], strict=False)
    ]


@pytest.mark.parametrize(
    "written",
    [
        "callnow fora lovely room close to the oldstation",
        "call now for a lovelyroom closetothe old station",
        "callnowforalovelyroomclosetotheoldstation",
        "call n o w for a love ly room clo se to the old sta tion",
        "ca11 n0w f0r a 1ove1y r00m c1ose t0 the o1d stat10n",
    ],
)
def test_a_text_with_other_breaks_has_the_words_of_the_plain_ones(written):
    plain = rows_of([PLAIN])[0]
    assert rows_of([PLAIN, PLAIN, written]) == [plain, plain, plain]


def test_nothing_is_parted_or_joined_without_an_advert_that_writes_it_so():
    for texts in (
        ["the carpet is red", "a car and a pet"],
        ["together we go", "to be near to get on", "her room"],
        ["information desk", "in a room for mat washing", "or on"],
        ["no one", "call"],
    ):
        tokens = read_tokens(texts)
        assert np.array_equal(read_with_breaks(texts).word, tokens.word)


def test_a_common_word_is_not_parted_for_one_slip():
    plain = "today we are open from one until night"
    texts = [plain] * 5 + ["to day we are op en from one un til night"]
    assert rows_of(texts) == [rows_of([plain])[0]] * 6


def test_a_text_with_one_or_two_such_places_stays_as_it_is():
    texts = ["its rooms are open", "it's rooms are op en", "the its open"]
    assert np.array_equal(read_with_breaks(texts).word, read_tokens(texts).word)


def test_new_adverts_are_read_as_the_old_ones_write():
    old = [f"{PLAIN} with fresh linen and a shared kitchen near {town}" for town in ("hull", "york", "bath")]
    index = build_index(old, find_campaigns(old))
    new = "callnow foralovely room close tothe old station withfresh linen and a sharedkitchen near derby"
    joined = join_texts(index, [new])
    assert joined.campaign.tolist() == [0]
    again = join_texts(joined.index, [new.replace("derby", "crewe")])
    assert again.campaign.tolist() == [0] and len(again.index.letter_end) == len(again.index.word_hash)
