import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import sparse
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.metrics import adjusted_rand_score

from analytics.hotspots.methods.clusters import MAXIMUM_IN_HULL, ClusterParameters, point_clusters
from analytics.hotspots.refusal import TooFewData

BARE = {"outline": "convex", "margin_m": 0}


def town(seed, n=3000):
    """Half the incidents around eight centres, repeated addresses among them; and 200 at one address."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, 8000, (8, 2))
    points = rng.uniform(0, 8000, (n, 2))
    points[: n // 2] = centre[rng.integers(0, 8, n // 2)] + rng.normal(0, 120, (n // 2, 2))
    points[n // 4 : n // 2] = points[: n // 4]
    points[-200:] = points[-1]
    return points[:, 0], points[:, 1]


def same_partition(a, b):
    pairs = set(zip(a.tolist(), b.tolist(), strict=True))
    return len(pairs) == len(set(a.tolist())) == len(set(b.tolist()))


@pytest.mark.parametrize(("eps", "least", "weighted"), [(80, 10, False), (150, 20, False), (100, 40, True)])
def test_dbscan_is_scikit_learns(eps, least, weighted):
    x, y = town(1)
    weight = np.random.default_rng(2).integers(1, 9, len(x)).astype(float) if weighted else None
    peer = DBSCAN(eps=eps, min_samples=least).fit(np.c_[x, y], sample_weight=weight)
    labels = point_clusters(x, y, ClusterParameters(eps_m=eps, min_points=least), weight=weight).labels
    core = peer.core_sample_indices_
    assert peer.labels_.max() >= 5 and (peer.labels_ == -1).any()
    np.testing.assert_array_equal(labels == -1, peer.labels_ == -1)
    assert same_partition(labels[core], peer.labels_[core])


def hdbscan_as_the_paper_says(points, least):
    """Slow: every distance held; at each length of the spanning tree, from the longest, all edges of it are
    cut."""
    away = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    core = np.sort(away, axis=1)[:, least - 1]
    away = np.maximum(away, np.maximum(core[:, None], core))
    np.fill_diagonal(away, 0)
    tree = sparse.csgraph.minimum_spanning_tree(away).tocoo()
    labels, chosen = np.full(len(points), -1), []

    def descend(members, birth):
        """The stability of the clusters chosen among `members`, and these."""
        stability, left = 0.0, members
        inside = np.isin(tree.row, members) & np.isin(tree.col, members)
        for length in np.unique(tree.data[inside])[::-1]:
            kept = inside & (tree.data < length)
            links = sparse.coo_array((tree.data[kept], (tree.row[kept], tree.col[kept])), shape=away.shape)
            parts = sparse.csgraph.connected_components(links, directed=False)[1]
            large = [part for part in set(parts[left]) if (parts[left] == part).sum() >= least]
            stay = sum((parts[left] == part).sum() for part in large) if len(large) == 1 else 0
            stability += (len(left) - stay) * (1 / length - birth)
            if len(large) == 1:
                left = left[parts[left] == large[0]]
                continue
            below = [descend(left[parts[left] == part], 1 / length) for part in large]
            inner = sum(value for value, _ in below)
            if birth and stability >= inner:
                return stability, [members]
            return inner, [cluster for _, clusters in below for cluster in clusters]
        raise AssertionError("no edge was left to cut")

    chosen = descend(np.arange(len(points)), 0.0)[1]
    for number, members in enumerate(chosen):
        labels[members] = number
    return labels


@pytest.mark.parametrize(("seed", "least"), [(0, 5), (1, 5), (2, 8), (3, 12)])
def test_hdbscan_is_the_papers(seed, least):
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, 3000, (6, 2))
    points = np.r_[
        centre[rng.integers(0, 6, 150)] + rng.normal(0, 90, (150, 2)), rng.uniform(0, 3000, (60, 2))
    ]
    if seed % 2:
        points = points.round(-1)  # many equal distances, some places shared
    slow = hdbscan_as_the_paper_says(points, least)
    labels = point_clusters(*points.T, ClusterParameters("hdbscan", min_points=least)).labels
    assert slow.max() >= 2 and (slow == -1).any()
    assert same_partition(labels, slow)


def test_hdbscan_finds_the_planted_centres_as_scikit_learn_does():
    x, y = town(3)
    labels = point_clusters(x, y, ClusterParameters("hdbscan", min_points=30)).labels
    peer = HDBSCAN(min_cluster_size=30, copy=True).fit_predict(np.c_[x, y])
    assert adjusted_rand_score(labels, peer) > 0.98  # it cuts equal edges one by one, in the order of rows


def test_hdbscan_of_ever_one_place_or_too_few_is_no_cluster_and_two_full_addresses_are_two():
    parameters = ClusterParameters("hdbscan", min_points=30)
    assert (point_clusters(np.zeros(40), np.zeros(40), parameters).labels == -1).all()
    assert (
        point_clusters(np.arange(30.0), np.zeros(30), ClusterParameters("hdbscan", min_points=31)).labels
        == -1
    ).all()
    two = np.repeat([0.0, 500.0], 40)
    assert point_clusters(two, two, parameters).table.n.tolist() == [40, 40]


@pytest.mark.parametrize("method", ["dbscan", "hdbscan"])
def test_clusters_do_not_depend_on_the_order_of_rows(method):
    x, y = town(4)
    weight = np.random.default_rng(1).uniform(0.5, 9, len(x))
    order = np.random.default_rng(0).permutation(len(x))
    parameters = ClusterParameters(method, eps_m=120, min_points=30)
    first = point_clusters(x, y, parameters, weight=weight)
    second = point_clusters(x[order], y[order], parameters, weight=weight[order])
    np.testing.assert_array_equal(second.labels, first.labels[order])
    pd.testing.assert_frame_equal(
        pd.DataFrame(second.table.drop(columns="geometry")),
        pd.DataFrame(first.table.drop(columns="geometry")),
    )


def test_a_weight_of_two_is_two_incidents():
    x, y = town(5, 1200)
    weight = np.random.default_rng(5).integers(1, 4, len(x))
    parameters = ClusterParameters(eps_m=100, min_points=25)
    weighted = point_clusters(x, y, parameters, weight=weight.astype(float))
    repeated = point_clusters(np.repeat(x, weight), np.repeat(y, weight), parameters)
    np.testing.assert_array_equal(np.repeat(weighted.labels, weight), repeated.labels)
    assert repeated.table.n.tolist() == weighted.table.weight.tolist()
    assert repeated.table.places.tolist() == weighted.table.places.tolist()


def test_outlines_hold_their_incidents_and_are_measured():
    x, y = town(6)
    for outline in ("convex", "concave"):
        result = point_clusters(x, y, ClusterParameters(eps_m=100, min_points=30, outline=outline))
        table = result.table
        assert (
            table["rank"].tolist() == list(range(1, len(table) + 1)) and table.weight.is_monotonic_decreasing
        )
        assert table.n.tolist() == np.bincount(result.labels[result.labels >= 0]).tolist()
        for cluster, shape in enumerate(table.geometry):
            mine = result.labels == cluster
            assert shapely.intersects_xy(shape, x[mine], y[mine]).all()
        np.testing.assert_allclose(table.density, table.weight / table.area / 1e-6)
    convex = point_clusters(x, y, ClusterParameters(eps_m=100, min_points=30, outline="convex")).table
    assert (table.area_km2 <= convex.area_km2).all() and table.area_km2.sum() < 0.95 * convex.area_km2.sum()


def test_a_square_has_its_area_centre_and_density():
    corners = np.array([(0, 0), (1000, 0), (1000, 1000), (0, 1000)])
    points = np.repeat(corners, 10, axis=0)
    (row,) = point_clusters(
        *points.T, ClusterParameters(eps_m=1000, min_points=30, **BARE)
    ).table.itertuples()
    assert (row.n, row.places, row.area_km2, row.density, row.x, row.y) == (40, 4, 1.0, 40.0, 500.0, 500.0)


def test_many_incidents_at_one_address():
    x, y = np.full(200_000, 5.0), np.full(200_000, 7.0)
    (row,) = point_clusters(x, y).table.itertuples()
    assert (row.n, row.places) == (200_000, 1) and row.area_km2 == pytest.approx(np.pi * 0.025**2, rel=0.02)
    (row,) = point_clusters(x, y, ClusterParameters(**BARE)).table.itertuples()
    assert row.area_km2 == 0 and np.isnan(row.density)


def test_a_large_cluster_is_thinned_for_its_outline_which_still_holds_every_incident():
    rng = np.random.default_rng(8)
    x, y = rng.uniform(0, 3000, (2, 60_000))
    keep = ~((x > 1500) & (y > 1500))  # an L, which a convex outline would fill
    x, y = x[keep], y[keep]
    (row,) = point_clusters(x, y, ClusterParameters(eps_m=60, min_points=10, margin_m=1)).table.itertuples()
    assert row.places > MAXIMUM_IN_HULL and shapely.intersects_xy(row.geometry, x, y).all()
    assert 6.75 < row.area_km2 < 7.6  # 6.75 and an edge of a raster square's width


def test_no_cluster_is_an_empty_table():
    result = point_clusters(np.arange(50) * 1e4, np.zeros(50))
    assert result.table.empty and (result.labels == -1).all()


def test_what_is_refused():
    x, y = town(7, 1000)
    with pytest.raises(TooFewData, match="at least 30"):
        point_clusters(x[:29], y[:29])
    with pytest.raises(ValueError, match="needs a place"):
        point_clusters(np.where(x == x[0], np.nan, x), y)
    for wrong in ({"method": "kmeans"}, {"outline": "box"}, {"eps_m": 0}, {"concave_ratio": 2}):
        with pytest.raises(ValueError):
            ClusterParameters(**wrong)
