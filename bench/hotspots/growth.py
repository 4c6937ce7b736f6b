"""How each hotspot method grows from 10,000 to 10,000,000 incidents.

    python -m bench.hotspots.growth [--most 10000000] [--chart docs/images/hotspots-growth.svg]

Incidents are clustered over 30 km x 30 km and three years (seed 0). Knox and ST-DBSCAN count pairs, which grow with
the square of the density: their ground grows with the number, so that the density is that of 100,000 incidents. Each
method runs once at 1,000 incidents first, to compile. The exponent is the slope of log time on log number over the
last two sizes; n log n over them has a slope of about 1.07.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.aoristic import aoristic_clock
from analytics.hotspots.clusters import ClusterParameters, point_clusters
from analytics.hotspots.concentration import concentration
from analytics.hotspots.density import density_raster
from analytics.hotspots.forecast.ahead import forecast
from analytics.hotspots.forecast.catalogue import BacktestParameters
from analytics.hotspots.forecast.ground import cell_index
from analytics.hotspots.gistar import gi_star
from analytics.hotspots.grid import Grid
from analytics.hotspots.knox import KnoxParameters, knox_table
from analytics.hotspots.moran import local_moran
from analytics.hotspots.stdbscan import st_dbscan
from analytics.hotspots.streets import snap_to_streets, street_counts

SIDE, DAYS = 30_000.0, 1095
GRID = Grid("square", 250)


def incidents(n: int, side: float = SIDE) -> pd.DataFrame:
    """A third of the incidents around centres (60 on the usual ground), the rest anywhere: x, y (m), local_date, from, to (UTC)."""
    rng = np.random.default_rng(0)
    groups = max(1, round(60 * (side / SIDE) ** 2))
    centres = rng.uniform(0, side, (groups, 2))[rng.integers(0, groups, n)] + rng.normal(0, 400, (n, 2))
    near = (rng.random(n) < 1 / 3)[:, None]
    place = np.clip(np.where(near, centres, rng.uniform(0, side, (n, 2))), 0, side - 1).round(1)
    minutes = rng.integers(0, DAYS * 1440, n)
    start = np.datetime64("2022-01-01T00:00", "m") + minutes
    frame = pd.DataFrame({"x": place[:, 0], "y": place[:, 1]})
    return frame.assign(
        local_date=start.astype("datetime64[D]").astype("datetime64[s]"), occurred_from=start.astype("datetime64[s]"),
        occurred_to=(start + rng.integers(0, 600, n)).astype("datetime64[s]"),
    )  # fmt: skip


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    i, j = cell_index(GRID, frame.x.to_numpy(), frame.y.to_numpy())
    keys, counts = np.unique(i.astype(np.int64) << 32 | j, return_counts=True)
    return pd.DataFrame({"i": keys >> 32, "j": keys & 0xFFFFFFFF, "count": counts})


def lattice_of_streets() -> np.ndarray:
    """Segments of 200 m along both axes, 45,000 in all."""
    at = np.arange(0, SIDE, 200)
    a, b = (axis.ravel() for axis in np.meshgrid(at, at))
    across = shapely.linestrings(np.stack([np.c_[a, b], np.c_[a + 200, b]], axis=1))
    upwards = shapely.linestrings(np.stack([np.c_[a, b], np.c_[a, b + 200]], axis=1))
    return np.concatenate([across, upwards])


def methods(n: int) -> dict[str, Callable[[], object]]:
    """What is timed at a size; the making of its data is not."""
    frame, growing = incidents(n), incidents(n, SIDE * (n / 100_000) ** 0.5)
    x, y = frame.x.to_numpy(), frame.y.to_numpy()
    day = growing.local_date.to_numpy()
    bounds = (0.0, 0.0, SIDE, SIDE)
    streets = lattice_of_streets()
    ahead = BacktestParameters(GRID, pd.Timestamp("2024-12-01").date(), trees=False)
    return {
        "Gi*, cells counted": lambda: gi_star(cells(frame), GRID),
        "local Moran, cells counted": lambda: local_moran(cells(frame), GRID),
        "concentration, cells counted": lambda: concentration(cells(frame)["count"].to_numpy(float)),
        "density, quartic 500 m": lambda: density_raster(x, y, bandwidth=500, cell=30, bounds=bounds),
        "density, gaussian 500 m": lambda: density_raster(
            x, y, bandwidth=500, cell=30, bounds=bounds, kernel="gaussian"
        ),
        "DBSCAN clusters": lambda: point_clusters(x, y, ClusterParameters(eps_m=100, min_points=30)),
        "street segments": lambda: street_counts(streets, snap_to_streets(x, y, streets)),
        "aoristic clock": lambda: aoristic_clock(
            frame.occurred_from.to_numpy(), frame.occurred_to.to_numpy(), "Europe/London"
        ),
        "Knox, 99 permutations": lambda: knox_table(
            growing.x.to_numpy(), growing.y.to_numpy(), day, KnoxParameters(permutations=99)
        ),
        "ST-DBSCAN": lambda: st_dbscan(growing.x.to_numpy(), growing.y.to_numpy(), day),
        "forecast for a week": lambda: forecast(frame, ahead, "mixture"),
    }


def chart(table: pd.DataFrame, path: Path) -> None:
    """Seconds by incidents, both logarithmic, with n log n for the eye."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 5), layout="constrained")
    axes = figure.add_subplot()
    for k, (name, row) in enumerate(table.iterrows()):
        axes.loglog(row.index, row.to_numpy(), marker="os^Dv"[k % 5], markersize=4, linewidth=1.2, label=name)
    sizes = table.columns.to_numpy(dtype=float)
    guide = sizes * np.log(sizes)
    axes.loglog(sizes, guide / guide[-1] * table.iloc[:, -1].max(), "k--", linewidth=1, label="n log n")
    axes.set_xlabel("incidents")
    axes.set_ylabel("seconds")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=10_000_000)
    parser.add_argument("--chart", type=Path)
    arguments = parser.parse_args()
    sizes = [n for n in (10_000, 100_000, 1_000_000, 10_000_000) if n <= arguments.most]
    for run in methods(1_000).values():
        run()
    seconds: dict[str, dict[int, float]] = {}
    for n in sizes:
        for name, run in methods(n).items():
            start = time.perf_counter()
            run()
            seconds.setdefault(name, {})[n] = time.perf_counter() - start
            print(f"{n:>12,}  {name:<30} {seconds[name][n]:9.3f} s", flush=True)
    table = pd.DataFrame(seconds).T
    last, before = sizes[-1], sizes[-2]
    table["exponent"] = np.log(table[last] / table[before]) / np.log(last / before)
    print(table.to_string(float_format="%.3f"))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    if arguments.chart:
        chart(table.drop(columns="exponent"), arguments.chart)


if __name__ == "__main__":
    main()
