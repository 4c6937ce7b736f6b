"""Cell maps: frames in, a Plotly figure (as a dictionary) out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.figures.basemap import map_style
from analytics.figures.palette import DIVERGING, SEQUENTIAL, colour_scale
from analytics.hotspots.grid import Grid


@dataclass(frozen=True)
class MapFrame:
    """Where a map looks: the area, its data version, its centre (degrees) and zoom, and the theme."""

    area_id: int
    data_version: int
    lon: float
    lat: float
    zoom: float
    dark: bool


@dataclass(frozen=True)
class Measure:
    """What a map's colour says: the column, the legend with its unit, and whether it runs both ways from 0."""

    column: str
    legend: str
    diverging: bool = False


def cell_map(
    cells: pd.DataFrame, grid: Grid, measure: Measure, frame: MapFrame, *, chosen: str | None
) -> dict:
    """A choropleth of cells (columns id, count and the measure's) under the street lines.

    The colours end at the 99th percentile, so that one cell does not wash out the rest.
    """
    values = cells[measure.column].to_numpy(dtype=float)
    top = max(float(np.quantile(np.abs(values), 0.99)), 1e-9) if len(values) else 1.0
    trace = {
        "type": "choroplethmap",
        "geojson": f"/cells/{frame.area_id}/{grid.kind}/{grid.size}.geojson?v={frame.data_version}",
        "locations": cells.id.tolist(),
        "z": np.round(values, 3).tolist(),
        "zmin": -top if measure.diverging else 0,
        "zmax": top,
        "colorscale": colour_scale(DIVERGING if measure.diverging else SEQUENTIAL),
        "colorbar": {"title": {"text": measure.legend, "side": "right"}, "thickness": 12, "len": 0.6},
        "below": "casing",
        "marker": {"opacity": 0.82, "line": {"width": 0.3, "color": "rgba(80,90,100,0.4)"}},
        "customdata": cells[["count", "before"]].to_numpy().tolist(),
        "hovertemplate": f"{measure.legend}: %{{z:.4~g}}<br>%{{customdata[0]}} incidents, "
        "%{customdata[1]} in the period before<extra></extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 0.82}},
    }
    if chosen in set(trace["locations"]):
        trace["selectedpoints"] = [trace["locations"].index(chosen)]
        trace["unselected"] = {"marker": {"opacity": 0.45}}
    return {
        "data": [trace],
        "layout": {
            "map": {
                "style": map_style(frame.area_id, frame.data_version, dark=frame.dark),
                "center": {"lon": frame.lon, "lat": frame.lat},
                "zoom": frame.zoom,
            },
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "height": 520,
            "uirevision": f"{frame.area_id}",
            "clickmode": "event+select",
            "paper_bgcolor": "rgba(0,0,0,0)",
        },
    }


def fitted_zoom(lon: np.ndarray, lat: np.ndarray) -> tuple[float, float, float]:
    """Centre (degrees) and zoom that show the points, leaving out the outermost half per cent."""
    west, east = np.quantile(lon, [0.005, 0.995])
    south, north = np.quantile(lat, [0.005, 0.995])
    span = max((east - west) * np.cos(np.radians((south + north) / 2)) / 1.6, north - south, 0.005)
    return float((west + east) / 2), float((south + north) / 2), float(np.clip(np.log2(270 / span), 3, 15))
