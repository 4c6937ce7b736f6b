"""What is left early is what the full reading would find nothing in: each early exit against the whole
pattern, over texts built of the words, signs and figures that the rules know."""

import gc
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.adverts.identifiers import (
    addresses,
    amounts,
    country_hints,
    find_identifiers,
    phone_references,
)
from analytics.adverts.identifiers.digit_runs import TOKEN, find_stretches
from analytics.adverts.identifiers.normalise import fold
from analytics.adverts.identifiers.number_words import load_number_words, load_reference_words, split_pieces
from tests.examples import examples

_NUMBER_WORDS = sorted(load_number_words())
_REFERENCES = sorted(load_reference_words())
_MONEY = sorted(country_hints._MONEY)
_PLATFORMS = sorted(addresses._PLATFORMS)
_COUNTRIES = sorted(" ".join(words) for words in country_hints._load_names()[0])
_SOME_TEXT = """
    id me user username nick name is 号 anna_9 x.y joe88 the new Ann T. nr no. num c. NR VS CNH r rd
    am pm to until bis до h uhr cm kg % years лет at home von Leeds in 2024 2025 19991231 20240603 1.5 8,5 7
    07700900123 077 00 900 +44 0 5 25 4.5.2024 09.00 12:30 175/65 0,33 90-60-90 5'7 a b c d e f _ @ i'm5
"""
_SOME = _SOME_TEXT.split()
_GAPS = (" ", " ", " ", " ", "", ". ", ", ", "\n", "-", "/", " - ", ": ", ".", "'", "  ", ";", "_", "@")


def _write(rng: random.Random) -> str:
    """A folded text of up to twelve such words and figures."""
    parts = []
    for _ in range(rng.randint(1, 12)):
        source = rng.choice((_SOME, _SOME, _NUMBER_WORDS, _REFERENCES, _MONEY, _PLATFORMS, _COUNTRIES))
        word = rng.choice(source) if rng.random() < 0.7 else str(rng.randrange(10 ** rng.randint(1, 14)))
        parts += [word.upper() if rng.random() < 0.1 else word, rng.choice(_GAPS)]
    return "".join(parts)


_TEXTS = st.integers(0, 1 << 40).map(lambda seed: _write(random.Random(seed)))
_EACH = settings(max_examples=examples(1500), derandomize=True)


@given(_TEXTS)
@_EACH
def test_money_is_missed_nowhere(written):
    text = fold(written).text
    assert country_hints._has_money(text) == bool(country_hints._BESIDE.search(text))


@given(_TEXTS)
@_EACH
def test_the_names_of_countries_are_missed_nowhere(written):
    tokens = TOKEN.findall(fold(written).text)
    names = country_hints._load_names()[0]
    expected = []
    for at in range(len(tokens)):
        lengths = [n for n in range(len(tokens) - at, 0, -1) if names.get(tuple(tokens[at : at + n]))]
        expected += [names[tuple(tokens[at : at + n])] for n in lengths[:1]]
    assert country_hints._named(tokens, frozenset(tokens)) == expected


@given(_TEXTS)
@_EACH
def test_dates_hours_and_measures_are_missed_nowhere(written):
    text = fold(written).text
    spans, end = [], 0
    for figures in re.finditer(r"\d+", text):
        match = amounts._OTHER.match(text, figures.start()) if figures.start() >= end else None
        if match:
            end = match.end()
            spans.append(match.span())
    assert amounts.find_other_numbers(text) == spans


@given(_TEXTS)
@_EACH
def test_handles_are_missed_nowhere(written):
    text = fold(written).text
    if not addresses._JOINED.search(text):
        assert not addresses._NAMED_HANDLE.search(text)
    if "@" not in text and not addresses._LETTERS_APART.search(text):
        assert not addresses._SPACED.search(text)


@given(_TEXTS)
@_EACH
def test_labels_and_codes_are_missed_nowhere(written):
    text = fold(written).text
    capitals = written if len(written) == len(text) else text
    found = phone_references._CAPITALS.search(capitals)
    word = text[slice(*found.span(1))] if found and found[1].isupper() else None
    assert phone_references._is_label(text, capitals) == (
        word is not None
        and phone_references._VOWELS.isdisjoint(word)
        and word not in phone_references._NO_LABELS
        and not phone_references.is_calling(word)
    )
    if "." not in text and "-" not in text:
        assert not phone_references._NUMBER_SIGN.search(text)
    if "." not in text:
        assert not phone_references._LABEL_IN_LETTERS.search(text)
    for at in range(len(text) + 1):
        tied = phone_references._BEFORE.search(text, max(0, at - 16), at)
        after = phone_references._AFTER.match(text, at)
        if not phone_references.is_part_of_code(text, at, at):
            assert tied is None or text[at - 1] == "/"
            assert after is None or text[at] == "/"
            assert not phone_references._CHECK.match(text, at) or after


@given(_TEXTS)
@_EACH
def test_the_pieces_of_a_stretch_lie_where_their_tokens_stand(written):
    text = fold(written).text
    placed = {
        (match.start() + piece.start, match.start() + piece.end, piece)
        for match in TOKEN.finditer(text)
        for piece in split_pieces(match[0])
    }
    for stretch in find_stretches(text, TOKEN.findall(text)):
        assert all((start, end, piece) in placed for piece, start, end in stretch)


@pytest.mark.parametrize("text", ["call rs 500", "500 kc", "10k rp", "x'rs. 7", "5000円", "s/ 30", "9,-ft"])
def test_money_beside_figures_is_seen(text):
    assert country_hints._has_money(text)


def test_reading_makes_no_circles():
    """Processes that only read look for none, so there must be none to find."""
    texts = [_write(random.Random(seed)) for seed in range(200)]
    for text in texts:
        find_identifiers(text)  # what is loaded once may make some
    gc.collect()
    gc.disable()
    try:
        for text in texts:
            find_identifiers(f"Anna, Leeds. {text} tel. 07700 900123, twenty five £30 anna at site dot com")
        assert gc.collect() == 0
    finally:
        gc.enable()
