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


@pytest.mark.parametrize(("eps_m", "eps_days", "least"), [(150, 5, 4), (300, 2, 6), (60, 30, 3), (900, 1, 9)])
@pytest.mark.parametrize("rounded", [False, True])
def test_a_few_incidents_match_all_pairs(eps_m, eps_days, least, rounded):
    """Where rounded, at distances just at the limit, in whole multiples of a third of it."""
    x, y, day = scattered(eps_m + 1, n=160, bursts=5)
    if rounded:
        x, y = ((values * 3 / eps_m).round() * eps_m / 3 - 2_000 for values in (x, y))
    weight = np.random.default_rng(1).integers(0, 3, 160).astype(float)
    for weights in (None, weight):
        points = st_dbscan(x, y, day, StDbscanParameters(eps_m, eps_days, least), weight=weights).points
        label, role = points.series.to_numpy(), points.role.to_numpy()
        check_against_all_pairs(x, y, day, eps_m, eps_days, least, label, role, weights)


@pytest.mark.parametrize("along", [0, 1])
def test_series_along_a_line_of_many_boxes_match_all_pairs(along):
    rng = np.random.default_rng(2)
    place = np.zeros((2, 300))
    place[along] = rng.uniform(0, 3_000, 300)
    day = rng.integers(0, 20, 300).astype(float)
    points = st_dbscan(*place, day, StDbscanParameters(40, 3, 3)).points
    label, role = points.series.to_numpy(), points.role.to_numpy()
    check_against_all_pairs(*place, day, 40, 3, 3, label, role)
    assert label.max() > 5


def test_series_are_numbered_by_their_earliest_core_incident_then_from_the_west_and_the_south():
    """Five pairs, each within a metre; a border incident does not make a series earlier."""
    x = np.array([900, 901, 500, 501, 500, 501, 100, 101, 700, 701, 703, 705, *np.arange(1, 19) * 1e4])
    y = np.array([0, 0, 900, 900, 100, 100, 50, 50, 0, 0, 0, 0, *np.zeros(18)])
    day = np.array([4, 4, 5, 5, 5, 5, 5, 5, 9, 9, 9, 3, *np.zeros(18)], dtype=float)
    found = st_dbscan(x, y, day, StDbscanParameters(2.5, 6, 2))
    assert found.points.series[:12].tolist() == [1, 1, 4, 4, 3, 3, 2, 2, 0, 0, 0, 0]
    assert found.table.series.tolist() == [0, 1, 2, 3, 4] and found.table["first"].tolist() == [3, 4, 5, 5, 5]
    three = st_dbscan(x, y, day, StDbscanParameters(2.5, 6, 3))
    assert three.points.series[:12].tolist() == [-1] * 8 + [0] * 4
    assert three.points.role[8:12].tolist() == ["border", "core", "core", "border"]


def test_a_border_incident_joins_the_nearest_in_space_then_in_time_then_the_earliest():
    """Between a series in the west from day 10 and one in the east from day 20 on, of four incidents each."""
    far = np.arange(1, 23) * 1e4

    def series_of(x, day):
        xs = np.r_[[0, 1, 2, 3], [40, 41, 42, 43], x, far]
        days = np.r_[[10.0] * 4, [20.0] * 4, day, np.zeros(22)]
        points = st_dbscan(xs, xs * 0, days, StDbscanParameters(18.7, 12, 4)).points
        assert points.role[8] == "border" and points.series[:8].tolist() == [0] * 4 + [1] * 4
        return points.series[8]

    assert series_of(21.5, 14.0) == 0 and series_of(21.6, 14.0) == 1  # nearer to 3 m or to 40 m
    assert series_of(21.5, 16.0) == 1 and series_of(21.5, 15.0) == 0  # as near: in time; and the earlier


def test_a_limit_is_met_in_spite_of_the_rounding_of_coordinates():
    """0.1 + 0.2 is a little more than 0.3, and so is a third of a day three times."""
    far = np.arange(1, 29) * 1e4
    apart = st_dbscan(
        np.r_[0.0, 0.1 + 0.2, far],
        np.zeros(30),
        np.r_[0.0, 0.7 + 0.1, np.zeros(28)],
        StDbscanParameters(0.3, 0.8, 2),
    )
    assert apart.points.series[:2].tolist() == [0, 0]
    for x, day in ((0.3001, 0.8), (0.3, 0.8001)):
        none = st_dbscan(
            np.r_[0.0, x, far], np.zeros(30), np.r_[0.0, day, np.zeros(28)], StDbscanParameters(0.3, 0.8, 2)
        )
        assert none.points.series[:2].tolist() == [-1, -1]
    tenths = st_dbscan(
        np.r_[np.zeros(3), far[:27]],
        np.zeros(30),
        np.zeros(30),
        StDbscanParameters(1, 1, 0.3),
        weight=np.r_[[0.1] * 3, np.zeros(27)],
    )
    assert tenths.points.series[:3].tolist() == [0, 0, 0]


def test_dates_are_days_apart_and_hours_are_parts_of_them():
    x, y, day = scattered(8, n=90, bursts=3)
    as_numbers = st_dbscan(x, y, day, StDbscanParameters(200, 6, 4))
    stamps = np.datetime64("2024-02-20T00:00") + (day * 24).astype("timedelta64[h]")
    as_dates = st_dbscan(x, y, stamps, StDbscanParameters(200, 6, 4))
    pd.testing.assert_frame_equal(as_numbers.points, as_dates.points)
    assert (
        as_dates.table["first"] == stamps[0] + pd.to_timedelta(as_numbers.table["first"] - day[0], "D")
    ).all()
    stamps[4] = np.datetime64("NaT")
    with pytest.raises(ValueError, match=r"^Every incident needs a date; leave out those without\.$"):
        st_dbscan(x, y, stamps)
    far = np.arange(1, 29) * 1e4
    for hours, together in ((36, True), (37, False)):
        when = np.datetime64("2024-01-01T00") + np.r_[0, hours, np.zeros(28, dtype=int)].astype(
            "timedelta64[h]"
        )
        found = st_dbscan(np.r_[0, 1, far], np.zeros(30), when, StDbscanParameters(5, 1.5, 2)).points
        assert (found.series[0] == 0) == together


def test_each_series_is_weighed_and_its_categories_are_counted_from_the_most_frequent():
    far = np.arange(1, 24) * 1e4
    x, y = np.r_[0, 6, 0, 6, 3, 500, 500, far], np.r_[0, 0, 8, 8, 4, 7, 7, np.zeros(23)]
    day = np.r_[[2.0, 1, 1, 3, 2], [1, 5], np.zeros(23)]
    weight = np.r_[[1.0, 2, 3, 4, 5], [10, 20], np.ones(23)]
    category = np.array(["b", "a", "c", "c", "b", "z", "y", *["q"] * 23])
    found = st_dbscan(x, y, day, StDbscanParameters(12, 4, 15), weight=weight, category=category)
    assert found.table.to_dict("list") == {
        "series": [0, 1],
        "n": [5, 2],
        "weight": [15.0, 30.0],
        "first": [1.0, 1.0],
        "last": [3.0, 5.0],
        "x": [3.0, 500.0],
        "y": [4.0, 7.0],
        "spread_m": [pytest.approx(np.sqrt(4 * 25 / 5)), 0.0],
        "categories": ["b 2, c 2, a 1", "y 1, z 1"],
    }
    assert found.table.attrs == {"parameters": StDbscanParameters(12, 4, 15), "incidents": 30}
    assert "categories" not in st_dbscan(x, y, day).table
    assert list(found.points.role.cat.categories) == ["noise", "border", "core"]


def test_five_within_two_hundred_metres_and_a_week_where_nothing_else_is_asked():
    assert StDbscanParameters() == StDbscanParameters(200, 7, 5)


def test_thirty_incidents_are_enough_and_what_is_refused_is_named():
    x = np.arange(30.0)
    assert len(st_dbscan(x, x, x).points) == 30
    with pytest.raises(TooFewData) as few:
        st_dbscan(x[:29], x[:29], x[:29])
    assert str(few.value) == (
        "Finding series needs at least 30 incidents with a place and a date; this selection has 29. Widen "
        "the period, the area or the categories."
    )
    with pytest.raises(TooFewData) as months:
        st_dbscan(x, x, x, time_precision=np.array(["month"] + ["day"] * 29))
    assert str(months.value) == (
        "A series needs the day of each incident; some here are dated to the month only. Use data with "
        "dates, or clusters in space alone."
    )
    st_dbscan(x, x, x, time_precision=np.array(["day"] * 30), weight=np.zeros(30))
    for missing in ((np.r_[np.nan, x[1:]], x, x), (x, x, np.r_[np.inf, x[1:]])):
        with pytest.raises(ValueError) as refused:
            st_dbscan(*missing)
        assert str(refused.value) == "Every incident needs a place, a time and a weight of at least 0."
    with pytest.raises(ValueError, match="weight of at least 0"):
        st_dbscan(x, x, x, weight=np.r_[-0.5, np.ones(29)])
    for wrong in ({"eps_m": 0}, {"eps_days": 0}, {"min_points": 0}):
        with pytest.raises(ValueError, match=r"^Distance, days and least number must be above 0\.$"):
            StDbscanParameters(**wrong)
    StDbscanParameters(0.5, 0.5, 0.5)
