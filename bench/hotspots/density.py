"""Kernel density, 1,000,000 points to a 1,000 x 1,000 raster, against scikit-learn and SciPy.

    python -m bench.hotspots.density

A peer would take hours over the whole raster: it evaluates a random sample of the raster's points (seed 1;
its size is printed), and its time, less that of building its tree, is scaled to the million linearly. Ours
draws the whole raster every time. The answers are compared on the sample wherever the density exceeds a
ten-thousandth of its maximum, and the quartic, which no peer has, with its exact sum at every sampled place.
"""

from __future__ import annotations

import statistics
import sys

import numpy as np
from scipy.stats import gaussian_kde
from sklearn.neighbors import KernelDensity

from analytics.hotspots.methods.bandwidth import cross_validation
from analytics.hotspots.methods.density import density_at, density_raster
from bench.by_turns import timed

POINTS, SIDE, CELL, BANDWIDTH = 1_000_000, 1_000, 30.0, 300.0
BOUNDS = (0.0, 0.0, SIDE * CELL, SIDE * CELL)
ROUNDS = 3


class Isotropic(gaussian_kde):
    """SciPy's estimator with a round kernel instead of one shaped as the data's covariance."""

    def _compute_covariance(self):
        self.covariance = np.eye(2) * BANDWIDTH**2
        self.cho_cov = np.eye(2) * BANDWIDTH
        self.log_det = 2 * np.log(np.diag(self.cho_cov * np.sqrt(2 * np.pi))).sum()


def scattered() -> np.ndarray:
    """Points in fifty clusters of 200 to 2,500 m and a tenth evenly over 30 km by 30 km (seed 0)."""
    rng = np.random.default_rng(0)
    clusters, spread = rng.uniform(2_000, 28_000, (50, 2)), rng.uniform(200, 2_500, 50)
    of = rng.integers(0, 50, POINTS)
    points = clusters[of] + rng.normal(0, 1, (POINTS, 2)) * spread[of, None]
    points[: POINTS // 10] = rng.uniform(0, SIDE * CELL, (POINTS // 10, 2))
    return points


def worst(ours: np.ndarray, theirs: np.ndarray, allowed: float, what: str) -> float:
    dense = theirs > 1e-4 * theirs.max()
    error = float(np.abs(ours[dense] / theirs[dense] - 1).max())
    if error > allowed:
        sys.exit(f"{what}: the answers differ by {error:.1e}")
    return error


def main() -> None:
    points = scattered()
    x, y = np.ascontiguousarray(points.T)
    rng = np.random.default_rng(1)

    def ours(kernel="gaussian"):
        return density_raster(x, y, bandwidth=BANDWIDTH, cell=CELL, bounds=BOUNDS, kernel=kernel)

    for kernel in ("gaussian", "quartic"):
        print(f"ours, {kernel}, first run with compilation: {timed(lambda k=kernel: ours(k))[0]:.2f} s")
    raster = ours()
    centres = raster.centres()

    def sample(size):
        row, column = rng.integers(0, SIDE, (2, size))
        return raster.values[row, column], np.stack([centres[0][column], centres[1][row]], axis=1)

    drawn, places = sample(20_000)
    exact = density_at(x, y, None, *places.T, bandwidth=BANDWIDTH, kernel="gaussian")
    print(f"gaussian within {worst(drawn, exact, 1e-3, 'gaussian'):.1e} of the exact sum at 20,000 places")
    row, column = ((places - CELL / 2) / CELL).round().astype(int).T[::-1]
    exact = density_at(x, y, None, *places.T, bandwidth=BANDWIDTH)
    error = worst(ours("quartic").values[row, column], exact, 1e-9, "quartic")
    print(f"quartic within {error:.1e} of the exact sum at 20,000 places")

    for name, size, allowed, fit in (
        (
            "scikit-learn, exact (rtol=0, atol=0)",
            100,
            1e-3,
            lambda: KernelDensity(bandwidth=BANDWIDTH, rtol=0, atol=0).fit(points),
        ),
        (
            "scikit-learn, rtol=1e-3",
            400,
            2e-3,
            lambda: KernelDensity(bandwidth=BANDWIDTH, rtol=1e-3, atol=0).fit(points),
        ),
        ("SciPy gaussian_kde", 40, 1e-3, lambda: Isotropic(points.T)),
    ):
        drawn, places = sample(size)
        ratios, slow, fast = [], [], []
        for _ in range(ROUNDS):
            build, model = timed(fit)
            if isinstance(model, Isotropic):
                taken, density = timed(lambda m=model, at=places: m(at.T))
            else:
                taken, density = timed(lambda m=model, at=places: np.exp(m.score_samples(at)))
            error = worst(drawn, density * POINTS * 1e6, allowed, name)
            slow.append(build + taken * SIDE**2 / size)
            fast.append(timed(ours)[0])
            ratios.append(slow[-1] / fast[-1])
        print(
            f"{name}: within {error:.1e}; {size} places scaled to {SIDE**2:,}: "
            f"{statistics.median(slow):,.0f} s; ours {statistics.median(fast):.3f} s; ratio "
            f"{statistics.median(ratios):,.0f} (range {min(ratios):,.0f} to {max(ratios):,.0f}; target 100)"
        )
    for n in (10_000, 100_000, 1_000_000, 10_000_000):
        more_x, more_y = (np.resize(values, n) + rng.normal(0, 5, n) for values in (x, y))
        taken = {
            kernel: timed(
                lambda a=more_x, b=more_y, k=kernel: density_raster(
                    a, b, bandwidth=BANDWIDTH, cell=CELL, bounds=BOUNDS, kernel=k
                )
            )[0]
            for kernel in ("gaussian", "quartic")
        }
        taken["cross-validation of 19 bandwidths"] = timed(lambda a=more_x, b=more_y: cross_validation(a, b))[
            0
        ]
        print(f"{n:,} points: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in taken.items()))


if __name__ == "__main__":
    main()
