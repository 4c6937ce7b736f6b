"""What is shown of an advert: searched in any form, masked by default, steering marks made visible."""

import pandas as pd
import pytest

from analytics.adverts.campaigns import build_template
from analytics.adverts.masking import mask_adverts, mask_identifier, mask_template
from analytics.adverts.names import collect_names
from analytics.adverts.queries import read_identifiers, read_operation_adverts
from analytics.adverts.search import read_search
from tests.adverts.factories import NAMES, fill
from ui.adverts.text import visible


@pytest.mark.parametrize(
    ("typed", "words", "identifiers", "digits"),
    [
        ("07700 900456", (), {("phone", "+447700900456")}, "7700900456"),
        ("+44 7700 900456", (), {("phone", "+447700900456")}, "447700900456"),
        ("zero seven seven zero zero nine zero zero four five six", (), {("phone", "+447700900456")}, ""),
        ("900456", (), set(), "900456"),
        ("somebody@example.org", (), {("email", "somebody@example.org")}, ""),
        ("room Leeds", ("room", "Leeds"), set(), ""),
        ("room 12", ("room", "12"), set(), ""),
        ("", (), set(), ""),
    ],
)
def test_a_search_is_read_as_words_or_as_a_contact(typed, words, identifiers, digits):
    found_words, found, found_digits = read_search(typed)
    assert found_words == words and found_digits == digits
    assert set(found) == identifiers


def test_contacts_and_names_are_masked_in_rows_and_templates(store):
    fill(store)
    adverts = read_operation_adverts(store, 1)
    read = read_identifiers(store, adverts)
    rows = mask_adverts(adverts, read)
    told = " ".join(rows.title + " " + rows.body)
    assert "0 7 7" not in told and not any(name in told for name in NAMES) and "Massage by two" in told
    assert rows.body.str.len().tolist() == adverts.body.str.len().tolist()
    template = build_template(
        [f"{a.title}\n{a.body}" for a in adverts.itertuples()], {"leeds", "luton", "derby", "york"}
    )
    cells = " ".join(" ".join(row) for row in mask_template(template, adverts, read))
    assert "0 7 7" not in cells and not any(name in cells for name in NAMES) and "Leeds" in cells


def test_a_name_told_anywhere_is_masked_everywhere(store):
    """Introduced in one advert or varied in a slot, it goes from the constant words and titles of the others
    too."""
    bodies = [
        f"Lovely massage near the station by {name}, open until late, ring the bell twice"
        for name in ("Rina", "Tara", "Mona")
    ]
    adverts = pd.DataFrame(
        {
            "source_id": 1,
            "row_number": range(4),
            "title": [None, None, "Mona's room", "rina again"],
            "body": [*bodies, "ask for Oksana. tara is away, OKSANA is in"],
            "contact": None,
        }
    )
    read = pd.DataFrame(columns=["source_id", "row_number", "kind", "field", "span_start", "span_end"])
    names = collect_names([], [build_template(bodies * 3)])
    assert names == {"rina", "tara", "mona"}
    rows = mask_adverts(adverts, read, names)
    told = " ".join([*rows.title.dropna(), *rows.body]).lower()
    assert (
        not any(name in told for name in (*names, "oksana")) and "is away" in told and "ring the bell" in told
    )


def test_values_of_identifiers_are_masked_by_kind():
    assert mask_identifier("phone", "+447700900123") == "••••123"
    assert "somebody" not in mask_identifier("email", "somebody@example.org")
    assert "example.org/x" not in mask_identifier("url", "http://example.org/x")
    assert (
        mask_identifier("price", "60 GBP") == "60 GBP"
        and mask_identifier("place", "Leeds, GB") == "Leeds, GB"
    )


def test_steering_marks_are_named_and_joiners_kept():
    assert visible("a\u202eb\u200bc\ufeff") == "a‹RLO›b‹ZWSP›c‹BOM›"
    assert visible("👩\u200d👧 می\u200cخواهم") == "👩\u200d👧 می\u200cخواهم"
    assert visible("a" + "\u0301" * 40) == "a\u0301\u0301\u0301"
    assert visible("x\x07\x1b[2Jy") == "x��[2Jy" and visible(None) == "" and visible(float("nan")) == ""
    assert visible("one\n two", one_line=True) == "one two" and visible("<b>") == "<b>"
