import base64
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from analytics.basemap.geojson import layer_geojson
from analytics.figures.basemap import map_style
from analytics.figures.charts import matrix_colours
from analytics.figures.map_picture import MapPicture, write_column
from analytics.figures.maps import MapFrame, cell_map, fitted_zoom, highest, outline_map
from analytics.figures.theme import CLEAR, kind_colour
from analytics.hotspots.catalogue import Measure
from analytics.hotspots.grid.cells import Grid, outline_cells, read_cell_name
from analytics.hotspots.grid.geojson import cells_geojson

GRID = Grid("hexagon", 500)


@pytest.fixture
def mapped(store):
    """An area with one street and three incidents in two cells."""
    street = shapely.to_wkb(shapely.LineString([(3.0123456789, 48.1), (3.02, 48.1)]))
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        cursor.execute(
            "INSERT INTO boundary VALUES (1, 2, 1, 'Streets', 'street', NULL, 'High', ?)", [street]
        ).fetchall()
        for row, x in enumerate((500_010.0, 500_020.0, 503_000.0)):
            cursor.execute(
                "INSERT INTO incident VALUES (2, ?, 1, 'secret reference', 'theft', now()::TIMESTAMP,"
                " now()::TIMESTAMP,"
                " 'minute', DATE '2024-01-01', 1, 1, 'secret place', 3, 48, ?, 5400000, NULL, NULL)",
                [row, x],
            ).fetchall()
    return store


def cells():
    return pd.DataFrame(
        {"id": ["0_0", "1_0", "2_0"], "count": [4, 0, 9], "before": [1, 2, 3], "change": [3, -2, 6]}
    )


def frame(dark=False):
    return MapFrame(1, 7, 3.0, 48.0, 11.0, dark=dark)


def test_a_layer_holds_the_outlines_to_five_decimals(mapped):
    layer = json.loads(layer_geojson(mapped, 1, "street"))
    assert [f["properties"]["name"] for f in layer["features"]] == ["High"]
    assert layer["features"][0]["geometry"]["coordinates"][0] == [3.01235, 48.1]
    assert json.loads(layer_geojson(mapped, 1, "water"))["features"] == []
    with pytest.raises(ValueError):
        layer_geojson(mapped, 1, "secret")


def test_cell_outlines_say_where_the_cells_are_and_nothing_of_the_cases(mapped):
    body = cells_geojson(mapped, 1, "hexagon", 500)
    features = json.loads(body)["features"]
    assert len(features) == 2 and b"secret" not in body
    for feature in features:
        i, j = read_cell_name(feature["id"])
        expected = outline_cells(32631, GRID, np.array([i]), np.array([j]))[0]
        assert feature["properties"].keys() == {"id", "place"}  # the area has streets to call them by
        assert feature["properties"]["id"] == feature["id"] and feature["properties"]["place"]
        np.testing.assert_allclose(feature["geometry"]["coordinates"][0], expected)
    with pytest.raises(KeyError):
        cells_geojson(mapped, 99, "hexagon", 500)


def test_without_streets_no_outline_says_what_a_record_calls_its_place(mapped):
    with mapped.write() as cursor:
        cursor.execute("DELETE FROM boundary").fetchall()
    features = json.loads(cells_geojson(mapped, 1, "hexagon", 500))["features"]
    assert [feature["properties"] for feature in features] == [{"id": feature["id"]} for feature in features]


def test_outlines_follow_the_data(mapped):
    before = cells_geojson(mapped, 1, "square", 500)
    with mapped.write() as cursor:
        cursor.execute("DELETE FROM incident WHERE row_number = 2").fetchall()
    assert (
        len(json.loads(before)["features"])
        == len(json.loads(cells_geojson(mapped, 1, "square", 500))["features"]) + 1
    )


@pytest.mark.parametrize("dark", [False, True])
def test_the_map_asks_only_its_own_server(dark):
    style = map_style(1, 7, dark=dark)
    assert "glyphs" not in style and "sprite" not in style
    assert style["sources"]["base"]["tiles"] == ["/tiles/1/{z}/{x}/{y}.mvt?v=7"]
    assert list(style["sources"]) == ["base"]
    assert "http" not in json.dumps(counted_cells(frame(dark)).message())


def counted_cells(seen: MapFrame, table: pd.DataFrame | None = None, chosen: str | None = None) -> MapPicture:
    measure = Measure("count", "incidents")
    return cell_map(cells() if table is None else table, GRID, measure, seen, label="Cells", chosen=chosen)


def test_cells_lie_under_a_street_layer_of_the_style():
    picture = counted_cells(frame(), chosen="2_0")
    (fill, below), *_ = picture.layers
    assert below in [layer["id"] for layer in picture.style["layers"]]
    assert picture.values.ids == ["0_0", "1_0", "2_0"] and picture.values.values == [4, 0, 9]
    assert picture.chosen == "2_0" and picture.active == fill["id"]
    stops = fill["paint"]["fill-color"][2][3::2]
    assert stops[0] == 0 and stops[-1] == 1 and picture.values.top == 9


def test_names_travel_only_where_the_outlines_do_not_say_them():
    placed = cells().assign(place=["a", "b", "c"])
    assert ("", ["a", "b", "c"]) in counted_cells(frame(), placed).values.about
    named = counted_cells(replace(frame(), cells_named=True), placed).values.about
    assert all(texts != ["a", "b", "c"] for _, texts in named)


def test_names_and_ids_stay_the_same_while_values_come_and_go():
    names = {"0_0": "a", "1_0": "b", "2_0": "c"}
    all_cells, fewer = (
        cell_map(table, GRID, Measure("count", "incidents"), frame(), label="Cells", names=names)
        for table in (cells(), cells().iloc[2:])
    )
    assert all_cells.values.named == fewer.values.named
    assert all_cells.values.named["texts"] == [["a", "b", "c"]] and "texts" not in fewer.message()["values"]
    np.testing.assert_array_equal(fewer.values.values, [np.nan, np.nan, 9])
    first, second = all_cells.message(), fewer.message()
    assert first["styleKey"] == second["styleKey"] and first["pictureKey"] != second["pictureKey"]


@pytest.mark.parametrize(
    ("numbers", "kind", "size"),
    [
        ([0, 254], "u1", 1),
        ([0, 255, np.nan], "u2", 2),
        ([70_000], "u4", 4),
        ([0.5, 2], "f4", 4),
        ([-1], "f4", 4),
        ([1e12], "f4", 4),
        ([], "u1", 0),
        ([np.nan], "u1", 1),
    ],
)
def test_numbers_travel_in_the_fewest_bytes(numbers, kind, size):
    column = write_column(numbers)
    sent = np.frombuffer(base64.b64decode(column["data"]), dtype=f"<{kind}")
    assert column["kind"] == kind and sent.nbytes == size * max(len(numbers), size == 0)
    none = sent == np.iinfo(kind).max if kind != "f4" else np.isnan(sent)
    np.testing.assert_allclose(np.where(none, np.nan, sent), numbers)


def test_a_legend_says_where_its_scale_ends():
    many = pd.DataFrame({"id": [f"{k}_0" for k in range(300)], "count": [*range(298), 900, 950]})
    assert counted_cells(frame(), many).legend.ticks == ["0", "≥ 297"]
    assert counted_cells(frame()).legend.ticks == ["0", "9"]


def test_a_choice_alone_is_no_other_picture_and_other_values_are():
    keys = [
        counted_cells(frame(), table, chosen).message()["pictureKey"]
        for table, chosen in ((None, None), (None, "2_0"), (cells().iloc[:2], None))
    ]
    assert keys[0] == keys[1] != keys[2]


def test_a_change_is_coloured_evenly_about_nothing():
    measure = Measure("change", "more or fewer", diverging=True)
    picture = cell_map(cells(), GRID, measure, frame(), label="Change")
    stops = picture.layers[0][0]["paint"]["fill-color"][2][3::2]
    assert stops[0] == -stops[-1] < 0 and stops[len(stops) // 2] == 0
    assert picture.legend.ticks[1] == "0"


def test_a_feature_without_a_value_is_clear():
    colour = counted_cells(frame()).layers[0][0]["paint"]["fill-color"]
    assert colour[0] == "case" and colour[-1] == CLEAR


def test_kinds_have_a_colour_each_in_the_order_of_the_legend():
    table = pd.DataFrame({"id": ["0_0", "1_0"], "kind": ["persistent hot", "new hot"], "count": [3, 4]})
    measure = Measure("kind", "pattern", kinds=("new hot", "sporadic hot", "persistent hot"))
    picture = cell_map(table, GRID, measure, frame(), label="Kinds")
    assert [name for name, _ in picture.legend.kinds] == ["new hot", "persistent hot"]
    assert picture.values.values == [1, 0]
    assert picture.layers[0][0]["paint"]["fill-color"][2][2:] == [
        0,
        kind_colour("new hot"),
        kind_colour("persistent hot"),
    ]


def test_a_map_without_cells_is_still_a_map():
    empty = counted_cells(frame(), cells().iloc[:0], chosen="9_9")
    assert empty.values.values == [] and empty.chosen is None


def test_streets_are_drawn_in_classes_from_the_stored_layer():
    streets = pd.DataFrame({"id": [f"1_{k}" for k in range(100)], "count": np.arange(100)})
    measure = Measure("count", "incidents")
    picture = outline_map(streets, measure, frame(), layer="street", label="Streets", chosen="1_99")
    assert picture.sources["street"]["data"] == "/basemap/1/street.geojson?v=7"
    assert picture.values.source == "street"
    assert sorted(set(picture.values.values)) == [0, 1, 2, 3, 4] and picture.chosen == "1_99"
    assert picture.legend.kinds[0][0] == "0 to 49"
    assert picture.values.about[0] == ("incidents", list(range(100)))


def test_outlines_that_are_not_stored_travel_with_a_dot_each():
    outline = shapely.box(3.0, 48.0, 3.01, 48.01)
    table = pd.DataFrame({"id": ["1"], "name": ["<b>North</b>"], "count": [7], "geometry": [outline]})
    picture = outline_map(table, Measure("count", "incidents"), frame(), layer="", label="Outlines")
    assert set(picture.sources) == {"outlines", "dots"}
    (dot,) = picture.sources["dots"]["data"]["features"]
    assert outline.contains(shapely.Point(dot["geometry"]["coordinates"]))
    assert picture.values.about[0] == ("", ["<b>North</b>"])  # the component sets it as text


def test_the_zoom_fits_the_points_and_shrugs_off_one_far_away():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-87.8, -87.5, 2000), rng.uniform(41.6, 42.0, 2000)
    near = fitted_zoom(lon, lat)
    far = fitted_zoom(np.append(lon, 0.0), np.append(lat, 0.0))
    np.testing.assert_allclose(near, far, atol=0.02)
    assert fitted_zoom(lon * 3, lat)[2] < near[2]


def test_a_ratio_of_fewer_than_one_expected_is_not_coloured():
    table = pd.DataFrame({"ratio": [27.0, 0.0, 1.5, np.nan], "expected": [0.04, 0.9, 40.0, 0.0]})
    np.testing.assert_array_equal(matrix_colours(table, "ratio", 1.0), [1.0, 1.0, 1.5, np.nan])


def test_a_colour_scale_ends_where_the_measure_says_or_before():
    assert highest(np.array([-12.0, 3.0]), 5) == 5
    assert highest(np.array([-2.0, 2.0]), 5) == 2
