"""All identifiers of one text.

Confidence is the share of such readings that are right, as far as the adverts at hand could tell: 0.99 for
what proves itself (a checksum, an international number), less for each thing that was guessed. See
docs/methods/identifiers.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from analytics.adverts import places as place_names  # a module, for it imports from this package too
from analytics.adverts.identifiers.addresses import find_addresses
from analytics.adverts.identifiers.amounts import find_amounts
from analytics.adverts.identifiers.crypto import SHORTEST, find_crypto
from analytics.adverts.identifiers.digit_runs import TOKEN
from analytics.adverts.identifiers.normalise import fold
from analytics.adverts.identifiers.phones import find_phones

READER = 2  # raised when the reading changes, so that a store reads its adverts anew
_CURRENCY_REGION = {
    "GBP": ("GB",),
    "PLN": ("PL",),
    "RON": ("RO",),
    "RUB": ("RU",),
    "UAH": ("UA",),
    "CHF": ("CH",),
    "TRY": ("TR",),
    "BRL": ("BR",),
    "CNY": ("CN",),
    "SEK": ("SE",),
    "CZK": ("CZ",),
    "HUF": ("HU",),
    "INR": ("IN",),
    "AUD": ("AU",),
    "CAD": ("CA",),
    "MXN": ("MX",),
}
_SCRIPTS = (
    (re.compile("[а-яА-Я]"), ("RU", "UA", "BY", "KZ")),
    (re.compile("[Α-ώ]"), ("GR", "CY")),
    (re.compile("[\u4e00-\u9fff]"), ("CN", "HK", "TW")),
)
_ENDING = re.compile(r"\.(uk|fr|de|es|it|pt|pl|ro|ru|ua|gr|nl|be|ch|at|ie|us|ca|au|br|mx|cn|hk)\b")
_MAY_HOLD_DIGITS = re.compile(r"\d")


class Identifier(NamedTuple):
    """`value` is normalised; `raw` is text[start:end], `start` and `end` counting characters of the text
    given.

    Kinds: phone (E.164), email, handle ('@name'), url, crypto, price ('60 GBP per hour'), age, place ('Leeds,
    GB')."""

    kind: str
    value: str
    start: int
    end: int
    confidence: float
    raw: str
    note: str = ""


@dataclass(frozen=True)
class Hints:
    """What is known beside the text: `regions` in which numbers are looked up first; `places` on no map,
    folded."""

    regions: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def find_identifiers(text: str, hints: Hints = Hints()) -> list[Identifier]:  # noqa: B008 (frozen)
    """All identifiers of `text`, first to last. Spans are of `text` as given, whatever was done to read
    it."""
    folded = fold(text)
    plain = folded.text
    # Capitals tell names of places from words: the original, character by character.
    capitals = text if folded.origin is None else "".join([text[at] for at in folded.origin])
    tokens = TOKEN.findall(plain)
    addresses = find_addresses(plain, tokens)
    numeric = _MAY_HOLD_DIGITS.search(plain) is not None
    amounts = find_amounts(plain, tokens) if numeric else []
    regions = _regions(plain, text, amounts, hints)
    places = place_names.find_places(plain, capitals, regions, hints.places)
    named = tuple(
        dict.fromkeys(
            [*hints.regions, *(p.country for p in places if p.country and p.confidence >= 0.5), *regions]
        )
    )
    taken = [(found.start, found.end) for found in (*addresses, *amounts)]
    crypto = find_crypto(text) if max(map(len, tokens), default=0) >= SHORTEST else []
    phones = find_phones(plain, tokens, taken, named)
    identifiers = [
        Identifier("crypto", c.value, c.start, c.end, c.confidence, text[c.start : c.end], c.note)
        for c in crypto
    ]
    for kind, group in (("", addresses), ("", amounts), ("place", places), ("phone", phones)):
        for found in group:
            start, end = folded.span(found.start, found.end)
            identifiers.append(
                Identifier(
                    kind or found.kind, found.value, start, end, found.confidence, text[start:end], found.note
                )
            )
    return sorted(_apart(identifiers), key=lambda found: (found.start, found.end, found.kind))


def _regions(plain: str, text: str, amounts, hints: Hints) -> tuple[str, ...]:
    """Countries that the advert speaks of: told beforehand, by its currency, its addresses, its script."""
    regions = list(hints.regions)
    for amount in amounts:
        if amount.kind == "price":
            regions += _CURRENCY_REGION.get(amount.value.split()[1], ())
    if "." in plain:
        regions += [{"uk": "GB"}.get(ending, ending.upper()) for ending in _ENDING.findall(plain)]
    if not text.isascii():
        for script, spoken in _SCRIPTS:
            if script.search(text):
                regions += spoken
    return tuple(dict.fromkeys(regions))


def _apart(identifiers: list[Identifier]) -> list[Identifier]:
    """A crypto address holds no phone and no handle: what lies within one goes."""
    chains = [found for found in identifiers if found.kind == "crypto"]
    if not chains:
        return identifiers
    return [
        found
        for found in identifiers
        if found.kind == "crypto" or not any(c.start < found.end and found.start < c.end for c in chains)
    ]
