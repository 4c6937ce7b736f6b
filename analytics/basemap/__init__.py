"""The ground under the data: a map imported once, drawn with no network, and the names of places on it."""

from analytics.basemap.imports import MapChoice, MapExists, MapReport, import_map, propose_area
from analytics.basemap.layers import (
    BaseMap,
    attribute_maps,
    count_features,
    list_base_maps,
    read_base_layers,
    read_window,
)
from analytics.basemap.naming import describe_places, has_streets, name_places
from analytics.basemap.tiles import cut_tile

__all__ = [
    "BaseMap",
    "MapChoice",
    "MapExists",
    "MapReport",
    "attribute_maps",
    "count_features",
    "cut_tile",
    "describe_places",
    "has_streets",
    "import_map",
    "list_base_maps",
    "name_places",
    "propose_area",
    "read_base_layers",
    "read_window",
]
