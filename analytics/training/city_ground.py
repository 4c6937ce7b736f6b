"""What the invented city stands on: shore, river, railway, neighbourhoods with a kind each, and parks.

All in metres east and north of the city's centre. Neighbourhoods are drawn straight and bent afterwards with
everything that lies in them (`bend`), so that their streets bend alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
import shapely
from scipy.interpolate import CubicSpline

from analytics.training.settings import Rng, read_names, read_settings

_Shapes = TypeVar("_Shapes", shapely.Geometry, np.ndarray)
NeighbourhoodKind = Literal["old", "terraces", "estate", "industrial"]
_RINGS = ((0, 1), (850, 6), (1750, 11), (2750, 15), (3800, 19), (4950, 24), (6300, 28))  # metres, how many
_BUILT = 4_900.0  # metres from the centre within which neighbourhoods are built up
_REACH = 9_000.0  # metres from the centre to which shore and river are drawn finely


@dataclass(frozen=True)
class Neighbourhood:
    """A part of the city between main streets; `shape` is as drawn, before it is bent."""

    name: str
    kind: NeighbourhoodKind
    shape: shapely.Polygon
    middle: np.ndarray


@dataclass(frozen=True)
class CityGround:
    """`shore` runs from north to south, the sea east of it. `green` as kind, name and shape."""

    shore: np.ndarray
    land: shapely.Polygon
    river: shapely.Geometry
    rails: list[tuple[str, shapely.LineString]]
    neighbourhoods: list[Neighbourhood]
    green: list[tuple[str, str, shapely.Geometry]]
    bend: Bend

    @cached_property
    def outline(self) -> shapely.Geometry:
        """Where the city is built."""
        return self.join(self.neighbourhoods)

    def join(self, neighbourhoods: Iterable[Neighbourhood]) -> shapely.Geometry:
        """The land of some neighbourhoods as one shape, bent."""
        return self.bend(shapely.union_all([each.shape for each in neighbourhoods])).intersection(self.land)


class Bend:
    """A smooth displacement of the plane by four waves, of up to some 250 metres."""

    def __init__(self, rng: Rng):
        self._waves = [
            (rng.uniform(0, np.pi), rng.uniform(0, 6.3), rng.uniform(2600, 5200)) for _ in range(4)
        ]

    def move(self, points: np.ndarray) -> np.ndarray:
        """Points (n, 2) where they come to lie."""
        x, y = points.T
        for angle, phase, wave in self._waves:
            push = 105 * np.sin((x * np.cos(angle) + y * np.sin(angle)) / wave * 6.3 + phase)
            x, y = x - push * np.sin(angle), y + push * np.cos(angle)
        return np.column_stack([x, y])

    def __call__(self, shape: _Shapes) -> _Shapes:
        """A shape, or each of an array, with its edges bent."""
        bent: _Shapes = shapely.transform(shapely.segmentize(shape, 60), self.move)
        return bent


def lay_ground(rng: Rng) -> CityGround:
    """Draw the ground of the city."""
    shore = _draw_shore(rng)
    land = shapely.Polygon([*shore, (-30_000, shore[-1][1]), (-30_000, shore[0][1])])
    middle = _draw_river(rng)
    river = _widen(middle)
    bend = Bend(rng)
    rails = _draw_rails(rng)
    neighbourhoods = _part(rng, land, bend)
    green = _draw_parks(rng, neighbourhoods, bend, river, land)
    return CityGround(shore, land, river, rails, neighbourhoods, green, bend)


def _draw_shore(rng: Rng) -> np.ndarray:
    y = np.linspace(_REACH, -_REACH, 220)
    x = 5150 + 260 * np.sin(y / 1500 + rng.uniform(0, 6.3)) + 110 * np.sin(y / 520 + rng.uniform(0, 6.3))
    bay = -900 * np.exp(-(((y + 500) / 1100) ** 2))  # the harbour, where the river comes out
    x = x + bay + 0.00004 * np.abs(y) ** 2 + rng.normal(0, 12, len(y))
    return np.column_stack([x, y])


def _draw_river(rng: Rng) -> np.ndarray:
    """The middle of a river that swings to and fro on its way from the west to the harbour, points (n, 2)."""
    along = np.linspace(0, 1, 700)
    swing = 1.05 * np.sin(along * 2 * np.pi * 4.2 + rng.uniform(0, 6.3)) * (1 - 0.75 * along**2)
    swing += 0.3 * np.sin(along * 2 * np.pi * 1.6 + rng.uniform(0, 6.3)) * (1 - along)
    points = np.cumsum(np.column_stack([np.cos(swing), np.sin(swing)]), axis=0)
    start, end = np.array([-11_500.0, 600.0]), np.array([4_600.0, -520.0])
    # Turned and stretched so that it begins and ends where it has to.
    way, wanted = points[-1] - points[0], end - start
    turn = complex(*wanted) / complex(*way)
    placed = (points[:, 0] - points[0, 0] + 1j * (points[:, 1] - points[0, 1])) * turn + complex(*start)
    line = np.column_stack([placed.real, placed.imag])
    nearest = np.argmin(np.abs(line[:, 0]))  # south of the old town, whatever the swing
    line[:, 1] += (-620 - line[nearest, 1]) * np.exp(-((line[:, 0] / 3000) ** 2))
    return np.vstack([line, [6_500, -560]])


def _widen(middle: np.ndarray) -> shapely.Geometry:
    """The river as an area: 60 metres wide in the west, 190 at its mouth."""
    half = 30 + 65 / (1 + np.exp(-(middle[:, 0] - 2800) / 700))
    parts = [
        shapely.LineString(middle[at : at + 12]).buffer(half[at], quad_segs=4)
        for at in range(0, len(middle) - 1, 11)
    ]
    return shapely.union_all(parts).simplify(3)


def _draw_rails(rng: Rng) -> list[tuple[str, shapely.LineString]]:
    shift = rng.normal(0, 90, (3, 2))
    main = [(-30_000, -9_000), (-9_000, -2_400), (-4_600, 500), (-1_500, 1_150), (1_500, 830), (3_200, 420)]
    north = [(1_500, 830), (2_600, 1_500), (3_500, 3_600), (4_400, 6_400), (9_000, 18_000)]
    lines: list[tuple[str, shapely.LineString]] = []
    for name, at in (("Tarnwick line", main), ("Highmarle line", north)):
        points = np.array(at, float)
        points[1:4] += shift * (np.array([1, 1, 0.6])[:, None])
        if name == "Highmarle line":
            points[0] = lines[0][1].interpolate(lines[0][1].project(shapely.Point(1_500, 830))).coords[0]
        lines.append((name, shapely.LineString(_smooth(points, 140))))
    harbour = [(3_200, 420), (3_700, 150), (4_050, -250)]
    points = np.array([lines[0][1].coords[-1], *harbour[1:]])
    lines.append(("Harbour branch", shapely.LineString(_smooth(points, 20))))
    return lines


def _smooth(points: np.ndarray, number: int) -> np.ndarray:
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    return np.asarray(CubicSpline(length, points)(np.linspace(0, length[-1], number)))


def _part(rng: Rng, land: shapely.Polygon, bend: Bend) -> list[Neighbourhood]:
    """The built-up cells of a Voronoi diagram about rings of seeds."""
    area = read_settings()["area"]
    flat = np.array([area["half_width"], area["half_height"]]) / 4_700
    seeds = []
    for radius, number in _RINGS:
        angle = (np.arange(number) + rng.uniform(-0.3, 0.3, number)) / number * 2 * np.pi + rng.uniform(
            0, 6.3
        )
        away = radius * rng.uniform(0.9, 1.1, number)
        seeds.append(np.column_stack([np.cos(angle), np.sin(angle)]) * away[:, None] * flat)
    at = np.vstack(seeds)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(at), extend_to=shapely.box(-9000, -9000, 9000, 9000))
    names = list(read_names()["neighbourhoods"])
    rng.shuffle(names)
    found: list[Neighbourhood] = []
    ordered = sorted(cells.geoms, key=lambda cell: float(np.hypot(*_centre_of(cell))))
    for cell in ordered:
        middle = _centre_of(cell)
        far = float(np.hypot(*(middle / flat)))
        ragged = far > 4_000 and rng.random() < 0.35  # the city has fingers, and fields between them
        on_land = land.contains(shapely.Point(bend.move(middle[None])[0]))
        if far > _BUILT or ragged or not on_land:
            continue
        name = names[len(found) % len(names)] if far > 400 else "Old Town"
        found.append(Neighbourhood(name, _choose_kind(rng, middle, far), cell, middle))
    return found


def _centre_of(cell: shapely.Polygon) -> np.ndarray:
    return np.array([cell.centroid.x, cell.centroid.y])


def _choose_kind(rng: Rng, middle: np.ndarray, far: float) -> NeighbourhoodKind:
    x, y = middle
    if far < 1_250:
        return "old"
    if x > 3_000 and -2_600 < y < 1_100 or x < -3_300 and -1_900 < y < 1_200:
        return "industrial"  # the docks, and the works along the railway in the west
    if far < 2_900:
        return "terraces" if rng.random() < 0.8 else "estate"
    return "estate" if rng.random() < 0.65 else "terraces"


def _draw_parks(
    rng: Rng, neighbourhoods: list[Neighbourhood], bend: Bend, river: shapely.Geometry, land: shapely.Geometry
) -> list[tuple[str, str, shapely.Geometry]]:
    """Parks in corners of neighbourhoods, one along the river, a cemetery, allotments, woods at the edge."""
    names = list(read_names()["parks"])
    rng.shuffle(names)
    kinds = ["park"] * 7 + ["cemetery", "allotments", "allotments", "wood", "wood"]
    titles = {"cemetery": "St Aldric's Cemetery", "allotments": "", "wood": ""}
    order = rng.permutation(len(neighbourhoods) - 7) + 7  # none in the old town
    dry = river.buffer(30)
    found: list[tuple[str, str, shapely.Geometry]] = []
    for kind, at in zip(kinds, order, strict=False):
        home = neighbourhoods[at]
        inner = home.shape.buffer(-30)
        corner = np.asarray(shapely.get_coordinates(inner.exterior))[int(rng.integers(0, 4))]
        reach = rng.uniform(330, 520) if kind == "park" else rng.uniform(190, 300)
        about = _draw_plot(rng, corner * 0.55 + home.middle * 0.45, reach)
        park = bend(shapely.intersection(inner, about)).difference(dry).intersection(land)
        park = _largest(park.buffer(-12).buffer(12))
        if park.area > 25_000:
            found.append((kind, titles.get(kind, names[len(found) % len(names)]), park))
    return found


def _draw_plot(rng: Rng, at: np.ndarray, radius: float) -> shapely.Polygon:
    """A plot of five sides with corners a little round."""
    angle = np.sort((np.arange(5) + rng.uniform(-0.3, 0.3, 5)) / 5 * 2 * np.pi) + rng.uniform(0, 6.3)
    reach = radius * rng.uniform(0.85, 1.15, 5)
    ring = at + np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])
    return shapely.Polygon(ring).buffer(-15).buffer(15)


def _largest(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return parts[np.argmax(shapely.area(parts))] if len(parts) else shape
