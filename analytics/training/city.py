"""The invented city: streets, river, parks and districts, in metres of the area's projected CRS."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analytics.training.settings import AreaSettings, Rng, read_settings, seed_stream

_FIRST = [
    "Alder",
    "Amber",
    "Anchor",
    "Ash",
    "Barley",
    "Beacon",
    "Birch",
    "Bramble",
    "Bridge",
    "Canal",
    "Candle",
    "Cedar",
    "Chapel",
    "Cherry",
    "Clover",
    "Copper",
    "Coral",
    "Cotton",
    "Crane",
    "Dyer",
    "Elder",
    "Elm",
    "Falcon",
    "Fennel",
    "Fern",
    "Field",
    "Foundry",
    "Garnet",
    "Glover",
    "Granite",
    "Hazel",
    "Heron",
    "Holly",
    "Indigo",
    "Ivy",
    "Juniper",
    "Kiln",
    "Larch",
    "Lark",
    "Linden",
    "Linnet",
    "Maple",
    "Market",
    "Meadow",
    "Mercer",
    "Mill",
    "Moss",
    "Oak",
    "Orchard",
    "Otter",
    "Pewter",
    "Pine",
    "Plover",
    "Poplar",
    "Quarry",
    "Raven",
    "Reed",
    "Rope",
    "Rowan",
    "Sable",
    "Sail",
    "Silver",
    "Sorrel",
    "Spinner",
    "Station",
    "Sycamore",
    "Tanner",
    "Teal",
    "Thistle",
    "Timber",
    "Tinker",
    "Vine",
    "Walnut",
    "Weaver",
    "Willow",
    "Yew",
]
_LAST = ["Street", "Road", "Lane", "Row", "Walk", "Rise", "Terrace", "Close", "Way", "Place"]
Street = tuple[str, shapely.LineString, str]  # kind, line, name
_SPACING = 210  # metres between the grid's lines before it is warped


@dataclass(frozen=True)
class City:
    """`boundaries` has layer, role, code, name, geometry (WGS 84). The arrays describe street segments:
    ends (n, 4) as x1, y1, x2, y2 in metres of the projected CRS, name index into `names`."""

    boundaries: gpd.GeoDataFrame
    segments: np.ndarray
    segment_name: np.ndarray
    names: list[str]
    centre: tuple[float, float]

    def local(self) -> np.ndarray:
        """Midpoints of the segments, metres east and north of the centre, (n, 2)."""
        return np.asarray((self.segments[:, :2] + self.segments[:, 2:]) / 2 - self.centre)


def to_degrees(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Projected metres to WGS 84 longitude and latitude."""
    crs = read_settings()["area"]["epsg"]
    lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    return lon, lat


def build_city(seed: int) -> City:
    """Draw the city: a grid that is denser in the centre and bent, cut by a river with bridges and by
    parks."""
    rng, area = seed_stream(seed, "city"), read_settings()["area"]
    centre = Transformer.from_crs(4326, area["epsg"], always_xy=True).transform(
        area["longitude"], area["latitude"]
    )
    outline = _outline(rng, area["half_width"], area["half_height"])
    river = _river(rng, area["half_width"])
    parks = _parks(rng, outline.difference(river.buffer(60)))
    streets = _streets(rng, outline, river, shapely.union_all(parks), area)
    streets.append(("arterial", outline.buffer(-1500).simplify(60).exterior, "Ring Road"))
    frame = _boundaries(rng, outline, river, parks, streets, area["districts"])
    lines = [(line, name) for _, line, name in streets]
    names = sorted({name for _, name in lines})
    position = {name: at for at, name in enumerate(names)}
    segments, owner = [], []
    for line, name in lines:
        points = shapely.get_coordinates(line)
        segments.append(np.hstack([points[:-1], points[1:]]))
        owner.append(np.full(len(points) - 1, position[name]))
    frame["geometry"] = frame.translate(*centre)
    return City(
        frame.set_crs(area["epsg"]).to_crs(4326),
        np.vstack(segments) + np.tile(centre, 2),
        np.concatenate(owner),
        names,
        centre,
    )


def _outline(rng: Rng, width: float, height: float) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, 121)[:-1]
    radius = 1 + sum(rng.uniform(0.02, 0.06) * np.cos(k * angle + rng.uniform(0, 6.3)) for k in (2, 3, 5))
    return shapely.Polygon(np.column_stack([width * radius * np.cos(angle), height * radius * np.sin(angle)]))


def _river(rng: Rng, width: float) -> shapely.Polygon:
    x = np.linspace(-1.4 * width, 1.4 * width, 160)
    y = -350 + 420 * np.sin(x / 1900 + rng.uniform(0, 6.3)) + 160 * np.sin(x / 800 + rng.uniform(0, 6.3))
    middle = shapely.LineString(np.column_stack([x, y]))
    harbour = shapely.Point(width, y[int(len(x) * 0.86)]).buffer(480)
    return middle.buffer(75).union(harbour)


def _parks(rng: Rng, land: shapely.Geometry) -> list[shapely.Geometry]:
    parks: list[shapely.Geometry] = []
    while len(parks) < 7:
        at = rng.uniform([-4200, -3400], [4200, 3400])
        angle = np.linspace(0, 2 * np.pi, 25)[:-1]
        radius = rng.uniform(170, 420) * (1 + 0.2 * rng.standard_normal(24).clip(-1.5, 1.5))
        park = shapely.Polygon(at + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
        park = shapely.make_valid(park.buffer(40)).intersection(land)
        if park.area > 60_000 and not any(park.intersects(other) for other in parks):
            parks.append(park)
    return parks


def _streets(
    rng: Rng,
    outline: shapely.Polygon,
    river: shapely.Polygon,
    green: shapely.Geometry,
    area: AreaSettings,
) -> list[Street]:
    columns = np.arange(-area["half_width"] * 1.3, area["half_width"] * 1.3, _SPACING)
    rows = np.arange(-area["half_height"] * 1.3, area["half_height"] * 1.3, _SPACING)
    nodes = _warp(rng, *np.meshgrid(columns, rows))
    arterial_column = np.arange(len(columns)) % 6 == 2
    arterial_row = np.arange(len(rows)) % 6 == 3
    lines = [(nodes[:, at], arterial_column[at]) for at in range(len(columns))]
    lines += [(nodes[at, :], arterial_row[at]) for at in range(len(rows))]
    labels = [f"{first} {last}" for last in _LAST for first in _FIRST]
    rng.shuffle(labels)
    streets: list[Street] = []
    for points, arterial in lines:
        ends = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
        keep = shapely.within(ends, outline) & ~shapely.intersects(ends, green)
        if not arterial:  # only the main roads have bridges, and some local links are missing
            keep &= ~shapely.intersects(ends, river) & (rng.random(len(ends)) > 0.13)
        run: list[int] = []
        for at in range(len(ends) + 1):
            complete = len(run) >= (40 if arterial else 9)  # a street has an end, and the next another name
            if at == len(ends) or not keep[at] or complete:
                if run:
                    kind = "arterial" if arterial else "local"
                    line = shapely.LineString(points[run[0] : run[-1] + 2])
                    streets.append((kind, line, labels[len(streets) % len(labels)]))
                run = []
            if at < len(ends) and keep[at]:
                run.append(at)
    return streets


def _warp(rng: Rng, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    radius = np.hypot(x, y)
    squeeze = 0.72 + 0.28 * np.clip(radius / 5000, 0, 1.2)  # shorter blocks in the old centre
    turn = 0.35 * np.exp(-((radius / 3500) ** 2))
    x, y = squeeze * (x * np.cos(turn) - y * np.sin(turn)), squeeze * (x * np.sin(turn) + y * np.cos(turn))
    for _ in range(4):
        angle, phase, wave = rng.uniform(0, np.pi), rng.uniform(0, 6.3), rng.uniform(1800, 4200)
        push = 110 * np.sin((x * np.cos(angle) + y * np.sin(angle)) / wave * 6.3 + phase)
        x, y = x - push * np.sin(angle), y + push * np.cos(angle)
    return np.stack([x, y], axis=-1) + rng.normal(0, 14, (*x.shape, 2))


def _boundaries(
    rng: Rng,
    outline: shapely.Polygon,
    river: shapely.Polygon,
    parks: list[shapely.Geometry],
    streets: list[Street],
    names: list[str],
) -> gpd.GeoDataFrame:
    angle = np.linspace(0, 2 * np.pi, len(names))[:-1] + rng.uniform(0, 1)
    seeds = np.column_stack([3300 * np.cos(angle), 2700 * np.sin(angle)]) + rng.normal(
        0, 300, (len(angle), 2)
    )
    seeds = np.vstack([seeds, [150, 200]])
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=outline.buffer(500))
    shapes = [cell.intersection(outline) for cell in cells.geoms]
    shapes.sort(key=lambda shape: (-shape.centroid.y, shape.centroid.x))
    records: list[tuple[str, str, str | None, str, shapely.Geometry]] = [
        ("Police districts", "area", f"D{at + 1}", names[at], shape) for at, shape in enumerate(shapes)
    ]
    records += [("Streets", "street", kind, name, line) for kind, line, name in streets]
    records += [("Water", "water", None, "River Vell", river)]
    records += [("Parks", "green", None, f"{_FIRST[7 * at + 3]} Park", park) for at, park in enumerate(parks)]
    table = pd.DataFrame(records, columns=["layer", "role", "code", "name", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry")
