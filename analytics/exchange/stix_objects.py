"""The objects that every STIX bundle of ours is made of, by the stix2 library's strict classes."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any, Protocol

import stix2

from analytics.exchange.values import convert_value

_SPACE = uuid.UUID("6f6f5d2c-6a5f-5c36-9a6c-0c3f1f1f5b11")
EXTENSION = f"extension-definition--{uuid.uuid5(_SPACE, 'row-and-method')}"


class StixObject(Protocol):
    """What every object of the stix2 library has, which ships no types."""

    id: str


class StixClass(Protocol):
    """A class of such objects."""

    _type: str

    def __call__(self, **properties: object) -> StixObject: ...


class AchillesRecord:
    """`kind`: which table or part of the case; `source`: of a row, its file (name, SHA-256) and row number;
    `content`: its own columns as JSON text, for STIX dictionaries take neither every key nor a missing
    value."""

    extension_type = "property-extension"


_RECORD = stix2.CustomExtension(
    EXTENSION,
    [
        ("kind", stix2.properties.StringProperty(required=True)),
        ("source", stix2.properties.DictionaryProperty()),
        ("content", stix2.properties.StringProperty(required=True)),
    ],
)(AchillesRecord)


def make_author(created: datetime) -> StixObject:
    """Who wrote the bundle: this unit."""
    return make_object(
        stix2.Identity, "author", created, name="Achilles, intelligence unit", identity_class="organization"
    )


def make_uuid(*parts: str) -> uuid.UUID:
    """The same for the same parts."""
    return uuid.uuid5(_SPACE, "\x1f".join(parts))


def make_object(
    kind: StixClass, key: str, created: datetime, raw_id: str | None = None, **properties: object
) -> StixObject:
    """An object of that class, named by a key; what is None or empty is left out."""
    given = {field: value for field, value in properties.items() if value is not None and value != []}
    return kind(
        id=raw_id or f"{kind._type}--{make_uuid(kind._type, key)}", created=created, modified=created, **given
    )


def make_marking(text: str, created: datetime, author: StixObject) -> StixObject:
    """The statement of a 3x5x2 handling."""
    statement = f"3x5x2 handling {text}"
    marking: StixObject = stix2.MarkingDefinition(
        id=f"marking-definition--{make_uuid('marking', text)}",
        created=created,
        created_by_ref=author.id,
        definition_type="statement",
        definition=stix2.StatementMarking(statement=statement),
    )
    return marking


def make_record(kind: str, content: dict[str, Any], source: dict[str, Any] | None = None) -> dict[str, Any]:
    """The property extension that holds what STIX has no place for."""
    text = json.dumps(convert_value(content), ensure_ascii=False, sort_keys=True)
    return {EXTENSION: _RECORD(kind=kind, content=text, **({"source": source} if source else {}))}


def join_lines(value: str) -> str:
    """A text on one line."""
    return " ".join(value.split())
