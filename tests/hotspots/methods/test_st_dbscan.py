import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN

from analytics.hotspots.methods.st_dbscan import StDbscanParameters, density_clusters, st_dbscan
from analytics.hotspots.refusal import TooFewData


def scattered(seed, n=1500, bursts=12):
    """Incidents at random, and bursts of a few days at a few streets; whole days."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 5000, (2, n))
    day = rng.integers(0, 200, n).astype(float)
    for burst in range(bursts):
        rows = slice(burst * 20, burst * 20 + 20)
        x[rows] = x[rows.start] + rng.normal(0, 80, 20)
        y[rows] = y[rows.start] + rng.normal(0, 80, 20)
        day[rows] = day[rows.start] + rng.integers(0, 8, 20)
    return x, y, day


def same_partition(a, b):
    pairs = set(zip(a.tolist(), b.tolist(), strict=True))
    return len(pairs) == len(set(a.tolist())) == len(set(b.tolist()))


def check_against_all_pairs(x, y, day, eps_m, eps_days, least, label, role, weight=None):
    """Core, noise and the partition of core points are scikit-learn's on the matrix of all distances; a
    border point is with its nearest core point."""
    apart = np.hypot(x[:, None] - x, y[:, None] - y), np.abs(day[:, None] - day)
    cylinder = np.maximum(apart[0] / eps_m, apart[1] / eps_days)
    peer = DBSCAN(eps=1 + 1e-9, min_samples=least, metric="precomputed").fit(cylinder, sample_weight=weight)
    core = np.zeros(len(x), dtype=bool)
    core[peer.core_sample_indices_] = True
    np.testing.assert_array_equal(role == "core", core)
    np.testing.assert_array_equal(label == -1, peer.labels_ == -1)
    np.testing.assert_array_equal(role == "noise", peer.labels_ == -1)
    assert same_partition(label[core], peer.labels_[core])
    for i in np.flatnonzero(role == "border"):
        reach = np.flatnonzero(core & (cylinder[i] <= 1 + 1e-9))
        nearest = reach[np.lexsort((label[reach], apart[1][i, reach], apart[0][i, reach].round(9)))[0]]
        assert label[i] == label[nearest]


@pytest.mark.parametrize(("eps_m", "eps_days", "least"), [(150, 5, 4), (300, 2, 6), (60, 30, 3), (900, 1, 9)])
def test_matches_all_pairs(eps_m, eps_days, least):
    x, y, day = scattered(eps_m)
    result = st_dbscan(x, y, day, StDbscanParameters(eps_m, eps_days, least))
    label, role = result.points.series.to_numpy(), result.points.role.to_numpy()
    assert {"core", "border", "noise"} == set(role)
    check_against_all_pairs(x, y, day, eps_m, eps_days, least, label, role)


def test_distances_exactly_at_the_limit_and_shared_places_match_all_pairs():
    x, y, day = scattered(3)
    x, y = (values.round(-2) + 1e6 for values in (x, y))
    result = st_dbscan(x, y, day, StDbscanParameters(100, 7, 5))
    label, role = result.points.series.to_numpy(), result.points.role.to_numpy()
    check_against_all_pairs(x, y, day, 100, 7, 5, label, role)


def test_weights_count_as_scikit_learns_do():
    x, y, day = scattered(4)
    weight = np.random.default_rng(4).integers(0, 6, len(x)).astype(float)
    result = st_dbscan(x, y, day, StDbscanParameters(150, 5, 12), weight=weight)
    label, role = result.points.series.to_numpy(), result.points.role.to_numpy()
    check_against_all_pairs(x, y, day, 150, 5, 12, label, role, weight)
    sums = pd.Series(weight).groupby(label).sum().drop(-1)
    np.testing.assert_allclose(result.table.weight, sums)


def test_real_assaults_match_scikit_learn_in_space_alone(shared_data):
    """With all dates within reach of each other the cylinder is a circle, which scikit-learn has too."""
    frame = pd.read_csv(shared_data / "incidents/cincinnati_burglary.csv.gz").dropna(subset=["longitude"])
    x, y = frame.longitude.to_numpy() * 86_000, frame.latitude.to_numpy() * 111_000
    peer = DBSCAN(eps=150, min_samples=20).fit(np.c_[x, y])
    label, role = density_clusters(x, y, np.zeros(len(x)), np.ones(len(x)), 150, 1, 20)
    core = np.flatnonzero(role == 2)
    assert core.tolist() == peer.core_sample_indices_.tolist() and len(core) > 100
    assert same_partition(label[core], peer.labels_[core])
    np.testing.assert_array_equal(label == -1, peer.labels_ == -1)


def test_series_do_not_depend_on_the_order_of_rows():
    x, y, day = scattered(5)
    order = np.random.default_rng(0).permutation(len(x))
    first = st_dbscan(x, y, day, StDbscanParameters(200, 6, 5))
    second = st_dbscan(x[order], y[order], day[order], StDbscanParameters(200, 6, 5))
    pd.testing.assert_frame_equal(second.points, first.points.iloc[order].reset_index(drop=True))
    pd.testing.assert_frame_equal(second.table, first.table)


def test_a_series_is_described():
    rng = np.random.default_rng(6)
    x, y = rng.uniform(0, 1e6, (2, 60))
    when = np.datetime64("2024-01-01T00:00") + rng.integers(0, 300, 60).astype("timedelta64[D]")
    x[:4], y[:4] = [100, 140, 100, 140], [0, 0, 40, 40]
    when[:4] = np.datetime64("2024-05-01T23:30") + np.arange(4).astype("timedelta64[D]")
    category = np.array(["burglary"] * 3 + ["theft"] * 57)
    result = st_dbscan(x, y, when, StDbscanParameters(100, 3, 4), category=category)
    (row,) = result.table.to_dict("records")
    assert row == {
        "series": 0,
        "n": 4,
        "weight": 4.0,
        "first": pd.Timestamp("2024-05-01T23:30"),
        "last": pd.Timestamp("2024-05-04T23:30"),
        "x": 120.0,
        "y": 20.0,
        "spread_m": pytest.approx(np.sqrt(800)),
        "categories": "burglary 3, theft 1",
    }
    assert result.points.series.tolist() == [0] * 4 + [-1] * 56
    assert result.table.attrs["parameters"].eps_days == 3


def test_a_neighbourhood_is_a_cylinder():
    """199 m and 7 days apart is within reach: on scaled space-time a ball would leave it out."""
    x = np.r_[0, 199, 1e5 * np.arange(1, 29)]
    day = np.r_[0, 7, np.arange(28)]
    assert st_dbscan(x, x * 0, day, StDbscanParameters(200, 7, 2)).points.series[:2].tolist() == [0, 0]


def test_nothing_dense_gives_an_empty_table():
    x = np.arange(40) * 1e4
    result = st_dbscan(x, x, np.arange(40), category=np.full(40, "a"))
    assert result.table.empty and (result.points.series == -1).all()
    assert list(result.table) == [
        "series",
        "n",
        "weight",
        "first",
        "last",
        "x",
        "y",
        "spread_m",
        "categories",
    ]


def test_what_is_refused():
    x, y, day = scattered(7, 300)
    with pytest.raises(TooFewData, match="at least 30"):
        st_dbscan(x[:29], y[:29], day[:29])
    with pytest.raises(TooFewData, match="month only"):
        st_dbscan(x, y, day, time_precision=np.full(300, "month"))
    with pytest.raises(ValueError, match="needs a place"):
        st_dbscan(x, y, np.where(day == day[0], np.nan, day))
    with pytest.raises(ValueError, match="at least 0"):
        st_dbscan(x, y, day, weight=np.full(300, -1.0))
    with pytest.raises(ValueError, match="above 0"):
        StDbscanParameters(eps_days=0)
    with pytest.raises(ValueError, match="stray"):
        st_dbscan(np.r_[x[:-1], 1e15], np.r_[y[:-1], 1e15], day, StDbscanParameters(1, 1, 3))
