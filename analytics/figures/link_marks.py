"""What a node of a chart of links looks like by its kind: a shape, a glyph in it, and a colour; never a
colour alone. Glyphs are SVG paths on a grid of 24 (M, L, C and Z alone), stroked in white, on screen and
paper alike."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.figures.theme import NODE_COLOURS, OTHER, STATUS_COLOURS


@dataclass(frozen=True)
class NodeMark:
    """`shape`: circle, square, pentagon, hexagon or diamond."""

    code: str
    label: str
    shape: str
    colour: str
    glyph: str


@dataclass(frozen=True)
class StatusMark:
    """A ring around a node, and what it means."""

    code: str
    label: str
    colour: str


def _mark(code: str, label: str, shape: str, family: str, glyph: str) -> NodeMark:
    return NodeMark(code, label, shape, NODE_COLOURS[family], glyph)


_PERSON = (
    "M12 5C14 5 15.5 6.5 15.5 8.5C15.5 10.5 14 12 12 12C10 12 8.5 10.5 8.5 8.5C8.5 6.5 10 5 12 5Z"
    "M5.5 19C6 15.5 8.5 14 12 14C15.5 14 18 15.5 18.5 19"
)
_AT = (
    "M15 12C15 14 13.7 15 12 15C10.3 15 9 13.7 9 12C9 10.3 10.3 9 12 9C13.7 9 15 10.3 15 12L15 13"
    "C15 14.5 19 15 19 12C19 8 16 5 12 5C8 5 5 8 5 12C5 16 8 19 12 19C13.5 19 15 18.6 16 18"
)
_GLOBE = (
    "M12 4C16.4 4 20 7.6 20 12C20 16.4 16.4 20 12 20C7.6 20 4 16.4 4 12C4 7.6 7.6 4 12 4Z"
    "M4 12L20 12M12 4C8.5 8 8.5 16 12 20M12 4C15.5 8 15.5 16 12 20"
)
_COIN = (
    "M9 6L14 6C17.5 6 17.5 11.7 14 11.7L9 11.7M14 11.7C18.5 11.7 18.5 18 14 18L9 18L9 6M11 4L11 6M11 18L11 20"
)
_BUILDING = "M6 19L6 6L14 6L14 19M14 10L18 10L18 19M4 19L20 19M9 9L11 9M9 12L11 12M9 15L11 15"
_CAR = "M4 16L4 12L6.5 7.5L17.5 7.5L20 12L20 16ZM7 16L7 18.5M17 16L17 18.5M4 12L20 12"
_HOUSE = "M4 12L12 5L20 12M6.5 10.5L6.5 19L17.5 19L17.5 10.5M10.5 19L10.5 14L13.5 14L13.5 19"
_PIN = "M12 20C8 15.5 6 12.5 6 10C6 6.5 8.5 4 12 4C15.5 4 18 6.5 18 10C18 12.5 16 15.5 12 20ZM12 8.5L12 11.5"
NODE_MARKS = {
    mark.code: mark
    for mark in (
        _mark("person", "Person", "circle", "person", _PERSON),
        _mark("organisation", "Organisation", "square", "organisation", _BUILDING),
        _mark("phone", "Telephone", "square", "contact", "M8 4L16 4L16 20L8 20ZM11 17L13 17"),
        _mark("email", "E-mail", "square", "contact", "M4 7L20 7L20 17L4 17ZM4 7L12 13L20 7"),
        _mark("handle", "Handle", "square", "contact", _AT),
        _mark("url", "Web address", "square", "contact", _GLOBE),
        _mark("account", "Account", "diamond", "money", "M5 8L19 8L19 16L5 16ZM5 11L19 11"),
        _mark("crypto", "Crypto wallet", "diamond", "money", _COIN),
        _mark("vehicle", "Vehicle", "square", "object", _CAR),
        _mark(
            "document",
            "Document",
            "square",
            "object",
            "M7 4L14 4L18 8L18 20L7 20ZM10 12L15 12M10 15.5L15 15.5",
        ),
        _mark(
            "device", "Handset", "square", "object", "M7 5L17 5L17 19L7 19ZM7 16L17 16M10 8L14 8M10 11L14 11"
        ),
        _mark("premises", "Premises", "pentagon", "place", _HOUSE),
        _mark("place", "Place", "pentagon", "place", _PIN),
        _mark("advert", "Advert", "hexagon", "advert", "M5 10L5 14L9 14L17 18L17 6L9 10ZM9 14L10 19"),
        _mark("operation", "Operation", "hexagon", "advert", "M4 9L12 5L20 9L12 13ZM4 13.5L12 17.5L20 13.5"),
        _mark(
            "report", "Report", "hexagon", "record", "M7 5L17 5L17 19L7 19ZM10 9L14 9M10 12L14 12M10 15L12 15"
        ),
        _mark("incident", "Incident", "hexagon", "record", "M12 5L19 18L5 18ZM12 10L12 13M12 15.5L12 15.7"),
    )
}
STATUS_MARKS = (
    StatusMark("protected", "Protected: never a target", STATUS_COLOURS["protected"]),
    StatusMark("hub", "Hub: names nobody in particular", STATUS_COLOURS["hub"]),
    StatusMark("critical", "Critical: important and hard to replace", STATUS_COLOURS["critical"]),
)


def find_mark(kind: str) -> NodeMark:
    """The mark of a kind; one that is not known has its own name, a circle and no glyph."""
    return NODE_MARKS.get(kind) or NodeMark(
        kind, kind.capitalize() or "Other", "circle", OTHER, "M12 12L12 12.1"
    )
