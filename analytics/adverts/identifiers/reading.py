"""One text as the finders read it: as written, folded, in words, and what other finders need to know of
it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from analytics.adverts.identifiers.addresses import Address, find_addresses
from analytics.adverts.identifiers.amounts import Amount, find_amounts
from analytics.adverts.identifiers.country_hints import find_country_hints
from analytics.adverts.identifiers.digit_runs import TOKEN
from analytics.adverts.identifiers.normalise import Folded, fold
from analytics.adverts.identifiers.number_words import load_common_words
from analytics.adverts.identifiers.places import PlaceName, find_places

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
_DIGIT = re.compile(r"\d")
_SURE_PLACE = 0.5


class Identifier(NamedTuple):
    """`kind` is a code of the registry (`kinds`), `value` normalised; `raw` is text[start:end], `start` and
    `end` counting characters of the text given."""

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


class FoldedMatch(Protocol):
    """What a finder of folded text gives: a normalised value and its span there."""

    @property
    def value(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def confidence(self) -> float: ...
    @property
    def note(self) -> str: ...


class Reading:
    """A text and what is worked out of it, each once and only where a finder asks for it."""

    def __init__(self, text: str, hints: Hints) -> None:
        self.text, self.hints = text, hints
        self.folded: Folded = fold(text)
        self.tokens: list[str] = TOKEN.findall(self.folded.text)  # its words
        self.words = frozenset(self.tokens)

    @cached_property
    def capitals(self) -> str:
        """The text as written, character by character of the folded one: capitals tell names from words."""
        origin = self.folded.origin
        return self.text if origin is None else "".join([self.text[at] for at in origin])

    @cached_property
    def addresses(self) -> list[Address]:
        return find_addresses(self.folded.text, self.words)

    @cached_property
    def amounts(self) -> list[Amount]:
        return find_amounts(self.folded.text, self.words) if _DIGIT.search(self.folded.text) else []

    @cached_property
    def places(self) -> list[PlaceName]:
        return find_places(self.folded.text, self.capitals, self.regions, self.hints.places)

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Countries by what was known beforehand, then by currency and what else hints at one."""
        regions = list(self.hints.regions)
        for amount in self.amounts:
            if amount.kind == "price":
                regions += _CURRENCY_REGION.get(amount.value.split()[1], ())
        regions += find_country_hints(self.folded.text, self.text, self.tokens, self.words)
        return tuple(dict.fromkeys(regions))

    @property
    def dialling_regions(self) -> tuple[str, ...]:
        """Countries whose numbering plans are tried: those known, those of the places named, then
        `regions`."""
        common = load_common_words()  # 'bayan' is a woman in Turkish, and a town in China
        named = [
            place.country
            for place in self.places
            if place.country
            and place.confidence >= _SURE_PLACE
            and self.folded.text[place.start : place.end] not in common
        ]
        return tuple(dict.fromkeys([*self.hints.regions, *named, *self.regions]))

    def identifiers(self, kind: str, matches: Iterable[FoldedMatch]) -> Iterable[Identifier]:
        """Matches of the folded text as identifiers of a kind, their spans those of the text as written."""
        for match in matches:
            start, end = self.folded.span(match.start, match.end)
            yield Identifier(
                kind, match.value, start, end, match.confidence, self.text[start:end], match.note
            )
