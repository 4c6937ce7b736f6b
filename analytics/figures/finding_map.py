"""The place of a finding on the map of the screen: its cells by count, and the outline that is spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from analytics.figures.map_picture import MapPicture
from analytics.figures.maps import MapFrame, fitted_zoom, outline_map
from analytics.figures.theme import theme
from analytics.shared.method_result import Measure

_Ring = Sequence[tuple[float, float]]
_FOCUS = "spoken-of"  # a name that no layer of the base map has
_AROUND = 3.5  # how many times its own size is seen around a place


def finding_map(
    place: shapely.Geometry, cells: Sequence[tuple[_Ring, int]], frame: MapFrame, *, label: str
) -> MapPicture:
    """The cells (outline and count) around a `place`, WGS 84; the place itself stands out.

    The frame's centre and zoom are set to the place and what lies around it."""
    shown = [(shapely.Polygon(ring), count) for ring, count in cells if count > 0]
    table = pd.DataFrame(
        {
            "id": [f"cell {number}" for number in range(len(shown))],
            "name": [f"{count} recorded" for _, count in shown],
            "count": [count for _, count in shown],
            "geometry": np.array([shape for shape, _ in shown], dtype=object),
        }
    )
    picture = outline_map(
        table, Measure("count", "recorded in a cell"), _look_at(place, frame), layer="", label=label
    )
    source = {
        "type": "geojson",
        "data": {"type": "Feature", "properties": {}, "geometry": place.__geo_interface__},
    }
    edge = {
        "id": _FOCUS,
        "type": "line",
        "source": _FOCUS,
        "paint": {"line-color": theme(dark=frame.dark).chosen, "line-width": 4},
    }
    kept = [(layer, below) for layer, below in picture.layers if layer["source"] != "dots"]
    return replace(picture, sources=picture.sources | {_FOCUS: source}, layers=[*kept, (edge, None)])


def _look_at(place: shapely.Geometry, frame: MapFrame) -> MapFrame:
    west, south, east, north = place.bounds
    wide, high = (east - west) * _AROUND, (north - south) * _AROUND
    middle = place.centroid
    lon, lat, zoom = fitted_zoom(
        np.array([middle.x - wide, middle.x + wide]), np.array([middle.y - high, middle.y + high])
    )
    return replace(frame, lon=lon, lat=lat, zoom=zoom)
