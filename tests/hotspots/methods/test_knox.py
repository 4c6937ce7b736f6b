import geopandas
import libpysal
import numba
import numpy as np
import pandas as pd
import pytest
from pointpats import Knox
from scipy import stats

from analytics.hotspots.methods.knox import KnoxParameters, knox_table
from analytics.hotspots.methods.near_repeats import NearRepeatParameters, near_repeats
from analytics.hotspots.methods.spacetime_index import sort_into_cells
from analytics.hotspots.refusal import TooFewData

QUICK = KnoxParameters((100, 250), (3, 8), permutations=99)


def scattered(seed, n=200, days=60, size=1500):
    rng = np.random.default_rng(seed)
    return *rng.uniform(0, size, (2, n)), rng.integers(0, days, n)


def slow_table(x, y, day, parameters):
    """Every pair, one by one in arrays of all pairs."""
    i, j = np.triu_indices(len(x), 1)
    dx, dy = np.abs(x[i] - x[j]), np.abs(y[i] - y[j])
    distance = dx + dy if parameters.metric == "manhattan" else np.sqrt(dx**2 + dy**2)
    band = np.where(
        distance <= parameters.same_place_m,
        0,
        1 + np.searchsorted(parameters.distance_edges_m, distance, side="right"),
    )
    days = np.searchsorted(parameters.day_edges, np.abs(day[i] - day[j]), side="right")
    shape = len(parameters.distance_edges_m) + 2, len(parameters.day_edges) + 1
    return np.bincount(band * shape[1] + days, minlength=shape[0] * shape[1]).reshape(shape)


def observed(table, columns):
    return table.observed.to_numpy().reshape(-1, columns)


def nrc(shared_data, name):
    """The Near Repeat Calculator keeps coordinates in single precision: two pairs of the arson file lie at
    399.96 m and under 600 m only in double precision."""
    frame = pd.read_csv(
        shared_data / "oracles" / f"{name}.csv", names=["x", "y", "date"], parse_dates=["date"]
    )
    return frame.x.astype("float32"), frame.y.astype("float32"), frame.date


def nrc_observed(shared_data, name):
    """The observed table of its verbose output; an empty cell is 0."""
    lines = next((shared_data / "oracles").glob(f"{name}_NRverbose*.csv")).read_text().splitlines()
    start = lines.index("Observed frequencies distribution") + 3
    return [[int(value or 0) for value in line.split(",")[2:6]] for line in lines[start : start + 5]]


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
@pytest.mark.parametrize("same_place", [0.0, 30.0])
def test_counts_match_every_pair_one_by_one(metric, same_place):
    x, y, day = scattered(1)
    x[:40], y[:40] = x[40:80], y[40:80]
    x, y = x.round(-1), y.round(-1)  # many pairs exactly at an edge
    parameters = KnoxParameters((50, 100, 250), (1, 3, 8), metric, same_place, permutations=9)
    table = knox_table(x - 1e4, y + 1e6, day, parameters)
    np.testing.assert_array_equal(observed(table, 4), slow_table(x - 1e4, y + 1e6, day, parameters))


def test_p_and_expected_match_slow_permutations():
    x, y, day = scattered(2, 120)
    day[:30] = (x[:30] // 100).astype(int)
    parameters = KnoxParameters((150, 300), (3, 8), permutations=1999)
    rng = np.random.default_rng(0)
    tables = np.array([slow_table(x, y, rng.permutation(day), parameters) for _ in range(1999)])
    p = ((tables >= slow_table(x, y, day, parameters)).sum(axis=0) + 1) / 2000
    table = knox_table(x, y, day, parameters)
    # Twice the largest standard error of a difference of two Monte Carlo shares of 2,000.
    np.testing.assert_allclose(table.p, p.ravel(), atol=0.032)
    error = tables.std(axis=0) / np.sqrt(1999)
    assert (np.abs(table.expected - tables.mean(axis=0).ravel()) <= 4 * error.ravel() + 1e-9).all()
    tested = table.expected > 0
    np.testing.assert_allclose(table.p_fdr[tested], stats.false_discovery_control(table.p[tested]))
    assert table.attrs["parameters"] == parameters


@pytest.mark.parametrize(
    ("name", "distances", "days"),
    [("chicago_be_month1", (100, 200, 300), (7, 14, 21)), ("chicago_arson", (200, 400, 600), (1, 2, 3))],
)
def test_the_near_repeat_calculators_tables(shared_data, name, distances, days):
    parameters = KnoxParameters(distances, days, "manhattan", labels="nrc")
    table = knox_table(*nrc(shared_data, name), parameters)
    assert observed(table, 4).tolist() == nrc_observed(shared_data, name)


def test_the_near_repeat_calculators_labels_and_ratios(shared_data):
    parameters = KnoxParameters((100, 200, 300), (7, 14, 21), "manhattan", labels="nrc")
    table = knox_table(*nrc(shared_data, "chicago_be_month1"), parameters)
    assert table.days[:4].tolist() == ["0 to 7", "8 to 14", "15 to 21", "More than 21"]
    assert table.distance[::4].tolist() == [
        "Same location",
        "1 to 100",
        "101 to 200",
        "201 to 300",
        "More than 300",
    ]
    assert table.distance_to_m[::4].tolist() == [0, 100, 200, 300, np.inf]
    published = [
        1.652,
        0.43,
        0.629,
        0.576,
        1.685,
        0.6,
        0.569,
        0.559,
        1.318,
        0.945,
        0.513,
        0.884,
        0.938,
        1.028,
        1.071,
        1.011,
    ]
    # Its expected count is a mean of 19 permutations, ours exact: within four standard errors, Poisson.
    error = 4 * np.sqrt(1 / (19 * table.expected[:16])) * table.ratio[:16]
    assert (np.abs(table.ratio[:16] - published) <= error).all()
    assert (table.p[:9:4] < 0.01).all() and table.p[12] > 0.5


def test_bins_that_the_calculators_labels_say(shared_data):
    parameters = KnoxParameters((100, 200, 300), (7, 14, 21), "manhattan", labels="nrc").with_labels_true()
    table = knox_table(*nrc(shared_data, "chicago_be_month1"), parameters)
    assert observed(table, 4).tolist() == [
        [29, 4, 5, 2],
        [45, 15, 7, 2],
        [106, 48, 21, 13],
        [88, 64, 46, 15],
        [206611, 138108, 88321, 36415],
    ]
    assert table.days.iloc[0] == "0 to 7 days" and table.distance.iloc[4] == "over 1 and under 101 m"


def test_labels_of_intervals_say_what_they_hold():
    table = knox_table(*scattered(3), KnoxParameters((100, 250), (1, 2, 8), permutations=1))
    assert table.distance.unique().tolist() == [
        "same place",
        "over 0 and under 100 m",
        "100 to under 250 m",
        "250 m or more",
    ]
    assert table.days.unique().tolist() == ["same day", "1 day", "2 to 7 days", "8 days or more"]


def test_burkitt_as_pointpats_has_it():
    frame = geopandas.read_file(libpysal.examples.get_path("burkitt.shp"))
    peer = Knox(frame[["X", "Y"]].to_numpy(), frame[["T"]].to_numpy(), delta=20, tau=5, permutations=0)
    reach = np.nextafter(20, 21)  # theirs is closed at 20
    table = knox_table(frame.X, frame.Y, frame["T"], KnoxParameters((reach,), (6,), permutations=999))
    near, far = observed(table, 2)[:2].sum(axis=0), observed(table, 2)[2]
    assert [*near, *far] == [13, 3416, 39, 14110] == peer.observed.ravel().tolist()
    expected = table.expected.to_numpy().reshape(3, 2)[:2].sum(axis=0)
    np.testing.assert_allclose(expected[0], 10.1438161, atol=1e-6)
    np.testing.assert_allclose(stats.poisson.sf(13, expected[0]), 0.14625, atol=1e-5)


def test_chicago_count_as_pointpats_has_it(shared_data):
    frame = pd.read_csv(shared_data / "oracles/chicago_be.csv.gz", parse_dates=["date"]).dropna()
    table = knox_table(frame.X, frame.Y, frame.date, KnoxParameters((100,), (8,), permutations=9))
    assert table.observed[0] + table.observed[2] == 930
    assert table.observed.sum() == 11_700 * 11_699 // 2


@pytest.fixture
def one_thread():
    """Hundreds of small tables: waiting for a second thread would take longer than the work."""
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(threads)


def test_no_pattern_is_called_at_five_in_a_hundred_on_an_irregular_area(one_thread):
    """Places crowded on an L and around some streets, dates seasonal: crowding alone must not be found."""
    called = 0
    for seed in range(250):
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(0, 2000, (2, 400))
        x = np.where(rng.random(400) < 0.4, x.round(-2), x)
        inside = (x < 700) | (y < 700)
        day = (30 + 25 * np.sin(rng.uniform(0, 9, 400))).astype(int)
        table = knox_table(
            x[inside],
            y[inside],
            day[inside],
            KnoxParameters((150,), (5,), permutations=99, seed=seed),
        )
        called += table.p[2] <= 0.05
    # 98 % of binomial(250, .05) lies within 5 to 20.
    assert 5 <= called <= 20, called


def test_planted_near_repeats_are_found():
    x, y, day = scattered(5, 600, 360, 8000)
    x[:60], y[:60], day[:60] = x[60:120] + 20, y[60:120] + 20, day[60:120] + 2
    table = knox_table(x, y, day, KnoxParameters((100, 200), (7, 14), permutations=199))
    found = table[(table.p_fdr <= 0.05) & np.isfinite(table.distance_to_m)]  # the last row is the remainder
    assert found[["distance", "days"]].to_numpy().tolist() == [["over 0 and under 100 m", "0 to 6 days"]]


def test_same_seed_same_table_and_dates_as_timestamps():
    x, y, day = scattered(6)
    first = knox_table(x, y, day, QUICK)
    stamps = np.datetime64("2024-02-20") + day.astype("timedelta64[D]")
    pd.testing.assert_frame_equal(first, knox_table(x, y, stamps, QUICK))
    other = knox_table(x, y, day, KnoxParameters((100, 250), (3, 8), permutations=99, seed=1))
    assert not first.p.equals(other.p) and first.observed.equals(other.observed)


def test_batches_of_permutations_do_not_change_the_answer(monkeypatch):
    x, y, day = scattered(7)
    whole = knox_table(x, y, day, QUICK)
    monkeypatch.setattr("analytics.hotspots.methods.knox._DATES_HELD", 7 * len(x))
    pd.testing.assert_frame_equal(whole, knox_table(x, y, day, QUICK))


def test_pairs_are_those_of_the_table():
    x, y, day = scattered(8)
    x[:40], y[:40] = x[40:80], y[40:80]
    for metric in ("euclidean", "manhattan"):
        table = knox_table(x, y, day, KnoxParameters((250,), (8,), metric, permutations=1))
        pairs = near_repeats(x, y, day, NearRepeatParameters(250, 8, metric)).pairs
        assert (
            len(pairs) == table.observed[[0, 2]].sum() and not pairs[["first", "second"]].duplicated().any()
        )
        assert pairs.same_place.sum() == table.observed[0]
        assert ((pairs.days >= 0) & (pairs.days < 8) & (pairs.distance_m < 250)).all()
        assert (day[pairs["second"]] - day[pairs["first"]]).tolist() == pairs.days.tolist()


def test_roles_and_chains():
    far = np.arange(30) * 1e4 + 1e5
    x = np.r_[0, 10, 20, 5000, 5010, 9000, 9000, far]
    day = np.r_[0, 3, 6, 1, 1, 2, 50, np.zeros(30)]
    result = near_repeats(x, np.zeros(37), day, NearRepeatParameters(15, 5))
    events = result.events.set_index("row")
    assert events.role.to_dict() == {
        0: "originator",
        1: "both",
        2: "near repeat",
        3: "same day only",
        4: "same day only",
    }
    assert events.chain.to_dict() == {0: 0, 1: 0, 2: 0, 3: 1, 4: 1}
    assert result.pairs.ordered.tolist() == [True, True, False]
    assert (events.earlier.tolist(), events.later.tolist()) == ([0, 1, 1, 0, 0], [1, 1, 0, 0, 0])


def test_no_pair_at_all_is_an_empty_list():
    result = near_repeats(np.arange(30) * 1e3, np.zeros(30), np.arange(30), NearRepeatParameters(100, 7))
    assert len(result.pairs) == len(result.events) == 0


@pytest.mark.parametrize("method", [knox_table, near_repeats])
def test_what_is_refused(method):
    x, y, day = scattered(9, 60)
    with pytest.raises(TooFewData, match="at least 30"):
        method(x[:29], y[:29], day[:29])
    with pytest.raises(TooFewData, match="month only"):
        method(x, y, day, time_precision=np.array(["day"] * 59 + ["month"]))
    with pytest.raises(TooFewData, match="stand for a street"):
        method(x.round(-3), y.round(-3), day)
    with pytest.raises(ValueError, match="whole day"):
        method(x, y, day + 0.5)
    with pytest.raises(ValueError, match="place"):
        method(np.where(x == x[0], np.nan, x), y, day)
    method(x, y, day, time_precision=np.array(["day"] * 60))


@pytest.mark.parametrize(
    "wrong",
    [
        {"distance_edges_m": (100, 100)},
        {"distance_edges_m": ()},
        {"day_edges": (0, 7)},
        {"day_edges": (1.5,)},
        {"metric": "road"},
        {"same_place_m": 100},
        {"labels": "?"},
        {"permutations": 0},
    ],
)
def test_parameters_that_make_no_table(wrong):
    with pytest.raises(ValueError):
        KnoxParameters(**wrong)


def vigna_permutation(values, seed):
    """Fisher and Yates' shuffle by xorshift64* as Vigna (2016) gives it, in Python's whole numbers."""
    values, state = list(values), int(seed)
    for i in range(len(values) - 1, 0, -1):
        state ^= state >> 12
        state = (state ^ (state << 25)) % 2**64
        state ^= state >> 27
        j = ((state * 0x2545F4914F6CDD1D) % 2**64 >> 32) * (i + 1) >> 32
        values[i], values[j] = values[j], values[i]
    return np.array(values)


@pytest.mark.parametrize(("permutations", "at_once"), [(1, 128), (12, 128), (12, 5)])
def test_p_counts_the_permutations_with_as_many_pairs(permutations, at_once, monkeypatch):
    """Every shuffled table made again from the seeds; more of them than are written side by side."""
    monkeypatch.setattr("analytics.hotspots.methods.knox._MAXIMUM_AT_ONCE", at_once)
    x, y, day = scattered(11, 36, 9, 300)
    parameters = KnoxParameters((15, 200), (2, 7), permutations=permutations, seed=4)
    seeds = np.random.default_rng(4).integers(1, 2**64, permutations, np.uint64)
    ours = slow_table(x, y, day, parameters)
    order = sort_into_cells(x, y, np.zeros(36), 200, 1).order  # in which the places are given their dates
    drawn = np.array(
        [slow_table(x[order], y[order], vigna_permutation(day, seed), parameters) for seed in seeds]
    )
    p = ((drawn >= ours).sum(axis=0) + 1) / (permutations + 1)
    table = knox_table(x, y, day, parameters)
    assert table.observed.tolist() == ours.ravel().tolist()
    possible = np.repeat(ours.sum(axis=1) > 0, 3)  # no pair is at the same place
    np.testing.assert_allclose(table.p[possible], p.ravel()[possible])
    expected = np.outer(ours.sum(axis=1), ours.sum(axis=0)) / ours.sum()
    expected = expected.ravel()
    assert ((expected > 0) & (expected < 1)).any()
    np.testing.assert_allclose(table.expected, expected)
    np.testing.assert_allclose(table.ratio[possible], ours.ravel()[possible] / expected[possible])
    assert table.ratio[~possible].isna().all() and (table.p_fdr[~possible] == 1).all()
    np.testing.assert_allclose(table.p_fdr[possible], stats.false_discovery_control(table.p[possible]))
    assert table.attrs == {"parameters": parameters, "incidents": 36}


def test_progress_is_told_batch_by_batch():
    told = []
    x, y, day = scattered(12, 30, 20, 300)
    knox_table(x, y, day, KnoxParameters((60,), (2,), permutations=300), progress=told.append)
    assert told == [0, 128 / 300, 256 / 300]


@pytest.mark.parametrize("along", [0, 1])
def test_pairs_along_a_line_of_many_boxes_match_every_pair(along):
    rng = np.random.default_rng(3)
    place = np.zeros((2, 120))
    place[along] = rng.integers(0, 900, 120)
    day = rng.integers(0, 30, 120)
    parameters = KnoxParameters((5, 12), (2, 6), permutations=1)
    table = knox_table(*place, day, parameters)
    np.testing.assert_array_equal(observed(table, 3), slow_table(*place, day, parameters))


@pytest.mark.parametrize("last", [32_767, 32_768, 40_000, 78_000])
def test_days_between_may_exceed_a_short_integer(last):
    x, y, _ = scattered(13, 40, 9, 300)
    day = np.r_[np.arange(39) * 800, last] - 5
    parameters = KnoxParameters((60, 200), (2_001, 40_000), permutations=1)
    table = knox_table(x, y, day, parameters)
    np.testing.assert_array_equal(observed(table, 3), slow_table(x, y, day, parameters))


def test_the_table_names_and_bounds_its_intervals():
    x, y, day = scattered(14, 30, 20, 300)
    table = knox_table(x, y, day, KnoxParameters((100, 250.5), (1, 2), same_place_m=5.5, permutations=1))
    rows = table[["distance", "distance_from_m", "distance_to_m", "days", "day_from", "day_to"]]
    places = [
        ("same place (at most 5.5 m)", 0.0, 5.5),
        ("over 5.5 and under 100 m", 5.5, 100.0),
        ("100 to under 250.5 m", 100.0, 250.5),
        ("250.5 m or more", 250.5, np.inf),
    ]
    times = [("same day", 0, 1.0), ("1 day", 1, 2.0), ("2 days or more", 2, np.inf)]
    assert [tuple(row) for row in rows.itertuples(index=False)] == [a + b for a in places for b in times]
    longer = knox_table(x, y, day, KnoxParameters((100,), (2, 3, 4, 6), permutations=1))
    assert longer.days.unique().tolist() == [
        "0 to 1 days",
        "2 days",
        "3 days",
        "4 to 5 days",
        "6 days or more",
    ]
    edges = {"distance_edges_m": (100, 200, 300), "day_edges": (7, 14, 21)}
    nrc_names = knox_table(x, y, day, KnoxParameters(**edges, labels="nrc", permutations=1))
    assert nrc_names.distance.unique().tolist() == [
        "Same location",
        "1 to 100",
        "101 to 200",
        "201 to 300",
        "More than 300",
    ]
    assert nrc_names.days.unique().tolist() == ["0 to 7", "8 to 14", "15 to 21", "More than 21"]


def test_bins_with_true_labels_keep_the_other_parameters():
    given = KnoxParameters((100, 200), (7, 14), "manhattan", permutations=19, seed=5, labels="nrc")
    assert given.with_labels_true() == KnoxParameters((101, 201), (8, 15), "manhattan", 1.0, 19, 5)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"distance_edges_m": ()}, "Distance edges must ascend from above the same-place tolerance."),
        ({"distance_edges_m": (100, 100)}, "Distance edges must ascend from above the same-place tolerance."),
        ({"same_place_m": -1.0}, "Distance edges must ascend from above the same-place tolerance."),
        ({"same_place_m": 100}, "Distance edges must ascend from above the same-place tolerance."),
        ({"day_edges": ()}, "Day edges must be ascending whole numbers above 0."),
        ({"day_edges": (0, 7)}, "Day edges must be ascending whole numbers above 0."),
        ({"day_edges": (1.5,)}, "Day edges must be ascending whole numbers above 0."),
        *(
            (
                wrong,
                "metric is one of ('euclidean', 'manhattan'), labels of ('intervals', 'nrc'); "
                "permutations at least 1.",
            )
            for wrong in ({"metric": "road"}, {"labels": "?"}, {"permutations": 0})
        ),
    ],
)
def test_a_refused_parameter_is_named(wrong, message):
    with pytest.raises(ValueError) as refused:
        KnoxParameters(**wrong)
    assert str(refused.value) == message


def test_the_least_parameters_are_taken():
    KnoxParameters((0.5,), (1,), same_place_m=0.0, permutations=1)
