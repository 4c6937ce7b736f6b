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
_Points = tuple[np.ndarray, np.ndarray, np.ndarray]  # x, y, weight
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
    inside = _inside(cases, bounds[:2], cell, area), _inside(reference, bounds[:2], cell, area)
    _refuse_few(len(inside[0][0]), len(inside[1][0]))
    sample = _Sample(*inside, GaussianNodes(bandwidth, cell, bounds[:2], shape), area, null)
    f, g = sample.densities(sample.smoothed_cases, sample.case_weight.sum())
    null_density = g if null == "population" else sample.together / sample.total
    tested = _within_kernel(null_density, sample.effective_number(), bandwidth) >= minimum_expected
    if not tested.any():
        raise TooFewData(
            f"Nowhere are {minimum_expected:g} cases expected within the kernel: choose a wider bandwidth "
            "or a longer period."
        )
    p, p_map = _permute(sample, f, g, null_density, tested, permutations, seed, progress)

    def raster(values: np.ndarray, where: np.ndarray) -> Raster:
        full = np.full(shape, np.nan)
        full.flat[np.flatnonzero(area)[where]] = values
        return Raster(full, bounds[0], bounds[1], cell)

    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log(f[tested]) - np.log(g[tested])
    expected = _within_kernel(null_density, _effective(sample.case_weight), bandwidth)
    return DensityRatio(
        log_ratio=raster(np.clip(log_ratio, -_MAXIMUM_LOG_RATIO, _MAXIMUM_LOG_RATIO), tested),
        p=raster(p, tested),
        p_map=raster(p_map, tested),
        expected=raster(expected, np.ones(len(expected), dtype=bool)),
    )


class _Sample:
    """Cases and reference points in the study area, their places on the nodes of the kernel, and both
    smoothed over the cells of the area, (cells,)."""

    def __init__(
        self, cases: _Points, reference: _Points, grid: GaussianNodes, area: np.ndarray, null: str
    ) -> None:
        (case_x, case_y, self.case_weight), (other_x, other_y, self.other_weight) = cases, reference
        self._grid, self._area, self._null = grid, area, null
        self.cases = len(case_x)
        weight = np.r_[self.case_weight, self.other_weight]
        u, v = grid.positions(np.r_[case_x, other_x], np.r_[case_y, other_y])
        # By row of nodes: these are then in the processor's cache, however many points there are.
        row = np.clip(np.floor(v), 0, grid.size[0])
        order = np.argsort(row.astype(np.uint16 if grid.size[0] < 2**16 else np.int64), kind="stable")
        self.u, self.v, self.weight = u[order], v[order], weight[order]
        self._place = np.empty(len(order), dtype=np.int64)
        self._place[order] = np.arange(len(order))
        is_case = order < self.cases
        self.smoothed_cases, self.smoothed_reference = self._smooth(is_case), self._smooth(~is_case)
        self.together, self.total = self.smoothed_cases + self.smoothed_reference, weight.sum()

    def _smooth(self, rows: np.ndarray) -> np.ndarray:
        nodes = np.zeros(self._grid.size)
        spread_points(self.u[rows], self.v[rows], self.weight[rows], nodes)
        return self.smooth_nodes(nodes)

    def smooth_nodes(self, nodes: np.ndarray) -> np.ndarray:
        inside: np.ndarray = self._grid.smooth(nodes)[self._area]
        return inside

    def densities(self, of_cases: np.ndarray, cases_total: float) -> tuple[np.ndarray, np.ndarray]:
        """Those of the cases and of what they are compared with, each of total one."""
        if self._null == "population":
            return of_cases / cases_total, self.smoothed_reference / self.other_weight.sum()
        others = np.clip(self.together - of_cases, 0, None) / (self.total - cases_total)
        return of_cases / cases_total, others

    def effective_number(self) -> float:
        """Of the cases; under 'labels' of the reference points where those are fewer."""
        cases = _effective(self.case_weight)
        return cases if self._null == "population" else min(cases, _effective(self.other_weight))

    def draw(self, seeds: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Cases drawn under the null, one set for each seed: their weights on the nodes (seeds, rows,
        columns), and the totals of these."""
        nodes = np.zeros((len(seeds), *self._grid.size))
        totals = np.full(len(seeds), self.case_weight.sum())
        if self._null == "population":
            share = self.other_weight / self.other_weight.sum()
            for k in range(len(seeds)):
                at = self._place[self.cases + rng.choice(len(share), self.cases, p=share)]
                spread_points(self.u[at], self.v[at], rng.permutation(self.case_weight), nodes[k])
        else:
            points = self.u, self.v, self.weight, self.cases
            in_threads(_spread_drawn, len(seeds), *points, seeds, nodes, totals)
        return nodes, totals


def _permute(
    sample: _Sample,
    f: np.ndarray,
    g: np.ndarray,
    null_density: np.ndarray,
    tested: np.ndarray,
    permutations: int,
    seed: int,
    progress: Callable[[float], None],
) -> tuple[np.ndarray, np.ndarray]:
    """`p` of each tested place alone, and corrected for the whole map."""
    scale = np.sqrt(null_density[tested])
    observed = (f[tested] - g[tested]) / scale
    at_least, at_most, largest = np.ones(len(scale)), np.ones(len(scale)), np.empty(permutations)
    rng = np.random.default_rng(seed)
    seeds = rng.integers(1, 2**64, permutations, np.uint64)
    for first in range(0, permutations, _BATCH):
        progress(first / permutations)
        drawn = sample.draw(seeds[first : first + _BATCH], rng)
        for k, (nodes, total) in enumerate(zip(*drawn, strict=True), first):
            of_cases, of_others = sample.densities(sample.smooth_nodes(nodes), total)
            simulated = (of_cases[tested] - of_others[tested]) / scale
            at_least += simulated >= observed
            at_most += simulated <= observed
            largest[k] = np.abs(simulated).max()
    exceeded = permutations - np.searchsorted(np.sort(largest), np.abs(observed), side="left")
    p = np.minimum(1.0, 2 * np.minimum(at_least, at_most) / (permutations + 1))
    return p, (exceeded + 1) / (permutations + 1)


def _within_kernel(density: np.ndarray, number: float, bandwidth: float) -> np.ndarray:
    """How many of `number` cases lie within a kernel's effective area, 4 pi h^2."""
    return density * number * 4 * math.pi * bandwidth**2


def _refuse_few(cases: int, reference: int) -> None:
    if min(cases, reference) < MINIMUM_POINTS:
        raise TooFewData(
            f"A ratio of densities needs at least {MINIMUM_POINTS} cases and {MINIMUM_POINTS} reference "
            f"points in the study area; there are {cases} and {reference}. Widen the period or the area."
        )


def _inside(points: Scatter, corner: tuple[float, float], cell: float, area: np.ndarray) -> _Points:
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
