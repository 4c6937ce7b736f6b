import numpy as np
import pytest

from analytics.adverts.campaigns import build_index, find_campaigns, from_arrays, join_texts, to_arrays
from tests.adverts.campaigns.test_find import changed, partition


def joined_in_parts(texts, first, size):
    found = find_campaigns(texts[:first])
    index, numbers = build_index(texts[:first], found), list(found.campaign)
    for start in range(first, len(texts), size):
        step = join_texts(index, texts[start : start + size])
        assert step.index.texts == min(start + size, len(texts))
        for number, text in zip(step.founded.campaign, step.founded.text, strict=True):
            assert numbers[text] == -1
            numbers[text] = number
        numbers.extend(step.campaign)
        index = from_arrays(to_arrays(step.index))
    return found, np.array(numbers)


@pytest.mark.parametrize("size", [1, 7, 60])
def test_joining_in_parts_ends_where_finding_at_once_does(made_heap, size):
    texts, _ = made_heap(11, change=changed(0.08))
    first = len(texts) // 2
    found, numbers = joined_in_parts(texts, first, size)
    assert partition(numbers) == partition(find_campaigns(texts).campaign)
    settled = found.campaign >= 0
    assert np.array_equal(numbers[:first][settled], found.campaign[settled])  # a campaign keeps its number


def test_a_copy_of_an_advert_on_its_own_founds_a_campaign(made_heap):
    texts, _ = made_heap(12, campaigns=2)
    alone = int(np.flatnonzero(find_campaigns(texts).campaign < 0)[0])
    index = build_index(texts, find_campaigns(texts))
    step = join_texts(index, ["nothing like any of them", texts[alone], "", None])
    assert step.campaign.tolist() == [-1, 2, -1, -1] and step.similarity[1] == pytest.approx(1, abs=1e-3)
    assert step.founded.values.tolist() == [[2, alone]]
    assert step.index.campaigns == 3
    anew = find_campaigns([*texts, texts[alone]])
    score = anew.table.score[anew.campaign[alone]]
    assert step.scores.campaign.tolist() == [2] and step.scores.score[0] == pytest.approx(score, rel=0.1)
    again = join_texts(step.index, [texts[alone]])
    assert again.campaign.tolist() == [2] and again.founded.empty


def test_the_order_of_new_adverts_changes_nothing(made_heap):
    texts, _ = made_heap(13, change=changed(0.1))
    index = build_index(texts[:40], find_campaigns(texts[:40]))
    new = texts[40:]
    forward, backward = join_texts(index, new), join_texts(index, new[::-1])
    assert np.array_equal(forward.campaign, backward.campaign[::-1])
    assert np.array_equal(forward.similarity, backward.similarity[::-1], equal_nan=True)


def test_two_existing_campaigns_stay_two_and_unrelated_adverts_stay_out(made_heap):
    texts, truth = made_heap(14, campaigns=2, alone=60)
    found = find_campaigns(texts)
    one, two = (texts[truth.index(number)] for number in (0, 1))
    step = join_texts(
        build_index(texts, found), [one + " " + two, "some other words that were never read before"]
    )
    assert step.campaign[0] in (0, 1, -1) and step.campaign[1] == -1
    assert step.index.campaigns == 2


def test_an_empty_index_and_nothing_new(made_heap):
    texts, truth = made_heap(15, campaigns=2, alone=5)
    empty = build_index([], find_campaigns([]))
    step = join_texts(empty, texts)
    assert partition(step.campaign) == partition(truth)
    assert join_texts(step.index, []).campaign.shape == (0,)
