"""A STIX 2.1 bundle as others send it, a row an object: each checked by the stix2 library, in the process
apart.

Platforms such as OpenCTI and MISP add properties and types of their own. Those are set aside and shown, and
what remains must pass the strict checks. Of two versions of one object in a bundle the later is read."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NoReturn, Protocol

import pyarrow as pa
import stix2
from stix2.exceptions import STIXError
from stix2.registry import class_for_type

from analytics.formats.header import UnreadableFile
from analytics.formats.parsed import ParsedFile
from analytics.formats.parts import RefusedRow
from analytics.shared.wording import write_moment

MAXIMUM_OBJECTS, MAXIMUM_DEPTH, MAXIMUM_CHARACTERS = 200_000, 50, 20_000
SCHEMA = pa.schema(
    [
        ("position", pa.int64()),
        *(
            (name, pa.string())
            for name in ("kind", "identifier", "title", "text", "marking", "tlp", "custom", "record")
        ),
    ]
)
"""`text`: what the object says, null where it says nothing. `tlp`: the strictest traffic light, lower case.
`custom`, `record`: JSON of the properties that STIX does not know, and of this product's own extension."""

_TLP_BY_STRICTNESS = ("white", "clear", "green", "amber", "amber+strict", "red")
_STANDARD_MARKINGS = {
    "613f2e26-407d-48c7-9eca-b8e91df99dc9": "white",
    "34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
    "94868c89-83c2-464b-929b-a1a8aa3c8487": "clear",
    "bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
}
_TLP = re.compile(
    r"\s*(?:TLP\s*[:_-]?\s*)?(white|clear|green|amber\s*\+\s*strict|amber|red)\s*", re.IGNORECASE
)
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{1,248}--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXTS = {"note": "content", "opinion": "explanation"}
_OTHER_TEXTS = (
    "description",
    "content",
    "x_misp_value",
    "x_misp_comment",
)  # of types that STIX does not know
# fields of every type, and those that are read of a type that STIX does not know
_COMMON = {"type", "spec_version", "id", "created_by_ref", "created", "modified", "revoked", "labels"} | {
    *("confidence", "lang", "external_references", "object_marking_refs", "granular_markings"),
    *("extensions", "name", "description", "content"),
}


class StixProperties(Protocol):
    """The properties of an object that the stix2 library has checked."""

    def get(self, name: str, default: Any = None) -> Any: ...


@dataclass(frozen=True)
class _Checked:
    """An object that passed: its properties that STIX knows, and the others."""

    position: int
    known: StixProperties
    custom: dict[str, Any]

    def text(self, name: str) -> str:
        """A property as text without control characters; empty where it is missing or no text."""
        value = self.known.get(name)
        return _CONTROL.sub(" ", value).strip() if isinstance(value, str) else ""

    @property
    def label(self) -> str:
        return self.text("name") or self.text("abstract") or self.text("value")


@dataclass
class _Reading:
    """What has been read so far."""

    checked: list[_Checked] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    markings: dict[str, str] = field(default_factory=dict)
    older: int = 0


def parse_bundle(data: bytes, extension: str) -> ParsedFile:
    """A row an object that passed the checks, in SCHEMA; the others refused with their reason and identifier.

    `extension` is the identifier of this product's own extension. Raises UnreadableFile where the file is no
    bundle."""
    reading = _Reading()
    objects = _read_objects(data)
    skipped = _find_replaced(objects, reading)
    for position, raw in enumerate(objects, 1):
        if position in skipped:
            continue
        try:
            _read_object(raw, position, reading)
        except (STIXError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            reading.refused.append((position, " ".join(str(error).split())[:300], _named(raw)))
    labels = {str(item.known.get("id")): item.label for item in reading.checked}
    rows = [_describe(item, labels, reading.markings, extension) for item in reading.checked]
    notes = (f"{reading.older:,} earlier versions of objects are left out.",) if reading.older else ()
    refused = sorted(reading.refused)
    return ParsedFile.from_table(pa.Table.from_pylist(rows, SCHEMA), notes, refused)


def _read_objects(data: bytes) -> list[object]:
    """The objects of the bundle. Raises UnreadableFile in the user's words."""
    try:
        bundle = json.loads(
            data.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            parse_float=_read_float,
            object_pairs_hook=_read_pairs,
        )
    except UnicodeDecodeError as error:
        raise UnreadableFile("The file is not JSON text in UTF-8.") from error
    except RecursionError as error:
        raise UnreadableFile("The file is nested too deeply to be a STIX bundle.") from error
    except UnreadableFile:
        raise
    except ValueError as error:  # also a number of more digits than are read
        raise UnreadableFile(f"The file is not JSON text in UTF-8: {error}.") from error
    objects = bundle.get("objects") if isinstance(bundle, dict) and bundle.get("type") == "bundle" else None
    if not isinstance(objects, list):
        raise UnreadableFile("The file is no STIX bundle: it needs 'type': 'bundle' and a list of 'objects'.")
    if len(objects) > MAXIMUM_OBJECTS:
        raise UnreadableFile(
            f"The bundle holds {len(objects):,} objects; at most {MAXIMUM_OBJECTS:,} are read."
        )
    return objects


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableFile(f"The file holds {name}, which is no JSON value.")


def _read_float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise UnreadableFile(f"The number {text[:40]} is too large.")
    return number


def _read_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise UnreadableFile(
            f"An object states {ascii(repeated[:40])} twice: readers would not agree which of the two counts."
        )
    return found


def _find_replaced(objects: list[object], reading: _Reading) -> set[int]:
    """Positions to pass over: earlier versions of an object, and what contradicts one of the same version."""
    latest: dict[str, tuple[str, int]] = {}
    skipped: set[int] = set()
    for position, raw in enumerate(objects, 1):
        identifier = raw.get("id") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(identifier, str):
            continue
        version = str(raw.get("modified") or "")[:40].rstrip("Z")  # so that a fraction sorts behind none
        if identifier not in latest:
            latest[identifier] = (version, position)
            continue
        known_version, known_position = latest[identifier]
        if version != known_version:
            later = max((known_version, known_position), (version, position))
            skipped.add(known_position + position - later[1])
            latest[identifier] = later
            reading.older += 1
        elif raw == objects[known_position - 1]:
            skipped.add(position)
        else:
            skipped.add(position)
            reason = f"object {known_position} has the same identifier and version and other content"
            reading.refused.append((position, reason, _named(raw)))
    return skipped


def _read_object(raw: object, position: int, reading: _Reading) -> None:
    """Check an object and add it. Raises ValueError or an error of the stix2 library."""
    if not isinstance(raw, dict):
        raise ValueError("not an object")
    if _depth(raw) > MAXIMUM_DEPTH:
        raise ValueError(f"nested more than {MAXIMUM_DEPTH} levels deep")
    try:
        json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a character (a lone surrogate), which is no text") from None
    kind, identifier = raw.get("type"), raw.get("id")
    if not isinstance(kind, str):
        raise ValueError("has no type")
    if kind == "bundle":
        raise ValueError("a bundle within a bundle is not read")
    if kind == "marking-definition" and isinstance(identifier, str) and _is_identifier(identifier, kind):
        reading.markings[identifier] = _CONTROL.sub(" ", _label_marking(raw))[:200]
        custom = {name: value for name, value in raw.items() if name.startswith("x_")}
        reading.checked.append(_Checked(position, {"id": identifier, "type": kind}, custom))
        return
    checked = class_for_type(kind, "2.1", "objects") or class_for_type(kind, "2.1", "observables")
    if checked is None:
        if not isinstance(identifier, str) or not _is_identifier(identifier, kind):
            raise ValueError("its identifier is not its type, -- and a UUID")
        custom = {name: value for name, value in raw.items() if name not in _COMMON}
        reading.checked.append(_Checked(position, raw, custom))
        return
    custom = {name: value for name, value in raw.items() if name not in checked._properties}
    known = {name: value for name, value in raw.items() if name in checked._properties}
    try:
        item = stix2.parse(known, allow_custom=False, version="2.1")
    except STIXError:
        # Also within its properties it may hold what STIX does not know: the rest must be right all the same.
        item = stix2.parse(known, allow_custom=True, version="2.1")
        custom["further content within"] = "of a kind that STIX does not know"
    if not item.get("id"):
        raise ValueError("has no identifier")
    reading.checked.append(_Checked(position, item, custom))


def _depth(raw: object) -> int:
    """How many levels lie within one another."""
    level, depth = [raw], 0
    while level and depth <= MAXIMUM_DEPTH:
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level, depth = inner, depth + 1
    return depth


def _is_identifier(identifier: str, kind: str) -> bool:
    return bool(_IDENTIFIER.fullmatch(identifier)) and identifier.rpartition("--")[0] == kind


def _named(raw: object) -> str:
    identifier = raw.get("id") if isinstance(raw, dict) else None
    return ascii(identifier[:120])[1:-1] if isinstance(identifier, str) else ""


def _label_marking(raw: Mapping[str, Any]) -> str:
    """What a marking says, however a platform writes it."""
    definition = raw.get("definition")
    inner = (
        [value for value in definition.values() if isinstance(value, str)]
        if isinstance(definition, dict)
        else []
    )
    extensions = raw.get("extensions")
    for extension in extensions.values() if isinstance(extensions, dict) else ():
        if isinstance(extension, dict) and isinstance(extension.get("tlp_2_0"), str):
            inner.insert(0, f"TLP:{extension['tlp_2_0'].upper()}")
    name = raw.get("name")
    said = [*inner, *([name] if isinstance(name, str) else [])]
    lights = [(_TLP_BY_STRICTNESS.index(light), text) for text in said if (light := _traffic_light(text))]
    if lights:
        return f"TLP:{_TLP_BY_STRICTNESS[max(lights)[0]].upper()}"
    return said[0] if said else ""


def _traffic_light(text: str) -> str:
    found = _TLP.fullmatch(text)
    return re.sub(r"\s", "", found[1]).lower() if found else ""


def _describe(
    item: _Checked, labels: Mapping[str, str], markings: Mapping[str, str], extension: str
) -> dict[str, object]:
    marking, tlp = _mark(item.known, markings)
    own = (item.known.get("extensions") or {}).get(extension)
    title, text = _say(item, labels)
    return {
        "position": item.position,
        "kind": str(item.known.get("type")),
        "identifier": str(item.known.get("id")),
        "title": title[:MAXIMUM_CHARACTERS],
        "text": text[:MAXIMUM_CHARACTERS] or None,
        "marking": marking,
        "tlp": tlp,
        "custom": json.dumps(item.custom, ensure_ascii=False, default=str) if item.custom else None,
        "record": json.dumps(own, ensure_ascii=False, default=str) if isinstance(own, Mapping) else None,
    }


def _mark(known: StixProperties, markings: Mapping[str, str]) -> tuple[str, str | None]:
    """What the markings of an object say, and the strictest traffic light. No light is given as the most open
    one where anything else marks the object, or it marks a part alone."""
    whole = [str(ref) for ref in known.get("object_marking_refs") or ()]
    parts = [
        str(part["marking_ref"])
        for part in known.get("granular_markings") or ()
        if isinstance(part, Mapping) and part.get("marking_ref")
    ]
    said, lights = [], []
    for ref in dict.fromkeys([*whole, *parts]):
        standard = _STANDARD_MARKINGS.get(ref.rpartition("--")[2], "")
        label = markings.get(ref, "")
        light = max(
            standard,
            _traffic_light(label),
            key=lambda found: _TLP_BY_STRICTNESS.index(found) if found else -1,
        )
        said.append(label or (f"TLP:{standard.upper()}" if standard else f"unknown marking {ref}"))
        lights.append(light)
    strictest = max(lights, key=lambda found: _TLP_BY_STRICTNESS.index(found) if found else -1, default="")
    if strictest in ("white", "clear") and ("" in lights or not whole):
        strictest = ""
    return "; ".join(said), strictest or None


def _say(item: _Checked, labels: Mapping[str, str]) -> tuple[str, str]:
    """The title of an object and what it says, empty where it says nothing of its own."""
    kind = item.known.get("type")
    if kind == "extension-definition":
        return item.label, ""
    if kind == "relationship":
        return _say_relationship(item, labels)
    if kind == "sighting":
        return _say_sighting(item, labels)
    if kind == "location" and (text := item.text("description")):
        return item.label, ", ".join([text, *_place(item.known)])
    own = (_TEXTS.get(str(kind), "description"),)
    names = _OTHER_TEXTS if isinstance(item.known, dict) else own
    title = item.text("abstract") or item.text("name") or item.text("x_misp_type")
    return title, next(filter(None, map(item.text, names)), "")


def _say_relationship(item: _Checked, labels: Mapping[str, str]) -> tuple[str, str]:
    """Two related objects. 'related-to' alone says nothing, nor does a relation of what has no name."""
    relation = item.text("relationship_type")
    ends = [labels.get(str(item.known.get(name)), "") for name in ("source_ref", "target_ref")]
    title = f"{ends[0] or 'an object'} {relation.replace('-', ' ')} {ends[1] or 'an object'}"
    if text := item.text("description"):
        return title, text
    return ("", title) if all(ends) and relation != "related-to" else ("", "")


def _say_sighting(item: _Checked, labels: Mapping[str, str]) -> tuple[str, str]:
    seen = labels.get(str(item.known.get("sighting_of_ref")), "") or str(item.known.get("sighting_of_ref"))
    where = [labels.get(str(ref), "") for ref in item.known.get("where_sighted_refs") or ()]
    count = item.known.get("count")
    facts = [
        *([f"{count:,} times"] if isinstance(count, int) else []),
        *(
            f"{words} {write_moment(seen_at)} UTC"
            for words, name in (("first seen", "first_seen"), ("last seen", "last_seen"))
            if (seen_at := item.known.get(name)) is not None
        ),
        *([f"by {', '.join(filter(None, where))}"] if any(where) else []),
    ]
    described = item.text("description")
    return f"Sighting of {seen}", "; ".join([*([described] if described else []), *facts]) or "seen"


def _place(known: StixProperties) -> Iterator[str]:
    for name in ("street_address", "city", "postal_code", "region", "country"):
        if known.get(name):
            yield str(known.get(name))
    if known.get("latitude") is not None and known.get("longitude") is not None:
        yield f"{known.get('latitude')}, {known.get('longitude')}"
