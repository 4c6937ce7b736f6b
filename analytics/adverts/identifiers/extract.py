"""All identifiers of one text.

Confidence is the share of such readings that are right, as far as the adverts at hand could tell: 0.99 for
what proves itself (a checksum, an international number), less for each thing that was guessed. See
docs/methods/identifiers.md."""

from __future__ import annotations

from analytics.adverts.identifiers.kinds import exclusive_kinds, finders
from analytics.adverts.identifiers.reading import Hints, Identifier, Reading


def find_identifiers(text: str, hints: Hints = Hints()) -> list[Identifier]:  # noqa: B008 (frozen)
    """All identifiers of `text`, first to last. Spans are of `text` as given, however it was read."""
    reading = Reading(text, hints)
    found = [identifier for find in finders() for identifier in find(reading)]
    return sorted(_outside_exclusive(found), key=lambda found: (found.start, found.end, found.kind))


def _outside_exclusive(identifiers: list[Identifier]) -> list[Identifier]:
    """What lies within an exclusive one goes: a crypto address holds no phone and no handle."""
    exclusive = exclusive_kinds()
    sole = [found for found in identifiers if found.kind in exclusive]
    if not sole:
        return identifiers
    return [
        found
        for found in identifiers
        if found.kind in exclusive or not any(s.start < found.end and found.start < s.end for s in sole)
    ]
