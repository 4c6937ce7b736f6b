"""Accounts grouped by what they do, not by who holds them; each group in words and by its typical members.

k-means on features made comparable (each column by its median and interquartile range, cut at 3, so that one
giant does not make a group of its own). How many groups is chosen by how well the grouping repeats on random
halves of the accounts (prediction strength, Tibshirani & Walther 2005): groups that do not come again are not
reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.cluster.vq import kmeans2

from analytics.finance.account_features import WORDS, measure_accounts
from analytics.finance.payments import read_payments
from analytics.finance.tables import Table
from analytics.shared.progress import Progress, ignore_progress

_CUT = 3.0
_STARTS = 3


@dataclass(frozen=True)
class BehaviourParameters:
    """Accounts with fewer than `min_payments` do too little to be grouped. The largest number of groups up
    to `max_clusters` whose prediction strength is at least `min_strength` is taken (0.8 to 0.9 in the
    source); where there are more accounts than `max_tried`, it is chosen on so many drawn at random, and all
    are then grouped."""

    time_zone: str = "UTC"
    min_payments: int = 6
    max_clusters: int = 8
    min_strength: float = 0.8
    max_tried: int = 10_000
    splits: int = 3
    typical: int = 5
    words: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if (
            self.min_payments < 1
            or self.max_clusters < 1
            or self.splits < 1
            or not 0 <= self.min_strength <= 1
        ):
            raise ValueError("The numbers must be above 0, and min_strength a share.")


@dataclass(frozen=True)
class Behaviour:
    """`accounts`: account, cluster (1 is the largest; 0: too few payments), distance (to the cluster's
    centre), odd (its place among its cluster's distances, 0 to 1: near 1 it is unlike its own group),
    payments. `clusters`: cluster, accounts, share, words, typical (a list of accounts, the nearest first),
    and the median of every feature. `strength`: number of groups tried, strength. `features`: the numbers by
    account."""

    accounts: pd.DataFrame
    clusters: pd.DataFrame
    strength: pd.DataFrame
    features: pd.DataFrame
    parameters: BehaviourParameters


def find_behaviour(
    transactions: Table,
    parameters: BehaviourParameters = BehaviourParameters(),
    *,
    progress: Progress = ignore_progress,
) -> Behaviour:
    """Group accounts by behaviour. The same seed gives the same groups in any order of rows. `progress(step,
    share done)` is called between the steps, and may raise to stop."""
    progress("Reading the payments", 0.0)
    data = read_payments(transactions)
    progress("Counting what each account does", 0.15)
    features = measure_accounts(data, parameters.time_zone)
    enough = (features.payments >= parameters.min_payments).to_numpy()
    scaled = _scale(features.loc[enough, list(WORDS)].to_numpy())
    some = scaled
    if len(scaled) > parameters.max_tried:
        some = scaled[np.random.default_rng(parameters.seed).permutation(len(scaled))[: parameters.max_tried]]
    tried = {1: 1.0}
    for count in range(2, min(parameters.max_clusters, len(scaled) // 20) + 1):
        progress(f"Trying {count} groups", 0.3 + 0.6 * (count - 2) / parameters.max_clusters)
        tried[count] = prediction_strength(some, count, parameters.splits, parameters.seed)
    chosen = max(count for count, strength in tried.items() if strength >= parameters.min_strength)
    progress("Grouping all accounts", 0.9)
    member, distance = _assign_groups(scaled, chosen, parameters.seed)
    cluster, far = np.zeros(len(features), int), np.full(len(features), np.nan)
    cluster[enough], far[enough] = member, distance
    accounts = pd.DataFrame(
        {
            "account": features.index,
            "cluster": cluster,
            "distance": far,
            "payments": features.payments.to_numpy(),
        }
    )
    accounts["odd"] = accounts.groupby("cluster").distance.rank(pct=True)
    strength = pd.DataFrame({"clusters": list(tried), "strength": list(tried.values())})
    return Behaviour(
        accounts,
        _describe_groups(features[enough], scaled, member, distance, parameters),
        strength,
        features,
        parameters,
    )


def prediction_strength(points: np.ndarray, clusters: int, splits: int, seed: int) -> float:
    """How well groups of one half of the points foretell those of the other: for each group of the one half,
    the share of its pairs that the other half's centres put together; the lowest of these, on average over
    splits."""
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(splits):
        order = rng.permutation(len(points))
        one, other = np.array_split(order, 2)
        own = _nearest(points[other], _centres(points[other], clusters, rng))[0]
        foretold = _nearest(points[other], _centres(points[one], clusters, rng))[0]
        shares = []
        for group in range(clusters):
            counts = np.bincount(foretold[own == group], minlength=clusters)
            size = counts.sum()
            shares.append((counts * (counts - 1)).sum() / (size * (size - 1)) if size > 1 else 0.0)
        values.append(min(shares))
    return float(np.mean(values))


def _centres(points: np.ndarray, clusters: int, rng: np.random.Generator) -> np.ndarray:
    """The best of some k-means, each from its own start (Arthur & Vassilvitskii 2007), by the sum of
    squares."""
    runs = [
        kmeans2(points, clusters, iter=30, minit="++", missing="warn", rng=rng)[0] for _ in range(_STARTS)
    ]
    return min(runs, key=lambda centres: float((_nearest(points, centres)[1] ** 2).sum()))


def _nearest(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The centre nearest to each point, and the distance to it."""
    squares = (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)
    nearest = squares.argmin(axis=1)
    return nearest, np.sqrt(np.maximum(squares[np.arange(len(points)), nearest], 0))


def _scale(values: np.ndarray) -> np.ndarray:
    if not len(values):
        return values
    low, middle, high = np.percentile(values, [25, 50, 75], axis=0)
    spread = np.where(high > low, high - low, np.maximum(values.std(axis=0), 1e-9))
    return np.asarray(np.clip((values - middle) / spread, -_CUT, _CUT))


def _assign_groups(points: np.ndarray, clusters: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(cluster from 1, the largest first; distance to its centre)."""
    if not len(points):
        return np.zeros(0, int), np.zeros(0)
    member, distance = _nearest(points, _centres(points, clusters, np.random.default_rng(seed)))
    size = np.bincount(member, minlength=clusters)
    number = np.empty(clusters, int)
    number[np.lexsort((np.arange(clusters), -size))] = np.arange(1, clusters + 1)
    return number[member], distance


def _describe_groups(
    features: pd.DataFrame,
    scaled: np.ndarray,
    member: np.ndarray,
    distance: np.ndarray,
    parameters: BehaviourParameters,
) -> pd.DataFrame:
    rows = []
    for cluster in np.unique(member):
        own = member == cluster
        apart = np.median(scaled[own], axis=0) - np.median(scaled, axis=0)
        order = np.argsort(-np.abs(apart), kind="stable")[: parameters.words]
        words = [WORDS[list(WORDS)[at]][int(apart[at] < 0)] for at in order if abs(apart[at]) >= 0.5]
        nearest = features.index[own][np.argsort(distance[own], kind="stable")[: parameters.typical]]
        rows.append(
            {
                "cluster": int(cluster),
                "accounts": int(own.sum()),
                "share": own.mean(),
                "words": "; ".join(words) or "like most accounts",
                "typical": list(nearest),
                **features[own].median().to_dict(),
            }
        )
    return pd.DataFrame(rows)
