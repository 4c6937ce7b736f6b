"""Maps and charts of a finding for paper: outlines and counts in, an SVG out, drawn without a browser."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from pyproj import Transformer

from analytics.figures.base_style import VALUES_OPACITY
from analytics.figures.print_base import draw_base
from analytics.figures.theme import ACCENT, LIGHT, QUIET_BAR, SEQUENTIAL
from analytics.shared.base_layers import BaseFeatures
from analytics.shared.recent_trend import RecentTrend
from analytics.shared.time_window import find_narrowest_window, write_hours
from analytics.shared.wording import spell_dates

matplotlib.rcParams["svg.fonttype"] = "path"
matplotlib.rcParams["svg.hashsalt"] = "achilles"  # the same data give the same bytes
_Ring = Sequence[tuple[float, float]]
_PROBLEMS = 14  # of a chart, the most harm first
_BARS = 26  # of a trend: half a year of weeks
RAMP = LinearSegmentedColormap.from_list("counts", SEQUENTIAL)


def print_map(
    outlines: Sequence[_Ring],
    cells: Sequence[tuple[_Ring, int]],
    layers: Mapping[str, BaseFeatures],
    epsg: int,
    *,
    others: Sequence[_Ring] = (),
    reach: float = 1500,
    credit: str = "",
) -> bytes | None:
    """The cells (outline and count) around a place, whose `outlines` (WGS 84) are those of all its parts,
    on the base map, with a scale bar and north; SVG, or None without an outline or cells. Places of `others`
    within the map are drawn dashed.

    `layers`: the base map by role; `credit` says whose map that is. The map spans at least `reach` metres
    either side of the place.
    """
    if not outlines or not cells:
        return None
    project = Transformer.from_crs(4326, epsg, always_xy=True).transform
    unproject = Transformer.from_crs(epsg, 4326, always_xy=True).transform
    rings = [np.column_stack(project(*np.transpose(ring))) for ring, _ in cells]
    parts, around = (
        [np.column_stack(project(*np.transpose(ring))) for ring in some] for some in (outlines, others)
    )
    low, high = (extreme(np.concatenate(parts), axis=0) for extreme in (np.min, np.max))
    centre = (low + high) / 2
    reach = max(reach, 0.9 * float(max(high - low)))
    figure = Figure(figsize=(3.9, 2.9), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.set_facecolor(LIGHT.map_background)
    base = (axes, layers, project, unproject, centre, reach)
    draw_base(*base, over=False)
    counts = np.array([count for _, count in cells])
    shown = counts > 0
    collection = PolyCollection(
        [ring for ring, s in zip(rings, shown, strict=True) if s],
        array=counts[shown],
        cmap=RAMP,
        edgecolors="none",
        alpha=VALUES_OPACITY,
    )
    collection.set_clim(0, max(counts.max(), 1))
    axes.add_collection(collection)
    draw_base(*base, over=True)
    axes.add_collection(LineCollection(around, colors="black", linewidths=1.1, linestyles="dashed"))
    axes.add_collection(LineCollection(parts, colors="black", linewidths=1.8))
    frame_map(axes, centre, reach, credit)
    bar = figure.colorbar(collection, ax=axes, shrink=0.8, pad=0.02)
    bar.set_label("incidents in a cell", fontsize=7)
    bar.ax.tick_params(labelsize=7)
    return write_svg(figure)


def print_trend(
    trend: Sequence[tuple[str, int]], counted: str = "incidents", recent: RecentTrend | None = None
) -> tuple[bytes, str] | None:
    """The last half-year of a trend (the start of each period and its count): the SVG and what it shows; None
    where there is none. `recent` tells which bars are judged, and against what they were expected to be."""
    if not trend:
        return None
    shown = [(start, count) for start, count in trend if recent is None or start <= recent.last.isoformat()]
    shown = shown[-_BARS:]
    figure, axes = _strip()
    judged = recent.periods if recent else 0
    colours = [QUIET_BAR] * (len(shown) - judged) + [ACCENT] * judged if recent else ACCENT
    axes.bar(range(len(shown)), [count for _, count in shown], color=colours, width=0.82)
    alt = f"{counted.capitalize()} over time"
    if recent and recent.expected is not None:
        each = recent.expected / recent.periods
        axes.axhline(each, color="black", linewidth=0.8, linestyle=(0, (4, 2)))
        alt = (
            f"{counted.capitalize()} a {recent.unit}, the last {recent.periods} {recent.unit}s dark; "
            f"the line is what was expected, {each:.1f}"
        )
    ends = [0, len(shown) - 1] if len(shown) > 1 else [0]
    axes.set_xticks(ends, [spell_dates(shown[k][0]) for k in ends])
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.set_ylim(bottom=0)
    _align_ends(axes)
    return write_svg(figure), alt


def print_day(hours: Sequence[Sequence[float]] | None) -> tuple[bytes, str] | None:
    """The hours of the day (from counts by weekday and hour), those of the narrowest window that holds four
    fifths dark: the SVG and what it shows; None where no hour is known."""
    daily = [sum(day[hour] for day in hours) for hour in range(24)] if hours else []
    window = find_narrowest_window(daily)
    if window is None:
        return None
    figure, axes = _strip()
    colours = [ACCENT if window.contains(hour) else QUIET_BAR for hour in range(24)]
    axes.bar(np.arange(24) + 0.5, daily, color=colours, width=0.88)
    axes.set_xlim(0, 24)
    axes.set_xticks([0, 6, 12, 18, 24], ["00:00", "06:00", "12:00", "18:00", "24:00"])
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    _align_ends(axes)
    return write_svg(figure), f"Incidents by hour of the day, local time; dark: {write_hours(window)}"


def print_trend_and_harm(problems: pd.DataFrame) -> tuple[bytes, str] | None:
    """Problems with their change and its interval, the most harm on top: columns name, change, low, high and
    harm (per cent). The SVG and what it shows; None where there is none."""
    if problems.empty:
        return None
    shown = problems.head(_PROBLEMS).iloc[::-1]
    figure = Figure(figsize=(3.5, 0.5 + 0.17 * len(shown)), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    at = np.arange(len(shown))
    axes.axvline(0, color="black", linewidth=0.8)
    beyond = (shown.low > 0) | (shown.high < 0)
    axes.hlines(at, shown.low, shown.high, color=QUIET_BAR, linewidth=1.4)
    axes.scatter(shown.change, at, s=14, color=[ACCENT if far else "black" for far in beyond], zorder=3)
    names = [" ".join(str(name).split())[:28].replace("$", r"\$") for name in shown["name"]]
    axes.set_yticks(at, [f"{name}, {harm:.0f}%" for name, harm in zip(names, shown.harm, strict=True)])
    axes.tick_params(labelsize=7, length=2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("change (%)", fontsize=7)
    return write_svg(figure), "Change of each problem, with its interval; beside the name its share of harm"


def _strip() -> tuple[Figure, Axes]:
    """A low, wide chart for one figure, with no frame."""
    figure = Figure(figsize=(3.5, 1.05), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.tick_params(labelsize=7, length=2)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _align_ends(axes: Axes) -> None:
    """Keep the first and the last label of the axis within the chart."""
    labels = axes.get_xticklabels()
    if len(labels) > 1:
        labels[0].set_horizontalalignment("left")
        labels[-1].set_horizontalalignment("right")


def frame_map(axes: Axes, centre: np.ndarray, reach: float, credit: str = "") -> None:
    """The window about the centre, `reach` metres up and down, with a scale bar, north and whose map it is in
    place of ticks."""
    if credit:
        axes.set_xlabel(credit.replace("$", r"\$"), fontsize=5, loc="right", labelpad=2)
    axes.set_xlim(centre[0] - reach * 1.25, centre[0] + reach * 1.25)
    axes.set_ylim(centre[1] - reach, centre[1] + reach)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    length = next(x for x in (5000, 2000, 1000, 500, 200, 100) if x <= reach)
    left, bottom = centre[0] - reach * 1.17, centre[1] - reach * 0.9
    axes.plot([left, left + length], [bottom, bottom], color="black", linewidth=2.5, solid_capstyle="butt")
    label = f"{length // 1000} km" if length >= 1000 else f"{length} m"
    axes.text(left, bottom + reach * 0.04, label, fontsize=7, va="bottom")
    right, top = centre[0] + reach * 1.12, centre[1] + reach * 0.9
    axes.annotate(
        "N",
        xy=(right, top),
        xytext=(right, top - reach * 0.28),
        ha="center",
        fontsize=8,
        arrowprops={"arrowstyle": "-|>", "color": "black"},
    )


def write_svg(figure: Figure) -> bytes:
    """The same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, bbox_inches="tight", pad_inches=0.02)
    return buffer.getvalue()
