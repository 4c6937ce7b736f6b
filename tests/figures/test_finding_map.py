"""The place of a finding on the screen's map: drawn over the base map, under names of its own."""

import shapely

from analytics.figures.finding_map import finding_map
from analytics.figures.maps import MapFrame


def test_the_place_stands_out_and_no_name_is_used_twice():
    ring = ((3.0, 48.0), (3.01, 48.0), (3.01, 48.01), (3.0, 48.0))
    picture = finding_map(
        shapely.Polygon(ring), [(ring, 5), (ring, 0)], MapFrame(1, 1, 0, 0, 12, dark=False), label="Map"
    )
    layers = [layer["id"] for layer, _ in picture.layers]
    base = [layer["id"] for layer in picture.style["layers"]]
    assert len({*layers, *base}) == len(layers) + len(base)
    assert not set(picture.sources) & set(picture.style["sources"])
    assert picture.values.values == [5] and abs(picture.view.lon - 3.005) < 0.01
