import itertools
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.adverts.campaigns import CampaignParameters, find_campaigns
from analytics.shared.progress import Cancelled
from bench.adverts.borrowed import chained, one_sentence, prose, score_pairs, tails
from tests.adverts.campaigns.conftest import own_words
from tests.examples import examples


def partition(numbers):
    """Sets of positions in campaigns; those on their own are left out."""
    sets = {}
    for i, number in enumerate(numbers):
        if number >= 0:
            sets.setdefault(int(number), set()).add(i)
    return sorted(map(sorted, sets.values()))


def changed(share):
    def change(words, rng):
        return [own_words(rng, 1)[0] if rng.random() < share else word for word in words]

    return change


def with_tail(words, rng):
    return words + own_words(rng, 2 * len(words))


def in_blocks(words, rng):
    third = len(words) // 3
    blocks = [words[:third], words[third : 2 * third], words[2 * third :]]
    rng.shuffle(blocks)
    return sum(blocks, [])


def inserted(words, rng):
    at = rng.randrange(len(words))
    return words[:at] + own_words(rng, len(words) // 2) + words[at:]


@pytest.mark.parametrize("change", [None, changed(0.1), changed(0.2), with_tail, in_blocks, inserted])
def test_campaigns_are_found_under_every_kind_of_change(made_heap, change):
    for seed in range(3):
        texts, truth = made_heap(seed, change=change)
        assert partition(find_campaigns(texts).campaign) == partition(truth)


def contained(texts, least):
    """Slow and independent: all pairs by the share of the shorter text's words that the other has, a word
    that comes twice counted twice, then connected."""
    bags = [Counter(text.split()) for text in texts]
    root = list(range(len(texts)))
    for i, j in itertools.combinations(range(len(texts)), 2):
        if (bags[i] & bags[j]).total() >= least * min(bags[i].total(), bags[j].total()):
            old, new = root[j], root[i]
            root = [new if r == old else r for r in root]
    numbers = [r if root.count(r) > 1 else -1 for r in root]
    return numbers


@settings(max_examples=examples(25))
@given(
    seed=st.integers(0, 10**6),
    campaigns=st.integers(1, 6),
    copies=st.integers(2, 5),
    words=st.integers(20, 40),
)
def test_as_all_pairs_by_containment(made_heap, seed, campaigns, copies, words):
    """Of shorter texts a word or two is the whole distance to the threshold, where chance decides too."""
    texts, _ = made_heap(seed, campaigns, copies, alone=15, words=words, change=changed(0.06))
    assert partition(find_campaigns(texts).campaign) == partition(contained(texts, 0.55))


@settings(max_examples=examples(15))
@given(
    st.lists(
        st.one_of(st.text(max_size=30), st.none(), st.sampled_from(["call now", "a b c d e"])), max_size=25
    )
)
def test_any_text_is_taken_and_the_answer_is_whole(texts):
    found = find_campaigns(texts)
    assert found.campaign.shape == found.similarity.shape == (len(texts),)
    inside = found.campaign >= 0
    assert np.isnan(found.similarity[~inside]).all() and (found.similarity[inside] > 0).all()
    counts = np.bincount(found.campaign[inside], minlength=len(found.table))
    assert counts.tolist() == found.table.adverts.tolist() and (counts > 1).all()
    assert (found.campaign[found.table.representative] == found.table.campaign).all()
    assert (np.diff(found.table.score) <= 0).all()


@settings(max_examples=examples(10))
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_adverts_changes_nothing(made_heap, rng):
    texts, _ = made_heap(5, change=changed(0.15))
    texts = [*texts, *texts[:5], "", "one"]
    order = list(range(len(texts)))
    rng.shuffle(order)
    before, after = find_campaigns(texts), find_campaigns([texts[i] for i in order])
    assert np.array_equal(after.campaign, before.campaign[order])
    assert np.array_equal(after.similarity, before.similarity[order], equal_nan=True)
    columns = ["adverts", "wordings", "score", "bits_per_advert"]
    assert after.table[columns].equals(before.table[columns])


def test_a_chain_of_small_changes_is_not_one_campaign():
    rng = random.Random(3)
    words = own_words(rng, 40)
    texts = []
    for step in range(60):
        words[step * 7 % 40] = own_words(rng, 1)[0]
        words[step * 11 % 40] = own_words(rng, 1)[0]
        texts.append(" ".join(words))
    found = find_campaigns(texts)
    sets = [set(text.split()) for text in texts]
    assert found.table.adverts.max() < 40
    for number in found.table.campaign:
        members = np.flatnonzero(found.campaign == number)
        pairs = [len(sets[i] & sets[j]) / 40 for i, j in itertools.combinations(members, 2)]
        assert np.mean(pairs) > 0.5  # its ends may differ, but not its members on the whole


def test_what_every_advert_says_joins_none():
    rng = random.Random(4)
    vocabulary = own_words(rng, 300)
    site = " ".join(own_words(rng, 25))
    texts = [" ".join(rng.choices(vocabulary, k=30)) + " " + site for _ in range(300)]
    found = find_campaigns(texts)
    assert (found.campaign >= 0).mean() < 0.02


def test_two_templates_that_share_half_stay_apart():
    rng = random.Random(6)
    half, one, two = (own_words(rng, 20) for _ in range(3))
    vocabulary = own_words(rng, 300)
    texts = [" ".join(half + changed(0.05)(list(own), rng)) for own in (one, two) for _ in range(10)]
    texts += [" ".join(rng.choices(vocabulary, k=40)) for _ in range(200)]
    assert partition(find_campaigns(texts).campaign) == [list(range(10)), list(range(10, 20))]


def test_copies_are_one_wording_and_short_or_empty_adverts_harm_nothing():
    texts = ["call lena now at the mill"] * 5 + ["call mira", "call mira", "hello", "", None, "  !! "]
    found = find_campaigns(texts)
    assert partition(found.campaign) == [[0, 1, 2, 3, 4], [5, 6]]
    assert sorted(found.table.wordings) == [1, 1]
    assert found.notes["without words"] == 3
    assert find_campaigns([]).table.empty and find_campaigns(["", None]).campaign.tolist() == [-1, -1]


def test_very_long_and_hostile_texts(made_heap):
    texts, truth = made_heap(7, campaigns=3)
    rng = random.Random(1)
    long = " ".join(own_words(rng, 15_000))
    hostile = ["\u202e\u200d" * 50, "a\u0301" * 500, "\ud800 x", "́" * 300, "0️⃣" * 400, "x" * 100_000]
    found = find_campaigns([*texts, long, long + " more", *hostile])
    assert partition(found.campaign[: len(texts)]) == partition(truth)
    assert found.campaign[len(texts)] == found.campaign[len(texts) + 1] >= 0
    assert found.notes["cut to their first words"] == 2


def test_five_scripts_with_slots():
    shapes = [
        "Требуются работники на склад в городе {} жильё и документы оплачиваем звоните сегодня",
        "仓库招聘工人包吃包住高薪无需经验地点{}请立即联系我们办公室",
        "ζητούνται εργάτες για αποθήκη στην πόλη {} χωρίς εμπειρία με υψηλό μισθό",
        "مطلوب عمال للمزارع في مدينة {} السكن والطعام مجانا اتصل الآن",
        "🔥 new girls 💋 every week in {} call us 🔥 open late tonight",
    ]
    places = ["Leeds", "Харьков", "巴黎", "Πάτρα", "دبي"]
    texts = [shape.format(place) for shape in shapes for place in places]
    assert partition(find_campaigns(texts).campaign) == [list(range(k, k + 5)) for k in range(0, 25, 5)]


def test_a_long_surprising_campaign_ranks_above_a_common_phrase(made_heap):
    texts, _ = made_heap(8, campaigns=1, copies=8)
    found = find_campaigns([*texts, *["call now"] * 8])
    assert found.campaign[-1] == 1 and found.table.score[0] > 5 * found.table.score[1]


def test_independent_adverts_are_no_evidence(made_heap):
    texts, _ = made_heap(9, campaigns=0, alone=1500, words=25)
    assert find_campaigns(texts).table.empty


def test_it_can_be_stopped_and_tells_how_far_it_is(made_heap):
    texts, _ = made_heap(1)
    told = []
    find_campaigns(texts, progress=lambda text, share: told.append(share))
    assert told == sorted(told) and told[0] == 0 and told[-1] < 1
    with pytest.raises(Cancelled):
        find_campaigns(texts, cancelled=lambda: True)
    with pytest.raises(ValueError, match="agreement"):
        CampaignParameters(agreement=0)


def test_one_borrowed_sentence_joins_nobody_and_a_long_tail_parts_nobody():
    for seed in (1, 2):
        for shared, length in ((12, 160), (16, 160), (16, 82), (24, 160)):
            world = one_sentence(120, seed, shared=shared, length=length)
            assert (find_campaigns(world.text.tolist()).campaign == -1).all(), (shared, length)
        for tail in (60, 120):
            world = tails(400, seed, tail)
            scores = score_pairs(world.cluster.to_numpy(), find_campaigns(world.text.tolist()).campaign)
            assert scores["ari"] > 0.98 and scores["precision"] > 0.99


def test_no_path_of_shared_sentences_makes_one_campaign():
    assert (find_campaigns(chained(150, 1).text.tolist()).campaign == -1).all()


def test_strangers_who_write_from_one_stock_of_sentences_stay_strangers():
    world = prose(1500, 3)
    scores = score_pairs(world.cluster.to_numpy(), find_campaigns(world.text.tolist()).campaign)
    assert scores["precision"] >= 0.99 and scores["ari"] >= 0.99
