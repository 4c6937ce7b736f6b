"""Outlines as GeoJSON that maps fetch by address, so that a map message carries only ids and values.

Coordinates are WGS 84, five decimals (about a metre). Nothing here says what was recorded, or how often."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from analytics.basemap import has_streets
from analytics.hotspots.counts import find_study_cells
from analytics.hotspots.grid.cell_places import name_study_area
from analytics.hotspots.grid.cells import Grid, name_cells, outline_cells
from analytics.store import Store
from analytics.store.engine import open_engine

MAXIMUM_OUTLINES = 20_000


def cells_geojson(store: Store, area_id: int, kind: str, size: int) -> bytes:
    """Outlines of the cells that ever had an incident, feature id 'x3y-4'; where the area has streets,
    property `place` is what each is called by them. Without streets places are called as records call them,
    and no record's text is served here.

    Raises ValueError for an unknown grid or more than MAXIMUM_OUTLINES cells, KeyError for an unknown area.
    """
    return _cells(store, area_id, Grid(kind, size), store.data_version())


@lru_cache(maxsize=16)
def _cells(store: Store, area_id: int, grid: Grid, data_version: int) -> bytes:
    area = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area_id])
    if not area:
        raise KeyError(f"There is no working area {area_id}.")
    cells = find_study_cells(open_engine(store), area_id, grid)
    if len(cells) > MAXIMUM_OUTLINES:
        raise ValueError(f"{len(cells)} cells are too many to draw; choose larger ones.")
    epsg = area[0]["epsg"]
    rings = outline_cells(epsg, grid, cells.i.to_numpy(), cells.j.to_numpy()).tolist()
    streets = has_streets(store, area_id)
    places = name_study_area(store, data_version, area_id, epsg, grid) if streets else {}
    return _collection(
        _feature(
            name,
            {"type": "Polygon", "coordinates": [ring]},
            {"id": name} | ({"place": places[name]} if name in places else {}),
        )
        for name, ring in zip(name_cells(cells.i, cells.j), rings, strict=True)
    )


def _feature(name: str, geometry: dict[str, Any], properties: dict[str, str]) -> dict[str, Any]:
    return {"type": "Feature", "id": name, "properties": properties, "geometry": geometry}


def _collection(features: Iterable[dict[str, Any]]) -> bytes:
    collection = {"type": "FeatureCollection", "features": list(features)}
    return json.dumps(collection, separators=(",", ":")).encode()
