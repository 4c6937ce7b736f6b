"""What counts as a disguised word, and that the quick look misses none."""

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from analytics.adverts.disguise import SUSPECT, count_disguised_words, sum_disguised_words

DISGUISED = {
    "look-alike letters of another alphabet": ("nеw rооm in tоwn", 3),
    "digits or signs for letters": ("n3w r00m in t0wn v3ry n1ce", 5),
    "letters set apart": ("n.e.w r o o m  and t-o-w-n", 3),
    "hidden signs or marks on letters": ("n\u200bew ro\u0336om in t\u00adown", 3),
}


@pytest.mark.parametrize(("way", "text", "words"), [(way, *case) for way, case in DISGUISED.items()])
def test_each_way_is_named_and_counted(way, text, words):
    assert count_disguised_words(text) == {way: words}
    assert sum_disguised_words([text, "new room in town"]).tolist() == [words, 0]
    assert pc.match_substring_regex(pa.array([text]), SUSPECT)[0].as_py()


@pytest.mark.parametrize(
    "honest",
    [
        "New room in town, LS1 4AB, 2nd floor, 10am to 5pm, £60 or 50€!",
        "Zimmer für zwei, schön und größer",
        "cafe\u0301 au lait, re\u0301serve\u0301",  # accents as marks, as some systems write all of them
        "ᴄᴏꜱʏ 𝓻𝓸𝓸𝓶 ｎｅａｒ 🔥 the station",  # fashion, and not counted
        "हिन्दी में, می‌خواهم",
        "Комната у станции, WiFi, smm-специалист",
        "👩‍👩‍👧 family room ❤️",
    ],
)
def test_honest_texts_have_none(honest):
    assert count_disguised_words(honest) == {}


def test_the_quick_look_is_one_of_pythons_expressions_too():
    assert re.compile(re.sub(r"\\x\{(\w+)\}", lambda code: f"\\U{int(code[1], 16):08x}", SUSPECT))
