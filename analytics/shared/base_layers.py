"""The roles that a layer of outlines can have on the base map."""

from __future__ import annotations

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
DRAWN_LAYERS = ("area", "street", "rail", "water", "green")  # under the data of every map
MAP_LAYERS = BASE_LAYERS[1:]  # those that a map brings; areas are beats, wards and districts
