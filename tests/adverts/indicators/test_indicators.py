import itertools
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics.adverts.indicators import (
    FILE,
    IndicatorFileRefused,
    count_indicators,
    estimate_false_leads,
    find_matched_words,
    load_indicators,
    match_adverts,
)
from analytics.adverts.indicators.false_leads import ContradictsData
from analytics.adverts.indicators.file import MEASURES
from analytics.adverts.indicators.phrases import join_expressions
from analytics.adverts.indicators.protected import find_protected_word
from analytics.training.advert_wording import CLOSINGS, MIDDLES, OPENINGS

FILED = load_indicators()


def shown_by(*texts: str, kind: str = "jobs", **measures: float) -> pd.DataFrame:
    frame = pd.DataFrame({name: [measures.get(name, np.nan)] * len(texts) for name in MEASURES})
    return match_adverts(pa.array(texts), pd.Series([kind] * len(texts)), frame, FILED)


def names(text: str, **more) -> set[str]:
    row = shown_by(text, **more).iloc[0]
    return set(row.index[row])


@pytest.mark.parametrize(
    ("text", "indicator", "kind"),
    [
        ("No experience needed, TOP PAY every week", "high-pay-no-experience", "jobs"),
        ("Sin experiencia, altos ingresos", "high-pay-no-experience", "jobs"),
        ("Без опыта. Высокая зарплата!", "high-pay-no-experience", "jobs"),
        ("Earn up to £900 a week; without experience", "high-pay-no-experience", "jobs"),
        ("Travel paid in advance.", "travel-arranged", "jobs"),
        ("We help with the papers.", "papers-arranged", "jobs"),
        ("Room arranged if wanted.", "housing-tied", "jobs"),
        ("жильё предоставляется", "housing-tied", "jobs"),
        ("Cazare asigurată", "housing-tied", "jobs"),
        ("Transport to work included.", "work-tied-to-room", "accommodation"),
        ("A registration fee of 50 is due", "fee-asked", "jobs"),
        ("please send us a copy of your passport", "passport-asked", "jobs"),
        ("Immediate start", "pressure", "jobs"),
        ("WhatsApp only", "messenger-only", "jobs"),
        ("想工作加微信聊", "messenger-only", "jobs"),
        ("ｎｅｗ in town", "new-in-town", "massage"),
        ("new\u200b in to\u200bwn", "new-in-town", "massage"),
        ("Massage by two friendly therapists.", "plural-voice", "massage"),
        ("No limits", "no-limits", "massage"),
        ("Those services are not offered", "stated-limits", "massage"),
        ("Barely legal", "youth-wording", "massage"),
        ("Written contract from day one", "written-contract", "jobs"),
        ("Papers checked at interview.", "right-to-work-checked", "jobs"),
        ("Kitchen help needed.", "employer-not-named", "jobs"),
        ("Smith Foods Ltd, company number 1234", "employer-registered", "jobs"),
    ],
)
def test_an_advert_shows_the_sign_and_its_words(text, indicator, kind):
    assert indicator in names(text, kind=kind)
    if not FILED[indicator].absent:
        assert find_matched_words(text, FILED[indicator])


@pytest.mark.parametrize(
    ("text", "indicator", "kind"),
    [
        ("No registration fee, ever", "fee-asked", "jobs"),
        ("Papers checked at interview.", "papers-arranged", "jobs"),
        ("Experienced chefs, top pay", "high-pay-no-experience", "jobs"),
        ("Smith Foods Ltd", "employer-not-named", "jobs"),
        ("Room with no job", "employer-not-named", "accommodation"),
        ("renewing townhouses", "new-in-town", "massage"),
        ("I was limited", "no-limits", "massage"),
        ("All nationalities welcome.", "plural-voice", "massage"),
    ],
)
def test_an_advert_does_not_show_it(text, indicator, kind):
    assert indicator not in names(text, kind=kind)


def test_measures_show_signs_and_an_unknown_one_shows_none():
    assert {"obscured-phone", "many-towns-in-days", "recruits-and-sells"} <= names(
        "x", obscured_phones=1, places_in_five_days=3, recruits_and_sells=1, places=4
    )
    assert "disguised-words" in names("x", disguised_words=3)
    assert "disguised-words" not in names("x", disguised_words=2)
    assert not names("x", kind="other") and "one-place" in names("x", kind="other", places=1)


def test_matching_agrees_with_an_independent_reading_of_the_phrases():
    """Python's own regular expressions on every sentence of the scenario's stock, in every pairing of two."""
    stock = [t for part in (OPENINGS, MIDDLES) for group in part.values() for t in group] + CLOSINGS
    texts = [f"{a} {b}" for a, b in itertools.islice(itertools.product(stock, stock), 500)]
    shown = shown_by(*texts, kind="jobs")
    for indicator in FILED.indicators:
        if (
            indicator.measure
            or indicator.also
            or indicator.unless
            or indicator.absent
            or indicator.only == "selling"
        ):
            continue
        ours = shown[indicator.name].to_numpy()
        theirs = [
            bool(
                re.search(
                    join_expressions(indicator.phrases), f" {' '.join(re.findall('[a-z0-9]+', t.lower()))} "
                )
            )
            for t in texts
        ]
        assert ours.tolist() == theirs, indicator.name


def test_ethnicity_and_nationality_show_nothing():
    said = "Beautiful {} lady, any nationality"
    plain = names(said.format(""), kind="massage")
    for word in ("Thai", "Romanian", "Asian", "Black", "Polish", "Nigerian", "Brazilian"):
        assert names(said.format(word), kind="massage") == plain


def test_the_shipped_file_is_complete_and_contested_signs_count_nowhere():
    for indicator in FILED.indicators:
        assert indicator.source and indicator.exploitation
        assert not (indicator.evidence == "contested" and indicator.counts)
    assert FILED["new-in-town"].direction == "neither" and FILED["youth-wording"].direction == "safeguard"
    assert {d for i in FILED.indicators for d in [i.direction]} == {"for", "against", "neither", "safeguard"}
    assert {i.evidence for i in FILED.indicators} == {"tested", "practice", "contested"}


_GOOD = """
[[indicators]]
name = "a"
title = "A"
exploitation = ["labour"]
direction = "for"
evidence = "practice"
source = "S"
note = ""
phrases.en = ["some words"]
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "a"', 'name = "A b"', "small letters"),
        ('title = "A"\n', "", "lacks title"),
        ("note", "remark", "lacks note"),
        ('"labour"', '"other"', "exploitation is a list"),
        ('"for"', '"maybe"', "direction is one of"),
        ('"practice"', '"contested"', "contested counts on neither"),
        ('"for"', '"neither"', "contested counts on neither"),
        ('source = "S"', 'source = ""', "must be text"),
        ('["some words"]', '["asian staff"]', "protected characteristic"),
        ('["some words"]', '["young workers"]', "protected characteristic"),
        ('["some words"]', '["(open"]', "not closed"),
        ('["some words"]', '["a|b"]', "in brackets"),
        ('["some words"]', '["what?"]', "no meaning"),
        ('["some words"]', '["..."]', "no word"),
        ('["some words"]', "[3]", "list of texts"),
        ('phrases.en = ["some words"]', "", "phrases or a measure"),
        ('phrases.en = ["some words"]', 'measure = "wealth"\nat_least = 1', "measure is one of"),
        ('phrases.en = ["some words"]', 'measure = "places"', "one number"),
        ('note = ""', 'note = ""\nat_least = 3', "belong to a measure"),
        ('note = ""', 'note = ""\nweight = 3', "unknown weight"),
        ("[[indicators]]", "x = 1\n[[indicators]]", "no part of this file"),
        ("[[indicators]]", "[indicators]", r"no \[\[indicators\]\]"),
        ('["some words"]', '["some words"', "cannot be read"),
    ],
)
def test_an_unclear_file_is_refused_with_the_reason(tmp_path, old, new, message):
    path = tmp_path / "indicators.toml"
    path.write_text(_GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(IndicatorFileRefused, match=message):
        load_indicators(path)


def test_a_good_file_of_ones_own_is_read_and_a_name_twice_is_refused(tmp_path):
    path = tmp_path / "indicators.toml"
    path.write_text(_GOOD, encoding="utf-8")
    assert load_indicators(path).indicators[0].phrases == ("some words",)
    path.write_text(_GOOD * 2, encoding="utf-8")
    with pytest.raises(IndicatorFileRefused, match="a is there twice"):
        load_indicators(path)
    with pytest.raises(IndicatorFileRefused, match="cannot be read"):
        load_indicators(tmp_path / "none.toml")


def test_protected_words_are_known_in_several_languages():
    for word in ("asian", "nationality", "white", "украинка", "girls", "muslim", "teen*", "disabled"):
        assert find_protected_word([word])
    assert find_protected_word(["transport", "manager", "agency", "menu", "work"]) is None
    assert FILE.exists()


def test_how_common_counts_each_number_and_combination():
    texts = ["No experience. Travel paid. Ltd"] * 3 + ["No experience. Ltd"] * 5 + ["Nothing. Ltd"] * 2
    common = count_indicators(shown_by(*texts), FILED, "labour")
    each = common.each.set_index("name")
    assert each.adverts["no-experience"] == 8 and each.share["travel-arranged"] == pytest.approx(0.3)
    assert common.by_number.set_index("indicators").adverts.to_dict() == {0: 2, 1: 5, 2: 3}
    first = common.combinations.iloc[0]
    assert first.indicators == "no-experience" and first.adverts == 5
    assert first.expected == pytest.approx(0.8 * 0.7) and first.ratio == pytest.approx(0.5 / 0.56)
    assert (
        common.combinations.adverts.sum() + common.by_number.adverts[common.by_number.indicators == 0].sum()
        == 10
    )
    assert count_indicators(shown_by(*texts).head(0), FILED).adverts == 0


@pytest.mark.parametrize(("prevalence", "precision"), [(0.01, 0.476), (0.001, 0.0826)])
def test_false_leads_at_low_base_rates(prevalence, precision):
    found = estimate_false_leads(100_000, prevalence, 0.9, false_positive_rate=0.01)
    assert 1 - found.share_false == pytest.approx(precision, abs=0.001)
    assert found.to_read == pytest.approx(1 / precision, rel=0.01)
    assert found.missed == pytest.approx(100_000 * prevalence * 0.1)


def test_the_false_positive_rate_follows_from_what_was_flagged():
    found = estimate_false_leads(1000, 0.02, 0.5, flagged=60)
    assert found.true_leads + found.false_leads == pytest.approx(60) and found.true_leads == pytest.approx(10)
    with pytest.raises(ContradictsData, match="at least 10.00%"):
        estimate_false_leads(1000, 0.2, 0.5, flagged=60)
    with pytest.raises(ValueError, match="one of the two"):
        estimate_false_leads(1000, 0.2, 0.5)


def test_hostile_text_is_matched_in_linear_time():
    text = "no " * 200_000 + "a" * 200_000
    assert not shown_by(text).iloc[0]["no-limits"]
