"""The map and the timeline of places: what is on no map is left out, and no name can be markup."""

import json

import numpy as np
import pandas as pd

from analytics.adverts.movement import find_legs, find_visits, list_places
from analytics.figures.movement import place_timeline, town_map
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
    figure = town_map(places, steps, dark=False)
    west, east = figure["data"][-2:]  # names in the east are drawn to the left, where no edge cuts them
    assert [text[0] for text in west["text"]] == ["A", "B"] and west["textposition"] == "top right"
    assert [text[0] for text in east["text"]] == ["C"] and east["textposition"] == "top left"
    assert sum(lon is None for trace in figure["data"][:-2] for lon in trace["lon"]) == 3
    assert figure["layout"]["map"]["style"]["sources"]["world"]["data"].startswith("/basemap/")


def test_places_on_no_map_leave_an_empty_map():
    _, places, steps = made_up(["A", "B"], on_map=False)
    assert town_map(places, steps, dark=True)["data"][-1]["lon"] == []


def test_no_name_can_be_markup_in_a_figure():
    sightings, places, steps = made_up([text[:60] for text in HOSTILE], on_map=True)
    for figure in (town_map(places, steps, dark=False), place_timeline(sightings, places, dark=False)):
        drawn = json.dumps(
            [(trace.get("text"), trace.get("y"), trace.get("customdata")) for trace in figure["data"]]
        )
        assert not any(mark in drawn for mark in ("<", ">", "&", "%{", "$"))


def test_a_long_timeline_is_thinned_and_points_lead_back_to_their_adverts():
    sightings, places, _ = made_up(["A", "B"] * 3000, on_map=True)
    (points,) = place_timeline(sightings, places, dark=False)["data"]
    assert 0 < len(points["x"]) <= 2000
    assert sightings.place[points["customdata"][7]] == points["y"][7]
