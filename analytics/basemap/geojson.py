"""The layers of a base map as GeoJSON that maps fetch by address, so that a map message carries only ids.

Coordinates are WGS 84, five decimals (about a metre)."""

from __future__ import annotations

import json
from functools import lru_cache

import shapely

from analytics.basemap.layers import read_window
from analytics.shared.base_layers import BASE_LAYERS
from analytics.store import Store

MAXIMUM_DRAWN = 40_000  # features of a layer; a browser draws no more at once
_TOLERANCE = 2e-5  # degrees, about two metres: less cannot be seen at the scales of a city

_TOLERANCE_OF_COUNTRY = 2e-3  # the same for a map of countries


def layer_geojson(store: Store, area_id: int, role: str) -> bytes:
    """The features of one role of the base map in a working area, of more than MAXIMUM_DRAWN the widest.
    Raises ValueError for an unknown role."""
    if role not in BASE_LAYERS:
        raise ValueError(f"A layer is one of {', '.join(BASE_LAYERS)}.")
    return _layer(store, area_id, role, store.data_version())


@lru_cache(maxsize=32)
def _layer(store: Store, area_id: int, role: str, data_version: int) -> bytes:
    rows = read_window(store, area_id, (role,), maximum=MAXIMUM_DRAWN)
    shapes = shapely.simplify(shapely.from_wkb(rows.geometry.to_numpy()), _TOLERANCE)
    geometries = shapely.to_geojson(shapely.transform(shapes, lambda points: points.round(5)))
    features = [
        _feature(name, label, kind, shape)
        for name, label, kind, shape in zip(rows.id, rows.name, rows.kind, geometries, strict=True)
    ]
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()


def invented_land_geojson(store: Store) -> bytes:
    """The land of invented countries, which is on no map of the world; nothing where the store has none."""
    return _invented_land(store, store.data_version())


@lru_cache(maxsize=2)
def _invented_land(store: Store, data_version: int) -> bytes:
    rows = store.rows(
        "SELECT geometry FROM boundary JOIN source USING (source_id) WHERE role = 'coast' AND is_scenario"
    )
    coasts = shapely.simplify(shapely.from_wkb([row["geometry"] for row in rows]), _TOLERANCE_OF_COUNTRY)
    land = shapely.get_parts(shapely.polygonize(shapely.get_parts(coasts)))
    geometries = shapely.to_geojson(shapely.transform(land, lambda points: points.round(3)))
    features = [_feature(f"land {k}", "", "land", shape) for k, shape in enumerate(geometries)]
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()


def _feature(name: str, label: str, kind: str, shape: str) -> str:
    """JSON of a feature whose shape is JSON already: it is put in as it is, not read and written again."""
    properties = json.dumps({"id": name, "name": label, "kind": kind}, separators=(",", ":"))
    return f'{{"type":"Feature","id":{json.dumps(name)},"properties":{properties},"geometry":{shape}}}'
