"""The map of Today: recorded crime by cell, and over it what deserves a look, numbered as in the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.map_picture import IS_CHOSEN, Choices, MapPicture
from analytics.figures.maps import CellGrid, MapFrame, cell_map, highest
from analytics.figures.numbered_dots import dot_layers, mark_chosen
from analytics.figures.theme import Theme, theme
from analytics.shared.method_result import Measure

_SOURCE = "attention"


@dataclass(frozen=True)
class NumberedPlace:
    """One place of the list: its id and number there, its middle and its outlines (closed rings, degrees)."""

    id: str
    number: int
    lon: float
    lat: float
    outlines: Sequence[Sequence[tuple[float, float]]]


def attention_map(
    cells: pd.DataFrame,
    grid: CellGrid,
    places: Sequence[NumberedPlace],
    frame: MapFrame,
    *,
    channel: str,
    label: str,
    legend: str,
    chosen: str | None,
) -> MapPicture:
    """Cells (id, count, lon, lat) under the streets, and the places' outlines and numbers over them. What is
    chosen in the list of the same `channel` is marked. `legend` says what is counted."""
    colours = theme(dark=frame.dark)
    top = float(max(np.ceil(highest(cells["count"].to_numpy())), 1))
    base = cell_map(cells, grid, Measure("count", legend), frame, label=label, top=top)
    west, east = np.quantile(cells.lon, [0.002, 0.998]).tolist()
    south, north = np.quantile(cells.lat, [0.002, 0.998]).tolist()
    return replace(
        base,
        view=replace(base.view, box=(west, south, east, north)),
        sources={**base.sources, _SOURCE: _features(places)},
        layers=[*base.layers, *((layer, None) for layer in _place_layers(colours))],
        choices=Choices(
            channel,
            _SOURCE,
            ("attention dot", "attention inside"),
            {place.id: (place.lon, place.lat) for place in places},
        ),
        chosen=chosen if chosen in {place.id for place in places} else None,
    )


def _place_layers(colours: Theme) -> tuple[dict[str, Any], ...]:
    """How the places are drawn, from the lowest layer up: inside, outline, dot and number of each."""
    mark, shape = mark_chosen(colours), ["!=", ["geometry-type"], "Point"]
    outline = {
        "id": "attention outline",
        "type": "line",
        "source": _SOURCE,
        "filter": shape,
        "paint": {"line-color": mark, "line-width": ["case", IS_CHOSEN, 4, 2]},
    }
    inside = {
        "id": "attention inside",
        "type": "fill",
        "source": _SOURCE,
        "filter": shape,
        "paint": {"fill-color": mark, "fill-opacity": ["case", IS_CHOSEN, 0.12, 0]},
    }
    return inside, outline, *dot_layers("attention", _SOURCE, colours, size=13)


def _features(places: Sequence[NumberedPlace]) -> dict[str, Any]:
    features = []
    for place in places:
        about = {"id": place.id, "number": str(place.number)}
        if place.outlines:
            rings = [[[list(corner) for corner in ring]] for ring in place.outlines]
            shape = {"type": "MultiPolygon", "coordinates": rings}
            features.append({"type": "Feature", "properties": about, "geometry": shape})
        point = {"type": "Point", "coordinates": [place.lon, place.lat]}
        features.append({"type": "Feature", "properties": about, "geometry": point})
    collection = {"type": "FeatureCollection", "features": features}
    return {"type": "geojson", "data": collection, "promoteId": "id"}
