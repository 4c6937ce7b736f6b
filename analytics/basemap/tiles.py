"""The base map as vector tiles, cut from the layers of a working area as they are asked for.

Tiles are of Web Mercator (EPSG:3857), 4,096 units across, with a margin of 64. What is too small to be seen
at a zoom is left out: small streets from afar; buildings, paths and points of interest unless near."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
import pandas as pd
import shapely

from analytics.basemap.layers import read_window
from analytics.basemap.vector_tiles import EXTENT, Geometry, encode_layer
from analytics.shared.base_layers import BASE_LAYERS, FIRST_ZOOM, LAST_ZOOM, smallest_street, street_class
from analytics.store import Store

MAXIMUM_FEATURES = 8_000  # of a layer in a tile, the widest
_MARGIN = 64  # units
_SMALLEST = 3.0  # units: a shape less wide is not seen
_TOLERANCE = 1.5  # units by which a line may be off where the next zoom is drawn finer
_AREAS_IN_MEMORY = 2
_BUILDING = Lock()
_GEOMETRIES: tuple[Geometry, ...] = ("polygon", "line", "point")


def cut_tile(store: Store, area_id: int, zoom: int, column: int, row: int) -> bytes:
    """A tile of an area's base map: one layer a role, its features with name and kind; b'' where it is empty.

    Raises ValueError for a tile that there cannot be."""
    if not 0 <= zoom <= LAST_ZOOM or not (0 <= column < 2**zoom and 0 <= row < 2**zoom):
        raise ValueError(f"There is no tile {zoom}/{column}/{row}: zooms are 0 to {LAST_ZOOM}.")
    return _cut(store, area_id, store.data_version(), zoom, column, row)


@dataclass(frozen=True)
class _TileLayer:
    """The features of a role: shapes in Web Mercator, 0 to 1 across the world and y down."""

    role: str
    shapes: np.ndarray
    names: list[str]
    kinds: list[str]
    classes: np.ndarray  # of streets: 0 the main ones, as `street_class` has them
    tree: shapely.STRtree
    width: np.ndarray

    def cut(self, zoom: int, column: int, row: int) -> bytes:
        tiles = 2**zoom
        margin = _MARGIN / EXTENT
        west, north = (column - margin) / tiles, (row - margin) / tiles
        east, south = (column + 1 + margin) / tiles, (row + 1 + margin) / tiles
        found = np.sort(self.tree.query(shapely.box(west, north, east, south)))
        found = found[self._is_seen(found, zoom)]
        if len(found) > MAXIMUM_FEATURES:
            widest = np.argpartition(-self.width[found], MAXIMUM_FEATURES)[:MAXIMUM_FEATURES]
            found = found[np.sort(widest)]
        if not len(found):
            return b""
        scale, origin = tiles * EXTENT, np.array([column, row]) * EXTENT
        shapes = shapely.clip_by_rect(self.shapes[found], west, north, east, south)
        shapes = shapely.transform(shapes, lambda points: points * scale - origin)
        if zoom < LAST_ZOOM:
            shapes = shapely.simplify(shapes, _TOLERANCE, preserve_topology=False)
        properties = [_describe(self.names[k], self.kinds[k]) for k in found.tolist()]
        layers = (
            encode_layer(_layer_name(self.role, kind), kind, shapes, properties) for kind in _GEOMETRIES
        )
        return b"".join(layers)

    def _is_seen(self, found: np.ndarray, zoom: int) -> np.ndarray:
        width = self.width[found] * 2**zoom * EXTENT
        large = (width >= _SMALLEST) | (width == 0)  # a point has no width
        seen: np.ndarray = large & (self.classes[found] <= smallest_street(zoom))
        return seen


def _layer_name(role: str, geometry: Geometry) -> str:
    """A layer of a tile holds one kind of geometry here; the style asks by this name."""
    return role if geometry == "polygon" else f"{role} {geometry}s"


def _describe(name: str, kind: str) -> dict[str, str]:
    return {"kind": kind, "name": name} if name else {"kind": kind}


@lru_cache(maxsize=2048)
def _cut(store: Store, area_id: int, version: int, zoom: int, column: int, row: int) -> bytes:
    sources = tuple(
        source["source_id"]
        for source in store.rows(
            "SELECT DISTINCT source_id FROM boundary WHERE area_id = ? ORDER BY 1", [area_id]
        )
    )
    parts = []
    for role in BASE_LAYERS:
        if zoom >= FIRST_ZOOM.get(role, 0):
            with _BUILDING:  # a browser asks for many tiles at once: the layer is read for the first
                layer = _read_layer(store, area_id, sources, role)
            parts.append(layer.cut(zoom, column, row))
    return b"".join(parts)


@lru_cache(maxsize=_AREAS_IN_MEMORY * len(BASE_LAYERS))
def _read_layer(store: Store, area_id: int, sources: tuple[int, ...], role: str) -> _TileLayer:
    frame = read_window(store, area_id, (role,)) if sources else pd.DataFrame()
    if frame.empty:
        nothing = np.array([], dtype=object)
        return _TileLayer(role, nothing, [], [], nothing, shapely.STRtree(nothing), nothing)
    shapes = shapely.transform(shapely.from_wkb(frame.geometry.to_numpy()), _to_mercator)
    classes = np.array([street_class(kind) for kind in frame.kind], dtype=np.int64)
    if role != "street" or (classes > 0).all():
        classes[:] = 0  # a layer that does not say which streets are main ones is drawn whole
    west, north, east, south = shapely.bounds(shapes).T
    width = np.maximum(east - west, south - north)
    tree = shapely.STRtree(shapes)
    return _TileLayer(role, shapes, frame.name.tolist(), frame.kind.tolist(), classes, tree, width)


def _to_mercator(points: np.ndarray) -> np.ndarray:
    """Degrees to Web Mercator, 0 to 1 across the world and y down."""
    lat = np.radians(np.clip(points[:, 1], -85.06, 85.06))
    y = (1 - np.arcsinh(np.tan(lat)) / np.pi) / 2
    return np.column_stack([(points[:, 0] + 180) / 360, y])
