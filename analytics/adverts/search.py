"""What somebody types into the search box: words, a place, or a number in any form."""

from __future__ import annotations

import unicodedata

from analytics.adverts.identifiers import find_identifiers, kind_of

_FEWEST_DIGITS = 5


def read_search(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], str]:
    """(words, identifiers as (kind, value), digits) of a search.

    A contact in any dress is looked for by its normalised value. Digits too few for a number, five or more,
    are looked for within numbers, a leading zero left out, so that a national number finds the international
    one. Words all have to occur; where the text is a contact or digits and nothing else there are none."""
    if not text.strip():
        return (), (), ""
    found = [identifier for identifier in find_identifiers(text) if kind_of(identifier.kind).personal]
    identifiers = tuple(dict.fromkeys((identifier.kind, identifier.value) for identifier in found))
    rest = "".join(
        character
        for at, character in enumerate(text)
        if not any(identifier.start <= at < identifier.end for identifier in found)
    )
    digits = "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None)
    numeric = len(digits) >= _FEWEST_DIGITS and not any(c.isalpha() for c in rest)
    words = () if identifiers and not any(c.isalnum() for c in rest) or numeric else tuple(text.split())
    return words, identifiers, digits.lstrip("0") if numeric else ""
