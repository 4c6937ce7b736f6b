"""Similar places and what was counted at them, at exact places and days."""

from datetime import date

import numpy as np
import pytest
import shapely

from analytics.hotspots.refusal import TooFewData
from analytics.tasking.effect.places import daily_counts, like_places, moved_to

BOX = shapely.box(-50, -50, 50, 50)


def before(counts: dict[tuple[int, int], int]) -> np.ndarray:
    """Points at cells 100 m wide: how many of each."""
    return np.repeat([(100.0 * i, 100.0 * j) for (i, j) in counts], list(counts.values()), axis=0)


def test_like_places_are_ordered_by_the_root_of_their_count_then_by_place_from_the_west():
    counts = {(0, 0): 9} | {(10 + k, 0): 1 + k for k in range(20)}
    found = like_places(before(counts), BOX, [], clear=200, maximum=30)
    assert found.dtype == np.int64 or found.dtype == float
    number = {10 + k: 1 + k for k in range(20)}
    roots = [abs(np.sqrt(number[x // 100]) - 3) for x, _ in found]
    assert roots == sorted(roots) and len(found) == 20
    assert found[0].tolist() == [1800, 0] and (found[:, 1] == 0).all()  # the one with nine
    same = {(0, 0): 1} | {(x, y): 1 for x in (-20, 10, 30) for y in (-30, -20, -10, 0, 10, 20, 30)}
    ordered = like_places(before(same), BOX, [], clear=200, maximum=30)
    assert ordered.tolist() == sorted([100 * x, 100 * y] for x, y in same if (x, y) != (0, 0))
    assert like_places(before(same), BOX, [], clear=200, maximum=4).tolist() == ordered[:4].tolist()


def test_twenty_like_places_are_enough_and_nineteen_are_refused_in_words():
    counts = {(0, 0): 3} | {(10 + k, 0): 1 for k in range(20)}
    assert len(like_places(before(counts), BOX, [], clear=200, maximum=100)) == 20
    del counts[10, 0]
    with pytest.raises(TooFewData, match=r"^Only 19 other places .* 20 are needed to compare with\.$"):
        like_places(before(counts), BOX, [], clear=200, maximum=100)


def test_like_places_lie_a_place_and_the_clearance_from_every_tasked_place():
    """The buffer is `clear` and a place's width, 200 + 100 m: from the tasked edge at 50 m out to 350 m."""
    row = {(k, 0): 1 for k in range(40)}
    free = like_places(before(row), BOX, [], clear=200, maximum=100)
    assert sorted(free[:, 0]) == [100 * k for k in range(4, 40)]
    other = shapely.box(1950, -50, 2050, 50)
    free = like_places(before(row), BOX, [other], clear=200, maximum=100)
    assert sorted(free[:, 0]) == [100 * k for k in (*range(4, 17), *range(24, 40))]


def test_a_shape_is_moved_whole():
    shape = shapely.Polygon([(0, 0), (4, 0), (0, 3)])
    moved = moved_to(shape, np.array([[10, -5], [0, 7]]))
    assert [shapely.get_coordinates(s).tolist() for s in moved] == [
        [[10, -5], [14, -5], [10, -2], [10, -5]],
        [[0, 7], [4, 7], [0, 10], [0, 7]],
    ]


def test_daily_counts_hold_the_first_and_the_last_day_and_no_other():
    first, last = date(2026, 3, 1), date(2026, 3, 4)
    triangle = shapely.Polygon([(0, 0), (10, 0), (0, 10)])
    elsewhere = shapely.box(100, 100, 110, 110)
    points = [
        (1, 1, "2026-02-28"),
        (1, 1, "2026-03-01"),
        (2, 1, "2026-03-01"),
        (9, 9, "2026-03-02"),  # in the triangle's box, not in the triangle
        (10, 0, "2026-03-03"),  # on a corner
        (105, 105, "2026-03-04"),
        (105, 105, "2026-03-05"),
    ]
    xy = np.array([p[:2] for p in points], dtype=float)
    day = np.array([p[2] for p in points], dtype="datetime64[D]")
    counts = daily_counts(xy, day, [triangle, elsewhere], first, last)
    assert counts.tolist() == [[2, 0, 1, 0], [0, 0, 0, 1]]


def test_like_places_are_the_same_wherever_the_place_lies():
    counts = {(0, 0): 9} | {(10 + k, k % 3): 1 + k for k in range(25)}
    points, shift = before(counts), np.array([1037.0, -5012.0])
    here = like_places(points, BOX, [], clear=200, maximum=30)
    there = like_places(points + shift, *moved_to(BOX, [shift]), [], clear=200, maximum=30)
    assert there.tolist() == here.tolist()
