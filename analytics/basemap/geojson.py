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


def _feature(name: str, label: str, kind: str, shape: str) -> str:
    """JSON of a feature whose shape is JSON already: it is put in as it is, not read and written again."""
    properties = json.dumps({"id": name, "name": label, "kind": kind}, separators=(",", ":"))
    return f'{{"type":"Feature","id":{json.dumps(name)},"properties":{properties},"geometry":{shape}}}'
