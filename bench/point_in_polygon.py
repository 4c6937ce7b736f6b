"""Points in polygons: shapely against DuckDB's spatial extension, the reason for DuckDB 2 without it.

The extension exists for DuckDB 1.5 only, so this runs in an environment of its own:

    python -m venv /tmp/peer
    /tmp/peer/bin/pip install duckdb==1.5.5 duckdb-extension-spatial==1.5.5 shapely pandas pyarrow
    /tmp/peer/bin/python bench/point_in_polygon.py FILE.parquet

FILE has columns longitude and latitude. The polygons are 2,000 Voronoi cells of points drawn from it
(seed 0). Both answers are compared before a time is printed.
"""

from __future__ import annotations

import site
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

ROUNDS, POLYGONS = 3, 2_000


def points(path: str) -> tuple[np.ndarray, np.ndarray]:
    table = pq.read_table(path, columns=["longitude", "latitude"])
    lon, lat = (np.asarray(table[name].to_numpy(), dtype=float) for name in table.column_names)
    known = np.isfinite(lon) & np.isfinite(lat)
    return lon[known], lat[known]


def polygons(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(0)
    seeds = rng.choice(len(lon), POLYGONS, replace=False)
    centres = np.c_[lon[seeds], lat[seeds]] + rng.normal(0, 1e-4, (POLYGONS, 2))
    return shapely.segmentize(np.array(shapely.voronoi_polygons(shapely.multipoints(centres)).geoms), 0.01)


def count_with_shapely(lon: np.ndarray, lat: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Recorded crime repeats its locations, so each distinct one is located once."""
    distinct, inverse = np.unique(lon + 1j * lat, return_inverse=True)
    point, area = shapely.STRtree(areas).query(
        shapely.points(distinct.real, distinct.imag), predicate="within"
    )
    return np.bincount(area, weights=np.bincount(inverse)[point], minlength=len(areas))


def spatial_database(lon: np.ndarray, lat: np.ndarray, areas: np.ndarray) -> duckdb.DuckDBPyConnection:
    extension = next(
        Path(site.getsitepackages()[0]).glob("duckdb_extension_spatial/**/*.duckdb_extension"), None
    )
    if extension is None:
        sys.exit(__doc__)
    database = duckdb.connect()
    database.execute(f"LOAD '{extension}'")
    database.register("points", pa.table({"lon": lon, "lat": lat}))
    database.register("outlines", pa.table({"id": np.arange(len(areas)), "wkb": list(shapely.to_wkb(areas))}))
    database.execute("CREATE TABLE incident AS SELECT * FROM points")
    database.execute("CREATE TABLE area AS SELECT id, ST_GeomFromWKB(wkb) AS outline FROM outlines")
    return database


def main() -> None:
    lon, lat = points(sys.argv[1])
    areas = polygons(lon, lat)
    database = spatial_database(lon, lat, areas)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        rows = database.execute(
            "SELECT id, count(*) FROM incident JOIN area ON ST_Contains(outline, ST_Point(lon, lat))"
            " GROUP BY id"
        ).fetchall()
        middle = time.perf_counter()
        ours = count_with_shapely(lon, lat, areas)
        end = time.perf_counter()
        theirs = np.zeros(len(areas))
        for area, count in rows:
            theirs[area] = count
        if not np.array_equal(ours, theirs):
            sys.exit("the answers differ")
        print(
            f"{len(lon):,} points, {len(areas):,} polygons, same counts: extension {middle - start:.2f} s, "
            f"shapely {end - middle:.2f} s, ratio {(middle - start) / (end - middle):.2f}"
        )


if __name__ == "__main__":
    main()
