"""What the base map looks like: one table, from the bottom to the top, that the screen and the print read.

A width has three values, at the zooms of a region (9), of a city (12) and of a street (16), in pixels of the
screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.figures.theme import Theme
from analytics.shared.base_layers import FIRST_ZOOM, MAIN_STREETS, MIDDLE_STREETS, SMALL_STREETS

Drawn = Literal["fill", "line", "circle", "label"]
ZOOMS = (9, 12, 16)
# How much wider than others a street of a kind is.
MAIN_WIDTH, MIDDLE_WIDTH, SMALL_WIDTH = 1.7, 1.2, 0.4
NAMES_FONT = "Source Sans"  # ships with the app


@dataclass(frozen=True)
class BaseLayer:
    """One layer of the base map. `role`: whose features; `colour`: a colour of the theme by name; `widths`:
    of a line, a dot (its radius) or a text (its size); `by_kind`: whether main streets are wider; `group`:
    with which others it is shown and hidden."""

    name: str
    role: str
    drawn: Drawn
    geometry: Literal["polygon", "line", "point"]
    colour: str
    group: str
    widths: tuple[float, float, float] = (1.0, 1.0, 1.0)
    opacity: float = 1.0
    by_kind: bool = False
    first_zoom: float = 0

    def colour_in(self, colours: Theme) -> str:
        return str(getattr(colours, self.colour))

    @property
    def shown_from(self) -> float:
        return max(self.first_zoom, FIRST_ZOOM.get(self.role, 0))


GROUND, STREETS, DISTRICTS, NAMES = "Land and water", "Streets", "Districts", "Names"
BASE_STYLE = (
    BaseLayer("green", "green", "fill", "polygon", "map_green", GROUND),
    BaseLayer("water", "water", "fill", "polygon", "map_water", GROUND),
    BaseLayer("rivers", "water", "line", "line", "map_water", GROUND, (0.5, 1.5, 5)),
    BaseLayer("coast", "coast", "line", "line", "map_area", GROUND, (0.6, 0.6, 0.6), 0.6),
    BaseLayer("building", "building", "fill", "polygon", "map_building", GROUND),
    BaseLayer("path", "path", "line", "line", "map_casing", STREETS, (0, 0.3, 1.6), 0.8),
    BaseLayer("rail", "rail", "line", "line", "map_area", STREETS, (0.3, 0.7, 1.6), 0.5),
    BaseLayer("casing", "street", "line", "line", "map_casing", STREETS, (0.4, 1.6, 8), 0.7, by_kind=True),
    BaseLayer("street", "street", "line", "line", "map_street", STREETS, (0.2, 0.8, 6), 0.75, by_kind=True),
    BaseLayer("area", "area", "line", "polygon", "map_area", DISTRICTS, (1.2, 1.2, 1.2), 0.9),
    BaseLayer("poi", "poi", "circle", "point", "map_area", NAMES, (2.5, 2.5, 2.5)),
    BaseLayer("street name", "street", "label", "line", "text", NAMES, (11, 11, 11), first_zoom=13),
    BaseLayer("place", "place", "label", "point", "text", NAMES, (11, 11, 11), first_zoom=8),
)
VALUES_OPACITY = 0.82  # of cells and outlines that show a value
UNDER_STREETS = "casing"  # below it lies what is shown, so that streets stay readable


def kind_width(kind: str) -> float:
    """How much wider a street of a kind is than another."""
    for kinds, width in (
        (MAIN_STREETS, MAIN_WIDTH),
        (MIDDLE_STREETS, MIDDLE_WIDTH),
        (SMALL_STREETS, SMALL_WIDTH),
    ):
        if kind in kinds:
            return width
    return 1.0
