"""The outlines of a working area in the store, and what a map fetches of them."""

import json

import numpy as np
import pytest
import shapely

from analytics.basemap import read_base_layers
from analytics.hotspots.grid import geojson
from analytics.hotspots.grid.cells import Grid, outline_cells
from analytics.hotspots.grid.geojson import cells_geojson
from analytics.hotspots.grid.outlines import list_layers, read_outlines
from analytics.store.engine import DuckDBEngine

BOX = shapely.box(3.0, 48.5, 3.1, 48.6)


def square(west: float) -> bytes:
    return shapely.to_wkb(shapely.box(west, 48.0, west + 0.1, 48.1))


ROWS = [
    (2, 1, 1, "Wards", "area", "W10", " ", square(3.2)),
    (1, 2, 1, "Wards", "area", " ", None, square(3.1)),
    (1, 1, 1, "Wards", "area", "W1", " North ", square(3.0)),
    (1, 3, 1, "Beats", "area", None, None, square(4.0)),
    (3, 1, 1, "Roads", "street", None, "High St", shapely.to_wkb(shapely.LineString([(3, 48), (3.5, 48)]))),
    (4, 1, 2, "Wards", "area", "X", "Elsewhere", square(9.0)),
    (4, 2, 2, "Zones", "area", "Z", "Elsewhere", square(9.0)),
]


@pytest.fixture
def drawn(store):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC'), ('B', 32630, 'UTC')"
        ).fetchall()
        cursor.executemany("INSERT INTO boundary VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
    return store


def test_layers_are_listed_once_in_order_of_the_alphabet(drawn):
    engine = DuckDBEngine(drawn)
    assert list_layers(engine, 1, "area") == ("Beats", "Wards")
    assert list_layers(engine, 1, "street") == ("Roads",) and list_layers(engine, 1, "water") == ()
    assert list_layers(engine, 2, "area") == ("Wards", "Zones")


def test_an_outline_has_its_name_or_its_code_or_its_number(drawn):
    frame = read_outlines(DuckDBEngine(drawn), 1, "area", "Wards")
    assert frame.columns.tolist() == ["id", "name", "geometry"]
    assert frame["id"].tolist() == ["1_1", "1_2", "2_1"]
    assert frame.name.tolist() == ["North", "Wards 2", "W10"]
    assert [shape.bounds[0] for shape in frame.geometry] == [3.0, 3.1, 3.2]
    for missing in ((1, "area", "Zones"), (1, "street", "Wards"), (3, "area", "Wards")):
        with pytest.raises(KeyError, match="The working area has no layer '.*' of the role '.*'"):
            read_outlines(DuckDBEngine(drawn), *missing)


def test_base_layers_are_every_outline_of_the_area_by_role(drawn):
    layers = read_base_layers(drawn, 1)
    assert set(layers) == {"area", "street"} and len(layers["street"].shapes) == 1
    assert sorted(layers["area"].shapes) == sorted(row[7] for row in ROWS[:4])


def insert_incidents(store, places) -> None:
    with store.write() as cursor:
        cursor.executemany(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, x, y) VALUES (1, ?, 1, 'c', '2024-01-01', '2024-01-01', 'day', "
            "'2024-01-01', ?, ?)",
            [(n, x, y) for n, (x, y) in enumerate(places)],
        )


def test_cells_that_ever_had_an_incident_are_drawn(drawn):
    insert_incidents(drawn, [(500_100.0, 5_400_100.0), (500_120.0, 5_400_130.0), (500_700.0, 5_399_900.0)])
    features = json.loads(cells_geojson(drawn, 1, "square", 500))["features"]
    assert sorted(feature["id"] for feature in features) == ["x1000y10800", "x1001y10799"]
    grid = Grid("square", 500)
    for feature in features:
        i, j = (int(part) for part in feature["id"][1:].split("y"))
        expected = outline_cells(32631, grid, np.array([i]), np.array([j]))[0]
        assert feature["geometry"]["type"] == "Polygon" and feature["properties"]["id"] == feature["id"]
        assert feature["geometry"]["coordinates"] == [expected.tolist()]
    with drawn.write() as cursor:
        cursor.execute("DELETE FROM incident WHERE row_number = 2").fetchall()
    assert len(json.loads(cells_geojson(drawn, 1, "square", 500))["features"]) == 1


def test_cells_of_an_unknown_area_or_grid_or_too_many_are_refused(drawn, monkeypatch):
    insert_incidents(drawn, [(500_100.0, 5_400_100.0), (500_700.0, 5_399_900.0)])
    with pytest.raises(KeyError, match=r"There is no working area 7\."):
        cells_geojson(drawn, 7, "square", 500)
    with pytest.raises(ValueError, match="hexagons or squares"):
        cells_geojson(drawn, 1, "triangle", 500)
    assert geojson.MAXIMUM_OUTLINES == 20_000
    monkeypatch.setattr(geojson, "MAXIMUM_OUTLINES", 2)
    assert len(json.loads(cells_geojson(drawn, 1, "square", 250))["features"]) == 2
    monkeypatch.setattr(geojson, "MAXIMUM_OUTLINES", 1)
    with pytest.raises(ValueError, match=r"^2 cells are too many to draw; choose larger ones\.$"):
        cells_geojson(drawn, 1, "square", 400)
