"""The base map: the area's own streets, water, parks and boundaries, with no tile from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.figures.map_picture import MapPicture, MapView
from analytics.figures.theme import theme
from analytics.shared.base_layers import DRAWN_LAYERS

# Streets by kind, from the widest; the built-in city and other layers have kinds of their own.
_MAIN = ["motorway", "trunk", "primary", "arterial"]
_MIDDLE = ["secondary", "tertiary"]
_SMALL = ["pedestrian", "service", "track", "footway", "cycleway"]


def map_style(
    area_id: int, data_version: int, *, dark: bool, layers: Sequence[str] = DRAWN_LAYERS
) -> dict[str, Any]:
    """A MapLibre style that asks only this server. It has no `glyphs`, so labels are drawn locally.

    `layers` are the roles drawn; of each the browser fetches every feature."""
    colours = theme(dark=dark)
    sources = {
        role: {
            "type": "geojson",
            "data": f"/basemap/{area_id}/{role}.geojson?v={data_version}",
            "promoteId": "id",
        }
        for role in layers
    }
    parts = [
        _fill("green", "green", colours.map_green),
        _fill("water", "water", colours.map_water),
        _line("rivers", "water", colours.map_water, _by_zoom(0.5, 1.5, 5), 1)
        | {"filter": ["==", ["geometry-type"], "LineString"]},
        _line("coast", "coast", colours.map_area, 0.6, 0.6),
        _fill("building", "building", colours.map_building) | {"minzoom": 13},
        _line("path", "path", colours.map_casing, _by_zoom(0, 0.3, 1.6), 0.8) | {"minzoom": 13},
        _line("rail", "rail", colours.map_area, _by_zoom(0.3, 0.7, 1.6), 0.5),
        _line("casing", "street", colours.map_casing, _by_kind(0.4, 1.6, 8), 0.7),
        _line("street", "street", colours.map_street, _by_kind(0.2, 0.8, 6), 0.75),
        _line("area", "area", colours.map_area, 1.2, 0.9),
        {
            "id": "poi",
            "type": "circle",
            "source": "poi",
            "minzoom": 14,
            "paint": {"circle-radius": 2.5, "circle-color": colours.map_area},
        },
        _label("street name", "street", 13, colours.text, colours.map_background)
        | {"filter": ["==", ["geometry-type"], "LineString"]},
        _label("place", "place", 8, colours.text, colours.map_background)
        | {"filter": ["==", ["geometry-type"], "Point"]},
    ]
    background = {
        "id": "background",
        "type": "background",
        "paint": {"background-color": colours.map_background},
    }
    return {
        "version": 8,
        "sources": sources,
        "layers": [background, *(part for part in parts if part["source"] in sources)],
    }


def base_picture(
    area_id: int,
    data_version: int,
    view: MapView,
    *,
    layers: Sequence[str],
    label: str,
    credit: str,
    dark: bool,
    height: int = 460,
) -> MapPicture:
    """The base map alone, as its own page shows it."""
    style = map_style(area_id, data_version, dark=dark, layers=layers)
    return MapPicture(label=label, style=style, view=view, credit=credit, height=height)


def _by_zoom(far: float, middle: float, near: float) -> list[Any]:
    """A width in pixels at the zooms of a region, of a city and of a street."""
    return ["interpolate", ["linear"], ["zoom"], 9, far, 12, middle, 16, near]


def _by_kind(far: float, middle: float, near: float) -> list[Any]:
    """The same for streets: main ones wider, small ones narrower and unseen from afar."""
    stops: list[Any] = ["interpolate", ["linear"], ["zoom"]]
    for zoom, width in ((9, far), (12, middle), (16, near)):
        small = 0 if zoom < 13 else width * 0.4
        by_kind = ["match", ["get", "kind"], _MAIN, width * 1.7, _MIDDLE, width * 1.2, _SMALL, small, width]
        stops += [zoom, by_kind]
    return stops


def _fill(name: str, source: str, colour: str) -> dict[str, Any]:
    return {
        "id": name,
        "type": "fill",
        "source": source,
        "filter": ["!=", ["geometry-type"], "LineString"],
        "paint": {"fill-color": colour},
    }


def _line(name: str, source: str, colour: str, width: float | list[Any], opacity: float) -> dict[str, Any]:
    paint = {"line-color": colour, "line-width": width, "line-opacity": opacity}
    return {"id": name, "type": "line", "source": source, "paint": paint}


def _label(name: str, source: str, zoom: float, colour: str, halo: str) -> dict[str, Any]:
    along = "line" if source == "street" else "point"
    return {
        "id": name,
        "type": "symbol",
        "source": source,
        "minzoom": zoom,
        "layout": {
            "text-field": ["get", "name"],
            "text-size": 11,
            "symbol-placement": along,
            "text-max-angle": 30,
        },
        "paint": {"text-color": colour, "text-halo-color": halo, "text-halo-width": 1.4},
    }
