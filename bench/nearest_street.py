"""The nearest street of many points: the grid of segments in `analytics/basemap` against geopandas'
`sjoin_nearest` and shapely's STRtree, on the same streets, by turns.

    .venv/bin/python -m bench.nearest_street [EXTRACT.osm.pbf] [--points 100000]

Without an extract the streets are a town made up (seed 0): 62,500 ways of a bent grid over 25 km. Half of the
points lie within 30 m of a street, as recorded crime does, half anywhere. Times of preparing the streets and
of asking are given apart. The answers agree before a time is printed: the same distance to a millimetre,
and the same street wherever no other is as near.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from analytics.basemap.rules import read_map_rules, rules_for
from analytics.basemap.segment_grid import SegmentGrid
from analytics.basemap.streets import StreetIndex
from analytics.formats.map_files import open_map, read_map_features
from analytics.ingest.area import projected_crs
from analytics.shared.projection import project

ROUNDS, WITHIN = 5, 250.0
_SPACING, _SIDE = 100.0, 250  # metres between streets, streets a side
Answer = tuple[np.ndarray, np.ndarray]  # the street of each point (-1: none), metres (NaN)


def make_town() -> tuple[np.ndarray, list[str], int]:
    """Streets of a bent grid, cut into short ways as those of OpenStreetMap, their names, and the CRS."""
    rng = np.random.default_rng(0)
    steps = np.arange(_SIDE + 1) * _SPACING
    x, y = np.meshgrid(steps, steps, indexing="ij")
    bend = rng.normal(0, 12, (2, *x.shape))
    corners = np.stack([x + bend[0] + 500_000, y + bend[1] + 5_400_000], axis=-1)
    along = [corners[:, k] for k in range(_SIDE + 1)] + [corners[k] for k in range(_SIDE + 1)]
    ways, names = [], []
    for street, line in enumerate(along):
        for first in range(0, _SIDE, 2):
            ways.append(shapely.LineString(line[first : first + 3]))
            names.append(f"Street {street} {first // 40}")
    return np.array(ways), names, 32631


def read_extract(path: Path) -> tuple[np.ndarray, list[str], int]:
    """The named streets of an extract, in metres."""
    file = open_map(path)
    bounds = file.header.bounds or (-180.0, -90.0, 180.0, 90.0)
    rules = rules_for("osm", frozenset({"street"}))
    rows = read_map_features(file, ["lines"], rules, read_map_rules().names, bounds, 10**7).table.to_pandas()
    rows = rows[rows.name.notna()]
    epsg = projected_crs((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    return project(shapely.from_wkb(rows.geometry.to_numpy()), epsg), rows.name.tolist(), epsg


def draw_points(lines: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    west, south, east, north = shapely.total_bounds(lines)
    anywhere = rng.uniform((west, south), (east, north), (number // 2, 2))
    on = lines[rng.integers(0, len(lines), number - number // 2)]
    at = shapely.get_coordinates(
        shapely.line_interpolate_point(on, rng.uniform(0, 1, len(on)), normalized=True)
    )
    points = np.concatenate([anywhere, at + rng.normal(0, 15, at.shape)])
    return points[:, 0], points[:, 1]


def prepare_grid(lines: np.ndarray, epsg: int) -> Callable[[np.ndarray, np.ndarray], Answer]:
    grid = SegmentGrid(lines)
    return lambda x, y: grid.find_nearest(x, y, WITHIN)


def prepare_tree(lines: np.ndarray, epsg: int) -> Callable[[np.ndarray, np.ndarray], Answer]:
    tree = shapely.STRtree(lines)

    def ask(x: np.ndarray, y: np.ndarray) -> Answer:
        street, distance = np.full(len(x), -1), np.full(len(x), np.nan)
        (point, line), apart = tree.query_nearest(
            shapely.points(x, y), max_distance=WITHIN, return_distance=True, all_matches=False
        )
        street[point], distance[point] = line, apart
        return street, distance

    return ask


def prepare_geopandas(lines: np.ndarray, epsg: int) -> Callable[[np.ndarray, np.ndarray], Answer]:
    streets = gpd.GeoDataFrame({"street": np.arange(len(lines))}, geometry=lines, crs=epsg)
    _ = streets.sindex

    def ask(x: np.ndarray, y: np.ndarray) -> Answer:
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=epsg)
        found = points.sjoin_nearest(streets, max_distance=WITHIN, distance_col="apart")
        found = found[~found.index.duplicated()]  # where two streets are as near it gives both
        street, distance = np.full(len(x), -1), np.full(len(x), np.nan)
        street[found.index], distance[found.index] = found.street, found.apart
        return street, distance

    return ask


ASKED = {"grid of segments": prepare_grid, "shapely STRtree": prepare_tree, "geopandas": prepare_geopandas}


def compare(lines: np.ndarray, x: np.ndarray, y: np.ndarray, answers: dict[str, Answer]) -> int:
    """Exit where the answers differ; the number of points with a street."""
    (_, (street, distance)), *others = answers.items()
    for name, (their_street, their_distance) in others:
        if not np.allclose(distance, their_distance, atol=1e-3, equal_nan=True):
            sys.exit(f"{name} gives other distances")
        other = (street != their_street) & (street >= 0)
        apart = shapely.distance(shapely.points(x[other], y[other]), lines[their_street[other]])
        if not np.allclose(apart, distance[other], atol=1e-3):
            sys.exit(f"{name} gives other streets")
    return int((street >= 0).sum())


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    number = int(sys.argv[sys.argv.index("--points") + 1]) if "--points" in sys.argv else 100_000
    files = [argument for argument in arguments if not argument.isdecimal()]
    lines, names, epsg = read_extract(Path(files[0])) if files else make_town()
    x, y = draw_points(lines, number)
    print(f"{len(lines):,} ways with a name, {shapely.length(lines).sum() / 1000:,.0f} km; {number:,} points")
    prepare_grid(lines[:10], epsg)(x[:10], y[:10])  # compiled ahead, once an installation
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ASKED}
    for _ in range(ROUNDS):
        answers = {}
        for name, prepare in ASKED.items():
            start = time.perf_counter()
            ask = prepare(lines, epsg)
            middle = time.perf_counter()
            answers[name] = ask(x, y)
            taken[name].append((middle - start, time.perf_counter() - middle))
        found = compare(lines, x, y, answers)
    print(f"the same answers for all; {found:,} have a street within {WITHIN:g} m; {ROUNDS} rounds, median")
    for name, times in taken.items():
        ready, asked = np.median(times, axis=0)
        speed = number / asked
        print(f"{name:17s} prepared in {ready:.3f} s, asked in {asked:.3f} s ({speed:,.0f} a second)")
    start = time.perf_counter()
    index = StreetIndex(lines, names, np.zeros(len(lines)))
    print(f"with {index.crossings:,} crossings: prepared in {time.perf_counter() - start:.2f} s", end=", ")
    start = time.perf_counter()
    street, _ = index.find_nearest(x, y, WITHIN)
    index.find_crossings_on(x, y, street, 150.0)
    print(f"street and crossing of all points in {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
