"""A hotspot method's whole result for paper: a map or a chart with its title, legend and units, and what made
it."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd
import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from pyproj import Transformer

from analytics.figures.base_style import VALUES_OPACITY
from analytics.figures.charts import matrix_colours
from analytics.figures.maps import highest
from analytics.figures.print import RAMP, frame_map
from analytics.figures.print_base import draw_base
from analytics.figures.theme import ACCENT, COLD, DIVERGING, HOT, LIGHT, UNDER_WORDS, kind_colour
from analytics.shared.base_layers import BaseFeatures
from analytics.shared.method_result import Curve, Result
from analytics.shared.projection import project
from analytics.shared.week_clock import WEEKDAYS, read_clock
from analytics.shared.wording import spell_dates

_BOTH_WAYS = LinearSegmentedColormap.from_list("change", DIVERGING)
_UNDER_WORDS = LinearSegmentedColormap.from_list("table", UNDER_WORDS)
_Layers = Mapping[str, BaseFeatures]


class CellRings(Protocol):
    """A grid that can outline its cells."""

    def rings(self, i: np.ndarray, j: np.ndarray) -> np.ndarray: ...


class MapRequest(Protocol):
    """What was asked, as far as a map has to know it: the grid of its cells."""

    @property
    def grid(self) -> CellRings: ...


def print_result(
    result: Result,
    request: MapRequest,
    epsg: int,
    title: str,
    layers: _Layers,
    ending: str,
    *,
    credit: str = "",
) -> bytes:
    """The map with streets and water, legend, scale bar and north, or the chart; what made it stands below.

    `layers`: the base map by role; `ending`: 'png' (200 dots an inch) or 'svg'; `credit`: whose map
    lies under it. Raises ValueError where there is nothing to draw."""
    if result.table.empty:
        raise ValueError("There is nothing on this map or chart to print.")
    if result.shape in ("cells", "outlines"):
        figure = _sheet((10, 7.6))
        axes = figure.add_subplot()
        _draw_map(figure, axes, result, request, epsg, layers, credit=credit)
        axes.set_title(_shown(title), loc="left", fontsize=12, fontweight="bold")
    else:
        figure = _sheet((10, 5))
        _CHARTS.get(result.shape, _draw_curves)(figure, result)
        figure.suptitle(_shown(title), x=0.01, ha="left", fontsize=12, fontweight="bold")
    _say_what_made_it(figure, result)
    return _written(figure, ending)


def print_sides(
    sides: Sequence[tuple[str, MapRequest, Result]],
    epsg: int,
    title: str,
    layers: _Layers,
    ending: str,
    *,
    top: float | None,
    credit: str = "",
) -> bytes:
    """Two maps of cells side by side, each under its label; their colours end at `top` where they show one
    measure."""
    if all(result.table.empty for _, _, result in sides):
        raise ValueError("There is nothing on these maps to print.")
    figure = _sheet((15, 7.2))
    for k, (label, request, result) in enumerate(sides):
        axes = figure.add_subplot(1, len(sides), k + 1)
        _draw_map(figure, axes, result, request, epsg, layers, top=top, credit=credit)
        axes.set_title(_shown(label), loc="left", fontsize=11)
    figure.suptitle(_shown(title), x=0.01, ha="left", fontsize=12, fontweight="bold")
    _say_what_made_it(figure, sides[0][2])
    return _written(figure, ending)


def _sheet(size: tuple[float, float]) -> Figure:
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasSVG(figure)
    return figure


def _say_what_made_it(figure: Figure, result: Result) -> None:
    made = " · ".join(
        f"{name.replace('_', ' ')}: {spell_dates(str(value))}" for name, value in result.parameters.items()
    )
    figure.supxlabel(_shown(textwrap.fill(made, 170, max_lines=4)), fontsize=6.5, x=0.01, ha="left")


def _written(figure: Figure, ending: str) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=ending, dpi=200, metadata={"Date": None} if ending == "svg" else None)
    return buffer.getvalue()


def _draw_map(
    figure: Figure,
    axes: Axes,
    result: Result,
    request: MapRequest,
    epsg: int,
    layers: _Layers,
    *,
    top: float | None = None,
    credit: str = "",
) -> None:
    geometries = _projected_outlines(result, request, epsg)
    west, south, east, north = shapely.total_bounds(geometries) if len(geometries) else (0.0, 0.0, 1.0, 1.0)
    centre = np.array([(west + east) / 2, (south + north) / 2])
    reach = max(north - south, (east - west) / 1.25) / 2 * 1.05 + 100
    axes.set_facecolor(LIGHT.map_background)
    to_metres = Transformer.from_crs(4326, epsg, always_xy=True).transform
    to_degrees = Transformer.from_crs(epsg, 4326, always_xy=True).transform
    base = (axes, layers, to_metres, to_degrees, centre, reach)
    draw_base(*base, over=False)
    _draw_places(figure, axes, geometries, result, top)
    draw_base(*base, over=True)
    frame_map(axes, centre, reach, credit)


def _projected_outlines(result: Result, request: MapRequest, epsg: int) -> np.ndarray:
    if result.shape == "cells":
        rings = request.grid.rings(result.table.i.to_numpy(), result.table.j.to_numpy())
        return np.asarray(shapely.polygons(rings))
    return np.asarray(project(result.table.geometry.to_numpy(), epsg))


def _draw_places(
    figure: Figure, axes: Axes, geometries: np.ndarray, result: Result, top: float | None
) -> None:
    """Polygons filled, lines drawn, each in the colour of its measure; the legend beside them. Raises
    ValueError for a result without a measure."""
    if (measure := result.measure) is None:
        raise ValueError("This result has no measure that a map could show.")
    parts, owner = shapely.get_parts(geometries, return_index=True)
    lines = shapely.get_type_id(parts) == 1
    coordinates = [
        shapely.get_coordinates(part if line else part.exterior)
        for part, line in zip(parts, lines, strict=True)
    ]
    only_lines = len(parts) > 0 and lines.all()
    collection = (LineCollection if only_lines else PolyCollection)(
        coordinates, linewidths=1.8 if only_lines else 0.2, alpha=VALUES_OPACITY
    )
    values = result.table[measure.column].to_numpy()
    if measure.kinds:
        collection.set_alpha(None)  # a colour brings its own
        collection.set_color([_fade(kind_colour(values[k])) for k in owner])
        patches: list[Artist] = [
            Patch(color=_fade(kind_colour(kind)), label=_shown(kind))
            for kind in measure.kinds
            if kind in set(values)
        ]
        axes.legend(
            handles=patches,
            title=_shown(measure.legend),
            fontsize=8,
            loc="lower right",
        )
    else:
        numbers = values.astype(float)
        if top is None:
            top = highest(numbers, measure.maximum)
        collection.set_array(numbers[owner])
        collection.set_cmap(_BOTH_WAYS if measure.diverging else RAMP)
        collection.set_clim(-top if measure.diverging else 0, top)
        figure.colorbar(collection, ax=axes, shrink=0.6, pad=0.02, extend="max").set_label(
            _shown(measure.legend)
        )
    axes.add_collection(collection)


def _fade(colour: str) -> tuple[float, float, float, float]:
    """A colour as strong as a value is drawn on the screen."""
    red, green, blue, opacity = to_rgba(colour)
    return red, green, blue, opacity * VALUES_OPACITY


def _draw_clock(figure: Figure, result: Result) -> None:
    axes = figure.add_subplot()
    image = axes.imshow(read_clock(result.table).counts, cmap=RAMP, aspect="auto", vmin=0)
    axes.set_yticks(range(7), [day[:3] for day in WEEKDAYS])
    axes.set_xticks(range(24), [f"{hour:02d}" for hour in range(24)])
    axes.set_xlabel(f"hour, local time ({result.parameters.get('time_zone', '')})")
    figure.colorbar(image, ax=axes, pad=0.02).set_label(_shown(str(result.parameters["measure"])))


def _draw_matrix(figure: Figure, result: Result) -> None:
    """The first column by the second, in the colour of the third and with the words of the fourth, as on the
    screen."""
    rows, columns, value, text = result.table.columns[:4]
    order = [result.table[name].drop_duplicates().tolist() for name in (rows, columns)]
    coloured = result.table.assign(**{value: matrix_colours(result.table, value, 1.0)})
    wide, words = (
        coloured.pivot(index=rows, columns=columns, values=name).loc[order[0], order[1]]
        for name in (value, text)
    )
    axes = figure.add_subplot()
    image = axes.imshow(wide.to_numpy(dtype=float), cmap=_UNDER_WORDS, vmin=0, vmax=2, aspect="auto")
    for i, j in np.ndindex(words.shape):
        axes.text(j, i, _shown(str(words.iloc[i, j])), ha="center", va="center", fontsize=8)
    axes.set_yticks(range(len(order[0])), order[0])
    axes.set_xticks(range(len(order[1])), order[1])
    axes.set_ylabel(rows)
    axes.set_xlabel(columns)
    figure.colorbar(image, ax=axes, pad=0.02, extend="max").set_label(value)


def _draw_intervals(figure: Figure, result: Result) -> None:
    table = result.table
    measures, shares = list(dict.fromkeys(table.measure)), sorted(set(table.share))
    methods = list(dict.fromkeys(table.method))
    for k, measure in enumerate(measures):
        axes = figure.add_subplot(1, len(measures), k + 1)
        for s, share in enumerate(shares):
            part = table[(table.measure == measure) & (table.share == share)]
            value = part.value.to_numpy()
            axes.errorbar(
                value,
                [methods.index(name) + 0.18 * (s - (len(shares) - 1) / 2) for name in part.method],
                xerr=[value - part.lower, part.upper - value],
                fmt="oDs^x"[s % 5],
                color=(ACCENT, HOT, COLD)[s % 3],
                markersize=4,
                linewidth=1,
                capsize=2,
                label=f"{share:.0%} of the area",
            )
        axes.set_yticks(range(len(methods)), methods if k == 0 else [], fontsize=8)
        axes.invert_yaxis()
        axes.set_xlabel(f"{measure}, 95 % interval", fontsize=8)
        axes.tick_params(axis="x", labelsize=8)
        axes.grid(axis="x", alpha=0.3)
        if k == 0:
            axes.legend(fontsize=7)


def _draw_curves(figure: Figure, result: Result) -> None:
    for k, curve in enumerate(result.curves.values()):
        _draw_curve(figure.add_subplot(len(result.curves), 1, k + 1), curve)


def _draw_curve(axes: Axes, curve: Curve) -> None:
    table = curve.table
    dated = not pd.api.types.is_numeric_dtype(table.x)
    x = pd.to_datetime(table.x).to_numpy() if dated else table.x.to_numpy()
    if table.low.notna().any():
        axes.fill_between(
            x, table.low, table.high, color=ACCENT, alpha=0.18, linewidth=0, label=_shown(curve.band)
        )
    axes.plot(x, table.value, color=ACCENT, linewidth=1.5, label=_shown(curve.line))
    if "expected" in table:
        axes.plot(x, table.expected, color=COLD, linewidth=1.2, linestyle="--", label=_shown(curve.expected))
    if "marked" in table and table.marked.any():
        at = table.marked.to_numpy(dtype=bool)
        axes.plot(x[at], table.value[at], "D", color=HOT, markersize=6, label="exception")
    if curve.since:
        axes.axvline(date2num(np.datetime64(curve.since)), color=HOT, linestyle=":", linewidth=1.2)
    if dated:
        locator = AutoDateLocator()
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.set_xlabel(_shown(curve.x_title))
    axes.set_ylabel(_shown(curve.y_title))
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8)


def _shown(text: str) -> str:
    """Text from the data as it is: matplotlib would read dollar signs as mathematics."""
    return text.replace("$", r"\$")


_CHARTS: dict[str, Callable[[Figure, Result], None]] = {
    "clock": _draw_clock,
    "matrix": _draw_matrix,
    "intervals": _draw_intervals,
}
