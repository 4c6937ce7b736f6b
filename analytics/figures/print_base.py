"""The base map on paper: the layers, colours and widths of the screen's style, drawn without a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.patheffects
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from analytics.figures.base_style import BASE_STYLE, UNDER_STREETS, ZOOMS, BaseLayer, kind_width
from analytics.figures.theme import LIGHT
from analytics.shared.base_layers import BaseFeatures, smallest_street, street_class

_Transform = Callable[..., Any]  # x and y in, x and y out
_PIXELS = 96  # an inch of the screen, by which widths on paper are those of the screen
_POINTS = 72 / _PIXELS
_METRES = 78271.517  # a pixel at zoom 0 on the equator (tiles of 512 pixels)
_FILLED = 0.8  # of a figure's width, by its map
_NAMES, _NAME_SIZE = 16, 4.8  # streets that are named on a map; points


def draw_base(
    axes: Axes,
    layers: Mapping[str, BaseFeatures],
    project: _Transform,
    unproject: _Transform,
    centre: np.ndarray,
    reach: float,
    *,
    over: bool,
) -> None:
    """Draw what of the base map lies `over` the data or under it, about `centre` and `reach` metres up and
    down, as the screen does where it shows as much."""
    zoom = find_zoom(axes, unproject, centre, reach)
    first = next(k for k, layer in enumerate(BASE_STYLE) if layer.name == UNDER_STREETS)
    for layer in BASE_STYLE[first:] if over else BASE_STYLE[:first]:
        features = layers.get(layer.role)
        if features is None or zoom < layer.shown_from - 1:
            continue
        shapes = _project_near(features, project, unproject, centre, reach * 1.4)
        colour = layer.colour_in(LIGHT)
        if layer.drawn == "fill":
            _fill(axes, [shape for shape, _, _ in shapes], colour, layer.opacity)
        elif layer.drawn == "line":
            for width, lines in _by_width(layer, shapes, zoom).items():
                axes.add_collection(
                    LineCollection(
                        lines, colors=colour, linewidths=width, alpha=layer.opacity, capstyle="round"
                    )
                )
        elif layer.drawn == "label":
            _write_names(axes, [(shape, name) for shape, _, name in shapes], colour, centre, reach)


def find_zoom(axes: Axes, unproject: _Transform, centre: np.ndarray, reach: float) -> float:
    """The zoom at which a screen shows as many metres an inch as this map does."""
    pixels = axes.figure.get_figure(root=True).get_figwidth() * _FILLED * _PIXELS
    _, lat = unproject(*centre)
    return float(np.log2(_METRES * np.cos(np.radians(lat)) / (2.5 * reach / pixels)))


def width_on_paper(layer: BaseLayer, zoom: float, kind: str = "") -> float:
    """The width of a line in points, 0 where it is not drawn at that zoom."""
    width = float(np.interp(zoom, ZOOMS, layer.widths)) * _POINTS
    if not layer.by_kind:
        return width
    return width * kind_width(kind) if street_class(kind) <= max(smallest_street(int(zoom)), 2) else 0.0


def _project_near(
    features: BaseFeatures, project: _Transform, unproject: _Transform, centre: np.ndarray, reach: float
) -> list[tuple[shapely.Geometry, str, str]]:
    """The features in the window, in metres, each with its kind and name; a city's streets are sifted in
    degrees first, and only those left projected."""
    window = shapely.box(*(centre - reach), *(centre + reach))
    corners = shapely.get_coordinates(window)
    near = shapely.box(*np.ravel([f(unproject(*corners.T), axis=1) for f in (np.min, np.max)]))
    shapes = shapely.from_wkb(features.shapes)
    at = np.flatnonzero(shapely.intersects(shapely.envelope(shapes), near))
    projected = shapely.transform(shapes[at], lambda p: np.column_stack(project(p[:, 0], p[:, 1])))
    inside = shapely.intersects(projected, window)
    return [
        (shape, features.kinds[row], features.names[row])
        for shape, row in zip(projected[inside], at[inside].tolist(), strict=True)
    ]


def _fill(axes: Axes, shapes: Sequence[shapely.Geometry], colour: str, opacity: float) -> None:
    for shape in shapes:
        for part in shapely.get_parts(shapely.orient_polygons(shape)):
            if part.geom_type == "Polygon":
                rings = [part.exterior, *part.interiors]
                outline = Path.make_compound_path(*(Path(shapely.get_coordinates(ring)) for ring in rings))
                axes.add_patch(PathPatch(outline, facecolor=colour, linewidth=0, alpha=opacity))


def _by_width(
    layer: BaseLayer, shapes: Sequence[tuple[shapely.Geometry, str, str]], zoom: float
) -> dict[float, list[np.ndarray]]:
    """The lines of a layer, and of polygons where it is one of outlines, by their width in points."""
    lines: dict[float, list[np.ndarray]] = {}
    for shape, kind, _ in shapes:
        width = width_on_paper(layer, zoom, kind)
        for part in shapely.get_parts(shape):
            is_outline = part.geom_type == "Polygon"
            if width and is_outline == (layer.geometry == "polygon") and part.geom_type != "Point":
                line = part.exterior if is_outline else part
                lines.setdefault(width, []).append(shapely.get_coordinates(line))
    return lines


def _write_names(
    axes: Axes,
    named: Sequence[tuple[shapely.Geometry, str]],
    colour: str,
    centre: np.ndarray,
    reach: float,
) -> None:
    """The names of the longest streets along them, and of places at them; none over another."""
    sides = reach * np.array([1.2, 0.95])
    window = shapely.box(*(centre - sides), *(centre + sides))
    found = [(shapely.intersection(shape, window), name) for shape, name in named if name]
    parts = [(max(shapely.get_parts(shape), key=lambda p: p.length), name) for shape, name in found if shape]
    taken: list[np.ndarray] = []
    written: set[str] = set()
    for part, name in sorted(parts, key=lambda pair: (-pair[0].length, pair[1])):
        room = reach * 0.032 * len(name)  # about as long as the name is
        if len(written) == _NAMES:
            return
        if name in written or (part.geom_type == "LineString" and part.length < room):
            continue
        at, angle = _middle(part)
        if any(np.hypot(*(at - other)) < reach * 0.16 for other in taken):
            continue
        text = axes.text(
            at[0],
            at[1],
            name.replace("$", r"\$"),
            fontsize=_NAME_SIZE,
            color=colour,
            rotation=angle,
            rotation_mode="anchor",
            ha="center",
            va="center",
            clip_on=True,
        )
        halo = matplotlib.patheffects.withStroke(linewidth=1.2, foreground=LIGHT.map_background)
        text.set_path_effects([halo])
        taken.append(at)
        written.add(name)


def _middle(part: shapely.Geometry) -> tuple[np.ndarray, float]:
    """The middle of a line or point, and the direction there, degrees, never upside down."""
    if part.geom_type != "LineString":
        return shapely.get_coordinates(part.centroid)[0], 0.0
    ends = shapely.get_coordinates(part.interpolate([0.4, 0.5, 0.6], normalized=True))
    east, north = ends[2] - ends[0]
    angle = float(np.degrees(np.arctan2(north, east)))
    return ends[1], angle - 180 * round(angle / 180)
