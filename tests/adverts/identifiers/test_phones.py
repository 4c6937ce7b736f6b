"""Telephone numbers in any dress are found with their exact span, and what is none is left alone."""

import random

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.adverts.identifiers import Hints, find_identifiers
from analytics.adverts.identifiers.numbering import load_plan, read_national
from analytics.adverts.identifiers.phone_references import is_calling
from bench.adverts.disguises import OTHERS, STYLES, disguise, words
from tests.examples import examples


def phones(text: str, hints: Hints | None = None):
    return [found for found in find_identifiers(text, hints or Hints()) if found.kind == "phone"]


FICTION = st.one_of(
    st.tuples(
        st.sampled_from(["07700900", "01134960", "02079460", "01632960", "02920180", "03069990"]),
        st.integers(0, 999),
    ).map(lambda made: (f"{made[0]}{made[1]:03d}", f"+44{made[0][1:]}{made[1]:03d}")),
    st.tuples(st.sampled_from([212, 305, 415, 617, 813]), st.integers(0, 99)).map(
        lambda made: (f"1{made[0]}55501{made[1]:02d}", f"+1{made[0]}55501{made[1]:02d}")
    ),
)
AROUND = st.sampled_from(
    [
        ("", ""),
        ("Call me ", " any time"),
        ("quiet flat near the park. ", " thanks"),
        ("new number:\n", "\nask for Ann"),
        ("rooms to let, £80 a week, ", ", no deposit"),
        ("open 9am-5pm ", " or come by"),
        ("aged 22 ", " 165cm"),
        ("☎️ ", " ❤️"),
        ("Posted 25/03/2024 in Leeds, ", " for details to all of you"),
    ]
)


@given(FICTION, st.sampled_from(STYLES), AROUND, st.randoms(use_true_random=False))
@settings(max_examples=examples(250), derandomize=True)
@example(
    ("02079460261", "+442079460261"),
    "letters",
    ("no private number each six ", " knowledge"),
    random.Random(1),
)
@example(("12125550100", "+12125550100"), "grouped like a date", ("", ""), random.Random(1))
@example(("01632960056", "+441632960056"), "lines", ("", ""), random.Random(1))
@example(("12125550100", "+12125550100"), "dots", ("", ""), random.Random(0))
def test_a_number_in_any_style_is_found_with_its_exact_span(number, style, around, rng):
    digits, e164 = number
    written = disguise(digits, style, rng)
    text = around[0] + written + around[1]
    found = [phone for phone in phones(text) if phone.value == e164]
    assert found, (text, phones(text))
    assert found[0].raw == written == text[found[0].start : found[0].end]
    assert len(phones(text)) == 1


LANGUAGES = {
    "es": ("612345678", "+34612345678"),
    "fr": ("0612345678", "+33612345678"),
    "de": ("015123456789", "+4915123456789"),
    "ru": ("89161234567", "+79161234567"),
    "el": ("6974567891", "+306974567891"),
    "pt": ("912345678", "+351912345678"),
    "it": ("3471234567", "+393471234567"),
    "pl": ("501234567", "+48501234567"),
    "ro": ("0721234567", "+40721234567"),
    "zh": ("13800138000", "+8613800138000"),
}


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("joint", [" ", " - ", "\n"])
def test_digits_spelt_in_other_languages(language, joint):
    digits, e164 = LANGUAGES[language]
    written = joint.join(words(language)[int(d)] for d in digits)
    assert [(found.value, found.raw) for found in phones(f"☎ {written} !")] == [(e164, written)]


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("call oh seven seven double oh nine double oh one two three", "+447700900123"),
        ("zero seven seven hundred nine hundred one two three", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700 900 123", "+447700900123"),
        ("447700900123", "+447700900123"),
        ("plus four four seven seven zero zero nine zero zero one two three", "+447700900123"),
        ("tel: (813) 555-0136", "+18135550136"),
        ("zero s3ven seven 0 0 n1ne 0 0 0ne two thr3e", "+447700900123"),
        ("oh 7 7 zero zero 9 double 0 twelve three", "+447700900123"),
        ("llama al seis doce, treinta y cuatro, cincuenta y seis, setenta y ocho", "+34612345678"),
        ("appelle zéro six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"),
        ("au zéro six douze quatre-vingt-dix quarante et un quatre-vingt-dix-sept", "+33612904197"),
        (
            "ruf null eins fünf eins dreiundzwanzig fünfundvierzig siebenundsechzig neunundachtzig",
            "+491512345 6789".replace(" ", ""),
        ),
        ("восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь", "+79161234567"),
        ("8 (916) 123-45-67 звоните", "+79161234567"),
        ("手机一三八　零零一三　八零零零", "+8613800138000"),
        ("chiama trecento quarantasette centoventi tre quattro cinque sei", None),
    ],
)
def test_numbers_as_people_say_them(text, e164):
    assert [found.value for found in phones(text)] == ([e164] if e164 else [])


def test_two_numbers_side_by_side_stay_two():
    found = phones("0113 496 0849 / 0114 496 0292")
    assert [(phone.value, phone.raw) for phone in found] == [
        ("+441134960849", "0113 496 0849"),
        ("+441144960292", "0114 496 0292"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Price 100 150 200 250 300",
        "£60 half hour, £100 hour, £180 two hours, £1,200 night",
        "open 10-22 mon-sun 7 days, 09:00-17:30",
        "34-24-36 5'4 120 lbs",
        "90-60-90 165 55 22",
        "2024-03-25 10:30 to 2024-03-26",
        "25/03/2024 to 26/03/2024 18:00",
        "11.03.2024 12.03.2024 13.03.2024",
        "call for details to all of you for two of us",
        "ref 01134960849",
        "order no: 0113 496 0849",
        "номер заказа: 8 916 123 45 67",
        "1 2 3 4 5 6 7 8 9 10",
        "one two three four five six seven eight nine ten",
        "size 8 10 12 14 16 18 20",
        "rooms 1 2 3 and 4, from 100 to 200",
        "postcode LS1 4AP 12345",
        "IBAN GB82 WEST 1234 5698 7654 32",
        "card 4111 1111 1111 1111",
        "ISBN 978-0-306-40615-7",
        "room 12, floor 3, 250 m2, £1,200 pcm",
        "from 9am to 5pm, 7 days, 2 for 1",
        "born 1999-2001, aged 22-25",
        "Flat 4, 100 High Street, 10001",
        "one 2 one massage for two or four hands",
        "192.168.100.200",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "2 for 1 to 3 for 2 to 4 for 3 to 5",
        "so is sis boss lol oil bob",
        "",
    ],
)
def test_what_is_no_telephone_number(text):
    assert phones(text) == []


@pytest.mark.parametrize(
    "account",
    [
        "IBAN: DE89 3704 0044 0532 0130 00, tel",
        "IBAN GB29 NWBK 6016 1331 9268 19 call me",
        "IBAN GB12 NWBK 6016 1331 9268 19 call me",  # its check digits do not hold
        "NO9386011117947 call",
        "ab12 rooms for all, DE89 3704 0044 0532 0130 00 call",
    ],
)
def test_a_number_behind_an_account_is_read_and_the_account_is_none(account):
    assert [phone.value for phone in phones(f"{account} 07911 123456")] == ["+447911123456"]


def test_codes_as_long_as_accounts_are_passed_at_once():
    assert phones(f"{('aa11' + 'b' * 45 + ' ') * 1000} 07911 123456")[-1].value == "+447911123456"


def test_a_long_row_of_figures_beside_money_is_passed_at_once():
    assert phones("1" * 50_000 + "! €") == []


def test_in_a_script_without_spaces_a_word_ends_with_that_for_a_telephone():
    assert is_calling("联系电话") and is_calling("我的微信") and not is_calling("电话费")
    (alone,), (called,) = phones("北京出租房 13812345678"), phones("北京出租房 联系电话13812345678")
    assert called.confidence > alone.confidence


def test_the_country_of_an_advert_decides_how_its_numbers_are_read():
    text = "ring 0612345678"
    assert [phone.value for phone in phones(text, Hints(("FR",)))] == ["+33612345678"]
    assert [phone.value for phone in phones("Chambre à Lyon, 0612345678")] == ["+33612345678"]
    assert [phone.value for phone in phones("Zimmer in Berlin 0151 23456789")] == ["+4915123456789"]


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("Rooms in Porto, 912 342 358", "+351912342358"),
        ("北京 131 2340 3522", "+8613123403522"),  # of Illinois too
        ("Massage in Kraków 512 345 678", "+48512345678"),
        ("Sweden, Malmö: 070-127 33 85", "+46701273385"),
    ],
)
def test_a_named_country_is_read_before_the_default_ones(text, e164):
    (phone,) = phones(text)
    assert phone.value == e164 and phone.confidence > 0.75


def test_a_fictional_range_says_so():
    (found,) = phones("call 07700 900123")
    assert found.confidence < 0.97 and "fiction" in found.note


def test_plans_agree_with_libphonenumber():
    """Every country's own examples, with digits changed at random, judged by the peer."""
    rng, checked = random.Random(0), 0
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        for region in phonenumbers.region_codes_for_country_code(code):
            sample = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
            if region == "001" or sample is None:
                continue
            base = phonenumbers.national_significant_number(sample)
            for changes in (0, 0, 1, 2, 3):
                digits = list(base)
                for _ in range(changes):
                    digits[rng.randrange(1, len(digits))] = str(rng.randrange(10))
                text = "".join(digits)
                theirs = phonenumbers.is_valid_number(phonenumbers.parse(f"+{code}{text}"))
                ours = read_national(text, code)
                if ours is None or not ours.reserved:
                    assert bool(ours) == theirs, (code, text)
                    checked += 1
    assert checked > 1000 and load_plan(44).trunk == "0"
