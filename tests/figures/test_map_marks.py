"""Marks over a map: hidden until asked for, clustered, their labels plain text."""

import json

import pandas as pd
import shapely

from analytics.figures.map_marks import MapMarks, add_marks
from analytics.figures.map_picture import LayerGroup, MapPicture, MapView

BARE = MapPicture("Map", {"version": 8, "sources": {}, "layers": []}, MapView(3.0, 48.0, 11.0))


def test_marks_are_layers_that_the_reader_shows_and_point_at_their_words():
    table = pd.DataFrame({"lon": [3.0], "lat": [48.0], "count": [7], "label": ["<b>Kiln</b> Terrace"]})
    picture = add_marks(BARE, [MapMarks("Findings", table), MapMarks("Actions", table.iloc[:0])], dark=False)
    assert picture.groups == [LayerGroup("Findings", ("Findings dots", "Findings sums"), shown=False)]
    source = picture.sources["Findings"]
    (feature,) = source["data"]["features"]
    assert feature["properties"] == {"label": "<b>Kiln</b> Terrace", "count": 7} and source["cluster"]
    message = json.loads(json.dumps(picture.message()))
    assert message["described"] == ["Findings dots"] and not message["groups"][0]["shown"]
    assert "http" not in json.dumps(message)


def test_an_outline_is_drawn_with_its_name_and_hidden_with_its_marks():
    outline = shapely.box(3.0, 48.0, 3.1, 48.1)
    table = pd.DataFrame(
        {
            "lon": [3.05],
            "lat": [48.05],
            "count": [1],
            "label": ["Kiln"],
            "name": ["<b>Kiln</b>"],
            "outline": [outline],
        }
    )
    picture = add_marks(BARE, [MapMarks("Planted", table, shown=True)], dark=False)
    (feature,) = picture.sources["Planted outlines"]["data"]["features"]
    assert shapely.geometry.shape(feature["geometry"]).equals(outline)
    assert feature["properties"] == {"name": "<b>Kiln</b>"}
    assert {layer["id"] for layer, _ in picture.layers} == set(picture.groups[0].layers)
    json.dumps(picture.message())
