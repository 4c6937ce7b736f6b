"""The streets of the invented city: roads out of the centre, two rings, main streets between neighbourhoods,
and in each neighbourhood a pattern of its own. Metres east and north of the centre."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from analytics.training.city_ground import CityGround, Neighbourhood
from analytics.training.settings import Rng, read_names

# Along and across, metres between streets; estates have rings instead.
_SPACING = {"old": (125.0, 165.0), "terraces": (155.0, 260.0), "industrial": (280.0, 390.0)}
_RINGS_APART = 175.0
_LONGEST = 9  # blocks, after which a street goes on under another name
_MISSING, _MISSING_IN_ESTATE = 0.12, 0.05  # of the blocks, so that streets end and meet
_RADIALS = {  # the roads out of the centre, and where they lead, degrees from east
    "Highmarle Road": 64,
    "Lighthouse Road": 18,
    "Dock Road": -14,
    "Saltings Road": -52,
    "Priory Road": -95,
    "Tarnwick Road": -136,
    "Western Road": 178,
    "Moor Road": 140,
    "North Road": 101,
}


@dataclass(frozen=True)
class StreetLine:
    """One street, or a piece of it, of one name."""

    kind: str  # primary, secondary, tertiary or minor, as base maps have it
    name: str
    line: shapely.LineString


def draw_streets(rng: Rng, ground: CityGround) -> list[StreetLine]:
    """Every street of the city."""
    outline = ground.outline
    wet = ground.river.buffer(18)
    parks = shapely.union_all([shape for _, _, shape in ground.green])
    lines = shapely.union_all([line for _, line in ground.rails])
    names = _name_streets(rng)
    main = list(_draw_main(rng, ground))
    middle = list(_draw_between(ground, outline, wet, names))
    wide = shapely.union_all([street.line for street in main]).buffer(38)
    beyond = outline.envelope.buffer(500).difference(outline)
    closed = shapely.union_all([wet, parks.buffer(8), lines.buffer(24), wide, beyond])
    shapely.prepare(closed)
    small = []
    for each in ground.neighbourhoods:
        small += _draw_inside(rng, each, ground, closed, names)
    return [*main, *middle, *_draw_quays(ground), *small]


def find_gates(streets: list[StreetLine]) -> dict[str, np.ndarray]:
    """Where the roads out of the centre end, by their names."""
    ends: dict[str, np.ndarray] = {}
    for street in streets:
        if street.name in _RADIALS:
            points = shapely.get_coordinates(street.line)
            far = points[np.argmax(np.hypot(*points.T))]
            if street.name not in ends or np.hypot(*far) > np.hypot(*ends[street.name]):
                ends[street.name] = far
    return ends


def _name_streets(rng: Rng) -> dict[str, Iterator[str]]:
    """For each kind of neighbourhood names that no other street of the city has."""
    first, endings, used = list(read_names()["streets"]), read_names()["endings"], set(_RADIALS)

    def choose(kind: str) -> Iterator[str]:
        while True:
            name = f"{rng.choice(first)} {rng.choice(endings[kind])}"
            if name not in used or len(used) > 900:
                used.add(name)
                yield name

    return {kind: choose(kind) for kind in endings}


def _draw_main(rng: Rng, ground: CityGround) -> Iterator[StreetLine]:
    """Roads from the centre and two rings: these cross the river wherever they meet it."""
    land = ground.land.buffer(-40)
    for name, towards in _RADIALS.items():
        angle = np.radians(towards) + rng.uniform(-0.1, 0.1)
        far = np.linspace(420, 9_000, 60)
        sway = 0.13 * np.sin(far / rng.uniform(900, 1500) + rng.uniform(0, 6.3)) * np.clip(far / 2500, 0.2, 1)
        points = np.column_stack([far * np.cos(angle + sway), far * np.sin(angle + sway) * 0.92])
        yield from _pieces("primary", name, shapely.LineString(points).intersection(land))
    for radius, name, kind in ((430, "The Walls", "primary"), (3_150, "Ring Road", "primary")):
        angle = np.linspace(0, 2 * np.pi, 120)
        wave = sum(rng.uniform(0.01, 0.035) * np.cos(k * angle + rng.uniform(0, 6.3)) for k in (2, 3, 4, 5))
        ring = radius * (1 + wave)
        points = np.column_stack([1.08 * ring * np.cos(angle), 0.9 * ring * np.sin(angle)])
        yield from _pieces(kind, name, shapely.LineString(points).intersection(land))


def _draw_between(
    ground: CityGround, outline: shapely.Geometry, wet: shapely.Geometry, names: dict[str, Iterator[str]]
) -> Iterator[StreetLine]:
    """The main streets between neighbourhoods; one in three that meet the river has a bridge."""
    shapes = [each.shape for each in ground.neighbourhoods]
    edges = shapely.node(shapely.union_all([shape.exterior for shape in shapes]))
    merged = shapely.line_merge(shapely.union_all(shapely.get_parts(edges)))
    for number, edge in enumerate(shapely.get_parts(merged)):
        if not any(shapely.distance(edge.centroid, shape) < 1 for shape in shapes):
            continue
        bent = ground.bend(edge)
        if number % 3 or not bent.crosses(wet):
            bent = bent.difference(wet)
        kept = bent.intersection(outline.buffer(5)).intersection(ground.land.buffer(-30))
        yield from _pieces("secondary" if edge.length > 450 else "tertiary", next(names["terraces"]), kept)


def _draw_quays(ground: CityGround) -> Iterator[StreetLine]:
    """Streets along both banks in the middle of the city."""
    within = shapely.box(-1_900, -2_600, 3_300, 1_800).intersection(ground.outline)
    bank = ground.river.buffer(34).boundary.intersection(within)
    middle = shapely.line_merge(bank)
    for line in shapely.get_parts(middle):
        if line.length > 500:
            side = "North" if line.centroid.y > ground.river.intersection(within).centroid.y else "South"
            yield StreetLine("tertiary", f"{side} Quay", line.simplify(4))


def _draw_inside(
    rng: Rng,
    each: Neighbourhood,
    ground: CityGround,
    closed: shapely.Geometry,
    names: dict[str, Iterator[str]],
) -> list[StreetLine]:
    """The streets of one neighbourhood: rows and columns of a turned grid, or rings with ways to the edge."""
    is_estate = each.kind == "estate"
    rows = _draw_rings(rng, each) if is_estate else _draw_grid(rng, each)
    missing = _MISSING_IN_ESTATE if is_estate else _MISSING
    streets: list[StreetLine] = []
    for row in rows:
        edges = shapely.linestrings(np.stack([row[:-1], row[1:]], axis=1))
        edges = shapely.intersection(edges, each.shape)
        stays = (shapely.length(edges) > 12) & (rng.random(len(edges)) > missing)
        edges = ground.bend(edges)
        cut = shapely.intersects(edges, closed) & stays
        edges[cut] = shapely.difference(edges[cut], closed)
        stays &= shapely.length(edges) > 25
        for run in np.split(np.arange(len(edges)), np.flatnonzero(np.diff(stays)) + 1):
            for at in range(0, len(run) if stays[run[0]] else 0, _LONGEST):
                line = shapely.line_merge(shapely.union_all(edges[run[at : at + _LONGEST]]))
                streets += _pieces("minor", next(names[each.kind]), line)
    return streets


def _draw_grid(rng: Rng, each: Neighbourhood) -> list[np.ndarray]:
    along, across = _SPACING[each.kind]
    turn = rng.uniform(0, np.pi / 2)
    reach = float(np.hypot(*(shapely.get_coordinates(each.shape) - each.middle).T).max())
    u = np.arange(-reach, reach + along, along) + rng.uniform(0, along)
    v = np.arange(-reach, reach + across, across) + rng.uniform(0, across)
    uneven = 16.0 if each.kind == "old" else 5.0
    nodes = np.stack(np.meshgrid(u, v), axis=-1) + rng.normal(0, uneven, (len(v), len(u), 2))
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    nodes = nodes @ spin.T + each.middle
    return [*nodes, *np.swapaxes(nodes, 0, 1)]


def _draw_rings(rng: Rng, each: Neighbourhood) -> list[np.ndarray]:
    """Crescents within each other, and ways from the middle that stop at one or go on to the edge."""
    rows = []
    for step in np.arange(0.7, 5) * _RINGS_APART:
        ring = shapely.get_parts(each.shape.buffer(-step).buffer(-40).buffer(40))
        for part in ring[shapely.area(ring) > 9_000]:
            line = shapely.segmentize(part.exterior, 120)
            rows.append(shapely.get_coordinates(line))
    reach = float(np.hypot(*(shapely.get_coordinates(each.shape) - each.middle).T).max())
    number = int(rng.integers(6, 10))
    for at in range(number):
        angle = (at + rng.uniform(-0.25, 0.25)) / number * 2 * np.pi
        first = 0.0 if at % 2 else rng.uniform(0.25, 0.5) * reach
        far = np.arange(first, reach, 70)
        sway = angle + 0.25 * np.sin(far / 220 + at)
        rows.append(each.middle + np.column_stack([far * np.cos(sway), far * np.sin(sway)]))
    return [row for row in rows if len(row) > 1]


def _pieces(kind: str, name: str, shape: shapely.Geometry) -> Iterator[StreetLine]:
    """The lines of a shape as streets, without crumbs."""
    for part in shapely.get_parts(shape):
        if part.geom_type == "LineString" and part.length > 25:
            yield StreetLine(kind, name, part)
