"""Marks over a map that the reader can show: findings, actions, premises, the towns of adverts, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import shapely

from analytics.figures.base_style import NAMES_FONT
from analytics.figures.map_picture import LayerGroup, MapPicture
from analytics.figures.theme import Theme, theme

_CLUSTERED_WITHIN = 36  # pixels
_NEAREST = 16  # zoom from which on nothing is clustered


@dataclass(frozen=True)
class MapMarks:
    """Places of one kind: its title, and lon, lat (degrees, WGS 84), label and count of each. What lies close
    together is drawn as one dot with the sum of the counts. Labels are data, and are shown as text. Marks
    `on_demand` have an empty table until the reader asks for them. Where the table has them, the `outline`
    (polygon, WGS 84) of each is drawn too, with its `name`."""

    title: str
    table: pd.DataFrame
    colour: str = "accent"  # of the theme
    on_demand: bool = False
    shown: bool = False  # before the reader asks


def add_marks(picture: MapPicture, marks: Sequence[MapMarks], *, dark: bool) -> MapPicture:
    """The picture with marks over all else, hidden until the reader asks for them under *Layers*."""
    sources, layers = dict(picture.sources), list(picture.layers)
    groups: list[LayerGroup] = []
    described = list(picture.described)
    for kind in marks:
        if kind.table.empty:
            if kind.on_demand:
                groups.append(LayerGroup(kind.title, (), shown=False, on_demand=True))
            continue
        dots, sums = f"{kind.title} dots", f"{kind.title} sums"
        sources[kind.title] = _source(kind.table)
        layers += [(layer, None) for layer in _layers(kind, dots, sums, theme(dark=dark))]
        drawn: tuple[str, ...] = (dots, sums)
        if "outline" in kind.table:
            rings, names = f"{kind.title} outlines", f"{kind.title} names"
            sources[rings] = _source_outlines(kind.table)
            layers += [(layer, None) for layer in _layers_outlines(kind, rings, names, theme(dark=dark))]
            drawn += (rings, names)
        groups.append(LayerGroup(kind.title, drawn, shown=kind.shown, on_demand=kind.on_demand))
        described.append(dots)
    all_groups = [*groups, *picture.groups]
    return replace(picture, sources=sources, layers=layers, groups=all_groups, described=described)


def _source(table: pd.DataFrame) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"label": str(row.label), "count": int(row.count_)},
            "geometry": {"type": "Point", "coordinates": [round(row.lon, 5), round(row.lat, 5)]},
        }
        for row in table.rename(columns={"count": "count_"}).itertuples()
    ]
    return {
        "type": "geojson",
        "data": {"type": "FeatureCollection", "features": features},
        "cluster": True,
        "clusterRadius": _CLUSTERED_WITHIN,
        "clusterMaxZoom": _NEAREST,
        "clusterProperties": {"count": ["+", ["get", "count"]]},
    }


def _source_outlines(table: pd.DataFrame) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"name": str(row.name)},
            "geometry": shapely.geometry.mapping(row.outline),
        }
        for row in table.itertuples(index=False)
    ]
    return {"type": "geojson", "data": {"type": "FeatureCollection", "features": features}}


def _layers_outlines(kind: MapMarks, rings: str, names: str, colours: Theme) -> list[dict[str, Any]]:
    line = {
        "id": rings,
        "type": "line",
        "source": rings,
        "paint": {"line-color": str(getattr(colours, kind.colour)), "line-width": 3},
    }
    name = {
        "id": names,
        "type": "symbol",
        "source": rings,
        "layout": {
            "text-field": ["get", "name"],
            "text-font": [NAMES_FONT],
            "text-size": 13,
            "text-anchor": "top",
            "text-offset": [0, 0.8],
            "text-allow-overlap": True,
        },
        "paint": {
            "text-color": colours.text,
            "text-halo-color": colours.map_background,
            "text-halo-width": 2,
        },
    }
    return [line, name]


def _layers(kind: MapMarks, dots: str, sums: str, colours: Theme) -> list[dict[str, Any]]:
    size = ["interpolate", ["linear"], ["get", "count"], 1, 5, 20, 10, 500, 18]
    circle = {
        "id": dots,
        "type": "circle",
        "source": kind.title,
        "paint": {
            "circle-radius": size,
            "circle-color": str(getattr(colours, kind.colour)),
            "circle-opacity": 0.85,
            "circle-stroke-color": colours.map_background,
            "circle-stroke-width": 1.5,
        },
    }
    number = {
        "id": sums,
        "type": "symbol",
        "source": kind.title,
        "filter": [">", ["get", "count"], 1],
        "layout": {"text-field": ["to-string", ["get", "count"]], "text-font": [NAMES_FONT], "text-size": 11},
        "paint": {
            "text-color": colours.text,
            "text-halo-color": colours.map_background,
            "text-halo-width": 1.2,
        },
    }
    return [circle, number]
