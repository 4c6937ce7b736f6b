"""How long a vector tile of a city takes, each tile once: `python -m bench.tiles --store STORE`.

The tiles are those that hold the working area's streets at each zoom, thirty at most of each. The first tile
reads the layers and is given apart; what is cut once is remembered, so nothing is asked for twice."""

from __future__ import annotations

import argparse
import math
import statistics
import time
from pathlib import Path

import shapely

from analytics.basemap import cut_tile
from analytics.store import Store, default_path

ZOOMS = range(10, 16)
MOST = 30


def find_tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile at a place (degrees, Web Mercator)."""
    across = (lon + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int(across * 2**zoom), int(down * 2**zoom)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, default=default_path())
    store = Store(parser.parse_args().store)
    area_id = store.rows("SELECT min(area_id) AS area FROM boundary WHERE role = 'street'")[0]["area"]
    rows = store.rows("SELECT geometry FROM boundary WHERE role = 'street' AND area_id = ?", [area_id])
    streets = shapely.from_wkb([row["geometry"] for row in rows])
    middles = shapely.get_coordinates(shapely.centroid(streets))
    began = time.perf_counter()
    cut_tile(store, area_id, 9, *find_tile(*middles[0], 9))
    print(f"{len(rows):,} streets: first tile {1000 * (time.perf_counter() - began):.0f} ms")
    for zoom in ZOOMS:
        took, worked, sizes = [], [], []
        for column, row in sorted({find_tile(lon, lat, zoom) for lon, lat in middles})[:MOST]:
            began, before = time.perf_counter(), time.thread_time()
            sizes.append(len(cut_tile(store, area_id, zoom, column, row)))
            took.append(1000 * (time.perf_counter() - began))
            worked.append(1000 * (time.thread_time() - before))
        print(
            f"zoom {zoom}: {len(took):2} tiles  median {statistics.median(took):5.1f} ms  slowest "
            f"{max(took):5.1f} ms  processor {statistics.median(worked):5.1f} ms, most "
            f"{max(worked):5.1f} ms  {statistics.median(sizes) / 1000:5.0f} KB"
        )
    store.close()


if __name__ == "__main__":
    main()
