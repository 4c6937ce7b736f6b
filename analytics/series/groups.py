"""Pairs to series: groups in which the average pair is likelier linked than not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

_MAXIMUM_GROUP = 2000  # incidents compared at once; a greater heap of weak links is taken apart first
_STRICTER = 0.5


def group_incidents(
    count: int, first: np.ndarray, second: np.ndarray, log_odds: np.ndarray, least: float
) -> np.ndarray:
    """The series of each of `count` incidents, numbered from 0 in the order of their first incidents, -1
    where it stands in none. Average linkage (as in Porter 2016): two groups join while the mean of their
    pairs' log odds, less the threshold, is above 0. A pair that is no candidate counts as `least`."""
    component = _connect(count, first, second, log_odds)
    inside = component[first] == component[second]
    pairs = pd.DataFrame({"first": first[inside], "second": second[inside], "log_odds": log_odds[inside]})
    label = np.full(count, -1, np.int64)
    found = 0
    for _, own in pairs.groupby(component[pairs["first"]], sort=True):
        members = np.unique(own[["first", "second"]].to_numpy())
        for group in _split(members, own, least):
            label[group] = found
            found += 1
    known = label >= 0
    label[known] = pd.factorize(label[known])[0]
    return label


def _connect(count: int, first: np.ndarray, second: np.ndarray, log_odds: np.ndarray) -> np.ndarray:
    """The component of each incident under the links above 0; those of a component too large to be compared
    at once are connected again under a stricter threshold."""
    above = 0.0
    component = _find_components(count, first, second, log_odds > above)
    while (large := np.bincount(component)[component] > _MAXIMUM_GROUP).any():
        above += _STRICTER
        stricter = _find_components(count, first, second, log_odds > above)
        component = pd.factorize(np.where(large, stricter + count, component))[0]
    return component


def _find_components(count: int, first: np.ndarray, second: np.ndarray, strong: np.ndarray) -> np.ndarray:
    links = coo_array((np.ones(strong.sum()), (first[strong], second[strong])), shape=(count, count))
    component: np.ndarray = connected_components(links, directed=False)[1].astype(np.int64)
    return component


def _split(members: np.ndarray, pairs: pd.DataFrame, least: float) -> list[np.ndarray]:
    size = len(members)
    between = np.full((size, size), float(least))
    first, second = (np.searchsorted(members, pairs[name].to_numpy()) for name in ("first", "second"))
    between[first, second] = between[second, first] = pairs.log_odds.to_numpy()
    highest = max(float(between.max()), 0.0) + 1e-9
    np.fill_diagonal(between, highest)
    tree = linkage(squareform(highest - between, checks=False), "average")
    cluster = fcluster(tree, highest, "distance")
    return [members[cluster == k] for k in np.unique(cluster) if (cluster == k).sum() > 1]
