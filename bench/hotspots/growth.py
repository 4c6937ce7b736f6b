"""How each hotspot method grows from 10,000 to 10,000,000 incidents.

    python -m bench.hotspots.growth [--sizes N ...] [--only TEXT ...] [--results FILE.json] [--chart FILE.svg]

Incidents are clustered over 30 km x 30 km and three years (seed 0), so that ten times the incidents are ten
times as dense, except where a method counts pairs (Knox, near repeats, ST-DBSCAN): pairs grow with the square
of the density, so that its ground grows with the number and the density is that of 100,000 incidents. Each
method runs once at 1,000 incidents first, to compile. `--results` adds to what the file holds, so that
methods can be timed apart, each on a quiet machine; `--chart` draws all that is held. Beside the seconds
stand the processor's, over all threads, which other work on the machine disturbs less: the chart and the
exponent are of them. The exponent is the slope of log time on log number over the last two sizes; n log n
over them has a slope of about 1.07."""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.forecast.catalogue import BacktestParameters
from analytics.hotspots.forecast.predict import forecast
from analytics.hotspots.grid.cells import Grid, index_cells
from analytics.hotspots.methods.aoristic import aoristic_clock
from analytics.hotspots.methods.clusters import ClusterParameters, point_clusters
from analytics.hotspots.methods.concentration import concentration
from analytics.hotspots.methods.density import density_raster
from analytics.hotspots.methods.density_ratio import Scatter, density_ratio
from analytics.hotspots.methods.emerging import SpaceTimeCube, classify_emerging
from analytics.hotspots.methods.gi_star import gi_star
from analytics.hotspots.methods.knox import KnoxParameters, knox_table
from analytics.hotspots.methods.local_moran import local_moran
from analytics.hotspots.methods.near_repeats import near_repeats
from analytics.hotspots.methods.st_dbscan import st_dbscan
from analytics.hotspots.methods.streets import count_on_streets, snap_to_streets
from analytics.hotspots.methods.trend import compare_with_expected, count_periods

SIDE, DAYS = 30_000.0, 1095
GRID = Grid("square", 250)
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def incidents(n: int, side: float = SIDE) -> pd.DataFrame:
    """A third of the incidents around centres (60 on the usual ground), the rest anywhere: x, y (m),
    local_date, from, to (UTC)."""
    rng = np.random.default_rng(0)
    groups = max(1, round(60 * (side / SIDE) ** 2))
    centres = rng.uniform(0, side, (groups, 2))[rng.integers(0, groups, n)] + rng.normal(0, 400, (n, 2))
    near = (rng.random(n) < 1 / 3)[:, None]
    place = np.clip(np.where(near, centres, rng.uniform(0, side, (n, 2))), 0, side - 1).round(1)
    minutes = rng.integers(0, DAYS * 1440, n)
    start = np.datetime64("2022-01-01T00:00", "m") + minutes
    frame = pd.DataFrame({"x": place[:, 0], "y": place[:, 1]})
    return frame.assign(
        local_date=start.astype("datetime64[D]").astype("datetime64[s]"),
        occurred_from=start.astype("datetime64[s]"),
        occurred_to=(start + rng.integers(0, 600, n)).astype("datetime64[s]"),
    )


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    i, j = index_cells(GRID, frame.x.to_numpy(), frame.y.to_numpy())
    keys, counts = np.unique(i.astype(np.int64) << 32 | j, return_counts=True)
    return pd.DataFrame({"i": keys >> 32, "j": keys & 0xFFFFFFFF, "count": counts})


def cube(frame: pd.DataFrame) -> SpaceTimeCube:
    """Counts by cell and month."""
    i, j = index_cells(GRID, frame.x.to_numpy(), frame.y.to_numpy())
    keys, cell = np.unique(i.astype(np.int64) << 32 | j, return_inverse=True)
    edges = pd.date_range("2022-01-01", periods=DAYS // 30 + 1, freq="MS")
    month = edges.searchsorted(frame.local_date, side="right") - 1
    held = month < len(edges) - 1
    counts = np.bincount(cell[held] * (len(edges) - 1) + month[held], minlength=len(keys) * (len(edges) - 1))
    places = pd.DataFrame({"i": keys >> 32, "j": keys & 0xFFFFFFFF})
    return SpaceTimeCube(places, edges, counts.reshape(len(keys), -1).astype(float), int(held.sum()))


def trend(frame: pd.DataFrame) -> pd.DataFrame:
    first, last = frame.local_date.min().date(), frame.local_date.max().date()
    return compare_with_expected(count_periods(frame.local_date.to_numpy(), first, last, "day"), "day")


def ratio(x: np.ndarray, y: np.ndarray) -> object:
    half = len(x) // 2
    return density_ratio(
        Scatter(x[:half], y[:half]),
        Scatter(x[half:], y[half:]),
        bandwidth=500,
        cell=250,
        bounds=(0.0, 0.0, SIDE, SIDE),
        permutations=19,
        minimum_expected=0.01,
    )


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
        "change of density, 19 permutations": lambda: ratio(x, y),
        "emerging hotspots": lambda: classify_emerging(cube(frame), GRID),
        "trend by day": lambda: trend(frame),
        "HDBSCAN clusters": lambda: point_clusters(x, y, ClusterParameters("hdbscan", min_points=30)),
        "DBSCAN clusters": lambda: point_clusters(x, y, ClusterParameters(eps_m=100, min_points=30)),
        "street segments": lambda: count_on_streets(streets, snap_to_streets(x, y, streets)),
        "aoristic clock": lambda: aoristic_clock(
            frame.occurred_from.to_numpy(), frame.occurred_to.to_numpy(), "Europe/London"
        ),
        "Knox, 99 permutations": lambda: knox_table(
            growing.x.to_numpy(), growing.y.to_numpy(), day, KnoxParameters(permutations=99)
        ),
        "near repeats listed": lambda: near_repeats(growing.x.to_numpy(), growing.y.to_numpy(), day),
        "ST-DBSCAN": lambda: st_dbscan(growing.x.to_numpy(), growing.y.to_numpy(), day),
        "forecast for a week": lambda: forecast(frame, ahead, "mixture"),
    }


def chart(table: pd.DataFrame, path: Path) -> None:
    """Seconds by incidents, both logarithmic, with n log n for the eye."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 5.2), layout="constrained")
    axes = figure.add_subplot()
    for k, (name, row) in enumerate(table.sort_values(table.columns[-1], ascending=False).iterrows()):
        axes.loglog(
            row.index,
            row.to_numpy(),
            marker="os^Dv"[k % 5],
            markersize=4,
            linewidth=1.2,
            label=name,
            color=colormaps["tab20"](k % 20),
        )
    sizes = table.columns.to_numpy(dtype=float)
    for start in (1e-3, 1e-1):
        guide = sizes * np.log(sizes)
        axes.loglog(sizes, guide / guide[0] * start, "k--", linewidth=0.8, label="n log n" * (start == 1e-3))
    axes.set_xlabel("incidents")
    axes.set_ylabel("processor seconds, one run")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", nargs="+", type=int, default=SIZES, help="Incidents; all four if not given."
    )
    parser.add_argument(
        "--only", nargs="+", default=[""], help="Only methods with one of these texts in their names."
    )
    parser.add_argument("--results", type=Path, help="JSON file that the seconds are added to.")
    parser.add_argument("--chart", type=Path)
    arguments = parser.parse_args()
    held = arguments.results and arguments.results.exists()
    seconds: dict[str, dict[str, list[float]]] = json.loads(arguments.results.read_text()) if held else {}
    for name, run in methods(1_000).items():
        if any(text in name for text in arguments.only):
            run()
    for n in arguments.sizes:
        for name, run in methods(n).items():
            if not any(text in name for text in arguments.only):
                continue
            start, processor = time.perf_counter(), time.process_time()
            run()
            taken = [time.perf_counter() - start, time.process_time() - processor]
            seconds.setdefault(name, {})[str(n)] = taken
            print(f"{n:>12,}  {name:<36} {taken[0]:9.3f} s, processor {taken[1]:9.3f} s", flush=True)
            if arguments.results:
                arguments.results.write_text(json.dumps(seconds, indent=1))
    for which, title in enumerate(("seconds", "processor seconds")):
        table = pd.DataFrame(
            {name: {int(n): taken[which] for n, taken in row.items()} for name, row in seconds.items()}
        ).T
        exponent = (
            np.log10(table[10_000_000] / table[1_000_000])
            if {1_000_000, 10_000_000} <= set(table)
            else np.nan
        )
        print(f"\n{title}\n{table.assign(exponent=exponent).to_string(float_format='%.3f')}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    if arguments.chart:
        chart(table, arguments.chart)


if __name__ == "__main__":
    main()
