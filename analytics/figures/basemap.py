"""The base map: the area's own streets, water, parks and boundaries, with no tile from anywhere."""

from __future__ import annotations

from typing import Any

from analytics.figures.theme import theme
from analytics.shared.base_layers import BASE_LAYERS


def map_style(area_id: int, data_version: int, *, dark: bool) -> dict[str, Any]:
    """A MapLibre style that asks only this server. It has no `glyphs`, so labels are drawn locally."""
    colours = theme(dark=dark)
    sources = {
        role: {
            "type": "geojson",
            "data": f"/basemap/{area_id}/{role}.geojson?v={data_version}",
            "promoteId": "id",
        }
        for role in BASE_LAYERS
    }
    wide = ["interpolate", ["linear"], ["zoom"], 9, 0.2, 12, 0.8, 16, 6]
    wider = ["interpolate", ["linear"], ["zoom"], 9, 0.4, 12, 1.6, 16, 8]
    return {
        "version": 8,
        "sources": sources,
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": colours.map_background}},
            {"id": "green", "type": "fill", "source": "green", "paint": {"fill-color": colours.map_green}},
            {"id": "water", "type": "fill", "source": "water", "paint": {"fill-color": colours.map_water}},
            _line("casing", "street", colours.map_casing, wider, 0.7),
            _line("street", "street", colours.map_street, wide, 0.75),
            _line("area", "area", colours.map_area, 1.2, 0.9),
        ],
    }


def _line(name: str, source: str, colour: str, width: float | list[Any], opacity: float) -> dict[str, Any]:
    paint = {"line-color": colour, "line-width": width, "line-opacity": opacity}
    return {"id": name, "type": "line", "source": source, "paint": paint}
