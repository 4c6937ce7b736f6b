"""The outlines of the study area's cells, served by URL so that a map message carries only ids and values."""

from __future__ import annotations

import json
from functools import lru_cache

from analytics.hotspots.counts import study_cells
from analytics.hotspots.grid.cells import Grid, cell_names, outlines
from analytics.store import Store
from analytics.store.engine import DuckDBEngine

MOST_OUTLINES = 20_000


def cells_geojson(store: Store, area_id: int, kind: str, size: int) -> bytes:
    """Outlines of the cells that ever had an incident, WGS 84, feature id 'x3y-4'.

    Raises ValueError for an unknown grid or more than MOST_OUTLINES cells, KeyError for an unknown area.
    """
    return _cells(store, area_id, Grid(kind, size), store.data_version())


@lru_cache(maxsize=16)
def _cells(store: Store, area_id: int, grid: Grid, data_version: int) -> bytes:
    area = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area_id])
    if not area:
        raise KeyError(f"There is no working area {area_id}.")
    cells = study_cells(DuckDBEngine(store), area_id, grid)
    if len(cells) > MOST_OUTLINES:
        raise ValueError(f"{len(cells)} cells are too many to draw; choose larger ones.")
    rings = outlines(area[0]["epsg"], grid, cells.i.to_numpy(), cells.j.to_numpy()).tolist()
    features = [
        {
            "type": "Feature",
            "id": name,
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for name, ring in zip(cell_names(cells.i, cells.j), rings, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()
