"""Personal data masked: what must go, and what must stay."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.oversight.masking import MASKS, PERSONAL, mask, mask_rows, mask_text
from tests.examples import examples

GONE = {
    "call 07700 900123 now": "07700 900123",
    "ring +44 (0)7700-900-123": "7700-900-123",
    "0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣": "7️⃣7️⃣",
    "mail ann.b@x.example today": "ann.b@x.example",
    "see @little_farm": "@little_farm",
    "at https://t.me/farm1 ok": "t.me",
    "to GB33 BUKB 2020 1555 5555 55": "BUKB",
    "０７７００９００１２３": "７７００",
}


@pytest.mark.parametrize(("text", "secret"), GONE.items())
def test_contacts_go_and_the_length_stays(text, secret):
    masked = mask_text(text)
    assert secret not in masked and len(masked) == len(text)


@pytest.mark.parametrize(
    "text", ["£120 for 2 hours", "since 2024-01-31", "aged 21, 170 cm", "room 4, 12 High St"]
)
def test_prices_dates_and_ages_stay(text):
    assert mask_text(text) == text


def test_spans_and_names_go_too():
    assert mask_text("ask Ana, oh seven", spans=[(9, 17)], names=["ana"]) == "ask •••, •• •••••"
    assert mask_text("oh one", spans=[(-3, 2), (5, 99)]) == "•• on•"  # a span may reach past either end


def test_values_by_kind():
    assert [
        mask("Maria da Silva", "name"),
        mask("07700 900123", "phone"),
        mask("ann@x.example", "email"),
    ] == [
        "M. D. S.",
        "••••123",
        "a•••@•••",
    ]
    assert [
        mask("GB33BUKB20201555555555", "account"),
        mask("@farm", "handle"),
        mask("1 High St, Hove", "address"),
    ] == [
        "••••5555",
        "@f•••",
        "•••• Hove".replace("•• H", "••, H"),
    ]
    assert mask("@x\n07700900123\na@b.example", "contact") == "@•••\n••••123\n•••@•••"
    assert mask(None, "name") is None and pd.isna(mask(float("nan"), "phone"))


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("phone", "", "••••"),
        ("phone", "999", "••••"),
        ("phone", "60 01 23", "••••"),  # six digits: half the number would be left
        ("phone", "600 1234", "••••234"),  # seven: the last three
        ("phone", "+44 7700 900123", "••••123"),
        ("contact", "999", "••••"),
        ("contact", "600-123", "••••"),
        ("contact", "600-1234", "••••234"),
        (
            "contact",
            "ring 600-1234",
            "••••234",
        ),  # seven digits are a telephone, whatever letters stand beside
        ("contact", "ring 600-123", "@r•••"),
        ("contact", "room 123456", "@r•••"),
        ("account", "", "••••"),
        ("account", "1", "••••"),
        ("account", "1234", "••••"),
        ("account", "1 2 3 4", "••••"),  # spaces are no part of a number
        ("account", "12345", "••••45"),
        ("account", "1234567", "••••67"),
        ("account", "12345678", "••••5678"),
        ("account", "GB33 BUKB 2020 1555 55", "••••5555"),
        ("handle", "@f", "@•••"),
        ("handle", "@@Xf", "@•••"),
        ("handle", "@@Xfa", "@X•••"),
        ("handle", "", "@•••"),
        ("email", "a@b.example", "•••@•••"),
        ("email", "ab@b.example", "•••@•••"),
        ("email", "abc@b.example", "a•••@•••"),
        ("contact", "@f", "@•••"),
        ("contact", "x", "@•••"),
        ("name", "", "•••"),
        ("name", "A", "•••"),
        ("name", "Al", "•••"),
        ("name", "Ana", "A."),
        ("name", "A. B. Ng", "•••"),  # three initials of four letters
        ("name", "J. Ng", "•••"),
        ("name", "J. Ngo", "J. N."),
        ("name", "李", "•••"),
        ("name", "ßen Ray", "S. R."),  # whose first letter is two as a capital
        ("email", "ann@b@x.example", "a•••@•••"),
        ("email", "a@nn@x.example", "•••@•••"),
        ("date", "1990-12-31", "1990••••"),
        ("date", "1990-12-31 04:05", "1990••••"),
        ("date", "31/12/1990", "••••"),
        ("date", "١٩٩٠-١٢-٣١", "••••"),
        ("address", "Flat 3", "••••"),
        ("address", "1 High St, Hove, Sussex", "••••, Hove, Sussex"),
    ],
)
def test_how_much_of_a_short_value_is_left(kind, value, masked):
    assert mask(value, kind) == masked


@pytest.mark.parametrize("kind", [kind for kind in MASKS if kind != "text"])
@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40))
def test_never_more_than_half_of_a_value_is_left(kind, value):
    """But of an address, whose town stays, and of free text, where what is no contact stays."""
    shown = sum(c.isalnum() for c in mask(value, kind))
    assert shown <= len(value) / 2


@pytest.mark.parametrize("kind", ["", "plate", "Phone", "phone "])
def test_of_an_unknown_kind_nothing_is_left_its_length_neither(kind):
    assert mask("LX19 ABC", kind) == mask("7", kind) == mask("07700 900123", kind) == "••••"
    assert mask(None, kind) is None


def test_a_number_is_masked_as_its_text_is():
    assert mask(7700900123, "phone") == "••••123" and mask(7700900123.5, "other") == "••••"


@pytest.mark.parametrize(("digits", "gone"), [(6, False), (7, True)])
def test_free_text_loses_numbers_of_seven_digits_and_more(digits, gone):
    number = "6001234"[:digits]
    assert (number not in mask_text(f"call {number} now")) == gone


def test_rows_lose_every_personal_column_and_no_other(store):
    for table, kinds in PERSONAL.items():
        columns = [r["column_name"] for r in store.rows(f'DESCRIBE "{table}"')]
        assert set(kinds) <= set(columns), table
    frame = pd.DataFrame(
        {"from_account": ["12345678", None], "amount_minor": [5, 6], "note": ["ring 07700900123", None]}
    )
    masked = mask_rows(frame, "transaction")
    assert masked.from_account.tolist()[0] == "••••5678" and masked.amount_minor.tolist() == [5, 6]
    assert "07700900123" not in masked.note[0] and frame.from_account[0] == "12345678"
    assert mask_rows(frame, "incident").equals(frame)


def shown(**attributes: object) -> dict[str, object]:
    """What is left of a row's further columns."""
    frame = pd.DataFrame({"attributes": [json.dumps(attributes), None]})
    masked = mask_rows(frame, "incident")
    assert list(masked.columns) == ["attributes"] and pd.isna(masked.attributes[1])
    return json.loads(masked.attributes[0])


@pytest.mark.parametrize(
    ("column", "is_personal"),
    [
        ("Surname", True),
        ("victimAge sex", False),
        ("name", True),
        ("Names", True),
        ("VictimName", True),
        ("victim_names", True),
        ("street name", False),
        ("StreetName", False),
        ("victim", False),
        ("unit", False),
    ],
)
def test_further_columns_of_a_person_go_whole(column, is_personal):
    assert shown(**{column: "Léa"}) == {column: "••••" if is_personal else "Léa"}


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("ring 07700 900123", "ring ••••• ••••••"),
        (7700900123, "••••••••••"),
        ("2024-12-31", "2024-12-31"),
        (" 31/12/2024 10:15 PM ", " 31/12/2024 10:15 PM "),
        ("2024-12-31T10:15", "2024-12-31T10:15"),
        ("31/12/2024 10:15 pm", "31/12/2024 10:15 pm"),
        ("07700-90-0123", "•••••••••••••"),  # a number, whose first part is no year
        ("2024-12-31 or 07700900123", "2024-12-31 or •••••••••••"),
        ("", ""),
        (None, None),
        (0, 0),
    ],
)
def test_further_columns_lose_contacts_and_numbers_but_no_date(value, left):
    assert shown(remark=value) == {"remark": left}


def test_further_columns_are_written_as_they_were_read():
    frame = pd.DataFrame({"attributes": ['{"remark": "Léa says"}']})
    assert mask_rows(frame, "incident").attributes[0] == '{"remark": "Léa says"}'


@settings(max_examples=examples(200))
@given(st.text(max_size=40), st.text(alphabet="0123456789", min_size=9, max_size=12), st.text(max_size=40))
def test_no_run_of_nine_digits_survives_in_any_text(before, number, after):
    masked = mask_text(before + " " + number + " " + after)
    assert number not in masked and len(masked) == len(before) + len(after) + len(number) + 2
