import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.adverts.campaigns.tokens import NUMBER, read_tokens, split_words


def hashes(text):
    tokens = read_tokens([text])
    return tokens.word_hash[tokens.word].tolist()


def words_of(text):
    return [word for word, _, _ in split_words(text)]


def test_the_same_words_however_they_are_typed():
    plain = "call lena at the new studio 07700900123"
    for typed in (
        "CALL Lena, at the NEW studio: 07700900123!",
        "ｃａｌｌ ｌｅｎａ at the new studio ０７７００９００１２３",
        "call le\u200bna at\u00ad the new studio 0\ufe0f\u20e37\ufe0f\u20e37\ufe0f\u20e300900123",
        "call lena at the new studio 0 7 7 0 0/900.123",
    ):
        assert hashes(typed) == hashes(plain)


def test_scripts_without_spaces_are_read_by_character_and_others_by_word():
    assert words_of("招聘工人 高薪") == list("招聘工人高薪")
    assert words_of("Требуются РАБОТНИКИ, срочно") == ["требуются", "работники", "срочно"]
    assert words_of("مَرْحَبًا بكم") == ["مرحبا", "بكم"]
    assert words_of("हिन्दी में") == ["हिन्दी", "में"]
    assert words_of("hot 🔥🔥 deal") == ["hot", "🔥", "🔥", "deal"]
    assert words_of("รถเช่า") != [] and all(len(word) == 1 for word in words_of("ขายดี")[:1])


def test_digits_tell_no_templates_apart():
    assert words_of("07700 O7xx9 a64f992") == [NUMBER] * 3
    assert words_of("libgtk3 2nd plain") == ["libgtk#", NUMBER, "plain"]
    assert hashes("£60 now") == hashes("$1,200.50 now") and hashes("libgtk3") == hashes("libgtk24")
    assert read_tokens(["5 5", "5", None, ""]).start.tolist() == [0, 1, 2, 2, 2]


@given(st.text(max_size=80))
def test_spans_cut_the_words_out_of_any_text(text):
    last = 0
    for _word, begin, end in split_words(text):
        assert 0 <= begin < end <= len(text)
        assert last <= begin or unicodedata.normalize("NFKC", text[begin:end]) != text[begin:end]
        last = end


@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_can_be_read_and_each_alone_as_among_others(texts):
    tokens = read_tokens(texts)
    for i, text in enumerate(texts):
        mine = tokens.word[tokens.start[i] : tokens.start[i + 1]]
        assert tokens.word_hash[mine].tolist() == hashes(text)


@given(
    st.lists(
        st.sampled_from(["a", "b1", "99", "é", "ß", "招", "ก", "🔥", "!", "٣", "á", "\u200d", "İ", "हि"]),
        max_size=12,
    ).map("".join)
)
def test_words_with_spans_are_the_words_that_are_read(text):
    spans = words_of(text)
    joined = [word for k, word in enumerate(spans) if k == 0 or word != NUMBER or spans[k - 1] != NUMBER]
    read = read_tokens([text])
    assert len(joined) == len(read.word)
    assert [word == NUMBER for word in joined] == (read.word == 0).tolist()
    for one, word_one in zip(joined, read.word, strict=True):
        for two, word_two in zip(joined, read.word, strict=True):
            assert (one == two) == (word_one == word_two)


def test_half_a_surrogate_pair_and_nul_are_read():
    assert len(hashes("broken \ud800 text")) == 2 and len(hashes("two\0words")) == 2


def test_a_large_vocabulary_keeps_its_numbers():
    texts = [
        f"{a}{b}{c}"
        for a in "abcdefghijklmnopqrstuvwxyz"
        for b in "abcdefghijklmnopqrstuvwxyz"
        for c in "abcdefghij"
    ]
    tokens = read_tokens([*texts, *texts])
    assert np.array_equal(tokens.word[: len(texts)], tokens.word[len(texts) :])
    assert len(np.unique(tokens.word_hash)) == len(tokens.word_hash) == len(texts) + 1


def test_addresses_paths_and_serial_numbers_are_numbers_and_words_with_dots_are_not():
    for own in (
        "lena@mail.example",
        "https://site.example/a?b=c",
        "www.rooms.example",
        "rooms.com:8080/list",
        "a.b.example.uk",
        "/home/lena/photos",
        "54fadb412c4e",
        "0x24ed93",
        "O7oo9oo123",
    ):
        assert [(word, begin) for word, begin, _ in split_words(f"see {own} today")] == [
            ("see", 0),
            ("#", 4),
            ("today", 5 + len(own)),
        ]
    for plain in ("and/or", "all.night", "open.late and.clean", "tea/coffee/milk"):
        assert all(word.isalpha() for word, _, _ in split_words(plain))
