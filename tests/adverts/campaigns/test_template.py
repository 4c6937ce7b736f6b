import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.adverts.campaigns import build_template
from tests.adverts.campaigns.conftest import own_words
from tests.examples import examples

SHAPE = "Lovely quiet rooms, {name} is new in {town} this week. Call {phone} and ask; {price} for an hour!"


def draw_texts(n, seed=1):
    rng = random.Random(seed)
    return [
        SHAPE.format(
            name=rng.choice(["Mira", "Lena", "Ana", "Vera"]),
            town=rng.choice(["Leeds", "Hull", "York", "Bath"]),
            phone=rng.choice(
                ["07700 900123", "0 7 7 0 0 9 0 0 1 2 4", "zero seven seven zero zero nine zero"]
            ),
            price=rng.choice(["£60", "€80", "100 $"]),
        )
        for _ in range(n)
    ]


def test_constant_words_and_slots_with_their_kinds():
    template = build_template(draw_texts(20))
    assert [segment.kind for segment in template.segments if segment.slot] == [
        "name or place",
        "place",
        "phone",
        "price",
    ]
    assert [segment.text for segment in template.segments if not segment.slot] == [
        "Lovely quiet rooms",
        "is new in",
        "this week. Call",
        "and ask",
        "for an hour",
    ]
    assert all(segment.share == 1 for segment in template.segments)
    with_places = build_template(draw_texts(20), places={"leeds", "hull", "york", "bath"})
    assert [s.kind for s in with_places.segments if s.slot] == ["name", "place", "phone", "price"]


def test_a_phrase_that_begins_with_a_capital_is_no_name():
    said = ["Ask for details", "References welcome", "Call any time", "Messages answered quickly"]
    texts = [
        f"Room in a friendly shared flat by the park. {said[k % 4]}. Contact us today" for k in range(12)
    ]
    assert [s.kind for s in build_template(texts, places={"leeds"}).segments if s.slot] == ["other"]
    named = ["Anna Maria", "Lena", "Rosa de Luca", "Vera"]
    texts = [f"Quiet flat by the park, ask there for {named[k % 4]}, open all week" for k in range(12)]
    assert [s.kind for s in build_template(texts, places={"leeds"}).segments if s.slot] == ["name"]


def test_rows_are_the_text_itself_in_columns():
    texts = draw_texts(15)
    template = build_template(texts)
    for text, row in zip(texts, template.rows(), strict=True):
        at = 0
        for cell in row:
            at = text.index(cell, at) + len(cell)
        assert row[1] in ("Mira", "Lena", "Ana", "Vera") and row[7] in ("£60", "€80", "100 $")


def test_the_order_of_adverts_moves_rows_only():
    texts = draw_texts(12)
    one, two = build_template(texts), build_template(texts[::-1])
    assert one.segments == two.segments and np.array_equal(one.spans, two.spans[::-1])


def test_edits_of_single_adverts_do_not_make_slots():
    rng = random.Random(2)
    base = own_words(rng, 30)
    texts = []
    for _ in range(40):
        words = list(base)
        words[10] = own_words(rng, 1)[0]  # the one slot
        for k in range(30):
            if k != 10 and rng.random() < 0.06:
                words[k] = own_words(rng, 1)[0]
        texts.append(" ".join(words))
    template = build_template(texts)
    assert [segment.slot for segment in template.segments] == [False, True, False]
    assert [row[1] for row in template.rows()] == [text.split()[10] for text in texts]


def test_a_long_tail_of_each_is_one_slot_at_the_end():
    rng = random.Random(3)
    base = own_words(rng, 20)
    template = build_template([" ".join(base + own_words(rng, 30)) for _ in range(10)])
    assert [segment.slot for segment in template.segments] == [False, True]
    assert template.segments[0].text == " ".join(base)


def test_copies_one_advert_and_adverts_without_words():
    assert [s.slot for s in build_template(["same words here"] * 5).segments] == [False]
    template = build_template(["only one £5", "", None])
    assert template.row(0) == ["only one", "£5"] and template.row(1) == template.row(2) == ["", ""]
    with pytest.raises(ValueError, match="word"):
        build_template(["", None, "!!"])


def test_other_scripts():
    template = build_template(
        [f"招聘工人包吃包住地点{place}请联系" for place in ("伦敦", "巴黎", "利兹", "柏林", "米兰")]
    )
    assert [row[1] for row in template.rows()] == ["伦敦", "巴黎", "利兹", "柏林", "米兰"]


@settings(max_examples=examples(40))
@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_any_texts_are_aligned_within_themselves(texts):
    if not any(any(character.isalnum() for character in text) for text in texts):
        return
    try:
        template = build_template(texts)
    except ValueError:
        return
    assert template.spans.shape == (len(texts), len(template.segments), 2)
    for text, spans in zip(texts, template.spans, strict=True):
        for begin, end in spans:
            assert begin == end == -1 or 0 <= begin < end <= len(text)


def test_a_thousand_adverts():
    template = build_template(draw_texts(1000))
    assert len(template.rows()) == 1000 and len(template.segments) == 9
