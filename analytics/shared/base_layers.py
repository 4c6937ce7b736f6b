"""The roles that a layer of outlines can have on the base map, and from how near each is drawn."""

from __future__ import annotations

from dataclasses import dataclass

LAYER_TITLES = {
    "area": "Areas",
    "street": "Streets",
    "path": "Paths",
    "rail": "Railways",
    "water": "Water",
    "green": "Green",
    "coast": "Coast",
    "building": "Buildings",
    "place": "Places",
    "poi": "Points of interest",
}
BASE_LAYERS = tuple(LAYER_TITLES)
MAP_LAYERS = BASE_LAYERS[1:]  # those that a map brings; areas are beats, wards and districts

# Zooms of a map: 9 shows a region, 12 a city, 16 a street. Layers not named are drawn at every zoom.
FIRST_ZOOM = {"rail": 9, "building": 13, "path": 13, "poi": 14}
LAST_ZOOM = 15  # of tiles; nearer, those of this zoom are drawn larger

MAIN_STREETS = ("motorway", "trunk", "primary", "arterial")
MIDDLE_STREETS = ("secondary", "tertiary")
SMALL_STREETS = ("pedestrian", "service", "track", "footway", "cycleway")


@dataclass(frozen=True)
class BaseFeatures:
    """The features of a layer: their shapes (WKB, WGS 84), kinds and names ('' where not known)."""

    shapes: list[bytes]
    kinds: list[str]
    names: list[str]


def street_class(kind: str) -> int:
    """0 for main streets, 1 for middle ones, 3 for small ones, 2 for all others."""
    kinds = {0: MAIN_STREETS, 1: MIDDLE_STREETS, 3: SMALL_STREETS}
    return next((number for number, names in kinds.items() if kind in names), 2)


def smallest_street(zoom: int) -> int:
    """The class of the smallest streets that are drawn at a zoom."""
    return 0 if zoom < 10 else 1 if zoom == 10 else 2 if zoom < 13 else 3
