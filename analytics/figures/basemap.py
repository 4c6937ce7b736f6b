"""The base map: the area's own streets, water, parks and boundaries, with no tile from anywhere."""

from __future__ import annotations

import json
from functools import lru_cache

import shapely

from analytics.figures.palette import DARK, LIGHT
from analytics.store import Store

ROLES = ("area", "street", "water", "green")


def layer_geojson(store: Store, area_id: int, role: str) -> bytes:
    """The outlines of one role in a working area as GeoJSON, WGS 84, five decimals (about a metre).

    Raises ValueError for an unknown role.
    """
    if role not in ROLES:
        raise ValueError(f"A layer is one of {', '.join(ROLES)}.")
    return _layer(store, area_id, role, store.data_version())


@lru_cache(maxsize=32)
def _layer(store: Store, area_id: int, role: str, data_version: int) -> bytes:
    rows = store.query(
        "SELECT source_id || '_' || row_number AS id, code, name, geometry FROM boundary WHERE area_id = ?"
        " AND role = ? ORDER BY source_id, row_number",
        [area_id, role],
    ).to_pylist()
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "properties": {"id": row["id"], "name": row["name"] or row["code"] or ""},
            "geometry": json.loads(shapely.to_geojson(_lighter(row["geometry"]))),
        }
        for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def _lighter(wkb: bytes) -> shapely.Geometry:
    geometry = shapely.simplify(shapely.from_wkb(wkb), 2e-5)
    return shapely.transform(geometry, lambda points: points.round(5))


def map_style(area_id: int, data_version: int, *, dark: bool) -> dict:
    """A MapLibre style that asks only this server. It has no `glyphs`, so labels are drawn locally."""
    colour = DARK if dark else LIGHT
    sources = {
        role: {"type": "geojson", "data": f"/basemap/{area_id}/{role}.geojson?v={data_version}"}
        for role in ROLES
    }
    wide = ["interpolate", ["linear"], ["zoom"], 9, 0.2, 12, 0.8, 16, 6]
    wider = ["interpolate", ["linear"], ["zoom"], 9, 0.4, 12, 1.6, 16, 8]
    return {
        "version": 8,
        "sources": sources,
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": colour["background"]}},
            {"id": "green", "type": "fill", "source": "green", "paint": {"fill-color": colour["green"]}},
            {"id": "water", "type": "fill", "source": "water", "paint": {"fill-color": colour["water"]}},
            _line("casing", "street", colour["casing"], wider, 0.7),
            _line("street", "street", colour["street"], wide, 0.75),
            _line("area", "area", colour["area"], 1.2, 0.9),
        ],
    }


def _line(name: str, source: str, colour: str, width: float | list, opacity: float) -> dict:
    paint = {"line-color": colour, "line-width": width, "line-opacity": opacity}
    return {"id": name, "type": "line", "source": source, "paint": paint}
