"""Risk terrain: which features of the ground incidents are near, and what that says of every cell.

Caplan and Kennedy (2010), Risk Terrain Modeling Manual. Each factor is tried as 'near' (within a distance)
and, where it is made of points, as 'dense' (a quartic kernel density above its mean by two standard
deviations). An elastic-net Poisson regression with coefficients of at least nothing, its penalty chosen by
cross-validation, screens them. Of those left, the best of each factor enters step by step while the
information criterion falls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from analytics.hotspots.forecast.history import Ground, Past
from analytics.hotspots.grid.cells import index_cells

REACHES = (125.0, 250.0, 500.0)  # metres, of 'near'; those of at least half a cell
BANDWIDTHS = (250.0, 500.0)  # metres, of 'dense'
MINIMUM_CELLS = 10  # with and without a factor, for it to be tried
FOLDS, PENALTIES, LASSO_SHARE = 5, 12, 0.5
MAXIMUM_CELLS = 4000  # that a terrain is fitted on
ROUNDS, TOLERANCE = 400, 1e-7


@dataclass(frozen=True)
class RiskLayer:
    """A factor: where its features are (n, 2) in metres; `points`: whether they are places whose density
    means anything, not lines and outlines cut into corners."""

    places: np.ndarray
    points: bool = True


@dataclass(frozen=True)
class RiskFactor:
    """A factor as it was chosen: `form` is 'near' or 'dense', `reach` in metres, `cut` the density above
    which a place is dense, and `value` the relative risk (RRV), which after a selection has no honest
    interval."""

    name: str
    form: str
    reach: float
    cut: float
    value: float

    def covers(self, layer: RiskLayer, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Where it is so."""
        centres = np.stack([x, y], axis=1)
        if self.form == "near":
            return _measure_distance(layer, centres) <= self.reach
        return _measure_density(layer, centres, self.reach) > self.cut


@dataclass(frozen=True)
class Terrain:
    """`factors` that raise the risk, and `intercept`, the log of a cell's expected number without any."""

    intercept: float
    factors: tuple[RiskFactor, ...]

    def score(self, layers: Mapping[str, RiskLayer], x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The relative risk score of places: 1 without any factor."""
        risk = np.ones(len(x))
        for factor in self.factors:
            risk[factor.covers(layers[factor.name], x, y)] *= factor.value
        return risk


def fit_terrain(
    layers: Mapping[str, RiskLayer], x: np.ndarray, y: np.ndarray, count: np.ndarray, cell: float, seed: int
) -> Terrain:
    """The terrain of cells with centres `x`, `y` (all of the study area, empty ones too), `count` incidents
    each and `cell` metres wide. Without an incident, or where no factor helps, one without factors."""
    count = np.asarray(count, dtype=float)
    if count.sum() == 0:
        return Terrain(-math.inf, ())
    tried, columns = _try_factors(layers, np.stack([x, y], axis=1), cell)
    if not tried:
        return Terrain(math.log(count.mean()), ())
    design = np.stack(columns, axis=1).astype(float)
    kept = np.flatnonzero(_screen(design, count, seed))
    chosen, coefficients = _step(design, count, [factor.name for factor in tried], kept)
    factors = [
        RiskFactor(tried[k].name, tried[k].form, tried[k].reach, tried[k].cut, math.exp(coefficient))
        for k, coefficient in zip(chosen, coefficients[1:], strict=True)
    ]
    return Terrain(float(coefficients[0]), tuple(sorted(factors, key=lambda factor: -factor.value)))


def fit_past_terrain(past: Past, layers: Mapping[str, RiskLayer], seed: int) -> Terrain:
    """The terrain of what was known at an origin, on all cells within the convex hull of those that had an
    incident (at most MAXIMUM_CELLS, drawn at random: relative risks stay)."""
    ground = past.ground
    count = past.window(1, past.days) / past.unit
    x, y = ground.grid.centres(ground.i[past.known], ground.j[past.known])
    hull = shapely.convex_hull(shapely.multipoints(np.stack([x, y], axis=1)))
    step = ground.grid.size / 2
    west, south, east, north = shapely.bounds(hull)
    mesh = np.meshgrid(np.arange(west, east + step, step), np.arange(south, north + step, step))
    i, j = index_cells(ground.grid, mesh[0].ravel(), mesh[1].ravel())
    cells = np.unique(np.stack([i, j]), axis=1)
    within = shapely.contains_xy(hull, *ground.grid.centres(*cells))
    cells = np.unique(
        np.concatenate([cells[:, within], np.stack([ground.i, ground.j])[:, past.known]], axis=1), axis=1
    )
    if cells.shape[1] > MAXIMUM_CELLS:
        drawn = np.random.default_rng(seed).choice(cells.shape[1], MAXIMUM_CELLS, replace=False)
        cells = cells[:, np.sort(drawn)]
    of_ground = pd.Series(count, index=pd.MultiIndex.from_arrays([ground.i, ground.j]))
    observed = of_ground.reindex(pd.MultiIndex.from_arrays(list(cells)), fill_value=0.0).to_numpy()
    return fit_terrain(layers, *ground.grid.centres(*cells), observed, ground.grid.size, seed)


def score_ground(ground: Ground, terrain: Terrain, layers: Mapping[str, RiskLayer]) -> np.ndarray:
    """The score of every cell of the ground; its level is set like every method's. Cells of equal score go by
    their long-run count, as all ties do."""
    return terrain.score(layers, *ground.grid.centres(ground.i, ground.j))


def _measure_distance(layer: RiskLayer, centres: np.ndarray) -> np.ndarray:
    distance: np.ndarray = cKDTree(layer.places).query(centres)[0]
    return distance


def _measure_density(layer: RiskLayer, centres: np.ndarray, bandwidth: float) -> np.ndarray:
    """Quartic kernel, up to a constant."""
    pairs = cKDTree(centres).sparse_distance_matrix(
        cKDTree(layer.places), bandwidth, output_type="coo_matrix"
    )
    weight = (1 - (pairs.data / bandwidth) ** 2) ** 2
    return np.bincount(pairs.row, weight, minlength=len(centres))


def _try_factors(
    layers: Mapping[str, RiskLayer], centres: np.ndarray, cell: float
) -> tuple[list[RiskFactor], list[np.ndarray]]:
    tried, columns = [], []
    for name, layer in layers.items():
        if not len(layer.places):
            continue
        distance = _measure_distance(layer, centres)
        forms = [("near", reach, 0.0, distance <= reach) for reach in REACHES if reach >= cell / 2]
        for bandwidth in BANDWIDTHS if layer.points else ():
            if bandwidth >= cell / 2:
                density = _measure_density(layer, centres, bandwidth)
                cut = float(density.mean() + 2 * density.std())
                forms.append(("dense", bandwidth, cut, density > cut))
        for form, reach, cut, column in forms:
            if MINIMUM_CELLS <= column.sum() <= len(column) - MINIMUM_CELLS:
                tried.append(RiskFactor(name, form, reach, cut, 1.0))
                columns.append(column)
    return tried, columns


def _screen(design: np.ndarray, count: np.ndarray, seed: int) -> np.ndarray:
    """Which columns have a coefficient at the penalty of the least deviance in cross-validation."""
    gradient = (design - design.mean(axis=0)).T @ (count - count.mean()) / len(count)
    largest = max(float(gradient.max()) / LASSO_SHARE, 1e-9)
    penalties = largest * np.geomspace(1, 0.005, PENALTIES)
    fold = np.random.default_rng(seed).permutation(len(count)) % FOLDS
    deviance = np.zeros(PENALTIES)
    for k in range(FOLDS):
        train, test = fold != k, fold == k
        for rank, coefficients in enumerate(_fit_path(design[train], count[train], penalties)):
            eta = coefficients[0] + design[test] @ coefficients[1:]
            deviance[rank] += (np.exp(eta) - count[test] * eta).sum()
    path = _fit_path(design, count, penalties[: int(np.argmin(deviance)) + 1])
    return np.asarray(path[-1][1:] > 0)


def _fit_path(design: np.ndarray, count: np.ndarray, penalties: np.ndarray) -> list[np.ndarray]:
    """Coefficients, the intercept first, at each penalty, each begun at the one before."""
    start = np.zeros(design.shape[1] + 1)
    start[0] = math.log(max(count.mean(), 1e-12))
    path = []
    for penalty in penalties:
        start = fit_elastic_net(design, count, float(penalty), start)
        path.append(start)
    return path


def fit_elastic_net(design: np.ndarray, count: np.ndarray, penalty: float, start: np.ndarray) -> np.ndarray:
    """Minimise mean(mu - y log mu) + penalty (share |b| + (1 - share) b^2 / 2) over b >= 0 with a free
    intercept (first), share being LASSO_SHARE, by proximal Newton steps with coordinate descent within
    (Friedman, Hastie and Tibshirani 2010, Journal of Statistical Software 33)."""
    n, coefficients = len(count), start.copy()
    full = np.concatenate([np.ones((n, 1)), design], axis=1)
    lasso = np.r_[0.0, np.full(design.shape[1], penalty * LASSO_SHARE)]
    ridge = np.r_[0.0, np.full(design.shape[1], penalty * (1 - LASSO_SHARE))]

    def loss(b: np.ndarray) -> float:
        eta = np.clip(full @ b, -30, 30)
        return float((np.exp(eta) - count * eta).mean() + lasso @ b + ridge @ b**2 / 2)

    value = loss(coefficients)
    for _ in range(50):
        mu = np.exp(np.clip(full @ coefficients, -30, 30))
        gradient = full.T @ (mu - count) / n
        hessian = (full * mu[:, None]).T @ full / n
        target = _descend(coefficients, gradient, hessian, lasso, ridge)
        step, direction = 1.0, target - coefficients
        while step > 1e-6 and loss(coefficients + step * direction) > value:
            step /= 2
        coefficients = coefficients + step * direction
        before, value = value, loss(coefficients)
        if before - value < TOLERANCE * max(abs(before), 1):
            break
    return coefficients


def _descend(
    at: np.ndarray, gradient: np.ndarray, hessian: np.ndarray, lasso: np.ndarray, ridge: np.ndarray
) -> np.ndarray:
    """The minimum of the loss's quadratic approximation at `at`."""
    b, slope = at.copy(), gradient.copy()  # slope: of the smooth part at b
    for _ in range(ROUNDS):
        largest = 0.0
        for k in range(len(b)):
            if hessian[k, k] <= 0:
                continue
            new = (hessian[k, k] * b[k] - slope[k] - lasso[k]) / (hessian[k, k] + ridge[k])
            new = new if k == 0 else max(new, 0.0)
            change = new - b[k]
            if change:
                slope += hessian[:, k] * change
                b[k] = new
                largest = max(largest, abs(change))
        if largest < TOLERANCE:
            break
    return b


def _step(
    design: np.ndarray, count: np.ndarray, names: list[str], candidates: np.ndarray
) -> tuple[list[int], np.ndarray]:
    """Forward selection by BIC, one form a factor, with coefficients above nothing. The deviance is divided
    by the dispersion of the model with all candidates (at least 1): crime varies more than Poisson."""
    n = len(count)
    full, _ = _fit_poisson(design[:, candidates], count)
    mu = np.exp(np.clip(full[0] + design[:, candidates] @ full[1:], -30, 30))
    dispersion = max(1.0, float(((count - mu) ** 2 / mu).sum() / max(n - len(full), 1)))
    chosen: list[int] = []
    coefficients, deviance = _fit_poisson(design[:, chosen], count)
    while True:
        used = {names[k] for k in chosen}
        best: tuple[float, int, np.ndarray] | None = None
        for k in candidates:
            if names[k] in used:
                continue
            fitted, tried = _fit_poisson(design[:, [*chosen, k]], count)
            if (fitted[1:] > 0).all() and (best is None or tried < best[0]):
                best = tried, int(k), fitted
        if best is None or (deviance - best[0]) / dispersion <= math.log(n):
            return chosen, coefficients
        deviance, coefficients = best[0], best[2]
        chosen.append(best[1])


def _fit_poisson(design: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, float]:
    """Maximum likelihood, and twice the negative log likelihood up to a constant."""
    start = np.zeros(design.shape[1] + 1)
    start[0] = math.log(max(count.mean(), 1e-12))
    full = np.concatenate([np.ones((len(count), 1)), design], axis=1)
    for _ in range(30):
        mu = np.exp(np.clip(full @ start, -30, 30))
        hessian = (full * mu[:, None]).T @ full + 1e-9 * np.eye(len(start))
        change = np.linalg.solve(hessian, full.T @ (count - mu))
        start = start + np.clip(change, -2, 2)
        if np.abs(change).max() < 1e-9:
            break
    eta = np.clip(full @ start, -30, 30)
    return start, float(2 * (np.exp(eta) - count * eta).sum())
