"""The printed map: whose it is, and areas with holes."""

import numpy as np
import shapely
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from analytics.figures.base_style import BASE_STYLE, UNDER_STREETS
from analytics.figures.basemap import map_style
from analytics.figures.print import frame_map
from analytics.figures.print_base import draw_base, width_on_paper
from analytics.shared.base_layers import BaseFeatures


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

    layers = {"water": BaseFeatures([shapely.to_wkb(sea)], [""], [""])}
    draw_base(axes, layers, unchanged, unchanged, np.array([50, 50]), 100, over=False)
    (patch,) = axes.patches
    outline = patch.get_path()
    rings = shapely.polygons([outline.vertices[:5], outline.vertices[5:]])
    assert shapely.area(rings).tolist() == [10_000, 400]
    assert shapely.is_ccw([rings[0].exterior, rings[1].exterior]).tolist() in ([True, False], [False, True])


def test_the_print_has_the_layers_colours_and_opacities_of_the_screen():
    """One feature of each geometry in each layer, drawn near enough that every layer is shown."""
    shapes = {
        "polygon": shapely.box(10, 10, 30, 30),
        "line": shapely.LineString([(0, 0), (90, 90)]),
        "point": shapely.Point(50, 50),
    }
    layers: dict[str, BaseFeatures] = {}
    for layer in BASE_STYLE:
        layers[layer.role] = BaseFeatures([shapely.to_wkb(s) for s in shapes.values()], [""] * 3, ["A"] * 3)
    axes = Figure().add_subplot()

    def unchanged(x, y):
        return x, y

    for over in (False, True):
        draw_base(axes, layers, unchanged, unchanged, np.array([50.0, 50.0]), 100, over=over)
    printed = [(to_hex(patch.get_facecolor()).upper(), patch.get_alpha()) for patch in axes.patches]
    printed += [(to_hex(lines.get_color()[0]).upper(), lines.get_alpha()) for lines in axes.collections]
    screen = {}
    for layer in map_style(1, 1, dark=False)["layers"]:
        paint = layer["paint"]
        for drawn in ("fill", "line"):
            if f"{drawn}-color" in paint and layer["id"] != "background":
                screen[layer["id"]] = (paint[f"{drawn}-color"], paint[f"{drawn}-opacity"])
    assert sorted(printed) == sorted(screen.values()) and len(printed) == 10
    assert UNDER_STREETS in screen


def test_widths_on_paper_are_those_of_the_screen():
    streets = next(layer for layer in BASE_STYLE if layer.name == "street")
    assert width_on_paper(streets, 16) == streets.widths[2] * 0.75
    assert width_on_paper(streets, 16, "primary") == streets.widths[2] * 1.7 * 0.75
    assert width_on_paper(streets, 12, "service") == 0 < width_on_paper(streets, 12, "residential")
