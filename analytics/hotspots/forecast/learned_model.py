"""Forecasts that are fitted: on earlier windows only, whose outcome was known before the origin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from analytics.hotspots.forecast.calibrate import poisson_mixture
from analytics.hotspots.forecast.history import Kernel, Past
from analytics.hotspots.forecast.methods import decayed_count, near_repeat

HALF_LIVES = (365.0, 730.0, 1460.0, math.inf)
BANDWIDTHS = (1, 2)  # cells
STRENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0)
SURROUNDINGS_HALF_LIFE = 730.0
LEARNED_FROM = 26  # windows


@dataclass(frozen=True)
class Smoothing:
    """Half-life of the counts in days, bandwidth of the surroundings in cells, and their strength: how many
    incidents' worth of evidence they are."""

    half_life: float = 730.0
    bandwidth: float = 1
    strength: float = 2.0


def smoothed_count(past: Past, smoothing: Smoothing) -> np.ndarray:
    """Each cell's decayed count, drawn towards its surroundings: the Poisson-gamma posterior mean.

    With n incidents in T effective days and a gamma prior of shape a and mean m (a Gaussian kernel density
    of the decayed history) the rate is (a + n) / (a / m + T): empty cells take after their surroundings,
    busy ones keep their own count. Clayton and Kaldor (1987), Biometrics 43. Weights are divided by their
    own mean (weighted by themselves), so that the strength stays in incidents.
    """
    unit = past.unit
    kernel = Kernel("gaussian", smoothing.bandwidth * past.ground.grid.size)
    mean = np.maximum(past.rate(SURROUNDINGS_HALF_LIFE, kernel) / unit, 1e-12)
    days = past.effective_days(smoothing.half_life)
    count = past.rate(smoothing.half_life) * days / unit
    return unit * past.horizon * (smoothing.strength + count) / (smoothing.strength / mean + days)


SMOOTHINGS = tuple(Smoothing(*values) for values in product(HALF_LIVES, BANDWIDTHS, STRENGTHS))


@dataclass(frozen=True)
class Window:
    """A past and what then happened: weight by cell of the ground in the `horizon` days from the origin."""

    past: Past
    observed: np.ndarray

    @cached_property
    def likelihoods(self) -> np.ndarray:
        """The log likelihood of where it happened (multinomial: where, not how much) under each of
        SMOOTHINGS; kept, for every fit looks at a window again."""
        known = self.past.known
        some = known & (self.observed > 0)
        observed = self.observed[some]
        likelihoods = []
        for smoothing in SMOOTHINGS:
            expected = smoothed_count(self.past, smoothing)
            likelihoods.append(
                observed @ np.log(expected[some]) - observed.sum() * math.log(expected[known].sum())
            )
        return np.array(likelihoods)


def fit_smoothing(windows: list[Window]) -> Smoothing:
    """The one of SMOOTHINGS under which what happened was likeliest; the first of equals."""
    return SMOOTHINGS[int(np.argmax(np.sum([window.likelihoods for window in windows], axis=0)))]


@dataclass(frozen=True)
class Mixture:
    """Weights of the parts of `mixture`, in the order of `_parts`."""

    smoothing: Smoothing
    half_distance: float
    weights: tuple[float, ...]


def _parts(past: Past, smoothing: Smoothing, half_distance: float) -> np.ndarray:
    return np.stack(
        [
            smoothed_count(past, smoothing),
            decayed_count(past, 365.0),
            decayed_count(past, 60.0),
            near_repeat(past, half_distance, 14.0),
            near_repeat(past, half_distance, 60.0),
        ],
        axis=1,
    )


def mixture(past: Past, fitted: Mixture) -> np.ndarray:
    """A weighted sum: the smoothed count, counts of the last year and the last two months (half-lives of 365
    and 60 days), and near repeats with half-lives of 14 and 60 days."""
    risk: np.ndarray = _parts(past, fitted.smoothing, fitted.half_distance) @ np.array(fitted.weights)
    return risk


def fit_mixture(windows: list[Window], smoothing: Smoothing, half_distance: float) -> Mixture:
    """The weights by Poisson likelihood (`poisson_mixture`)."""
    rows, observed, totals = [], [], np.zeros(5)
    for window in windows:
        parts = _parts(window.past, smoothing, half_distance)[window.past.known]
        outcome = window.observed[window.past.known]
        rows.append(parts[outcome > 0])
        observed.append(outcome[outcome > 0])
        totals = totals + parts.sum(axis=0)
    weights = poisson_mixture(np.concatenate(rows), totals, np.concatenate(observed))
    return Mixture(smoothing, half_distance, tuple(weights.tolist()))


def features(past: Past, smoothing: Smoothing, half_distance: float) -> np.ndarray:
    """(cells, 17): counts of the cell and of the cells that touch it over five windows, days since its last
    incident, two densities, near-repeat risk, the smoothed count, and the season as sine and cosine."""
    counts = [past.window(1, days) for days in (past.horizon, 30, 90, 365)] + [past.rate()]
    rings = [past.ground.touching @ count for count in counts]
    size = past.ground.grid.size
    angle = 2 * math.pi * past.origin / 365.25
    columns = [
        *counts,
        *rings,
        past.recency(),
        past.rate(SURROUNDINGS_HALF_LIFE, Kernel("gaussian", size)),
        past.rate(SURROUNDINGS_HALF_LIFE, Kernel("gaussian", 2 * size)),
        near_repeat(past, half_distance, 14.0),
        smoothed_count(past, smoothing),
        np.full(len(past.ground), math.sin(angle)),
        np.full(len(past.ground), math.cos(angle)),
    ]
    return np.stack(columns, axis=1)


def _one_thread() -> threadpool_limits:
    """One thread gives one answer, and on so few rows is faster than handing them to several."""
    return threadpool_limits(1, user_api="openmp")


@dataclass(frozen=True)
class Learned:
    """A fitted model with what its features need."""

    model: HistGradientBoostingRegressor
    smoothing: Smoothing
    half_distance: float


def learned(past: Past, fitted: Learned) -> np.ndarray:
    """Gradient-boosted trees on `features` (Poisson loss)."""
    with _one_thread():
        risk: np.ndarray = fitted.model.predict(features(past, fitted.smoothing, fitted.half_distance))
    return risk


def fit_learned(windows: list[Window], smoothing: Smoothing, half_distance: float, seed: int) -> Learned:
    """Fit the trees on the last 26 windows: 80 of at most 8 leaves, at least 200 rows a leaf, rate 0.05."""
    rows, outcomes = [], []
    for window in windows[-LEARNED_FROM:]:
        known = window.past.known
        rows.append(features(window.past, smoothing, half_distance)[known])
        outcomes.append(window.observed[known])
    model = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=0.05,
        max_iter=80,
        max_leaf_nodes=8,
        min_samples_leaf=200,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=seed,
    )
    with _one_thread():
        model.fit(np.concatenate(rows), np.concatenate(outcomes))
    return Learned(model, smoothing, half_distance)
