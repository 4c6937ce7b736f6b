"""Maps of cells, outlines and streets: frames in, a Plotly figure (as a dictionary) out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
import shapely

from analytics.figures.basemap import map_style
from analytics.figures.theme import (
    CELL_EDGE,
    CHOSEN,
    CLEAR,
    DIVERGING,
    LEGEND,
    LIGHT,
    OTHER,
    SEQUENTIAL,
    colour_scale,
    kind_colour,
)
from analytics.shared.method_result import Measure


class CellGrid(Protocol):
    """What a map has to know of a grid of cells: its kind and size (metres), which name its address."""

    @property
    def kind(self) -> str: ...

    @property
    def size(self) -> float: ...


@dataclass(frozen=True)
class MapFrame:
    """Where a map looks: the area, its data version, its centre (degrees) and zoom, the theme and the
    height (pixels)."""

    area_id: int
    data_version: int
    lon: float
    lat: float
    zoom: float
    dark: bool
    height: int = 520


def cell_map(
    cells: pd.DataFrame,
    grid: CellGrid,
    measure: Measure,
    frame: MapFrame,
    *,
    chosen: str | None,
    top: float | None = None,
) -> dict[str, Any]:
    """A choropleth of cells (columns id, count and the measure's) under the street lines.

    The colours end at `top`, or where not given at the 99th percentile, so that one cell does not wash out
    the rest."""
    address = f"/cells/{frame.area_id}/{grid.kind}/{grid.size}.geojson?v={frame.data_version}"
    return _map([_choropleth(cells, address, measure, chosen, top)], frame)


def outline_map(
    outlines: pd.DataFrame, measure: Measure, frame: MapFrame, *, layer: str, chosen: str | None
) -> dict[str, Any]:
    """A choropleth of outlines (id, name, geometry, the measure's column). Those of a held `layer` ('area')
    are fetched by address; others travel with the figure."""
    if layer == "street":
        return _street_map(outlines, measure, frame, chosen)
    if layer:
        address = f"/basemap/{frame.area_id}/{layer}.geojson?v={frame.data_version}"
        return _map([_choropleth(outlines, address, measure, chosen, None)], frame)
    shapes = outlines.geometry.to_numpy()
    features = [
        {"type": "Feature", "id": name, "properties": {}, "geometry": json.loads(shapely.to_geojson(shape))}
        for name, shape in zip(outlines.id, _light(shapes), strict=True)
    ]
    trace = _choropleth(outlines, {"type": "FeatureCollection", "features": features}, measure, chosen, None)
    return _map([trace, _dots(shapes, trace)], frame)


def _dots(shapes: np.ndarray, trace: dict[str, Any]) -> dict[str, Any]:
    """A dot of the same colour on each outline, for one of a few addresses is too small to be seen on a map
    of a city; its first customdata is the outline's id."""
    at = shapely.get_coordinates(shapely.point_on_surface(shapes)).round(5)
    ids, about = trace["locations"], trace["customdata"]
    return {
        "type": "scattermap",
        "mode": "markers",
        "lon": at[:, 0].tolist(),
        "lat": at[:, 1].tolist(),
        "showlegend": False,
        "marker": {
            "size": 8,
            "color": trace["z"],
            "cmin": trace["zmin"],
            "cmax": trace["zmax"],
            "colorscale": trace["colorscale"],
        },
        "customdata": [
            [name, value, *more] for name, value, more in zip(ids, trace["z"], about, strict=True)
        ],
        "hovertemplate": _after(trace["hovertemplate"]),
    }


def _after(hover: str) -> str:
    """The same hover text where the customdata begin with an id and the value."""
    moved = re.sub(r"customdata\[(\d+)\]", lambda found: f"customdata[{int(found[1]) + 2}]", hover)
    return moved.replace("%{z", "%{customdata[1]")


def highest(values: np.ndarray, most: float | None = None) -> float:
    """Where a colour scale ends: the 99th percentile of the sizes, or `most` if that is less."""
    top = max(float(np.quantile(np.abs(values), 0.99)), 1e-9) if len(values) else 1.0
    return top if most is None else min(top, most)


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


def _choropleth(
    table: pd.DataFrame,
    geojson: str | dict[str, Any],
    measure: Measure,
    chosen: str | None,
    top: float | None,
) -> dict[str, Any]:
    if measure.kinds:
        return _by_kind(table, geojson, measure)
    values = table[measure.column].to_numpy(dtype=float)
    top = highest(values, measure.maximum) if top is None else top
    about, hover = _hover(table, measure)
    trace = {
        "type": "choroplethmap",
        "geojson": geojson,
        "locations": table.id.tolist(),
        "z": np.round(values, 3).tolist(),
        "zmin": -top if measure.diverging else 0,
        "zmax": top,
        "colorscale": colour_scale(DIVERGING if measure.diverging else SEQUENTIAL),
        "colorbar": {"title": {"text": measure.legend, "side": "right"}, "thickness": 12, "len": 0.6},
        "below": "casing",
        "marker": {"opacity": 0.82, "line": {"width": 0.3, "color": CELL_EDGE}},
        "customdata": about,
        "hovertemplate": f"{measure.legend}: %{{z:.4~g}}<br>{hover}<extra></extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 0.82}},
    }
    if chosen in set(trace["locations"]):
        trace["selectedpoints"] = [trace["locations"].index(chosen)]
        trace["unselected"] = {"marker": {"opacity": 0.6}}
    return trace


def _by_kind(table: pd.DataFrame, geojson: str | dict[str, Any], measure: Measure) -> dict[str, Any]:
    """Named kinds, each with a colour of its own and its name on the scale."""
    # From below: the scale is read from the top down.
    kinds = [kind for kind in reversed(measure.kinds) if (table[measure.column] == kind).any()]
    colours = [kind_colour(kind) for kind in kinds] or [OTHER]
    steps = len(colours)
    scale = [[edge, colour] for k, colour in enumerate(colours) for edge in (k / steps, (k + 1) / steps)]
    about, hover = _hover(table, measure)
    return {
        "type": "choroplethmap",
        "geojson": geojson,
        "locations": table.id.tolist(),
        "z": [kinds.index(kind) for kind in table[measure.column]],
        "zmin": -0.5,
        "zmax": steps - 0.5,
        "colorscale": scale,
        "below": "casing",
        "colorbar": {
            "title": {"text": f"{measure.legend}<br>&nbsp;", "side": "top"},
            "thickness": 12,
            "len": 0.9,
            "tickvals": list(range(len(kinds))),
            "ticktext": kinds,
        },
        "marker": {"opacity": 0.85, "line": {"width": 0.3, "color": CELL_EDGE}},
        "customdata": about,
        "text": table[measure.column].tolist(),
        "hovertemplate": f"%{{text}}<br>{hover}<extra></extra>",
    }


def _hover(table: pd.DataFrame, measure: Measure) -> tuple[list[Any], str]:
    """What a feature says when pointed at. A name is data: Plotly shows `%{customdata}` with its few tags, so
    angle brackets are taken out of it."""
    shown = {"name": "%s", "count": "%s incidents", "before": "%s in the dates compared with"}
    columns = [name for name in shown if name in table and name != measure.column]
    about = table[columns].astype(object)
    if "name" in columns:
        about["name"] = about.name.map(lambda text: str(text).replace("<", "‹").replace(">", "›"))
    hover = "<br>".join(shown[name] % f"%{{customdata[{k}]}}" for k, name in enumerate(columns))
    return about.to_numpy().tolist(), hover


def _street_map(
    streets: pd.DataFrame, measure: Measure, frame: MapFrame, chosen: str | None
) -> dict[str, Any]:
    """Streets in five classes of the measure, drawn by the style from the held layer: only ids travel."""
    values = streets[measure.column].to_numpy(dtype=float)
    edges = (
        np.unique(np.quantile(values, [0, 0.5, 0.75, 0.9, 0.97, 1])) if len(values) else np.array([0.0, 1.0])
    )
    classes = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 2, 0))
    layers, legend = [], []
    for k in range(max(len(edges) - 1, 1)):
        colour = SEQUENTIAL[min(k + 1, len(SEQUENTIAL) - 1)]
        held = classes == k
        layers.append(_street_layer(f"class{k}", streets.id[held].tolist(), colour, 2 + k))
        if held.any():
            legend.append(_legend_entry(_span(values[held].min(), values[held].max()), colour))
    if chosen is not None:
        layers.append(_street_layer("chosen", [chosen], CHOSEN, 9))
    figure = _map(legend, frame)
    figure["layout"]["map"]["style"]["layers"].extend(layers)
    figure["layout"]["legend"] = {
        "title": {"text": measure.legend},
        "bgcolor": LEGEND,
        "font": {"color": LIGHT.text},
    }
    return figure


def _span(low: float, high: float) -> str:
    """The least and the most of a class, as a legend says them."""
    ends = [f"{value:,.0f}" if value >= 1000 else f"{value:,.4g}" for value in (low, high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _street_layer(name: str, ids: list[str], colour: str, width: float) -> dict[str, Any]:
    return {
        "id": name,
        "type": "line",
        "source": "street",
        "filter": ["in", ["get", "id"], ["literal", ids]],
        "paint": {
            "line-color": colour,
            "line-width": ["interpolate", ["linear"], ["zoom"], 10, width / 3, 16, width * 2],
        },
    }


def _legend_entry(name: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scattermap",
        "mode": "markers",
        "lon": [None],
        "lat": [None],
        "name": name,
        "showlegend": True,
        "marker": {"color": colour, "size": 10},
    }


def _map(traces: list[dict[str, Any]], frame: MapFrame) -> dict[str, Any]:
    return {
        "data": traces,
        "layout": {
            "map": {
                "style": map_style(frame.area_id, frame.data_version, dark=frame.dark),
                "center": {"lon": frame.lon, "lat": frame.lat},
                "zoom": frame.zoom,
            },
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "height": frame.height,
            "uirevision": f"{frame.area_id}",
            "clickmode": "event+select",
            "paper_bgcolor": CLEAR,
        },
    }


def _light(geometries: np.ndarray) -> np.ndarray:
    lighter: np.ndarray = shapely.transform(
        shapely.simplify(geometries, 2e-5), lambda points: points.round(5)
    )
    return lighter
