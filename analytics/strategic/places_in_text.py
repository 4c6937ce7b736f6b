"""The places of a route that a sentence names: 'from X', 'via Y', 'to Z', in English.

Only places that other records name are looked for. A place without such a word before it stands nowhere: a
sentence that names two towns says nothing of a way between them. The place of the report fills the part of
its stage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SHORTEST = 3  # characters of a name: shorter ones are words
_BEFORE = (
    ("origin", re.compile(r"\b(?:from|out of|leaving|left)\s+(?:the\s+)?$")),
    ("transit", re.compile(r"\b(?:via|through|by way of|changing at|changing in)\s+(?:the\s+)?$")),
    ("destination", re.compile(r"\b(?:to|into|arriving in|arriving at|bound for)\s+(?:the\s+)?$")),
)


@dataclass(frozen=True)
class RoutePlaces:
    """The places of a route as a sentence has them, None where it has none."""

    origin: str | None = None
    transit: tuple[str, ...] = ()
    destination: str | None = None


def find_route_places(
    text: object, known: Mapping[str, str], reported_at: object = None, stage: object = None
) -> RoutePlaces:
    """The first origin and destination and every transit that `text` names. `known`: names by their folded
    form. `reported_at` fills the part of `stage` where that is empty and the place has no other part."""
    folded = " ".join(str(text).split()).casefold() if isinstance(text, str) else ""
    parts: dict[str, list[str]] = {"origin": [], "transit": [], "destination": []}
    for at, name in _find_names(folded, known):
        part = next((part for part, words in _BEFORE if words.search(folded[max(0, at - 24) : at])), None)
        if part is not None and known[name] not in parts[part]:
            parts[part].append(known[name])
    place = " ".join(reported_at.split()) if isinstance(reported_at, str) else ""
    used = {name.casefold() for names in parts.values() for name in names}
    is_free = isinstance(stage, str) and stage in parts and not parts[stage]
    if place and is_free and place.casefold() not in used:
        parts[str(stage)].append(place)
    return RoutePlaces(
        next(iter(parts["origin"]), None),
        tuple(parts["transit"]),
        next(iter(parts["destination"]), None),
    )


def _find_names(folded: str, known: Mapping[str, str]) -> list[tuple[int, str]]:
    """Where each known name stands as a whole word, in order; the longer of two that overlap."""
    found: list[tuple[int, int, str]] = []
    for name in known:
        at = folded.find(name) if len(name) >= _SHORTEST else -1
        while at >= 0:
            end = at + len(name)
            if not (folded[:at][-1:].isalnum() or folded[end : end + 1].isalnum()):
                found.append((at, end, name))
            at = folded.find(name, at + 1)
    longest: list[tuple[int, str]] = []
    reached = 0
    for at, end, name in sorted(found, key=lambda hit: (hit[0], -hit[1])):
        if at >= reached:
            longest.append((at, name))
            reached = end
    return longest
