"""The printed map: whose it is, and areas with holes."""

import numpy as np
import shapely
from matplotlib.figure import Figure

from analytics.figures.print import draw_layer, frame_map


def test_a_printed_map_says_whose_it_is():
    axes = Figure().add_subplot()
    frame_map(axes, np.zeros(2), 500, "© A & B ($5)")
    assert axes.get_xlabel() == r"© A & B (\$5)"  # a dollar sign would begin a formula
    frame_map(bare := Figure().add_subplot(), np.zeros(2), 500)
    assert bare.get_xlabel() == ""


def test_an_island_is_not_drawn_as_water():
    axes = Figure().add_subplot()
    sea = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))

    def unchanged(x, y):
        return x, y

    draw_layer(axes, [shapely.to_wkb(sea)], unchanged, unchanged, np.array([50, 50]), 100, face="#00F")
    (patch,) = axes.patches
    outline = patch.get_path()
    rings = shapely.polygons([outline.vertices[:5], outline.vertices[5:]])
    assert shapely.area(rings).tolist() == [10_000, 400]
    assert shapely.is_ccw([rings[0].exterior, rings[1].exterior]).tolist() in ([True, False], [False, True])
