"""How wide to smooth: a rule, likelihood cross-validation, or the analyst's own bandwidth.

Rule: the normal reference, h = s * n^(-1/6), in which Scott's and Silverman's rules coincide for two
dimensions (Scott 1992, Multivariate Density Estimation, eq. 6.42; Silverman 1986, eq. 4.14). s is the
geometric mean of both axes' spreads, each the lesser of the standard deviation and the interquartile range /
1.349. It supposes one bell-shaped cloud and smooths clustered crime too much. For the quartic kernel it is
widened by 2.779, which gives the same asymptotic smoothness (the ratio of the kernels' (R / mu_2^2)^(1/6)).
Cross-validation: the bandwidth under which each place is best foretold by all the others (Habbema, Hermans &
van den Broek 1974; Silverman 1986, section 3.4.4)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.hotspots.methods.density import HEIGHT, REACH, KernelSums
from analytics.hotspots.refusal import TooFewData

MINIMUM_PLACES = 30
QUARTIC_PER_GAUSSIAN = (9 / (5 * math.pi) * 64 * 4 * math.pi) ** (1 / 6)


@dataclass(frozen=True)
class Bandwidth:
    """`metres`, how it was `chosen` ('rule', 'cross-validation' or 'analyst'), the `scores` tried (bandwidth,
    score; empty unless cross-validated) and `warnings` in the user's words."""

    metres: float
    chosen: str
    scores: pd.DataFrame
    warnings: tuple[str, ...]


def choose_bandwidth(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    cell: float,
    choice: float | str = "rule",
    kernel: str = "quartic",
    seed: int = 0,
) -> Bandwidth:
    """The bandwidth by 'rule', by 'cross-validation' (see `cross_validation` for what is tried) or as given
    in metres, with a warning where it is smaller than a cell or lies at the end of what was tried."""
    scores, warnings = pd.DataFrame({"bandwidth": [], "score": []}), []
    if choice == "rule":
        metres, chosen = normal_reference(x, y, weights, kernel=kernel), "rule"
    elif choice == "cross-validation":
        chosen = "cross-validation"
        scores = cross_validation(x, y, weights, kernel=kernel, seed=seed)
        best = int(scores.score.argmax())
        metres = float(scores.bandwidth[best])
        if best in (0, len(scores) - 1):
            warnings.append(
                f"The best bandwidth, {metres:.0f} m, is the last one tried: a better one may lie beyond."
            )
    elif isinstance(choice, str):
        raise ValueError(
            f"A bandwidth is chosen by 'rule', 'cross-validation' or a number of metres, not {choice!r}."
        )
    else:
        metres, chosen = float(choice), "analyst"
        if not metres > 0:
            raise ValueError(f"A bandwidth is a positive number of metres, not {choice}.")
    if metres < cell:
        warnings.append(
            f"The bandwidth, {metres:.0f} m, is smaller than a cell, {cell:.0f} m: incidents would fall "
            "between the cells' centres. Choose smaller cells or a wider bandwidth."
        )
    return Bandwidth(metres, chosen, scores, tuple(warnings))


def normal_reference(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None, *, kernel: str = "quartic"
) -> float:
    """The rule's bandwidth in metres; weighted incidents count as (sum w)^2 / sum w^2. Raises TooFewData
    where all lie on a line along an axis, or there are fewer than two."""
    weights = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    spread = math.sqrt(
        _spread(np.asarray(x, dtype=float), weights) * _spread(np.asarray(y, dtype=float), weights)
    )
    if not spread > 0:
        raise TooFewData("A rule for the bandwidth needs incidents that differ in both directions.")
    n = weights.sum() ** 2 / (weights**2).sum()
    metres: float = spread * n ** (-1 / 6) * (QUARTIC_PER_GAUSSIAN if kernel == "quartic" else 1.0)
    return metres


def cross_validation(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    bandwidths: np.ndarray | None = None,
    kernel: str = "quartic",
    background: float = 0.01,
    maximum: int = 5_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Each bandwidth tried and its score: bandwidth (m), score.

    score: the weighted mean over places of log(A * f), f being the density foretold there without the place
    and A the area of the box around all: 0 is no better than an even spread. Incidents at one coordinate are
    left out together, for otherwise repeats at an address would always favour the least bandwidth.
    `background`: the share of incidents taken to fall anywhere in the box, so that a place beyond every
    kernel costs something finite. More than `maximum` places are scored on a random sample of them (`seed`),
    against all. Default `bandwidths`: 19, each 2^(1/4) of the one before, from a sixteenth of the rule's to
    1.41 times it. Raises TooFewData under 30 distinct places."""
    weights = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    places, inverse = np.unique(
        np.asarray(x, dtype=float) + 1j * np.asarray(y, dtype=float), return_inverse=True
    )
    if len(places) < MINIMUM_PLACES:
        raise TooFewData(
            f"Cross-validating a bandwidth needs at least {MINIMUM_PLACES} distinct places; there are "
            f"{len(places)}. Use the rule, or choose a bandwidth yourself."
        )
    if bandwidths is None:
        rule = normal_reference(x, y, weights, kernel=kernel)
        bandwidths = rule / 16 * 2 ** (np.arange(19) / 4)
    weight = np.bincount(inverse, weights=weights)
    scored = np.arange(len(places))
    if len(places) > maximum:
        scored = np.random.default_rng(seed).choice(len(places), maximum, replace=False)
    own, rest = weight[scored], weight.sum() - weight[scored]
    area = np.ptp(places.real) * np.ptp(places.imag)
    summed = KernelSums(places.real, places.imag, weight, np.min(bandwidths) * REACH[kernel])
    scores = []
    for bandwidth in bandwidths:
        sums = summed.at(places.real[scored], places.imag[scored], bandwidth, kernel)
        foretold = HEIGHT[kernel] / bandwidth**2 * np.clip(sums - own, 0, None) / rest
        with np.errstate(divide="ignore"):
            gain = np.log((1 - background) * foretold * area + background)
        scores.append(np.average(gain, weights=own))
    return pd.DataFrame({"bandwidth": np.asarray(bandwidths, dtype=float), "score": scores})


def _spread(values: np.ndarray, weights: np.ndarray) -> float:
    mean = np.average(values, weights=weights)
    deviation = math.sqrt(np.average((values - mean) ** 2, weights=weights))
    lower, upper = np.quantile(values, [0.25, 0.75], weights=weights, method="inverted_cdf")
    return min(deviation, (upper - lower) / 1.349) if upper > lower else deviation
