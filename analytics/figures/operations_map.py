"""The map of operations of adverts: each numbered at its main town as in the list, over land and towns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.map_picture import Choices, MapPicture, MapView
from analytics.figures.numbered_dots import dot_layers
from analytics.figures.theme import theme
from analytics.figures.world_maps import town_map

_SOURCE = "operations"
_KINDS = ("of the chosen operation", "other towns")
_IN_A_ROW = 5
_APART = 26  # pixels between two numbers
_WIDTH = 800  # pixels of the map for which they stand so far apart
_NARROWEST = 0.8  # degrees that are shown at least: the outlines of land are coarse


@dataclass(frozen=True)
class NumberedOperation:
    """An operation as the list names and numbers it, and its main town."""

    id: str
    number: int
    town: str


def operations_map(
    operations: Sequence[NumberedOperation],
    towns: pd.DataFrame,
    steps: pd.DataFrame,
    *,
    channel: str,
    label: str,
    chosen: str | None,
    dark: bool,
) -> MapPicture:
    """The towns (place, lon, lat, adverts, is_new: of the chosen operation) with the steps
    (origin, destination) of the chosen operation between them, and in rows below each town the numbers of the
    operations that advertise most there. What is chosen in the list of the same `channel` is marked."""
    colours = theme(dark=dark)
    base = town_map(towns, steps, label=label, dark=dark, kinds=_KINDS)
    known = towns.dropna(subset=["lon", "lat"])
    box = _box(known)
    places = _lay_out(operations, known, (box[2] - box[0]) / _WIDTH)
    return replace(
        base,
        view=MapView((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 5.0, box),
        sources={**base.sources, _SOURCE: _features(operations, places)},
        layers=[
            *base.layers,
            *((layer, None) for layer in dot_layers("operation", _SOURCE, colours, size=12)),
        ],
        choices=Choices(channel, _SOURCE, ("operation dot",), places),
        chosen=chosen if chosen in places else None,
        height=None,
    )


def _box(towns: pd.DataFrame) -> tuple[float, float, float, float]:
    """West, south, east, north of what is shown."""
    if towns.empty:
        return -180.0, -60.0, 180.0, 75.0
    middle = np.array([towns.lon.min() + towns.lon.max(), towns.lat.min() + towns.lat.max()]) / 2
    half = np.array([np.ptp(towns.lon), np.ptp(towns.lat)]) / 2
    half = np.maximum(half * 1.2, _NARROWEST / 2)  # numbers stand beside and below their towns
    (west, south), (east, north) = (middle - half).tolist(), (middle + half).tolist()
    return west, south, east, north


def _lay_out(
    operations: Sequence[NumberedOperation], towns: pd.DataFrame, degrees: float
) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of each number, `degrees` of longitude to a pixel; those whose town is on no map
    are left out."""
    at = towns.drop_duplicates("place").set_index("place")[["lon", "lat"]]
    filled: dict[str, int] = {}
    places = {}
    for operation in operations:
        if operation.town not in at.index:
            continue
        row, column = divmod(filled.get(operation.town, 0), _IN_A_ROW)
        filled[operation.town] = filled.get(operation.town, 0) + 1
        lon, lat = at.loc[operation.town]
        up = degrees * np.cos(np.radians(lat))
        places[operation.id] = (
            round(float(lon + (column - (_IN_A_ROW - 1) / 2) * _APART * degrees), 5),
            round(float(lat - (row + 1.1) * _APART * up), 5),
        )
    return places


def _features(
    operations: Sequence[NumberedOperation], places: dict[str, tuple[float, float]]
) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"id": operation.id, "number": str(operation.number)},
            "geometry": {"type": "Point", "coordinates": list(places[operation.id])},
        }
        for operation in operations
        if operation.id in places
    ]
    return {
        "type": "geojson",
        "data": {"type": "FeatureCollection", "features": features},
        "promoteId": "id",
    }
