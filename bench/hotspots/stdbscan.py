"""ST-DBSCAN on made-up incidents: scikit-learn's DBSCAN on scaled space-time, and st-dbscan, against ours.

    python -m bench.hotspots.stdbscan [--incidents 1000000] [--rounds 3]
    pip install --no-deps --target DIR st-dbscan; PYTHONPATH=.:DIR python -m bench.hotspots.stdbscan

scikit-learn has no cylinder: space and time divided by their limits, its Euclidean ball lies within the
cylinder and its Chebyshev box around it. So at full size the answers are compared where they can be: every
core incident of the ball is one of ours, and every one of ours is one of the box. The Euclidean ball has the
fewest pairs, which favours the peer. The st-dbscan package holds all pairs of times (at 1,000,000 incidents
billions): it is run on the first PACKAGE_INCIDENTS and its labels compared one to one. Each memory is the
peak of a process that runs one of them alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from sklearn.cluster import DBSCAN

from analytics.hotspots.methods.st_dbscan import density_clusters

try:
    from st_dbscan import ST_DBSCAN
except ImportError:
    ST_DBSCAN = None

EPS_M, EPS_DAYS, MINIMUM_NEIGHBOURS = 200.0, 7.0, 5
PACKAGE_INCIDENTS = 10_000
TARGET, TARGET_GIB = 5, 4.0


def incidents(n: int) -> np.ndarray:
    """Shape (n, 3): x, y (metres), day, over 40 km by 40 km and 5 years. Half at random, three in ten around
    300 centres as in any town, two in ten in bursts of about ten within 100 m and ten days; seed 0."""
    rng = np.random.default_rng(0)
    points = np.c_[rng.uniform(0, 40_000, (n, 2)), rng.integers(0, 1826, n)]
    town, burst = slice(n // 2, n * 8 // 10), slice(n * 8 // 10, n)
    size = town.stop - town.start
    points[town, :2] = rng.uniform(5_000, 35_000, (300, 2))[rng.integers(0, 300, size)] + rng.normal(
        0, 800, (size, 2)
    )
    size = burst.stop - burst.start
    seeds = points[rng.integers(0, town.stop, max(1, size // 10))]
    points[burst] = seeds[rng.integers(0, len(seeds), size)]
    points[burst] += np.c_[rng.normal(0, 60, (size, 2)), rng.integers(0, 10, size)]
    return rng.permutation(points)


def ours(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and whether at a core."""
    label, role = density_clusters(*points.T, np.ones(len(points)), EPS_M, EPS_DAYS, MINIMUM_NEIGHBOURS)
    return label, role == 2


def scaled(points: np.ndarray, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's on space and time divided by their limits."""
    # The same allowance for rounding as ours, or a scaled week may come to a little over 1.
    found = DBSCAN(eps=1 + 1e-9, min_samples=MINIMUM_NEIGHBOURS, metric=metric, n_jobs=-1).fit(
        points / [EPS_M, EPS_M, EPS_DAYS]
    )
    core = np.zeros(len(points), dtype=bool)
    core[found.core_sample_indices_] = True
    return found.labels_, core


def ball(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return scaled(points, "euclidean")


def box(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return scaled(points, "chebyshev")


def timed(run: Callable, points: np.ndarray) -> tuple[float, tuple[np.ndarray, np.ndarray]]:
    start = time.perf_counter()
    answer = run(points)
    return time.perf_counter() - start, answer


def _peak(run: Callable, n: int, pipe: Connection) -> None:
    run(incidents(n))
    # Not getrusage, whose peak a new program inherits from the process that started it.
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
    pipe.send(int(line.split()[1]) / 2**20)


def peak_gib(run: Callable, n: int) -> float:
    """Peak resident memory (Linux) of a fresh process that makes the incidents and runs `run`, GiB."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_peak, args=(run, n, send))
    process.start()
    gib = receive.recv()
    process.join()
    return gib


def same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    pairs = len(np.unique(np.c_[a, b], axis=0))
    return pairs == len(np.unique(a)) == len(np.unique(b))


def against_package(points: np.ndarray) -> None:
    """The first incidents packed into a small town, so that there are series; labels compared one to one."""
    small = points[:PACKAGE_INCIDENTS] * [0.1, 0.1, 1]
    label, core = ours(small)
    seconds = timed(ours, small)[0]
    peer = ST_DBSCAN(eps1=EPS_M, eps2=EPS_DAYS, min_samples=MINIMUM_NEIGHBOURS)
    their_seconds, _ = timed(peer.fit, small[:, [2, 0, 1]])
    if not (same_partition(label[core], peer.labels[core]) and np.array_equal(label < 0, peer.labels < 0)):
        raise SystemExit("st-dbscan's labels differ")
    print(
        f"{len(small):,} incidents, {label.max() + 1} series, the same: st-dbscan {their_seconds:.2f} s, "
        f"ours {seconds:.4f} s, ratio {their_seconds / seconds:.0f} (target {TARGET})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    points = incidents(arguments.incidents)
    compile_seconds, _ = timed(ours, points[:1000])
    print(f"compilation, or loading its cache: {compile_seconds:.2f} s")
    if ST_DBSCAN is None:
        print("st-dbscan is not installed: not compared")
    else:
        against_package(points)
    ratios = []
    for number in range(arguments.rounds):
        seconds, (label, core) = timed(ours, points)
        ball_seconds, (_, ball_core) = timed(ball, points)
        if (ball_core & ~core).any():
            raise SystemExit("a core incident of the ball is not one of the cylinder")
        text = ""
        if number == 0:
            box_seconds, (_, box_core) = timed(box, points)
            if (core & ~box_core).any():
                raise SystemExit("a core incident of the cylinder is not one of the box")
            text = f"; box {box_seconds:.1f} s, ratio {box_seconds / seconds:.0f}"
            print(
                f"{len(points):,} incidents; at a core: ball {ball_core.sum():,}, all among the cylinder's "
                f"{core.sum():,}, all among the box's {box_core.sum():,}; series {label.max() + 1:,}"
            )
        ratios.append(ball_seconds / seconds)
        print(f"scikit-learn's ball {ball_seconds:.1f} s, ours {seconds:.2f} s, ratio {ratios[-1]:.1f}{text}")
    print(f"median ratio {statistics.median(ratios):.1f} (target {TARGET})")
    n = arguments.incidents
    print(
        f"peak memory: ours {peak_gib(ours, n):.2f} GiB (target {TARGET_GIB:g}), ball "
        f"{peak_gib(ball, n):.2f} GiB"
    )


if __name__ == "__main__":
    main()
