import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import sparse
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.metrics import adjusted_rand_score

from analytics.hotspots.methods import clusters
from analytics.hotspots.methods.clusters import (
    MAXIMUM_IN_HULL,
    ClusterParameters,
    _by_weight,
    _thinned,
    point_clusters,
)
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
    for number in (40, 30):
        two = np.repeat([0.0, 500.0], number)
        assert point_clusters(two, two, parameters).table.n.tolist() == [number, number]


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


def groups():
    """Five incidents about a square of 60 m, seven at two addresses, and twenty far from all others."""
    far = np.arange(1, 21) * 1e4
    x = np.r_[0, 60, 60, 0, 30, 1_000, 1_000, 1_000, 1_000, 1_040, 1_040, 1_040, far]
    y = np.r_[0, 0, 60, 60, 30, 5, 5, 5, 5, 35, 35, 35, np.zeros(20)]
    return x, y


@pytest.mark.parametrize("method", ["dbscan", "hdbscan"])
def test_each_cluster_is_counted_weighed_and_placed(method):
    x, y = groups()
    weight = np.r_[4.0, 4, 4, 4, 0, np.full(7, 2.0), np.ones(20)]
    parameters = ClusterParameters(method, eps_m=90, min_points=4.5, outline="convex", margin_m=0)
    found = point_clusters(x, y, parameters, weight=weight)
    assert found.labels.tolist() == [0] * 5 + [1] * 7 + [-1] * 20
    rows = found.table.drop(columns="geometry").to_dict("list")
    assert rows == {
        "cluster": [0, 1],
        "rank": [1, 2],
        "n": [5, 7],
        "places": [5, 2],
        "weight": [16.0, 14.0],
        "x": [30.0, pytest.approx(1_000 + 40 * 3 / 7)],
        "y": [30.0, pytest.approx(5 + 30 * 3 / 7)],
        "area_km2": [pytest.approx(0.0036), 0.0],
        "density": [pytest.approx(16 / 0.0036), pytest.approx(np.nan, nan_ok=True)],
    }
    assert found.table.attrs == {"parameters": parameters, "incidents": 32} and found.table.crs is None
    assert list(found.table)[:5] == ["cluster", "rank", "n", "places", "weight"]
    by_number = point_clusters(x, y, parameters)
    assert by_number.table.weight.tolist() == [7.0, 5.0] and by_number.labels[0] == 1


@pytest.mark.parametrize("outline", ["convex", "concave"])
def test_an_outline_is_widened_by_the_margin(outline):
    x, y = groups()
    parameters = ClusterParameters(eps_m=90, min_points=4.5, outline=outline, margin_m=20, concave_ratio=1)
    table = point_clusters(x, y, parameters).table.set_index("n")
    square, line = table.geometry[5], table.geometry[7]
    assert square.area == pytest.approx(60**2 + 4 * 60 * 20 + np.pi * 400, rel=0.01)
    assert line.area == pytest.approx(50 * 40 + np.pi * 400, rel=0.01)
    np.testing.assert_allclose(table.area_km2, table.geometry.area / 1e6)
    np.testing.assert_allclose(table.density, table.weight / table.area_km2)


def test_a_concave_outline_follows_an_l_as_closely_as_its_ratio_says():
    i, j = (a.ravel() for a in np.meshgrid(np.arange(12) * 10.0, np.arange(12) * 10.0))
    x, y = i[(i < 30) | (j < 30)], j[(i < 30) | (j < 30)]
    area = [
        point_clusters(x, y, ClusterParameters(eps_m=15, min_points=3, concave_ratio=ratio, margin_m=0))
        .table.geometry[0]
        .area
        for ratio in (0.1, 1)
    ]
    assert area[0] == pytest.approx(110 * 20 * 2 - 20**2, rel=0.05)
    assert area[1] == pytest.approx(110**2 - 90**2 / 2, rel=0.01)
    convex = ClusterParameters(eps_m=15, min_points=3, outline="convex", margin_m=0)
    assert point_clusters(x, y, convex).table.geometry[0].area == pytest.approx(area[1])


def test_clusters_of_one_weight_keep_their_order_and_rounding_parts_none():
    labels = np.array([0, 1, 2, -1, 1, 0])
    assert _by_weight(labels, np.array([0.1, 0.3, 0.3, 9.0, 0.0, 0.2])).tolist() == [0, 1, 2, -1, 1, 0]
    assert _by_weight(labels, np.array([0.1, 0.3, 0.4, 9.0, 0.0, 0.2])).tolist() == [1, 2, 0, -1, 2, 1]
    assert _by_weight(np.array([-1, -1]), np.ones(2)).tolist() == [-1, -1]
    assert _by_weight(np.array([0, -1]), np.ones(2)).tolist() == [0, -1]


@pytest.mark.parametrize("axes", [[0, 1], [1, 0]])
def test_a_place_left_out_of_an_outline_lies_near_one_that_is_in_it(axes, monkeypatch):
    """A square and a line of 400 places each, and one of 50, of which at most 50 each are to stay."""
    monkeypatch.setattr(clusters, "MAXIMUM_IN_HULL", 50)
    i, j = np.divmod(np.arange(400.0), 20)
    spots = np.r_[
        np.c_[i, j] * 7, np.c_[np.zeros(400), np.arange(400) * 3.0], np.c_[np.arange(50), np.zeros(50)]
    ]
    spots = spots[:, axes] + 900.0
    cluster = np.repeat([0, 1, 2], [400, 400, 50])
    number, left, missed = _thinned(cluster, spots)
    assert (np.diff(number) >= 0).all() and missed[2] == 0
    assert (missed[:2] > 0).all() and (missed < 70).all()
    for k, (all_of, at_least) in enumerate(((400, 20), (400, 20), (50, 50))):
        mine, there = spots[cluster == k], left[number == k]
        assert at_least <= len(there) <= 50 and len(mine) == all_of
        away = np.sqrt(((mine[:, None] - there) ** 2).sum(axis=2))
        assert away.min(axis=1).max() <= missed[k] and (away.min(axis=0) == 0).all()
    # A raster of as many squares as places may stay, and its squares half as wide again at each attempt.
    wider = np.log(missed[0] / np.sqrt(2) / np.sqrt(133 * 133 / 50)) / np.log(1.5)
    assert wider == pytest.approx(round(wider))
    nothing = _thinned(np.empty(0, dtype=np.int64), np.empty((0, 2)))
    assert [len(part) for part in nothing] == [0, 0, 0]


@pytest.mark.parametrize(("asked", "taken"), [(0.5, 2), (4.2, 5), (5, 5), (5.1, 6)])
def test_hdbscan_takes_the_whole_number_above_and_at_least_two(asked, taken):
    """Two groups of five: whole at five, pairs at two, nothing at six."""
    x = np.r_[0.0, 1, 10, 11, 12.5, 500, 501, 510, 511, 512.5, np.arange(1, 21) ** 2 * 1e4]
    found, whole = (
        point_clusters(x, x * 0, ClusterParameters("hdbscan", min_points=least, **BARE)).labels[:10]
        for least in (asked, taken)
    )
    assert found.tolist() == whole.tolist()
    assert len(set(found) - {-1}) == {2: 4, 5: 2, 6: 0}[taken]


def test_thirty_incidents_are_enough_and_what_is_refused_is_named():
    x = np.arange(30.0)
    assert len(point_clusters(x, x).labels) == 30
    with pytest.raises(TooFewData) as few:
        point_clusters(x[:29], x[:29])
    assert str(few.value) == (
        "Finding clusters needs at least 30 incidents; this selection has 29. Widen the period, the area "
        "or the categories."
    )
    for weight in (np.r_[-0.1, np.ones(29)], np.r_[np.nan, np.ones(29)]):
        with pytest.raises(ValueError) as refused:
            point_clusters(x, x, weight=weight)
        assert str(refused.value) == "Every incident needs a place and a weight of at least 0."
    point_clusters(x, x, weight=np.zeros(30))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"method": "kmeans"}, "method is one of ('dbscan', 'hdbscan'), outline of ('concave', 'convex')."),
        ({"outline": "box"}, "method is one of ('dbscan', 'hdbscan'), outline of ('concave', 'convex')."),
        *(
            ({name: value}, "Distance and least number must be above 0, the ratio from 0 to 1.")
            for name, value in (
                ("eps_m", 0),
                ("min_points", 0),
                ("margin_m", -0.1),
                ("concave_ratio", -0.1),
                ("concave_ratio", 1.1),
            )
        ),
    ],
)
def test_a_refused_parameter_is_named(wrong, message):
    with pytest.raises(ValueError) as refused:
        ClusterParameters(**wrong)
    assert str(refused.value) == message


def test_parameters_at_their_limits_are_taken():
    ClusterParameters(eps_m=0.5, min_points=0.5, margin_m=0, concave_ratio=0)
    ClusterParameters(concave_ratio=1)
