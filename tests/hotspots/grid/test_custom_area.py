"""Areas drawn on the map or joined from outlines: what is written is read back, anything else refused."""

import numpy as np
import pytest
import shapely

from analytics.hotspots.grid.cells import Grid, index_cells, name_cells
from analytics.hotspots.grid.custom_area import join_cells, join_polygons, read_drawn, write_drawn
from analytics.shared.projection import project, unproject

EPSG = 32631
TRIANGLE = shapely.Polygon([(3.1, 48.5), (3.2, 48.5), (3.15, 48.61234)])
FAR = shapely.box(4, 49, 4.5, 49.25)


def test_cells_that_touch_are_joined_without_a_gap():
    grid = Grid("square", 500)
    i, j = index_cells(
        grid, np.array([501_100.0, 501_600.0, 501_100.0]), np.full(3, 5_400_100.0) + [0, 0, 500]
    )
    area = join_cells(name_cells(i, j), grid, EPSG)
    assert area.geom_type == "Polygon" and len(area.interiors) == 0
    corners = shapely.get_coordinates(area)
    assert np.allclose(corners, corners.round(5), rtol=0, atol=1e-12)
    assert project(area, EPSG).area == pytest.approx(3 * 500**2, rel=0.005)
    for x, y in ((501_250, 5_400_250), (501_750, 5_400_250), (501_250, 5_400_750)):
        assert area.contains(unproject(shapely.Point(x, y), EPSG))
    assert not area.contains(unproject(shapely.Point(501_750, 5_400_750), EPSG))


def test_an_area_is_written_as_its_corners_and_read_back():
    text = write_drawn(TRIANGLE)
    assert text == "3.10000,48.50000!3.20000,48.50000!3.15000,48.61234"
    assert read_drawn(text).equals(TRIANGLE)
    both = shapely.union_all([TRIANGLE, FAR])
    text = write_drawn(both)
    assert text.count("~") == 1 and text.count("!") == 2 + 3 and read_drawn(text).equals(both)


def test_only_outer_rings_are_written():
    ring = FAR.difference(shapely.box(4.1, 49.1, 4.2, 49.2))
    assert read_drawn(write_drawn(ring)).equals(FAR)


def test_an_area_of_many_corners_is_simplified_until_it_has_four_hundred():
    whole = shapely.Point(3, 48).buffer(0.5, quad_segs=99)  # 397 corners
    assert write_drawn(whole).count("!") == 395
    exact = shapely.Polygon([(np.cos(t), np.sin(t)) for t in np.linspace(0, 2 * np.pi, 400)[:-1]])
    assert shapely.get_num_coordinates(exact) == 400 and write_drawn(exact).count("!") == 398
    many = shapely.Point(3, 48).buffer(0.5, quad_segs=2000)
    drawn = write_drawn(many)
    corners = drawn.count("!") + 1
    assert corners < 400 and read_drawn(drawn).area == pytest.approx(many.area, rel=1e-3)
    # No coarser than it must: half the tolerance would leave too many.
    tolerance = 2e-5
    while shapely.get_num_coordinates(shapely.simplify(many, tolerance)) > 400:
        tolerance *= 2
    assert drawn == write_drawn(shapely.simplify(many, tolerance))


@pytest.mark.parametrize(
    "text", ["", "a,b", "1,2!3", "1,2,3!4,5!6,7", "1,2!3,4", "1;2!3;4!5;6", "1,2!x,4!5,6"]
)
def test_what_is_no_area_is_refused(text):
    with pytest.raises(
        ValueError, match=r"^The link's drawn area (cannot be read|is not a polygon on Earth)\.$"
    ):
        read_drawn(text)


@pytest.mark.parametrize("text", ["1,2!nonsense", "nan,0!1,0!1,1", "1,1!2,2!1,nan!0,0", "1,2!3,4"])
def test_what_cannot_be_read_says_so(text):
    with pytest.raises(ValueError, match=r"^The link's drawn area cannot be read\.$"):
        read_drawn(text)


def test_a_line_is_no_polygon_on_earth():
    with pytest.raises(ValueError, match=r"^The link's drawn area is not a polygon on Earth\.$"):
        read_drawn("1,1!2,2!3,3")


@pytest.mark.parametrize(
    ("box", "on_earth"),
    [
        ((-180, -90, 180, 90), True),
        ((-180.1, 0, 1, 1), False),
        ((0, 0, 180.1, 1), False),
        ((0, -90.1, 1, 1), False),
        ((0, 0, 1, 90.1), False),
    ],
)
def test_an_area_lies_on_earth_to_its_edges(box, on_earth):
    text = write_drawn(shapely.box(*box))
    if on_earth:
        assert read_drawn(text).bounds == box
    else:
        with pytest.raises(ValueError, match=r"^The link's drawn area is not a polygon on Earth\.$"):
            read_drawn(text)


def test_a_drawn_area_that_crosses_itself_is_mended():
    bow = read_drawn("0,0!1,1!1,0!0,1")
    assert bow.is_valid and bow.area == pytest.approx(0.5)


def test_outlines_are_joined_on_the_projected_crs():
    west, east = shapely.box(3.0, 48.5, 3.01, 48.51), shapely.box(3.01, 48.5, 3.02, 48.51)
    joined = shapely.from_wkb(join_polygons([west, east], EPSG))
    assert joined.geom_type == "Polygon"
    assert joined.area == pytest.approx(project(west, EPSG).area + project(east, EPSG).area, rel=1e-6)
    apart = shapely.from_wkb(join_polygons([west, FAR], EPSG))
    assert apart.geom_type == "MultiPolygon" and len(apart.geoms) == 2
    assert join_polygons([], EPSG) == b""


def test_what_is_left_of_a_mended_outline_is_its_polygons():
    """A box with a spike, which mending turns into a polygon and a line."""
    spiked = shapely.Polygon([(3, 48), (3.01, 48), (3.02, 47.99), (3.01, 48), (3.01, 48.01), (3, 48.01)])
    assert not spiked.is_valid
    joined = shapely.from_wkb(join_polygons([spiked], EPSG))
    assert joined.geom_type == "Polygon"
    assert joined.area == pytest.approx(project(shapely.box(3, 48, 3.01, 48.01), EPSG).area, rel=1e-6)
