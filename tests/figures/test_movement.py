"""The map and the timeline of places: what is on no map is left out, and no name can be markup."""

import json

import numpy as np
import pandas as pd
import pytest

from analytics.adverts.movement import find_legs, find_visits, list_places
from analytics.figures.movement import place_timeline
from analytics.figures.world_maps import corridor_map, town_map
from tests.adverts.factories import HOSTILE


def made_up(names: list[str], on_map: bool) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    times = pd.date_range("2026-01-01 12:00", periods=len(names), freq="D")
    sightings = pd.DataFrame(
        {
            "seen_at": times,
            "place": names,
            "lon": np.arange(len(names)) if on_map else np.nan,
            "lat": 50.0 if on_map else np.nan,
        }
    ).astype({"lon": float, "lat": float})
    visited = find_visits(sightings)
    return sightings, list_places(sightings, visited), find_legs(visited)


def test_towns_and_the_steps_between_them_are_drawn():
    _, places, steps = made_up(["A", "B", "A", "C"], on_map=True)
    picture = town_map(places, steps, label="Towns", dark=False)
    towns = picture.sources["points"]["data"]["features"]
    assert [town["properties"]["label"].split(" · ")[0] for town in towns] == ["A", "B", "C"]
    assert [town["geometry"]["coordinates"][1] for town in towns] == [50.0] * 3
    assert len(picture.sources["steps"]["data"]["features"]) == 3
    assert picture.style["sources"]["world"]["data"].startswith("/basemap/")
    assert picture.values.about[0][1][0].startswith("A: 2 adverts")


def test_places_on_no_map_leave_an_empty_map():
    _, places, steps = made_up(["A", "B"], on_map=False)
    picture = town_map(places, steps, label="Towns", dark=True)
    assert picture.sources["points"]["data"]["features"] == [] and picture.values.ids == []


def test_no_name_can_be_markup_in_a_figure():
    sightings, places, _ = made_up([text[:60] for text in HOSTILE], on_map=True)
    figure = place_timeline(sightings, places, dark=False)
    drawn = json.dumps(
        [(trace.get("text"), trace.get("y"), trace.get("customdata")) for trace in figure["data"]]
    )
    assert not any(mark in drawn for mark in ("<", ">", "&", "%{", "$"))


def test_a_corridor_is_a_bow_from_end_to_end_that_says_what_it_carries():
    corridors = pd.DataFrame(
        {"from": ["A"], "to": ["<b>B"], "lon": [1.0], "lat": [50.0], "lon_to": [3.0], "lat_to": [50.0]}
    ).assign(payments=4, description="A to B: 4 payments")
    picture = corridor_map(corridors, label="Corridors", dark=False)
    (bow,) = picture.sources["bows"]["data"]["features"]
    places = bow["geometry"]["coordinates"]
    assert places[0] == [1.0, 50.0] and places[-1] == [3.0, 50.0]
    assert max(lat for _, lat in places) == pytest.approx(50.24, abs=0.01)
    assert picture.values.about == [("", ["A to B: 4 payments"])]
    assert [point["properties"]["label"] for point in picture.sources["points"]["data"]["features"]] == [
        "A",
        "<b>B",
    ]


def test_a_long_timeline_is_thinned_and_points_lead_back_to_their_adverts():
    sightings, places, _ = made_up(["A", "B"] * 3000, on_map=True)
    (points,) = place_timeline(sightings, places, dark=False)["data"]
    assert 0 < len(points["x"]) <= 2000
    assert sightings.place[points["customdata"][7]] == points["y"][7]
