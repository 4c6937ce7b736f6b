"""Addresses, prices, ages, places and crypto addresses: found with their spans, and nothing else taken for
one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.adverts.identifiers import Hints, find_identifiers
from analytics.adverts.identifiers.crypto import hash_keccak256, read_base58check, read_bech32, to_eip55
from analytics.adverts.identifiers.normalise import fold
from analytics.adverts.identifiers.places import locate, normalise
from tests.examples import examples


def found(text: str, kind: str, hints: Hints | None = None) -> list[tuple[str, str]]:
    return [(i.value, i.raw) for i in find_identifiers(text, hints or Hints()) if i.kind == kind]


@given(st.text(max_size=120))
@settings(max_examples=examples(300), derandomize=True)
def test_every_span_is_of_the_text_as_given(text):
    for identifier in find_identifiers(text):
        assert text[identifier.start : identifier.end] == identifier.raw
        assert 0 <= identifier.start < identifier.end <= len(text)
        assert 0 < identifier.confidence <= 0.99


@given(st.text(max_size=60))
def test_folding_keeps_the_way_back(text):
    folded = fold(text)
    assert folded.origin is None or len(folded.origin) == len(folded.text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("mail Anna.B@Site.co.uk now", "email", [("anna.b@site.co.uk", "Anna.B@Site.co.uk")]),
        ("anna at site dot com", "email", [("anna@site.com", "anna at site dot com")]),
        ("anna[at]mail(dot)org!", "email", [("anna@mail.org", "anna[at]mail(dot)org")]),
        ("joe @ gmail . com", "email", [("joe@gmail.com", "joe @ gmail . com")]),
        ("anna arroba correo punto es", "email", [("anna@correo.es", "anna arroba correo punto es")]),
        ("we work at home. me too", "email", []),
        ("meet at the station. call", "email", []),
        ("look for @Anna_22!", "handle", [("@anna_22", "@Anna_22")]),
        ("telegram: anna22", "handle", [("@anna22", "anna22")]),
        ("my wechat id is anna_w88", "handle", [("@anna_w88", "anna_w88")]),
        ("see t.me/anna33", "handle", [("@anna33", "t.me/anna33")]),
        ("line is busy, signal lost", "handle", []),
        ("a@b.example is no handle", "handle", []),
        ("https://www.Site.com/x?y=1.", "url", [("site.com/x?y=1", "https://www.Site.com/x?y=1")]),
        ("rooms.example has more", "url", [("rooms.example", "rooms.example")]),
        ("hxxp://bad.example/x", "url", [("bad.example/x", "hxxp://bad.example/x")]),
        ("End.Start of it", "url", []),
        ("£60 an hour", "price", [("60 GBP per hour", "£60 an hour")]),
        ("1.200,50 eur per month", "price", [("1200.5 EUR per month", "1.200,50 eur per month")]),
        ("£1,200 pcm or £1.5k", "price", [("1200 GBP per month", "£1,200 pcm"), ("1500 GBP", "£1.5k")]),
        ("120 zł za godz", "price", [("120 PLN per hour", "120 zł za godz")]),
        ("50 руб в час", "price", [("50 RUB per hour", "50 руб в час")]),
        ("R$ 90 hora", "price", [("90 BRL per hour", "R$ 90 hora")]),
        ("300元 每小时", "price", [("300 CNY per hour", "300元 每小时")]),
        ("room 12, flat 4", "price", []),
        ("£07700900123", "price", []),
        ("aged 22, 165cm", "age", [("22", "aged 22")]),
        ("I'm 24 and new", "age", [("24", "I'm 24")]),
        ("22 years old, 19yo", "age", [("22", "22 years old"), ("19", "19yo")]),
        ("22 года", "age", [("22", "22 года")]),
        ("20 years of experience, 15 years in business", "age", []),
    ],
)
def test_readings(text, kind, expected):
    assert found(text, kind) == expected


def test_a_handle_of_one_place_is_the_handle_of_another():
    """What links adverts is the name, however the platform was written."""
    assert (
        found("tg @Kitty_x", "handle")[0][0]
        == found("telegram: kitty_x", "handle")[0][0]
        == found("t.me/kitty_x", "handle")[0][0]
    )


@pytest.mark.parametrize(
    "address",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
        "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
    ],
)
def test_crypto_addresses_stand_on_their_checksum(address):
    (identifier,) = [i for i in find_identifiers(f"pay {address}, thanks") if i.kind == "crypto"]
    assert identifier.raw == address
    at = len(address) // 2
    swapped = address[:at] + ("q" if address[at] != "q" else "p") + address[at + 1 :]
    if not address.startswith("0x"):
        assert found(f"pay {swapped}", "crypto") == []
    else:
        letter = next(i for i, c in enumerate(address) if c.isalpha() and i > 2)
        assert (
            found(f"pay {address[:letter]}{address[letter].swapcase()}{address[letter + 1 :]}", "crypto")
            == []
        )


def test_published_vectors():
    """Keccak's empty message; BIP 173 and 350; EIP-55."""
    assert hash_keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert hash_keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    for address in (
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    ):
        assert to_eip55(address.lower()) == address
    assert read_bech32("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4") == "Bitcoin"
    assert read_bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5") is None
    assert (
        read_bech32("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4") is None
    )  # Bech32 where m is due
    assert read_base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb") is None


def test_places_are_normalised_and_say_what_else_they_could_be():
    (leeds,) = [i for i in find_identifiers("Flat in Leeds, central") if i.kind == "place"]
    assert (leeds.value, leeds.raw) == ("Leeds, GB", "Leeds") and leeds.confidence > 0.85
    (perth,) = [i for i in find_identifiers("Flat in Perth") if i.kind == "place"]
    assert perth.value == "Perth, AU" and "Perth, GB" in perth.note
    (pounds,) = [i for i in find_identifiers("Flat in Perth, £80") if i.kind == "place"]
    assert pounds.value == "Perth, GB" and pounds.confidence < 0.9
    assert found("Flat in Porto", "place") == [("Porto, PT", "Porto")], (
        "Bordeaux is Porto too, in some tongue"
    )
    assert found("Flat in Hull", "place") == [("Kingston upon Hull, GB", "Hull")]
    assert found("работа в Минске, город Минск", "place")[-1] == ("Minsk, BY", "Минск")
    assert found("ζητούνται στην Πάτρα", "place") == [("Patra, GR", "Πάτρα")] or found("στην Πάτρα", "place")
    assert found("地点 巴黎", "place")[0][0] == "Paris, FR"


@pytest.mark.parametrize(
    "text",
    [
        "Nice flat to let",
        "reading books",
        "Mobile 07700 900123",
        "the same of most",
        "deal or sale",
        "hull of a boat",
    ],
)
def test_ordinary_words_are_no_places(text):
    assert found(text, "place") == []


def test_local_names_are_places_too():
    assert found("Room in Vellmouth", "place", Hints(places=("vellmouth",))) == [("vellmouth", "Vellmouth")]
    assert found("Room in Vellmouth", "place") == []


def test_a_place_can_be_located():
    place = locate(normalise("Leeds").value)
    assert place.lat == pytest.approx(53.8, abs=0.1) and place.lon == pytest.approx(-1.55, abs=0.1)
    assert normalise("Nowhere at all") is None
