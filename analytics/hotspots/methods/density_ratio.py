"""The ratio of two densities: risk against a population, or change between two periods.

log(f / g), f and g being the gaussian densities of cases and reference, each of total one, with one
bandwidth: the share of each kernel beyond the study area's edge is the same for both and cancels. Null
hypotheses: 'labels', for two sets of incidents: which are cases was drawn at random among all; 'population',
for cases against a known population: each case was drawn at random from it, in proportion to its weights.
Sources: Bithell (1990), Statistics in Medicine 9, 691-701; Kelsall & Diggle (1995), Statistics in Medicine
14, 2335-2342 (random labelling and tolerance contours); Davies, Marshall & Hazelton (2018), Statistics in
Medicine 37(7), 1191-1221 (sparr); Westfall & Young (1993) for the p over the whole map by the permutations'
maxima."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np

from analytics.hotspots.methods.density import GaussianNodes, Raster, raster_shape, spread_one, spread_points
from analytics.hotspots.refusal import TooFewData
from analytics.shared.threads import in_threads

MINIMUM_POINTS = 30
NULLS = ("labels", "population")
_MAXIMUM_LOG_RATIO = math.log(1e6)
_BATCH = 8  # permutations drawn at once, for as many threads as there are


@dataclass(frozen=True)
class Scatter:
    """Points with projected coordinates in metres, and weights (harm, residents; default ones)."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None = None


@dataclass(frozen=True)
class DensityRatio:
    """`log_ratio` (natural; between -13.8 and 13.8), `p` (two-sided, of that place alone: its 0.05 contour is
    the tolerance contour) and `p_map` (corrected for the whole map), all NaN where the null expects too
    little; `expected`: the cases expected within a kernel's effective area, everywhere in the study area."""

    log_ratio: Raster
    p: Raster
    p_map: Raster
    expected: Raster


def density_ratio(
    cases: Scatter,
    reference: Scatter,
    *,
    bandwidth: float,
    cell: float,
    bounds: tuple[float, float, float, float],
    mask: np.ndarray | None = None,
    null: str = "labels",
    minimum_expected: float = 5.0,
    permutations: int = 999,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> DensityRatio:
    """The log ratio at the centres of cells over `bounds` (west, south, east, north, metres), with its p.

    Points outside `mask` (the study area; default all of the bounds) count nothing. A place is left blank
    where the null expects fewer than `minimum_expected` cases (under 'labels', reference points too) within
    the kernel's effective area, 4 pi h^2. p_map is the chance that anywhere on the map a difference as large
    arises, by the permutations' greatest |f - g| / sqrt(the null's density): at p_map <= 0.05 no more than 1
    in 20 maps without a pattern shows anything. Permutations take their weights with them. `progress` is
    given the share of them done, and may raise. Raises TooFewData under 30 cases or reference points in the
    area or where the null expects too little everywhere, and ValueError for an unknown null, a mask of
    another shape or a bandwidth smaller than a cell."""
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
    if min(len(case_x), len(other_x)) < MINIMUM_POINTS:
        raise TooFewData(
            f"A ratio of densities needs at least {MINIMUM_POINTS} cases and {MINIMUM_POINTS} reference "
            f"points in the study area; there are {len(case_x)} and {len(other_x)}. Widen the period or "
            "the area."
        )
    x, y = np.r_[case_x, other_x], np.r_[case_y, other_y]
    weight, n = np.r_[case_weight, other_weight], len(case_x)
    grid = GaussianNodes(bandwidth, cell, bounds[:2], shape)
    u, v = grid.positions(x, y)
    # By row of nodes: these are then in the processor's cache, however many points there are.
    row = np.clip(np.floor(v), 0, grid.size[0])
    order = np.argsort(row.astype(np.uint16 if grid.size[0] < 2**16 else np.int64), kind="stable")
    u, v, weight, is_case = u[order], v[order], weight[order], order < n

    def smoothed(rows: np.ndarray) -> np.ndarray:
        nodes = np.zeros(grid.size)
        spread_points(u[rows], v[rows], weight[rows], nodes)
        inside: np.ndarray = grid.smooth(nodes)[area]
        return inside

    smoothed_cases, fixed = smoothed(is_case), smoothed(~is_case)
    together, total = smoothed_cases + fixed, weight.sum()

    def densities(of_cases: np.ndarray, cases_total: float) -> tuple[np.ndarray, np.ndarray]:
        if null == "population":
            return of_cases / cases_total, fixed / other_weight.sum()
        return of_cases / cases_total, np.clip(together - of_cases, 0, None) / (total - cases_total)

    f, g = densities(smoothed_cases, case_weight.sum())
    null_density = g if null == "population" else together / total
    counted = (
        _effective(case_weight)
        if null == "population"
        else min(_effective(case_weight), _effective(other_weight))
    )
    tested = null_density * counted * 4 * math.pi * bandwidth**2 >= minimum_expected
    if not tested.any():
        raise TooFewData(
            f"Nowhere are {minimum_expected:g} cases expected within the kernel: choose a wider bandwidth "
            "or a longer period."
        )
    f, g, scale = f[tested], g[tested], np.sqrt(null_density[tested])
    observed = (f - g) / scale
    at_least, at_most, largest = np.ones(len(f)), np.ones(len(f)), np.empty(permutations)
    rng = np.random.default_rng(seed)
    seeds = rng.integers(1, 2**64, permutations, np.uint64)
    share = other_weight / other_weight.sum()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    for first in range(0, permutations, _BATCH):
        progress(first / permutations)
        chosen = seeds[first : first + _BATCH]
        nodes, totals = np.zeros((len(chosen), *grid.size)), np.full(len(chosen), case_weight.sum())
        if null == "population":
            for k in range(len(chosen)):
                at = place[n + rng.choice(len(other_x), n, p=share)]
                spread_points(u[at], v[at], rng.permutation(case_weight), nodes[k])
        else:
            in_threads(_spread_drawn, len(chosen), u, v, weight, n, chosen, nodes, totals)
        for k in range(len(chosen)):
            simulated = np.subtract(
                *(density[tested] for density in densities(grid.smooth(nodes[k])[area], totals[k]))
            )
            simulated /= scale
            at_least += simulated >= observed
            at_most += simulated <= observed
            largest[first + k] = np.abs(simulated).max()
    exceeded = permutations - np.searchsorted(np.sort(largest), np.abs(observed), side="left")

    def raster(values: np.ndarray, where: np.ndarray) -> Raster:
        full = np.full(shape, np.nan)
        full.flat[np.flatnonzero(area)[where]] = values
        return Raster(full, bounds[0], bounds[1], cell)

    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.clip(np.log(f) - np.log(g), -_MAXIMUM_LOG_RATIO, _MAXIMUM_LOG_RATIO)
    return DensityRatio(
        log_ratio=raster(log_ratio, tested),
        p=raster(np.minimum(1.0, 2 * np.minimum(at_least, at_most) / (permutations + 1)), tested),
        p_map=raster((exceeded + 1) / (permutations + 1), tested),
        expected=raster(
            null_density * _effective(case_weight) * 4 * math.pi * bandwidth**2,
            np.ones(len(together), dtype=bool),
        ),
    )


def _inside(
    points: Scatter, corner: tuple[float, float], cell: float, area: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = np.asarray(points.x, dtype=float), np.asarray(points.y, dtype=float)
    weight = np.ones(len(x)) if points.weights is None else np.asarray(points.weights, dtype=float)
    row, column = np.floor((y - corner[1]) / cell), np.floor((x - corner[0]) / cell)
    inside = (row >= 0) & (row < area.shape[0]) & (column >= 0) & (column < area.shape[1]) & (weight > 0)
    inside[inside] = area[row[inside].astype(int), column[inside].astype(int)]
    return x[inside], y[inside], weight[inside]


def _effective(weights: np.ndarray) -> float:
    """The number of equal weights that would vary as much."""
    return float(weights.sum() ** 2 / (weights**2).sum())


@numba.njit(cache=True, nogil=True)
def _spread_drawn(
    first: int,
    last: int,
    u: np.ndarray,
    v: np.ndarray,
    weight: np.ndarray,
    n: int,
    seeds: np.ndarray,
    nodes: np.ndarray,
    totals: np.ndarray,
) -> None:
    """Spread n of the points drawn at random, a draw a seed, and sum their weights: the same on any number of
    threads.

    Selection sampling, in the points' order (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S),
    with xorshift64* (Vigna 2016)."""
    for draw in range(first, last):
        state, wanted, total = seeds[draw], n, 0.0
        for k in range(len(u)):
            state ^= state >> np.uint64(12)
            state ^= state << np.uint64(25)
            state ^= state >> np.uint64(27)
            upper = (state * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)
            if upper * (1.0 / 2**53) * (len(u) - k) < wanted:
                wanted -= 1
                spread_one(u[k], v[k], weight[k], nodes[draw])
                total += weight[k]
        totals[draw] = total
