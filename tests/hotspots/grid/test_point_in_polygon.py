"""Points in polygons against shapely: outlines with holes, parts, level and many edges."""

import ibis
import numpy as np
import pytest
import shapely

from analytics.hotspots.grid.point_in_polygon import _edges, filter_within

ENGINE = ibis.duckdb.connect()


def found(area: shapely.Geometry, x, y) -> list[int]:
    table = ibis.memtable({"n": np.arange(len(x)), "x": np.asarray(x, float), "y": np.asarray(y, float)})
    return sorted(ENGINE.to_pyarrow(filter_within(table, shapely.to_wkb(area)))["n"].to_pylist())


STAR = shapely.Polygon(
    [(np.cos(t) * r, np.sin(t) * r) for t, r in zip(np.arange(14) * np.pi / 7, [9, 4] * 7, strict=True)]
)
SHAPES = {
    "box": shapely.box(-5, -5, 5, 5),
    "star": STAR,
    "hole": shapely.box(-9, -9, 9, 9).difference(shapely.box(-4, -4, 4, 4)),
    "parts": shapely.union_all([shapely.box(-9, -9, -3, 9), shapely.box(2, -3, 6, 3)]),
    "many edges": shapely.Point(0, 0).buffer(8, quad_segs=300),
    "thin": shapely.Polygon([(-9, 0), (9, 0.001), (9, 0)]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_points_lie_inside_as_shapely_says(shape):
    area, rng = SHAPES[shape], np.random.default_rng(7)
    x, y = rng.uniform(-11, 11, (2, 1500))
    if shape == "thin":
        y = rng.uniform(-0.0005, 0.0012, 1500)
    expected = np.flatnonzero(shapely.contains_xy(area, x, y)).tolist()
    assert found(area, x, y) == expected and 0 < len(expected) < 1500


def test_every_incident_at_a_place_is_taken_or_none():
    assert found(SHAPES["box"], [1, 1, 7, 7, 1], [2, 2, 2, 2, 2]) == [0, 1, 4]


def test_points_at_the_height_of_a_corner_meet_its_edges_once():
    diamond = shapely.Polygon([(0, -4), (4, 0), (0, 4), (-4, 0)])
    assert found(diamond, [-5, -3, 0, 3, 5, -1, 1], [0, 0, 0, 0, 0, 2, -2]) == [1, 2, 3, 5, 6]


def test_edges_are_filed_in_every_band_they_cross_and_level_ones_in_none():
    table, lowest, height = _edges(shapely.to_wkb(shapely.Polygon([(0, 0), (8, 0), (8, 8), (4, 8), (0, 4)])))
    rows = ENGINE.to_pyarrow(table).to_pylist()
    # Three sloped edges: as many bands.
    assert (lowest, height) == (0, pytest.approx(8 / 3)) and len({row["band"] for row in rows}) <= 4
    assert all(row["y0"] != row["y1"] for row in rows)
    for row in rows:
        low, high = sorted((row["y0"], row["y1"]))
        assert lowest + row["band"] * height <= high and lowest + (row["band"] + 1) * height > low
    right = [row["band"] for row in rows if row["x0"] == row["x1"] == 8]
    assert sorted(right) in ([0, 1, 2], [0, 1, 2, 3])
    assert _edges(shapely.to_wkb(shapely.Point(0, 0).buffer(8, quad_segs=300)))[2] == pytest.approx(16 / 400)


@pytest.mark.parametrize(
    "area",
    [
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.Polygon(),
        shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
        shapely.Point(0, 0),
    ],
)
def test_what_is_no_valid_polygon_is_refused(area):
    with pytest.raises(ValueError, match=r"^A custom area is one valid polygon or several\.$"):
        found(area, [0], [0])
