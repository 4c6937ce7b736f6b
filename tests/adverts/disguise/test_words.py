"""Disguised words are read as they are meant; honest ones stay what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.adverts.campaigns.tokens import read_tokens, split_words
from analytics.adverts.disguise import fold_words, fold_words_with_origin

PLAIN = "call now for a lovely room close to the old station ask for the night crew"


def words_of(text: str) -> list[str]:
    return [word for word, _, _ in split_words(text)]


def hashes_of(text: str) -> list[int]:
    tokens = read_tokens([text])
    return tokens.word_hash[tokens.word].tolist()


@pytest.mark.parametrize(
    "disguised",
    [
        "саll nоw fоr a lоvеly rооm сlоse tо thе оld stаtiоn аsk fоr thе night сrеw",  # Cyrillic
        "cαll nοw fοr α lοvεly rοοm clοsε tο thε οld stαtiοn αsk fοr thε night crεw",  # Greek
        "сall now for а lovely roоm close to the old station ask for the night crew",  # one-letter word too
        "ｃａｌｌ ｎｏｗ for a lovely ｒｏｏｍ close to the old station ask for the night crew",
        "𝐜𝐚𝐥𝐥 𝒏𝒐𝒘 for a 𝗅𝗈𝗏𝖾𝗅𝗒 room close to the old 𝚜𝚝𝚊𝚝𝚒𝚘𝚗 ask for the night crew",
        "ᴄᴀʟʟ ɴᴏᴡ for a ʟᴏᴠᴇʟʏ room close to the old ꜱᴛᴀᴛɪᴏɴ ask for the night crew",
        "🅒🅐🅛🅛 🅽🅾🆆 for a lovely room close to the old station ask for the night crew",
        "c̷a̶l̵l̴ n͟o͟w͟ for a l̈ŏv̌e̋l̂y̐ room close to the old station ask for the night crew",
        "çàłł ñöw for a lövély rôøm close to the old statiön ask for the night crew",
        PLAIN.replace("ll", "l\u200bl")
        .replace("o", "o\u2060")
        .replace("e", "\u00ade")
        .replace("t", "\ufefft\u200d"),
        "call 🔥 now 💋 for ⭐ a lovely 🔥🔥 room close to the old station ask ❤️ for the night crew",
        "c a l l  n o w  for a l.o.v.e.l.y r-o-o-m close to the old s*t*a*t*i*o*n ask for the night crew",
        f"{PLAIN}\n\n{PLAIN}",
        f"{PLAIN} {PLAIN} {PLAIN}",
    ],
)
def test_a_disguised_text_has_the_words_of_the_plain_one(disguised):
    assert hashes_of(disguised) == hashes_of(PLAIN)


def test_digits_and_signs_for_letters_are_read_where_several_words_have_them():
    text = "b3st m4ss4ge in t0wn with y0ung and $exy g3nt w0men open 24h from 10am at LS1 4AB"
    assert fold_words(text) == (
        "best massage in town with young and sexy gent women open 24h from 10am at LS1 4AB"
    )
    for honest in (
        "2 bed flat near LS1 4AB on the 2nd floor from 10am mp3 player h2o b2b m4m 3x4",
        "blk_3f2a9c1e at 0x7f3e44 node a1b2c3 id 54fadb412c4e went to x86 v1p3",
        "O7xx9 call me on 07700 900123 or lena1990 at 5pm wow!great now!",
    ):
        assert fold_words(honest) == honest


@pytest.mark.parametrize(
    "honest",
    [
        "Сдаётся комната у станции, звоните Ане: сор, мор, рост",
        "γεια σου φίλε, νοικιάζεται δωμάτιο",
        "smm-специалист, pdfы и IT-шники требуются в онлайн school",
        "room by the station комната у вокзала",
        "ΑΒΓ 12 Ω, e.g. U.K.",
    ],
)
def test_words_of_one_script_stay_as_they_are(honest):
    assert fold_words(honest) == honest


def test_russian_and_greek_words_with_latin_letters_are_folded_to_their_own_script():
    assert fold_words("дeвушкa ждeт гoстeй, пoкa тeплo") == "девушка ждет гостей, пока тепло"
    assert fold_words("γεια σoυ φίλε, δωμάτιo") == "γεια σου φίλε, δωμάτιο"


def test_letters_that_are_no_accents_stay_apart():
    assert hashes_of("мой дом") != hashes_of("мои дом")
    assert hashes_of("mail") != hashes_of("mall") and hashes_of("сор") != hashes_of("cop")


def test_a_text_that_only_repeats_a_phrase_is_not_cut_short():
    text = "call now for a lovely room close to the old station call now for a good room"
    assert len(hashes_of(text)) == 17


def test_spans_of_disguised_words_cut_them_out_of_the_text_as_written():
    text = "саll n0w, l\u200bi\u200bke  t h i s r00m and v3ry b3d"
    words = [(word, text[begin:end]) for word, begin, end in split_words(text)]
    assert words == [
        ("call", "саll"),
        ("now", "n0w"),
        ("like", "l\u200bi\u200bke"),
        ("this", "t h i s"),
        ("room", "r00m"),
        ("and", "and"),
        ("very", "v3ry"),
        ("bed", "b3d"),
    ]


SIGNS = st.sampled_from(
    ["а", "a", "e", "3", "0", "l", "1", " ", ".", "ο", "\u0301", "\u200b", "🔥", "!", "п", "招"]
)


@given(st.lists(SIGNS, max_size=40).map("".join))
def test_every_folded_character_keeps_its_place(text):
    folded, origin = fold_words_with_origin(text)
    assert folded == fold_words(text) and len(origin) == len(folded)
    assert all(first < second for first, second in zip(origin, origin[1:], strict=False))
    assert len([word for word in words_of(text) if word != "#"]) == sum(
        word != 35 for word in hashes_of(text)
    )
