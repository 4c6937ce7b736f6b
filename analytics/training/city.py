"""The invented city: streets, river, parks and districts, in metres of the area's projected CRS."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analytics.training.city_ground import CityGround, lay_ground
from analytics.training.region import Region, build_region
from analytics.training.settings import Rng, read_settings, seed_stream
from analytics.training.street_plan import StreetLine, draw_streets, find_gates

_PIECE = 140.0  # metres: a street is cut into segments of about this length
_Feature = tuple[str, str, str | None, str | None, shapely.Geometry]  # layer, role, code, name, geometry


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

    def sample_middles(self, rng: Rng, number: int = 60) -> np.ndarray:
        """The midpoints of some segments, drawn at random, in metres of the projected CRS, (number, 2)."""
        return self.local()[rng.integers(0, len(self.segments), number)] + self.centre


def to_degrees(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Projected metres to WGS 84 longitude and latitude."""
    crs = read_settings()["area"]["epsg"]
    lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    return lon, lat


def build_city(seed: int) -> City:
    """Draw the city and the land about it."""
    area = read_settings()["area"]
    centre = Transformer.from_crs(4326, area["epsg"], always_xy=True).transform(
        area["longitude"], area["latitude"]
    )
    ground = lay_ground(seed_stream(seed, "ground"))
    streets = draw_streets(seed_stream(seed, "streets"), ground)
    region = build_region(
        seed_stream(seed, "region"), ground.shore, find_gates(streets), _find_line_ends(ground)
    )
    districts = _draw_districts(seed_stream(seed, "districts"), ground, area["districts"])
    features = [*districts, *_describe_city(ground, streets), *_describe_region(region)]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(features, columns=["layer", "role", "code", "name", "geometry"]), geometry="geometry"
    )
    frame["geometry"] = frame.translate(*centre)
    inside = ground.outline.buffer(30)
    names = sorted({street.name for street in streets})
    position = {name: at for at, name in enumerate(names)}
    segments, owner = [], []
    for street in streets:
        for line in shapely.get_parts(street.line.intersection(inside)):
            pieces = _cut(line)
            segments.append(pieces)
            owner.append(np.full(len(pieces), position[street.name]))
    return City(
        frame.set_crs(area["epsg"]).to_crs(4326),
        np.vstack(segments) + np.tile(centre, 2),
        np.concatenate(owner),
        names,
        centre,
    )


def _find_line_ends(ground: CityGround) -> dict[str, np.ndarray]:
    """Where the railways to other towns leave the ground that is drawn finely, by the town."""
    ends = {}
    for name, line in ground.rails:
        points = shapely.get_coordinates(line)[[0, -1]]
        far = points[np.argmax(np.hypot(*points.T))]
        if np.hypot(*far) > 9_000:
            ends[name.removesuffix(" line")] = far
    return ends


def _cut(line: shapely.LineString) -> np.ndarray:
    """A line as equal pieces: ends (n, 4)."""
    number = max(1, round(line.length / _PIECE))
    points = shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.linspace(0, 1, number + 1), normalized=True)
    )
    return np.hstack([points[:-1], points[1:]])


def _draw_districts(rng: Rng, ground: CityGround, names: list[str]) -> list[_Feature]:
    """Police districts: neighbourhoods joined about as many seeds, one of them the centre."""
    number = len(names) - 1
    angle = np.linspace(0, 2 * np.pi, number + 1)[:-1] + rng.uniform(0, 1)
    seeds = np.column_stack([3300 * np.cos(angle), 2700 * np.sin(angle)])
    seeds = np.vstack([seeds + rng.normal(0, 300, seeds.shape), [0, 0]])
    middles = np.array([each.middle for each in ground.neighbourhoods])
    own = np.argmin(np.hypot(*(middles[:, None] - seeds[None]).T), axis=0)
    shapes = [
        ground.join(ground.neighbourhoods[k] for k in np.flatnonzero(own == at)) for at in range(len(names))
    ]
    shapes.sort(key=lambda shape: (-shape.centroid.y, shape.centroid.x))
    return [
        ("Police districts", "area", f"D{at + 1}", name, shape)
        for at, (name, shape) in enumerate(zip(names, shapes, strict=True))
    ]


def _describe_city(ground: CityGround, streets: list[StreetLine]) -> list[_Feature]:
    features: list[_Feature] = [("Streets", "street", each.kind, each.name, each.line) for each in streets]
    features += [("Water", "water", "river", "River Vell", ground.river.intersection(ground.land))]
    features += [("Parks", "green", kind, name or None, shape) for kind, name, shape in ground.green]
    features += [("Parks", "path", "footway", None, ring) for ring in _draw_park_paths(ground)]
    features += [("Railways", "rail", "rail", name, line) for name, line in ground.rails]
    features += [
        ("Places", "place", "neighbourhood", each.name, shapely.Point(ground.bend.move(each.middle[None])[0]))
        for each in ground.neighbourhoods
    ]
    return features


def _draw_park_paths(ground: CityGround) -> list[shapely.Geometry]:
    inner = [shape.buffer(-28) for kind, _, shape in ground.green if kind in ("park", "cemetery")]
    return [ring.exterior for shape in inner for ring in shapely.get_parts(shape)]


def _describe_region(region: Region) -> list[_Feature]:
    """Land, sea, towns and roads."""
    features: list[_Feature] = [("Water", "water", "sea", None, region.sea)]
    features += [("Coast", "coast", "coast", None, land.boundary) for land in region.land]
    features += [("Streets", "street", kind, name, line) for kind, name, line in region.roads]
    features += [("Railways", "rail", "rail", name, line) for name, line in region.rails]
    for kind, places in (("city", region.towns), ("village", region.villages)):
        features += [("Places", "place", kind, name, shapely.Point(at)) for name, at in places.items()]
    return features
