"""Routes for paper: bows between places over the outlines of countries, thicker the more rows
speak of them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import matplotlib.patheffects as effects
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from analytics.figures.print import write_svg
from analytics.figures.theme import ACCENT, LIGHT
from analytics.figures.world_maps import bow_points
from analytics.reference import reference_file

_LIFT = 0.12  # of a leg's length
_MARGIN = 0.15  # of the larger side
_NARROWEST = 1.5  # degrees of latitude
_NAMED = 25  # places with their name: more cannot be read
_FLATTEST, _TALLEST = 0.4, 1.1  # height by width


def print_routes(legs: pd.DataFrame, land: bytes) -> tuple[bytes, str] | None:
    """The SVG of legs (from, to, lon, lat, lon_to, lat_to, rows) and what it shows; None without one.

    `land`: GeoJSON of land that is invented, drawn with the world's."""
    if legs.empty:
        return None
    ends = _list_ends(legs)
    low, high = _find_window(ends)
    stretch = 1 / np.cos(np.radians((low[1] + high[1]) / 2))
    shape = float(np.clip(stretch * (high[1] - low[1]) / (high[0] - low[0]), _FLATTEST, _TALLEST))
    figure = Figure(figsize=(3.9, 3.9 * shape), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.set_facecolor(LIGHT.map_water)
    rings = [ring for ring in (*_world(), *_read_rings(json.loads(land))) if _touches(ring, low, high)]
    axes.add_collection(
        PolyCollection(rings, facecolors=LIGHT.map_background, edgecolors=LIGHT.map_area, linewidths=0.5)
    )
    lift = _LIFT * np.hypot(legs.lon_to - legs.lon, legs.lat_to - legs.lat)
    bows = [bow_points(row, up) for row, up in zip(legs.itertuples(), lift, strict=True)]
    width = 0.5 + 2.2 * np.sqrt(legs.rows.to_numpy(float) / max(float(legs.rows.max()), 1.0))
    axes.add_collection(LineCollection(bows, colors=ACCENT, linewidths=width, alpha=0.6))
    axes.scatter(ends.lon, ends.lat, s=7, color="black", zorder=3)
    _name_places(axes, ends)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_aspect(stretch)
    axes.set_xticks([])
    axes.set_yticks([])
    return write_svg(figure), f"Routes between {len(ends)} places, thicker the more rows speak of them"


def _list_ends(legs: pd.DataFrame) -> pd.DataFrame:
    """name, lon, lat, rows of each place, the one of most rows first."""
    sides = [
        legs[["from", "lon", "lat", "rows"]].set_axis(["name", "lon", "lat", "rows"], axis=1),
        legs[["to", "lon_to", "lat_to", "rows"]].set_axis(["name", "lon", "lat", "rows"], axis=1),
    ]
    ends = (
        pd.concat(sides).groupby("name").agg(lon=("lon", "first"), lat=("lat", "first"), rows=("rows", "sum"))
    )
    return ends.reset_index().sort_values(["rows", "name"], ascending=[False, True], ignore_index=True)


def _find_window(ends: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Lower left and upper right corner, in degrees, with a margin."""
    low, high = ends[["lon", "lat"]].min().to_numpy(), ends[["lon", "lat"]].max().to_numpy()
    middle, side = (low + high) / 2, np.maximum(high - low, _NARROWEST)
    half = side / 2 + _MARGIN * side.max()
    return middle - half, middle + half


def _name_places(axes: Axes, ends: pd.DataFrame) -> None:
    halo = [effects.withStroke(linewidth=1.6, foreground="white")]
    for row in ends.head(_NAMED).itertuples():
        name = " ".join(str(row.name).split())[:28].replace("$", r"\$")
        axes.annotate(
            name,
            (row.lon, row.lat),
            xytext=(2.5, 2.5),
            textcoords="offset points",
            fontsize=6,
            path_effects=halo,
            annotation_clip=True,
        )


@cache
def _world() -> tuple[np.ndarray, ...]:
    return tuple(_read_rings(json.loads(reference_file("world.geojson").read_bytes())))


def _read_rings(collection: dict[str, Any]) -> list[np.ndarray]:
    """The outer ring of every polygon."""
    rings = []
    for feature in collection.get("features", []):
        geometry = feature["geometry"]
        parts = geometry["coordinates"]
        for part in [parts] if geometry["type"] == "Polygon" else parts:
            rings.append(np.array(part[0], dtype=float)[:, :2])
    return rings


def _touches(ring: np.ndarray, low: np.ndarray, high: np.ndarray) -> bool:
    return bool((ring.max(axis=0) >= low).all() and (ring.min(axis=0) <= high).all())
