"""A chart of links for paper: the places of the screen, drawn without a browser, as SVG or PNG."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from analytics.figures.link_chart import WEAK, ChartNode, ChartTie, LinkChart
from analytics.figures.link_marks import STATUS_MARKS, NodeMark, find_mark
from analytics.figures.theme import GLYPH, LIGHT, PRINT_ALARM

matplotlib.rcParams["svg.fonttype"] = "path"
matplotlib.rcParams["svg.hashsalt"] = "achilles"  # the same data give the same bytes
FORMS = ("svg", "png")
_WIDTH, _TALLEST, _LOWEST = 780.0, 540.0, 220.0  # points: A4, lying
_MARGIN, _LEGEND, _HEAD = 34.0, 20.0, 22.0  # points
_WORDS, _SMALL = 6.5, 6.0  # points
_LETTER = 0.56  # the width of a letter, by its size
_LONGEST = 26  # letters
_TINY, _FEW = 3.0, 60  # points of a node's radius, and how many names stand among such small nodes
_GRID = 24.0  # of a glyph
_RESOLUTION = 200  # dots an inch
_CORNERS = {
    "square": (4, 45, 1.25),
    "diamond": (4, 0, 1.28),
    "pentagon": (5, 90, 1.18),
    "hexagon": (6, 0, 1.12),
}
_DIGITS = re.compile(r"-?\d+(?:\.\d+)?")
_STEP = re.compile(r"([MLCZ])([^MLCZ]*)")
_CODES = {"M": [Path.MOVETO], "L": [Path.LINETO], "C": [Path.CURVE4] * 3, "Z": [Path.CLOSEPOLY]}


def draw_links(chart: LinkChart, form: str = "svg", *, mark: str = "") -> bytes:
    """The chart as a picture, one of FORMS, with a legend, and at its head the `mark` of what is invented.
    Raises ValueError for a chart without nodes."""
    if not chart.nodes:
        raise ValueError("A chart without nodes has no picture.")
    points, height, scale = _place(chart.nodes)
    whole = height + _LEGEND + (_HEAD if mark else 0)
    figure = Figure(figsize=(_WIDTH / 72, whole / 72))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, _WIDTH), ylim=(whole, 0))
    axes.axis("off")
    if mark:
        _write(axes, _WIDTH / 2, _HEAD / 2 + 2, mark, 9, PRINT_ALARM, weight="bold")
        points = points + (0, _HEAD)
    radii = np.array([9 * min(scale**0.7, 1.2) * node.size for node in chart.nodes])
    _draw_ties(axes, chart, points)
    _draw_nodes(axes, chart.nodes, points, radii)
    _draw_rings(axes, chart, points, radii)
    _write_names(axes, chart.nodes, points, radii)
    _write_legend(axes, chart, whole - _LEGEND / 2)
    file = io.BytesIO()
    about = {"Date": None} if form == "svg" else {"Software": None}
    figure.savefig(file, format=form, dpi=_RESOLUTION, metadata=about)
    return file.getvalue()


def _place(nodes: Sequence[ChartNode]) -> tuple[np.ndarray, float, float]:
    """Places on paper (n, 2) in points, the height of the picture, and points a unit."""
    units = np.array([(node.x, node.y) for node in nodes])
    low, extent = units.min(axis=0), np.maximum(np.ptp(units, axis=0), 1.0)
    scale = min((_WIDTH - 2 * _MARGIN) / extent[0], (_TALLEST - 2 * _MARGIN) / extent[1], 1.2)
    height = max(float(extent[1]) * scale + 2 * _MARGIN, _LOWEST)
    middle = np.array([_WIDTH / 2, height / 2])
    return (units - low - extent / 2) * scale + middle, height, float(scale)


def _draw_ties(axes: Axes, chart: LinkChart, points: np.ndarray) -> None:
    index = {node.id: k for k, node in enumerate(chart.nodes)}
    many = len(chart.ties) > 1500
    for dashed in (True, False):
        ties = [tie for tie in chart.ties if (tie.probability < WEAK) == dashed]
        lines = [(points[index[tie.one]], points[index[tie.other]]) for tie in ties]
        axes.add_collection(
            LineCollection(
                lines,
                colors=LIGHT.text,
                alpha=0.25 if many else 0.45,
                linewidths=[_width(tie) * (0.5 if many else 1) for tie in ties],
                linestyles=(0, (4, 3)) if dashed else "solid",
                zorder=1,
            )
        )


def _width(tie: ChartTie) -> float:
    """Points: wide for what is sure and often seen."""
    return 0.4 + 0.7 * tie.probability + 0.6 * min(float(np.log10(max(tie.weight, 1.0))), 2.0)


def _draw_nodes(axes: Axes, nodes: Sequence[ChartNode], points: np.ndarray, radii: np.ndarray) -> None:
    for kind in sorted({node.kind for node in nodes}):
        of = [k for k, node in enumerate(nodes) if node.kind == kind]
        _draw_marks(axes, find_mark(kind), points[of], radii[of])


def _draw_marks(axes: Axes, mark: NodeMark, points: np.ndarray, radii: np.ndarray) -> None:
    places = [Affine2D().scale(r).translate(x, y) for (x, y), r in zip(points, radii, strict=True)]
    outline = _outline(mark.shape)
    shapes = [outline.transformed(place) for place in places]
    axes.add_collection(
        PathCollection(shapes, facecolors=mark.colour, edgecolors=LIGHT.background, linewidths=0.5, zorder=2)
    )
    glyph = _read_glyph(mark.glyph)
    drawn = [(glyph.transformed(place), 0.12 * r) for place, r in zip(places, radii, strict=True) if r > 3]
    axes.add_collection(
        PathCollection(
            [path for path, _ in drawn],
            facecolors="none",
            edgecolors=GLYPH,
            linewidths=[width for _, width in drawn],
            capstyle="round",
            joinstyle="round",
            zorder=3,
        )
    )


def _outline(shape: str) -> Path:
    """Of radius 1."""
    if shape not in _CORNERS:
        return Path.unit_circle()
    corners, turn, grown = _CORNERS[shape]
    angles = np.radians(-turn) + 2 * np.pi * np.arange(corners + 1) / corners
    return Path(grown * np.column_stack([np.cos(angles), np.sin(angles)]), closed=True)


def _read_glyph(text: str) -> Path:
    """A glyph (SVG path of M, L, C and Z) in a node of radius 1."""
    vertices: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    for letter, numbers in _STEP.findall(text):
        values = [float(number) for number in _DIGITS.findall(numbers)] or [0.0, 0.0]
        vertices += list(zip(values[::2], values[1::2], strict=True))
        codes += _CODES[letter]
    return Path((np.array(vertices) - _GRID / 2) * 1.5 / _GRID, codes)


def _draw_rings(axes: Axes, chart: LinkChart, points: np.ndarray, radii: np.ndarray) -> None:
    fine = min(float(np.median(radii)) / 6, 1.0)
    for status in STATUS_MARKS:
        of = [k for k, node in enumerate(chart.nodes) if node.status == status.code]
        style = (0, (1, 1.4)) if status.code == "protected" else "solid"
        for away in (2.6, 5.2) if status.code == "hub" else (2.6,):
            width = (2.2 if status.code == "critical" else 1.2) * fine
            _ring(axes, points[of], radii[of] + away * fine, status.colour, width, style)
    of = [k for k, node in enumerate(chart.nodes) if node.id == chart.selected]
    _ring(axes, points[of], radii[of] + 4.4 * fine, LIGHT.accent, 2 * fine, "solid")


def _ring(
    axes: Axes,
    points: np.ndarray,
    radii: np.ndarray,
    colour: str,
    width: float,
    style: str | tuple[int, tuple[float, ...]],
) -> None:
    rings = [
        Path.unit_circle().transformed(Affine2D().scale(r).translate(x, y))
        for (x, y), r in zip(points, radii, strict=True)
    ]
    axes.add_collection(
        PathCollection(
            rings, facecolors="none", edgecolors=colour, linewidths=width, linestyles=[style], zorder=3
        )
    )


def _write_names(axes: Axes, nodes: Sequence[ChartNode], points: np.ndarray, radii: np.ndarray) -> None:
    """As many names as have room, those of marked and large nodes first."""
    taken = np.column_stack([points - radii[:, None], points + radii[:, None]])
    first = sorted(range(len(nodes)), key=lambda k: (not nodes[k].status, -nodes[k].size, nodes[k].id))
    if float(np.median(radii)) < _TINY:  # a name may cover some nodes, and few are written
        taken, first = np.empty((0, 4)), first[:_FEW]
    for k in first:
        name = nodes[k].label
        name = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        x, y = float(points[k, 0]), float(points[k, 1] + radii[k] * 1.2 + _WORDS * 0.75)
        half = len(name) * _WORDS * _LETTER / 2
        box = np.array([x - half, y - _WORDS * 0.6, x + half, y + _WORDS * 0.6])
        met = (
            (taken[:, 0] < box[2]) & (box[0] < taken[:, 2]) & (taken[:, 1] < box[3]) & (box[1] < taken[:, 3])
        )
        if not met.any():
            taken = np.vstack([taken, box])
            _write(axes, x, y, name, _WORDS)


def _write_legend(axes: Axes, chart: LinkChart, y: float) -> None:
    x = _MARGIN
    for kind in sorted({node.kind for node in chart.nodes}, key=lambda kind: find_mark(kind).label):
        mark = find_mark(kind)
        _draw_marks(axes, mark, np.array([[x, y]]), np.array([5.0]))
        _write(axes, x + 9, y, mark.label, _SMALL, align="left")
        x += 20 + len(mark.label) * _SMALL * _LETTER
    for status in STATUS_MARKS:
        if any(node.status == status.code for node in chart.nodes):
            style = (0, (1, 1.4)) if status.code == "protected" else "solid"
            _ring(axes, np.array([[x, y]]), np.array([4.5]), status.colour, 1.6, style)
            words = status.label.split(":")[0]
            _write(axes, x + 9, y, words, _SMALL, align="left")
            x += 20 + len(words) * _SMALL * _LETTER
    if any(tie.probability < WEAK for tie in chart.ties):
        axes.plot([x - 4, x + 12], [y, y], color=LIGHT.text, linewidth=1, linestyle=(0, (4, 3)))
        _write(axes, x + 16, y, "less likely than not", _SMALL, align="left")


def _write(
    axes: Axes,
    x: float,
    y: float,
    words: str,
    size: float,
    colour: str = LIGHT.text,
    *,
    weight: str = "normal",
    align: str = "center",
) -> None:
    """Words as they are: a dollar sign of the data begins no formula."""
    shown = "".join(letter if letter.isprintable() else " " for letter in words)
    axes.text(
        x,
        y,
        shown,
        fontsize=size,
        color=colour,
        weight=weight,
        ha=align,
        va="center",
        parse_math=False,
        zorder=4,
    )
