"""The ratio of two densities: risk against a population, or change between two periods.

log(f / g), f and g being the gaussian densities of cases and reference, each of total one, with one bandwidth: the
share of each kernel beyond the study area's edge is the same for both and cancels.
Null hypotheses: 'labels', for two sets of incidents: which are cases was drawn at random among all; 'population',
for cases against a known population: each case was drawn at random from it, in proportion to its weights.
Sources: Bithell (1990), Statistics in Medicine 9, 691-701; Kelsall & Diggle (1995), Statistics in Medicine 14,
2335-2342 (random labelling and tolerance contours); Davies, Marshall & Hazelton (2018), Statistics in Medicine
37(7), 1191-1221 (sparr); Westfall & Young (1993) for the p over the whole map by the permutations' maxima.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.hotspots.density import Raster, gaussian_raster, raster_shape
from analytics.hotspots.refusal import TooFewData

LEAST_POINTS = 30
NULLS = ("labels", "population")
_MOST = math.log(1e6)


@dataclass(frozen=True)
class Scatter:
    """Points with projected coordinates in metres, and weights (harm, residents; default ones)."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None = None


@dataclass(frozen=True)
class DensityRatio:
    """`log_ratio` (natural; between -13.8 and 13.8), `p` (two-sided, of that place alone: its 0.05 contour is the
    tolerance contour) and `p_map` (corrected for the whole map), all NaN where the null expects too little;
    `expected`: the cases expected within a kernel's effective area, everywhere in the study area."""

    log_ratio: Raster
    p: Raster
    p_map: Raster
    expected: Raster


def density_ratio(
    cases: Scatter, reference: Scatter, *, bandwidth: float, cell: float,
    bounds: tuple[float, float, float, float], mask: np.ndarray | None = None, null: str = "labels",
    least_expected: float = 5.0, permutations: int = 999, seed: int = 0,
) -> DensityRatio:  # fmt: skip
    """The log ratio at the centres of cells over `bounds` (west, south, east, north, metres), with its p.

    Points outside `mask` (the study area; default all of the bounds) count nothing. A place is left blank where
    the null expects fewer than `least_expected` cases (under 'labels', reference points too) within the kernel's
    effective area, 4 pi h^2. p_map is the chance that anywhere on the map a difference as large arises, by the
    permutations' greatest |f - g| / sqrt(the null's density): at p_map <= 0.05 no more than 1 in 20 maps without
    a pattern shows anything. Permutations take their weights with them.
    Raises TooFewData under 30 cases or reference points in the area or where the null expects too little
    everywhere, and ValueError for an unknown null, a mask of another shape or a bandwidth smaller than a cell.
    """
    if null not in NULLS:
        raise ValueError(f"The null hypothesis is one of {', '.join(NULLS)}, not {null!r}.")
    if not bandwidth >= cell > 0:
        raise ValueError(f"The bandwidth ({bandwidth:g} m) is smaller than a cell ({cell:g} m).")
    shape = raster_shape(bounds, cell)
    area = np.ones(shape, dtype=bool) if mask is None else mask
    if area.shape != shape:
        raise ValueError(f"The mask has shape {area.shape}, the raster {shape}.")
    case_x, case_y, case_weight = _inside(cases, bounds[:2], cell, area)
    other_x, other_y, other_weight = _inside(reference, bounds[:2], cell, area)
    if min(len(case_x), len(other_x)) < LEAST_POINTS:
        raise TooFewData(
            f"A ratio of densities needs at least {LEAST_POINTS} cases and {LEAST_POINTS} reference points in the "
            f"study area; there are {len(case_x)} and {len(other_x)}. Widen the period or the area."
        )
    x, y = np.r_[case_x, other_x], np.r_[case_y, other_y]
    weight, n = np.r_[case_weight, other_weight], len(case_x)

    def smooth(weights: np.ndarray) -> np.ndarray:
        """Density per square metre of the points weighted so, in the study area's cells."""
        used = weights > 0
        return gaussian_raster(x[used], y[used], weights[used], bandwidth, cell, bounds[:2], shape)[area]

    chosen, rest = np.where(np.arange(len(x)) < n, weight, 0.0), np.where(np.arange(len(x)) < n, 0.0, weight)
    together, fixed = smooth(weight), smooth(rest)

    def densities(of_cases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        f, total = smooth(of_cases), of_cases.sum()
        if null == "population":
            return f / total, fixed / other_weight.sum()
        return f / total, np.clip(together - f, 0, None) / (weight.sum() - total)

    f, g = densities(chosen)
    null_density = g if null == "population" else together / weight.sum()
    counted = (
        _effective(case_weight)
        if null == "population"
        else min(_effective(case_weight), _effective(other_weight))
    )
    tested = null_density * counted * 4 * math.pi * bandwidth**2 >= least_expected
    if not tested.any():
        raise TooFewData(
            f"Nowhere are {least_expected:g} cases expected within the kernel: choose a wider bandwidth or a longer "
            "period."
        )
    f, g, scale = f[tested], g[tested], np.sqrt(null_density[tested])
    observed = (f - g) / scale
    at_least, at_most, largest = np.ones(len(f)), np.ones(len(f)), np.empty(permutations)
    rng = np.random.default_rng(seed)
    share = other_weight / other_weight.sum()
    for k in range(permutations):
        drawn = np.zeros(len(x))
        if null == "population":
            at = n + rng.choice(len(other_x), n, p=share)
            drawn = np.bincount(at, weights=rng.permutation(case_weight), minlength=len(x))
        else:
            at = np.argpartition(rng.random(len(x)), n)[:n]  # n of them at random, in linear time
            drawn[at] = weight[at]
        simulated = np.subtract(*(density[tested] for density in densities(drawn))) / scale
        at_least += simulated >= observed
        at_most += simulated <= observed
        largest[k] = np.abs(simulated).max()
    exceeded = permutations - np.searchsorted(np.sort(largest), np.abs(observed), side="left")

    def raster(values: np.ndarray, where: np.ndarray) -> Raster:
        full = np.full(shape, np.nan)
        full.flat[np.flatnonzero(area)[where]] = values
        return Raster(full, bounds[0], bounds[1], cell)

    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.clip(np.log(f) - np.log(g), -_MOST, _MOST)
    return DensityRatio(
        log_ratio=raster(log_ratio, tested),
        p=raster(np.minimum(1.0, 2 * np.minimum(at_least, at_most) / (permutations + 1)), tested),
        p_map=raster((exceeded + 1) / (permutations + 1), tested),
        expected=raster(
            null_density * _effective(case_weight) * 4 * math.pi * bandwidth**2,
            np.ones(len(together), dtype=bool),
        ),
    )


def _inside(points: Scatter, corner: tuple[float, float], cell: float, area: np.ndarray):
    x, y = np.asarray(points.x, dtype=float), np.asarray(points.y, dtype=float)
    weight = np.ones(len(x)) if points.weights is None else np.asarray(points.weights, dtype=float)
    row, column = np.floor((y - corner[1]) / cell), np.floor((x - corner[0]) / cell)
    kept = (row >= 0) & (row < area.shape[0]) & (column >= 0) & (column < area.shape[1]) & (weight > 0)
    kept[kept] = area[row[kept].astype(int), column[kept].astype(int)]
    return x[kept], y[kept], weight[kept]


def _effective(weights: np.ndarray) -> float:
    """The number of equal weights that would vary as much."""
    return float(weights.sum() ** 2 / (weights**2).sum())
