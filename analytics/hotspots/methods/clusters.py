"""Clusters in space: DBSCAN and HDBSCAN hotspots, by incidents or by harm, with their outlines.

Sources: Ester et al. (1996), KDD; Campello, Moulavi & Sander (2013), PAKDD, edges of one length cut at once,
as they ask (`reachability.py`, `hierarchy.py`). Not a test: both find dense groups in any data, patterned or
not; Gi* asks whether there is more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.methods.hdbscan import stable_clusters
from analytics.hotspots.methods.spacetime_index import find_distinct_places
from analytics.hotspots.methods.spanning_tree import spanning_tree
from analytics.hotspots.methods.st_dbscan import density_clusters
from analytics.hotspots.refusal import TooFewData

MINIMUM_EVENTS = 30
MAXIMUM_IN_HULL = 20_000  # places; the triangulation under a concave hull takes most of the time
METHODS = ("dbscan", "hdbscan")
OUTLINES = ("concave", "convex")


@dataclass(frozen=True)
class ClusterParameters:
    """DBSCAN: an incident with at least `min_points` (or, with weights, so much weight) within `eps_m`
    metres, itself included, is at the core of a cluster. HDBSCAN chooses the distance by place and takes
    `min_points` as the smallest cluster and as the neighbours of its core distance; `eps_m` is not used.

    `outline`: 'convex' hull, or 'concave' of `concave_ratio` (0 tightest, 1 convex), widened by `margin_m`,
    without which a cluster at one address, or along a line, has no area. The concave hull of a cluster of
    over 20,000 places is drawn round one of them in each square of a raster that leaves so many, and widened
    by the square's diagonal where that is more: it holds every incident, and is a little wider."""

    method: str = "dbscan"
    eps_m: float = 200
    min_points: float = 20
    outline: str = "concave"
    concave_ratio: float = 0.3
    margin_m: float = 25

    def __post_init__(self) -> None:
        if self.method not in METHODS or self.outline not in OUTLINES:
            raise ValueError(f"method is one of {METHODS}, outline of {OUTLINES}.")
        if not (self.eps_m > 0 and self.min_points > 0 and self.margin_m >= 0 <= self.concave_ratio <= 1):
            raise ValueError("Distance and least number must be above 0, the ratio from 0 to 1.")


@dataclass(frozen=True)
class Clusters:
    """`labels`, in the rows' order: cluster (-1 is none). `table`, a GeoDataFrame without a CRS, one row a
    cluster, heaviest first: cluster, rank, n, places (distinct coordinates), weight, area_km2, density
    (weight per km2; NaN without an area), x, y (mean centre, metres) and its outline."""

    labels: np.ndarray
    table: geopandas.GeoDataFrame


def point_clusters(
    x: np.ndarray,
    y: np.ndarray,
    parameters: ClusterParameters = ClusterParameters(),
    *,
    weight: np.ndarray | None = None,
) -> Clusters:
    """Clusters of incidents at x, y (metres on a projected CRS, shape (n,)); `weight` at least 0.

    The same whatever the order of the rows: with DBSCAN, an incident at the border of several clusters joins
    that of its nearest core incident. HDBSCAN clusters incidents whatever their weight, which is then only
    summed. Raises TooFewData under 30 incidents; ValueError for missing values.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    weight = np.ones(len(x)) if weight is None else np.asarray(weight, dtype=float)
    if len(x) < MINIMUM_EVENTS:
        raise TooFewData(
            f"Finding clusters needs at least {MINIMUM_EVENTS} incidents; this selection has {len(x)}. "
            "Widen the period, the area or the categories."
        )
    if not np.isfinite(np.r_[x, y, weight]).all() or (weight < 0).any():
        raise ValueError("Every incident needs a place and a weight of at least 0.")
    place_x, place_y, at = find_distinct_places(x, y)
    places = np.c_[place_x, place_y]
    if parameters.method == "dbscan":
        sums = np.bincount(at, weight)
        still = np.zeros(len(places))
        found = density_clusters(place_x, place_y, still, sums, parameters.eps_m, 1, parameters.min_points)
        labels = found[0][at]
    else:
        labels = _hdbscan(places, at, max(2, int(np.ceil(parameters.min_points))))
    labels = _by_weight(labels, weight)
    table = _table(labels, places, at, weight, parameters)
    table.attrs = {"parameters": parameters, "incidents": len(x)}
    return Clusters(labels, table)


def _hdbscan(places: np.ndarray, at: np.ndarray, minimum: int) -> np.ndarray:
    """Each incident's cluster, or -1."""
    count = np.bincount(at)
    if len(at) < minimum:
        return np.full(len(at), -1)
    tree = spanning_tree(places[:, 0], places[:, 1], count, minimum)
    labels: np.ndarray = stable_clusters(tree, count, minimum)[at]
    return labels


def _by_weight(labels: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Renumber clusters from the heaviest; equal ones keep their order."""
    if labels.max() < 0:
        return labels
    inside = labels >= 0
    sums = np.bincount(labels[inside], weight[inside]).round(6)
    number = np.empty(len(sums), dtype=np.int64)
    number[np.argsort(-sums, kind="stable")] = np.arange(len(sums))
    return np.where(inside, number[labels], -1)


def _table(
    labels: np.ndarray, places: np.ndarray, at: np.ndarray, weight: np.ndarray, parameters: ClusterParameters
) -> geopandas.GeoDataFrame:
    inside = labels >= 0
    frame = pd.DataFrame({"cluster": labels, "weight": weight, "x": places[at, 0], "y": places[at, 1]})
    table = (
        frame[inside]
        .groupby("cluster")
        .agg(n=("x", "size"), weight=("weight", "sum"), x=("x", "mean"), y=("y", "mean"))
    )
    both = np.sort(labels[inside] * len(places) + at[inside])
    cluster, place = np.divmod(both[np.flatnonzero(np.diff(both, prepend=-1))], len(places))
    table.insert(1, "places", np.bincount(cluster, minlength=len(table)))
    spots = places[place]
    margin = np.full(len(table), float(parameters.margin_m))
    if parameters.outline == "concave":
        cluster, spots, missed = _thinned(cluster, spots)
        margin = np.maximum(margin, missed)
    hulls = _hulls(cluster, spots, parameters)
    outline = np.where(margin > 0, shapely.buffer(hulls, margin), hulls)
    area = shapely.area(outline) / 1e6
    table["area_km2"] = area
    table["density"] = np.divide(table.weight, area, out=np.full(len(area), np.nan), where=area > 0)
    table = table.reset_index()
    table.insert(1, "rank", table.cluster + 1)
    return geopandas.GeoDataFrame(table, geometry=outline)


def _hulls(cluster: np.ndarray, spots: np.ndarray, parameters: ClusterParameters) -> np.ndarray:
    """Hulls of each cluster's places (n, 2), sorted by cluster. Lines through them are made many times faster
    than groups of points, and have the same hulls; each begins with a place twice, for a line has two."""
    twice = np.ones(len(cluster), dtype=np.int64)
    twice[np.flatnonzero(np.diff(cluster, prepend=-1))] = 2
    lines = shapely.linestrings(np.repeat(spots, twice, axis=0), indices=np.repeat(cluster, twice))
    hulls: np.ndarray = (
        shapely.convex_hull(lines)
        if parameters.outline == "convex"
        else shapely.concave_hull(lines, ratio=parameters.concave_ratio)
    )
    return hulls


def _thinned(cluster: np.ndarray, spots: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """At most about MAXIMUM_IN_HULL places (n, 2; metres) of each cluster, sorted by it; and how far, by
    cluster, a place left out may lie from one that is kept. Every cluster has a place."""
    start = np.flatnonzero(np.diff(cluster, prepend=-1))
    ends, missed, kept = np.append(start, len(cluster))[1:], np.zeros(len(start)), []
    for k, (first, last) in enumerate(zip(start, ends, strict=True)):
        rows = np.arange(first, last)
        mine = spots[first:last]
        wide, high = np.ptp(mine, axis=0)
        side = np.sqrt(max(wide * high, wide, high) / MAXIMUM_IN_HULL)
        while len(rows) > MAXIMUM_IN_HULL:
            column, row = np.floor((mine - mine.min(axis=0)) / side).astype(np.int64).T
            rows = first + np.sort(np.unique(row << 32 | column, return_index=True)[1])
            missed[k], side = side * np.sqrt(2), side * 1.5
        kept.append(rows)
    chosen = np.concatenate(kept) if kept else np.empty(0, dtype=np.int64)
    return cluster[chosen], spots[chosen], missed
