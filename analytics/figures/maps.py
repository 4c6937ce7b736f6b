"""Maps of cells, outlines and streets: frames in, a picture for the map component out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
import shapely

from analytics.figures.base_style import UNDER_STREETS, VALUES_OPACITY
from analytics.figures.basemap import base_groups, map_style, stored_layer
from analytics.figures.map_picture import (
    HAS_VALUE,
    IS_CHOSEN,
    VALUE,
    FeatureValues,
    LayerGroup,
    Legend,
    MapPicture,
    MapView,
    colour_by_kind,
    colour_by_value,
)
from analytics.figures.theme import kind_colour, theme
from analytics.shared.method_result import Measure

_GROUPS = {"cells": "Cells", "area": "Districts with values"}
_STREET_CLASSES = (0, 0.5, 0.75, 0.9, 0.97, 1)  # quantiles


class CellGrid(Protocol):
    """What a map has to know of a grid of cells: its kind and size (metres), which name its address."""

    @property
    def kind(self) -> str: ...

    @property
    def size(self) -> float: ...


@dataclass(frozen=True)
class MapFrame:
    """Where a map looks: the area, its data version, its centre (degrees) and zoom, the theme, the height
    (pixels, None to fill its pane), whose base map it is, and whether the outlines of cells say what each is
    called, so that their names need not travel with every picture. A `box` (west, south, east, north) is
    shown whole in a pane of any size."""

    area_id: int
    data_version: int
    lon: float
    lat: float
    zoom: float
    dark: bool
    height: int | None = 520
    credit: str = ""
    cells_named: bool = False
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class _Scale:
    """A number for each row, the colour expression that reads it (as a share of `top`, where there is one),
    and the legend that explains it."""

    values: list[float]
    colour: list[Any]
    legend: Legend
    top: float | None = None


def cell_map(
    cells: pd.DataFrame,
    grid: CellGrid,
    measure: Measure,
    frame: MapFrame,
    *,
    label: str,
    chosen: str | None = None,
    top: float | None = None,
    group: str | None = None,
    drawable: bool = False,
    names: Mapping[str, str] | None = None,
) -> MapPicture:
    """Cells (columns id, count and the measure's, and `rank` where there are ranks) under the street lines.

    The colours end at `top`, or where not given at the 99th percentile, so that one cell does not wash out
    the rest. `names` are of every cell that any filter may show: pictures with the same names differ in
    numbers alone, and the names are sent once."""
    address = f"/cells/{frame.area_id}/{grid.kind}/{grid.size}.geojson?v={frame.data_version}"
    source = {"type": "geojson", "data": address, "promoteId": "id"}
    if names is not None:
        cells = cells.set_index("id").reindex(list(names)).rename_axis("id").reset_index()
        cells["place"] = list(names.values())
    if frame.cells_named:
        cells = cells.drop(columns="place", errors="ignore")
    return _value_map(
        cells, {"cells": source}, "cells", measure, frame, label, chosen, top, group=group, drawable=drawable
    )


def outline_map(
    outlines: pd.DataFrame,
    measure: Measure,
    frame: MapFrame,
    *,
    layer: str,
    label: str,
    chosen: str | None = None,
) -> MapPicture:
    """Outlines (id, name, geometry, the measure's column, maybe `rank`). Those of a stored `layer` ('area',
    'street') are fetched by address; others travel with the picture."""
    if layer == "street":
        return _street_map(outlines, measure, frame, label, chosen)
    if layer:
        source = stored_layer(frame.area_id, frame.data_version, layer)
        return _value_map(outlines, {layer: source}, layer, measure, frame, label, chosen, None)
    shapes = outlines.geometry.to_numpy()
    source = _features(outlines.id, _simplified(shapes))
    # A dot on each: the outline of one of a few addresses is too small to be seen on a map of a city.
    dots = _features(outlines.id, shapely.point_on_surface(shapes))
    picture = _value_map(
        outlines, {"outlines": source, "dots": dots}, "outlines", measure, frame, label, chosen, None
    )
    spot = {
        "id": "dots",
        "type": "circle",
        "source": "dots",
        "paint": {
            "circle-radius": 4,
            "circle-color": theme(dark=frame.dark).chosen,
            "circle-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0.8, 14, 0],
        },
    }
    groups = [LayerGroup("Outlines", ("values", "chosen", "dots")), *base_groups()]
    return replace(picture, layers=[*picture.layers, (spot, None)], groups=groups)


def highest(values: np.ndarray, maximum: float | None = None) -> float:
    """Where a colour scale ends: the 99th percentile of the sizes, for whole numbers the next whole one, or
    `maximum` if that is less."""
    sizes = np.abs(values)
    top = max(float(np.quantile(sizes, 0.99)), 1e-9) if len(sizes) else 1.0
    if len(sizes) and (sizes == np.floor(sizes)).all():
        top = max(float(np.ceil(top)), 1.0)
    return top if maximum is None else min(top, maximum)


def fitted_zoom(
    lon: np.ndarray, lat: np.ndarray, *, width: int = 400, height: int = 480
) -> tuple[float, float, float]:
    """Centre (degrees) and zoom at which the points fill a map of that size (pixels), leaving out the
    outermost half per cent. MapLibre shows 512 * 2^zoom pixels for 360 degrees of longitude (Web
    Mercator)."""
    west, east = np.quantile(lon, [0.005, 0.995])
    south, north = np.quantile(lat, [0.005, 0.995])
    middle = (south + north) / 2
    across = width / max(east - west, 0.005)
    upwards = height * np.cos(np.radians(middle)) / max(north - south, 0.005)
    zoom = np.log2(0.92 * min(across, upwards) * 360 / 512)
    return float((west + east) / 2), float(middle), float(np.clip(zoom, 1, 15))


def _value_map(
    table: pd.DataFrame,
    sources: dict[str, Any],
    source: str,
    measure: Measure,
    frame: MapFrame,
    label: str,
    chosen: str | None,
    top: float | None,
    *,
    group: str | None = None,
    drawable: bool = False,
) -> MapPicture:
    scale = _scale(table, measure, top, dark=frame.dark)
    fill = {
        "id": "values",
        "type": "fill",
        "source": source,
        "paint": {"fill-color": scale.colour, "fill-opacity": VALUES_OPACITY, "fill-antialias": False},
    }
    edge = {
        "id": "chosen",
        "type": "line",
        "source": source,
        "paint": {
            "line-color": theme(dark=frame.dark).chosen,
            "line-width": ["case", IS_CHOSEN, 3, 0],
        },
    }
    return MapPicture(
        label=label,
        style=map_style(frame.area_id, frame.data_version, dark=frame.dark),
        view=MapView(frame.lon, frame.lat, frame.zoom, frame.box),
        sources=sources,
        layers=[(fill, UNDER_STREETS), (edge, None)],
        groups=[LayerGroup(_GROUPS.get(source, "Outlines"), ("values", "chosen")), *base_groups()],
        values=FeatureValues(
            source,
            table.id.tolist(),
            scale.values,
            _describe(table, measure),
            scale.top,
            _list_ranks(table),
        ),
        active="values",
        chosen=chosen if chosen in set(table.id) else None,
        legend=scale.legend,
        drawable=drawable,
        group=group,
        height=frame.height,
        credit=frame.credit,
    )


def _scale(table: pd.DataFrame, measure: Measure, top: float | None, *, dark: bool) -> _Scale:
    colours = theme(dark=dark)
    if measure.kinds:
        kinds = [kind for kind in measure.kinds if (table[measure.column] == kind).any()]
        numbers = {kind: number for number, kind in enumerate(kinds)}
        shades = [kind_colour(kind) for kind in kinds]
        return _Scale(
            table[measure.column].map(numbers).tolist(),
            colour_by_kind(shades),
            Legend(measure.legend, kinds=list(zip(kinds, shades, strict=True))),
        )
    values = table[measure.column].to_numpy(dtype=float)
    top = highest(values[~np.isnan(values)], measure.maximum) if top is None else top
    ramp = colours.diverging if measure.diverging else colours.ramp
    beyond = "≥ " if (values > top).any() else ""
    ticks = [_write(0), f"{beyond}{_write(top)}"]
    if measure.diverging:
        ticks = [f"{'≤ ' if (values < -top).any() else ''}{_write(-top)}", *ticks]
    lowest = -1 if measure.diverging else 0
    return _Scale(
        np.round(values, 3).tolist(),
        colour_by_value(np.linspace(lowest, 1, len(ramp)).tolist(), ramp),
        Legend(measure.legend, colours=ramp, ticks=ticks),
        top,
    )


def _describe(table: pd.DataFrame, measure: Measure) -> list[tuple[str, Sequence[str | float] | None]]:
    """What a feature says when pointed at: its name, its value, its counts."""
    own: tuple[str, None] = ("" if measure.kinds else measure.legend, None)
    shown = {"count": "incidents", "before": "in the dates compared with"}
    counts = [
        (words, table[column].tolist())
        for column, words in shown.items()
        if column in table and column != measure.column and words != measure.legend
    ]
    named = [("", table[column].astype(str).tolist()) for column in ("name", "place") if column in table]
    return [*named, own, *counts]


def _list_ranks(table: pd.DataFrame) -> list[int]:
    return table["rank"].fillna(0).astype(int).tolist() if "rank" in table else []


def _street_map(
    streets: pd.DataFrame, measure: Measure, frame: MapFrame, label: str, chosen: str | None
) -> MapPicture:
    """Streets in five classes of the measure, drawn from the stored layer: only ids and classes travel."""
    colours = theme(dark=frame.dark)
    values = streets[measure.column].to_numpy(dtype=float)
    edges = np.unique(np.quantile(values, _STREET_CLASSES)) if len(values) else np.array([0.0, 1.0])
    classes = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 2, 0))
    shades = [colours.ramp[min(k + 1, len(colours.ramp) - 1)] for k in range(max(len(edges) - 1, 1))]
    kinds = [
        (_span(values[classes == k].min(), values[classes == k].max()), shade)
        for k, shade in enumerate(shades)
        if (classes == k).any()
    ]
    width = ["case", IS_CHOSEN, 9, HAS_VALUE, ["+", VALUE, 2], 0]
    line = {
        "id": "values",
        "type": "line",
        "source": "street",
        "paint": {
            "line-color": ["case", IS_CHOSEN, colours.chosen, colour_by_kind(shades)],
            "line-width": ["interpolate", ["linear"], ["zoom"], 10, ["/", width, 3], 16, ["*", width, 2]],
        },
    }
    about = _describe(streets.assign(**{measure.column: values}), measure)
    descriptions = [(words, np.round(values, 3).tolist() if of is None else of) for words, of in about]
    return MapPicture(
        label=label,
        style=map_style(frame.area_id, frame.data_version, dark=frame.dark),
        view=MapView(frame.lon, frame.lat, frame.zoom, frame.box),
        sources={"street": stored_layer(frame.area_id, frame.data_version, "street")},
        layers=[(line, None)],
        groups=[LayerGroup("Streets with values", ("values",)), *base_groups()],
        values=FeatureValues(
            "street", streets.id.tolist(), classes.tolist(), descriptions, ranks=_list_ranks(streets)
        ),
        active="values",
        chosen=chosen if chosen in set(streets.id) else None,
        legend=Legend(measure.legend, kinds=kinds),
        height=frame.height,
        credit=frame.credit,
    )


def _span(low: float, high: float) -> str:
    """The least and the greatest value of a class, as a legend says them."""
    ends = [_write(low), _write(high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _write(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def _features(ids: pd.Series, shapes: np.ndarray) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"id": name},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for name, shape in zip(ids, shapes, strict=True)
    ]
    return {
        "type": "geojson",
        "data": {"type": "FeatureCollection", "features": features},
        "promoteId": "id",
    }


def _simplified(geometries: np.ndarray) -> np.ndarray:
    simpler: np.ndarray = shapely.transform(
        shapely.simplify(geometries, 2e-5), lambda points: points.round(5)
    )
    return simpler
