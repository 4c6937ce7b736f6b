"""Numbered dots on a map that stand for the cards of a list, the chosen one marked."""

from __future__ import annotations

from typing import Any

from analytics.figures.map_picture import IS_CHOSEN
from analytics.figures.theme import Theme


def mark_chosen(colours: Theme) -> list[Any]:
    """The colour of what stands for a card, another where it is chosen."""
    return ["case", IS_CHOSEN, colours.highlight, colours.chosen]


def dot_layers(name: str, source: str, colours: Theme, *, size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The layers `<name> dot` and, over it, `<name> number`, of the points of a source whose features have
    the property `number`; `size` of the number in pixels."""
    points = {"source": source, "filter": ["==", ["geometry-type"], "Point"]}
    dot = {
        "id": f"{name} dot",
        "type": "circle",
        **points,
        "paint": {
            "circle-color": mark_chosen(colours),
            "circle-radius": ["case", IS_CHOSEN, 13, 11],
            "circle-stroke-color": colours.background,
            "circle-stroke-width": 1.5,
        },
    }
    number = {
        "id": f"{name} number",
        "type": "symbol",
        **points,
        "layout": {"text-field": ["get", "number"], "text-size": size, "text-allow-overlap": True},
        "paint": {"text-color": colours.background},
    }
    return dot, number
