"""How good a forecast was: measures of the chosen cells, and of the probabilities of all of them."""

from __future__ import annotations

import numpy as np
from scipy import stats

LEVEL = 0.95


def hit_rate(hits: np.ndarray, total: np.ndarray) -> np.ndarray:
    """n / N: the share of what happened that fell in the chosen cells. NaN where nothing happened."""
    return _ratio(hits, total)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(whole, dtype=float))
    ratio: np.ndarray = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return ratio


def neutral_order(count: np.ndarray, i: np.ndarray, j: np.ndarray, seed: int) -> np.ndarray:
    """The order of cells that breaks ties: by the long-run `count`, then by a hash of the cell's index and
    the seed, so that neither the rows' order nor a corner of the map decides."""
    return np.lexsort((tie_hash(i, j, seed), -count))


def ranking(score: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Rows from the highest score to the lowest, ties in the given order. Scores are compared to ten digits
    of the largest: the last ones depend on the order of a sum."""
    largest = np.abs(score).max(initial=0)
    step = 10.0 ** (np.floor(np.log10(largest)) - 9) if largest > 0 else 1.0
    return order[np.argsort(-np.round(score[order] / step), kind="stable")]


def tie_hash(i: np.ndarray, j: np.ndarray, seed: int) -> np.ndarray:
    """A 64-bit mix (SplitMix64's finaliser) of a cell's index and the seed."""
    with np.errstate(over="ignore"):
        mixed = np.zeros(len(i), dtype=np.uint64)
        for part in (np.asarray(i), np.asarray(j), np.full(len(i), seed)):
            mixed = (mixed + part.astype(np.int64).view(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed


def best_possible(observed: np.ndarray, chosen: int) -> float:
    """The most weight that `chosen` cells could have caught."""
    if chosen >= len(observed):
        return float(observed.sum())
    return float(-np.partition(-observed, chosen)[:chosen].sum())


def binomial_interval(share: np.ndarray, trials: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Clopper and Pearson's exact 95 % interval of a share of `trials`, which may be an effective number.
    Never of width nothing: 0 of 20 goes up to 0.17. NaN without trials."""
    share, trials = np.broadcast_arrays(np.asarray(share, dtype=float), np.asarray(trials, dtype=float))
    successes, tail = share * trials, (1 - LEVEL) / 2
    known = trials > 0
    with np.errstate(invalid="ignore"):
        lower = np.where(successes > 0, stats.beta.ppf(tail, successes, trials - successes + 1), 0.0)
        upper = np.where(successes < trials, stats.beta.ppf(1 - tail, successes + 1, trials - successes), 1.0)
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def effective_trials(hits: np.ndarray, total: np.ndarray, squared: np.ndarray | float) -> np.ndarray:
    """How many independent incidents the windows' `hits` of `total` (both with a first dimension of windows)
    are worth, for an exact interval of their pooled share (Korn and Graubard 1998, Survey Methodology 24).

    The number is divided by the design effect, how much more the windows' hits vary than independent
    incidents' would (at least 1), and by (t / z)^2 for the windows it is estimated from. `squared`: the sum
    of squared weights.
    """
    windows = len(hits)
    whole = total.sum(axis=0)
    share = _ratio(hits.sum(axis=0), whole)
    trials = whole**2 / squared
    residual = ((hits - share * total) ** 2).sum(axis=0) * windows / (windows - 1)
    effect = np.maximum(_ratio(residual * trials, whole**2 * share * (1 - share)), 1.0)
    factor = (stats.t.ppf((1 + LEVEL) / 2, windows - 1) / stats.norm.ppf((1 + LEVEL) / 2)) ** 2
    return np.asarray(trials / (np.nan_to_num(effect, nan=1.0) * factor))


def poisson_interval(count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Garwood's exact 95 % interval of a Poisson mean."""
    tail, count = (1 - LEVEL) / 2, np.asarray(count, dtype=float)
    lower = np.where(count > 0, stats.chi2.ppf(tail, 2 * np.maximum(count, 0.5)) / 2, 0.0)
    return lower, stats.chi2.ppf(1 - tail, 2 * count + 2) / 2


def brier(expected: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """By cell: (p - o)^2, o whether anything happened, p = 1 - exp(-expected). Lower is better."""
    score: np.ndarray = (-np.expm1(-expected) - (observed > 0)) ** 2
    return score


def log_score(expected: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """By cell: minus the log of the probability given to what happened, anything or nothing. Lower is
    better."""
    happened = -np.log(-np.expm1(-np.maximum(expected, 1e-12)))
    return np.where(observed > 0, happened, expected)


def ratio_bootstrap(
    above: np.ndarray, below: np.ndarray, seed: int, draws: int = 2000
) -> tuple[np.ndarray, np.ndarray]:
    """95 % percentile interval of sum(above) / sum(below) over origins, from `draws` bootstrap samples of
    whole origins. `above` and `below` of shape (origins, ...); the answer without the first dimension."""
    above = np.asarray(above, dtype=float)
    below = np.broadcast_to(np.asarray(below, dtype=float), above.shape)
    origins = len(above)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(origins, np.full(origins, 1 / origins), draws).astype(float)
    ratios = _ratio(times @ above.reshape(origins, -1), times @ below.reshape(origins, -1))
    tail = 100 * (1 - LEVEL) / 2
    lower, upper = np.nanpercentile(ratios, [tail, 100 - tail], axis=0)
    return lower.reshape(above.shape[1:]), upper.reshape(above.shape[1:])


def paired_interval(only_first: float, only_second: float, total: float) -> tuple[float, float]:
    """95 % interval of a difference of two hit rates over the same `total` events, of which so many were hit
    by the first alone and by the second alone (Agresti and Min 2005: half an event added to each of the
    four kinds)."""
    b, c, n = only_first + 0.5, only_second + 0.5, total + 2
    difference = (b - c) / n
    margin = stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt(b + c - (b - c) ** 2 / n) / n
    return float(difference - margin), float(difference + margin)


def t_margin(gains: np.ndarray) -> float:
    """Half the 95 % interval of the sum of the windows' `gains`, by Student's t."""
    n = len(gains)
    return float(stats.t.ppf((1 + LEVEL) / 2, n - 1) * np.sqrt(n * gains.var(ddof=1)))
