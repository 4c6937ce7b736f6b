"""The base map: the area's own streets, water, parks and boundaries, as tiles of this server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.figures.base_style import (
    BASE_STYLE,
    MAIN_WIDTH,
    MIDDLE_WIDTH,
    NAMES_FONT,
    SMALL_WIDTH,
    ZOOMS,
    BaseLayer,
)
from analytics.figures.map_picture import LayerGroup, MapPicture, MapView
from analytics.figures.theme import Theme, theme
from analytics.shared.base_layers import (
    BASE_LAYERS,
    LAST_ZOOM,
    MAIN_STREETS,
    MIDDLE_STREETS,
    SMALL_STREETS,
)

TILES = "base"  # the source


def map_style(
    area_id: int, data_version: int, *, dark: bool, layers: Sequence[str] = BASE_LAYERS
) -> dict[str, Any]:
    """A MapLibre style that asks only this server. It has no `glyphs`, so labels are drawn in the browser, in
    the font that ships. `layers` are the roles drawn."""
    colours = theme(dark=dark)
    address = f"/tiles/{area_id}/{{z}}/{{x}}/{{y}}.mvt?v={data_version}"
    background = {
        "id": "background",
        "type": "background",
        "paint": {"background-color": colours.map_background},
    }
    return {
        "version": 8,
        "sources": {TILES: {"type": "vector", "tiles": [address], "maxzoom": LAST_ZOOM}},
        "layers": [background, *(_draw(layer, colours) for layer in BASE_STYLE if layer.role in layers)],
    }


def stored_layer(area_id: int, data_version: int, role: str) -> dict[str, Any]:
    """The source of one role's features whole, where values are shown on them."""
    address = f"/basemap/{area_id}/{role}.geojson?v={data_version}"
    return {"type": "geojson", "data": address, "promoteId": "id"}


def base_groups(layers: Sequence[str] = BASE_LAYERS) -> list[LayerGroup]:
    """The layers of the base map as a reader shows and hides them."""
    names: dict[str, list[str]] = {}
    for layer in BASE_STYLE:
        if layer.role in layers:
            names.setdefault(layer.group, []).append(layer.name)
    return [LayerGroup(group, tuple(of_group)) for group, of_group in names.items()]


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
    groups = base_groups(layers)
    return MapPicture(label=label, style=style, view=view, groups=groups, credit=credit, height=height)


def _draw(layer: BaseLayer, colours: Theme) -> dict[str, Any]:
    source_layer = layer.role if layer.geometry == "polygon" else f"{layer.role} {layer.geometry}s"
    common = {
        "id": layer.name,
        "source": TILES,
        "source-layer": source_layer,
        "minzoom": layer.shown_from,
    }
    return common | _PAINTERS[layer.drawn](layer, layer.colour_in(colours), colours.map_background)


def _fill(layer: BaseLayer, colour: str, halo: str) -> dict[str, Any]:
    return {"type": "fill", "paint": {"fill-color": colour, "fill-opacity": layer.opacity}}


def _line(layer: BaseLayer, colour: str, halo: str) -> dict[str, Any]:
    width = _by_kind(layer.widths) if layer.by_kind else _by_zoom(layer.widths)
    paint = {"line-color": colour, "line-width": width, "line-opacity": layer.opacity}
    return {"type": "line", "paint": paint}


def _circle(layer: BaseLayer, colour: str, halo: str) -> dict[str, Any]:
    paint = {"circle-radius": layer.widths[0], "circle-color": colour, "circle-opacity": layer.opacity}
    return {"type": "circle", "paint": paint}


def _label(layer: BaseLayer, colour: str, halo: str) -> dict[str, Any]:
    return {
        "type": "symbol",
        "layout": {
            "text-field": ["get", "name"],
            "text-font": [NAMES_FONT],
            "text-size": layer.widths[0],
            "symbol-placement": layer.geometry,
            "text-max-angle": 30,
        },
        "paint": {
            "text-color": colour,
            "text-halo-color": halo,
            "text-halo-width": 1.4,
            "text-opacity": layer.opacity,
        },
    }


_PAINTERS = {"fill": _fill, "line": _line, "circle": _circle, "label": _label}


def _by_zoom(widths: tuple[float, float, float]) -> list[Any]:
    stops = [part for stop in zip(ZOOMS, widths, strict=True) for part in stop]
    return ["interpolate", ["linear"], ["zoom"], *stops]


def _by_kind(widths: tuple[float, float, float]) -> list[Any]:
    """Widths of streets: main ones wider, small ones narrower and unseen from afar."""
    stops: list[Any] = ["interpolate", ["linear"], ["zoom"]]
    for zoom, width in zip(ZOOMS, widths, strict=True):
        small = 0 if zoom < 13 else width * SMALL_WIDTH
        kinds: list[Any] = [
            *(list(MAIN_STREETS), width * MAIN_WIDTH),
            *(list(MIDDLE_STREETS), width * MIDDLE_WIDTH),
            *(list(SMALL_STREETS), small),
        ]
        stops += [zoom, ["match", ["get", "kind"], *kinds, width]]
    return stops
