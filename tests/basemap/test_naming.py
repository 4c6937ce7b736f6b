"""What a place is called: its street and crossing, else its neighbourhood, else its town."""

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from analytics.basemap import describe_places, has_streets, name_places
from analytics.basemap.naming import STREET_WITHIN
from analytics.basemap.segment_grid import SegmentGrid
from analytics.basemap.shapes import close_sea, name_by_labels
from analytics.basemap.streets import StreetIndex


def described(store, *places):
    return describe_places(store, 1, *np.transpose(places))


def test_a_place_is_named_by_its_street_and_crossing(mapped):
    named = described(mapped, (3.0105, 48.0101), (3.0125, 48.0102), (3.0185, 48.0101), (3.015, 48.0118))
    assert named.name.tolist() == [
        "Harbour Street at Mill Lane",
        "Harbour Street",  # its crossing is 186 m away
        "Harbour Street",  # the bridge over it is no crossing
        "near Harbour Street",
    ]
    assert named.street_m[0] == pytest.approx(11.1, abs=0.2)
    assert named.crossing_m[0] == pytest.approx(38.9, abs=0.3)
    assert named.neighbourhood.tolist() == ["Old Town"] * 4


def test_away_from_streets_it_is_the_neighbourhood_and_else_the_town(mapped):
    named = described(mapped, (3.0155, 48.0145), (3.05, 48.05), (3.002, 48.0021))
    assert named.name.tolist() == ["Old Town", "6.4 km north-east of Vell", "Vell"]
    assert named.street.tolist() == [None] * 3 and named.town_m[1] == pytest.approx(6415, abs=30)


def test_a_place_that_is_not_known_has_no_name_and_others_keep_theirs(mapped):
    named = described(mapped, (np.nan, np.nan), (3.0105, 48.0101), (np.nan, 48.0))
    assert named.name.tolist() == [None, "Harbour Street at Mill Lane", None]
    with pytest.raises(KeyError, match="no working area 7"):
        describe_places(mapped, 7, np.array([3.0]), np.array([48.0]))


def test_names_follow_the_layers_of_the_area(mapped):
    assert has_streets(mapped, 1)
    with mapped.write() as cursor:
        cursor.execute("DELETE FROM boundary").fetchall()
    assert not has_streets(mapped, 1)
    assert described(mapped, (3.0105, 48.0101)).name.tolist() == [None]


def test_places_of_one_list_never_share_a_name(mapped):
    places = [
        (3.0105, 48.0101),
        (3.0095, 48.0101),
        (3.0105, 48.0101),  # the first point again
        (3.0185, 48.0101),
        (3.0188, 48.0101),
        (3.05, 48.05),
        (3.0501, 48.0501),
        (np.nan, np.nan),
    ]
    assert name_places(mapped, 1, *np.transpose(places)) == [
        "Harbour Street at Mill Lane, east side",
        "Harbour Street at Mill Lane, west side",
        "Harbour Street at Mill Lane, east side",
        "Harbour Street",
        "Harbour Street (2)",
        "6.42 km north-east of Vell",
        "6.44 km north-east of Vell",
        "No place recorded",
    ]
    assert name_places(mapped, 1, *np.transpose(places[:1])) == ["Harbour Street at Mill Lane"]


def test_without_streets_a_place_is_called_as_the_records_call_it(store):
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        cursor.executemany(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date, place, lon, lat, x, y) VALUES (1, ?, 1, 'Theft', '2026-01-01',"
            " '2026-01-01', 'day', '2026-01-01', ?, 3, 48, 500000 + ?, 5316300)",
            [
                (1, "On or near Quay Street", 0),
                (2, "E01032739", 10),
                *((3 + k, "Supermarket", 60 + 200 * k) for k in range(60)),
            ],
        )
    x, y = np.array([3.0, 3.1]), np.array([48.0, 48.0])
    named = name_places(store, 1, x, y)
    assert named[0] == "Quay Street" and "of" in named[1]


def test_streets_imported_as_a_layer_name_places_too(store):
    lines = [shapely.LineString(line) for line in ([(3, 48), (3.02, 48)], [(3.01, 48), (3.01, 48.02)])]
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        cursor.executemany(
            "INSERT INTO boundary VALUES (1, ?, 1, 'Streets', 'street', 'local', ?, ?)",
            [(n, name, shapely.to_wkb(line)) for n, (name, line) in enumerate(zip("XY", lines, strict=True))],
        )
        ward = shapely.to_wkb(shapely.box(3.03, 48, 3.06, 48.02))
        cursor.execute("INSERT INTO boundary VALUES (2, 1, 1, 'Wards', 'area', 'W1', 'Weir', ?)", [ward])
    named = described(store, (3.0101, 48.0), (3.05, 48.01))
    assert named.name.tolist() == ["X at Y", "Weir"]


def random_lines(seed, number=300):
    rng = np.random.default_rng(seed)
    starts = rng.uniform(0, 3000, (number, 2))
    steps = rng.normal(0, 120, (number, 4, 2)).cumsum(axis=1)
    return shapely.linestrings(np.concatenate([starts[:, None], starts[:, None] + steps], axis=1))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_nearest_line_is_that_of_a_search_through_all(seed):
    lines, rng = random_lines(seed), np.random.default_rng(seed)
    lines[7] = shapely.multilinestrings([lines[7], lines[8]])
    lines[9] = shapely.LineString([(-9000, -9000), (9000, 8000)])  # through many squares
    x, y = rng.uniform(-900, 3900, (2, 400))
    found, distance = SegmentGrid(lines).find_nearest(x, y, 250.0)
    apart = shapely.distance(shapely.points(x, y)[:, None], lines[None])
    near = apart.min(axis=1) <= 250
    np.testing.assert_array_equal(found >= 0, near)
    np.testing.assert_allclose(distance[near], apart.min(axis=1)[near], atol=1e-6)
    np.testing.assert_allclose(apart[near, found[near]], apart.min(axis=1)[near], atol=1e-6)


def test_no_line_and_no_point_are_no_error():
    grid = SegmentGrid(np.array([], dtype=object))
    assert grid.find_nearest(np.array([1.0]), np.array([2.0]), 100.0)[0].tolist() == [-1]
    assert len(SegmentGrid(random_lines(1)).find_nearest(np.array([]), np.array([]), 9.0)[0]) == 0


def test_the_nearest_crossing_is_that_of_a_search_through_all():
    lines, rng = random_lines(3, 80), np.random.default_rng(3)
    names = [f"S{k % 30}" for k in range(80)]
    index = StreetIndex(lines, names, np.zeros(80))
    x, y = rng.uniform(0, 3000, (2, 200))
    street, _ = index.find_nearest(x, y, STREET_WITHIN)
    other, distance, _ = index.find_crossings_on(x, y, street, 150.0)
    for k in range(200):
        own = [n for n in range(80) if street[k] >= 0 and names[n] == index.names[street[k]]]
        points = [
            at
            for n in own
            for m in range(80)
            if names[m] != names[n]
            for at in shapely.get_coordinates(shapely.intersection(lines[n], lines[m]))
        ]
        apart = cKDTree(points).query([x[k], y[k]])[0] if points else np.inf
        # Crossings of the same two streets within ten metres are one, at the first of them.
        if apart <= 135:
            assert other[k] >= 0 and distance[k] == pytest.approx(apart, abs=15)
        elif apart > 165:
            assert other[k] == -1


def test_a_coast_that_only_ends_within_the_extent_makes_no_sea():
    bounds = (0.0, 0.0, 1.0, 1.0)
    dangling = np.array([shapely.LineString([(0.3, 0.5), (0.6, 0.5)])])
    assert len(close_sea(dangling, bounds)) == 0
    # Nearly to the edge, as extracts often end; the island keeps its land.
    coast = shapely.LineString([(0.001, 0.5), (0.999, 0.5)])
    island = shapely.LineString([(0.4, 0.2), (0.6, 0.2), (0.6, 0.3), (0.4, 0.3), (0.4, 0.2)])
    (sea,) = close_sea(np.array([coast, island]), bounds)
    assert sea.area == pytest.approx(0.5 - 0.02, abs=1e-3)
    assert not sea.contains(shapely.Point(0.5, 0.25)) and sea.contains(shapely.Point(0.5, 0.1))


def test_streets_take_the_names_of_the_labels_along_them():
    streets = np.array(
        [shapely.LineString([(3, 48), (3.01, 48)]), shapely.LineString([(3, 48.1), (3.01, 48.1)])]
    )
    labels = np.array([shapely.LineString([(3.002, 48.00001), (3.02, 48.00001)])])
    names = name_by_labels(streets, labels, np.array(["Harbour Street"], dtype=object), 32631)
    assert names.tolist() == ["Harbour Street", None]
