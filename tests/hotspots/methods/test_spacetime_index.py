"""Boxes of space and time: which points share one, and what the steps of their keys mean."""

import itertools

import numpy as np
import pytest

from analytics.hotspots.methods.spacetime_index import find_distinct_places, sort_into_cells


def test_distinct_places_are_by_x_and_then_y():
    x, y = np.array([3.0, 1.0, 3.0, 1.0, 1.0, 3.0]), np.array([2.0, 9.0, 1.0, 4.0, 9.0, 2.0])
    place_x, place_y, at = find_distinct_places(x, y)
    assert list(zip(place_x, place_y, strict=True)) == [(1, 4), (1, 9), (3, 1), (3, 2)]
    assert at.tolist() == [3, 1, 2, 0, 1, 3]


def test_many_distinct_places_are_in_order_too():
    points = np.random.default_rng(2).integers(0, 12, (300, 2)).astype(float)
    place_x, place_y, at = find_distinct_places(*points.T)
    places, inverse = np.unique(points, axis=0, return_inverse=True)
    assert (np.c_[place_x, place_y] == places).all() and at.tolist() == inverse.ravel().tolist()


def lattice(rows, columns, times, *, side, days):
    """A point in the middle of every box, shuffled; the first box begins at its least coordinates."""
    boxes = np.array(list(itertools.product(range(rows), range(columns), range(times))))
    boxes = np.random.default_rng(1).permutation(boxes)
    row, column, time = boxes.T
    return boxes, -700.0 + column * side, 5e6 + row * side, 40.0 + time * days


def test_every_point_is_listed_in_its_box_and_boxes_are_in_the_order_of_their_keys():
    boxes, x, y, t = lattice(3, 4, 5, side=50.0, days=3.0)
    twice = np.tile(np.arange(len(x)), 2)  # two points in each box, the second a little further on
    cells = sort_into_cells(np.r_[x, x + 49.9], np.r_[y, y + 49.9], np.r_[t, t + 2.9], side=50.0, days=3.0)
    assert (np.diff(cells.key) > 0).all() and len(cells.key) == 60
    assert np.diff(cells.start).tolist() == [2] * 60 and cells.start[0] == 0
    listed = boxes[twice[cells.order]].reshape(60, 2, 3)
    assert (listed[:, 0] == listed[:, 1]).all()  # a box's own two points
    assert [tuple(box) for box in listed[:, 0]] == list(itertools.product(range(3), range(4), range(5)))


def test_a_step_of_a_key_leads_to_the_box_so_far_away_and_to_no_other():
    """Up to two boxes away in each direction, from the last of a row or of a column's times as well."""
    boxes, x, y, t = lattice(4, 4, 3, side=10.0, days=1.0)
    cells = sort_into_cells(x, y, t, side=10.0, days=1.0)
    sorted_boxes = boxes[cells.order]
    apart = sorted_boxes[:, None] - sorted_boxes[None]
    difference = cells.key[:, None] - cells.key[None]
    for row, column, time in itertools.product(range(-2, 3), repeat=3):
        step = row * cells.row_step + column * cells.column_step + time
        assert ((difference == step) == (apart == (row, column, time)).all(axis=2)).all()


def test_two_boxes_are_left_empty_after_the_times_and_at_either_end_of_the_columns():
    cells = sort_into_cells(*lattice(2, 3, 5, side=1.0, days=1.0)[1:], side=1.0, days=1.0)
    assert cells.column_step == 5 + 2
    assert cells.row_step == (3 + 2 * 2) * cells.column_step


def test_points_too_far_apart_for_a_key_are_refused():
    """Two times, so that a column steps by 4; (2**29 - 4 columns and 4 more) times 4 is 2**31 a row."""
    x, t = np.array([0.0, 2.0**29 - 5]), np.array([0.0, 1.0])
    with pytest.raises(
        ValueError,
        match=r"^The points lie too far apart for so small a distance; look for stray coordinates\.$",
    ):
        sort_into_cells(x, np.array([0.0, 2.0**31 - 4]), t, 1, 1)
    assert sort_into_cells(x, np.array([0.0, 2.0**31 - 5]), t, 1, 1).row_step == 2**31


def test_the_largest_keys_are_exact():
    """Of two points in boxes that follow in time, at the far end: floats would take them for one."""
    far = 2.0**30
    cells = sort_into_cells(
        np.array([0, far, far]), np.array([0, far / 4, far / 4]), np.array([0.0, 0, 1]), 1, 1
    )
    assert cells.key[0] == 0 and cells.key[2] - cells.key[1] == 1
    assert cells.key[1] == 2**28 * cells.row_step + 2**30 * cells.column_step > 2**53
