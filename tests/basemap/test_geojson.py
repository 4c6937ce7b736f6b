"""What a map fetches of a layer."""

import json

import pytest
import shapely

from analytics.basemap.geojson import invented_land_geojson, layer_geojson
from tests.hotspots.grid.test_outlines import drawn
from tests.sources import insert_source_row

__all__ = ["drawn"]


def test_a_map_and_a_layer_are_drawn_alike(mapped):
    features = json.loads(layer_geojson(mapped, 1, "street"))["features"]
    assert {feature["properties"]["name"] for feature in features} == {"A1/E4", "Harbour Street", "Mill Lane"}
    assert {feature["properties"]["kind"] for feature in features} == {"trunk", "primary", "minor"}


def test_a_layer_as_geojson_has_the_id_and_the_name_or_the_code(drawn):
    text = layer_geojson(drawn, 1, "area")
    assert b" " not in text.replace(b" North ", b"").replace(b'" "', b'""')
    collection = json.loads(text)
    assert collection["type"] == "FeatureCollection"
    features = collection["features"]
    assert [feature["id"] for feature in features] == ["1_1", "1_2", "1_3", "2_1"]
    assert all(feature["type"] == "Feature" for feature in features)
    assert features[0]["properties"] == {"id": "1_1", "name": " North ", "kind": "W1"}
    assert features[2]["properties"] == {"id": "1_3", "name": "", "kind": ""}
    assert shapely.from_geojson(json.dumps(features[3]["geometry"])).bounds == (3.2, 48.0, 3.3, 48.1)
    (road,) = json.loads(layer_geojson(drawn, 1, "street"))["features"]
    assert road["geometry"] == {"type": "LineString", "coordinates": [[3, 48], [3.5, 48]]}
    with pytest.raises(ValueError, match="^A layer is one of area, street, path"):
        layer_geojson(drawn, 1, "roads")


def test_an_outline_is_simplified_to_what_can_be_seen_and_rounded_to_a_metre(drawn):
    bent = shapely.LineString([(3, 48), (3.1, 48.000019), (3.2, 48), (3.3, 48.000061), (3.4, 48.1234567)])
    with drawn.write() as cursor:
        cursor.execute(
            "INSERT INTO boundary VALUES (9, 1, 1, 'Canals', 'water', 'C', NULL, ?)", [shapely.to_wkb(bent)]
        ).fetchall()
    (canal,) = json.loads(layer_geojson(drawn, 1, "water"))["features"]
    # The first bend is under two metres: gone. The second is six: there, to five decimals.
    assert canal["geometry"]["coordinates"] == [[3, 48], [3.2, 48], [3.3, 48.00006], [3.4, 48.12346]]
    assert canal["properties"]["name"] == "C"


def test_a_layer_follows_the_data(drawn):
    before = layer_geojson(drawn, 1, "area")
    assert layer_geojson(drawn, 1, "area") is before  # read once a version of the data
    with drawn.write() as cursor:
        cursor.execute("DELETE FROM boundary WHERE source_id = 2").fetchall()
    assert len(json.loads(layer_geojson(drawn, 1, "area"))["features"]) == 3


def test_the_land_of_an_invented_country_is_inside_its_coast_and_a_real_coast_makes_none(store):
    assert json.loads(invented_land_geojson(store))["features"] == []
    ring = shapely.LinearRing([(-20, 45), (-18, 45), (-18, 47), (-20, 47)])
    with store.write() as cursor:
        for number in (1, 2):
            insert_source_row(cursor, number, "boundary")
            cursor.execute(
                "INSERT INTO boundary (source_id, row_number, area_id, layer, role, code, geometry)"
                " VALUES (?, 2, 1, 'Coast', 'coast', 'coast', ?)",
                [number, shapely.to_wkb(ring)],
            ).fetchall()
        cursor.execute("UPDATE source SET is_scenario = true WHERE source_id = 2").fetchall()
    (land,) = json.loads(invented_land_geojson(store))["features"]
    assert shapely.geometry.shape(land["geometry"]).area == 4
