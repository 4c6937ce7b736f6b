"""Cells and their neighbours: exact indices, areas and corners, and sums against a plain dictionary."""

import math

import ibis
import numpy as np
import pytest
import shapely
from pyproj import Transformer

from analytics.hotspots.grid.cells import (
    CellLookup,
    Grid,
    index_cells,
    locate_centres,
    name_cells,
    outline_cells,
    read_cell_name,
)

KINDS = ("hexagon", "square")
EPSG = 32631


@pytest.mark.parametrize(("kind", "size"), [("triangle", 100), ("square", 0), ("hexagon", -1), ("Square", 1)])
def test_only_hexagons_and_squares_of_a_positive_size_are_grids(kind, size):
    with pytest.raises(ValueError, match="^A grid is of hexagons or squares of a positive size, not Grid"):
        Grid(kind, size)


def test_a_small_size_is_a_grid():
    assert Grid("square", 0.5).cell_km2 == 0.25e-6


def test_areas_of_cells():
    assert Grid("square", 500).cell_km2 == 0.25
    assert Grid("hexagon", 500).cell_km2 == pytest.approx(0.25 * math.sqrt(3) / 2)


@pytest.mark.parametrize(("kind", "numbers"), [("hexagon", (6, 18, 36)), ("square", (8, 24, 48))])
def test_each_ring_adds_its_cells_and_leaves_the_cell_out(kind, numbers):
    grid = Grid(kind, 100)
    for rings, number in enumerate(numbers, start=1):
        found = grid.neighbours(rings)
        assert len(found) == len(set(found)) == number and (0, 0) not in found
        assert list(found) == sorted(found) and {(-i, -j) for i, j in found} == set(found)
        # The farthest centre lies as many cells away as there are rings.
        x, y = grid.centres(np.array([0, *(i for i, _ in found)]), np.array([0, *(j for _, j in found)]))
        away = np.hypot(x - x[0], y - y[0])[1:]
        reach = rings * 100 * (1 if kind == "hexagon" else math.sqrt(2))
        assert away.max() == pytest.approx(reach) and away.min() == pytest.approx(100)
    assert grid.neighbours() == grid.neighbours(1)
    with pytest.raises(ValueError, match=r"^Neighbours lie one or more rings away, not 0\.$"):
        grid.neighbours(0)


def test_centres_and_corners_of_a_square():
    grid = Grid("square", 100)
    x, y = grid.centres(np.array([0, -3]), np.array([2, 5]))
    assert (x.tolist(), y.tolist()) == ([50, -250], [250, 550])
    (ring,) = grid.rings([2], [-1])
    assert ring == pytest.approx(np.array([[300, 0], [200, 0], [200, -100], [300, -100], [300, 0]]))


def test_centres_and_corners_of_a_hexagon():
    grid, row = Grid("hexagon", 100), 100 * math.sqrt(3) / 2
    x, y = grid.centres(np.array([0, 1, 0, -2]), np.array([0, 0, 1, 3]))
    assert x.tolist() == pytest.approx([0, 100, 50, -50]) and y.tolist() == pytest.approx(
        [0, 0, row, 3 * row]
    )
    radius, half = 100 / math.sqrt(3), 50 / math.sqrt(3)
    corners = [(0, radius), (-50, half), (-50, -half), (0, -radius), (50, -half), (50, half), (0, radius)]
    assert grid.rings([0], [0])[0] == pytest.approx(np.array(corners))
    assert grid.rings([1, 0], [0, 1])[1] == pytest.approx(np.array(corners) + [50, row])


@pytest.mark.parametrize("kind", KINDS)
def test_a_point_is_in_the_cell_whose_outline_holds_it_in_the_engine_and_in_arrays(kind):
    grid, rng = Grid(kind, 70), np.random.default_rng(2)
    x, y = rng.uniform(-900, 900, (2, 600))
    i, j = index_cells(grid, x, y)
    assert i.dtype == j.dtype == np.int64
    polygons = shapely.polygons(grid.rings(i, j))
    assert shapely.contains_xy(polygons, x, y).all()
    table = ibis.memtable({"x": x, "y": y})
    column, row = grid.index(table.x, table.y)
    found = table.select(i=column, j=row).to_pandas()
    assert found.i.tolist() == i.tolist() and found.j.tolist() == j.tolist()
    assert found.i.dtype == found.j.dtype == np.int64


def test_points_on_an_edge_of_a_square_belong_to_the_cell_that_begins_there():
    grid = Grid("square", 100)
    i, j = index_cells(grid, np.array([0.0, 99.9, 100.0, -0.1]), np.array([200.0, 0.0, -100.0, -100.1]))
    assert i.tolist() == [0, 0, 1, -1] and j.tolist() == [2, 0, -1, -2]


def test_names_of_cells_are_read_back_and_begin_with_no_sign():
    i, j = np.array([0, -12, 123_456_789]), np.array([34, -5, -999_999_999])
    names = name_cells(i, j)
    assert names == ["x0y34", "x-12y-5", "x123456789y-999999999"]
    assert [read_cell_name(name) for name in names] == list(zip(i, j, strict=True))
    with pytest.raises(ValueError):
        name_cells(i, j[:2])


@pytest.mark.parametrize(
    "name", ["", "x1", "x1y", "X1y2", "x1Y2", " x1y2", "x1y2 ", "x--1y2", "x1y1234567890"]
)
def test_what_is_no_name_of_a_cell_is_refused(name):
    with pytest.raises(ValueError, match="is not the name of a cell"):
        read_cell_name(name)


@pytest.mark.parametrize("kind", KINDS)
def test_outlines_and_centres_in_degrees_go_back_to_the_grid(kind):
    grid, back = Grid(kind, 500), Transformer.from_crs(4326, EPSG, always_xy=True)
    i, j = index_cells(grid, np.array([501_000.0, 502_300.0]), np.array([5_400_000.0, 5_401_500.0]))
    rings = outline_cells(EPSG, grid, i, j)
    assert rings.shape == grid.rings(i, j).shape and (rings == rings.round(5)).all()
    assert (rings != rings.round(4)).any()
    x, y = back.transform(rings[..., 0], rings[..., 1])
    assert np.abs(np.stack([x, y], axis=-1) - grid.rings(i, j)).max() < 1.2  # five decimals: about a metre
    lon, lat = locate_centres(EPSG, grid, i, j)
    assert np.allclose(back.transform(lon, lat), grid.centres(i, j), atol=1e-6)
    assert 3 < lon[0] < 3.1 and 48 < lat[0] < 49  # longitude first


@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_sums_over_neighbours_are_those_of_a_dictionary(kind, in_order):
    rng = np.random.default_rng(5)
    cells = sorted({(int(a), int(b)) for a, b in rng.integers(-6, 7, (90, 2))})
    if not in_order:
        cells = [cells[k] for k in rng.permutation(len(cells))]
    i, j = np.array(cells).T
    values = rng.integers(1, 1000, len(cells)).astype(float)
    at = dict(zip(cells, values, strict=True))
    offsets = Grid(kind, 1).neighbours(2)
    lookup = CellLookup(i, j)
    total, number = lookup.sums(values, offsets)
    around = [[at[a + di, b + dj] for di, dj in offsets if (a + di, b + dj) in at] for a, b in cells]
    assert total.tolist() == [sum(found) for found in around]
    assert number.tolist() == [len(found) for found in around] and number.dtype == np.int64
    row = {cell: k for k, cell in enumerate(cells)}
    for di, dj in ((0, 0), (1, -1), (-3, 2), (0, 12), (12, 0), (-13, -13), (0, -1)):
        assert lookup.shifted(di, dj).tolist() == [row.get((a + di, b + dj), -1) for a, b in cells]
    assert lookup.sums(values.astype(int), offsets)[0].tolist() == total.tolist()


def test_far_cells_do_not_meet():
    """A column's end is not the next one's beginning, however large the indices."""
    lookup = CellLookup(np.array([0, 1, 1]), np.array([2**31 - 1, -(2**31), 0]))
    assert lookup.shifted(0, 1).tolist() == [-1, -1, -1] or lookup.shifted(1, 0).tolist() == [-1, -1, -1]
    single = CellLookup(np.array([5]), np.array([-7]))
    assert single.shifted(0, 0).tolist() == [0] and single.shifted(1, 0).tolist() == [-1]
