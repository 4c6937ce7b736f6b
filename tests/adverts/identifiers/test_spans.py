"""Spans of a text against their plain definitions, and texts full of what is found."""

import random

import pytest

from analytics.adverts.identifiers.extract import find_identifiers
from analytics.adverts.identifiers.spans import FreeSpans, merge_spans


def draw(rng, number):
    starts = [rng.randrange(60) for _ in range(number)]
    return [(start, start + rng.randint(1, 9)) for start in starts]


@pytest.mark.parametrize("seed", range(30))
def test_of_spans_that_overlap_the_first_stands(seed):
    free, taken = FreeSpans(), []
    for start, end in draw(random.Random(seed), 20):
        alone = all(end <= first or last <= start for first, last in taken)
        assert free.take(start, end) == alone
        taken += [(start, end)] if alone else []


@pytest.mark.parametrize("seed", range(30))
def test_merged_spans_cover_the_same_and_do_not_overlap(seed):
    given = draw(random.Random(seed), 8)
    merged = merge_spans(given)
    covered = {at for start, end in given for at in range(start, end)}
    assert covered == {at for start, end in merged for at in range(start, end)}
    assert sum(end - start for start, end in merged) == len(covered) and merged == sorted(merged)


@pytest.mark.parametrize(("text", "each"), [("10€ 5k, ", 1), ("@anna_9 ", 1), ("£10 07700 900123 x ", 2)])
def test_every_identifier_of_a_text_full_of_them_is_found(text, each):
    assert len(find_identifiers(text * 400)) == 400 * each
