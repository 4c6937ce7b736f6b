"""The land about the invented city, and the invented countries that its trade passes through: coasts, towns,
villages, and the roads and railways between them. Lengths are metres from the city's centre on the area's
projected CRS; what lies beyond is drawn in degrees, as a map of a country needs no metre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Transformer

from analytics.training.settings import Rng, read_names, read_settings

_SEA = 300_000.0  # metres of sea drawn about the outermost towns
_ABOUT = 60_000.0  # metres of land about the hull of a country's towns
_TOWNS_OF = {"XA": ("Dunvar", "Lethiny", "Sorovik"), "XB": ("Karrow Junction", "Ostrel Ferry", "Pellgate")}
_HOME = ("Highmarle", "Tarnwick")  # the towns of the city's own country
_INLAND = 130_000.0  # metres from the city to the far coast


@dataclass(frozen=True)
class Region:
    """Land as polygons (the city's own first) and the `sea` around them; `towns` and `villages` by name;
    `roads` as kind, name and line, `rails` as name and line. Metres east and north of the city's centre."""

    land: list[shapely.Geometry]
    sea: shapely.Geometry
    towns: dict[str, np.ndarray]
    villages: dict[str, np.ndarray]
    roads: list[tuple[str, str, shapely.LineString]]
    rails: list[tuple[str, shapely.LineString]]


def build_region(
    rng: Rng, shore: np.ndarray, gates: dict[str, np.ndarray], stations: dict[str, np.ndarray]
) -> Region:
    """The region about a city whose own shore is `shore`, points (n, 2) from north to south, whose main roads
    end at `gates`, and whose railways to other towns end at `stations`, by the town."""
    towns = {name: _from_degrees(*at) for name, at in read_settings()["towns"].items()}
    home = _draw_home(rng, shore, towns)
    others = [_draw_country(rng, [towns[name] for name in names]) for names in _TOWNS_OF.values()]
    land = [home, *others]
    at = np.array(list(towns.values()))
    sea = shapely.box(*(at.min(axis=0) - _SEA), *(at.max(axis=0) + _SEA))
    sea = sea.difference(shapely.union_all(land))
    villages = _place_villages(rng, home, at)
    roads = [
        ("trunk", f"{name} Road", _draw_road(rng, gates[f"{name} Road"], towns[name], 0.05)) for name in _HOME
    ]
    roads += _join_villages(rng, villages, {name: towns[name] for name in _HOME} | gates)
    for names in _TOWNS_OF.values():
        roads += [
            ("trunk", f"{a} to {b}", _draw_road(rng, towns[a], towns[b], 0.06))
            for a, b in zip(names, (*names[1:], names[0]), strict=True)
        ]
    rails = [(f"{name} line", _draw_road(rng, at, towns[name], 0.03)) for name, at in stations.items()]
    return Region(land, sea, towns, villages, roads, rails)


def _from_degrees(lon: float, lat: float) -> np.ndarray:
    area = read_settings()["area"]
    to_metres = Transformer.from_crs(4326, area["epsg"], always_xy=True)
    centre = to_metres.transform(area["longitude"], area["latitude"])
    return np.subtract(to_metres.transform(lon, lat), centre)


def _draw_home(rng: Rng, shore: np.ndarray, towns: dict[str, np.ndarray]) -> shapely.Geometry:
    """The city's country: its shore is the east coast, beyond which it reaches round its two other towns."""
    north, south = (towns[name] for name in _HOME)
    beyond = np.array([25_000.0, 18_000.0])
    upper = np.array([shore[0] + [24_000, 17_000], north + beyond, north + [-20_000, 45_000]])
    lower = np.array([south + [30_000, -30_000], south + [38_000, 12_000], shore[-1] + [-4_000, -24_000]])
    far = np.array([[-_INLAND, 95_000], [-_INLAND - 25_000, 10_000], [-_INLAND, -90_000]])
    corners = np.vstack([shore[-1], lower[::-1], far[::-1], upper[::-1], shore[0]])
    coast = _roughen(rng, corners, 0.16, 7)
    return shapely.make_valid(shapely.Polygon(np.vstack([shore, coast])).buffer(0))


def _draw_country(rng: Rng, towns: list[np.ndarray]) -> shapely.Geometry:
    hull = shapely.MultiPoint(np.array(towns)).convex_hull.buffer(_ABOUT, quad_segs=2)
    ring = shapely.get_coordinates(hull.exterior)
    return shapely.make_valid(shapely.Polygon(_roughen(rng, ring, 0.17, 5)).buffer(0))


def _roughen(rng: Rng, points: np.ndarray, share: float, times: int) -> np.ndarray:
    """Halve each step `times` times, and push each middle sideways by up to `share` of the step: a coast."""
    for _ in range(times):
        step = np.diff(points, axis=0)
        across = np.column_stack([-step[:, 1], step[:, 0]])
        middle = points[:-1] + step / 2 + across * rng.uniform(-share, share, (len(step), 1))
        joint = np.empty((len(points) + len(middle), 2))
        joint[::2], joint[1::2] = points, middle
        points = joint
    return points


def _draw_road(rng: Rng, start: np.ndarray, end: np.ndarray, share: float) -> shapely.LineString:
    return shapely.LineString(_roughen(rng, np.array([start, end]), share, 6))


def _place_villages(rng: Rng, land: shapely.Geometry, towns: np.ndarray) -> dict[str, np.ndarray]:
    """Villages of the city's country, no two within 14 km of each other or of a town."""
    names = list(read_names()["villages"])
    rng.shuffle(names)
    inland, taken = land.buffer(-2_000), list(towns)
    shapely.prepare(inland)
    placed: dict[str, np.ndarray] = {}
    low, high = np.array([-90_000.0, -100_000.0]), np.array([70_000.0, 110_000.0])
    for _ in range(4_000):
        at = rng.uniform(low, high)
        far = all(np.hypot(*(at - other)) > 14_000 for other in taken)
        if far and inland.contains(shapely.Point(at)):
            placed[names[len(placed)]] = at
            taken.append(at)
        if len(placed) == len(names):
            break
    return placed


def _join_villages(
    rng: Rng, villages: dict[str, np.ndarray], towns: dict[str, np.ndarray]
) -> list[tuple[str, str, shapely.LineString]]:
    """A road from each village to the nearest place that is nearer to a town, named after both."""
    everywhere = towns | villages
    middle = np.array(list(towns.values()))
    from_town = {name: float(np.hypot(*(middle - at).T).min()) for name, at in everywhere.items()}
    roads = []
    for name, at in villages.items():
        nearer = [other for other in everywhere if from_town[other] < from_town[name]]
        other = min(nearer, key=lambda place: float(np.hypot(*(everywhere[place] - at))))
        line = _draw_road(rng, everywhere[other], at, 0.06)
        roads.append(("secondary", f"{name} Road", line))
    return roads
